"""What Today asks of a manager of eight in a quarter: `python -m benchmarks.load [--messages 5]`.

A quarter is played day by day through the ordinary doors, and every morning the manager's own page is asked what is
due. The manager then does all of it the same day, as the page offers. What comes in is assumed and printed with the
figures: eight weekly one-to-ones, two a day from Monday to Thursday, half of which leave the manager a promise for a
week later; messages from above; requests for help; working agreements with all eight, to be looked at again in
December; the weekly call; what to expect of the quarter. Nothing is drawn by chance. Deals are not played: packets,
asks and deals past their day come on top where they happen. Minutes are not given: nobody measured them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from benchmarks import bench

FIRST, WEEKS, REPS = date(2026, 10, 5), 13, 8
ROOM = 5
"""Things of a typical day that are few."""


@dataclass
class Seen:
    """What the page listed: (day, kind -> how many were due that morning)."""

    mornings: list[tuple[date, Counter[str]]] = field(default_factory=list)

    def daily(self) -> list[int]:
        return [sum(kinds.values()) for _, kinds in self.mornings]

    def weekly(self) -> list[int]:
        sums: dict[date, int] = {}
        for day, kinds in self.mornings:
            monday = day - timedelta(days=day.weekday())
            sums[monday] = sums.get(monday, 0) + sum(kinds.values())
        return list(sums.values())

    def kinds(self) -> Counter[str]:
        return sum((kinds for _, kinds in self.mornings), Counter())


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--messages", type=int, default=5, help="messages from above a week")
    words.add_argument("--help-requests", type=int, default=1, help="requests for help a week")
    told = words.parse_args()
    bench.own_database("load")
    seen = play(told.messages, told.help_requests)
    daily, weekly = seen.daily(), seen.weekly()
    print(
        f"{len(daily)} working days, {REPS} reports, {told.messages} messages and {told.help_requests} requests a week"
    )
    print(f"a day:  median {median(daily):g}, p95 {bench.percentile(daily, 0.95):g}, longest {max(daily)}")
    print(f"a week: median {median(weekly):g}, p95 {bench.percentile(weekly, 0.95):g}, longest {max(weekly)}")
    for kind, count in seen.kinds().most_common():
        print(f"  {kind}: {count} in the quarter")
    if median(daily) > ROOM:
        raise SystemExit(f"More than {ROOM} things on a typical day.")


def play(messages: int, requests: int) -> Seen:
    """The quarter, in an empty database."""
    from fairlead.people import queries as people
    from fairlead.today import queries as today

    cast, seen = _company(), Seen()
    for n in range(WEEKS * 7):
        day = FIRST + timedelta(days=n)
        if day.weekday() > 4:
            continue
        _comes_in(cast, day, messages, requests)
        at = _at(day, 6)
        due = today.page(people.actor(cast["mina"].pk, at), at).day
        items = [*due.late, *due.today]
        seen.mornings.append((day, Counter(item.kind for item in items)))
        for item in items:
            _done(cast, item, _at(day, 13))
    return seen


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def _company() -> dict[str, Any]:
    from fairlead.agreements import actions as agreements
    from fairlead.agreements.rules import Content
    from fairlead.calls import actions as calls
    from fairlead.oneonones import actions as oneonones
    from fairlead.oneonones.rules import Rhythm
    from fairlead.people import access, actions, switches
    from fairlead.people import queries as people
    from fairlead.people.access import Role

    at, by = _at(FIRST - timedelta(days=3), 9), access.system("a benchmark builds a team")
    actions.set_up(by=by, at=at, name="Tern", currency="EUR", time_zone="Europe/Helsinki")
    cast: dict[str, Any] = {}
    for name, above, role, team in (
        ("vera", None, Role.EXECUTIVE, "Sales"), ("mina", "vera", Role.MANAGER, "North"),
        ("ada", "vera", Role.ADMIN, ""),
        *((f"rep{n}", "mina", Role.REP, "") for n in range(REPS)),
    ):  # fmt: skip
        cast[name] = actions.add_person(
            by=by, at=at, name=f"{name.title()} Tern", manager=cast.get(above or ""), roles=frozenset({role}),
            team=team, starts_on=date(2023, 1, 2),
        )  # fmt: skip
    for feature in ("agreements", "oneonones"):
        switches.turn(
            by=people.actor(cast["ada"].pk, at),
            at=at,
            feature=feature,
            head=cast["vera"],
            state="on",
        )
    mina = people.actor(cast["mina"].pk, at)
    for n in range(REPS):
        rep = cast[f"rep{n}"]
        calls.set_target(
            by=by, at=at, person=rep, period=people.house().period(FIRST), amount_minor=600_000_00
        )
        oneonones.set_rhythm(
            by=mina, at=at, other=rep.public_id, after=0,
            rhythm=Rhythm("weekly", n % 4, time(9 + n // 4), "Europe/Helsinki", 30, FIRST),
        )  # fmt: skip
        version = agreements.begin(
            by=people.actor(rep.pk, at), at=at, other=cast["mina"].public_id,
            content=Content(manager_owes=("An hour a week",)),
            review_on=date(2026, 12, 1) + timedelta(days=n), key="load",
        )  # fmt: skip
        agreements.act(
            by=mina, at=at, agreement=version.agreement.public_id, kind="signed", digest=version.digest
        )
    return cast


def _comes_in(cast: dict[str, Any], day: date, messages: int, requests: int) -> None:
    """What others do on a day before eight; the week's messages and requests are spread over its days."""
    from fairlead.desk import actions as desk
    from fairlead.desk.actions import Given
    from fairlead.help import actions as helping
    from fairlead.people import queries as people

    at, weekday = _at(day, 5), day.weekday()
    for n in range(messages):
        if n % 5 == weekday:
            given = Given("Pasted", f"How does it look, {day}, {n}?", sender_name="Vera Tern")
            desk.receive(by=people.actor(cast["mina"].pk, at), at=at, given=given, key=f"{day} {n}")
    for n in range(requests):
        if (n + 1) % 5 == weekday:
            asked = helping.Asked("The lab", f"A day in the lab, {day}, {n}.", "")
            helping.ask(
                by=people.actor(cast[f"rep{(day.toordinal() + n) % REPS}"].pk, at),
                at=at,
                given=asked,
                key=f"{day} {n}",
            )


def _done(cast: dict[str, Any], item: Any, at: datetime) -> None:
    """The manager does what the page asks, on the same day."""
    from fairlead.agreements import actions as agreements
    from fairlead.agreements import queries as agreed
    from fairlead.calls import actions as calls
    from fairlead.desk import actions as desk
    from fairlead.desk import queries as desk_queries
    from fairlead.desk.rules import Wanted
    from fairlead.expectations import actions as expectations
    from fairlead.expectations import queries as expected
    from fairlead.help import actions as helping
    from fairlead.oneonones import actions as oneonones
    from fairlead.people import queries as people
    from fairlead.promises import actions as promises

    me = people.actor(cast["mina"].pk, at)
    period = people.house().period(people.house().day(at))
    common: dict[str, Any] = {"by": me, "at": at}
    if item.kind == "meeting":
        other, slot = item.of[0], date.fromisoformat(item.of[1])
        if slot.isocalendar().week % 2:
            due = people.house().day(at) + timedelta(days=7)
            oneonones.agree_action(
                **common, other=other, mine=True, text="Ask the lab.", due_on=due, key=f"{other} {slot}"[:40]
            )
        oneonones.step(**common, other=other, slot=slot, kind="held")
    elif item.kind == "promise":
        promises.keep(**common, promise=item.of[0])
    elif item.kind == "message":
        for line in desk_queries.tray(me, at).to_decide:
            wanted = Wanted("declined", "It stands in Tuesday's call.")
            desk.act(**common, message=line.public_id, wanted=wanted, kind="question", key=line.public_id)
    elif item.kind == "help":
        helping.step(**common, request=item.of[0], kind="answered", text="Wednesday.")
    elif item.kind == "call":
        sent = calls.submit(
            **common, person=cast["mina"], period=period, amount_minor=400_000_00, reason="As agreed.", key=f"{at}",
            expected_previous=cast.get("sent", ""),
        )  # fmt: skip
        cast["sent"] = sent.public_id
    elif item.kind == "expectation" and item.page == "expectation_write":
        expectations.write(
            **common,
            person=cast["mina"],
            period=period,
            expected_minor=400_000_00,
            assumptions="As it looks.",
        )
    elif item.kind == "expectation":
        read = expected.page(me, item.of[0], at)
        expectations.sign(**common, statement=item.of[0], digest=read.version.digest)
        superior = people.actor(cast["vera"].pk, at)
        expectations.agree(by=superior, at=at, statement=item.of[0], digest=read.version.digest)
    elif item.kind == "agreement":
        agreement = agreed.one(me, item.of[0], at).line
        assert agreement.held is not None
        version = agreements.propose(
            **common, agreement=agreement.public_id, content=agreement.held.content,
            review_on=date(2027, 6, 1), reason="It goes on.",
            after=agreement.newest.number, key="again",
        )  # fmt: skip
        rep = people.actor(version.agreement.rep_id, at)
        agreements.act(by=rep, at=at, agreement=agreement.public_id, kind="signed", digest=version.digest)
    else:
        raise RuntimeError(f"Nobody said how {item.kind} is done: {item.what}.")


if __name__ == "__main__":
    main()
