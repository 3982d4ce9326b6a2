"""Rounds of the cast, for the tests: Vera's unit is asked as one, seven people about three managers."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairlead.feedback import actions, queries, rules
from fairlead.feedback.models import Round
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Role
from tests.agreements.agreeing import turned_on
from tests.cast import AT, START, Cast

CLOCK = access.system("the clock")
REPS = ("rosa", "ravi", "ines", "tomas", "pia", "piet", "sven")
YES = dict.fromkeys(rules.ITEMS, "yes")
NO = dict.fromkeys(rules.ITEMS, "no")
OVER = AT + timedelta(days=21)
QUARTER = timedelta(days=91)


def opened(cast: Cast, at: datetime = AT, head: str = "carl") -> Round:
    """It is on below ``head``, and the round of Vera's unit is open."""
    turned_on(cast, head, feature="feedback")
    actions.watch(by=CLOCK, at=at)
    return newest()


def newest(kind: str = "line") -> Round:
    rows = Round.objects.for_system("a test asks for it").filter(kind=kind)
    return rows.order_by("-opened_on").select_related("owner").first()  # type: ignore[return-value]


def answered(
    cast: Cast, row: Round, names: tuple[str, ...] = REPS, *, at: datetime = AT, comment: str = "",
    answers: dict[str, str] = YES,
) -> None:  # fmt: skip
    for name in names:
        actions.answer(by=cast.actor(name, at), at=at, round=row.public_id, answers=answers, comment=comment)


def released(
    cast: Cast, names: tuple[str, ...] = REPS, *, at: datetime = AT, comment: str = "", **more: dict[str, str]
) -> Round:
    """The round of a quarter, answered by ``names``, closed and released."""
    actions.watch(by=CLOCK, at=at)
    row = newest()
    answered(cast, row, names, at=at, comment=comment, **more)
    actions.watch(by=CLOCK, at=at + (OVER - AT))
    return newest()


def joined(cast: Cast, name: str, manager: str = "otto", at: datetime = AT) -> None:
    """One more rep, with an account."""
    person = people.add_person(
        by=access.system("a test adds somebody"), at=at, name=f"{name.title()} More", manager=getattr(cast, manager),
        roles=frozenset({Role.REP}), starts_on=START, source="cast", external_id=name,
    )  # fmt: skip
    people.open_account(by=CLOCK, at=at, person=person, email=f"{name}@marlow.test", password=None)


def page(cast: Cast, who: str, row: Round, at: datetime = OVER) -> queries.Page:
    return queries.page(cast.actor(who, at), row.public_id, at)
