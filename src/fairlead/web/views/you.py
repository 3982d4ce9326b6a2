"""Your own page: notices, delegations, tokens, security, and what is stored about you."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from fairlead.mail import queries as mail
from fairlead.notices import actions as notices_actions
from fairlead.notices import queries as notices
from fairlead.people import access, actions, queries
from fairlead.people.access import Lending
from fairlead.people.models import Person, Token
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.stored import what_is_stored
from fairlead.webhooks import queries as webhooks

SCOPES = {
    "read": "read what you may see",
    "call": "set your call and submit",
    "import": "import data, where you may",
    "promise": "make promises and say what became of them",
    "review": "run reviews and set minutes straight",
    "desk": "write and decide on messages, and log contact",
    "help": "ask for help, answer, and agree on a shield",
    "results": "answer and decide in looks; keep seats, leave, grounds and the rule, where you may",
    "together": "write and sign working agreements, keep one-to-ones, read own private notes",
    "accounts": "note contacts with accounts: that they were, never what was in them",
    "ask": "write, approve and answer executive asks, and say what became of company debts",
}


class DelegationForm(forms.Form):
    taker = forms.CharField(label="To", help_text="Full name as in the directory.")
    kind = forms.ChoiceField(
        choices=[
            (Lending.FORECAST.value, "Forecast: see what you see there, set and submit in your name"),
            (Lending.TRIAGE.value, "Triage: read your desk and decide on messages in your name"),
        ],
        label="What",
    )
    starts_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), label="From")
    ends_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), label="Last day")
    reason = forms.CharField(max_length=300, required=False)

    def clean_taker(self) -> Person:
        from fairlead.web.views.people import _named

        person = _named(self.cleaned_data["taker"])
        if person is None:
            raise forms.ValidationError("Write the name of the person you lend your rights to.")
        return person


class TokenForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="What will use it, for example “Monday sheet”.")
    days = forms.IntegerField(min_value=1, max_value=365, initial=90, label="Days until it ends")
    scopes = forms.MultipleChoiceField(
        choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple, initial=["read"]
    )


@signed_in
@require_safe
def you(request: AskingRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: AskingRequest,
    *,
    delegation_form: DelegationForm | None = None,
    token_form: TokenForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    actor, today = request.actor, queries.house().day(request.at)
    context = {
        "entry": queries.entry(actor, _public_id(actor), on=today),
        "notices": notices.for_person(actor.id, limit=30),
        "delegations": queries.delegations(actor, at=request.at),
        "may_earn": access.may(request.actor, "earnings.own"),
        "may_assess": access.may(request.actor, "assessment.read"),
        "may_see_plans": access.may(actor, "plan.read"),
        "leads": access.may(actor, "plan.open"),
        "may_see_shared": access.may(actor, "mutual.read"),
        "mail_leaves": mail.sends(),
        "may_keep_mail": access.may(actor, "mail.keep"),
        "webhooks": (hooks := webhooks.own(actor)),
        "webhook_asks": any(one.state == "asked" for one in hooks),
        "may_switch": access.may(actor, "unit.switch"),
        "may_keep_webhooks": access.may(actor, "webhook.keep"),
        "may_set_sharing": access.may(actor, "sharing.set"),
        "may_lend": access.may(actor, "delegation.give"),
        "tokens": Token.objects.filter(queries.scope(actor, "token.manage", "person_id"), revoked_at=None),
        "delegation_form": delegation_form or DelegationForm(initial={"starts_on": today, "ends_on": today}),
        "token_form": token_form or TokenForm(),
        "secret": secret,
    }
    return render(request, "you/you.html", context, status=status)


def _public_id(actor: access.Actor) -> str:
    return Person.objects.values_list("public_id", flat=True).get(pk=actor.id)


@signed_in
@require_POST
def open_notice(request: AskingRequest, notice: str) -> HttpResponse:
    """Mark an own notice as read and go where it leads."""
    found = notices.of_person(request.actor.id, notice)
    if found is None:
        raise access.NotFound("notice")
    key, path = found
    notices_actions.mark_read(to=request.actor.id, notice=key, at=request.at)
    return redirect(path or reverse("you"))


@signed_in
@require_POST
def delegate(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "delegation.give")
    form = DelegationForm(request.POST)
    if not form.is_valid():
        return _page(request, delegation_form=form, status=422)
    given, zone = form.cleaned_data, ZoneInfo(queries.house().time_zone)
    starts_at = max(datetime.combine(given["starts_on"], time(), zone), request.at)
    ends_at = datetime.combine(given["ends_on"], time(23, 59, 59), zone)
    try:
        actions.delegate(
            by=request.actor,
            at=request.at,
            taker=given["taker"],
            kind=Lending(given["kind"]),
            starts_at=starts_at,
            ends_at=ends_at,
            reason=given["reason"],
        )
    except access.Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, delegation_form=form, status=422)
    messages.success(request, f"{given['taker'].name} can forecast in your name until {given['ends_on']}.")
    return redirect("you")


@signed_in
@require_POST
def take_back(request: AskingRequest, public_id: str) -> HttpResponse:
    actions.take_back(by=request.actor, at=request.at, public_id=public_id)
    messages.success(request, "The rights are yours alone again.")
    return redirect("you")


@signed_in
@require_POST
def make_token(request: AskingRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form, status=422)
    given = form.cleaned_data
    _, secret = actions.make_token(
        by=request.actor,
        at=request.at,
        name=given["name"],
        scopes=frozenset(given["scopes"]),
        days=given["days"],
    )
    return _page(request, secret=secret)


@signed_in
@require_POST
def revoke_token(request: AskingRequest, public_id: str) -> HttpResponse:
    actions.revoke_token(by=request.actor, at=request.at, public_id=public_id)
    messages.success(request, "The token no longer works.")
    return redirect("you")


@signed_in
@require_safe
def stored(request: AskingRequest) -> HttpResponse:
    """What is stored, who sees it, for how long: generated from the schema and the access table."""
    context = {"kinds": what_is_stored(), "rules": access.RULES}
    return render(request, "you/stored.html", context)
