"""What HR records before results are looked at in a unit, and the rule; what everybody reads of both."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.grounds import actions, queries, rules
from fairlead.grounds.wording import CONSULTED
from fairlead.improvement import outside
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.workdays import countries
from fairlead.web.given import day_or_none, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_FIELDS = (
    "country", "notice_on", "notice_words", "basis", "consulted", "consulted_on", "consulted_words", "runs_from",
)  # fmt: skip
_RULE = ("line", "in_a_row", "decide_days", "early_chance", "ramps")


@signed_in
@require_safe
def mine(request: AskingRequest) -> HttpResponse:
    """What was recorded for the reader's unit, and the rule in force with its versions."""
    unit = queries.of_me(request.actor, request.at)
    context = {
        "unit": unit,
        "consulted": CONSULTED,
        "country": countries().get(unit.newest.country, "") if unit and unit.newest else "",
        "rule": queries.rule(request.at),
        "ramps": rules.ramps_text(queries.rule(request.at).ramps),
        "versions": queries.versions(),
        "keeps": access.may(request.actor, "ground.keep"),
    }
    return render(request, "grounds/mine.html", context)


@signed_in
@require_safe
def units(request: AskingRequest) -> HttpResponse:
    """HR's units with what is recorded for each, and the way to the rule."""
    found = queries.units(request.actor, request.at)
    above = queries.through(found, people.house().day(request.at))
    context = {
        "recorded": [one for one in found if one.newest],
        "others": [(one, above.get(one.head, "")) for one in found if not one.newest],
    }
    return render(request, "grounds/units.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: AskingRequest, public_id: str) -> HttpResponse:
    """One unit: what stands, its history, and the form that records it."""
    found = queries.unit(request.actor, public_id, request.at)
    values, error = _start(found), ""
    if request.method == "POST":
        values = _typed(request.POST, _FIELDS)
        try:
            actions.record(
                by=request.actor, at=request.at, head=public_id, given=_given(values),
                after_number=int(whole(plain_text(request.POST, "after"), -1)),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Recorded. Everybody in {found.unit} is told.")
            return redirect("ground_unit", public_id)
    return _unit(request, found, values, error)


def _unit(request: AskingRequest, found: queries.Unit, values: dict[str, str], error: str) -> HttpResponse:
    context = {
        "unit": found,
        "values": values,
        "error": error,
        "history": queries.history(request.actor, found.public_id, request.at),
        "countries": countries().items(),
        "consulted": CONSULTED.items(),
        "longest": rules.LONGEST,
        "today": people.house().day(request.at),
        "stood": outside.unit(request.actor, found.public_id, request.at),
    }
    return render(request, "grounds/unit.html", context, status=422 if error else 200)


def _start(found: queries.Unit) -> dict[str, str]:
    """The form begins with the newest record, but for the day it begins."""
    row = found.newest
    if row is None or row.kind != "recorded":
        return {}
    days = {
        name: day.isoformat() if (day := getattr(row, name)) else "" for name in ("notice_on", "consulted_on")
    }
    words = ("country", "notice_words", "basis", "consulted", "consulted_words")
    return days | {name: getattr(row, name) for name in words}


@signed_in
@require_POST
def stop(request: AskingRequest, public_id: str) -> HttpResponse:
    """Stop what runs in a unit."""
    found = queries.unit(request.actor, public_id, request.at)
    try:
        actions.stop(
            by=request.actor, at=request.at, head=public_id, words=plain_text(request.POST, "words"),
            after_number=int(whole(plain_text(request.POST, "after"), -1)),
        )  # fmt: skip
    except access.Refused as refusal:
        values = _start(found) | {"words": plain_text(request.POST, "words")}
        return _unit(request, found, values, refusal.sentence)
    messages.success(request, f"Stopped. Nothing is looked at in {found.unit} from now on.")
    return redirect("ground_unit", public_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: AskingRequest) -> HttpResponse:
    """The rule by which results are looked at: a new version of it."""
    access.require(request.actor, "rule.keep")
    found = queries.rule(request.at)
    values, error = _rule_values(found), ""
    if request.method == "POST":
        values = _typed(request.POST, _RULE)
        try:
            line, in_a_row, days, chance = (int(whole(values[name].strip(" %"), -1)) for name in _RULE[:4])
            row = actions.set_rule(
                by=request.actor, at=request.at,
                rule=rules.Rule(line, in_a_row, days, chance, rules.read_ramps(values["ramps"])),
                after_version=int(whole(plain_text(request.POST, "after_version"), -1)),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Version {row.version} is in force for what is looked at from now on.")
            return redirect("ground_rule")
    context = {"found": found, "values": values, "error": error, "versions": queries.versions()}
    return render(request, "grounds/rule.html", context, status=422 if error else 200)


def _rule_values(found: rules.Rule) -> dict[str, str]:
    numbers = {name: str(getattr(found, name)) for name in _RULE[:4]}
    return numbers | {"ramps": rules.ramps_text(found.ramps)}


def _typed(post: QueryDict, names: tuple[str, ...]) -> dict[str, str]:
    return {name: plain_text(post, name).strip() for name in names}


def _given(values: dict[str, str]) -> rules.Given:
    return rules.Given(
        values["country"], day_or_none(values["notice_on"]), values["notice_words"], values["basis"],
        values["consulted"], day_or_none(values["consulted_on"]), values["consulted_words"],
        day_or_none(values["runs_from"]),
    )  # fmt: skip
