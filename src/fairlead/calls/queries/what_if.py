"""What a number would be if: suppositions tried on a stored estimate. Nothing is kept, nobody is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls import estimates as stored
from fairlead.calls import numbers, pipeline, rebuilding, rules, supposing
from fairlead.calls.models import EstimateRun
from fairlead.calls.queries import habits
from fairlead.calls.supposing import Added, OfDeal, Supposal
from fairlead.deals import queries as deals
from fairlead.deals.models import Deal
from fairlead.forecasting import Supposed
from fairlead.forecasting import added as one_more
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person


@dataclass(frozen=True, slots=True)
class Choice:
    """An open deal of the node that the actor may read, with what is supposed of it. ``row`` is the book's."""

    row: int
    public_id: str
    name: str
    owner: str
    amount: int | None
    close_on: date | None
    chance: float
    supposed: OfDeal | None


@dataclass(frozen=True, slots=True)
class Side:
    """The node before or after: its distribution against a target and a call (the chances None without them)."""

    reading: rebuilding.Reading
    target: int | None
    number: int | None

    @property
    def of_20(self) -> int | None:
        return None if self.target is None else self.reading.dots_reaching(self.target)

    @property
    def chance_of_target(self) -> float | None:
        return None if self.target is None else self.reading.chance(self.target)

    @property
    def chance_of_number(self) -> float | None:
        return None if self.number is None else self.reading.chance(self.number)

    @property
    def of_20_number(self) -> int | None:
        return None if self.number is None else self.reading.dots_reaching(self.number)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Everything of a what-if. ``before`` and ``after`` are None where ``why_not`` says why there is no answer.

    ``unknown`` counts suppositions on deals that are not among the choices; they are left out. ``new_chance`` is
    the chance of a deal made today, read from ``habits``; None where too few deals were won.
    """

    person: people.Node
    own: bool
    period: Period
    currency: str
    as_of: datetime | None
    supposal: Supposal
    target: int | None
    number: int | None
    before: Side | None
    after: Side | None
    sentence: str
    supposed: tuple[str, ...]
    choices: tuple[Choice, ...]
    unknown: int
    sellers: tuple[people.Node, ...]
    habits: rules.Habits
    days_left: int
    new_chance: float | None
    why_not: str


NO_ESTIMATE = "There is no estimate of this period yet. It is computed after an import of deals."
NO_PARTS = "This estimate was made before what-ifs were kept with it. They answer from the next import on."


def too_large(count: int) -> str:
    return (
        f"A what-if answers for up to {rebuilding.MOST_DEALS:,} open deals, and there are {count:,} here. "
        "Ask the leaders below for one of their own teams."
    )


def own_what_if(actor: access.Actor, period: Period, at: datetime, supposal: Supposal) -> WhatIf:
    """Suppose changes of the actor's own deals. Raises Refused for values out of their bounds."""
    access.require(actor, "quarter.open")
    node = people.node(actor.id)
    run = stored.run_of(period.name, at)
    known = stored.of_people(actor, run, [node.id], own_deals=True).get(node.id)
    leads = node.id in numbers.leaders([node.id])
    target = None if leads else numbers.targets_of([node.id], period.name).get(node.id)
    call = numbers.calls_of([node.id], period.name, "commit", at).get(node.id)
    number = None if leads or call is None else call.amount
    found = habits.year(actor, node, people.house().day(at)).habits
    return _answer(actor, node, period, at, supposal, run, known, target, number, found, ("person",))


def team_what_if(
    actor: access.Actor, person: int, period: Period, at: datetime, supposal: Supposal
) -> WhatIf:
    """Suppose changes of the deals of a leader's team: those of them that the actor may read.

    Raises NotAllowed or NotFound by ``call.open``, Refused for values out of their bounds.
    """
    people.require_on(actor, "call.open", person)
    number = numbers.number_of(actor, person, period, at)
    found = habits.below(actor, person, people.house().day(at))
    return _answer(
        actor, number.person, period, at, supposal, number.run, number.estimate, number.target,
        number.suggestion, found, ("team", "person"),
    )  # fmt: skip


def _answer(
    actor: access.Actor, node: people.Node, period: Period, at: datetime, supposal: Supposal,
    run: EstimateRun | None, known: stored.Estimate | None, target: int | None, number: int | None,
    found: rules.Habits, kinds: Sequence[rebuilding.Kind],
) -> WhatIf:  # fmt: skip
    supposing.check(supposal)
    book, why_not = _book(run, known, node.id, kinds)
    choices = _choices(actor, book, supposal) if book else ()
    sellers = _sellers(actor, book) if book and "team" in kinds else ()
    days = max((period.ends_on - people.house().day(at)).days, 0)
    new_chance = found.new_deal_chance(days)
    currency = people.house().currency
    before = Side(book.reading(), target, number) if book else None
    after, words = before, tuple[str, ...]()
    if book is not None:
        whose = {seller.public_id: seller for seller in sellers}
        changes, words = _changes(book, node, choices, supposal, whose, new_chance, currency)
        goal = target if supposal.target is None else supposal.target
        after = Side(book.reading(changes) if changes else book.reading(), goal, number)
        if supposal.target is not None:
            words += (f"the target is {pipeline.money(supposal.target, currency)}",)
    unknown = len(supposal.deals) - sum(choice.supposed is not None for choice in choices)
    return WhatIf(
        person=node,
        own="team" not in kinds,
        period=period,
        currency=currency,
        as_of=run.as_of if run else None,
        supposal=supposal,
        target=target,
        number=number,
        before=before,
        after=after,
        sentence=_sentence(before, after, not words, currency),
        supposed=words,
        choices=choices,
        unknown=unknown,
        sellers=sellers,
        habits=found,
        days_left=days,
        new_chance=new_chance,
        why_not=why_not,
    )


def _book(
    run: EstimateRun | None, known: stored.Estimate | None, person: int, kinds: Sequence[rebuilding.Kind]
) -> tuple[rebuilding.Rebuilt | None, str]:
    """The node computed again, or why it is not. ``known`` is the stored estimate that the actor may have."""
    if run is None or known is None:
        return None, NO_ESTIMATE
    try:
        for kind in kinds:
            if (found := rebuilding.rebuilt(run, person, kind)) is not None:
                return found, ""
    except rebuilding.TooLarge as large:
        return None, too_large(large.deals)
    return None, NO_PARTS


def _choices(actor: access.Actor, book: rebuilding.Rebuilt, supposal: Supposal) -> tuple[Choice, ...]:
    """The node's open deals that the actor may read, the largest first. A deal that closed since is none."""
    if not access.may(actor, "deal.read"):
        return ()
    rows = (
        Deal.objects.seen_by(actor, "deal.read")
        .filter(deals.counted_open(), pk__in=list(book.row_of))
        .values_list("pk", "public_id", "name", "external_id", "owner__name", "home_minor", "close_on")
    )
    found = [
        Choice(
            book.row_of[pk], key, name or external, owner or "", amount, close_on,
            book.opens[book.row_of[pk]].chance, supposal.deals.get(key),
        )
        for pk, key, name, external, owner, amount, close_on in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda choice: (-(choice.amount or 0), choice.name, choice.public_id)))


def _sellers(actor: access.Actor, book: rebuilding.Rebuilt) -> tuple[people.Node, ...]:
    """The persons of the node whose deals the actor may read: for them a deal can be added."""
    if not access.may(actor, "deal.read"):
        return ()
    where = people.scope(actor, "deal.read", "pk")
    ids = Person.objects.filter(where, pk__in=list(book.place_of)).values_list("pk", flat=True)
    return tuple(people.nodes(ids))


def _changes(
    book: rebuilding.Rebuilt, node: people.Node, choices: Sequence[Choice], supposal: Supposal,
    whose: Mapping[str, people.Node], new_chance: float | None, currency: str,
) -> tuple[list[Supposed], tuple[str, ...]]:  # fmt: skip
    """What the book is asked, and the same in words."""
    changes: list[Supposed] = []
    words: list[str] = []

    def money(minor: int) -> str:
        return pipeline.money(minor, currency)

    for choice in choices:
        if choice.supposed is not None:
            deal = book.opens[choice.row]
            changes.append(supposing.change_of(choice.row, deal, choice.supposed, book.scale))
            words.append(supposing.words_of(choice.name, choice.supposed, money))
    for new in supposal.added:
        chance, person = _chance_of(new, new_chance), _seller(new, node, whose)
        place = book.place_of.get(person.id)
        if place is None:
            raise access.Refused("nobody_to_add_for", "Choose for whom the new deal is.")
        size = new.amount / book.scale
        changes += [one_more(place, chance, size, book.usual_spread) for _ in range(new.count)]
        words.append(supposing.words_of_added(new, chance, person.name if whose else "", money))
    return changes, tuple(words)


def _chance_of(new: Added, usual: float | None) -> float:
    chance = usual if new.chance is None else new.chance
    if chance is None:
        raise access.Refused(
            "chance_missing",
            "Too few deals were won in a year to say what a new one’s chance is. Give it one.",
        )
    return chance


def _seller(new: Added, node: people.Node, whose: Mapping[str, people.Node]) -> people.Node:
    if not whose:
        return node
    if new.person and new.person not in whose:
        raise access.NotFound("person")
    return whose[new.person] if new.person else next(iter(whose.values()))


def _sentence(before: Side | None, after: Side | None, nothing: bool, currency: str) -> str:
    if before is None or after is None:
        return ""
    reached = None
    if after.target is not None and after.of_20 is not None:
        of = after.of_20 if before.of_20 is None else before.of_20
        reached = supposing.Reached(of, after.of_20, after.target, before.target)
    middles = before.reading.p50, after.reading.p50
    return supposing.sentence(reached, middles, nothing, lambda minor: pipeline.money(minor, currency))
