"""Somebody from outside, where fewer than three people are free: named and sent to by HR or an admin, and the page that
they open without an account. The outer pages are rendered without the request: no frame, no session, no cookie."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.improvement import actions, content, inviting, outside, queries, rules, wording
from fairlead.improvement.models import LONGEST_NAME, LONGEST_WHY
from fairlead.mail import outbox
from fairlead.mail import queries as mail
from fairlead.mutual.wording import GONE, GONE_TITLE
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.records import reads
from fairlead.web import packets, paper
from fairlead.web.given import day_or_none, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.shared import HEADERS, POLICY

_FIELDS = ("name", "organisation", "email", "first", "last", "why")
View = Callable[..., HttpResponse]


# Inside: naming


@signed_in
@require_safe
def units(request: AskingRequest) -> HttpResponse:
    """The units with who would stand behind a parting there, and what waits for somebody from outside."""
    return _units(request)


def _units(request: AskingRequest, *, address: str = "", error: str = "") -> HttpResponse:
    context = {
        "units": outside.units(request.actor, request.at),
        "waiting": [
            (one, wording.DUTIES[one.duty][0]) for one in outside.waiting(request.actor, request.at)
        ],
        "address": address, "error": error, "mails": mail.sends(), "hr": access.may(request.actor, "outside.keep"),
    }  # fmt: skip
    return render(request, "outside/units.html", context, status=422 if error else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: AskingRequest, public_id: str) -> HttpResponse:
    """One unit: who stands behind a parting there, who is named from outside, and the form that names somebody."""
    found = outside.unit(request.actor, public_id, request.at)
    values, error = _start(found), ""
    if request.method == "POST":
        values = {name: plain_text(request.POST, name).strip() for name in _FIELDS}
        given = inviting.Given(
            values["name"], values["organisation"], values["email"], day_or_none(values["first"]),
            day_or_none(values["last"]), values["why"],
        )  # fmt: skip
        try:
            inviting.name(
                by=request.actor, at=request.at, head=public_id, given=given,
                after_number=int(whole(plain_text(request.POST, "after"), -1)),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(
                request, f"Named for {found.unit}. Nothing is sent before something waits for them."
            )
            return redirect("outside_unit", public_id)
    return _unit(request, found, values, error)


def _start(found: outside.Unit) -> dict[str, str]:
    row = found.newest
    if row is None or row.kind != "named":
        return {}
    days = {name: day.isoformat() for name in ("first", "last") if (day := getattr(row, name))}
    return days | {name: getattr(row, name) for name in ("name", "organisation", "email", "why")}


def _unit(request: AskingRequest, found: outside.Unit, values: dict[str, str], error: str) -> HttpResponse:
    context = {
        "unit": found, "values": values, "error": error, "longest": LONGEST_WHY, "longest_name": LONGEST_NAME,
        "lines": [(one, [wording.DUTIES[duty][0].lower() for duty in one.missing]) for one in found.lines],
        "history": outside.history(request.actor, found.public_id, request.at), "mails": mail.sends(),
        "today": people.house().day(request.at), "least": rules.LEAST_PEOPLE,
    }  # fmt: skip
    return render(request, "outside/unit.html", context, status=422 if error else 200)


@signed_in
@require_POST
def end(request: AskingRequest, public_id: str) -> HttpResponse:
    """End that somebody is named."""
    found = outside.unit(request.actor, public_id, request.at)
    try:
        inviting.end(
            by=request.actor, at=request.at, head=public_id, words=plain_text(request.POST, "words"),
            after_number=int(whole(plain_text(request.POST, "after"), -1)),
        )  # fmt: skip
    except access.Refused as refusal:
        values = _start(found) | {"words": plain_text(request.POST, "words")}
        return _unit(request, found, values, refusal.sentence)
    messages.success(request, "Ended. Every address of theirs leads nowhere from now on.")
    return redirect("outside_unit", public_id)


@signed_in
@require_POST
def send(request: AskingRequest) -> HttpResponse:
    """Send a plan outside: by mail where mail is connected, else as an address that is shown this once."""
    by_mail, plan = mail.sends(), plain_text(request.POST, "plan")
    try:
        made, secret = inviting.send(by=request.actor, at=request.at, plan=plan, by_mail=by_mail)
    except access.Refused as refusal:
        return _units(request, error=refusal.sentence)
    address = request.build_absolute_uri(reverse("outside_page", args=[secret]))
    if not by_mail:
        return _units(request, address=address)
    until = packets.day(people.house().day(made.expires_at))
    body = wording.OUTSIDE_MAIL.format(
        name=made.reviewer.name, company=people.house().name, what=wording.DUTIES[rules.duty(made.duty)][0].lower(),
        address=address, until=until,
    )  # fmt: skip
    wrong = outbox.send_to(made.reviewer.email, wording.OUTSIDE_SUBJECT, body, made.public_id)
    if wrong:
        inviting.take_back(by=request.actor, at=request.at, invitation=made.public_id)
        return _units(
            request, error=f"The mail did not leave ({wrong}), so its address was taken back. Try it again."
        )
    messages.success(request, f"Sent to {made.reviewer.name} by mail. Nobody here sees the address.")
    return redirect("outside_units")


@signed_in
@require_POST
def back(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take an address back."""
    inviting.take_back(by=request.actor, at=request.at, invitation=public_id)
    messages.success(request, "Taken back: the address leads nowhere from now on.")
    return redirect("outside_units")


# Outside: the page behind an address

_POLICY = {**POLICY, "form-action": [SELF]}
assert POLICY["form-action"] == [NONE]


def _outer(*methods: str) -> Callable[[View], View]:
    """A page for whoever holds its address: never kept, never passed on."""

    def wrap(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            known = request.method in methods
            answer = view(request, *args, **kwargs) if known else HttpResponseNotAllowed(methods)
            for name, value in HEADERS.items():
                answer[name] = value
            return answer

        # Exempt: the address is the key, there is no session that somebody else could use.
        return csrf_exempt(cast(View, csp(_POLICY)(page)))

    return wrap


@_outer("GET", "HEAD", "POST")
def page(request: HttpRequest, secret: str) -> HttpResponse:
    """One plan for one duty: read, and answered once. Then the address is dead."""
    at = request.at  # type: ignore[attr-defined]
    opened = outside.opened(inviting.digest(secret), at)
    if opened is None:
        return gone()
    if request.method != "POST":
        return _page(request, secret, opened, {}, "")
    names = ("act", "words", "said", "value", "after")
    values = {name: plain_text(request.POST, name).strip() for name in names}
    try:
        done = inviting.act(
            at=at, secret=secret, kind=values["act"], words=values["words"], said=values["said"],
            value=whole(values["value"], None), after=int(whole(values["after"], -1)),
        )  # fmt: skip
    except access.Refusal as refusal:
        return _page(request, secret, opened, values, refusal.sentence)
    if done is None:
        return gone()
    context = {"title": "Written down", "words": wording.OUTSIDE_DONE}
    return HttpResponse(render_to_string("mutual/gone.html", context))


def _page(
    request: HttpRequest, secret: str, opened: outside.Opened, values: dict[str, str], error: str
) -> HttpResponse:
    at = request.at  # type: ignore[attr-defined]
    _note(request, opened)
    shown, found = queries.page_of(opened.found, at), opened.found
    outcomes = shown.outcomes if opened.duty == "decision" else ()
    context = {
        "packet": packets.of(shown), "duty": wording.DUTIES[opened.duty], "reviewer": opened.invitation.reviewer,
        "until": packets.day(people.house().day(opened.invitation.expires_at)), "values": values, "error": error,
        "acts": [(kind, wording.OUTSIDE_ACTS[kind]) for kind in opened.acts], "stamp": actions.stamp(found),
        "outcomes": [(code, wording.OUTCOMES[code]) for code in outcomes], "heard": "heard" in opened.acts,
        "longest": content.LONGEST, "pdf": reverse("outside_pdf", args=[secret]), "company": people.house().name,
        "extends": "extended" in outcomes,
    }  # fmt: skip
    return HttpResponse(render_to_string("outside/page.html", context), status=422 if error else 200)


@_outer("GET", "HEAD")
def pdf(request: HttpRequest, secret: str) -> HttpResponse:
    """The same as a PDF; ``?paper=letter`` for the other size."""
    at = request.at  # type: ignore[attr-defined]
    opened = outside.opened(inviting.digest(secret), at)
    if opened is None:
        return gone()
    _note(request, opened)
    row = opened.invitation.reviewer
    made = as_pdf(request, queries.page_of(opened.found, at), f"{row.name}, {row.organisation}")
    return made or gone()


def as_pdf(request: HttpRequest, shown: queries.Page, reader: str) -> HttpResponse | None:
    """The packet of a plan as a file; None where the server has no font for it."""
    size = request.GET.get("paper", "a4")
    day = packets.day(people.house().day(request.at))  # type: ignore[attr-defined]
    try:
        made = paper.packet(
            packets.of(shown), f"Made for {reader}, {day}", size if size in paper.PAPERS else "a4"
        )
    except access.Refusal:
        return None
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="plan.pdf"'
    return answer


def _note(request: HttpRequest, opened: outside.Opened) -> None:
    """Count the opening; from publication on it is noted for the person as well, as every other reading."""
    if request.method == "HEAD":
        return
    at, found = request.at, opened.found  # type: ignore[attr-defined]
    inviting.note_opening(opened.invitation.pk, at)
    if found.now.published is not None:
        reads.note_outside(
            reviewer=opened.invitation.reviewer.public_id, at=at, kind="plan", subject=found.row.person_id,
            public_id=found.row.public_id,
        )  # fmt: skip


def gone() -> HttpResponse:
    """The one answer of every address that leads nowhere."""
    return HttpResponse(
        render_to_string("mutual/gone.html", {"title": GONE_TITLE, "words": GONE}), status=404
    )
