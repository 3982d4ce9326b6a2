"""Executive asks: the list, one ask with its steps, the form, the debrief, the brief on one page, what asks came to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.asks import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import formats
from fairlead.web.given import day, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views import debts

_TEXTS = ("kind", "buyer", "purpose", "outcome", "deadline", "whose", "helps", "background", "addressee")
_DEBRIEF = ("said", "reached", "happened_on", "blocks", "provides", "provides_by")
WORD_ROWS = 4


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form, prefilled or kept after a refusal; ``key`` makes sending it twice harmless."""

    values: Mapping[str, str] = field(default_factory=dict)
    offers: str = ""
    rows: tuple[Mapping[str, str], ...] = ()
    after_version: int = 0
    key: str = ""
    error: str = ""


def _fresh() -> str:
    return secrets.token_urlsafe(12)


def _said(given: QueryDict, name: str) -> str:
    return plain_text(given, name).strip()


def _needed_day(text: str) -> date:
    found = day(text)
    if found is None:
        raise access.Refused("bad_day", "Choose the day by which it is needed.")
    return found


# The list


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """What is asked of one, what waits for one's approval, and one's own asks."""
    book = queries.book(request.actor, request.at)
    loads = queries.loads(request.actor, request.at) if access.may(request.actor, "ask.load") else []
    context = {
        "book": book,
        "executive": access.Role.EXECUTIVE in request.actor.roles,
        "decides": access.may(request.actor, "ask.decide"),
        "loads": [(name, load, _middle(load)) for name, load in loads],
        "effect": access.may(request.actor, "ask.effect"),
    }
    return render(request, "asks/list.html", context)


def _middle(load: rules.Load) -> str:
    if load.middle is None:
        return f"too few to say ({formats.count(load.answered, 'answer')})"
    return f"{formats.duration(load.middle)}, {formats.count(load.answered, 'answer')}"


@signed_in
@require_safe
def effect(request: AskingRequest) -> HttpResponse:
    """Deals with asks beside matched deals without."""
    found = queries.effect(request.actor, request.at)
    context = {
        "effect": found,
        "won": formats.per_cent(found.won),
        "others_won": formats.per_cent(found.others_won),
        "enough": rules.ENOUGH_DEALS,
    }
    return render(request, "asks/effect.html", context)


# Writing


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """The form of an ask for a deal; posting sends it to the manager, or to the deal's sponsor."""
    access.require(request.actor, "ask.write")
    found = queries.for_deal(request.actor, public_id, request.at)
    if not found.may_write and found.status == "open":
        raise access.NotFound("deal")
    if request.method != "POST":
        return _form(request, found, _typed_of(found.start, 0))
    typed = _typed(request.POST)
    try:
        person = people.find(typed.values["addressee"]) if typed.values["addressee"] else None
        if person is None:
            raise access.Refused("missing", "Choose who is asked.")
        ask = actions.write(
            by=request.actor, at=request.at, deal=public_id, addressee=person, content=_content(typed),
            key=typed.key or _fresh(),
        )  # fmt: skip
    except access.Refused as refusal:
        return _form(request, found, _refused(typed, refusal), status=422)
    line = queries.one(request.actor, ask.public_id, request.at).line
    if not found.own:
        messages.success(request, f"Sent to {line.addressee.name}. {found.owner} is told, and reads it.")
        return redirect("ask", ask.public_id)
    to = f"{line.addressee.name}, with {line.manager} in copy" if line.sponsored else line.manager
    messages.success(request, f"Sent to {to}. You can withdraw it until somebody acts on it.")
    return redirect("ask", ask.public_id)


def begun(request: AskingRequest, found: queries.ForDeal, purpose: str) -> HttpResponse:
    """The form of a new ask with its purpose; nothing is kept before it is sent."""
    return _form(request, found, _typed_of(replace(found.start, purpose=purpose), 0))


def _typed_of(content: rules.Content, after_version: int, addressee: str = "") -> Typed:
    values = {name: str(getattr(content, name)) for name in _TEXTS if name != "addressee"}
    return Typed(
        values | {"addressee": addressee}, "\n".join(content.do_not_offer), (), after_version, _fresh()
    )


def _typed(given: QueryDict) -> Typed:
    after = _said(given, "after_version")
    return Typed(
        {name: _said(given, name) for name in _TEXTS},
        plain_text(given, "do_not_offer"),
        (),
        whole(after, 0),
        _said(given, "key"),
    )


def _refused(typed: Typed, refusal: access.Refused) -> Typed:
    return Typed(typed.values, typed.offers, typed.rows, typed.after_version, _fresh(), refusal.sentence)


def _content(typed: Typed) -> rules.Content:
    v = typed.values
    return rules.Content(
        kind=v["kind"], buyer=v["buyer"], buyer_role="", purpose=v["purpose"], outcome=v["outcome"],
        deadline=_needed_day(v["deadline"]), whose=v["whose"], helps=v["helps"], background=v["background"],
        do_not_offer=tuple(typed.offers.splitlines()),
    )  # fmt: skip


def _form(
    request: AskingRequest,
    found: queries.ForDeal,
    typed: Typed,
    *,
    page: queries.AskPage | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "found": found,
        "typed": typed,
        "page": page,
        "approves": page is not None and "manager" in page.line.parts and "owner" not in page.line.parts,
        "types": rules.TYPES.items(),
        "why_a_plan": wording.WHY_A_PLAN,
        "longest": rules.LONGEST,
        "brief": rules.BRIEF,
        "today": people.house().day(request.at),
        "most": rules.MOST_OFFERS,
    }
    return render(request, "asks/write.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AskingRequest, public_id: str) -> HttpResponse:
    """Write it again as the owner, or approve it with edits as the manager; a new version either way."""
    page = queries.one(request.actor, public_id, request.at)
    if not page.line.parts & {"owner", "manager"}:
        raise access.NotFound("ask")
    found = queries.for_deal(request.actor, page.line.deal_key, request.at)
    if request.method != "POST":
        kind: rules.Kind = "sent" if "owner" in page.line.parts else "approved"
        rules.refuse_step(kind, page.line.standing, page.line.parts, request.actor.person)
        return _form(request, found, _typed_of(page.line.content, page.line.version), page=page)
    typed = _typed(request.POST)
    try:
        actions.revise(
            by=request.actor, at=request.at, ask=public_id, content=_content(typed),
            after_version=typed.after_version, key=typed.key or _fresh(),
        )  # fmt: skip
    except actions.Overtaken as overtaken:
        newest = queries.one(request.actor, public_id, request.at)
        kept = Typed(typed.values, typed.offers, (), overtaken.number, _fresh(), overtaken.sentence)
        return _form(request, found, kept, page=newest, status=409)
    except access.Refused as refusal:
        return _form(request, found, _refused(typed, refusal), page=page, status=422)
    line = queries.one(request.actor, public_id, request.at).line
    done = "approved" if line.standing.state == "asked" else "sent"
    _say(request, line, done, None)
    return redirect("ask", public_id)


def _say(request: AskingRequest, line: queries.Line, kind: str, on: date | None) -> None:
    day = formats.day(on, people.house().day(request.at)) if on else ""
    words = wording.DONE[kind].format(
        manager=line.manager or "The manager", executive=line.addressee.name, day=day
    )
    messages.success(request, words)


# One ask


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One ask: its brief, its steps, what can be done now."""
    return _one(request, public_id, Typed(key=_fresh()))


def _one(request: AskingRequest, public_id: str, typed: Typed, status: int = 200) -> HttpResponse:
    page = queries.one(request.actor, public_id, request.at)
    today = people.house().day(request.at)
    line = page.line
    context = {
        "page": page,
        "line": line,
        "typed": typed,
        "type": rules.TYPES[line.content.kind],
        "steps": [(step, who, wording.STEPS[step.kind]) for step, who in page.steps],
        "debriefs": [(told, rules.REACHED_WORDS[told.reached]) for told in page.debriefs],
        "debts": [debts.shown(one, request) for one in page.owed],
        "answers": bool(set(line.may) & rules.ANSWERS),
        "decides": "approved" in line.may,
        "min_day": today,
        "start_day": typed.values.get("on", "")
        or (line.standing.on or min(max(line.content.deadline, today), line.standing.until)).isoformat(),
        "longest": rules.LONGEST,
    }
    return render(request, "asks/ask.html", context, status=status)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take a step. Refused: the page with what was typed."""
    queries.one(request.actor, public_id, request.at)
    given = {name: _said(request.POST, name) for name in ("act", "on", "reason")}
    key = _said(request.POST, "key")
    try:
        on = day(given["on"]) if given["act"] in ("accepted", "proposed") else None
        step = actions.act(
            by=request.actor, at=request.at, ask=public_id, kind=given["act"], on=on, reason=given["reason"],  # type: ignore[arg-type]
            key=key or _fresh(),
        )  # fmt: skip
    except access.Refused as refusal:
        return _one(request, public_id, Typed(given, key=_fresh(), error=refusal.sentence), 422)
    # An approval that is taken back puts the ask out of nobody's sight who may take steps with it.
    line = queries.one(request.actor, public_id, request.at).line
    _say(request, line, step.kind, step.on)
    return redirect("ask", public_id)


@signed_in
@require_safe
def brief(request: AskingRequest, public_id: str) -> HttpResponse:
    """The brief on one page, for a phone in a corridor or on paper."""
    page = queries.one(request.actor, public_id, request.at)
    context = {"line": page.line, "type": rules.TYPES[page.line.content.kind], "card": page.card}
    return render(request, "asks/brief.html", context)


# The debrief


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def debrief(request: AskingRequest, public_id: str) -> HttpResponse:
    """What was said, whether it was reached, what was promised and by whom, what stands in our way."""
    page = queries.one(request.actor, public_id, request.at)
    if "debriefed" not in page.line.may:
        rules.refuse_step("debriefed", page.line.standing, page.line.parts, request.actor.person)
    if request.method != "POST":
        today = people.house().day(request.at)
        on = page.line.standing.on
        start = {"happened_on": min(on, today).isoformat() if on else today.isoformat()}
        return _debrief_form(request, page, Typed(start, key=_fresh()))
    typed = _typed_debrief(request.POST)
    try:
        actions.debrief(
            by=request.actor,
            at=request.at,
            ask=public_id,
            given=_debrief_of(typed),
            key=typed.key or _fresh(),
        )
    except access.Refused as refusal:
        return _debrief_form(request, page, _refused(typed, refusal), 422)
    count = len([row for row in typed.rows if row["text"]])
    words = f" {formats.count(count, 'promise')} written down, each with its owner and day." if count else ""
    messages.success(request, f"Written down.{words} Who took part reads it.")
    return redirect("ask", public_id)


def _typed_debrief(given: QueryDict) -> Typed:
    rows = tuple(
        {name: _said(given, f"word-{n}-{name}") for name in ("text", "whose", "due_on")}
        for n in range(rules.MOST_WORDS)
    )
    return Typed({name: _said(given, name) for name in _DEBRIEF}, rows=rows, key=_said(given, "key"))


def _debrief_of(typed: Typed) -> rules.Debrief:
    v = typed.values
    words = tuple(
        rules.Word(row["text"], row["whose"], day(row["due_on"]))  # type: ignore[arg-type]
        for row in typed.rows
        if row["text"]
    )
    return rules.Debrief(
        v["said"],
        v["reached"],
        day(v["happened_on"]),
        v["blocks"],
        v["provides"],
        day(v["provides_by"]),
        words,
    )


def _debrief_form(
    request: AskingRequest, page: queries.AskPage, typed: Typed, status: int = 200
) -> HttpResponse:
    line = page.line
    filled = [row for row in typed.rows if any(row[name] for name in ("text", "due_on"))]
    blank = {"text": "", "whose": "executive" if "executive" in line.parts else "owner", "due_on": ""}
    more = max(WORD_ROWS - len(filled), 1)
    owner = "You" if "owner" in line.parts else line.owner or "The deal’s owner"
    executive = "You" if "executive" in line.parts else line.addressee.name
    context = {
        "line": line,
        "typed": typed,
        "rows": [*filled, *(blank for _ in range(more))][: rules.MOST_WORDS],
        "whose": [("executive", executive), ("manager", line.manager or "The manager"), ("owner", owner)],
        "reached": rules.REACHED_WORDS.items(),
        "executive": executive,
        "today": people.house().day(request.at),
        "longest": rules.LONGEST,
        "longest_said": rules.LONGEST_SAID,
        "again": line.standing.state == "done",
    }
    return render(request, "asks/debrief.html", context, status=status)


# Sponsors


@signed_in
@require_POST
def sponsor(request: AskingRequest, public_id: str) -> HttpResponse:
    """Name the sponsor of a report's deal, or nobody."""
    access.require(request.actor, "ask.decide")
    chosen = _said(request.POST, "sponsor")
    person = people.find(chosen) if chosen else None
    actions.name_sponsor(by=request.actor, at=request.at, deal=public_id, person=person)
    said = f"{person.name} is the deal’s sponsor and is told." if person else "The deal has no sponsor now."
    messages.success(request, said)
    return redirect("deal", public_id)
