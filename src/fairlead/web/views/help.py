"""Help: asking the manager, answering, the second door, what a rep is shielded from, the setting."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import queries as deals
from fairlead.help import actions, doors, queries, rules
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web.given import day, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_ASK = ("subject", "need", "tried", "deal", "needed_by", "to", "told")
_STEP = ("act", "text", "promise", "due_on")
_WISH = ("affects", "shielded", "hours", "channels", "review_on")
_REPLY = ("promised", "needed", "review_on")
SHAPES = {
    "waiting": "wait",
    "asked_back": "half",
    "answered": "ok",
    "declined": "stop",
    "helped": "ok",
    "not_helped": "stop",
    "withdrawn": "stop",
    "moved": "stop",
}
"""State -> the shape it is shown with."""
SHIELD_SHAPES = {
    "asked": "wait", "answered": "wait", "asked_back": "half", "agreed": "ok", "ending": "half", "ended": "stop",
}  # fmt: skip
HAPPENED = {
    "answered": "Answered. {other} is told.",
    "declined": "Declined, with your reason.",
    "asked_back": "Asked back. The clock stands until there is a reply.",
    "replied": "Sent. The clock begins anew.",
    "helped": "Good. It is closed.",
    "not_helped": "Said. The second door is open to you below.",
    "withdrawn": "Withdrawn.",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form, prefilled or kept after a refusal; ``key`` makes sending it twice harmless."""

    values: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    error: str = ""


def _fresh() -> str:
    return secrets.token_urlsafe(12)


def _said(given: QueryDict, name: str) -> str:
    return plain_text(given, name).strip()


def _typed(given: QueryDict, names: tuple[str, ...]) -> Typed:
    return Typed({name: _said(given, name) for name in names}, _said(given, "key")[:40] or _fresh())


def _needed_day(text: str, what: str) -> date:
    found = day(text)
    if found is None:
        raise access.Refused("bad_day", f"Choose {what}.")
    return found


def _manager_name(request: AskingRequest) -> str:
    manager = doors.manager_of(request.actor.id, people.house().day(request.at))
    return people.names([manager]).get(manager, "") if manager is not None else ""


# The page


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """One's own requests, what is asked of one, and what came through the second door."""
    access.require(request.actor, "help.read")
    book = queries.book(request.actor, request.at)
    answers = access.may(request.actor, "help.answer")

    def shown(lines: tuple[queries.Line, ...]) -> list[tuple[queries.Line, str]]:
        return [(line, SHAPES[line.standing.state]) for line in lines]

    first = [one for one in book.mine if one.door == "first"]
    context = {
        "mine": shown(tuple(first)),
        "further": shown(tuple(one for one in book.mine if one.door != "first")),
        "asked": shown(book.asked),
        "asked_done": shown(book.asked_done),
        "second": shown(book.second),
        "second_done": shown(book.second_done),
        "older": book.older,
        "answers": answers,
        "leads": access.may(request.actor, "help.counts"),
        "counts": queries.counts_page(request.actor, request.at),
        "manager": _manager_name(request),
        "days": queries.setting(request.at).days,
        "enough": rules.ENOUGH,
    }
    return render(request, "help/list.html", context)


# Asking


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: AskingRequest) -> HttpResponse:
    """Ask the manager for help."""
    access.require(request.actor, "help.ask")
    if request.method != "POST":
        return _ask_form(request, Typed({"deal": _said(request.GET, "deal")}, _fresh()))
    typed = _typed(request.POST, _ASK)
    try:
        row = actions.ask(by=request.actor, at=request.at, given=_given(typed), key=typed.key)
    except access.Refused as refusal:
        return _ask_form(request, Typed(typed.values, _fresh(), refusal.sentence), 422)
    messages.success(request, f"Asked. {_manager_name(request)} is told that something waits.")
    return redirect("help_one", row.public_id)


def _given(typed: Typed) -> actions.Asked:
    values = typed.values
    return actions.Asked(
        values["subject"], values["need"], values["tried"], values["deal"], day(values["needed_by"])
    )


def _own_deals(request: AskingRequest) -> list[tuple[str, str]]:
    if not access.may(request.actor, "deal.read"):
        return []
    me = people.node(request.actor.id).public_id
    listed = deals.list_deals(request.actor, filters=deals.DealFilter(status="open", owners=(me,)), limit=100)
    return [(row.public_id, row.name or "(no name)") for row in listed.rows]


def _ask_form(request: AskingRequest, typed: Typed, status: int = 200) -> HttpResponse:
    context = {
        "typed": typed,
        "kind": "ask",
        "manager": _manager_name(request),
        "deals": _own_deals(request),
        "days": queries.setting(request.at).days,
        "today": people.house().day(request.at),
        "longest": rules.LONGEST,
    }
    return render(request, "help/ask.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: AskingRequest) -> HttpResponse:
    """A complaint about the manager, past the manager."""
    access.require(request.actor, "help.ask")
    if request.method != "POST":
        return _second_form(request, None, Typed({}, _fresh()))
    typed = _typed(request.POST, _ASK)
    try:
        row = actions.complain(
            by=request.actor, at=request.at, to=typed.values["to"], given=_given(typed), key=typed.key
        )
    except access.Refused as refusal:
        return _second_form(request, None, Typed(typed.values, _fresh(), refusal.sentence), 422)
    messages.success(request, "Sent. Your manager is not told, and finds it nowhere.")
    return redirect("help_one", row.public_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def further(request: AskingRequest, public_id: str) -> HttpResponse:
    """The second door of an own request."""
    page = queries.one(request.actor, public_id, request.at)
    if not page.line.mine or page.line.door != "first":
        raise access.NotFound("request for help")
    if request.method != "POST":
        line = page.line
        start = {
            "subject": line.subject, "need": line.need, "tried": line.tried, "deal": line.deal_id,
            "needed_by": line.needed_by.isoformat() if line.needed_by else "",
        }  # fmt: skip
        return _second_form(request, page, Typed(start, _fresh()))
    typed = _typed(request.POST, _ASK)
    try:
        row = actions.send_further(
            by=request.actor, at=request.at, request=public_id, to=typed.values["to"], given=_given(typed),
            key=typed.key, tell_manager=typed.values["told"] == "yes",
        )  # fmt: skip
    except access.Refused as refusal:
        return _second_form(request, page, Typed(typed.values, _fresh(), refusal.sentence), 422)
    told = typed.values["told"] == "yes"
    messages.success(
        request,
        f"Sent. {page.line.to} knows that it went further, as you chose."
        if told
        else f"Sent. {page.line.to} is not told, and finds it nowhere.",
    )
    return redirect("help_one", row.public_id)


def _second_form(
    request: AskingRequest, page: queries.RequestPage | None, typed: Typed, status: int = 200
) -> HttpResponse:
    first = queries.own(request.actor, page.line.public_id) if page else None
    context = {
        "typed": typed,
        "kind": "further" if page else "complaint",
        "page": page,
        "offered": queries.second_doors(request.actor, first, request.at),
        "outside": queries.setting(request.at).outside,
        "manager": page.line.to if page else _manager_name(request),
        "deals": _own_deals(request),
        "today": people.house().day(request.at),
        "longest": rules.LONGEST,
    }
    return render(request, "help/further.html", context, status=status)


# One request


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One request with its steps and what the reader may do."""
    return _one(request, public_id, Typed(key=_fresh()))


def _one(request: AskingRequest, public_id: str, typed: Typed, status: int = 200) -> HttpResponse:
    page = queries.one(request.actor, public_id, request.at)
    context = {
        "page": page,
        "line": page.line,
        "shape": SHAPES[page.line.standing.state],
        "second": [(line, SHAPES[line.standing.state]) for line in page.second],
        "typed": typed,
        "today": people.house().day(request.at),
        "longest": rules.LONGEST,
    }
    return render(request, "help/one.html", context, status=status)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """A step: answered, declined, asked_back, replied, helped, not_helped or withdrawn."""
    page = queries.one(request.actor, public_id, request.at)
    typed = _typed(request.POST, _STEP)
    values = typed.values
    try:
        actions.step(
            by=request.actor, at=request.at, request=public_id, kind=values["act"], text=values["text"],
            promise=values["promise"], due_on=day(values["due_on"]), key=typed.key,
        )  # fmt: skip
    except access.Refused as refusal:
        return _one(request, public_id, Typed(values, _fresh(), refusal.sentence), 422)
    other = page.line.to if page.line.mine else page.line.by
    messages.success(request, HAPPENED[values["act"]].format(other=other))
    return redirect("help_one", public_id)


@signed_in
@require_POST
def follow(request: AskingRequest, public_id: str) -> HttpResponse:
    """Let an open request go on to today's manager."""
    queries.one(request.actor, public_id, request.at)
    row = actions.let_follow(by=request.actor, at=request.at, request=public_id)
    messages.success(request, f"It is with {_manager_name(request)} now.")
    return redirect("help_one", row.public_id)


@signed_in
@require_POST
def tell(request: AskingRequest, public_id: str) -> HttpResponse:
    """Let the manager know that there is a second door."""
    page = queries.one(request.actor, public_id, request.at)
    actions.tell_manager(by=request.actor, at=request.at, request=public_id)
    messages.success(request, f"{page.line.manager} knows now that it went further, and not what you wrote.")
    return redirect("help_one", public_id)


# The shield


@signed_in
@require_safe
def shield(request: AskingRequest) -> HttpResponse:
    """What one is shielded from, and as a manager what one shields the own team from."""
    return _shield(request, Typed(key=_fresh()))


def _shield(request: AskingRequest, typed: Typed, *, of: str = "", status: int = 200) -> HttpResponse:
    access.require(request.actor, "shield.read")
    pairs = queries.pairs(request.actor, request.at)
    mine = next((pair for pair in pairs if pair.mine), None)
    newest = mine.newest if mine else None
    start: Mapping[str, str] = {}
    if newest is not None:
        start = {
            "affects": newest.affects, "shielded": "\n".join(newest.shielded), "hours": newest.hours,
            "channels": newest.channels, "review_on": newest.review_on.isoformat(),
        }  # fmt: skip
    context = {
        "mine": mine,
        "theirs": [(pair, SHIELD_SHAPES[pair.newest.state]) for pair in pairs if not pair.mine],
        "shape": SHIELD_SHAPES[newest.state] if newest else "",
        "wish": typed if typed.error and not of else Typed(start, typed.key),
        "typed": typed,
        "of": of,
        "manager": _manager_name(request),
        "leads": access.may(request.actor, "shield.answer"),
        "tomorrow": people.house().day(request.at),
        "version": newest.version if newest else 0,
    }
    return render(request, "help/shield.html", context, status=status)


@signed_in
@require_POST
def shield_ask(request: AskingRequest) -> HttpResponse:
    """Write what one wants to be shielded from, or a new version of it."""
    access.require(request.actor, "shield.ask")
    typed = _typed(request.POST, _WISH)
    values = typed.values
    try:
        review_on = _needed_day(values["review_on"], "the day on which you two look at it again")
        wish = actions.Wish(
            values["affects"], values["shielded"], values["hours"], values["channels"], review_on
        )
        actions.ask_shield(
            by=request.actor, at=request.at, wish=wish, key=typed.key,
            after_version=int(whole(_said(request.POST, "after_version"), 0)),
        )  # fmt: skip
    except access.Refused as refusal:
        return _shield(request, Typed(values, _fresh(), refusal.sentence), status=422)
    messages.success(request, f"{_manager_name(request)} is told. Nobody else reads it.")
    return redirect("shield")


@signed_in
@require_POST
def shield_answer(request: AskingRequest, public_id: str) -> HttpResponse:
    """Answer as the manager."""
    access.require(request.actor, "shield.answer")
    queries.shield_of(request.actor, public_id)
    typed = _typed(request.POST, _REPLY)
    values = typed.values
    try:
        actions.answer_shield(
            by=request.actor, at=request.at, shield=public_id, promised=values["promised"], needed=values["needed"],
            review_on=_needed_day(values["review_on"], "the day on which you two look at it again"), key=typed.key,
        )  # fmt: skip
    except access.Refused as refusal:
        return _shield(request, Typed(values, _fresh(), refusal.sentence), of=public_id, status=422)
    messages.success(request, "Signed by you. It holds from the other signature on.")
    return redirect("shield")


@signed_in
@require_POST
def shield_act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Sign, ask back or end."""
    queries.shield_of(request.actor, public_id)
    typed = _typed(request.POST, ("act", "text", "on"))
    values = typed.values
    try:
        actions.act_on_shield(
            by=request.actor, at=request.at, shield=public_id, kind=values["act"], text=values["text"],
            on=day(values["on"]), digest=_said(request.POST, "digest"),
        )  # fmt: skip
    except access.Refused as refusal:
        return _shield(request, Typed(values, _fresh(), refusal.sentence), of=public_id, status=422)
    done = {
        "signed": "Agreed. Every line stands in your promises now.",
        "asked_back": "Asked back.",
        "ended": "Said. It holds until its last day.",
    }
    messages.success(request, done[values["act"]])
    return redirect("shield")


# The setting


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AskingRequest) -> HttpResponse:
    """How long a request may wait, and what exists outside the company."""
    access.require(request.actor, "settings.write")
    found = queries.setting(request.at)
    values, error = {"days": str(found.days), "outside": found.outside}, ""
    if request.method == "POST":
        values = {name: _said(request.POST, name) for name in ("days", "outside")}
        after = int(whole(_said(request.POST, "after_version"), -1))
        try:
            row = actions.set_up(
                by=request.actor, at=request.at, days=int(whole(values["days"], -1)), outside=values["outside"],
                after_version=after if after >= 0 else None,
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Version {row.version} is in force for what is asked from now on.")
            return redirect("help_settings")
    context = {
        "found": found, "values": values, "error": error, "versions": queries.setting_versions(request.actor),
    }  # fmt: skip
    return render(request, "help/settings.html", context, status=422 if error else 200)
