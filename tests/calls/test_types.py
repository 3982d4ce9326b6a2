"""Forecast types: parts of the business and other measures, by the same tree, the same rules and the same past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.calls import actions, kinds, numbers, pipeline, queries, rules
from fairlead.calls.actions import submissions as sending
from fairlead.calls.models import Call, EstimateRun, ForecastType, Submission, SubmittedType, TypeColumns
from fairlead.calls.queries.changes import Asked, changes
from fairlead.calls.rules import Kind, KindSaid
from fairlead.deals import actions as deals
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealRow, RateRow
from fairlead.deals.shares import Given
from fairlead.ledger.models import Entry
from fairlead.people import access
from fairlead.people import actions as people_actions
from fairlead.people.models import Person
from tests.calls.company import OPS, Q4, STAGES
from tests.cast import AT, Cast

DAY = timedelta(days=1)
FIRST, WEEK_AGO = AT - 21 * DAY, AT - 7 * DAY


def row(name: str, owner: str, euros: int, type: str, **more: Any) -> DealRow:
    extra = {key: str(more.pop(key)) for key in ("arr", "quantity") if key in more}
    values = {
        "name": name, "owner": owner, "amount": Decimal(euros), "stage": "Paper", "close_on": date(2026, 12, 10),
        "created_on": date(2026, 8, 1), "type": type, "extra": extra,
    }  # fmt: skip
    return DealRow(name.lower(), **{**values, **more})


ROWS = [
    row("Nordwind", "rosa", 240, "New Business", arr=80, quantity=12),
    row("Arden", "rosa", 392, "Renewal", status="won", closed_on=date(2026, 10, 20), arr=392, quantity=4),
    row("Quill", "ravi", 72, "renewal ", arr=72),
    row("Kestrel", "ravi", 190, "Existing", arr=10, quantity=Decimal("2.5")),
    row("Tarn", "pia", 300, "New Business", quantity=7),
]


def show(cast: Cast, rows: list[DealRow], as_of: Any = FIRST) -> None:
    ids = {name: getattr(cast, name).pk for name in cast.names}
    deals.take_in(by=OPS, at=as_of, source="cast", deals=rows, people_ids=ids, as_of=as_of)


def add(name: str, words: tuple[str, ...] = (), measure: str = "amount", **more: Any) -> Kind:
    at = more.pop("at", FIRST)
    made = actions.set_type(by=OPS, at=at, name=name, measure=measure, deal_types=words, **more)
    found = kinds.named(made.key, max(at, AT))
    assert found is not None
    return found


@pytest.fixture
def crew(cast: Cast) -> Cast:
    for stage, category in STAGES.items():
        deals.set_category_mapping(
            by=OPS, at=FIRST, stage=stage, category=category, starts_on=date(2026, 1, 1)
        )
    show(cast, ROWS)
    return cast


@pytest.fixture
def renewals(crew: Cast) -> Kind:
    return add("Renewals", ("Renewal",))


def number(cast: Cast, name: str, kind: Kind | None, at: Any = AT, **more: Any) -> numbers.Number:
    return numbers.number_of(cast.actor(name), getattr(cast, name).pk, Q4, at, kind=kind, **more)


def computed(cast: Cast, name: str, kind: Kind | None, at: Any = AT, **more: Any) -> dict[str, int]:
    found = number(cast, name, kind, at, **more)
    return {cell.name.split()[0].lower(): cell.computed for cell in found.cells if cell.computed}


def send(
    cast: Cast, name: str, euros: int, at: Any = AT, previous: str = "", key: str = "", **types: Any
) -> Submission:
    return actions.submit(
        by=cast.actor(name, at), at=at, person=getattr(cast, name), period=Q4, amount_minor=euros * 100,
        reason="Because", key=key or f"{name}{at}", expected_previous=previous, types=types,
    )  # fmt: skip


# What a type takes and adds up


def test_a_type_takes_deals_by_their_type_whatever_capitals_and_spaces(crew: Cast, renewals: Kind) -> None:
    assert computed(crew, "mina", renewals) == {"rosa": 39200, "ravi": 7200}
    assert computed(crew, "mina", None) == {"rosa": 63200, "ravi": 26200}
    assert number(crew, "mina", renewals).booked == 39200
    assert computed(crew, "vera", renewals) == {"mina": 46400}


def test_arr_is_money_and_units_are_units(crew: Cast) -> None:
    arr, units = add("ARR", measure="arr"), add("Units", measure="quantity")
    assert computed(crew, "mina", arr) == {"rosa": 47200, "ravi": 8200}
    one = kinds.unit()
    assert computed(crew, "mina", units) == {"rosa": 16 * one, "ravi": int(2.5 * one)}
    page = queries.call_page(crew.actor("mina"), crew.mina.pk, Q4, AT, kind=units)
    assert [(item.name, item.why) for item in page.not_counted] == [("Quill", "Quantity missing.")]
    assert page.outlook is None
    assert page.deciding == ()


def test_arr_of_another_currency_counts_by_the_rate(crew: Cast) -> None:
    deals.set_rates(by=OPS, at=FIRST, rates=[_rate("USD", "0.5")])
    show(crew, [replace(ROWS[0], currency="USD")], WEEK_AGO)
    assert computed(crew, "mina", add("ARR", measure="arr"))["rosa"] == 4000 + 39200


def _rate(currency: str, rate: str) -> RateRow:
    return RateRow(currency, date(2026, 1, 1), Decimal(rate))


def test_a_divided_deal_counts_its_shares_of_the_measure(crew: Cast) -> None:
    arr = add("ARR", measure="arr")
    key = Deal.objects.for_system("t").get(external_id="nordwind").public_id
    held = [Given(crew.rosa.pk, "revenue", 3333), Given(crew.pia.pk, "revenue", 6667)]
    deals.divide(by=crew.actor("olu"), at=AT - DAY, deal=key, given=held)
    rosa, pia = computed(crew, "mina", arr)["rosa"] - 39200, computed(crew, "otto", arr)["pia"]
    assert (rosa, pia) == (2666, 5334)
    assert sum(computed(crew, "vera", arr).values()) == 47200 + 8200


# Calls, overlays and submissions


def test_calls_and_overlays_of_a_type_touch_no_other_number(crew: Cast, renewals: Kind) -> None:
    before = number(crew, "mina", None).suggestion
    actions.set_call(
        by=crew.actor("ravi"), at=AT, person=crew.ravi, period=Q4, amount_minor=9000, type="renewals"
    )
    actions.set_overlay(
        by=crew.actor("mina"),
        at=AT,
        person=crew.ravi,
        period=Q4,
        amount_minor=5000,
        note="Late",
        type="renewals",
    )
    found = number(crew, "mina", renewals)
    assert (found.calls_sum, found.with_overlays) == (39200 + 9000, 39200 + 5000)
    assert number(crew, "mina", None).suggestion == before
    quarter = queries.my_quarter(crew.actor("ravi"), Q4, AT)
    (own,) = quarter.types
    assert (own.computed, own.calls[0].call.amount if own.calls[0].call else 0) == (7200, 9000)
    assert own.calls[0].overlay is not None
    assert quarter.call is None


def test_a_number_for_a_type_that_is_not_asked_for_is_refused(crew: Cast) -> None:
    add("New logos", ("New Business",), asked=False)
    for type in ("new-logos", "gone"):
        with pytest.raises(access.Refusal) as refused:
            actions.set_call(
                by=crew.actor("ravi"), at=AT, person=crew.ravi, period=Q4, amount_minor=1, type=type
            )
        assert refused.value.code == "bad_type"
    with pytest.raises(access.Refusal):
        actions.submit(
            by=crew.actor("mina"), at=AT, person=crew.mina, period=Q4, amount_minor=89400, key="k",
            reason="Because", types={"new-logos": {"commit": 1}},
        )  # fmt: skip
    assert not Call.objects.for_system("t").exists()


def test_a_submission_freezes_every_type_and_the_superior_counts_it(crew: Cast, renewals: Kind) -> None:
    arr = add("ARR", measure="arr", asked=False)
    sent = send(crew, "mina", 894, renewals={"commit": 50000, "best_case": 60000})
    rows = {one.type: one for one in SubmittedType.objects.for_system("t").filter(submission=sent)}
    assert set(rows) == {"renewals", "arr"}
    assert (rows["renewals"].amount_minor, rows["renewals"].most_likely_minor) == (50000, 50000)
    assert (rows["renewals"].best_case_minor, rows["arr"].amount_minor) == (60000, 55400)
    assert sent.types is not None
    for key, one in rows.items():
        assert sent.types[key] == rules.digest(sending.content_of_type(one))
    assert sent.digest == rules.digest(sending.content_of(sent))
    assert computed(crew, "vera", renewals)["mina"] == 50000
    assert number(crew, "vera", renewals).cells[0].said == 50000
    show(crew, [replace(ROWS[2], amount=Decimal(100), extra={"arr": "100"})], AT)
    later = AT + DAY
    assert computed(crew, "vera", renewals, later)["mina"] == 50000
    assert computed(crew, "vera", arr, later)["mina"] == 58200
    copy = queries.team_copy(crew.actor("rosa"), sent.public_id, "best_case", "renewals")
    assert (copy.amount, copy.calls_sum, copy.estimate) == (60000, 46400, {})
    assert [one.key for one in copy.types] == ["renewals", "arr"]
    assert "Renewals: Commit €500, Most Likely €500, Best Case €600" in queries.as_text(
        crew.actor("mina"), sent.public_id
    )


def test_the_same_form_is_one_submission_and_another_number_of_a_type_is_another_form(
    crew: Cast, renewals: Kind
) -> None:
    first = send(crew, "mina", 894, key="k", renewals={"commit": 50000})
    assert send(crew, "mina", 894, key="k", renewals={"commit": 50000}).pk == first.pk
    with pytest.raises(access.Refusal) as refused:
        send(crew, "mina", 894, key="k", renewals={"commit": 50001})
    assert refused.value.code == "key_reused"


def test_a_wider_number_of_a_type_below_the_narrower_one_is_refused(crew: Cast, renewals: Kind) -> None:
    with pytest.raises(rules.WrongNumber) as refused:
        send(crew, "mina", 894, renewals={"commit": 50000, "most_likely": 40000})
    assert (refused.value.type, refused.value.category) == ("renewals", "most_likely")
    assert not Submission.objects.for_system("t").exists()


def test_bars_of_a_type_lead_from_what_was_sent_to_now(crew: Cast, renewals: Kind) -> None:
    sent = send(crew, "mina", 894)
    show(crew, [
        replace(ROWS[2], amount=Decimal(100)), replace(ROWS[1], type="Existing"), replace(ROWS[3], type="Renewal"),
    ], AT + DAY)  # fmt: skip
    later = AT + 2 * DAY
    page = queries.call_page(crew.actor("mina", later), crew.mina.pk, Q4, later, kind=renewals)
    assert page.changes is not None
    bars = {bar.kind: bar.amount for bar in page.changes.bars}
    assert bars == {"amount_up": 2800, "type_changed": 19000 - 39200}
    assert (page.changes.start, page.changes.end) == (46400, 46400 + 2800 + 19000 - 39200)
    again = send(crew, "mina", 692, at=later, previous=sent.public_id)
    frozen = SubmittedType.objects.for_system("t").get(submission=again)
    assert sum(bar[1] for bar in frozen.changes) == frozen.amount_minor - 46400
    assert numbers.chain([crew.mina.pk], Q4.name, AT, later, type="renewals")[crew.mina.pk][0].amount == 29000


def test_the_board_shows_what_was_sent_of_a_type(crew: Cast, renewals: Kind) -> None:
    send(crew, "mina", 894, renewals={"commit": 50000})
    page = queries.board(crew.actor("vera"), crew.vera.pk, Q4, AT, kind=renewals)
    assert {row.leader.id: row.in_call for row in page.rows}[crew.mina.pk] == 50000
    assert page.total == 50000
    assert page.outlook is None
    assert page.changes.start + sum(bar.amount for bar in page.changes.bars) == page.changes.end == 50000


def test_changes_between_two_instants_are_those_of_a_type(crew: Cast, renewals: Kind) -> None:
    show(crew, [replace(ROWS[2], amount=Decimal(100)), replace(ROWS[3], amount=Decimal(1))], AT - DAY)
    asked = Asked(type="renewals")
    found = changes(crew.actor("mina"), crew.mina.pk, Q4, WEEK_AGO, AT, at=AT, asked=asked)
    assert (found.start, found.end) == (46400, 49200)
    assert [(bar.kind, bar.amount) for bar in found.bars] == [("amount_up", 2800)]
    before = changes(crew.actor("mina"), crew.mina.pk, Q4, FIRST + DAY, WEEK_AGO, at=AT, asked=asked)
    assert (before.start, before.end, before.bars) == (46400, 46400, ())
    add("ARR", measure="arr")
    with pytest.raises(access.Refusal) as refused:
        changes(crew.actor("mina"), crew.mina.pk, Q4, WEEK_AGO, AT, at=AT, asked=Asked(type="arr"))
    assert refused.value.code == "amounts_only"


# Targets


def test_targets_of_a_type_stand_beside_those_of_all_business(crew: Cast, renewals: Kind) -> None:
    for name, euros in (("rosa", 400), ("ravi", 100)):
        actions.set_target(
            by=OPS,
            at=WEEK_AGO,
            person=getattr(crew, name),
            period=Q4,
            amount_minor=euros * 100,
            type="renewals",
        )
    assert number(crew, "mina", renewals).target == 50000
    assert {c.person: c.target for c in number(crew, "vera", renewals).cells}[crew.mina.pk] == 50000
    assert number(crew, "mina", None).target is None
    assert queries.my_quarter(crew.actor("rosa"), Q4, AT).types[0].gap == 800
    assert kinds.key_of(" renewals ") == kinds.key_of("Renewals") == "renewals"
    assert (kinds.key_of(""), kinds.key_of("All business"), kinds.key_of("else")) == ("new", "new", "else")


def test_a_target_in_units_comes_from_a_file_as_units(crew: Cast) -> None:
    units = add("Seats", measure="quantity")
    listed_in_a_file(crew)
    given = [rules.TargetRow("rosa", "2026Q4", Decimal(120), "EUR", "Seats")]
    actions.take_in_targets(by=OPS, at=WEEK_AGO, source="cast", rows=given)
    assert {c.person: c.target for c in number(crew, "mina", units).cells}[crew.rosa.pk] == 120 * kinds.unit()


def listed_in_a_file(cast: Cast) -> None:
    Person.objects.filter(pk=cast.rosa.pk).update(source="cast", external_id="rosa")


# The past


def test_a_page_of_the_past_holds_the_types_of_then(crew: Cast, renewals: Kind) -> None:
    then = WEEK_AGO
    before = computed(crew, "mina", kinds.named("renewals", then, past=True), then, past=True)
    assert before == {"rosa": 39200, "ravi": 7200}
    actions.set_type(
        by=OPS, at=AT, key="renewals", name="Renewals and more", deal_types=["Renewal", "Existing"],
        starts_on=FIRST.date(),
    )  # fmt: skip
    show(crew, [replace(ROWS[1], type="Existing"), replace(ROWS[2], amount=Decimal(1))], AT)
    for act in (actions.end_type, partial(actions.set_type, name="R", deal_types=["R"])):
        with pytest.raises(access.Refusal) as refused:
            act(by=OPS, at=AT + DAY, key="renewals", starts_on=date(2026, 1, 2))
        assert refused.value.code == "bad_day"
    actions.end_type(by=OPS, at=AT + DAY, key="renewals", starts_on=FIRST.date())
    was = kinds.named("renewals", then, past=True)
    assert was is not None
    assert was.name == "Renewals"
    assert computed(crew, "mina", was, then, past=True) == before
    with pytest.raises(access.NotFound):
        kinds.named("renewals", AT + 2 * DAY)
    with pytest.raises(access.Refusal) as refused:
        kinds.named("renewals", FIRST - DAY, past=True)
    assert refused.value.code == "no_type_then"
    assert [one.name for one in kinds.in_force(AT, past=True)] == ["Renewals and more"]


def test_an_estimate_run_keeps_the_columns_of_types_and_pages_above_count_those(
    crew: Cast, renewals: Kind
) -> None:
    run = actions.estimate(by=OPS, at=AT, period=Q4, with_past=False)
    assert run.types == [renewals.version]
    live = computed(crew, "vera", renewals)
    assert live == {"mina": 46400}
    show(crew, [replace(ROWS[2], amount=Decimal(100))], AT)
    assert computed(crew, "vera", renewals, AT + DAY) == live
    assert actions.estimate(by=OPS, at=AT + 2 * DAY, as_of=AT, period=Q4, with_past=False).types == [
        renewals.version
    ]
    again = actions.estimate(by=OPS, at=AT + DAY, period=Q4, with_past=False)
    assert again.pk != run.pk
    assert computed(crew, "vera", renewals, AT + DAY + timedelta(hours=1)) == {"mina": 49200}
    assert TypeColumns.objects.for_system("t").filter(run=again).count() == 2


def test_another_definition_is_read_live_until_the_next_estimate(crew: Cast, renewals: Kind) -> None:
    actions.estimate(by=OPS, at=AT, period=Q4, with_past=False)
    actions.set_type(by=OPS, at=AT, key="renewals", name="Renewals", deal_types=["Existing"])
    now = kinds.named("renewals", AT)
    assert computed(crew, "vera", now) == {"mina": 19000}


def test_without_types_nothing_is_asked_but_whether_there_are_any(
    crew: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert kinds.in_force(AT) == ()
    actions.estimate(by=OPS, at=AT, period=Q4, with_past=False)
    assert EstimateRun.objects.get().types == []
    sent = send(crew, "mina", 894)
    assert sent.types is None
    assert "types" not in sending.content_of(sent)
    page = queries.my_quarter(crew.actor("rosa"), Q4, AT)
    assert page.types == ()


# Settings


def test_who_keeps_types_and_what_is_refused(crew: Cast, renewals: Kind) -> None:
    for name in ("mina", "vera", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            actions.set_type(by=crew.actor(name), at=AT, name="X", deal_types=["a"])
        with pytest.raises(access.NotAllowed):
            actions.end_type(by=crew.actor(name), at=AT, key="renewals")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"name": " "}, "bad_name"),
        ({"name": "renewals", "deal_types": ["x"]}, "name_taken"),
        ({"name": "All Business", "deal_types": ["x"]}, "name_taken"),
        ({"name": "X"}, "all_again"),
        ({"name": "X", "measure": "weight"}, "bad_measure"),
        ({"name": "X", "deal_types": [str(n) for n in range(41)]}, "many_words"),
        ({"name": "X", "key": "renewals", "measure": "arr"}, "measure_stays"),
    ]
    for values, code in wrong:
        with pytest.raises(access.Refusal) as refused:
            actions.set_type(by=crew.actor("olu"), at=AT, **values)
        assert refused.value.code == code
    for n in range(7):
        add(f"Type {n}", (str(n),))
    with pytest.raises(access.Refusal) as refused:
        add("One too many", ("x",))
    assert refused.value.code == "many_types"
    assert Entry.objects.filter(kind="settings.forecast_type").count() == 8


def test_keys_are_short_and_never_two_types_the_same() -> None:
    assert rules.kind_key("Renewals & more, überall", ()) == "renewals-more-ub"
    assert rules.kind_key("New", ()) == "new-2"
    assert rules.kind_key("東京", {"type"}) == "type-2"
    assert rules.kind_key("ARR", {"arr", "arr-2"}) == "arr-3"


def test_types_are_never_changed_or_deleted(crew: Cast, renewals: Kind) -> None:
    for change in (
        lambda: ForecastType.objects.update(name="x"),
        lambda: connection.cursor().execute("DELETE FROM calls_forecasttype"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# Properties

SAID = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(0, 6),
        st.integers(0, 6),
        st.booleans(),
        st.sampled_from(["x", "y"]),
    ),
    max_size=8,
)


def _said(rows: list[tuple[str, int, int, bool, str]]) -> list[KindSaid]:
    ordered = sorted(rows, key=lambda one: one[2])
    return [
        KindSaid(
            Kind(place, key, key, "amount", (word,), True),
            active,
            date(2026, 1, 1) + day * DAY,
            AT + said * DAY,
        )
        for place, (key, day, said, active, word) in enumerate(ordered, 1)
    ]


@given(SAID, SAID, st.integers(0, 6), st.integers(0, 6))
def test_what_is_said_later_never_changes_what_was_in_force(
    before: list[Any], after: list[Any], day: int, known: int
) -> None:
    first = _said([(k, d, min(s, known), a, w) for k, d, s, a, w in before])
    later = [
        replace(one, set_at=AT + (known + 1) * DAY, kind=replace(one.kind, version=100 + one.kind.version))
        for one in _said(after)
    ]
    on, at = date(2026, 1, 1) + day * DAY, AT + known * DAY
    assert rules.kinds_in_force([*first, *later], on, at) == rules.kinds_in_force(first, on, at)


DEALS = st.lists(
    st.tuples(
        st.sampled_from(["mina", "rosa", "ravi", "pia", "otto"]),
        st.integers(0, 10**6),
        st.sampled_from(["New Business", "Renewal", "Existing", ""]),
        st.sampled_from(["Paper", "Offer", "Talk", "won"]),
    ),
    max_size=7,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEALS, st.booleans())
def test_types_that_partition_add_up_to_all_business_and_parents_to_their_children(
    cast: Cast, rows: list[tuple[str, int, str, str]], stored: bool
) -> None:
    with transaction.atomic():
        for stage, category in STAGES.items():
            deals.set_category_mapping(
                by=OPS, at=FIRST, stage=stage, category=category, starts_on=date(2026, 1, 1)
            )
        show(cast, [
            row(
                f"d{n}", owner, euros, type, stage="Paper" if stage == "won" else stage,
                status="won" if stage == "won" else "open",
                closed_on=date(2026, 10, 20) if stage == "won" else None,
            )
            for n, (owner, euros, type, stage) in enumerate(rows)
        ])  # fmt: skip
        parts = [add("New logos", ("New Business",)), add("Renewals", ("Renewal", "Existing"))]
        if stored:
            actions.estimate(by=OPS, at=AT, period=Q4, with_past=False)
        untyped = [euros for _, euros, type, stage in rows if not type]
        at = AT + DAY
        for leader in ("vera", "mina"):
            for category in rules.CALLED:
                whole = number(cast, leader, None, at, category=category)
                split = [number(cast, leader, kind, at, category=category) for kind in parts]
                own = {cell.person: cell.computed for cell in whole.cells}
                for cell in whole.cells:
                    mine = sum(c.computed for one in split for c in one.cells if c.person == cell.person)
                    assert mine <= own[cell.person]
                    if not untyped:
                        assert mine == own[cell.person]
                if leader == "vera":
                    for kind, one in zip(parts, split, strict=True):
                        below = number(cast, "mina", kind, at, category=category)
                        top = {cell.person: cell.computed for cell in one.cells}
                        assert top[cast.mina.pk] == below.calls_sum
        transaction.set_rollback(True)


def test_columns_by_owner_are_the_columns_of_the_lines(crew: Cast, renewals: Kind) -> None:
    lines = kinds.taken(pipeline.lines(OPS, [crew.rosa.pk, crew.ravi.pk], period=Q4, at=AT), renewals, AT)
    found = pipeline.columns_by_owner(lines, Q4)
    assert found[crew.rosa.pk] == {
        "closed": 39200, "commit": 39200, "most_likely": 39200, "best_case": 39200, "pipeline": 0,
    }  # fmt: skip
    for owner, columns in found.items():
        for name, amount in columns.items():
            assert amount == pipeline.column(lines, owner, Q4, name)


def test_a_re_organisation_changes_no_past_page_of_a_type(crew: Cast, renewals: Kind) -> None:
    before = computed(crew, "vera", renewals, WEEK_AGO, past=True)
    people_actions.move(by=crew.actor("olu"), at=AT, person=crew.ravi, manager=crew.otto, starts_on=AT.date())
    assert computed(crew, "vera", renewals) == {"mina": 39200, "otto": 7200}
    assert computed(crew, "vera", renewals, WEEK_AGO, past=True) == before == {"mina": 46400}
