"""Evidence of a deal: every criterion with what is known, a form for one at a time, what changed since a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import queries as deals
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import actions, queries, rules
from fairlead.qualification.wording import GRADES, MEANS
from fairlead.territories.queries import Buyer
from fairlead.web import downloads, formats, uploads
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in

_HOW = ("", "our belief", "said it", "wrote or did it")
_LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Shown:
    """A criterion as a page shows it: three boxes, the words of its grade, and what it rests on."""

    line: queries.Line
    boxes: tuple[bool, bool, bool]
    words: str
    how: str
    age: str


def shown(line: queries.Line) -> Shown:
    """A line in the words of a page."""
    grade = line.grade
    words = f"{grade.counted} {GRADES[grade.counted]}"
    if grade.stale_since:
        words = f"{grade.counted}, was {grade.said}"
    return Shown(
        line=line,
        boxes=(grade.counted > 0, grade.counted > 1, grade.counted > 2),
        words=words,
        how=_HOW[line.item.score] if line.item else "",
        age="" if line.age_days is None or grade.said == 0 else formats.count(line.age_days, "day"),
    )


def weakest_words(panel: queries.Panel) -> str:
    """The names of the weakest criteria, at most three of them: "Need, Champion and 2 more"."""
    names = list(panel.weakest)
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def context_of(panel: queries.Panel) -> dict[str, object]:
    """What the panel of a deal page needs."""
    return {"panel": panel, "shown": [shown(line) for line in panel.lines], "weakest": weakest_words(panel)}


@signed_in
@require_safe
def evidence(request: AskingRequest, public_id: str) -> HttpResponse:
    """All criteria, what the stage asks for, what changed since a day (``?since=``), everything that was said."""
    today = people.house().day(request.at)
    typed = request.GET.get("since", "")
    since, odd = today - _LOOK_BACK, ""
    if typed:
        try:
            since = date.fromisoformat(typed)
        except ValueError:
            odd = "Choose a day, written as 2026-11-10."
        if since >= today:
            since, odd = today - _LOOK_BACK, "Choose a day before today."
    return _evidence_page(request, public_id, since, odd=odd)


def _evidence_page(
    request: AskingRequest, public_id: str, since: date, *, odd: str = "", removing: str = "", reason: str = "",
    error: str = "",
) -> HttpResponse:  # fmt: skip
    """All criteria; ``removing`` is the file whose removal was refused, with what was typed and why."""
    panel = queries.panel(request.actor, public_id, request.at, since=since)
    past = sorted(
        (item for line in panel.lines for item in line.past), key=lambda item: item.at, reverse=True
    )
    context = {
        **context_of(panel),
        "lacking": [(line, GRADES[line.wanted or 0]) for line in panel.lacking],
        "since": since,
        "odd": odd,
        "today": people.house().day(request.at),
        "past": [(item, panel.criteria.named(item.criterion), GRADES[item.score]) for item in past[:200]],
        "may_remove": queries.may_remove(request.actor, public_id),
        "removing": removing,
        "reason": reason,
        "error": error,
        "longest": rules.LONGEST,
    }
    return render(request, "evidence/evidence.html", context, status=422 if odd or error else 200)


# Files that are the evidence


@signed_in
@require_safe
def file(request: AskingRequest, public_id: str) -> HttpResponse:
    """A file that is evidence, to keep: it is never opened inside of Fairlead."""
    shown, data = queries.file(request.actor, public_id)
    return downloads.as_file(shown.name, shown.kind, data)


@signed_in
@require_POST
def remove_file(request: AskingRequest, public_id: str) -> HttpResponse:
    """Erase the bytes of a file, with a reason."""
    access.require(request.actor, "evidence.score")
    deal, reason = queries.deal_of_file(request.actor, public_id), plain_text(request.POST, "reason")[:600]
    try:
        actions.remove_file(by=request.actor, at=request.at, file=public_id, reason=reason)
    except access.Refused as refusal:
        since = people.house().day(request.at) - _LOOK_BACK
        return _evidence_page(request, deal, since, removing=public_id, reason=reason, error=refusal.sentence)
    messages.success(request, "Removed. Its bytes are erased; that it was there, and why it went, stays.")
    return redirect("evidence", deal)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form of a criterion: what is known, or what was typed before a refusal."""

    score: str = ""
    what: str = ""
    on: str = ""
    contact: str = ""
    buyer_name: str = ""
    buyer_role: str = ""
    link: str = ""
    error: str = ""


_FIELDS = ("score", "what", "on", "contact", "buyer_name", "buyer_role", "link")


def _typed(request: AskingRequest, error: str = "") -> Typed:
    given = {name: plain_text(request.POST, name)[:600] for name in _FIELDS}
    return Typed(**given, error=error)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def criterion(request: AskingRequest, public_id: str, key: str) -> HttpResponse:
    """The form of one criterion; posting keeps a score (``act=undo`` takes the newest back)."""
    access.require(request.actor, "evidence.score")
    panel = _panel(request, public_id, key)
    if request.method != "POST":
        return _form(request, panel, key)
    try:
        if request.POST.get("act") == "undo":
            actions.undo(by=request.actor, at=request.at, deal=public_id, criterion=key)
            messages.success(request, "Taken back. What stood before counts again; both stay readable.")
            return redirect("criterion", public_id, key)
        _keep(request, public_id, key)
    except access.Refused as refusal:
        return _form(request, panel, key, _typed(request, refusal.sentence), 422)
    after = _next(_panel(request, public_id, key), key)
    messages.success(request, "Kept." if not after else "Kept. This one is next.")
    if request.POST.get("act") == "next" and after:
        return redirect("criterion", public_id, after.key)
    return redirect("evidence", public_id)


def _panel(request: AskingRequest, public_id: str, key: str) -> queries.Panel:
    panel = queries.panel(request.actor, public_id, request.at)
    if not panel.may_score:
        if panel.status != "open":
            raise access.Refused("deal_closed", "The deal is closed. What was known of it stays as it was.")
        raise access.NotFound("deal")
    if panel.criteria.named(key) is None:
        raise access.NotFound("criterion")
    return panel


def _keep(request: AskingRequest, public_id: str, key: str) -> None:
    given = _typed(request)
    actions.score(
        by=request.actor,
        at=request.at,
        deal=public_id,
        criterion=key,
        score=int(given.score) if given.score in ("0", "1", "2", "3") else -1,
        what=given.what,
        on=_day(given.on),
        contact=given.contact,
        buyer_name=given.buyer_name,
        buyer_role=given.buyer_role,
        link=given.link,
        file=uploads.sent_file(request),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as odd:
        raise access.Refused("bad_day", "Write the day as in 2026-11-24.") from odd


def _next(panel: queries.Panel, key: str) -> rules.Criterion | None:
    """The criterion after this one, in the order of the set, that is weak or was not scored."""
    keys = [line.criterion.key for line in panel.lines]
    later = [*panel.lines[keys.index(key) + 1 :], *panel.lines[: keys.index(key)]]
    weak = [line for line in later if line.grade.counted < rules.SAID]
    return weak[0].criterion if weak else None


def _form(
    request: AskingRequest, panel: queries.Panel, key: str, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    today = people.house().day(request.at)
    line = next(one for one in panel.lines if one.criterion.key == key)
    after = _next(panel, key)
    context = {
        **context_of(panel),
        "now": shown(line),
        "criterion": line.criterion,
        "choices": [
            (number, GRADES[number].capitalize(), MEANS[number], line.criterion.counts[number])
            for number in reversed(rules.SCORES)
        ],
        "typed": typed or Typed(on=today.isoformat()),
        "contacts": _contacts(request, panel.deal),
        "today": today,
        "after": after,
        "longest": rules.LONGEST,
        "accept": ",".join([*(f".{ending}" for ending in rules.KINDS), "image/png", "image/jpeg"]),
        "accepted": rules.ACCEPTED,
        "file_limit": rules.megabytes(settings.EVIDENCE_LIMIT),
        "file_again": request.method == "POST" and (bool(request.FILES) or uploads.was_too_large(request)),
        "past": [(item, GRADES[item.score]) for item in line.past],
    }
    return render(request, "evidence/criterion.html", context, status=status)


def _contacts(request: AskingRequest, public_id: str) -> tuple[Buyer, ...]:
    seen = deals.deal(request.actor, public_id, on=people.house().day(request.at)).account
    return seen.contacts if seen else ()
