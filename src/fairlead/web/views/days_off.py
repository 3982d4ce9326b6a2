"""Days off: on them nothing is due. Typed one by one, or the public holidays of a country at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.people import access, actions, queries, workdays
from fairlead.people.models import Team
from fairlead.web.middleware import AskingRequest, signed_in


def _team(name: str) -> Team | None:
    """The team of a name, nobody's for an empty one. Raises a form error that says what to write."""
    if not name.strip():
        return None
    found = list(Team.objects.filter(name__iexact=name.strip())[:2])
    if len(found) != 1:
        raise forms.ValidationError(f"{'Two teams are' if found else 'No team is'} called {name.strip()}.")
    return found[0]


class DayForm(forms.Form):
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(max_length=120, required=False, help_text="Such as Inventory.")
    team = forms.CharField(max_length=160, required=False, help_text="Leave it empty for everybody.")

    def clean_team(self) -> Team | None:
        return _team(self.cleaned_data["team"])


class CountryForm(forms.Form):
    country = forms.ChoiceField(choices=lambda: [("", "Choose"), *workdays.countries().items()])
    part = forms.CharField(max_length=10, required=False, help_text="The code of a part of it, such as BY.")
    year = forms.IntegerField(min_value=2000, max_value=2100)
    only_team = forms.CharField(
        max_length=160, required=False, label="Team", help_text="Leave it empty for everybody."
    )

    def clean_only_team(self) -> Team | None:
        return _team(self.cleaned_data["only_team"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("country") and given.get("year"):
            try:
                part = given.get("part", "").strip().upper()
                given["days"] = workdays.public_holidays(given["country"], given["year"], part)
            except ValueError as odd:
                self.add_error("part", str(odd))
        return given


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def days_off(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "settings.write")
    if request.method != "POST":
        return _page(request)
    by_country = "country" in request.POST
    form = CountryForm(request.POST) if by_country else DayForm(request.POST)
    if not form.is_valid():
        return _page(request, **{"country" if by_country else "day": form}, status=422)
    given = form.cleaned_data
    days = given["days"] if by_country else {given["day"]: given["name"]}
    team = given["only_team"] if by_country else given["team"]
    added = actions.add_days_off(by=request.actor, at=request.at, days=days, team=team)
    there = len(days) - added
    said = f"{added} day{'' if added == 1 else 's'} off added."
    messages.success(request, said + (f" {there} stood here already." if there else ""))
    return redirect("days_off")


@signed_in
@require_POST
def take_back(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "settings.write")
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        team = _team(request.POST.get("team", ""))
    except (ValueError, forms.ValidationError) as odd:
        raise access.NotFound("day off") from odd
    actions.take_back_day_off(by=request.actor, at=request.at, day=day, team=team)
    messages.success(request, "It is a working day again.")
    return redirect("days_off")


def _page(
    request: AskingRequest,
    *,
    day: forms.Form | None = None,
    country: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    today = queries.house().day(request.at)
    context = {
        "days": queries.days_off(request.actor, on=today),
        "day_form": day or DayForm(),
        "country_form": country or CountryForm(initial={"year": today.year + (today.month > 9)}),
        "today": today,
    }
    return render(request, "settings/days_off.html", context, status=status)
