"""Records about persons: who read what, what is kept and how long, what holds per country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.cases import queries as cases
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.records import actions, classes, queries, reads, rules
from fairlead.records.wording import CHOICES, CHOSEN, STEPS
from fairlead.web import downloads, formats
from fairlead.web.given import day_or_none, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in


@signed_in
@require_safe
def mine(request: AskingRequest) -> HttpResponse:
    """Who read what about the reader."""
    context = {
        "reads": queries.reads_of_me(request.actor),
        "cases": cases.told(request.actor, request.at),
    }
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
    erases_alone: bool
    reason: str = ""


_TIMED = [one for one in classes.CLASSES if one.since != "business"]


def _rule_values(rule: rules.CountryRule) -> _Values:
    return _Values(
        str(rule.min_plan_days), "yes" if rule.companion else "no", "yes" if rule.named_comparisons else "no",
        list(rule.protected), {one.key: str(rule.months(one.key)) for one in _TIMED}, rule.erases_alone,
    )  # fmt: skip


def _typed(post: QueryDict) -> _Values:
    return _Values(
        plain_text(post, "min_plan_days").strip(), plain_text(post, "companion"), plain_text(post, "named_comparisons"),
        [str(one) for one in post.getlist("protected")],
        {one.key: plain_text(post, f"months_{one.key}").strip() for one in _TIMED}, "erases_alone" in post,
        plain_text(post, "reason").strip(),
    )  # fmt: skip


def _rule(code: str, values: _Values) -> rules.CountryRule:
    months = {key: int(whole(said, 0)) for key, said in values.months.items()}
    return rules.CountryRule(
        code, int(whole(values.min_plan_days, 0)), values.companion == "yes", tuple(values.protected),
        values.named_comparisons == "yes",
        {key: n for key, n in months.items() if n != classes.BY_KEY[key].months}, values.erases_alone,
    )  # fmt: skip


# HR


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """HR's people, to open the records about one of them."""
    search = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    context = {
        "people": queries.unit(request.actor, search=search),
        "search": search,
        "copies": queries.copies_open(request.actor),
    }
    return render(request, "records/listing.html", context)


@signed_in
@require_safe
def person(request: AskingRequest, public_id: str) -> HttpResponse:
    """The records about one person that HR keeps."""
    return _person(request, public_id, {}, "")


def _person(request: AskingRequest, public_id: str, values: dict[str, str], error: str) -> HttpResponse:
    actor = request.actor
    whose = queries.whose(actor, public_id, "hr_record.keep")
    rule = queries.rule_of(whose.id, request.at)
    context = {
        "whose": whose,
        "country": queries.country(actor, rule.country, request.at).name if rule.country else "",
        "rule": rule,
        "reads": queries.reads_of(actor, public_id),
        "copies": (copies := queries.copies_of(actor, whose.id)),
        "prepared": any(one.state == "prepared" for one in copies),
        "cases": cases.of_person(actor, whose.id, request.at),
        "holds": queries.holds_of(actor, whose.id),
        "past": queries.past_of([whose.id], request.at),
        "erasures": queries.erasures_of(actor, whose.id),
        "values": values,
        "error": error,
        "longest": rules.LONGEST,
    }
    return render(request, "records/person.html", context, status=422 if error else 200)


@signed_in
@require_safe
def reads_csv(request: AskingRequest, public_id: str) -> HttpResponse:
    """Who read what about one person, as a table."""
    rows = queries.reads_of(request.actor, public_id)
    head = ("day", "reader", "in_place_of", "what", "times", "last_at")
    lines = ((one.day, one.reader, one.behalf, one.what, one.hours, one.last_at) for one in rows)
    return cast(HttpResponse, downloads.as_csv("reads", head, lines))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def copy_new(request: AskingRequest, public_id: str) -> HttpResponse:
    """Begin a copy of everything about one person."""
    whose = queries.whose(request.actor, public_id, "person_copy.prepare")
    values, error = {"asked_on": people.house().day(request.at).isoformat(), "reason": ""}, ""
    if request.method == "POST":
        values = {name: plain_text(request.POST, name).strip() for name in values}
        try:
            row = actions.open_copy(
                by=request.actor, at=request.at, person=public_id, asked_on=day_or_none(values["asked_on"]),
                reason=values["reason"],
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Gathered. {whose.name} is told that a copy is being prepared.")
            return redirect("person_copy", row.public_id)
    context = {
        "whose": whose, "values": values, "error": error, "longest": rules.LONGEST,
        "today": people.house().day(request.at),
        "elsewhere": [one for one in classes.CLASSES if one.copy == "own_page"],
    }  # fmt: skip
    return render(request, "records/copy_new.html", context, status=422 if error else 200)


@signed_in
@require_safe
def copy(request: AskingRequest, public_id: str) -> HttpResponse:
    """One copy with its items: those that name others are decided here, one by one."""
    return _copy(request, public_id, {}, "")


def _copy(request: AskingRequest, public_id: str, values: dict[str, str], error: str) -> HttpResponse:
    page = queries.copy(request.actor, public_id, request.at)
    reads.note(
        actor=request.actor, at=request.at, kind="copy", subject=page.whose.id, public_id=page.row.public_id
    )
    context = {
        "page": page,
        "row": page.row,
        "review": [one for one in page.items if one.needs],
        "plain": [one for one in page.items if not one.needs],
        "titles": {one.key: one.title for one in classes.CLASSES},
        "chosen": CHOSEN,
        "choices": CHOICES.items(),
        "steps": [(STEPS[step.kind], step, who) for step, who in page.steps],
        "values": values,
        "error": error,
        "longest": rules.LONGEST,
    }
    return render(request, "records/copy.html", context, status=422 if error else 200)


@signed_in
@require_POST
def copy_act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Decide of an item, make the file, or call the copy off."""
    names = ("act", "item", "choice", "hidden", "reason")
    values = {name: plain_text(request.POST, name).strip() for name in names}
    queries.copy_row(request.actor, public_id)
    said = {"by": request.actor, "at": request.at, "request": public_id}
    try:
        if values["act"] == "finish":
            actions.finish_copy(**said)  # type: ignore[arg-type]
            messages.success(request, "The file is made. Take it and hand it out; that is noted.")
        elif values["act"] == "call_off":
            actions.call_off(**said, reason=values["reason"])  # type: ignore[arg-type]
            messages.success(request, "Called off.")
        else:
            item = int(whole(values["item"], 0))
            actions.rule_item(
                **said, item=item, choice=values["choice"], hidden=values["hidden"], reason=values["reason"]  # type: ignore[arg-type]
            )  # fmt: skip
            messages.success(request, f"Item {item} is decided.")
            return redirect(f"{reverse('person_copy', args=[public_id])}#item-{item}")
    except access.Refused as refusal:
        return _copy(request, public_id, values, refusal.sentence)
    return redirect("person_copy", public_id)


@signed_in
@require_POST
def copy_file(request: AskingRequest, public_id: str) -> HttpResponse:
    """The finished file. Taking it is a step of the copy, so it is asked for with POST."""
    row = queries.copy_row(request.actor, public_id)
    reads.note(
        actor=request.actor, at=request.at, kind="copy", subject=row.person_id, public_id=row.public_id
    )
    try:
        data = actions.hand_out(by=request.actor, at=request.at, request=public_id)
    except access.Refused as refusal:
        return _copy(request, public_id, {}, refusal.sentence)
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="copy-{public_id}.zip"'
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: AskingRequest) -> HttpResponse:
    """What the reader is asked to disclose of own private notes, for copies about others."""
    error = ""
    if request.method == "POST":
        chosen = [int(whole(str(one), 0)) for one in request.POST.getlist("note")]
        try:
            actions.disclose(
                by=request.actor, at=request.at, request=plain_text(request.POST, "request"), notes=chosen
            )
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Answered. Nobody hears of what you did not disclose.")
            return redirect("notes_asked")
    context = {"asked": queries.asked_of_me(request.actor), "error": error}
    return render(request, "records/notes.html", context, status=422 if error else 200)


@signed_in
@require_POST
def hold(request: AskingRequest, public_id: str) -> HttpResponse:
    """Set a hold about a person, or lift one."""
    queries.whose(request.actor, public_id, "hr_record.keep")
    values = {name: plain_text(request.POST, name).strip() for name in ("hold", "reason")}
    try:
        if values["hold"]:
            actions.lift(by=request.actor, at=request.at, hold=values["hold"], reason=values["reason"])
        else:
            actions.hold(by=request.actor, at=request.at, person=public_id, reason=values["reason"])
    except access.Refused as refusal:
        return _person(request, public_id, values, refusal.sentence)
    messages.success(
        request,
        "Lifted." if values["hold"] else "Set. Nothing about this person is erased until it is lifted.",
    )
    return redirect("records_of", public_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: AskingRequest) -> HttpResponse:
    """What is past its time in HR's units, to be erased after a look at it."""
    error = ""
    if request.method == "POST":
        access.require(request.actor, "hr_record.keep")
        try:
            row = actions.erase(
                by=request.actor, at=request.at, person=plain_text(request.POST, "person"),
                key=plain_text(request.POST, "key"), seen=int(whole(plain_text(request.POST, "seen"), -1)),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(
                request, f"The words of {formats.count(row.entries, 'entry', 'entries')} are erased."
            )
            return redirect("erasure")
    context = {"rows": queries.past_time(request.actor, request.at), "error": error}
    return render(request, "records/erasure.html", context, status=422 if error else 200)
