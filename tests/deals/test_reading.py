"""Lists, one deal, states, sums, and what is not counted: each through the reader's own rights."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from fairlead.deals import actions, queries
from fairlead.deals.models import Deal
from fairlead.deals.queries import DealFilter
from fairlead.deals.rules import ChangeRow, DealRow
from fairlead.forecasting.periods import Period
from fairlead.ledger.models import Entry
from fairlead.people import access
from tests.cast import AT, Cast

AS_OF = datetime(2026, 11, 20, tzinfo=UTC)
TODAY = AT.date()
Q4 = Period(date(2026, 10, 1), date(2026, 12, 31), "2026Q4")


def take(
    cast: Cast, rows: list[DealRow], changes: list[ChangeRow] | None = None, *, as_of: datetime = AS_OF
) -> None:
    people = {name: getattr(cast, name).pk for name in cast.names}
    actions.take_in(
        by=cast.actor("olu"),
        at=AT,
        source="crm",
        deals=rows,
        changes=changes or [],
        people_ids=people,
        as_of=as_of,
    )


@pytest.fixture
def deals(cast: Cast) -> Cast:
    """Two deals of rosa, one each of ravi, pia, sven and mina, and one of nobody."""
    owners = ["rosa", "rosa", "ravi", "pia", "sven", "mina", "stranger"]
    take(
        cast,
        [
            DealRow(
                f"d{n}",
                name=f"Deal {n}",
                account=f"Account {n}",
                owner=owner,
                amount=Decimal(100 * (n + 1)),
                stage="Proposal",
                created_on=date(2026, 9, 1),
                close_on=date(2026, 12, 20) - timedelta(days=n),
            )
            for n, owner in enumerate(owners)
        ],
    )
    return cast


def names(cast: Cast, reader: str, **filters: object) -> list[str]:
    page = queries.list_deals(cast.actor(reader), filters=DealFilter(**filters), on=TODAY)  # type: ignore[arg-type]
    return sorted(line.name for line in page.rows)


def public_id(external_id: str) -> str:
    return Deal.objects.for_system("tests").get(external_id=external_id).public_id


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        ("rosa", [0, 1]),
        ("mina", [0, 1, 2, 5]),
        ("otto", [3]),
        ("vera", [0, 1, 2, 3, 4, 5]),
        ("carl", [5]),
        ("olu", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_everybody_sees_the_deals_of_own_reach(deals: Cast, reader: str, seen: list[int]) -> None:
    assert names(deals, reader) == [f"Deal {n}" for n in seen]


@pytest.mark.parametrize("reader", ["hana", "ada"])
def test_who_does_not_sell_has_no_deals(deals: Cast, reader: str) -> None:
    with pytest.raises(access.NotAllowed):
        names(deals, reader)


def test_a_deal_out_of_reach_is_not_there(deals: Cast) -> None:
    with pytest.raises(access.NotFound):
        queries.deal(deals.actor("otto"), public_id("d0"))
    assert queries.deal(deals.actor("mina"), public_id("d0")).line.owner == "Rosa Lindqvist"


def test_filters_narrow_and_never_widen(deals: Cast) -> None:
    assert names(deals, "vera", search="account 3") == ["Deal 3"]
    assert names(deals, "vera", owners=(deals.rosa.public_id,)) == ["Deal 0", "Deal 1"]
    assert names(deals, "otto", owners=(deals.rosa.public_id,)) == []
    assert names(deals, "vera", close_from=date(2026, 12, 19)) == ["Deal 0", "Deal 1"]
    assert names(deals, "vera", close_to=date(2026, 12, 15)) == ["Deal 5"]
    assert names(deals, "vera", status="won") == []


@pytest.mark.parametrize("order", ["close_on", "amount", "name", "changed"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_join_without_gap_or_repeat(cast: Cast, order: queries.Order, limit: int) -> None:
    rows = [
        DealRow(
            f"d{n}",
            name=f"Deal {n % 3}",
            owner="rosa",
            amount=Decimal(n % 4) if n % 5 else None,
            close_on=date(2026, 12, 1 + n % 2) if n % 3 else None,
        )
        for n in range(11)
    ]
    take(cast, rows)
    whole = queries.list_deals(cast.actor("rosa"), order=order, limit=50)
    assert (len(whole.rows), whole.next) == (11, None)
    walked: list[str] = []
    after = None
    while True:
        page = queries.list_deals(cast.actor("rosa"), order=order, after=after, limit=limit)
        walked += [line.public_id for line in page.rows]
        after = page.next
        if after is None:
            break
    assert walked == [line.public_id for line in whole.rows]


def test_an_odd_cursor_is_refused(deals: Cast) -> None:
    for after in ("x", "W10", "bm90IGpzb24"):
        with pytest.raises(access.Refusal):
            queries.list_deals(deals.actor("rosa"), after=after)


def category(cast: Cast, external_id: str = "d0") -> tuple[str, str, str]:
    line = queries.deal(cast.actor("olu"), public_id(external_id), on=TODAY).line
    return line.category, line.category_from, line.category_by


def test_a_category_comes_from_the_stage_until_the_owner_chooses(deals: Cast) -> None:
    assert category(deals) == ("", "none", "")
    actions.set_category_mapping(by=deals.actor("olu"), at=AT, stage="Proposal", category="best_case")
    assert category(deals) == ("best_case", "stage", "")
    actions.set_own_category(by=deals.actor("rosa"), at=AT, deal=public_id("d0"), category="commit")
    assert category(deals) == ("commit", "own", "Rosa Lindqvist")
    take(deals, [DealRow("d0", owner="rosa", stage="Won soon")], as_of=AS_OF + timedelta(days=1))
    assert category(deals) == ("commit", "own", "Rosa Lindqvist")
    actions.set_own_category(by=deals.actor("rosa"), at=AT, deal=public_id("d0"), category="")
    assert category(deals)[1] == "none"
    assert Entry.objects.filter(kind="deal.categorised").count() == 2


def test_a_mapping_holds_from_its_day_on(deals: Cast) -> None:
    by = deals.actor("olu")
    for day, word in ((date(2026, 1, 1), "pipeline"), (date(2026, 12, 1), "commit")):
        actions.set_category_mapping(by=by, at=AT, stage="Proposal", category=word, starts_on=day)
    assert category(deals)[0] == "pipeline"
    assert queries.mapping(date(2026, 12, 1)) == {"Proposal": "commit"}


def test_nobody_but_the_owner_chooses_a_category(deals: Cast) -> None:
    for name in ("ravi", "mina", "vera"):
        with pytest.raises(access.NotFound):
            actions.set_own_category(by=deals.actor(name), at=AT, deal=public_id("d0"), category="commit")
    with pytest.raises(access.NotAllowed):
        actions.set_own_category(by=deals.actor("olu"), at=AT, deal=public_id("d0"), category="commit")


def test_the_source_s_own_category_counts_where_no_stage_is_mapped(cast: Cast) -> None:
    take(cast, [DealRow("d0", owner="rosa", stage="Florb", forecast_category="Best Case")])
    assert category(cast) == ("best_case", "source", "")
    assert names(cast, "rosa", category="best_case") == [""]
    assert names(cast, "rosa", category="commit") == []


def test_filtering_by_category_agrees_with_what_the_lines_say(deals: Cast) -> None:
    actions.set_category_mapping(by=deals.actor("olu"), at=AT, stage="Proposal", category="pipeline")
    actions.set_own_category(by=deals.actor("rosa"), at=AT, deal=public_id("d1"), category="commit")
    page = queries.list_deals(deals.actor("olu"), on=TODAY)
    for word in ("omitted", "pipeline", "best_case", "most_likely", "commit", "closed"):
        expected = sorted(line.name for line in page.rows if line.category == word)
        assert names(deals, "olu", category=word) == expected


def test_sums_by_category_and_booked_agree_with_the_deals(deals: Cast) -> None:
    closed = {"status": "won", "closed_on": date(2026, 11, 2), "owner": "rosa"}
    take(deals, [DealRow("w1", amount=Decimal("50.55"), **closed)])  # type: ignore[arg-type]
    actions.set_category_mapping(by=deals.actor("olu"), at=AT, stage="Proposal", category="commit")
    mine = [deals.rosa.pk, deals.ravi.pk]
    assert queries.booked(mine, Q4) == queries.Amount(5055, 1)
    assert queries.booked(None, Q4) == queries.Amount(5055, 1)
    assert queries.open_by_category(mine, Q4, on=TODAY) == {"commit": queries.Amount(60000, 3)}
    before = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert queries.booked(mine, Q4, before) == queries.Amount()
    assert queries.booked(None, Q4, AT) == queries.Amount(5055, 1)


def test_a_deal_that_moved_is_in_the_old_team_s_past(deals: Cast) -> None:
    take(
        deals,
        [DealRow("d0", name="Deal 0", owner="pia", amount=Decimal(100))],
        as_of=AS_OF + timedelta(days=1),
    )
    team = [deals.rosa.pk, deals.ravi.pk]
    by = access.system("tests")
    then = {s.name: s.owner for s in queries.state_as_of(by, team, AS_OF + timedelta(hours=1))}
    now = {s.name: s.owner for s in queries.state_as_of(by, team, AT)}
    assert then["Deal 0"] == deals.rosa.pk
    assert now["Deal 0"] == deals.pia.pk
    assert "Deal 0" not in {s.name for s in queries.state_as_of(deals.actor("rosa"), team, AT)}


def test_states_computed_and_states_kept_agree(deals: Cast) -> None:
    team = [getattr(deals, name).pk for name in ("rosa", "ravi", "pia", "sven", "mina")]
    by = access.system("tests")
    kept = queries.state_as_of(by, team, AT)
    rows = {row[0]: row for row in queries._candidates(by, team).values_list(*queries._STATE)}
    context = queries._Context(queries.mapping(TODAY), queries.rates(), TODAY, {}, {})
    computed = queries._folded(rows, context, AT)
    assert sorted(kept, key=lambda s: s.id) == sorted(computed, key=lambda s: s.id)


def test_what_is_not_counted_says_why_and_what_to_do(cast: Cast) -> None:
    rows = [
        DealRow("no-date", name="A", owner="rosa", amount=Decimal(1), stage="S"),
        DealRow("no-amount", name="B", owner="rosa", close_on=date(2026, 12, 1), stage="S"),
        DealRow("future", name="C", owner="rosa", status="won", closed_on=date(2027, 3, 1)),
        DealRow("twin-1", name="T", account="X", owner="rosa", amount=Decimal(5), close_on=TODAY),
        DealRow("twin-2", name="T", account="X", owner="rosa", amount=Decimal(5), close_on=TODAY),
        DealRow("lone", name="L", owner="stranger", amount=Decimal(5), close_on=TODAY),
    ]
    take(cast, rows)
    hints = {hint.reason: hint for hint in queries.not_counted(cast.actor("olu"), on=TODAY)}
    assert set(hints) == {
        "no_owner", "unmapped_stage", "no_close_date", "no_amount", "closed_in_future", "duplicate"
    }  # fmt: skip
    assert [line.name for line in hints["duplicate"].deals] == ["T", "T"]
    assert all(hint.to_do and hint.who for hint in hints.values())
    assert "no_owner" not in {hint.reason for hint in queries.not_counted(cast.actor("mina"), on=TODAY)}


def test_evidence_has_every_deal_the_tree_and_only_changes_that_happened(deals: Cast) -> None:
    moved = AS_OF - timedelta(days=3)
    take(
        deals,
        [DealRow("x", owner="rosa", amount=Decimal("9.99"), stage="B", created_on=date(2026, 9, 1))],
        [
            ChangeRow("x", "stage", "A", "B", moved, moved),
            ChangeRow("x", "owner", "ravi", "rosa", moved, moved),
        ],
    )
    history = queries.evidence(TODAY)
    deal = next(d for d in history.deals if d.amount == 9.99)
    assert (history.currency, history.time_zone, len(history.deals)) == ("EUR", "Europe/Helsinki", 8)
    assert deal.owner == str(deals.rosa.pk)
    assert sorted((c.field, c.old, c.new) for c in history.changes) == [
        ("owner", str(deals.ravi.pk), str(deals.rosa.pk)),
        ("stage", "A", "B"),
    ]
    assert {m.id: m.manager for m in history.members}[str(deals.rosa.pk)] == str(deals.mina.pk)


def test_imports_are_read_by_sales_operations_only(deals: Cast) -> None:
    line = queries.imports(deals.actor("olu"))[0]
    report = queries.import_report(deals.actor("olu"), line.public_id)
    assert report.line.counts["new"] == 7
    assert report.unassigned == {"stranger": 1}
    with pytest.raises(access.NotAllowed):
        queries.imports(deals.actor("mina"))


def test_stages_are_listed_with_what_they_mean_and_an_offer(deals: Cast) -> None:
    by = deals.actor("olu")
    actions.set_category_mapping(by=by, at=AT, stage="Demo", category="pipeline")
    assert [(line.stage, line.deals, line.category, line.offer) for line in queries.stages(by, on=TODAY)] == [
        ("Proposal", 7, "", "best_case"),
        ("Demo", 0, "pipeline", "pipeline"),
    ]
    with pytest.raises(access.NotAllowed):
        queries.stages(deals.actor("mina"))


def test_an_import_says_who_ran_it(deals: Cast) -> None:
    assert queries.imports(deals.actor("olu"))[0].by == "Olu Adeyemi"


@pytest.mark.database
@pytest.mark.parametrize("few", [0, 2, 500])
def test_a_narrow_list_is_the_same_however_many_match(
    deals: Cast, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_FEW", few)
    assert names(deals, "olu", search="deal") == [f"Deal {n}" for n in range(7)]
    assert names(deals, "mina", search="ACCOUNT 2") == ["Deal 2"]
    assert names(deals, "rosa", search="account 2") == []
    first = queries.list_deals(deals.actor("olu"), filters=DealFilter(search="deal"), limit=3, on=TODAY)
    rest = queries.list_deals(
        deals.actor("olu"), filters=DealFilter(search="deal"), after=first.next, limit=9, on=TODAY
    )
    assert [line.name for line in (*first.rows, *rest.rows)] == [f"Deal {n}" for n in reversed(range(7))]
