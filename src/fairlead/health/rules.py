"""What is flagged about a deal and by which threshold, as plain values. No Django here.

A flag is up, down or unknown. Unknown is never up: where an organisation, or a single deal, has not the data a rule
needs, the rule says so and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from fairlead.health.wording import FIELDS, TITLES
from fairlead.people import access

KEYS: tuple[str, ...] = tuple(TITLES)
State = Literal["up", "down", "unknown"]
LONGEST = 300
LONGEST_SNOOZE = 90
MOST_QUESTIONS, MOST_THANKS = 3, 1


# Thresholds


@dataclass(frozen=True, slots=True)
class Thresholds:
    """By which values a flag goes up; ``version`` is 0 for what ships with Fairlead.

    ``*_column`` name an extra column of the source that holds a fact; empty where there is none.
    """

    version: int = 0
    stalled_share: float = 0.8
    """longer in the stage than this share of the won deals were"""
    stalled_least: int = 20
    """so many won deals have to have left the stage before it is judged"""
    pushes: int = 2
    threads: int = 2
    quiet_days: int = 21
    amount_times: float = 4.0
    """so many times more or less than the median won deal of the product"""
    amount_least: int = 10
    """so many won deals make a median"""
    step_column: str = ""
    contact_column: str = ""
    people_column: str = ""


SHIPPED = Thresholds()
_LIMITS: dict[str, tuple[float, float]] = {
    "stalled_share": (0.5, 0.99), "stalled_least": (10, 500), "pushes": (1, 10), "threads": (1, 10),
    "quiet_days": (5, 180), "amount_times": (1.5, 50), "amount_least": (5, 500),
}  # fmt: skip


def thresholds_of(values: Mapping[str, Any], version: int) -> Thresholds:
    """Thresholds from what is kept or was typed. Raises Refused for a value outside its limits."""
    kept: dict[str, Any] = {}
    for one in fields(Thresholds):
        if one.name == "version" or one.name not in values:
            continue
        given = values[one.name]
        if one.name not in _LIMITS:
            kept[one.name] = str(given or "").strip()[:80]
            continue
        least, most = _LIMITS[one.name]
        try:
            number = float(str(given).replace(",", "."))
        except ValueError as odd:
            raise access.Refused("bad_threshold", f"“{str(given)[:20]}” is no number.") from odd
        if not least <= number <= most:
            raise access.Refused(
                "bad_threshold",
                f"{one.name.replace('_', ' ').capitalize()} lies between {least:g} and {most:g}.",
            )
        kept[one.name] = number if isinstance(one.default, float) else round(number)
    return replace(Thresholds(version=version), **kept)


def values_of(thresholds: Thresholds) -> dict[str, Any]:
    """Thresholds as they are kept, without their version."""
    return {key: value for key, value in asdict(thresholds).items() if key != "version"}


# The facts of a deal on a day


@dataclass(frozen=True, slots=True)
class Said:
    """What people wrote down about a deal by a day: in its plan and in its evidence. None: nothing was said.

    ``people`` counts different persons at the buyer, ``weakest`` is the least grade of the evidence, 0 to 3.
    """

    people: int | None = None
    only: str = ""
    decides: bool | None = None
    contact_on: date | None = None
    step: str = ""
    step_due: date | None = None
    steps: bool = False
    """whether any dated step is known, so that none overdue means something"""
    weakest: int | None = None


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in the organisation's own history: stage -> (days, won deals), product -> (median, won deals).

    Product "" is every product together. Amounts in the unit of ``Facts.amount``.
    """

    stages: Mapping[str, tuple[float, int]]
    amounts: Mapping[str, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Facts:
    """A deal as known at the start of a day. None and empty text: not known.

    ``moved_on`` is the day of the newest recorded change; ``pushes`` None where no change of a date is recorded.
    """

    stage: str = ""
    stage_since: date | None = None
    product: str = ""
    amount: float | None = None
    close_on: date | None = None
    pushes: int | None = None
    moved_on: date | None = None
    said: Said = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule about one deal: up, down or unknown, the values behind it, and the fact a snooze holds on to."""

    key: str
    state: State
    detail: str
    fact: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.key]


def rule_of(key: str, t: Thresholds) -> str:
    """The rule in words, with its threshold."""
    times = f"{t.amount_times:g}"
    return {
        "past_date": "An open deal is dated today or later.",
        "pushed_twice": f"The close date was moved later fewer than {t.pushes} times.",
        "stalled": f"Not longer in the stage than {t.stalled_share:.0%} of the won deals were,"
        f" where at least {t.stalled_least} are known.",
        "overdue_step": "A dated next step is done by its day, or gets another one.",
        "single_thread": f"At least {t.threads} persons at the buyer are known.",
        "no_economic_buyer": "Somebody who decides about the money is known and has been heard.",
        "quiet": f"A contact, evidence or a recorded change within {t.quiet_days} days.",
        "odd_amount": f"Between 1/{times} of and {times} times the median won deal of the product,"
        f" where at least {t.amount_least} are known.",
    }[key]


Rule = Callable[[Facts, Usual, Thresholds, date], Verdict]


def verdicts(facts: Facts, usual: Usual, t: Thresholds, today: date) -> tuple[Verdict, ...]:
    """Every rule about one deal, in the order of ``KEYS``."""
    return tuple(_RULES[key](facts, usual, t, today) for key in KEYS)


def _past_date(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    if facts.close_on is None:
        return _unknown("past_date", "It has no close date.")
    late = (today - facts.close_on).days
    words = (
        f"Dated {_day(facts.close_on)}, {_days(late)} ago." if late > 0 else f"Dated {_day(facts.close_on)}."
    )
    return _verdict("past_date", late > 0, words, facts.close_on.isoformat())


def _pushed(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    if facts.pushes is None:
        return _unknown("pushed_twice", "Changes of close dates are not recorded.")
    words = "never" if not facts.pushes else "once" if facts.pushes == 1 else f"{facts.pushes} times"
    return _verdict("pushed_twice", facts.pushes >= t.pushes, f"Pushed {words}.", str(facts.pushes))


def _stalled(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    days, won = usual.stages.get(facts.stage, (0.0, 0))
    if facts.stage_since is None:
        return _unknown("stalled", "Since when it is in its stage is not recorded.")
    if won < t.stalled_least:
        return _unknown("stalled", f"{won} won deals are known to have left this stage: too few.")
    here = (today - facts.stage_since).days
    words = (
        f"{_days(here)} in {facts.stage}; {t.stalled_share:.0%} of {won} won deals needed at most {days:.0f}."
    )
    return _verdict("stalled", here > days, words, f"{facts.stage} {facts.stage_since}")


def _overdue(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    said = facts.said
    if not said.steps:
        return _unknown("overdue_step", "No step with a day is written down.")
    if said.step_due is None or said.step_due >= today:
        return _verdict("overdue_step", False, "No dated step is overdue.", "")
    step = f"“{said.step}” was" if said.step else "The next step was"
    words = f"{step} due {_day(said.step_due)}, {_days((today - said.step_due).days)} ago."
    return _verdict("overdue_step", True, words, f"{said.step_due} {said.step}")


def _thread(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    people = facts.said.people
    if not people:
        return _unknown("single_thread", "Nobody at the buyer is written down.")
    who = f": only {facts.said.only}" if people == 1 and facts.said.only else ""
    words = f"{people} person{'' if people == 1 else 's'} at the buyer known{who}."
    return _verdict("single_thread", people < t.threads, words, str(people))


def _buyer(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    if facts.said.decides is None:
        return _unknown("no_economic_buyer", "Nothing is written down about who decides.")
    words = (
        "Who decides is known."
        if facts.said.decides
        else "Nobody who decides about the money is known or heard."
    )
    return _verdict("no_economic_buyer", not facts.said.decides, words, str(facts.said.decides))


def _quiet(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    signs = [(facts.said.contact_on, "contact"), (facts.moved_on, "recorded change")]
    known = [(day, what) for day, what in signs if day is not None]
    if not known:
        return _unknown("quiet", "Neither contacts nor changes are recorded.")
    last, what = max(known)
    words = f"Last {what} {_day(last)}, {_days((today - last).days)} ago."
    return _verdict("quiet", (today - last).days > t.quiet_days, words, last.isoformat())


def _amount(facts: Facts, usual: Usual, t: Thresholds, today: date) -> Verdict:
    if not facts.amount or facts.amount < 0:
        return _unknown("odd_amount", "It has no amount.")
    median, won = usual.amounts.get(facts.product, (0.0, 0))
    of = f" of {facts.product}" if facts.product else ""
    if won < t.amount_least:
        (median, won), of = usual.amounts.get("", (0.0, 0)), ""
    if won < t.amount_least or median <= 0:
        return _unknown("odd_amount", f"{won} won deals are known: too few for a usual size.")
    times = facts.amount / median
    apart = f"{times:.1f} times" if times >= 1 else f"1/{1 / times:.1f} of"
    words = f"{apart} the median of {won} won deals{of}."
    odd = times >= t.amount_times or times <= 1 / t.amount_times
    return _verdict("odd_amount", odd, words[0].upper() + words[1:], f"{facts.amount:.0f}")


_RULES: Mapping[str, Rule] = {
    "past_date": _past_date, "pushed_twice": _pushed, "stalled": _stalled, "overdue_step": _overdue,
    "single_thread": _thread, "no_economic_buyer": _buyer, "quiet": _quiet, "odd_amount": _amount,
}  # fmt: skip


def _verdict(key: str, up: bool, detail: str, fact: str) -> Verdict:
    return Verdict(key, "up" if up else "down", detail, fact)


def _unknown(key: str, why: str) -> Verdict:
    return Verdict(key, "unknown", f"Not known here. {why}")


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


# Snoozing


@dataclass(frozen=True, slots=True)
class Quiet:
    """A snooze that stands: it holds until its day, and while the fact of the flag stays the same."""

    flag: str
    fact: str
    until: date


def sleeps(verdict: Verdict, snooze: Quiet | None, today: date) -> bool:
    """Whether a flag that is up is held back."""
    return snooze is not None and verdict.fact == snooze.fact and today < snooze.until


def refuse_snooze(verdict: Verdict, until: date, today: date) -> None:
    """Only a flag that is up can be snoozed, and for a while only."""
    if verdict.state != "up":
        raise access.Refused("not_up", f"“{verdict.title}” is not up on this deal. {verdict.detail}")
    if until <= today:
        raise access.Refused("day_passed", "Choose a day after today on which the flag comes back.")
    if until > today + timedelta(days=LONGEST_SNOOZE):
        raise access.Refused(
            "too_far", f"A flag sleeps {LONGEST_SNOOZE} days at most. Choose an earlier day."
        )


# Corrections


def corrected(field: str, new: str, *, was: str, stages: Collection[str]) -> str:
    """A proposed value as it is kept. Raises Refused for what cannot be meant, and for what stands there already.

    Close dates are ISO days, amounts plain numbers in the deal's own currency, stages those the organisation maps.
    """
    if field not in FIELDS:
        raise access.Refused("bad_field", f"Corrected are {', '.join(FIELDS.values())}.")
    text = " ".join("".join(c if c.isprintable() else " " for c in new).split())[:LONGEST]
    if not text:
        raise access.Refused("value_missing", f"Write the {FIELDS[field]} as it should be.")
    if field == "close_on":
        try:
            text = date.fromisoformat(text).isoformat()
        except ValueError as odd:
            raise access.Refused("bad_day", f"“{text[:30]}” is no day. Write it as in 2026-11-24.") from odd
    elif field == "amount":
        text = _number(text)
    elif field == "stage" and text not in stages:
        raise access.Refused("no_stage", f"“{text[:40]}” is none of the stages the organisation knows.")
    if text == was:
        raise access.Refused("the_same", f"The {FIELDS[field]} is {was} already.")
    return text


def _number(text: str) -> str:
    try:
        number = Decimal(text.replace(" ", "").replace(",", ""))
    except InvalidOperation as odd:
        raise access.Refused("bad_amount", f"“{text[:30]}” is no amount. Write it as in 24000.50.") from odd
    if not number.is_finite() or number < 0 or number >= Decimal(10) ** 13:
        raise access.Refused("bad_amount", f"“{text[:30]}” is no amount a deal can have.")
    return f"{number.normalize():f}"


def settled(was: str, new: str, now: str) -> str:
    """What became of a proposal: "open", "done" (the source says so now) or "overtaken" (it says something else)."""
    return "done" if now == new else "open" if now == was else "overtaken"


# The order of a review, and the message that ends it


def weight(amount: int | None, chance: float | None) -> float:
    """Money at risk times what can still change: amount x 4 p (1 - p), all of it at a chance of a half.

    A deal without a chance counts as undecided, one without an amount for nothing.
    """
    p = 0.5 if chance is None else min(max(chance, 0.0), 1.0)
    return max(amount or 0, 0) * 4 * p * (1 - p)


@dataclass(frozen=True, slots=True)
class Noted:
    """A question or a thank-you for the owner of a deal."""

    kind: str
    deal: str
    name: str
    text: str


def refuse_note(kind: str, kept: Sequence[Noted]) -> None:
    """At most three questions and one thank-you wait for one person: more would not be answered."""
    if kind not in ("question", "thanks"):
        raise access.Refused("bad_kind", "A note is a question or a thank-you.")
    there = sum(one.kind == kind for one in kept)
    if kind == "question" and there >= MOST_QUESTIONS:
        raise access.Refused(
            "many_questions",
            f"{MOST_QUESTIONS} questions wait for this person. Send them, or take one back first.",
        )
    if kind == "thanks" and there >= MOST_THANKS:
        raise access.Refused("many_thanks", "One thank-you waits already. Send it, or take it back first.")


def message(to: str, by: str, notes: Sequence[Noted]) -> str:
    """The message that ends a review, as it is copied or sent. '' for no notes."""
    asked = [one for one in notes if one.kind == "question"]
    thanks = [one for one in notes if one.kind == "thanks"]
    if not notes:
        return ""
    lines = [f"{to.split()[0] if to else 'Hello'},", ""]
    lines += [f"Thank you: {one.text} ({one.name})" for one in thanks]
    if thanks and asked:
        lines.append("")
    if asked:
        lines.append("One question:" if len(asked) == 1 else f"{len(asked)} questions:")
        lines += [f"{number}. {one.name}: {one.text}" for number, one in enumerate(asked, 1)]
    return "\n".join([*lines, "", by])


# Light inspection


@dataclass(frozen=True, slots=True)
class Profile:
    """How closely a rep's deals are looked at: light or usual, by one rule that is the same for all."""

    light: bool
    why: str


LIGHT_CHANCE = 0.5
LIGHT_RULE = (
    "Light inspection: the estimate gives the target at least an even chance, and no deal in Commit has a flag up or"
    " waits for a plan. Then only deals that decide the quarter are gone through. The rule is the same for everybody."
)


def profile(chance: float | None, flagged_commits: int, lacking_plans: int) -> Profile:
    """The one published rule of light inspection."""
    if chance is None:
        return Profile(False, "No target or no estimate: usual inspection.")
    if chance < LIGHT_CHANCE:
        return Profile(
            False, f"The target is reached in {chance * 20:.0f} of 20 quarters like this: usual inspection."
        )
    if flagged_commits or lacking_plans:
        parts = []
        if flagged_commits:
            parts.append(f"{flagged_commits} in Commit with a flag up")
        if lacking_plans:
            parts.append(f"{lacking_plans} without the plan the rule asks for")
        return Profile(False, f"On the line, but {' and '.join(parts)}: usual inspection.")
    return Profile(
        True, f"The target is reached in {chance * 20:.0f} of 20 quarters like this, and plans are current."
    )


# What changed


@dataclass(frozen=True, slots=True)
class Then:
    """What a deal's page says of it, at an instant. ``amount`` in minor units."""

    close_on: date | None
    stage: str
    amount: int | None
    category: str


def changed(before: Then | None, now: Then, written: Callable[[int], str]) -> list[str]:
    """What is otherwise than at an instant, most telling first. ``written`` writes an amount."""
    if before is None:
        return ["New since then."]
    found = []
    if before.close_on != now.close_on:
        if before.close_on and now.close_on:
            way = "Pushed" if now.close_on > before.close_on else "Pulled in"
            found.append(f"{way} from {_day(before.close_on)} to {_day(now.close_on)}.")
        else:
            found.append(f"Dated {_day(now.close_on)}." if now.close_on else "Its close date was taken away.")
    if before.category != now.category:
        found.append(f"{_words(before.category)} → {_words(now.category)}.")
    if before.stage != now.stage:
        found.append(f"Stage {before.stage or 'none'} → {now.stage or 'none'}.")
    if before.amount != now.amount:
        was, is_ = (written(a) if a is not None else "unknown" for a in (before.amount, now.amount))
        found.append(f"Amount {was} → {is_}.")
    return found


def _words(category: str) -> str:
    return category.replace("_", " ").title() or "No category"


def moment_of(text: str) -> date | None:
    """A day from a column's text (an ISO day or instant), None where it is none."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None
