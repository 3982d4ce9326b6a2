"""The facts beside a message, read with the reader's own rights at the time of reading, and the calm card from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairlead.asks import queries as asks
from fairlead.calls import numbers, pipeline
from fairlead.calls import queries as calls
from fairlead.deals.models import Deal
from fairlead.desk import calm, queries
from fairlead.exits import queries as exits
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.plans import queries as plans
from fairlead.qualification import queries as evidence

CALL = "/call/"


@dataclass(frozen=True, slots=True)
class Box:
    """One of the three facts shown large: a heading, what is large, a sentence, and where it opens."""

    head: str
    large: str
    text: str
    link: str
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything drawn in. ``untold`` are changes that the superior does not know yet, with since when."""

    at: datetime
    boxes: tuple[Box, ...]
    more: tuple[calm.Said, ...]
    untold: tuple[tuple[str, datetime], ...]
    superior: str
    calm: calm.Calm

    @property
    def any(self) -> bool:
        return bool(self.boxes or self.more)


def of(actor: access.Actor, manager: int, deal: int | None, at: datetime) -> Facts:
    """The facts for a manager and a deal (or none), of those the actor may read."""
    row = _deal(actor, deal)
    number = _number(actor, manager, at)
    panel = _panel(actor, row, at)
    plan = _plan(actor, row, at, panel)
    boxes = [
        *([_call_box(number, row)] if number else []),
        *([_deal_box(row, panel, at)] if row else []),
        *([_plan_box(row, plan, at)] if row and panel else []),
        *([_range_box(number)] if number and row is None and number.estimate else []),
    ]
    untold = tuple(_untold(actor, manager, number, row, at)) if number else ()
    above = people.manager_of(manager)
    superior = people.names([above]).get(above, "") if above else ""
    return Facts(
        at, tuple(boxes), tuple(_more(actor, row, at)), untold, superior, _card(number, row, panel, plan, at, actor)
    )  # fmt: skip


def as_text(actor: access.Actor, line: queries.Line, at: datetime) -> list[str]:
    """The facts beside a message, frozen as sentences; they name nobody of the team."""
    found = of(actor, line.manager, line.deal, at)
    return [f"{box.head}: {box.large}. {box.text}" for box in found.boxes]


# What is read


def _deal(actor: access.Actor, deal: int | None) -> Deal | None:
    if deal is None or not access.may(actor, "deal.read"):
        return None
    return Deal.objects.seen_by(actor, "deal.read").filter(pk=deal).first()


def _number(actor: access.Actor, manager: int, at: datetime) -> numbers.Number | None:
    if not (access.may(actor, "call.open") and people.may_on(actor, "call.open", manager)):
        return None
    return calls.number_of(actor, manager, calls.period_at(at), at)


def _panel(actor: access.Actor, row: Deal | None, at: datetime) -> evidence.Panel | None:
    if row is None or not access.may(actor, "evidence.read"):
        return None
    try:
        return evidence.panel(actor, row.public_id, at)
    except access.NotFound:
        return None


def _plan(
    actor: access.Actor, row: Deal | None, at: datetime, panel: evidence.Panel | None
) -> plans.Saved | None:
    if row is None or panel is None or not access.may(actor, "plan.read"):
        return None
    try:
        return plans.page(actor, row.public_id, at, panel=panel).shown
    except access.NotFound:
        return None


# The boxes


def _money(minor: int | None) -> str:
    return "unknown" if minor is None else pipeline.money(minor, people.house().currency)


def day_words(day: date | None, today: date) -> str:
    """ "22 Jan", with the year only when it is not this one."""
    if day is None:
        return "no day"
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


def name_of(row: Deal) -> str:
    return row.name or row.account or row.external_id


def counted(number: numbers.Number, deal: int) -> bool:
    """Whether a deal stands in the Commit of the number's period."""
    return any(one.id == deal and pipeline.counted(one, number.period, "commit") for one in number.lines)


def _amount(number: numbers.Number) -> tuple[int, bool]:
    """The number as it was sent last, else as it stands; and whether it was sent."""
    sent = number.standing.get(number.person.id)
    return (sent.amount, True) if sent else (number.suggestion, False)


def _call_box(number: numbers.Number, row: Deal | None) -> Box:
    amount, was_sent = _amount(number)
    parts = [] if was_sent else ["Not sent yet."]
    if row is not None:
        where = "in Commit" if counted(number, row.pk) else "not in Commit"
        parts.append(f"{name_of(row)} ({_money(row.home_minor)}) is {where} of the quarter.")
    if number.target is not None:
        over = amount - number.target
        parts.append(
            f"The call is {_money(abs(over))} {'over' if over >= 0 else 'under'} target."
            if over
            else "The call is the target."
        )
    return Box("Call", _money(amount), " ".join(parts), CALL, "The call")


def _range_box(number: numbers.Number) -> Box:
    estimate = number.estimate
    assert estimate is not None
    low, high = _money(estimate.p10), _money(estimate.p90)
    text = f"8 in 10 quarters like this end between {low} and {high}."
    return Box("Estimate", _money(estimate.p50), text, CALL, "The estimate")


def _buyer_item(panel: evidence.Panel | None) -> evidence.Evidence | None:
    """The newest dated item that the buyer said, wrote or did."""
    if panel is None:
        return None
    items = [line.item for line in panel.lines if line.item and line.grade.counted >= 2]
    return max(items, key=lambda item: (item.on, item.score), default=None)


def _item_words(item: evidence.Evidence, today: date) -> str:
    """ "“Security review starts on 7 January”, Dan Wolff, IT security, 23 Nov." """
    who = f"{item.buyer_name}{', ' + item.buyer_role if item.buyer_role else ''}"
    return f"“{item.what.rstrip('.')}”, {who}, {day_words(item.on, today)}."


def _deal_box(row: Deal, panel: evidence.Panel | None, at: datetime) -> Box:
    today = people.house().day(at)
    parts = []
    if row.status != "open":
        parts.append(f"It is {row.status}.")
    elif row.pushes:
        parts.append("Pushed once." if row.pushes == 1 else f"Pushed {row.pushes} times.")
    item = _buyer_item(panel)
    parts.append(_item_words(item, today) if item else "Nothing the buyer said is written down.")
    weak = [line for line in panel.lines if line.grade.counted == 0] if panel else []
    if weak:
        parts.append(f"Unknown: {', '.join(line.criterion.name.lower() for line in weak[:2])}.")
    count = sum(line.item is not None for line in panel.lines) if panel else 0
    words = f"Evidence, {count} item{'' if count == 1 else 's'}" if panel else "The deal"
    link = _link("evidence" if panel else "deal", row)
    return Box("Deal", day_words(row.close_on, today), " ".join(parts), link, words)


def _next(plan: plans.Saved | None) -> tuple[str, date] | None:
    """The next dated act of a plan that is still to do, without its owner."""
    ahead = [one for one in plan.plan.tactics if one.state == "to_do" and one.due_on] if plan else []
    first = min(ahead, key=lambda one: one.due_on or date.max, default=None)
    if first is None or first.due_on is None:
        return None
    return f"{first.action}{', with ' + first.buyer if first.buyer else ''}", first.due_on


def _plan_box(row: Deal, plan: plans.Saved | None, at: datetime) -> Box:
    link = _link("plan", row)
    if plan is None:
        return Box("Plan", "none", "Nobody wrote a plan for it yet.", link, "The plan")
    today, step = people.house().day(at), _next(plan)
    large = day_words(step[1], today) if step else "no date"
    text = f"Next step: {step[0].rstrip('.')}." if step else "The plan has no dated step ahead."
    if plan.tests:
        text += f" Tested on {day_words(people.house().day(plan.tests[-1].at), today)}."
    return Box("Plan", large, text, link, "Plan and up-card")


def _more(actor: access.Actor, row: Deal | None, at: datetime) -> Iterable[calm.Said]:
    """An exit, open asks and news of the deal, a line each."""
    if row is None:
        return
    today = people.house().day(at)
    if access.may(actor, "exit.read"):
        try:
            page = exits.page(actor, row.public_id, at)
        except access.Refusal:
            page = None
        if page is not None and page.found is not None and page.given:
            day = day_words(people.house().day(page.given[0].at), today)
            yield calm.Said(
                f"It left the forecast; what was said of it stands since {day}.", _link("exit", row)
            )
    on_deal = asks.on_deal(actor, row.public_id, at)
    for line in [one for one in (on_deal.lines if on_deal else ()) if not one.standing.closed][:2]:
        yield calm.Said(f"An ask is {line.word}: {line.content.purpose}", f"/asks/{line.public_id}/")
    if any(access.may(actor, act) for act in ("news.read", "news.read_team")):
        for item in news.listing(actor, at, deal=row.public_id, limit=2):
            if item.withdrawn_at is None:
                known = day_words(item.said.known_on, today)
                yield calm.Said(f"News known on {known}: {item.said.what}", _link("deal", row))


def _link(page: str, row: Deal) -> str:
    """Where a deal, or its evidence, plan or exit, is read."""
    return f"/deals/{row.public_id}/" + ("" if page == "deal" else f"{page}/")


def _untold(
    actor: access.Actor, manager: int, number: numbers.Number | None, row: Deal | None, at: datetime
) -> Iterable[tuple[str, datetime]]:
    """What the manager's superior does not know yet: of the deal, or the oldest of all."""
    if number is None or not people.may_on(actor, "news.lead", manager):
        return
    found = news.untold_of(actor, manager, number.period, at, number).lines
    mine = [one for one in found if row is None or one.deal_id == row.public_id]
    for one in mine[:2]:
        what = one.what.rstrip(".")
        yield (what if row else f"{one.deal}: {what}"), one.known_at


# The calm card


def _card(
    number: numbers.Number | None, row: Deal | None, panel: evidence.Panel | None, plan: plans.Saved | None,
    at: datetime, actor: access.Actor,
) -> calm.Calm:  # fmt: skip
    today = people.house().day(at)
    if row is None:
        facts = [*_number_facts(number, None)] if number else []
        return calm.card(facts, None, None)
    facts = []
    item = _buyer_item(panel)
    if item is not None:
        facts.append(calm.Said(_item_words(item, today), _link("evidence", row)))
    facts += _number_facts(number, row) if number else []
    step = _next(plan)
    if step is not None:
        when = day_words(step[1], today)
        facts.append(calm.Said(f"The next step is dated {when}: {step[0].rstrip('.')}.", _link("plan", row)))
    if panel is not None and (active := _active(panel, today)):
        said = f"{active} buyer people were active in the last 14 days."
        facts.append(calm.Said(said, _link("evidence", row)))
    help_ = [one for one in plan.plan.resources if one.state == "asked"] if plan else []
    help_.sort(key=lambda one: one.kind != "executive")
    ask = calm.Said(help_[0].what.rstrip(".") + ".", _link("plan", row)) if help_ else None
    weak = [line.criterion.name.lower() for line in panel.lines if line.grade.counted == 0] if panel else []
    unknown = f"Not known yet: {', '.join(weak[:2])}; that is asked next." if weak else ""
    return calm.card(facts, _example(actor, row, at), ask, unknown)


def _active(panel: evidence.Panel, today: date) -> int:
    """How many different people of the buyer said or did something in two weeks; 0 under two."""
    since = today - timedelta(days=14)
    names = {
        one.buyer_name for line in panel.lines for one in line.past if one.on >= since and one.buyer_name
    }
    return len(names) if len(names) >= 2 else 0


def _number_facts(number: numbers.Number, row: Deal | None) -> list[calm.Said]:
    amount, was_sent = _amount(number)
    facts = []
    link = CALL
    if row is not None and was_sent:
        if counted(number, row.pk) and row.home_minor:
            without = amount - row.home_minor
            facts.append(
                calm.Said(
                    f"The call is {_money(amount)}; without {name_of(row)} it is {_money(without)}.", link
                )
            )
        else:
            facts.append(
                calm.Said(f"The call of {_money(amount)} does not count {name_of(row)} in Commit.", link)
            )
        return facts
    if number.target is not None:
        over = amount - number.target
        side = "over" if over >= 0 else "under"
        facts.append(calm.Said(f"The call is {_money(amount)}, {_money(abs(over))} {side} target.", link))
    facts.append(calm.Said(f"{_money(number.booked)} is booked.", link))
    if number.estimate is not None:
        low, high = _money(number.estimate.p10), _money(number.estimate.p90)
        facts.append(calm.Said(f"8 in 10 quarters like this end between {low} and {high}.", link))
    return facts


def _example(actor: access.Actor, row: Deal, at: datetime) -> calm.Said | None:
    """A deal of the same owner's team that was pushed and then won in the last year, as near in size as there is."""
    today = people.house().day(at)
    lead = people.manager_of(row.owner_id) if row.owner_id else None
    if lead is None or not row.pushes:
        return None
    team = [node.id for node in people.reports(lead)]
    rows = Deal.objects.seen_by(actor, "deal.read").filter(
        owner__in=team, status="won", pushes__gte=1, closed_on__gte=today - timedelta(days=365), closed_on__lte=today
    )  # fmt: skip
    size = row.home_minor or 0
    found = list(rows.order_by("-closed_on", "pk")[:100])
    best = min(found, key=lambda one: abs((one.home_minor or 0) - size), default=None)
    if best is None:
        return None
    times = "once" if best.pushes == 1 else f"{best.pushes} times"
    signed = f"signed on {day_words(best.closed_on, today)} for {_money(best.home_minor)}"
    said = f"{name_of(best)} was pushed {times} and {signed}."
    return calm.Said(said, _link("deal", best))


# What you will be asked


def likely(actor: access.Actor, at: datetime) -> tuple[calm.Likely, ...]:
    """Five questions the week may bring, from facts, with the answer to each. Raises NotAllowed by ``call.open``."""
    access.require(actor, "desk.handle")
    number = _number(actor, actor.id, at)
    if number is None:
        return ()
    found = [*_about_number(actor, number, at), *_about_deals(actor, number, at)]
    return calm.likely(found)


def _about_number(actor: access.Actor, number: numbers.Number, at: datetime) -> Iterable[calm.Likely]:
    amount, _ = _amount(number)
    link = CALL
    if number.target is not None and amount < number.target:
        gap = number.target - amount
        rest = max(number.target - number.booked, 0)
        yield calm.Likely(
            "Where does the rest of the target come from?", f"the call is {_money(gap)} under target",
            f"The call is {_money(amount)}, {_money(gap)} under target. {_money(number.booked)} is booked, so "
            f"{_money(rest)} is still to come.", link, gap,
        )  # fmt: skip
    estimate = number.estimate
    if estimate is not None and abs(amount - estimate.p50) * 20 > max(amount, 1):
        side = "above" if amount > estimate.p50 else "below"
        yield calm.Likely(
            f"Why is your call {side} the estimate?",
            f"{_money(abs(amount - estimate.p50))} between call and estimate",
            f"The middle of the estimate is {_money(estimate.p50)}, 8 in 10 between {_money(estimate.p10)} and "
            f"{_money(estimate.p90)}. The call is {_money(amount)}.", link, abs(amount - estimate.p50),
        )  # fmt: skip
    if people.may_on(actor, "news.lead", number.person.id):
        untold = news.untold_of(actor, number.person.id, number.period, at, number).lines
        largest = max(untold, key=lambda one: abs(one.amount or 0), default=None)
        if largest is not None:
            yield calm.Likely(
                f"What happened with {largest.deal}?", "it is the largest change since your last submission",
                f"{largest.deal}: {largest.what.rstrip('.')}. It moves {_money(abs(largest.amount or 0))}.",
                f"/deals/{largest.deal_id}/" if largest.deal_id else "/news/",
                abs(largest.amount or 0),
            )  # fmt: skip


def _about_deals(actor: access.Actor, number: numbers.Number, at: datetime) -> Iterable[calm.Likely]:
    today = people.house().day(at)
    ids = [one.id for one in number.lines if pipeline.counted(one, number.period, "commit")]
    rows = list(
        Deal.objects.seen_by(actor, "deal.read")
        .filter(pk__in=ids, status="open")
        .order_by("-home_minor")[:40]
    )
    twice = next((row for row in rows if row.pushes >= 2), None)
    if twice is not None:
        yield calm.Likely(
            f"Will {name_of(twice)} move again?", f"it was pushed {twice.pushes} times",
            f"It stands for {day_words(twice.close_on, today)}. {_best(actor, twice, at)}", _link("deal", twice),
            twice.home_minor or 0,
        )  # fmt: skip
    for row in rows[:8]:
        panel = _panel(actor, row, at)
        weak = (
            [line.criterion.name.lower() for line in panel.lines if line.grade.counted == 0] if panel else []
        )
        if weak and row is not twice:
            yield calm.Likely(
                f"How safe is {name_of(row)}?", f"it is in Commit; unknown: {weak[0]}",
                f"{_best(actor, row, at)} Not known yet: {', '.join(weak[:2])}.", _link("evidence", row),
                row.home_minor or 0,
            )  # fmt: skip
            break


def _best(actor: access.Actor, row: Deal, at: datetime) -> str:
    item = _buyer_item(_panel(actor, row, at))
    return _item_words(item, people.house().day(at)) if item else "Nothing the buyer said is written down."
