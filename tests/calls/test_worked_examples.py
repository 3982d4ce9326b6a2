"""The worked examples of the reference are computed again, row by row, from the rules themselves."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from fairlead.calls import rules
from fairlead.calls.rules import Point
from fairlead.deals import rules as deals
from fairlead.deals import shares
from fairlead.deals.rules import DealState, RateRow
from fairlead.forecasting.periods import Period

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/worked-examples.md"
Q4 = Period(date(2026, 10, 1), date(2026, 12, 31), "2026Q4")
MINAS = frozenset({1})
COMMIT = frozenset({"commit", "closed"})
Row = dict[str, str]


def tables(heading: str) -> list[list[Row]]:
    """The tables below a heading of the page, as rows by column name."""
    part = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", part, re.MULTILINE):
        head, _, *body = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()
        ]
        found.append([dict(zip(head, cells, strict=True)) for cells in body])
    return found


def key(words: str) -> str:
    return words.lower().replace(" ", "_")


def test_columns_alone_and_cumulative() -> None:
    given, expected = tables("Columns")
    alone = rules.single((key(row["Category"]), int(row["Amount"])) for row in given)
    added = rules.cumulative(alone)
    assert {key(row["Column"]) for row in expected} == set(rules.CATEGORIES)
    for row in expected:
        column = key(row["Column"])
        assert alone[column] == int(row["Alone"])
        assert str(added.get(column, "in no column")) == row["Cumulative"]


def test_one_number_from_five_sides() -> None:
    people, five = tables("One number, seen from five sides")
    ids = {row["Person"]: place for place, row in enumerate(people)}

    def maybe(cell: str) -> int | None:
        return None if cell == "–" else int(cell)

    rolled = rules.roll_up(
        Point(
            ids[row["Person"]],
            ids.get(row["Reports to"]),
            int(row["Own deals"]),
            maybe(row["Said"]),
            maybe(row["Overlay"]),
        )
        for row in people
    )
    for row in people:
        found = rolled[ids[row["Person"]]]
        assert [str(n) for n in (found.computed, found.own_call, found.seen)] == [
            row[name] for name in ("From below", "Own call", "In the call")
        ]
    mina = rolled[ids["Mina"]]
    branch = sum(int(row["Own deals"]) for row in people if "Mina" in (row["Person"], row["Reports to"]))
    own = next(int(row["Own deals"]) for row in people if row["Person"] == "Mina")
    assert [int(row["Mina's"]) for row in five] == [
        own, branch, mina.computed, mina.own_call, mina.seen,
    ]  # fmt: skip


def test_the_same_team_in_three_categories() -> None:
    [table] = tables("The same team in three categories")

    def maybe(cell: str) -> int | None:
        return None if cell == "–" else int(cell)

    assert [key(row["Category"]) for row in table] == list(rules.CALLED)
    for row in table:
        rolled = rules.roll_up(
            [
                Point(0, None, 0, maybe(row["Mina said"])),
                Point(1, 0, int(row["Ravi's deals"]), maybe(row["Ravi said"])),
                Point(2, 0, int(row["Rosa's deals"]), None, maybe(row["Beside Rosa"])),
            ]
        )
        assert rolled[1].own_call + rolled[2].own_call == int(row["Calls added up"])
        assert rolled[0].own_call == int(row["Mina's number"])


def day(words: str) -> date:
    return (
        datetime.strptime(words if re.search(r"\d{4}", words) else f"{words} 2026", "%d %b %Y")
        .replace(tzinfo=UTC)
        .date()
    )


def state(words: str) -> DealState | None:
    """A deal as a cell says it: "commit, due 15 Nov, 130", "won on 15 Nov", "gone", "not known"."""
    if words in ("not known", "gone"):
        return None
    closed = re.match(r"(won|lost) on (.+)", words)
    if closed:
        category, status, due = ("closed" if closed[1] == "won" else "omitted"), closed[1], None
        done = day(closed[2])
    else:
        category, rest = words.split(", due ")
        status, due, done = "open", day(rest.split(",")[0]), None
    amount = re.search(r", (\d+)$", words)
    return DealState(
        id=1, public_id="a", name="A", owner=2 if "another owner" in words else 1,
        amount=int(amount[1]) if amount else 100, category=key(category), status=status,  # type: ignore[arg-type]
        stage="S", close_on=due, closed_on=done,
    )  # fmt: skip


@pytest.mark.parametrize(
    "row", tables("What changed")[0], ids=lambda row: f"{row['At the start']} to {row['At the end']}"
)
def test_what_changed(row: Row) -> None:
    before, after = state(row["At the start"]), state(row["At the end"])
    bridge = deals.changes_between(
        [before] if before else [], [after] if after else [], Q4, owners=MINAS, columns=COMMIT
    )
    amounts = {reason: value for reason, value in bridge.bars.items() if reason.startswith("amount_")}
    reasons = {reason: value for reason, value in bridge.bars.items() if reason not in amounts}
    expected = {} if row["Reason"] == "nothing" else {key(row["Reason"]): int(row["Its bar"])}
    assert reasons == expected
    assert sum(amounts.values()) == int(row["Amount bar"])
    assert bridge.start + int(row["Its bar"]) + int(row["Amount bar"]) == bridge.end


def test_currencies() -> None:
    given, expected = tables("Currencies")
    rates = deals.Rates(
        "EUR", [RateRow(row["Currency"], day(row["From"]), Decimal(row["Euros for one"])) for row in given]
    )
    for row in expected:
        amount, currency = row["Amount"].split()
        minor = deals.minor_units(Decimal(amount.replace(",", "")), currency)
        euros = rates.convert(minor, currency, day(row["On"]))
        told = "no rate: not counted" if euros is None else f"{deals.major_units(euros, 'EUR'):,.2f}"
        assert told == row["In euros"]


TEAMS = {"Mina": {1, 2}, "Otto": {3}, "their superior": {1, 2, 3}}
PEOPLE = {"Rosa": 1, "Ravi": 2, "Pia": 3, "Sven": 4}


def test_splits_part_by_part_and_node_by_node() -> None:
    parts, nodes, _ = tables("Splits")
    deal = DealState(1, "", "", 1, 100_001, "commit", "open", "", date(2026, 11, 15), None)
    given = shares.checked(
        shares.Given(PEOPLE[row["Who"]], row["Kind"], shares.hundredths(Decimal(row["Share"].split()[0])))  # type: ignore[arg-type]
        for row in parts
    )
    held = {part.person: part for part in (*shares.parts(given), *shares.credits_of(given))}
    for row in parts:
        assert f"{Decimal(held[PEOPLE[row['Who']]].of(100_001)) / 100:.2f}" == row["Part"]
    lines = deal.shared(shares.parts(given))
    for row in nodes:
        mine = [line for line in lines if line.owner in TEAMS[row["Node"]]]
        assert f"{Decimal(sum(line.amount or 0 for line in mine)) / 100:,.2f}" == row["Counts"]
        assert str(len({line.id for line in mine})) == row["Of how many deals"]


def test_what_another_split_moves() -> None:
    for row in tables("Splits")[2]:
        old, new = divided(row["Before"]), divided(row["After"])
        for leader in ("Mina", "Otto"):
            found = deals.changes_between(old, new, Q4, owners=frozenset(TEAMS[leader]), columns=COMMIT)
            split = found.bars.get("split_changed", 0)
            amount = found.bars.get("amount_up", 0) + found.bars.get("amount_down", 0)
            assert (split, amount) == (int(row[f"{leader}'s split"]), int(row[f"{leader}'s amount"])), row


def divided(words: str) -> list[DealState]:
    """``Rosa 60 %, Pia 40 %, 150``: the deal of Rosa that is held so, of 150."""
    *held, amount = words.split(", ")
    deal = DealState(1, "", "", 1, int(amount), "commit", "open", "", date(2026, 11, 15), None)
    if held == ["undivided"]:
        return [deal]
    given = [
        shares.Given(PEOPLE[name], "revenue", int(share) * 100)
        for name, share, _ in (one.split() for one in held)
    ]
    return deal.shared(shares.parts(shares.checked(given)))


def test_forecast_types_take_their_part_of_the_same_deals() -> None:
    deals_, expected = tables("Forecast types")
    words = {"New business": ("New Business", "Expansion"), "Renewals": ("Renewal",)}
    measures = {"ARR": "ARR", "Units": "Quantity"}
    split = {"Quill": [("Ravi", shares.Part(1, 0, 7000)), ("Pia", shares.Part(2, 7000, 10000))]}
    found: dict[tuple[str, str, str], Decimal] = {}
    for row in expected:
        kind = rules.Kind(1, "x", row["Type"], "amount", words.get(row["Type"], ()), True)
        left_out = []
        for column in ("Closed", "Commit", "Best Case"):
            total = Decimal(0)
            for deal in deals_:
                if not kind.takes(deal["Deal type"]):
                    continue
                said = deal[measures.get(row["Type"], "Amount")]
                held = [
                    p
                    for who, p in split.get(deal["Deal"], [(deal["Owner"], shares.Part(0))])
                    if who == row["Person"]
                ]
                if said == "–":
                    left_out += [deal["Deal"]] if deal["Owner"] == row["Person"] else []
                    continue
                if key(deal["Category"]) in pipeline_columns(column):
                    total += sum(Decimal(part.of(int(Decimal(said) * 100))) / 100 for part in held)
            assert total == Decimal(row[column]), (row, column)
            found[row["Type"], row["Person"], column] = total
        assert ", ".join(dict.fromkeys(left_out)) == row["Not counted"].replace("–", "")
    for (type_, person, column), whole in found.items():
        if type_ == "All business":
            assert found["New business", person, column] + found["Renewals", person, column] == whole


def pipeline_columns(column: str) -> frozenset[str]:
    every = {"Closed": ("closed",), "Commit": ("commit", "closed")}
    return frozenset(every.get(column, ("best_case", "most_likely", "commit", "closed")))
