"""The mutual plan of a deal inside: written, previewed, published, shared by address and revoked; and its setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.mutual import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import formats, paper
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.shared import as_pdf

_ROWS: dict[str, tuple[type[Any], int, int]] = {
    "our_contacts": (rules.Contact, 1, rules.MOST_CONTACTS),
    "their_contacts": (rules.Contact, 1, rules.MOST_CONTACTS),
    "steps": (rules.Step, 2, rules.MOST_STEPS),
}
"""Rows of the form -> what they are, how many empty ones stand below, how many there may be."""
_PLAIN = ("title", "ours", "theirs", "goal", "go_live_on", "closing")
STATE_SHAPES = {"open": "ok", "revoked": "stop", "ended": "wait", "off": "stop"}


@signed_in
@require_safe
def mutual(request: AskingRequest, public_id: str) -> HttpResponse:
    """The newest version, or ``?version=``, with its addresses."""
    return _page(request, public_id)


def _page(
    request: AskingRequest, public_id: str, *, secret: str = "", whom: str = "", days: str = "", error: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = whole(request.GET.get("version", ""), None)
    found = queries.page(request.actor, public_id, request.at, version=asked)
    address = request.build_absolute_uri(reverse("shared", args=[secret])) if secret else ""
    context = {
        "page": found,
        "sheet": found.shown,
        "inside": True,
        "older": found.shown is not None and found.shown.number != found.newest,
        "addresses": [(one, STATE_SHAPES[one.state], wording.STATES[one.state]) for one in found.addresses],
        "address": address,
        "whom": whom,
        "days": days or str(found.rule.usual_days),
        "error": error,
        "longest": rules.LONGEST_WHOM,
        "no_font": found.shown is not None and not paper.can_write(found.shown),
    }
    return render(request, "mutual/plan.html", context, status=status)


# Writing


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: plain fields by name, rows by name with the fields of each."""

    plain: Mapping[str, str]
    rows: Mapping[str, list[dict[str, str]]]
    after_version: int


def _typed_of(plan: rules.MutualPlan, after_version: int) -> Typed:
    content = rules.content_of(plan)
    rows = {name: [{k: _text(v) for k, v in row.items()} for row in content[name]] for name in _ROWS}
    return Typed({name: _text(content[name]) for name in _PLAIN}, rows, after_version)


def _text(value: Any) -> str:
    return "" if value is None or value is False or value == 0 else "yes" if value is True else str(value)


def _typed(given: QueryDict) -> Typed:
    """The form as it was sent; a row without any text says nothing."""
    rows: dict[str, list[dict[str, str]]] = {}
    for name, (kind, _, most) in _ROWS.items():
        keys = [one.name for one in fields(kind)]
        sent = [{key: plain_text(given, f"{name}-{n}-{key}") for key in keys} for n in range(most + 6)]
        rows[name] = [
            row for row in sent if any(row[key].strip() for key in keys if key not in ("done", "key"))
        ]
    return Typed(
        {name: plain_text(given, name) for name in _PLAIN}, rows, whole(given.get("after_version", ""), 0)
    )


def _with_blanks(typed: Typed) -> Typed:
    rows = {}
    for name, (kind, spare, most) in _ROWS.items():
        filled = typed.rows[name]
        least = 3 if name == "steps" else 2
        count = min(max(spare, least - len(filled)), max(0, most - len(filled)))
        blank = {one.name: "" for one in fields(kind)}
        rows[name] = [*filled, *(dict(blank) for _ in range(count))]
    return Typed(typed.plain, rows, typed.after_version)


def _plan(typed: Typed) -> rules.MutualPlan:
    """What was typed as a plan. A row that was begun without its first field is said, not dropped."""
    for row in typed.rows["steps"]:
        if not row["what"].strip() and (row["ours"] + row["theirs"]).strip():
            raise access.Refused("what_missing", "Say what the step is, or clear its whole row.")
    return rules.plan_of({**typed.plain, **typed.rows})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """One form for the whole plan. Posting keeps it as the own draft and shows it as the buyer would read it."""
    access.require(request.actor, "mutual.share")
    mine = queries.draft(request.actor, public_id)
    if request.method != "POST":
        return _form(request, public_id, _typed_of(mine.plan, mine.after_version))
    typed = _typed(request.POST)
    if request.POST.get("act") == "take":
        return _form(request, public_id, _with_taken(request, public_id, typed))
    try:
        actions.keep_draft(
            by=request.actor,
            at=request.at,
            deal=public_id,
            plan=_plan(typed),
            after_version=typed.after_version,
        )
    except access.Refused as refusal:
        return _form(request, public_id, typed, refusal.sentence, 422)
    return redirect("mutual_preview", public_id)


def _with_taken(request: AskingRequest, public_id: str, typed: Typed) -> Typed:
    """The form with the ticked tactics of the deal plan as further steps, to be worded for the buyer."""
    offered, _ = queries.of_the_deal_plan(request.actor, public_id, request.at)
    chosen = [step for n, step in enumerate(offered) if str(n) in request.POST.getlist("take")]
    more = _typed_of(rules.MutualPlan(steps=tuple(chosen)), 0).rows["steps"]
    steps = [*typed.rows["steps"], *more][: rules.MOST_STEPS]
    return Typed(typed.plain, {**typed.rows, "steps": steps}, typed.after_version)


def _form(
    request: AskingRequest, public_id: str, typed: Typed, error: str = "", status: int = 200
) -> HttpResponse:
    found = queries.page(request.actor, public_id, request.at)
    offered, _ = queries.of_the_deal_plan(request.actor, public_id, request.at)
    there = {row["what"].casefold() for row in typed.rows["steps"]}
    context = {
        "page": found,
        "typed": _with_blanks(typed),
        "offered": [(n, step, step.what.casefold() in there) for n, step in enumerate(offered)],
        "error": error,
        "longest": rules.LONGEST,
        "most_steps": rules.MOST_STEPS,
    }
    return render(request, "mutual/write.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: AskingRequest, public_id: str) -> HttpResponse:
    """The own draft exactly as the buyer would read it; posting publishes what was shown, and nothing else."""
    if request.method != "POST":
        return _preview(request, public_id)
    if request.POST.get("act") == "drop":
        actions.drop_draft(by=request.actor, deal=public_id)
        messages.success(request, "The draft is gone. What is published stays as it is.")
        return redirect("mutual", public_id)
    mine = queries.draft(request.actor, public_id)
    if rules.fingerprint(mine.plan) != request.POST.get("fingerprint", ""):
        return _preview(
            request, public_id, "The draft was changed meanwhile. Read it again before it goes out.", 409
        )
    after = whole(request.POST.get("after_version", ""), 0)
    try:
        made = actions.publish(
            by=request.actor, at=request.at, deal=public_id, plan=mine.plan, after_version=after
        )
    except access.Refused as refusal:
        status = 409 if isinstance(refusal, actions.Overtaken) else 422
        return _preview(request, public_id, refusal.sentence, status)
    messages.success(request, f"Version {made.number} is published. Open addresses lead to it from now on.")
    return redirect("mutual", public_id)


def _preview(request: AskingRequest, public_id: str, error: str = "", status: int = 200) -> HttpResponse:
    sheet, mine = queries.previewed(request.actor, public_id, request.at)
    found = queries.page(request.actor, public_id, request.at)
    _, texts = queries.of_the_deal_plan(request.actor, public_id, request.at)
    lacks = rules.lacking(mine.plan)
    context = {
        "page": found,
        "sheet": sheet,
        "inside": True,
        "mine": mine,
        "began_before": mine.after_version != found.newest,
        "fingerprint": rules.fingerprint(mine.plan),
        "lacks": lacks,
        "slipped": rules.inside(mine.plan, texts),
        "no_font": not lacks and not paper.can_write(sheet),
        "error": error,
    }
    return render(request, "mutual/preview.html", context, status=status)


@signed_in
@require_safe
def pdf(request: AskingRequest, public_id: str) -> HttpResponse:
    """The PDF of the newest version, of ``?version=``, or of the own ``?draft=1``; ``?paper=letter`` for that size."""
    if request.GET.get("draft"):
        sheet, mine = queries.previewed(request.actor, public_id, request.at)
        rules.refuse_unready(mine.plan)
    else:
        asked = whole(request.GET.get("version", ""), None)
        shown = queries.page(request.actor, public_id, request.at, version=asked).shown
        if shown is None:
            raise access.NotFound("version of the mutual plan")
        sheet = shown
    made = as_pdf(request, sheet)
    if made is None:
        paper.mutual_plan(sheet)  # says for which letter there is no font
        raise AssertionError("a file that could not be made was made")
    return made


# Sharing


@signed_in
@require_POST
def share(request: AskingRequest, public_id: str) -> HttpResponse:
    """Make an address for somebody; the page after it shows it, this once."""
    whom, days = plain_text(request.POST, "whom"), plain_text(request.POST, "days").strip()
    try:
        _, secret = actions.share(
            by=request.actor, at=request.at, deal=public_id, whom=whom, days=whole(days, 0) if days else None
        )
    except access.Refused as refusal:
        return _page(request, public_id, whom=whom, days=days, error=refusal.sentence, status=422)
    return _page(request, public_id, secret=secret)


@signed_in
@require_POST
def revoke(request: AskingRequest, public_id: str) -> HttpResponse:
    """Revoke one address, or all that are open where none is named."""
    one = plain_text(request.POST, "address") or None
    count = actions.revoke(by=request.actor, at=request.at, deal=public_id, address=one)
    done = formats.count(count, "address", "addresses")
    messages.success(
        request, f"{done} revoked, at once and for good." if count else "Nothing was open any more."
    )
    return redirect("mutual", public_id)


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """What is shared with buyers, as far as the reader's deals reach."""
    context = {"plans": queries.listing(request.actor, request.at), "rule": queries.sharing(request.at)}
    return render(request, "mutual/list.html", context)


# The setting


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AskingRequest) -> HttpResponse:
    """Whether plans are shared with buyers, and for how long; posting keeps it as the next version."""
    access.require(request.actor, "sharing.set")
    now = queries.sharing(request.at)
    if request.method != "POST":
        return _settings(
            request, {"on": "yes" if now.on else "", "usual": now.usual_days, "most": now.most_days}
        )
    typed = {name: plain_text(request.POST, name).strip() for name in ("on", "usual", "most")}
    try:
        made = actions.set_sharing(
            by=request.actor, at=request.at, on=typed["on"] == "yes", usual_days=whole(typed["usual"], 0),
            most_days=whole(typed["most"], 0), after_version=whole(request.POST.get("after_version", ""), 0),
        )  # fmt: skip
    except access.Refused as refusal:
        return _settings(request, typed, refusal.sentence, 422)
    state = "on" if made.on else "off: every address answers as if it never was"
    messages.success(request, f"Version {made.version} is in force. Sharing is {state}.")
    return redirect("sharing_settings")


def _settings(
    request: AskingRequest, typed: Mapping[str, Any], error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "typed": typed,
        "error": error,
        "rule": queries.sharing(request.at),
        "versions": queries.sharing_versions(request.actor),
        "open": queries.open_addresses(request.actor, request.at),
        "sees_settings": access.may(request.actor, "settings.write"),
        "today": people.house().day(request.at),
    }
    return render(request, "mutual/settings.html", context, status=status)
