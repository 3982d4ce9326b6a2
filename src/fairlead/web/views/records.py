"""Records about persons: who read what, what is kept and how long, what holds per country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from fairlead.people import access
from fairlead.people import queries as people
from fairlead.records import actions, classes, queries, rules
from fairlead.web import downloads
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in


@signed_in
@require_safe
def mine(request: AskingRequest) -> HttpResponse:
    """Who read what about the reader."""
    context = {"reads": queries.reads_of_me(request.actor)}
    return render(request, "records/mine.html", context)


@signed_in
@require_safe
def kept(request: AskingRequest) -> HttpResponse:
    """What is kept about people, who sees it, why, and how long: the table in code, by the reader's country."""
    rule = queries.rule_of(request.actor.id, request.at)
    name = queries.country(request.actor, rule.country, request.at).name if rule.country else ""
    context = {"rows": queries.what_is_kept(rule), "country": name, "rule": rule, "check": rules.CHECK}
    return render(request, "records/kept.html", context)


@signed_in
@require_safe
def countries(request: AskingRequest) -> HttpResponse:
    """What holds in which country, with the way to set it for another."""
    found = queries.country_list(request.actor, request.at)
    listed = {one.code for one in found}
    context = {
        "rows": [(one, _absences(one.rule)) for one in found],
        "others": [pair for pair in queries.every_country() if pair[0] not in listed],
        "keeps": access.may(request.actor, "country_rule.keep"),
        "check": rules.CHECK,
    }
    return render(request, "records/countries.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def country(request: AskingRequest, key: str) -> HttpResponse:
    """What holds in one country with its versions; HR sets it."""
    found = queries.country(request.actor, key, request.at)
    values, error = _rule_values(found.rule), ""
    if request.method == "POST":
        access.require(request.actor, "country_rule.keep")
        values = _typed(request.POST)
        try:
            row = actions.set_country_rule(
                by=request.actor, at=request.at, rule=_rule(key, values), reason=values.reason,
                after_version=int(whole(plain_text(request.POST, "after_version"), -1)),
            )  # fmt: skip
        except (access.NotAllowed, access.NotFound):
            raise
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Version {row.version} holds in {found.name} from now on.")
            return redirect("country", key)
    context = {
        "found": found,
        "absences": _absences(found.rule),
        "leaves": [(code, words, code in values.protected) for code, words in rules.LEAVES.items()],
        "times": [
            (one, values.months.get(one.key, ""), classes.how_long(one, found.rule.months(one.key)))
            for one in _TIMED
        ],
        "values": values,
        "error": error,
        "keeps": access.may(request.actor, "country_rule.keep"),
        "versions": [(one, _absences(one.rule)) for one in queries.country_versions(key)],
        "check": rules.CHECK,
        "longest": rules.LONGEST,
    }  # fmt: skip
    return render(request, "records/country.html", context, status=422 if error else 200)


def _absences(rule: rules.CountryRule) -> str:
    if set(rule.protected) == set(rules.LEAVES):
        return "All kinds"
    return ", ".join(words for code, words in rules.LEAVES.items() if code in rule.protected) or "None"


@dataclass(frozen=True, slots=True)
class _Values:
    """A country's form as it is shown or was typed; ``months`` by class."""

    min_plan_days: str
    companion: str
    named_comparisons: str
    protected: list[str]
    months: dict[str, str]
    reason: str = ""


_TIMED = [one for one in classes.CLASSES if one.since != "business"]


def _rule_values(rule: rules.CountryRule) -> _Values:
    return _Values(
        str(rule.min_plan_days), "yes" if rule.companion else "no", "yes" if rule.named_comparisons else "no",
        list(rule.protected), {one.key: str(rule.months(one.key)) for one in _TIMED},
    )  # fmt: skip


def _typed(post: QueryDict) -> _Values:
    return _Values(
        plain_text(post, "min_plan_days").strip(), plain_text(post, "companion"), plain_text(post, "named_comparisons"),
        [str(one) for one in post.getlist("protected")],
        {one.key: plain_text(post, f"months_{one.key}").strip() for one in _TIMED}, plain_text(post, "reason").strip(),
    )  # fmt: skip


def _rule(code: str, values: _Values) -> rules.CountryRule:
    months = {key: int(whole(said, 0)) for key, said in values.months.items()}
    return rules.CountryRule(
        code, int(whole(values.min_plan_days, 0)), values.companion == "yes", tuple(values.protected),
        values.named_comparisons == "yes",
        {key: n for key, n in months.items() if n != classes.BY_KEY[key].months},
    )  # fmt: skip


# HR


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """HR's people, to open the records about one of them."""
    search = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    context = {"people": queries.unit(request.actor, search=search), "search": search}
    return render(request, "records/listing.html", context)


@signed_in
@require_safe
def person(request: AskingRequest, public_id: str) -> HttpResponse:
    """The records about one person that HR keeps."""
    whose = queries.whose(request.actor, public_id, "hr_record.keep")
    rule = queries.rule_of(whose.id, request.at)
    context = {
        "whose": whose,
        "country": queries.country(request.actor, rule.country, request.at).name if rule.country else "",
        "rule": rule,
        "reads": queries.reads_of(request.actor, public_id),
        "today": people.house().day(request.at),
    }
    return render(request, "records/person.html", context)


@signed_in
@require_safe
def reads_csv(request: AskingRequest, public_id: str) -> HttpResponse:
    """Who read what about one person, as a table."""
    rows = queries.reads_of(request.actor, public_id)
    head = ("day", "reader", "in_place_of", "what", "times", "last_at")
    lines = ((one.day, one.reader, one.behalf, one.what, one.hours, one.last_at) for one in rows)
    return cast(HttpResponse, downloads.as_csv("reads", head, lines))
