"""Working agreements: with whom one has one, writing and signing it, carrying it over."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.agreements import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web.given import day, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_FIELDS = (
    "affects", "shielded", "hours", "channels", "news_hours", "plans_weekday", "rep_owes", "needs", "manager_owes",
    "review_on", "reason",
)  # fmt: skip
SHAPES = {
    "waiting": "wait", "asked_back": "half", "withdrawn": "stop", "in_force": "ok", "replaced": "stop", "ended": "stop",
}  # fmt: skip
DONE = {
    "signed": "Signed by both of you. What each owes stands in your promises.",
    "asked_back": "Asked back.",
    "withdrawn": "Taken back. What was in force stays in force.",
    "ended": "Said. It holds until its last day.",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form, prefilled or kept after a refusal; ``key`` makes sending it twice harmless."""

    values: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    error: str = ""


def fresh() -> str:
    return secrets.token_urlsafe(12)


def said(given: QueryDict, name: str) -> str:
    return plain_text(given, name).strip()


def day_of(text: str, what: str) -> date:
    """A day as typed. Raises Refused for none and for what is no day."""
    found = day(text)
    if found is None:
        raise access.Refused("bad_day", f"Choose {what}.")
    return found


def _typed(given: QueryDict, names: tuple[str, ...]) -> Typed:
    return Typed({name: said(given, name) for name in names}, said(given, "key")[:40] or fresh())


def _content(values: Mapping[str, str]) -> rules.Content:
    def number(name: str, what: str) -> int | None:
        text = values[name]
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 4:
            raise access.Refused("bad_hours", f"Write {what} as a whole number.")
        return int(text)

    def lines(name: str) -> tuple[str, ...]:
        return tuple(values[name].replace("\r\n", "\n").split("\n"))

    return rules.Content(
        values["affects"], lines("shielded"), values["hours"], values["channels"],
        number("news_hours", "the hours"), number("plans_weekday", "the weekday"), lines("rep_owes"), lines("needs"),
        lines("manager_owes"),
    )  # fmt: skip


def _values(content: rules.Content, review_on: date | None) -> dict[str, str]:
    """Content as the fields of the form show it."""
    return {
        "affects": content.affects, "shielded": "\n".join(content.shielded), "hours": content.hours,
        "channels": content.channels, "news_hours": str(content.news_hours or ""),
        "plans_weekday": "" if content.plans_weekday is None else str(content.plans_weekday),
        "rep_owes": "\n".join(content.rep_owes), "needs": "\n".join(content.needs),
        "manager_owes": "\n".join(content.manager_owes),
        "review_on": review_on.isoformat() if review_on else "", "reason": "",
    }  # fmt: skip


# Pages


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """Everybody one works with in a direct line, and the agreement with each."""
    book = queries.book(request.actor, request.at)
    context = {
        "beside": [(one.pair, one.line, SHAPES[_shown(one.line)] if one.line else "") for one in book.beside],
        "over": book.over,
    }
    return render(request, "agreements/list.html", context)


def _shown(line: queries.Line) -> str:
    return (line.pending or line.held or line.newest).state


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One agreement: what is in force, what waits, the promises of both, the versions before."""
    return _one(request, public_id, Typed(key=fresh()))


def _one(request: AskingRequest, public_id: str, typed: Typed, status: int = 200) -> HttpResponse:
    page = queries.one(request.actor, public_id, request.at)
    shown = {page.line.held and page.line.held.number, page.line.pending and page.line.pending.number}
    context = {
        "page": page,
        "line": page.line,
        "shapes": SHAPES,
        "earlier": [one for one in page.line.versions if one.number not in shown],
        "typed": typed,
        "today": people.house().day(request.at),
    }
    return render(request, "agreements/one.html", context, status=status)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Sign, ask back, take back or end."""
    queries.found(request.actor, public_id)
    typed = _typed(request.POST, ("act", "text", "on"))
    values = typed.values
    try:
        actions.act(
            by=request.actor, at=request.at, agreement=public_id, kind=values["act"], text=values["text"],
            on=day_of(values["on"], "its last day") if values["act"] == "ended" else None,
            digest=said(request.POST, "digest"),
        )  # fmt: skip
    except access.Refused as refusal:
        return _one(request, public_id, Typed(values, fresh(), refusal.sentence), 422)
    messages.success(request, DONE[values["act"]])
    return redirect("agreement", public_id)


# Writing


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: AskingRequest, public_id: str) -> HttpResponse:
    """The first version with a person of a direct line, from a template or from nothing."""
    pair = queries.pair_with(request.actor, public_id)
    known = queries.open_between(pair.rep, pair.manager, request.at)
    if known is not None and request.method != "POST":
        return redirect("agreement", known.public_id)
    if request.method != "POST":
        chosen = wording.template(said(request.GET, "from"))
        today = people.house().day(request.at)
        content = chosen.content if chosen else rules.Content()
        if pair.side == "manager":
            content = rules.written_by("manager", content, None)
        review = today + timedelta(days=chosen.review_days if chosen else 90)
        return _form(request, pair, None, Typed(_values(content, review), fresh()))
    typed = _typed(request.POST, _FIELDS)
    try:
        version = actions.begin(
            by=request.actor, at=request.at, other=public_id, content=_content(typed.values), key=typed.key,
            review_on=day_of(typed.values["review_on"], "the day on which you two look at it again"),
        )  # fmt: skip
    except access.Refused as refusal:
        return _form(request, pair, None, Typed(typed.values, fresh(), refusal.sentence), 422)
    messages.success(request, f"Signed by you. It is in force once {pair.other} has signed too.")
    return redirect("agreement", version.agreement.public_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """Propose a change, with its reason."""
    page = queries.one(request.actor, public_id, request.at)
    if request.method != "POST":
        newest = page.line.newest
        return _form(request, None, page, Typed(_values(newest.content, newest.review_on), fresh()))
    typed = _typed(request.POST, _FIELDS)
    try:
        actions.propose(
            by=request.actor, at=request.at, agreement=public_id, content=_content(typed.values), key=typed.key,
            review_on=day_of(typed.values["review_on"], "the day on which you two look at it again"),
            reason=typed.values["reason"], after=int(whole(said(request.POST, "after"), 0)),
        )  # fmt: skip
    except access.Refused as refusal:
        return _form(request, None, page, Typed(typed.values, fresh(), refusal.sentence), 422)
    messages.success(
        request, f"Signed by you. What is in force stays until {page.line.other} has signed too."
    )
    return redirect("agreement", public_id)


def _form(
    request: AskingRequest, pair: queries.Pair | None, page: queries.Page | None, typed: Typed, status: int = 200
) -> HttpResponse:  # fmt: skip
    line = page.line if page else None
    rep = pair.side == "rep" if pair else bool(line and line.mine)
    context = {
        "pair": pair,
        "line": line,
        "other": pair.other if pair else line.other if line else "",
        "rep": rep,
        "typed": typed,
        "templates": wording.TEMPLATES if pair else (),
        "chosen": said(request.GET, "from"),
        "weekdays": [(str(number), name) for number, name in enumerate(rules.WEEKDAYS[:5])],
        "tomorrow": people.house().day(request.at) + timedelta(days=1),
        "longest": rules.LONGEST,
    }
    return render(request, "agreements/write.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: AskingRequest, public_id: str) -> HttpResponse:
    """What a new manager would read, and the one act that shows it to them."""
    page = queries.one(request.actor, public_id, request.at)
    if not page.line.mine or not page.line.standing.over or page.line.held is None:
        raise access.NotFound("agreement")
    today = people.house().day(request.at)
    typed = Typed({"review_on": (today + timedelta(days=90)).isoformat()}, fresh())
    status = 200
    if request.method == "POST":
        typed = _typed(request.POST, ("review_on",))
        try:
            version = actions.carry_over(
                by=request.actor, at=request.at, agreement=public_id, key=typed.key,
                review_on=day_of(typed.values["review_on"], "the day on which you two look at it again"),
            )  # fmt: skip
        except access.Refused as refusal:
            typed, status = Typed(typed.values, fresh(), refusal.sentence), 422
        else:
            messages.success(
                request, f"{page.carry_to} reads your part now, and nothing else of the old one."
            )
            return redirect("agreement", version.agreement.public_id)
    context = {
        "page": page, "line": page.line, "content": rules.carried(page.line.held.content), "typed": typed,
        "tomorrow": today + timedelta(days=1),
    }  # fmt: skip
    return render(request, "agreements/carry.html", context, status=status)
