"""A page of the past shows what it showed: no later act, import, setting or re-organisation changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from fairlead.calls import actions, queries
from fairlead.deals import actions as deals
from fairlead.deals.rules import DealRow, RateRow
from fairlead.people import access
from fairlead.people import actions as people
from tests.calls.company import OPS, Q4, WEEK
from tests.cast import AT, Cast

THEN = AT - 10 * timedelta(days=1)
DEALS = (
    ("Arden", "rosa", 392, "Paper", "won", date(2026, 10, 20)),
    ("Nordwind", "rosa", 240, "Paper", "open", date(2026, 12, 14)),
    ("Kestrel", "ravi", 190, "Offer", "open", date(2026, 12, 10)),
    ("Quill", "ravi", 72, "Paper", "open", date(2026, 12, 2)),
    ("Brightwater", "ines", 165, "Paper", "open", None),
    ("Pico", "pia", 90, "Paper", "open", date(2026, 12, 1)),
)


def take(cast: Cast, rows: list[DealRow], as_of: datetime) -> None:
    ids = {name: getattr(cast, name).pk for name in cast.names}
    deals.take_in(by=OPS, at=as_of, source="crm", deals=rows, changes=[], people_ids=ids, as_of=as_of)


def row(
    name: str, owner: str, euros: int, stage: str, status: str, day: date | None, currency: str = ""
) -> DealRow:
    closed = day if status != "open" else None
    return DealRow(
        name, name=name, owner=owner, amount=Decimal(euros), stage=stage, status=status,  # type: ignore[arg-type]
        close_on=day, closed_on=closed, created_on=date(2026, 9, 1), currency=currency,
    )  # fmt: skip


@pytest.fixture
def company(cast: Cast) -> Cast:
    """A team with deals, a target, calls, an overlay and a submission, all before ``THEN``."""
    begun = AT - 6 * WEEK
    for stage, category in {"Talk": "pipeline", "Offer": "best_case", "Paper": "commit"}.items():
        deals.set_category_mapping(
            by=OPS, at=begun, stage=stage, category=category, starts_on=date(2026, 1, 1)
        )
    deals.set_rates(by=OPS, at=begun, rates=[RateRow("SEK", date(2026, 1, 1), Decimal("0.1"))])
    swedish = row("Vale", "ines", 1200, "Paper", "open", date(2026, 12, 9), currency="SEK")
    take(cast, [*(row(*deal) for deal in DEALS), swedish], AT - 4 * WEEK)
    for name, euros in (("rosa", 700), ("ravi", 600), ("mina", 1500)):
        actions.set_target(by=OPS, at=begun, person=getattr(cast, name), period=Q4, amount_minor=euros * 100)
    call(cast, "ravi", 260, AT - 3 * WEEK)
    overlay(cast, "rosa", 600, AT - 3 * WEEK)
    submit(cast, "mina", 900, AT - 2 * WEEK)
    take(
        cast,
        [row("Quill", "ravi", 80, "Offer", "open", date(2026, 12, 2))],
        AT - 2 * WEEK + timedelta(hours=9),
    )
    return cast


def call(cast: Cast, name: str, euros: int, at: datetime) -> None:
    person = getattr(cast, name)
    actions.set_call(by=cast.actor(name, at), at=at, person=person, period=Q4, amount_minor=euros * 100)


def overlay(cast: Cast, name: str, euros: int, at: datetime) -> None:
    actions.set_overlay(
        by=cast.actor("mina", at), at=at, person=getattr(cast, name), period=Q4, amount_minor=euros * 100,
        note="A date is missing.",
    )  # fmt: skip


def submit(cast: Cast, name: str, euros: int, at: datetime, previous: str = "") -> None:
    actions.submit(
        by=cast.actor(name, at), at=at, person=getattr(cast, name), period=Q4, amount_minor=euros * 100,
        reason="Two dates are not firm.", key=f"{name} {at}", expected_previous=previous,
    )  # fmt: skip


def shown(page: queries.CallPage) -> dict[str, object]:
    """Everything of a page that must not change later."""
    return {
        "numbers": (page.amount, page.said, page.calls_sum, page.with_overlays, page.target, page.booked, page.gap),
        "rows": [(r.person.name, r.own_call, r.said, r.overlay, r.in_call, r.target, r.booked) for r in page.rows],
        "drift": [r.drift for r in page.rows],
        "columns": page.columns,
        "not counted": [(item.name, item.why, item.amount) for item in page.not_counted],
        "sent": page.last and (page.last.version, page.last.amount, page.last.at),
        "changes": page.changes,
        "due": page.head.due,
    }  # fmt: skip


def past(cast: Cast, name: str = "mina") -> dict[str, object]:
    found = queries.call_page(cast.actor(name), getattr(cast, name).pk, Q4, THEN, past=True)
    return shown(found)


def test_the_page_of_then_is_what_the_page_showed_then(company: Cast) -> None:
    live = queries.call_page(company.actor("mina", THEN), company.mina.pk, Q4, THEN)
    assert past(company) == shown(live)
    assert live.changes is not None
    assert {bar.kind for bar in live.changes.bars} >= {"category_down"}


LATER: dict[str, Callable[[Cast], object]] = {
    "a new call": lambda cast: call(cast, "ravi", 500, AT),
    "another overlay": lambda cast: overlay(cast, "rosa", 100, AT),
    "another target": lambda cast: _target(cast),
    "a stage that means another category, backdated": lambda cast: deals.set_category_mapping(
        by=OPS, at=AT, stage="Paper", category="pipeline", starts_on=date(2026, 1, 1)
    ),
    "a deal that closed": lambda cast: take(
        cast, [row("Nordwind", "rosa", 250, "Paper", "won", date(2026, 11, 20))], AT - timedelta(days=1)
    ),
    "a deal that moved to another team": lambda cast: take(
        cast, [row("Quill", "pia", 80, "Offer", "open", date(2026, 12, 2))], AT - timedelta(days=1)
    ),
    "a deal that came in from another team": lambda cast: take(
        cast, [row("Pico", "rosa", 90, "Paper", "open", date(2026, 12, 1))], AT - timedelta(days=1)
    ),
    "a deal without a date until then": lambda cast: take(
        cast, [row("Brightwater", "ines", 165, "Paper", "open", date(2026, 12, 5))], AT - timedelta(days=1)
    ),
    "a rate for a currency": lambda cast: deals.set_rates(
        by=OPS, at=AT, rates=[RateRow("SEK", date(2026, 1, 1), Decimal("0.5"))]
    ),
    "a new submission": lambda cast: submit(cast, "mina", 950, AT, _newest(cast)),
    "a withdrawal": lambda cast: _withdraw(cast),
}


def _target(cast: Cast) -> None:
    actions.set_target(by=OPS, at=AT, person=cast.mina, period=Q4, amount_minor=1)


def _newest(cast: Cast) -> str:
    return queries.call_page(cast.actor("mina"), cast.mina.pk, Q4, AT).expected_previous


def _withdraw(cast: Cast) -> None:
    actions.withdraw(by=cast.actor("mina"), at=AT, submission=_newest(cast))


@pytest.mark.parametrize("what", LATER)
def test_what_happens_later_changes_nothing_of_it(company: Cast, what: str) -> None:
    before = past(company)
    LATER[what](company)
    assert past(company) == before


def test_all_of_it_together_changes_nothing_either(company: Cast) -> None:
    before = past(company)
    for act in LATER.values():
        act(company)
    assert past(company) == before


def test_a_reorganisation_changes_no_sum_of_the_past_and_takes_the_names_away(company: Cast) -> None:
    before = queries.call_page(company.actor("mina"), company.mina.pk, Q4, THEN, past=True)
    move(company, "rosa", "otto", AT.date())
    after = queries.call_page(company.actor("mina"), company.mina.pk, Q4, THEN, past=True)
    assert (after.calls_sum, after.with_overlays, after.columns, after.booked) == (
        before.calls_sum, before.with_overlays, before.columns, before.booked,
    )  # fmt: skip
    assert "Rosa Lindqvist" not in [r.person.name for r in after.rows]
    assert after.hidden == next(r.in_call for r in before.rows if r.person.name == "Rosa Lindqvist")
    assert "Nordwind" not in str(after)


def test_the_new_manager_reads_the_past_of_the_own_team_only(company: Cast) -> None:
    move(company, "rosa", "otto", AT.date())
    page = queries.call_page(company.actor("otto"), company.otto.pk, Q4, THEN, past=True)
    assert "Rosa Lindqvist" not in [r.person.name for r in page.rows]
    now = queries.call_page(company.actor("otto"), company.otto.pk, Q4, AT)
    assert "Rosa Lindqvist" in [r.person.name for r in now.rows]


def test_a_line_that_was_said_late_was_not_there_before(company: Cast) -> None:
    before = past(company, "vera")
    move(company, "rosa", "otto", THEN.date() - timedelta(days=3))
    assert past(company, "vera") == before
    assert past(company)["numbers"] is not None


def test_a_team_without_a_submission_is_added_up_with_the_people_of_then(company: Cast) -> None:
    before = past(company, "vera")
    move(company, "pia", "mina", AT.date())
    move(company, "ravi", "otto", AT.date())
    assert past(company, "vera") == before


def test_who_has_no_call_page_has_no_past_of_it(company: Cast) -> None:
    with pytest.raises(access.NotAllowed):
        queries.call_page(company.actor("rosa"), company.rosa.pk, Q4, THEN, past=True)
    with pytest.raises(access.NotFound):
        queries.call_page(company.actor("otto"), company.mina.pk, Q4, THEN, past=True)


def move(cast: Cast, name: str, manager: str, day: date) -> None:
    people.move(by=OPS, at=AT, person=getattr(cast, name), manager=getattr(cast, manager), starts_on=day)
