"""The desk of a manager: the tray with one message open, the five acts, the answer desk, counts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import queries as deals
from fairlead.desk import actions, answering, calendar, calm, company, facts, needs, queries, rules, wording
from fairlead.help import queries as help_queries
from fairlead.mail import queries as mail
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import asking, formats
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views import beginning

_TEXTS = ("act", "kind", "answer", "words", "reason", "until", "event", "opens")
_PASTE = ("title", "text", "sender", "sender_name", "about", "urgency", "lane", "message_id", "received_at")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form, prefilled or kept after a refusal; ``key`` makes sending it twice harmless."""

    values: Mapping[str, str] = field(default_factory=dict)
    to: tuple[str, ...] = ()
    attach: bool = True
    confirmed: bool = False
    key: str = ""
    error: str = ""
    overlap: rules.Overlap | None = None


def fresh() -> str:
    return secrets.token_urlsafe(12)


def said(given: QueryDict, name: str) -> str:
    return plain_text(given, name).strip()


def wall_clock(text: str) -> datetime | None:
    """A moment as a form writes it, without zone; None where the field is empty. Raises Refused for anything else."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as odd:
        raise access.Refused(
            "bad_moment", f"“{text[:30]}” is no moment. Write it as in 2026-11-26T09:00."
        ) from odd
    if found.tzinfo is not None or not 2000 < found.year < 2200:
        raise access.Refused("bad_moment", "Write the moment without a zone, as in 2026-11-26T09:00.")
    return found


def moment_of(text: str) -> datetime | None:
    """The same, read in the organisation's zone."""
    found = wall_clock(text)
    return None if found is None else found.replace(tzinfo=asking.zone())


# The tray


@signed_in
@require_safe
def desk(request: AskingRequest) -> HttpResponse:
    """The tray; beside it, where there is room, the message to decide first."""
    tray = queries.tray(request.actor, request.at)
    first = (*tray.to_decide, *tray.held)
    if not first:
        return _render(request, tray, None)
    return _render(request, tray, queries.one(request.actor, first[0].public_id, request.at), first=True)


@signed_in
@require_safe
def message(request: AskingRequest, public_id: str) -> HttpResponse:
    """One message with its facts, the five acts, and what was done."""
    page = queries.one(request.actor, public_id, request.at)
    return _render(request, queries.tray(request.actor, request.at), page)


def _render(
    request: AskingRequest, tray: queries.Tray, page: queries.MessagePage | None, typed: Typed | None = None,
    *, first: bool = False, status: int = 200, straight: Typed | None = None, need: Typed | None = None,
) -> HttpResponse:  # fmt: skip
    drawn = facts.of(request.actor, page.line.manager, page.line.deal, request.at) if page else None
    zones = {one.zone for one in page.team} if page else set()
    context = {
        "tray": tray,
        "mail_waits": mail.waits(request.actor),
        "waits": len(tray.to_decide),
        "others": len(tray.to_decide)
        - (page is not None and any(one.id == page.line.id for one in tray.to_decide)),
        "page": page,
        "line": page.line if page else None,
        "facts": drawn,
        "untold": drawn.untold
        if page and drawn and (page.line.deal or page.line.kind not in rules.NO_LEAK)
        else (),
        "first": first,
        "counts": queries.own_counts(request.actor, request.at),
        "typed": typed or (_start(page, drawn) if page and drawn else Typed()),
        "straight": straight or Typed(key=fresh()),
        "kinds": wording.KINDS.items(),
        "urgencies": wording.URGENCIES,
        "done_words": wording.DONE,
        "zone": next(iter(zones)) if len(zones) == 1 else "",
        "texts": [(one.number, *_texts(request, page, one)) for one in page.done] if page else [],
        "must": next((one for one in tray.to_decide if one.must_pass), None),
        "ahead": calendar.ahead(request.actor, request.at),
        "shielded": _shielded(request, page),
        "may_ask": bool(page and needs.may_ask(request.actor, page.line)),
        "parts": needs.parts_of(page.line.text) if page else (),
        "need": need or Typed(),
    }
    return render(request, "desk/desk.html", context, status=status)


def straight_again(request: AskingRequest, public_id: str, straight: Typed) -> HttpResponse:
    """The page of a message with a correction that was refused."""
    page = queries.one(request.actor, public_id, request.at)
    tray = queries.tray(request.actor, request.at)
    return _render(request, tray, page, status=422, straight=straight)


@signed_in
@require_POST
def into_ask(request: AskingRequest, public_id: str) -> HttpResponse:
    """Begin an ask, or the plan it comes from, with what a part of a message needs. Nothing is kept here."""
    page = queries.one(request.actor, public_id, request.at)
    part, words = said(request.POST, "part"), said(request.POST, "need")
    parts = needs.parts_of(page.line.text)
    chosen = parts[int(part)] if part.isdecimal() and len(part) < 4 and int(part) < len(parts) else ""
    try:
        need = needs.need_of(
            request.actor, page, words or chosen, request.at, as_it_is=request.POST.get("as_it_is") == "yes"
        )
    except access.Refused as refusal:
        near = refusal.overlap if isinstance(refusal, rules.NearVerbatim) else None
        typed = Typed({"need": words or chosen, "part": part}, error=refusal.sentence, overlap=near)
        tray = queries.tray(request.actor, request.at)
        return _render(request, tray, page, status=422, need=typed)
    return beginning.ask_or_plan(request, page.line.deal_id, need)


def _shielded(request: AskingRequest, page: queries.MessagePage | None) -> list[tuple[str, tuple[str, ...]]]:
    """What those the message may be passed to agreed with the reader that they are shielded from."""
    if page is None or not page.line.mine:
        return []
    return list(help_queries.shielded_from(request.actor, request.at).items())


def _start(page: queries.MessagePage, drawn: facts.Facts) -> Typed:
    """The form as it begins: an answer from the calm card, the deal's owner to pass to."""
    line = page.line
    kind = line.kind or (line.suggestion.kind if line.suggestion else "")
    act = "passed" if kind in rules.MUST_PASS | {"praise"} else "answered"
    to = tuple(one.public_id for one in page.team if one.chosen)
    if not to and kind in rules.MUST_PASS | {"praise"}:
        to = tuple(one.public_id for one in page.team)
    return Typed({"act": act, "kind": kind, "answer": drawn.calm.text}, to, key=fresh())


def _texts(request: AskingRequest, page: queries.MessagePage, done: queries.Done) -> tuple[str, str]:
    """An answer as mail and as chat, to copy."""
    if done.kind not in ("answered", "declined"):
        return "", ""
    body = done.text + ("\n\n" + "\n".join(done.facts) if done.facts else "")
    return calm.as_mail(page.line.first_name, page.line.manager_name, body), calm.as_chat(done.text)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """One of the five acts, or taking one back."""
    page = queries.one(request.actor, public_id, request.at)
    number = request.POST.get("take_back", "")
    if number.isdecimal() and len(number) < 6:
        actions.take_back(by=request.actor, at=request.at, message=public_id, number=int(number))
        messages.success(request, "Taken back. It reached nobody.")
        return redirect("desk_message", public_id)
    typed = _typed(request.POST)
    try:
        _act(request, public_id, typed)
    except access.Refused as refusal:
        kept = Typed(
            typed.values, typed.to, typed.attach, typed.confirmed, fresh(), refusal.sentence,
            refusal.overlap if isinstance(refusal, rules.NearVerbatim) else None,
        )  # fmt: skip
        return _render(request, queries.tray(request.actor, request.at), page, kept, status=422)
    messages.success(request, _happened(request, page, typed))
    return redirect("desk_message", public_id)


def _typed(given: QueryDict) -> Typed:
    return Typed(
        {name: said(given, name) for name in _TEXTS}, tuple(given.getlist("to"))[:100],
        given.get("attach") == "yes", given.get("confirm") == "yes", said(given, "key")[:64],
    )  # fmt: skip


def _act(request: AskingRequest, public_id: str, typed: Typed) -> None:
    values = typed.values
    text = {"answered": "answer", "passed": "words", "declined": "reason"}.get(values["act"], "")
    passes = values["act"] in ("passed", "passed_raw")
    wanted = rules.Wanted(
        values["act"], values.get(text, ""),
        moment_of(values["until"]) if values["act"] == "held" else None, values["event"],
        confirmed=typed.confirmed,
    )  # fmt: skip
    actions.act(
        by=request.actor, at=request.at, message=public_id, wanted=wanted, key=typed.key, kind=values["kind"],
        to=typed.to if passes else (), opens=wall_clock(values["opens"]) if passes else None, attach=typed.attach,
    )  # fmt: skip


def _happened(request: AskingRequest, page: queries.MessagePage, typed: Typed) -> str:
    line, values = page.line, typed.values
    if values["act"] == "answered":
        where = f"{line.first_name} reads it here" if line.sender else "Copy it below as mail or chat"
        return f"Answered. {where}; no rep was involved."
    if values["act"] == "declined":
        return f"Declined, with your reason for {line.first_name}."
    if values["act"] == "held":
        until = moment_of(values["until"])
        when = formats.moment(until, request.at, asking.zone()) if until else "then"
        return f"Held until {when}. It comes back by itself."
    names = [one.name for one in page.team if one.public_id in typed.to]
    opens = wall_clock(values["opens"])
    when = (
        f" at {opens:%H:%M} on {formats.day(opens.date(), request.at.date())}, in their zone" if opens else ""
    )
    return f"Passed to {', '.join(names)}{when}. You can set it straight below."


@signed_in
@require_POST
def kind(request: AskingRequest, public_id: str) -> HttpResponse:
    """Say what kind of message it is."""
    chosen = said(request.POST, "kind")
    actions.set_kind(by=request.actor, at=request.at, message=public_id, kind=chosen)
    messages.success(request, f"Kept as {wording.KINDS[chosen].lower()}.")
    return redirect("desk_message", public_id)


@signed_in
@require_safe
def decided(request: AskingRequest) -> HttpResponse:
    """What was decided this quarter, with a search of messages and answers."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    if words:
        hits = queries.find(request.actor, request.at, words)
    else:
        every = queries.decided(request.actor, request.at)
        hits = [queries.Hit(line, ((line.title, False),), ()) for line in every]
    lines = [(hit, hit.line, _last_word(hit.line)) for hit in hits]
    capped = queries.MOST if len(lines) == queries.MOST else 0
    return render(request, "desk/decided.html", {"lines": lines, "words": words, "capped": capped})


def _last_word(line: queries.Line) -> str:
    last = [step for step in line.standing.valid if step.kind != "held"]
    return wording.DONE.get(last[-1].kind, "") if last else ""


@signed_in
@require_POST
def praise(request: AskingRequest) -> HttpResponse:
    """Switch whether plain praise passes at once."""
    on = request.POST.get("on") == "yes"
    actions.let_praise_pass(by=request.actor, at=request.at, on=on)
    messages.success(
        request,
        "Plain praise reaches your team at once from now on, with a copy here."
        if on
        else "Praise stops here first, as everything does.",
    )
    return redirect("desk_counts")


# Pasting


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: AskingRequest) -> HttpResponse:
    """Put a message that came by mail, chat or phone on the own desk."""
    access.require(request.actor, "desk.handle")
    if request.method != "POST":
        start = {"about": said(request.GET, "about"), "urgency": "week", "text": ""}
        return _paste_form(request, Typed(start, key=fresh()))
    values = {name: said(request.POST, name) for name in _PASTE}
    typed = Typed(values, key=said(request.POST, "key")[:64] or fresh())
    try:
        row = actions.receive(by=request.actor, at=request.at, given=given_of(values), key=typed.key)
    except access.Refused as refusal:
        kept = Typed(values, key=fresh(), error=refusal.sentence)
        return _paste_form(request, kept, 422)
    messages.success(request, "It is on your desk. Nobody else sees it.")
    return redirect("desk_message", row.public_id)


def given_of(values: Mapping[str, str]) -> actions.Given:
    """A message as it was typed; ``about`` is '' or deal:ID or team:ID."""
    what, _, which = values.get("about", "").partition(":")
    sender = people.find(values["sender"]) if values.get("sender") else None
    return actions.Given(
        title=values.get("title", ""), text=values.get("text", ""), sender=sender,
        sender_name=values.get("sender_name", ""), deal=which if what == "deal" else "",
        team=which if what == "team" else "", urgency=values.get("urgency") or "week", lane=values.get("lane", ""),
        praise=values.get("praise") == "yes", message_id=values.get("message_id", ""),
        received_at=moment_of(values.get("received_at", "")), job=values.get("job", ""),
        job_name=values.get("job_name", ""),
    )  # fmt: skip


def _paste_form(request: AskingRequest, typed: Typed, status: int = 200) -> HttpResponse:
    node = people.node(request.actor.id)
    above = [people.node(one) for one in people.chain(request.actor.id)[1:]]
    context = {
        "typed": typed,
        "above": above,
        "deals": team_deals(request),
        "team": node.team,
        "urgencies": wording.URGENCIES.items(),
        "lanes": wording.LANES.items(),
        "hr": queries.hr_of(request.actor.id),
        "longest": rules.LONGEST,
        "mail_address": mail.address(),
    }
    return render(request, "desk/paste.html", context, status=status)


def team_deals(request: AskingRequest) -> list[tuple[str, str]]:
    """(public id, name) of the open deals of the actor's reports and own, by name."""
    return answering.deals_of(request.actor)


# The answer desk


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AskingRequest) -> HttpResponse:
    """Paste a nervous message, get the calm reply: nothing is kept until the manager keeps it."""
    access.require(request.actor, "desk.handle")
    given = request.POST if request.method == "POST" else request.GET
    text, deal = said(given, "text"), said(given, "deal")
    offered = team_deals(request)
    if text and not deal:
        deal = answering.named_in(text, offered)
    name = deals.named_by(request.actor, deal) if deal else None
    reply = answering.reply(request.actor, text, deal if name else "", request.at) if text or name else None
    own = said(given, "reply") or (reply.calm.text if reply else "")
    me = request.actor.name
    context = {
        "text": text,
        "deal": deal if name else "",
        "deal_name": name[1] if name else "",
        "deals": offered,
        "reply": reply,
        "own": own,
        "mail": calm.as_mail("", me, own),
        "chat": calm.as_chat(own),
        "longest": rules.LONGEST,
        "likely": facts.likely(request.actor, request.at),
        "about": f"deal:{deal}" if name else "",
    }
    return render(request, "desk/answer.html", context)


# Counts


@signed_in
@require_safe
def counts(request: AskingRequest) -> HttpResponse:
    """What was passed raw, what was late, how long answers take, and how much noise reached each rep."""
    page = queries.counts_page(request.actor, request.at)
    totals = [
        (one, _of(one.counts.raw, one.counts.counted), _of(one.counts.late, one.counts.must))
        for one in page.totals
    ]
    rows = [
        (name, own, _of(own.raw, own.counted), _of(own.late, own.must), _of(own.alone, own.answered))
        for name, own in ((page.period, page.own), (page.before_name, page.before))
    ]
    context = {
        "page": page,
        "rows": rows,
        "totals": totals,
        "everybody": company.counts(request.actor, request.at),
        "noise": [(name, list(zip(page.weeks, counts, strict=True))) for name, counts in page.noise],
        "praise": queries.praise_passes(request.actor.id, request.at),
    }
    return render(request, "desk/counts.html", context)


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}"
