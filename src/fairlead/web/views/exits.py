"""Deals that left the forecast: what one owes, the packet in one form, the manager's reply, the card for upstairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import rules as deal_rules
from fairlead.exits import actions, effects, owing, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import formats, numbers
from fairlead.web.categories import CATEGORY_WORDS
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_PLAIN = (
    "why",
    "reason",
    "criterion",
    "criterion_name",
    "old",
    "new",
    "shortfall",
    "first_known_on",
    "told_on",
)
_ACTS = 3
"""Rows for acts that bring new business."""


# Lists


@signed_in
@require_safe
def exits(request: AskingRequest) -> HttpResponse:
    """What one owes of own deals, and for a leader what the team owes and what waits for a reply."""
    if not access.may(request.actor, "exit.answer"):
        raise access.NotAllowed("exit.read")
    leads = access.may(request.actor, "exit.reply")
    person = numbers.whose(request)
    if person.pk != request.actor.id:
        people.require_on(request.actor, "call.open", person.pk)
    why_not, own, team = "", None, None
    try:
        own = queries.mine(request.actor, request.at) if person.pk == request.actor.id else None
        team = queries.of_team(request.actor, person.pk, request.at) if leads else None
    except access.Refused as refusal:
        why_not = refusal.sentence
    context = {
        "own": own,
        "team": team,
        "leads": leads,
        "person": person,
        "standing_in": person.pk != request.actor.id,
        "why_not": why_not,
        "states": wording.STATES,
        "rule": owing.rule_on(people.house().day(request.at), request.at),
        "unit": numbers.unit(),
    }
    return render(request, "exits/list.html", context)


# One deal


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def exit_of(request: AskingRequest, public_id: str) -> HttpResponse:
    """The exit of a deal; posting says in one sentence, or by one reason, why it left."""
    if request.method != "POST":
        return _page(request, public_id)
    access.require(request.actor, "exit.answer")
    reason, why = (plain_text(request.POST, name) for name in ("reason", "why"))
    try:
        actions.say(by=request.actor, at=request.at, deal=public_id, reason=reason, why=why)
    except access.Refused as refusal:
        return _page(request, public_id, error=refusal.sentence, reason=reason, why=why, status=422)
    messages.success(request, "Said. Nothing more is asked, and nothing of it counts against anybody.")
    return redirect("exit", public_id)


def _page(
    request: AskingRequest, public_id: str, *, error: str = "", reason: str = "", why: str = "",
    reply_error: str = "", words: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    found = queries.page(request.actor, public_id, request.at)
    standing = found.found.standing if found.found else None
    newest = next((one for one in found.given if one.kind == "packet"), None)
    context = {
        "page": found,
        "standing": standing,
        "way": wording.way(standing.trace.reason) if standing else "",
        "category": CATEGORY_WORDS.get(found.found.trace.category, "") if found.found else "",
        "state": wording.STATES.get(standing.state) if standing else None,
        "wanted": wording.WANTED[found.need],
        "reasons": wording.REASONS.items(),
        "packet": newest,
        "effect": effect_words(found.effect),
        "error": error,
        "typed_reason": reason,
        "typed_why": why,
        "reply_error": reply_error,
        "words": words,
        "alternatives": wording.ALTERNATIVES,
        "given": [(one, effect_words(one.own), effect_words(one.team)) for one in found.given],
        "longest": rules.LONGEST,
        "unit": numbers.unit(),
    }
    return render(request, "exits/exit.html", context, status=status)


def effect_words(effect: effects.Effect | None) -> str:
    """What a deal's leaving does to a number, in one sentence; '' where the reader may not have it."""
    if effect is None:
        return ""
    if effect.before is None or effect.after is None or effect.middle is None:
        return wording.NOT_COMPUTED.format(why=effect.why_not)
    low, middle, high = (formats.thousands(part) for part in effect.after)
    was = formats.thousands(effect.before[1])
    return f"The middle moves from {was} to {middle}; 8 in 10 then lie between {low} and {high}."


# The packet


@dataclass(frozen=True, slots=True)
class AlternativeTyped:
    """One kind of alternative in the form."""

    kind: str
    name: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as typed: plain fields by name, alternatives, chosen deals, acts."""

    plain: Mapping[str, str]
    alternatives: tuple[AlternativeTyped, ...]
    replacements: tuple[str, ...]
    sourcing: tuple[Mapping[str, str], ...]
    after_version: str


def _typed_of(given: Mapping[str, Any]) -> Typed:
    """The form of a flat mapping of fields, as a draft keeps it."""

    def word(name: str) -> str:
        return str(given.get(name, "") or "").replace("\x00", "")

    return Typed(
        {name: word(name) for name in _PLAIN},
        tuple(
            AlternativeTyped(kind, name, word(f"alt-{kind}-verdict"), word(f"alt-{kind}-reason"))
            for kind, name in wording.ALTERNATIVES.items()
        ),
        tuple(str(key) for key in given.get("replacements", ()) or ()),
        tuple(
            {"what": word(f"sourcing-{n}-what"), "by_when": word(f"sourcing-{n}-by_when")}
            for n in range(_ACTS)
        ),
        word("after_version"),
    )


def _sent(post: QueryDict) -> dict[str, Any]:
    """Everything that was typed, flat: nothing is dropped here."""
    names = [
        *_PLAIN,
        *(f"alt-{kind}-{part}" for kind in wording.ALTERNATIVES for part in ("verdict", "reason")),
        *(f"sourcing-{n}-{part}" for n in range(_ACTS) for part in ("what", "by_when")),
    ]
    kept: dict[str, Any] = {name: post.get(name, "").replace("\x00", "") for name in names}
    chosen = [key.replace("\x00", "") for key in post.getlist("replacements")]
    return kept | {"replacements": chosen, "after_version": post.get("after_version", "")}


def _content(typed: Typed) -> dict[str, Any]:
    """What was typed, as rules.packet_of reads it."""
    plain = dict(typed.plain)
    own = plain.get("criterion") in ("", "own")
    return plain | {
        "criterion": "" if own else plain["criterion"],
        "criterion_name": plain["criterion_name"] if own else "",
        "old": {"text": plain["old"]},
        "new": {"text": plain["new"]},
        "alternatives": [
            {"kind": one.kind, "verdict": one.verdict, "reason": one.reason}
            for one in typed.alternatives
            if one.verdict or one.reason.strip()
        ],
        "replacements": typed.replacements,
        "sourcing": typed.sourcing,
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """The form of a packet; posting keeps the draft (``act=draft``) or hands the packet in. A refusal keeps a draft."""
    access.require(request.actor, "exit.answer")
    if request.method != "POST":
        return _form(request, public_id)
    sent = _sent(request.POST)
    actions.keep_draft(by=request.actor, at=request.at, deal=public_id, typed=sent)
    if request.POST.get("act") == "draft":
        messages.success(request, "The draft is kept; only you see it.")
        return redirect("exit_write", public_id)
    after = sent["after_version"]
    try:
        actions.hand_in(
            by=request.actor, at=request.at, deal=public_id, packet=rules.packet_of(_content(_typed_of(sent))),
            after_version=whole(after, None),
        )  # fmt: skip
    except rules.Incomplete as incomplete:
        return _form(request, public_id, lacks=incomplete.lacks, status=422)
    except access.Refused as refusal:
        return _form(request, public_id, lacks=[rules.Lack("why", refusal.sentence)], status=422)
    messages.success(request, "Handed in. Your manager reads it, and nothing of it counts against you.")
    return redirect("exit", public_id)


def _form(
    request: AskingRequest, public_id: str, *, lacks: Sequence[rules.Lack] = (), status: int = 200
) -> HttpResponse:
    start = queries.writing(request.actor, public_id, request.at)
    page = queries.page(request.actor, public_id, request.at)
    typed = _typed_of(start.draft or _from(page, start))
    chosen = [one for one in start.replacements if one.deal in typed.replacements]
    gap = page.found.trace.amount if page.found else 0
    after = typed.after_version if lacks and typed.after_version == str(page.newest) else str(page.newest)
    standing = page.found.standing if page.found else None
    context = {
        "page": page,
        "start": start,
        "typed": typed,
        "after_version": after,
        "standing": standing,
        "way": wording.way(standing.trace.reason) if standing else "",
        "category": CATEGORY_WORDS.get(page.found.trace.category, "") if page.found else "",
        "ahead": page.found is not None and page.found.trace.left_at is None,
        "lacks": lacks,
        "wrong": {lack.field for lack in lacks},
        "gap": gap,
        "made_up": rules.made_up(chosen),
        "shortfall": rules.shortfall(gap, chosen),
        "effect": effect_words(page.effect),
        "reasons": wording.REASONS.items(),
        "verdicts": wording.VERDICTS.items(),
        "longest": rules.LONGEST,
        "unit": numbers.unit(),
        "manager": _manager_of(request),
    }
    return render(request, "exits/write.html", context, status=status)


def _from(page: queries.ExitPage, start: queries.Writing) -> dict[str, Any]:
    """What an empty form starts from: the newest packet of the period, else the days that are known."""
    newest = next(
        (one for one in page.given if one.kind == "packet" and one.period == page.period.name), None
    )
    if newest is None:
        told = start.told_on.isoformat() if start.told_on else ""
        return {"first_known_on": start.first_known_on.isoformat(), "told_on": told}
    packet = newest.packet
    flat: dict[str, Any] = {
        "why": packet.why, "reason": packet.reason, "criterion": packet.criterion or "own",
        "criterion_name": "" if packet.criterion else packet.criterion_name, "old": packet.old.text,
        "new": packet.new.text, "shortfall": packet.shortfall, "first_known_on": _iso(packet.first_known_on),
        "told_on": _iso(packet.told_on), "replacements": packet.replacements,
    }  # fmt: skip
    for one in packet.alternatives:
        flat |= {f"alt-{one.kind}-verdict": one.verdict, f"alt-{one.kind}-reason": one.reason}
    for n, act in enumerate(packet.sourcing):
        flat |= {f"sourcing-{n}-what": act.what, f"sourcing-{n}-by_when": _iso(act.by_when)}
    return flat


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _manager_of(request: AskingRequest) -> str:
    lead = people.manager_of(request.actor.id)
    return people.names([lead]).get(lead, "") if lead else ""


# The manager


@signed_in
@require_POST
def reply(request: AskingRequest, public_id: str) -> HttpResponse:
    """Accept a packet, or ask back with a question."""
    deal = queries.deal_of_packet(request.actor, public_id)
    words, verdict = plain_text(request.POST, "words"), request.POST.get("act", "")
    try:
        actions.reply(by=request.actor, at=request.at, answer=public_id, verdict=verdict, words=words)
    except access.Refused as refusal:
        return _page(request, deal, reply_error=refusal.sentence, words=words, status=422)
    said = "Accepted." if verdict == "accepted" else "Asked back; it is owed again until the next version."
    messages.success(request, f"{said} Who wrote it is told.")
    return redirect("exit", deal)


@signed_in
@require_POST
def up(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take the card of an accepted packet upstairs, or back from there."""
    deal = queries.deal_of_packet(request.actor, public_id)
    try:
        if request.POST.get("act") == "back":
            actions.take_back(by=request.actor, at=request.at, answer=public_id)
            messages.success(request, "Taken back. Nobody above reads the card any more.")
            return redirect("exit_card", public_id)
        actions.take_up(by=request.actor, at=request.at, answer=public_id)
    except access.Refused as refusal:
        return _page(request, deal, reply_error=refusal.sentence, status=422)
    messages.success(request, "Upstairs. The line above reads this card and nothing else of the packet.")
    return redirect("exit_card", public_id)


@signed_in
@require_safe
def card(request: AskingRequest, public_id: str) -> HttpResponse:
    """The card of a packet: one page to print and take upstairs."""
    found = queries.card(request.actor, public_id, request.at)
    currency, today = people.house().currency, people.house().day(request.at)
    context = {
        "card": found,
        "amount": deal_rules.spoken(found.amount, currency),
        "stood_in": CATEGORY_WORDS.get(found.stood_in, "the forecast"),
        "oldest": formats.count((today - found.oldest).days, "day"),
        "effect": effect_words(found.effect),
        "shortfall": deal_rules.spoken(found.shortfall, currency) if found.shortfall else "",
        "unit": numbers.unit(),
    }
    return render(request, "exits/card.html", context)


# The organisation's rule


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AskingRequest) -> HttpResponse:
    """What exits ask for, from a day on; every earlier version stays readable."""
    access.require(request.actor, "settings.write")
    today = people.house().day(request.at)
    if request.method != "POST":
        return _settings_page(request, _rule_typed(owing.rule_on(today, request.at), today))
    names = ("times", "fixed", "days", "blocking", "who", "starts_on")
    typed: dict[str, Any] = {name: plain_text(request.POST, name) for name in names}
    typed["categories"] = request.POST.getlist("categories")
    try:
        row = actions.set_rule(
            by=request.actor,
            at=request.at,
            rule=_rule(typed),
            starts_on=rules.value("on", typed["starts_on"]),
        )
    except access.Refused as refusal:
        return _settings_page(request, typed, error=refusal.sentence, status=422)
    when = "From today" if row.starts_on == today else f"From {formats.day(row.starts_on, today)}"
    messages.success(
        request, f"{when} version {row.version} is in force. Deals that left before keep their rule."
    )
    return redirect("exit_settings")


def _settings_page(
    request: AskingRequest, typed: Mapping[str, Any], *, error: str = "", status: int = 200
) -> HttpResponse:
    today = people.house().day(request.at)
    context = {
        "typed": typed,
        "error": error,
        "rule": owing.rule_on(today, request.at),
        "versions": queries.rule_versions(request.actor),
        "categories": [(key, CATEGORY_WORDS[key]) for key in rules.FORECAST],
        "words": CATEGORY_WORDS,
        "today": today,
        "unit": numbers.unit(),
    }
    return render(request, "exits/settings.html", context, status=status)


def _rule_typed(rule: rules.Rule, today: date) -> dict[str, Any]:
    return {
        "times": f"{rule.times:g}", "fixed": numbers.plain(rule.fixed_minor), "days": str(rule.days),
        "blocking": "yes" if rule.blocking else "", "who": rule.who, "starts_on": today.isoformat(),
        "categories": list(rule.categories),
    }  # fmt: skip


def _rule(typed: Mapping[str, Any]) -> rules.Rule:
    """The rule that was typed. Raises Refused for what is no number."""
    try:
        times = float(typed["times"].strip().replace(",", ".") or 3)
        days = int(typed["days"].strip() or 3)
    except ValueError as odd:
        raise access.Refused("bad_number", "Times and days are numbers, such as 3.") from odd
    fixed = numbers.typed(typed["fixed"]) if typed["fixed"].strip() else None
    chosen = tuple(key for key in rules.FORECAST if key in typed["categories"])
    return rules.Rule(0, times, fixed, days, typed["blocking"] == "yes", typed["who"], chosen)
