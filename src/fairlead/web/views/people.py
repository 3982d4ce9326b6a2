"""The directory, a person, reporting lines, roles, accounts, and the find box."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.people import access, actions, queries
from fairlead.people.access import Role
from fairlead.people.models import Person
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.paging import key_of, page_after

PAGE = 50
ROLE_WORDS = {
    Role.REP: ("Rep", "sells; has an own quarter, own deals and the team’s copy"),
    Role.MANAGER: ("Manager", "owns a team’s number and submits it"),
    Role.EXECUTIVE: ("Executive", "has the board: managers’ numbers, not lists of reps"),
    Role.SALES_OPS: ("Sales operations", "imports data, keeps calendar, mapping, people and targets"),
    Role.HR_PARTNER: ("HR partner", "stands behind plans of own units"),
    Role.ADMIN: ("Admin", "opens accounts and gives roles, sees no content"),
}


@signed_in
@require_safe
def directory(request: AskingRequest) -> HttpResponse:
    today = queries.house().day(request.at)
    search = request.GET.get("q", "").strip()[:100]
    people = queries.directory(
        request.actor, on=today, search=search, after=page_after(request), limit=PAGE + 1
    )
    context = {
        "people": people[:PAGE],
        "may_switch": access.may(request.actor, "unit.switch"),
        "search": search,
        "more": key_of(people[PAGE - 1].name, people[PAGE - 1].id) if len(people) > PAGE else "",
        "paged": bool(request.GET.get("after")),
        "may_write": access.may(request.actor, "person.write"),
    }
    return render(request, "people/directory.html", context)


class PersonForm(forms.Form):
    name = forms.CharField(max_length=160)
    email = forms.EmailField(required=False, label="Work email")
    title = forms.CharField(max_length=160, required=False)
    manager = forms.CharField(required=False, help_text="Full name; empty for the top of the organisation.")
    team = forms.CharField(
        max_length=160, required=False, label="Leads the team", help_text="Empty for most."
    )
    starts_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), label="From")

    def clean_manager(self) -> Person | None:
        return _named(self.cleaned_data["manager"])


class MoveForm(forms.Form):
    manager = forms.CharField(required=False, label="Reports to", help_text="Full name; empty for nobody.")
    starts_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), label="From")

    def clean_manager(self) -> Person | None:
        return _named(self.cleaned_data["manager"])


def _named(name: str) -> Person | None:
    """The person of that name. Refused when nobody or several are called so."""
    if not name.strip():
        return None
    found = queries.named(name)
    if not found:
        raise forms.ValidationError(f"Nobody here is called {name}. Write the name as in the directory.")
    if len(found) > 1:
        raise forms.ValidationError(f"Several people are called {name}. Open the right one in the directory.")
    return found[0]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "person.write")
    today = queries.house().day(request.at)
    form = PersonForm(request.POST or None, initial={"starts_on": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = actions.add_person(by=request.actor, at=request.at, roles=frozenset({Role.REP}), **given)
        except access.Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"{person.name} is in the directory, as a rep from {person.starts_on}.")
            return redirect("person", person.public_id)
    return render(request, "people/add.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_safe
def person(request: AskingRequest, public_id: str) -> HttpResponse:
    return _person_page(request, public_id)


def _person_page(
    request: AskingRequest, public_id: str, *, move_form: MoveForm | None = None, status: int = 200
) -> HttpResponse:
    today = queries.house().day(request.at)
    entry = queries.entry(request.actor, public_id, on=today)
    opens = access.may(request.actor, "account.manage")
    context = {
        "person": entry,
        "email": queries.work_email(request.actor, entry.id) if opens else "",
        "role_words": [ROLE_WORDS[Role(role)][0] for role in entry.roles],
        "reports": queries.reports(entry.id),
        "may_write": access.may(request.actor, "person.write"),
        "may_grant": access.may(request.actor, "role.grant"),
        "may_account": opens,
        "move_form": move_form or MoveForm(initial={"starts_on": today, "manager": entry.manager}),
        "roles": [(role.value, *ROLE_WORDS[role], role.value in entry.roles) for role in Role],
    }
    return render(request, "people/person.html", context, status=status)


@signed_in
@require_POST
def move(request: AskingRequest, public_id: str) -> HttpResponse:
    access.require(request.actor, "person.write")
    person, form = queries.find(public_id), MoveForm(request.POST)
    if not form.is_valid():
        return _person_page(request, public_id, move_form=form, status=422)
    manager: Person | None = form.cleaned_data["manager"]
    starts_on: date = form.cleaned_data["starts_on"]
    try:
        actions.move(by=request.actor, at=request.at, person=person, manager=manager, starts_on=starts_on)
    except access.Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _person_page(request, public_id, move_form=form, status=422)
    above = manager.name if manager else "nobody"
    messages.success(
        request, f"From {starts_on} {person.name} reports to {above}. Rights follow from that day."
    )
    return redirect("person", public_id)


@signed_in
@require_POST
def roles(request: AskingRequest, public_id: str) -> HttpResponse:
    access.require(request.actor, "role.grant")
    person = queries.find(public_id)
    chosen = frozenset(Role(word) for word in request.POST.getlist("role") if word in set(Role))
    actions.set_roles(by=request.actor, at=request.at, person=person, roles=chosen)
    words = ", ".join(ROLE_WORDS[role][0] for role in Role if role in chosen) or "none"
    messages.success(request, f"{person.name} has these roles from today: {words}.")
    return redirect("person", public_id)


@signed_in
@require_POST
def account(request: AskingRequest, public_id: str) -> HttpResponse:
    """Open an account (the person sets a password by mail) or close it."""
    access.require(request.actor, "account.manage")
    person = queries.find(public_id)
    if request.POST.get("act") == "close":
        actions.close_account(by=request.actor, at=request.at, person=person)
        messages.success(request, f"{person.name} can no longer sign in. Nothing they did is touched.")
    else:
        email = request.POST.get("email", "").strip() or person.email or ""
        if not email:
            raise access.Refused("email_missing", "An account needs a work email. Go back and write it.")
        actions.open_account(by=request.actor, at=request.at, person=person, email=email, password=None)
        messages.success(
            request,
            f"{person.name} has an account. They set a password with “Forgot your password?” and {email}.",
        )
    return redirect("person", public_id)


@signed_in
@require_safe
def find(request: AskingRequest) -> HttpResponse:
    """Deals and people by name, each through the asker's own rights."""
    from fairlead.deals import queries as deals

    words = request.GET.get("q", "").strip()[:100]
    today = queries.house().day(request.at)
    people = queries.directory(request.actor, on=today, search=words, limit=10) if words else []
    found: tuple[deals.DealLine, ...] = ()
    if words and access.may(request.actor, "deal.read"):
        found = deals.list_deals(request.actor, filters=deals.DealFilter(search=words), limit=10).rows
    return render(request, "find.html", {"words": words, "people": people, "deals": found})
