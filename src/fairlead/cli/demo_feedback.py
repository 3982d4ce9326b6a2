"""Upward feedback of Vera's unit: three quarters that were released or were not, one held back, one open for Rosa."""

from __future__ import annotations

from datetime import datetime, timedelta

from fairlead.feedback import actions, rules
from fairlead.feedback.models import Asked, Round
from fairlead.forecasting.simulate import marlow
from fairlead.people import access, queries, switches
from fairlead.people.models import Person

_CLOCK = access.system("the clock")
_SILENT_NOW = ("rosa", "tomas", "gro")
"""Who has not answered the open round yet."""
_NOES: dict[int, tuple[int, ...]] = {
    1: (2, 1, 2, 1, 4, 5, 8, 2),
    2: (1, 2, 1, 1, 9, 5, 8, 2),
    3: (1, 1, 1, 1, 9, 5, 8, 2),
}
"""Round -> how many say no to each item."""
_COMMENTS = (
    "Questions from above come to us once now, and sorted. That helps.",
    "Say earlier when a case about results is opened. Waiting for it is worse than the talk.",
    "More visits together, fewer forecasts of forecasts.",
)


def fill(everybody: dict[str, Person]) -> None:
    """Five quarters, through the usual acts: too few, two released, one person more, and the open one."""
    at = datetime(2025, 11, 3, 9, 0, tzinfo=marlow.ZONE)
    admin = queries.actor(everybody["olu"].pk, at)
    switches.turn(by=admin, at=at, feature="feedback", head=everybody["carl"], state="on")
    days = [(2025, 11, 17), (2026, 2, 16), (2026, 5, 18), (2026, 8, 17), (2026, 11, 16)]
    for number, (year, month, day) in enumerate(days):
        opened = datetime(year, month, day, 8, 5, tzinfo=marlow.ZONE)
        actions.watch(by=_CLOCK, at=opened)
        _answer(everybody, number, opened + timedelta(days=2))
        if number < 4:
            actions.watch(by=_CLOCK, at=opened + timedelta(days=11))
            actions.watch(by=_CLOCK, at=opened + timedelta(days=21))


def _answer(everybody: dict[str, Person], number: int, at: datetime) -> None:
    round_ = Round.objects.for_system("the demo answers as its cast").order_by("-opened_on").first()
    if round_ is None:
        return
    asked = set(
        Asked.objects.for_system("the demo answers as its cast")
        .filter(round=round_)
        .values_list("person", flat=True)
    )
    names = [name for name in marlow.REPS if everybody[name].pk in asked]
    if number == 0:
        names = names[:4]
    if number == 4:
        names = [name for name in names if name not in _SILENT_NOW]
    for place, name in enumerate(names):
        noes = _NOES.get(number, _NOES[3])
        answers = {item: "no" if place < no else "yes" for item, no in zip(rules.ITEMS, noes, strict=True)}
        comment = _COMMENTS[place] if number in (1, 2) and place < len(_COMMENTS) - (number == 2) else ""
        by = queries.actor(everybody[name].pk, at)
        actions.answer(by=by, at=at, round=round_.public_id, answers=answers, comment=comment)
