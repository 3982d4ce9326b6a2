"""The review of a team's deals: flags with their record, snoozes, questions, corrections, the message that ends it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import queries as deals
from fairlead.health import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import downloads, formats, numbers
from fairlead.web.categories import CATEGORY_WORDS
from fairlead.web.downloads import Cell
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.deals import Unit, pushed_words, unit_for

ONLY_WORDS = {
    "": "All open",
    "flagged": "With a flag up",
    "commit": "In Commit",
    "deciding": "Deciding the quarter",
}
SINCE_WORDS = {"review": "the last deal review", "submission": "the last submission", "week": "a week ago"}
SNOOZE_DAYS = 14


# The page


@dataclass(frozen=True, slots=True)
class Typed:
    """A form of the page that was refused: its act, its deals, what was typed, and what was said about it."""

    act: str = ""
    deals: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    error: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    done: tuple[str, ...] = ()
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A deal as the page shows it."""

    deal: queries.DealLine
    amount: str
    exact: str
    chance: str
    category: str
    close: str
    late: str
    pushed: str
    typed: Typed | None
    unknown: tuple[queries.Flag, ...]
    """flags not known of it, but known of another deal of the page"""


@signed_in
@require_safe
def review(request: AskingRequest) -> HttpResponse:
    """The deals within reach, those with most at risk that can still change first."""
    return _page(request, request.GET)


def _asked(given: QueryDict) -> queries.Asked:
    page = given.get("page", "")
    return queries.Asked(
        rep=given.get("rep", "")[:16], only=given.get("only", ""), since=given.get("since", ""),
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
    )  # fmt: skip


def _address(asked: queries.Asked, **changes: str) -> str:
    words = {"rep": asked.rep, "only": asked.only, "since": asked.since, "page": str(asked.page)} | changes
    return urlencode({key: value for key, value in words.items() if value and (key, value) != ("page", "1")})


def _page(
    request: AskingRequest, given: QueryDict, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    found = queries.review(request.actor, _asked(given), request.at)
    house, today = people.house(), people.house().day(request.at)
    unit = unit_for(house.currency, max((line.amount or 0 for line in found.deals), default=0))
    asked, nowhere = found.asked, _nowhere(found.deals)
    context = {
        "page": found,
        "lines": [_line(line, unit, house.currency, today, typed, set(nowhere)) for line in found.deals],
        "nowhere": nowhere.values(),
        "here_up": {flag.verdict.key: flag for deal in found.deals for flag in deal.up}.values(),
        "unit": unit.words,
        "only": ONLY_WORDS.items(),
        "since": SINCE_WORDS.items(),
        "since_words": SINCE_WORDS.get(found.since_word, "then"),
        "here": _address(asked),
        "before": _address(asked, page=str(asked.page - 1)) if asked.page > 1 else None,
        "after": _address(asked, page=str(asked.page + 1)) if asked.page < found.pages else "",
        "typed": typed,
        "titles": wording.TITLES.items(),
        "fields": wording.FIELDS.items(),
        "until": today + timedelta(days=SNOOZE_DAYS),
        "tomorrow": today + timedelta(days=1),
        "latest": today + timedelta(days=rules.LONGEST_SNOOZE),
        "longest": rules.LONGEST,
        "light_rule": rules.LIGHT_RULE,
        "to_send": [rep for rep in found.reps if rep.questions or rep.thanks],
        "sent": queries.messages(request.actor, request.at, limit=5),
        "most": queries.MOST,
    }
    return render(request, "health/review.html", context, status=status)


def _nowhere(deals: Sequence[queries.DealLine]) -> dict[str, queries.Flag]:
    """The flags that are not known of any deal of a page for the same reason, by key: said once instead of per deal."""
    each = [{flag.verdict.key: flag for flag in deal.unknown} for deal in deals]
    if len(each) < 2:
        return {}
    return {
        key: flag
        for key, flag in each[0].items()
        if all(key in one and one[key].verdict.detail == flag.verdict.detail for one in each)
    }


def _line(
    deal: queries.DealLine,
    unit: Unit,
    currency: str,
    today: date,
    typed: Typed | None,
    nowhere: Collection[str],
) -> Line:
    late = (today - deal.close_on).days if deal.close_on else 0
    mine = typed if typed and not typed.several and deal.public_id in typed.deals else None
    return Line(
        deal, unit.number(deal.amount), formats.exact(deal.amount, currency), formats.of_20(deal.chance),
        CATEGORY_WORDS.get(deal.category, "no category"),
        formats.short_day(deal.close_on, today) if deal.close_on else "no date",
        f"{formats.count(late, 'day')} past" if late > 0 else "", pushed_words(deal.pushes), mine,
        tuple(flag for flag in deal.unknown if flag.verdict.key not in nowhere),
    )  # fmt: skip


# Acts


_TEXTS = ("flag", "until", "reason", "text", "field", "value", "id")


@signed_in
@require_POST
def act(request: AskingRequest) -> HttpResponse:
    """One act on one deal or on several; every refused row is told, and with ``whole`` one refusal undoes all."""
    access.require(request.actor, "flag.read")
    given = request.POST
    back = QueryDict(given.get("back", ""))
    values = {name: plain_text(given, name) for name in _TEXTS}
    chosen, kind = tuple(given.getlist("deal"))[: actions.MOST_AT_ONCE + 1], given.get("act", "")
    typed = Typed(kind, chosen, values, "several" in given)
    try:
        if kind in _BACK:
            _BACK[kind](request, values["id"])
            messages.success(request, "Taken back.")
            return _return(back, chosen)
        one = _ONE.get(kind)
        if one is None:
            raise access.Refused("bad_act", "Choose what to do with the deals.")
        access.require(request.actor, _NEEDS[kind])
        outcome = actions.on_several(
            by=request.actor, at=request.at, deals=chosen, whole="whole" in given,
            act=lambda deal: one(request, deal, values),
        )  # fmt: skip
    except access.Refused as refusal:
        return _page(request, back, Typed(kind, chosen, values, typed.several, refusal.sentence), 422)
    if outcome.refused:
        wrong = Typed(
            kind, chosen, values, typed.several, "" if typed.several else outcome.refused[0][1],
            outcome.refused, outcome.done, outcome.nothing,
        )  # fmt: skip
        return _page(request, back, wrong, 422)
    messages.success(request, f"{_DONE[kind]}: {_names(outcome.done)}.")
    return _return(back, chosen)


def _names(done: tuple[str, ...]) -> str:
    return ", ".join(done[:3]) + (f" and {len(done) - 3} more" if len(done) > 3 else "")


def _return(back: QueryDict, chosen: tuple[str, ...]) -> HttpResponse:
    where = reverse("deal_review")
    asked = _address(_asked(back))
    there = (
        f"#deal-{chosen[0]}"
        if len(chosen) == 1 and chosen[0].replace("-", "").replace("_", "").isalnum()
        else ""
    )
    return redirect(f"{where}{'?' if asked else ''}{asked}{there}")


def _snooze(request: AskingRequest, deal: str, values: Mapping[str, str]) -> None:
    try:
        until = date.fromisoformat(values["until"])
    except ValueError as odd:
        raise access.Refused("bad_day", "Choose the day on which the flag comes back.") from odd
    actions.snooze(
        by=request.actor, at=request.at, deal=deal, flag=values["flag"], until=until, reason=values["reason"]
    )


def _note(kind: str) -> Callable[[AskingRequest, str, Mapping[str, str]], None]:
    def keep(request: AskingRequest, deal: str, values: Mapping[str, str]) -> None:
        actions.note(by=request.actor, at=request.at, deal=deal, kind=kind, text=values["text"])

    return keep


def _correct(request: AskingRequest, deal: str, values: Mapping[str, str]) -> None:
    actions.propose(
        by=request.actor, at=request.at, deal=deal, field=values["field"], new=values["value"]
    )  # fmt: skip


_ONE: Mapping[str, Callable[[AskingRequest, str, Mapping[str, str]], None]] = {
    "snooze": _snooze, "question": _note("question"), "thanks": _note("thanks"), "correct": _correct,
}  # fmt: skip
_NEEDS = {
    "snooze": "flag.snooze", "question": "inspection.ask", "thanks": "inspection.ask", "correct": "correction.propose",
}  # fmt: skip
_DONE = {
    "snooze": "Snoozed", "question": "Question noted", "thanks": "Thank-you noted", "correct": "Correction proposed",
}  # fmt: skip
_BACK: Mapping[str, Callable[[AskingRequest, str], Any]] = {
    "wake": lambda request, key: actions.wake(by=request.actor, at=request.at, snooze=key),
    "drop": lambda request, key: actions.drop_note(by=request.actor, at=request.at, note=key),
    "take_back": lambda request, key: actions.take_back(by=request.actor, at=request.at, correction=key),
}


# The message that ends it


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def message(request: AskingRequest, public_id: str) -> HttpResponse:
    """What waits for a person, as one message to copy; posting sends it inside Fairlead."""
    found = queries.draft(request.actor, public_id, request.at)
    if request.method != "POST":
        return render(request, "health/message.html", {"draft": found})
    try:
        kept = actions.send(by=request.actor, at=request.at, to=public_id)
    except access.Refused as refusal:
        return render(request, "health/message.html", {"draft": found, "error": refusal.sentence}, status=422)
    messages.success(request, f"Sent to {found.name}, who is told.")
    return redirect("deal_review_sent", kept.public_id)


@signed_in
@require_safe
def sent(request: AskingRequest, public_id: str) -> HttpResponse:
    """A message as it was sent, for its writer and for whom it was written to."""
    access.require(request.actor, "inspection.read")
    found = queries.sent(request.actor, public_id)
    reads = queries.names_of(request.actor, [n.deal for n in found.notes]) if _reads(request) else {}
    return render(request, "health/sent.html", {"sent": found, "reads": reads})


def _reads(request: AskingRequest) -> bool:
    return access.may(request.actor, "deal.read")


# Corrections


_STATES = {
    "open": ("wait", "to load"),
    "done": ("ok", "in the CRM"),
    "overtaken": ("stop", "the CRM says otherwise"),
}


@signed_in
@require_safe
def corrections(request: AskingRequest) -> HttpResponse:
    """Every proposed correction within reach, with what became of it."""
    found = queries.proposals(request.actor, request.at, state="")
    context = {
        "rows": [(one, one.words, *_STATES[one.state]) for one in found],
        "waiting": sum(one.state == "open" for one in found),
        "may_export": access.may(request.actor, "export.run"),
        "may_take_back": access.may(request.actor, "correction.propose"),
    }
    return render(request, "health/corrections.html", context)


@signed_in
@require_safe
def corrections_csv(request: AskingRequest) -> Any:
    """The corrections that wait, as a file to load into the CRM."""
    access.require(request.actor, "export.run")
    found = queries.proposals(request.actor, request.at)
    today = people.house().day(request.at)
    return downloads.as_csv(f"corrections-{today}", ["deal_id", "field", "old", "new"], _rows(found))


def _rows(found: list[queries.Proposal]) -> Iterator[list[Cell]]:
    for one in found:
        yield [one.external_id, wording.COLUMNS[one.field], one.old, one.new]


# The rules with their record


@signed_in
@require_safe
def flag_rules(request: AskingRequest) -> HttpResponse:
    """Every rule with its threshold and what became of deals that had the flag."""
    found = queries.flag_rules(request.actor, request.at)
    tested = found.known.record
    grades = []
    if tested is not None:
        words = ("0 unknown", "1 our belief", "2 the buyer said it", "3 the buyer wrote or did it")
        grades = [(word, group) for word, group in zip(words, tested.grades, strict=True) if group.rows]
    context = {
        "page": found,
        "record": tested,
        "grades": grades,
        "proven": wording.record(tested.proven) if tested else "",
        "may_set": access.may(request.actor, "settings.write"),
    }
    return render(request, "health/rules.html", context)


_FORM: tuple[tuple[str, str, str], ...] = (
    ("stalled_share", "Long in its stage: longer than this share of won deals", "0.8 is 80 %."),
    ("stalled_least", "… judged where so many won deals left the stage", ""),
    ("pushes", "Pushed: so many times", ""),
    ("threads", "Single thread: fewer persons at the buyer than", ""),
    ("quiet_days", "Quiet: nothing for more days than", ""),
    ("amount_times", "Unusual amount: so many times the median, or one part of as many", ""),
    ("amount_least", "… judged where so many won deals are known", ""),
    ("step_column", "Column of the source with the day of the next step", "Its header; empty where there is none."),
    ("contact_column", "Column with the day of the last two-way contact", "Its header; empty where there is none."),
    ("people_column", "Column with the number of persons known at the buyer", "Its header; empty where there is none."),
)  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: AskingRequest) -> HttpResponse:
    """The thresholds of all flags; posting keeps them as the next version."""
    access.require(request.actor, "settings.write")
    now = queries.thresholds(request.at)
    if request.method != "POST":
        return _thresholds(request, {k: str(v) for k, v in rules.values_of(now).items()}, now.version)
    values = {name: plain_text(request.POST, name) for name, *_ in _FORM}
    after = request.POST.get("after_version", "")
    try:
        kept = actions.set_thresholds(
            by=request.actor, at=request.at, values=dict(values),
            after_version=whole(after, 0),
        )  # fmt: skip
    except access.Refused as refusal:
        return _thresholds(request, values, now.version, refusal.sentence, 422)
    messages.success(request, f"Version {kept.version} is in force. The record follows in a few minutes.")
    return redirect("flag_settings")


def _thresholds(
    request: AskingRequest, values: Mapping[str, str], version: int, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": [(name, label, hint, values.get(name, "")) for name, label, hint in _FORM],
        "version": version,
        "error": error,
        "stages": sorted(deals.mapping()),
        "unit": numbers.unit(),
    }
    return render(request, "health/thresholds.html", context, status=status)
