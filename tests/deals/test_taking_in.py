"""Imports: idempotent, all or nothing, both clocks, nothing lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from fairlead.deals import actions, queries, rules
from fairlead.deals.models import Deal, DealEvent, Import, StagedDeal
from fairlead.deals.rules import ChangeRow, DealRow, RateRow
from fairlead.ledger import actions as ledger
from fairlead.ledger.models import Entry
from fairlead.people import access
from tests.cast import AT, Cast

T1 = datetime(2026, 11, 1, tzinfo=UTC)
T2 = datetime(2026, 11, 8, tzinfo=UTC)
T3 = datetime(2026, 11, 15, tzinfo=UTC)


def row(deal_id: str = "d1", **more: object) -> DealRow:
    values: dict[str, object] = {
        "name": "Pumps for Aalborg",
        "account": "Aalborg Vand",
        "owner": "rosa",
        "amount": Decimal("1200.50"),
        "stage": "Proposal",
        "created_on": date(2026, 9, 1),
        "close_on": date(2026, 12, 15),
    }
    return DealRow(deal_id=deal_id, **(values | more))  # type: ignore[arg-type]


def take(cast: Cast, deals: list[DealRow], as_of: datetime = T1, **more: object) -> actions.TakenIn:
    ids = {name: getattr(cast, name).pk for name in ("rosa", "ravi", "ines", "pia", "sven")}
    settings: dict[str, object] = {"source": "crm", "people_ids": ids, "at": AT, "by": cast.actor("olu")}
    return actions.take_in(deals=deals, as_of=as_of, **(settings | more))  # type: ignore[arg-type]


def change(
    field: str, old: str | None, new: str, at: datetime, deal_id: str = "d1", **more: object
) -> ChangeRow:
    return ChangeRow(deal_id, field, old, new, at, more.pop("recorded_at", at), **more)  # type: ignore[arg-type]


def the(external_id: str = "d1") -> Deal:
    return Deal.objects.for_system("tests").get(external_id=external_id)


def events(cast: Cast, external_id: str = "d1") -> list[tuple[object, ...]]:
    detail = queries.deal(cast.actor("olu"), the(external_id).public_id)
    return [(e.field, e.old, e.new, e.at, e.at_from, e.recorded_at, e.how) for e in reversed(detail.events)]


def of(cast: Cast, field: str, external_id: str = "d1") -> list[tuple[object, ...]]:
    return [event[1:] for event in events(cast, external_id) if event[0] == field]


def test_a_first_import_brings_deals_with_owner_and_exact_money(cast: Cast) -> None:
    taken = take(cast, [row(), row("d2", owner="ravi", amount=Decimal("7"))])
    assert (taken.new, taken.changed, taken.unchanged, taken.status) == (2, 0, 0, "current")
    deal = the()
    assert (deal.owner, deal.amount_minor, deal.currency, deal.home_minor) == (
        cast.rosa,
        120050,
        "EUR",
        120050,
    )
    assert Entry.objects.filter(kind="import.current", subject=taken.public_id).count() == 1


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    take(cast, [row(), row("d2")])
    before = events(cast), events(cast, "d2")
    again = take(cast, [row("d2"), row()])
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert (events(cast), events(cast, "d2")) == before


def test_the_digest_in_the_ledger_does_not_depend_on_the_order_of_rows(cast: Cast) -> None:
    assert take(cast, [row(), row("d2")]).digest == take(cast, [row("d2"), row()]).digest


def test_a_difference_between_two_imports_lies_between_them(cast: Cast) -> None:
    take(cast, [row()])
    take(cast, [row()], as_of=T2, full=True)
    taken = take(cast, [row(stage="Negotiation")], as_of=T3)
    assert (taken.changed, taken.unchanged) == (1, 0)
    assert of(cast, "stage")[-1] == ("Proposal", "Negotiation", T3, T2, T3, "compared")
    assert the().stage == "Negotiation"


def test_an_unchanged_row_of_a_partial_file_narrows_the_interval_too(cast: Cast) -> None:
    take(cast, [row()])
    take(cast, [row()], as_of=T2)
    take(cast, [row(stage="Negotiation")], as_of=T3)
    assert of(cast, "stage")[-1][3] == T2


def test_values_of_a_first_file_are_known_only_as_it_shows_them(cast: Cast) -> None:
    take(cast, [row()])
    assert of(cast, "owner")[0][4] == datetime(2026, 8, 31, 21, tzinfo=UTC), "midnight in Helsinki"
    assert of(cast, "amount") == [(None, "1200.5", T1, datetime(2026, 8, 31, 21, tzinfo=UTC), T1, "first")]


def test_a_closed_deal_was_open_until_the_day_it_closed(cast: Cast) -> None:
    take(cast, [row(status="won", closed_on=date(2026, 10, 7), close_on=date(2026, 10, 7))])
    closing = datetime(2026, 10, 6, 21, tzinfo=UTC)
    assert [(e[1], e[4]) for e in of(cast, "status")] == [
        ("open", datetime(2026, 8, 31, 21, tzinfo=UTC)),
        ("won", closing),
    ]
    before = queries.state_as_of(access.system("tests"), [cast.rosa.pk], closing)
    after = queries.state_as_of(access.system("tests"), [cast.rosa.pk], closing + timedelta(seconds=1))
    assert [state.status for state in before + after] == ["open", "won"]
    assert after[0].amount == 120050


def test_recorded_changes_are_the_history(cast: Cast) -> None:
    moved = T1 - timedelta(days=9)
    take(cast, [row()], changes=[change("stage", "Qualification", "Proposal", moved, by="Rosa")])
    begin = datetime(2026, 8, 31, 21, tzinfo=UTC)
    assert of(cast, "stage") == [
        (None, "Qualification", begin, None, begin, "first"),
        ("Qualification", "Proposal", moved, None, moved, "recorded"),
    ]
    assert of(cast, "amount")[0][4] == begin, "a source with history has known the amount all along"


def test_the_row_wins_where_it_disagrees_with_the_history(cast: Cast) -> None:
    moved = T1 - timedelta(days=9)
    take(cast, [row(stage="Proposal")], changes=[change("stage", "Discovery", "Demo", moved)])
    assert of(cast, "stage")[-1] == ("Demo", "Proposal", T1, moved, T1, "compared")
    assert the().stage == "Proposal"


def test_a_backdated_change_keeps_both_clocks(cast: Cast) -> None:
    true, recorded = T1 - timedelta(days=20), T1 - timedelta(days=2)
    take(cast, [row()], changes=[change("stage", "Demo", "Proposal", true, recorded_at=recorded)])
    assert of(cast, "stage")[-1][2:5] == (true, None, recorded)
    known = queries.state_as_of(access.system("tests"), [cast.rosa.pk], recorded)
    assert known[0].stage == "Demo"


def test_pushes_are_counted_and_closing_is_none(cast: Cast) -> None:
    days = [T1 - timedelta(days=n) for n in (20, 15, 10)]
    moves = [
        change("close_on", "2026-10-01", "2026-11-01", days[0]),
        change("close_on", "2026-11-01", "2026-10-15", days[1]),
        change("close_on", "2026-10-15", "2026-10-22", days[2]),
        change("status", "open", "won", days[2]),
    ]
    take(cast, [row(status="won", close_on=date(2026, 10, 22), closed_on=date(2026, 10, 22))], changes=moves)
    assert the().pushes == 1


def test_a_close_date_moved_later_between_imports_is_a_push(cast: Cast) -> None:
    take(cast, [row()])
    take(cast, [row(close_on=date(2027, 1, 15))], as_of=T2)
    assert the().pushes == 1


def test_changes_before_their_rows_give_the_same_deal(cast: Cast) -> None:
    moves = [change("stage", "Demo", "Proposal", T1 - timedelta(days=3))]
    first = take(cast, [], changes=moves)
    assert first.counts["only_changes"] == 1
    assert the().missing_since == T1
    take(cast, [row()])
    assert the().missing_since is None
    apart = events(cast)
    take(
        cast, [row("d2")], changes=[change("stage", "Demo", "Proposal", T1 - timedelta(days=3), deal_id="d2")]
    )
    assert apart == events(cast, "d2")


def test_a_record_that_vanished_from_a_full_import_is_asked_about(cast: Cast) -> None:
    take(cast, [row(), row("d2")], full=True)
    taken = take(cast, [row()], as_of=T2, full=True)
    assert taken.missing == 1
    assert the("d2").missing_since == T2
    hints = {hint.reason: hint for hint in queries.not_counted(cast.actor("olu"), on=AT.date())}
    assert hints["missing"].count == 1
    actions.answer_missing(by=cast.actor("olu"), at=AT, deal=the("d2").public_id, answer="deleted")
    listed = queries.list_deals(cast.actor("olu")).rows
    assert [line.public_id for line in listed] == [the().public_id]


def test_a_missing_deal_that_comes_back_is_simply_there(cast: Cast) -> None:
    take(cast, [row(), row("d2")], full=True)
    take(cast, [row()], as_of=T2, full=True)
    taken = take(cast, [row(), row("d2")], as_of=T3, full=True)
    assert taken.counts["found_again"] == 1
    assert the("d2").missing_since is None


def test_a_partial_import_misses_nothing(cast: Cast) -> None:
    take(cast, [row(), row("d2")], full=True)
    assert take(cast, [row()], as_of=T2).missing == 0


def test_an_unknown_owner_is_kept_by_name_and_listed(cast: Cast) -> None:
    taken = take(cast, [row(owner="Somebody Else")])
    assert taken.unassigned == {"Somebody Else": 1}
    assert (the().owner, the().owner_label) == (None, "Somebody Else")
    reasons = [hint.reason for hint in queries.not_counted(cast.actor("olu"), on=AT.date())]
    assert "no_owner" in reasons


def test_an_owner_who_becomes_known_gets_the_deals_of_that_name(cast: Cast) -> None:
    take(cast, [row(owner="Piet M.")])
    take(cast, [row("d2", owner="Piet M.")], people_ids={"Piet M.": cast.piet.pk})
    assert {the().owner, the("d2").owner} == {cast.piet}


def test_a_currency_without_a_rate_is_refused_naming_the_pair(cast: Cast) -> None:
    with pytest.raises(actions.ImportRefused, match="from SEK to EUR") as refusal:
        take(cast, [row(), row("d2", currency="SEK", line=3)])
    assert refusal.value.problems[0].row == 3
    assert not Deal.objects.for_system("tests").exists()
    assert not DealEvent.objects.for_system("tests").exists()


def test_a_dated_rate_converts_and_a_new_one_converts_anew(cast: Cast) -> None:
    by = cast.actor("olu")
    actions.set_rates(by=by, at=AT, rates=[RateRow("SEK", date(2026, 1, 1), Decimal("0.09"))])
    take(cast, [row(currency="SEK", amount=Decimal(1000))])
    assert (the().amount_minor, the().home_minor) == (100_000, 9_000)
    changed = actions.set_rates(by=by, at=AT, rates=[RateRow("SEK", date(2026, 11, 1), Decimal("0.1"))])
    assert (changed, the().home_minor) == (1, 10_000)


def test_a_deal_twice_with_different_values_is_refused(cast: Cast) -> None:
    with pytest.raises(actions.ImportRefused, match="twice"):
        take(cast, [row(), row(stage="Other", line=7)])
    assert take(cast, [row(), row()]).counts["repeated"] == 1


def test_an_amount_with_too_many_decimals_is_rounded_and_said(cast: Cast) -> None:
    taken = take(cast, [row(amount=Decimal("10.005"))])
    assert the().amount_minor == 1000
    assert [line["text"] for line in taken.lines if line["what"] == "rounded"]


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(cast: Cast) -> None:
    take(cast, [row()])
    taken = take(cast, [row(stage="Demo"), row("d2")], as_of=T2, dry_run=True)
    assert (taken.new, taken.changed, taken.status) == (1, 1, "dry")
    assert the().stage == "Proposal"
    assert Deal.objects.for_system("tests").count() == 1
    assert StagedDeal.objects.for_system("tests").count() == 0


def test_an_interrupted_import_shows_nothing_and_the_next_one_begins_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(cast, [row()])

    class Cut(Exception):
        pass

    def rows() -> object:
        for n in range(1500):
            yield row(f"n{n}")
        # As after a power cut: nothing cleans up.
        Import.objects.filter(status="staged").update(file_name="cut")
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_give_up", lambda *_: None)
        with pytest.raises(Cut):
            take(cast, rows(), as_of=T2)  # type: ignore[arg-type]
    assert Import.objects.filter(status="staged").exists()
    assert Deal.objects.for_system("tests").count() == 1
    assert len(queries.list_deals(cast.actor("olu")).rows) == 1
    again = take(cast, [row(f"n{n}") for n in range(1500)], as_of=T2)
    assert again.new == 1500
    assert Deal.objects.for_system("tests").count() == 1501


def test_when_the_ledger_fails_nothing_changed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    take(cast, [row()])

    def broken(**_: object) -> int:
        raise RuntimeError("disk full")

    monkeypatch.setattr(ledger, "append", broken)
    with pytest.raises(RuntimeError):
        take(cast, [row(stage="Demo"), row("d2")], as_of=T2)
    assert the().stage == "Proposal"
    assert Deal.objects.for_system("tests").count() == 1


def test_an_older_file_that_comes_late_does_not_turn_time_back(cast: Cast) -> None:
    take(cast, [row(stage="Demo")])
    take(cast, [row(stage="Negotiation")], as_of=T3)
    take(cast, [row(stage="Proposal")], as_of=T2)
    assert the().stage == "Negotiation"
    assert [e[1:4] for e in of(cast, "stage")][1:] == [("Proposal", T2, T1), ("Negotiation", T3, T2)]


def test_only_sales_operations_imports(cast: Cast) -> None:
    for name in ("rosa", "mina", "vera", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            take(cast, [row()], by=cast.actor(name))


def test_an_import_cannot_show_what_is_still_to_come(cast: Cast) -> None:
    with pytest.raises(access.Refusal, match="still to come"):
        take(cast, [row()], as_of=AT + timedelta(days=1))


def test_a_newer_import_of_the_source_replaces_one_that_still_runs(cast: Cast) -> None:
    def rows() -> object:
        yield from (row(f"a{n}") for n in range(1000))
        take(cast, [row("b1")])
        yield from (row(f"c{n}") for n in range(1000))

    with pytest.raises(access.Refusal, match="newer import"):
        take(cast, rows())  # type: ignore[arg-type]
    assert [line.name for line in queries.list_deals(cast.actor("olu")).rows] == ["Pumps for Aalborg"]
    assert Deal.objects.for_system("tests").count() == 1


def test_columns_of_a_source_are_remembered_and_extra_ones_kept(cast: Cast) -> None:
    take(cast, [row(extra={"segment": "utility"})], static=["segment"], evidence=["segment"])
    assert the().extra == {"segment": "utility"}
    assert of(cast, "segment")[0][4] == datetime(2026, 8, 31, 21, tzinfo=UTC)


def test_progress_is_told_and_kept(cast: Cast) -> None:
    told: list[tuple[int, int]] = []
    deals = [row(f"n{n}") for n in range(2500)]
    taken = take(cast, deals, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (1000, 2500)
    assert told[-1] == (2500, 2500)
    assert queries.import_report(cast.actor("olu"), taken.public_id).line.done == 2500


def test_stages_that_mean_nothing_yet_are_offered_a_category(cast: Cast) -> None:
    taken = take(cast, [row(stage="Negotiation/Review"), row("d2", stage="Florb")])
    assert taken.unmapped_stages == {"Florb": "", "Negotiation/Review": "commit"}
    assert rules.suggest_category("closedwon") == "closed"
