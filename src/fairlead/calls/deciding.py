"""The deals that decide a period: how far each moves the chance of the target, what settles it, whom to ask.

Exact where the team is small enough to be computed again (:data:`rebuilding.MOST_DEALS`), first order above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fairlead.calls import estimates as stored
from fairlead.calls import rebuilding
from fairlead.calls.models import DealEstimate, EstimateRun
from fairlead.deals import queries as deals
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Reach

COUNT = 5
_LARGEST = 400
"""Only so many of the largest open deals are looked at; a smaller one decides nothing where these exist."""
_QUIET_DAYS = 14
_LAST_DAYS = timedelta(days=7)
LEAST = 0.01
"""A deal that moves the chance by less than one point decides nothing."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """A deal that decides. ``swing`` is the chance of the target if it closes, less that if it does not.

    ``exact``: the team was computed again with the deal won and with it not won; else the two chances are read off
    the team's own curve (:func:`chances_around`), which a team too large to compute again keeps to.
    """

    public_id: str
    name: str
    owner: str
    ask: str
    """the direct report to ask"""
    amount: int
    close_on: date | None
    chance: float
    if_won: float
    if_not: float
    question: str
    exact: bool = False

    @property
    def swing(self) -> float:
        return self.if_won - self.if_not


def chances_around(
    chance_of: Callable[[int], float], target: int, amount: int, chance: float
) -> tuple[float, float]:
    """The chance of reaching ``target`` if a deal closes in the period, and if it does not. Minor units.

    First order: the node's distribution keeps its shape and moves by what the deal is expected to bring less than
    it is worth, or by all of it. ``chance_of(x)`` is the chance of at least x. An intervention ("suppose it
    closes"), not evidence about the market.
    """
    return chance_of(target - round((1 - chance) * amount)), chance_of(target + round(chance * amount))


def question_about(
    *,
    close_on: date | None,
    pushes: int,
    next_step: str,
    changed_on: date,
    today: date,
    ends_on: date,
) -> str:
    """The one thing to find out first about a deal."""
    if close_on is None or close_on < today:
        return "Which day is it really? Its close date has passed."
    if close_on > ends_on:
        return "It is dated after this period. Is that the buyer’s date? If so, leave it there and count it later."
    if pushes > 1:
        return f"It was pushed {pushes} times. What holds the date this time?"
    if not next_step.strip():
        return "What is the next step, and with whom? None is written down."
    quiet = (today - changed_on).days
    if quiet > _QUIET_DAYS:
        return f"When did the buyer last answer? Nothing changed for {quiet} days."
    if close_on > ends_on - _LAST_DAYS:
        return "Who signs, and on which day? It is dated in the last week."
    return "What has to happen on the buyer’s side before it is signed?"


def deciding(
    actor: access.Actor,
    person: int,
    run: EstimateRun | None,
    estimate: stored.Estimate | None,
    target: int | None,
    period: Period,
    today: date,
) -> tuple[Deciding, ...]:
    """The five open deals below a leader with the largest swing, of those the actor may read by name."""
    if run is None or estimate is None or not target or not access.may(actor, "deal.read"):
        return ()
    rows = (
        DealEstimate.objects.seen_by(actor, "deal.read")
        .filter(deals.counted_open("deal__"), run=run, deal__home_minor__gt=0)
        .filter(deal__owner__in=Reach.objects.filter(boss=person).values("member"))
        .order_by("-deal__home_minor")
        .values_list(
            "chance_in_period", "deal", "deal__public_id", "deal__name", "deal__owner_id", "deal__owner__name",
            "deal__home_minor", "deal__close_on", "deal__pushes", "deal__next_step", "deal__changed_at",
        )[:_LARGEST]
    )  # fmt: skip
    listed = list(rows)
    around, exact = _around(run, person, estimate, target, [(row[1], row[6] or 0, row[0]) for row in listed])
    found = []
    for (
        chance,
        deal_id,
        key,
        name,
        owner,
        owner_name,
        minor,
        close_on,
        pushes,
        next_step,
        changed_at,
    ) in listed:
        won, not_ = around.get(deal_id, (0.0, 0.0))
        if won - not_ < LEAST:
            continue
        question = question_about(
            close_on=close_on, pushes=pushes, next_step=next_step, changed_on=changed_at.date(),
            today=today, ends_on=period.ends_on,
        )  # fmt: skip
        deal = Deciding(
            key, name or "(no name)", owner_name, "", minor or 0, close_on, chance, won, not_, question, exact
        )
        found.append((deal, owner))
    found.sort(key=lambda pair: (-pair[0].swing, -pair[0].amount, pair[0].public_id))
    return _with_whom(person, found[:COUNT])


_REFINED = 8
"""So many of the largest first-order swings are computed exactly; the five of them are among these."""


def _around(
    run: EstimateRun,
    person: int,
    estimate: stored.Estimate,
    target: int,
    candidates: Sequence[tuple[int, int, float]],
) -> tuple[dict[int, tuple[float, float]], bool]:
    """deal -> the chance of target if won and if not, and whether these are exact. Candidates: deal, amount, chance."""
    try:
        book = rebuilding.rebuilt(run, person, "team")
    except rebuilding.TooLarge:
        book = None
    if book is None:
        return {d: chances_around(estimate.chance, target, amount, q) for d, amount, q in candidates}, False
    deal_of = {book.row_of[deal]: deal for deal, _, _ in candidates if deal in book.row_of}
    goal = (target - book.booked) / book.scale
    swings = book.swings(goal, _REFINED, frozenset(deal_of))
    pairs = zip(swings.first.tolist(), swings.if_won.tolist(), swings.if_not.tolist(), strict=True)
    return {deal_of[row]: (won, not_) for row, won, not_ in pairs}, True


def _with_whom(person: int, found: list[tuple[Deciding, int]]) -> tuple[Deciding, ...]:
    """The direct report on the way to each deal's owner: nobody is asked past their manager."""
    through = _reports_above(person, {owner for _, owner in found})
    return tuple(
        Deciding(
            deal.public_id, deal.name, deal.owner, through.get(owner, deal.owner), deal.amount, deal.close_on,
            deal.chance, deal.if_won, deal.if_not, deal.question, deal.exact,
        )
        for deal, owner in found
    )  # fmt: skip


def _reports_above(person: int, owners: Iterable[int]) -> dict[int, str]:
    direct = {node.id: node.name for node in people.reports(person)}
    rows = Reach.objects.filter(boss__in=direct, member__in=list(owners)).values_list("member", "boss")
    return {member: direct[boss] for member, boss in rows}
