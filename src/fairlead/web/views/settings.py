"""Settings: the organisation, what stages mean, conversion rates, targets. What was before stays readable."""

from __future__ import annotations

import tempfile
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead import crm
from fairlead.calls import actions as calls_actions
from fairlead.calls import kinds
from fairlead.calls import queries as calls
from fairlead.calls import rules as call_rules
from fairlead.calls import targets as targets_said
from fairlead.calls import wording as call_wording
from fairlead.crm import values
from fairlead.crm.mapping import TableMap
from fairlead.deals import actions as deals_actions
from fairlead.deals import lookups
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.forecasting.periods import Period
from fairlead.people import access, actions, queries
from fairlead.web import formats, mapping_form, numbers, uploads, watching
from fairlead.web.categories import CATEGORY_WORDS, OPEN_CATEGORIES
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.paging import key_of, page_after

PAGE = 50
MOST_TARGETS = 10 * 1024 * 1024
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CALENDARS = {
    "months": "Calendar months",
    "4-4-5": "Weeks, 4-4-5",
    "4-5-4": "Weeks, 4-5-4",
    "5-4-4": "Weeks, 5-4-4",
}


def _today(request: AskingRequest) -> date:
    return queries.house().day(request.at)


# Forms


def _currency(word: str) -> str:
    code = word.strip().upper()
    if code not in deal_rules.CURRENCIES:
        raise forms.ValidationError(
            f"{word.strip()} is no currency. Write a code of three letters, such as EUR."
        )
    return code


class OrganisationForm(forms.Form):
    name = forms.CharField(max_length=120)
    currency = forms.CharField(max_length=10, help_text="What everything is counted in, such as EUR.")
    time_zone = forms.CharField(
        max_length=60, help_text="A day begins at midnight here, such as Europe/Berlin."
    )
    calendar_kind = forms.ChoiceField(choices=list(CALENDARS.items()), label="Calendar")
    calendar_starts_month = forms.TypedChoiceField(
        choices=[(str(n), name) for n, name in enumerate(MONTHS, 1)], coerce=int, label="The year starts in"
    )
    period_kind = forms.ChoiceField(
        choices=[("quarter", "Quarters"), ("month", "Months")], label="The forecast is for"
    )
    due_weekday = forms.TypedChoiceField(
        choices=[(str(n), name) for n, name in enumerate(WEEKDAYS)], coerce=int, label="Calls are due every"
    )
    due_time = forms.TimeField(label="at", widget=forms.TimeInput(attrs={"type": "time"}))
    news_limit = forms.IntegerField(
        min_value=0,
        max_value=20,
        label="A change is told upward within",
        help_text="Working days. Past it the change shows as late, to the manager only.",
    )

    def clean_currency(self) -> str:
        return _currency(self.cleaned_data["currency"])

    def clean_time_zone(self) -> str:
        word: str = self.cleaned_data["time_zone"].strip()
        try:
            zoneinfo.ZoneInfo(word)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            near = values.nearest(word, sorted(zoneinfo.available_timezones()))
            raise forms.ValidationError(
                f"There is no time zone {word}. {near} It is written as in Europe/Berlin.".replace("  ", " ")
            ) from error
        return word


def _organisation_form() -> OrganisationForm:
    house = queries.house()
    return OrganisationForm(
        initial={
            "name": house.name,
            "currency": house.currency,
            "time_zone": house.time_zone,
            "calendar_kind": house.calendar.kind,
            "calendar_starts_month": str(house.calendar.starts_month),
            "period_kind": house.period_kind,
            "due_weekday": str(house.due_weekday),
            "due_time": time.fromisoformat(house.due_time).strftime("%H:%M"),
            "news_limit": house.news_limit,
        }
    )


class StageForm(forms.Form):
    stage = forms.CharField(max_length=120, help_text="As the CRM writes it.")
    category = forms.ChoiceField(choices=list(OPEN_CATEGORIES.items()), label="Means")
    starts_on = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Numbers as of an earlier day keep what the stage meant then.",
    )


class RateForm(forms.Form):
    rate_currency = forms.CharField(max_length=10, label="Currency")
    rate = forms.CharField(max_length=30, label="Rate")
    rate_starts_on = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))

    def clean_rate_currency(self) -> str:
        code = _currency(self.cleaned_data["rate_currency"])
        if code == queries.house().currency:
            raise forms.ValidationError(f"Everything is counted in {code}; it needs no rate.")
        return code

    def clean_rate(self) -> Decimal:
        try:
            rate = values.money(self.cleaned_data["rate"])
        except values.Unreadable as odd:
            raise forms.ValidationError(f"{odd.why} {odd.meant}".strip()) from odd
        if rate is None or rate <= 0:
            raise forms.ValidationError("A rate is a number above 0.")
        return rate


# The page


@signed_in
@require_safe
def settings(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "settings.write")
    return _settings_page(request)


def _settings_page(
    request: AskingRequest,
    *,
    organisation: OrganisationForm | None = None,
    stage: StageForm | None = None,
    rate: RateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today, house = _today(request), queries.house()
    context = {
        "house": house,
        "failing": watching.failing(request.actor),
        "may_keep_webhooks": access.may(request.actor, "webhook.keep"),
        "organisation": organisation or _organisation_form(),
        "stage_form": stage or StageForm(initial={"starts_on": today}),
        "rate_form": rate or RateForm(initial={"rate_starts_on": today}),
        "stages": [(m, CATEGORY_WORDS.get(m.category, "nothing yet")) for m in lookups.stage_mappings(today)],
        "words": CATEGORY_WORDS,
        "unmapped": len(lookups.unmapped_stages(request.actor, on=today)),
        "rates": lookups.rates_set(today),
        "period": house.period(today),
        "today": today,
        "due": f"{WEEKDAYS[house.due_weekday]} {house.due_time}",
    }
    return render(request, "settings/settings.html", context, status=status)


@signed_in
@require_POST
def organisation(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "settings.write")
    form, before = OrganisationForm(request.POST), queries.house().currency
    if not form.is_valid():
        return _settings_page(request, organisation=form, status=422)
    if form.cleaned_data["currency"] != before and _has_deals(request):
        form.add_error(
            "currency",
            f"Deals are counted in {before} already, and targets and calls were given in it. "
            "A new currency needs a new installation.",
        )
        return _settings_page(request, organisation=form, status=422)
    actions.set_up(by=request.actor, at=request.at, **form.cleaned_data)
    messages.success(request, "The organisation counts like this from now on.")
    return redirect("settings")


def _has_deals(request: AskingRequest) -> bool:
    return any(line.status == "current" for line in deals.imports(request.actor, limit=20))


@signed_in
@require_POST
def stages(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "settings.write")
    form = StageForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, stage=form, status=422)
    given = form.cleaned_data
    deals_actions.set_category_mapping(by=request.actor, at=request.at, **given)
    words = CATEGORY_WORDS[given["category"]]
    messages.success(request, f"From {given['starts_on']} the stage {given['stage'].strip()} means {words}.")
    return redirect(reverse("settings") + "#stages")


@signed_in
@require_POST
def rates(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "settings.write")
    form = RateForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        row = deal_rules.RateRow(given["rate_currency"], given["rate_starts_on"], given["rate"])
        try:
            changed = deals_actions.set_rates(by=request.actor, at=request.at, rates=[row])
        except access.Refusal as refusal:
            form.add_error("rate", refusal.sentence)
        else:
            told = formats.count(changed, "deal")
            messages.success(request, f"The rate counts from {row.starts_on}; {told} converted anew.")
            return redirect(reverse("settings") + "#rates")
    return _settings_page(request, rate=form, status=422)


# Targets


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's field of the grid."""

    person: queries.Node
    manager: str
    value: str
    before: list[tuple[str, Any, str, str]]
    """amount, when, by whom and why, newest first"""
    error: str = ""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: AskingRequest) -> HttpResponse:
    """A grid of people for one period; what stands is kept as history when it changes."""
    access.require(request.actor, "target.write")
    period = _period(request)
    if request.method == "POST":
        return _targets_sent(request, period)
    return _targets_page(request, period, {}, {})


def _period(request: AskingRequest) -> Period:
    name = request.GET.get("period", "") or request.POST.get("period", "")
    return calls.period_named(name) if name else calls.period_at(request.at)


def _lines(request: AskingRequest, period: Period) -> list[calls.TargetLine]:
    return calls.targets(
        request.actor, period, request.at, type=_type(request), after=page_after(request), limit=PAGE + 1
    )


def _type(request: AskingRequest) -> str:
    """The forecast type the targets are of; "new" for all business. Raises NotFound."""
    kind = kinds.named(request.GET.get("type", ""), request.at)
    return kind.key if kind else "new"


def _targets_page(
    request: AskingRequest,
    period: Period,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    file_error: list[str] | None = None,
    reason_error: str = "",
    status: int = 200,
) -> HttpResponse:
    found = _lines(request, period)
    shown, house = found[:PAGE], queries.house()
    kind = kinds.named(request.GET.get("type", ""), request.at)
    told = targets_said.said(request.actor, [line.person.id for line in shown], period.name, _type(request))
    managers = queries.names([line.person.manager for line in shown if line.person.manager])
    around = calls.periods_around(request.at, back=4, ahead=4)
    last = shown[-1].person if shown else None
    context = {
        "period": period,
        "periods": around if period in around else [*around, period],
        "cells": [
            _cell(line, managers, told.get(line.person.id, ()), typed, wrong, house.currency, kind)
            for line in shown
        ],
        "currency": numbers.unit(kind) if kind and kind.measure == "quantity" else house.currency,
        "kind": kind,
        "types": kinds.in_force(request.at),
        "more": key_of(last.name, last.id) if last and len(found) > PAGE else "",
        "after": request.GET.get("after", ""),
        "wrong": [(cell.person.name, cell.person.public_id, e) for cell, e in _wrong(shown, wrong)],
        "file_error": file_error or [],
        "reasons": call_rules.REASONS,
        "reason": request.POST.get("reason", ""),
        "reason_error": reason_error,
    }
    return render(request, "settings/targets.html", context, status=status)


def _wrong(shown: list[calls.TargetLine], wrong: Mapping[str, str]) -> list[tuple[calls.TargetLine, str]]:
    return [(line, wrong[line.person.public_id]) for line in shown if line.person.public_id in wrong]


def _cell(
    line: calls.TargetLine,
    managers: Mapping[int, str],
    told: tuple[targets_said.Said, ...],
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    currency: str,
    kind: call_rules.Kind | None,
) -> Cell:
    key, scale = line.person.public_id, kinds.of_target(kind.key, 1) if kind else 1
    amount = "" if line.amount is None else f"{deal_rules.major_units(line.amount, currency) / scale:,f}"
    return Cell(
        person=line.person,
        manager=managers.get(line.person.manager or 0, ""),
        value=typed.get(key, _short(amount)),
        before=[(_exact(said, kind), said.set_at, said.by, said.reason) for said in told],
        error=wrong.get(key, ""),
    )


def _exact(said: targets_said.Said, kind: call_rules.Kind | None) -> str:
    if kind is not None and kind.measure == "quantity":
        return call_wording.units(said.amount_minor, kinds.unit())
    return formats.exact(said.amount_minor, said.currency)


def _short(amount: str) -> str:
    """Without decimals that say nothing."""
    whole, _, decimals = amount.partition(".")
    return whole if not decimals.strip("0") else amount


def _targets_sent(request: AskingRequest, period: Period) -> HttpResponse:
    house, lines, type = queries.house(), _lines(request, period)[:PAGE], _type(request)
    typed = {line.person.public_id: request.POST.get(f"target-{line.person.public_id}") for line in lines}
    given = {key: text.strip() for key, text in typed.items() if text is not None}
    wanted: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for line in lines:
        key = line.person.public_id
        if not given.get(key):
            if key in given and line.amount is not None:
                wrong[key] = "A target is never taken away; write 0 for none."
            continue
        try:
            wanted[key] = kinds.of_target(type, _minor(given[key], house.currency))
        except forms.ValidationError as error:
            wrong[key] = str(error.message)
    if wrong:
        return _targets_page(request, period, given, wrong, status=422)
    changed = [line for line in lines if wanted.get(line.person.public_id, line.amount) != line.amount]
    reason = request.POST.get("reason", "")
    if reason not in call_rules.REASONS and any(line.amount is not None for line in changed):
        why = "Choose why a target changes. The person reads it."
        return _targets_page(request, period, given, {}, reason_error=why, status=422)
    for line in changed:
        calls_actions.set_target(
            by=request.actor,
            at=request.at,
            person=queries.find(line.person.public_id),
            period=period,
            amount_minor=wanted[line.person.public_id],
            type=type,
            reason="" if line.amount is None else reason,
        )
    if changed:
        messages.success(request, f"{formats.count(len(changed), 'target')} set for {period.name}.")
    else:
        messages.info(request, "Nothing differed from what stands, so nothing was changed.")
    of = "" if type == "new" else f"&type={type}"
    return redirect(f"{reverse('targets')}?period={period.name}{of}")


def _minor(text: str, currency: str) -> int:
    """An amount as people type it, in minor units. Raises ValidationError that says what is wrong."""
    try:
        amount = values.money(text, values.NumberStyle())
        if amount is None or amount < 0:
            raise forms.ValidationError("Write an amount of 0 or more.")
        return deal_rules.minor_units(amount, currency)
    except values.Unreadable as odd:
        raise forms.ValidationError(f"{odd.why} {odd.meant}".strip().capitalize()) from odd
    except (ValueError, InvalidOperation) as odd:
        raise forms.ValidationError(str(odd)) from odd


@signed_in
@require_POST
def targets_file(request: AskingRequest) -> HttpResponse:
    """Targets from a CSV or XLSX file: person_id (or name), period, amount, currency."""
    access.require(request.actor, "target.write")
    period, file = _period(request), request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_TARGETS:
        why = "Choose a CSV or XLSX file of at most 10 MB."
        return _targets_page(request, period, {}, {}, file_error=[why], status=422)
    try:
        added, unchanged = _targets_taken(request, file)
    except crm.Refused as refused:
        return _targets_page(request, period, {}, {}, file_error=refused.lines(), status=422)
    except access.Refusal as refusal:
        return _targets_page(request, period, {}, {}, file_error=[refusal.sentence], status=422)
    messages.success(request, f"{formats.count(added, 'target')} set, {unchanged} as before.")
    return redirect(f"{reverse('targets')}?period={period.name}")


def _targets_taken(request: AskingRequest, file: UploadedFile[Any]) -> tuple[int, int]:
    """Take the rows in for the source that knows all of the file's people."""
    with tempfile.TemporaryDirectory() as folder:
        name = uploads.plain_name(file.name or "targets.csv")
        path = Path(folder) / ("targets.xlsx" if name.lower().endswith(".xlsx") else "targets.csv")
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        house = queries.house()
        mapping = crm.Mapping(
            targets=TableMap(columns=_target_columns(path)),
            calendar_kind=house.calendar.kind,
            starts_month=house.calendar.starts_month,
        )
        batch = crm.read(path, mapping)
    done = calls_actions.take_in_targets(
        by=request.actor, at=request.at, source=_source_of(request), rows=batch.targets
    )
    return done.added, done.unchanged


def _target_columns(path: Path) -> dict[str, tuple[str, ...]]:
    table = crm.tables.tables(path)[0]
    form = mapping_form.guessed([table], "", "")
    columns = {column.field: (column.name,) for column in form.sheets[0].columns}
    return {field: columns[field] for field in mapping_form.FIELDS["targets"] if field in columns}


def _source_of(request: AskingRequest) -> str:
    """The source whose people the file speaks of: the one chosen, else the newest import's."""
    chosen = request.POST.get("source", "").strip()
    newest = [line.source for line in deals.imports(request.actor, limit=1)]
    return chosen or (newest[0] if newest else "fairlead")
