"""Improvement plans: lists, one plan, writing and changing it, measuring, the cover plan, a plan of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.diagnoses import queries as diagnoses
from fairlead.diagnoses import rules as layers
from fairlead.grounds import queries as grounds
from fairlead.improvement import actions, after, content, measures, outside, queries, rules, wording
from fairlead.improvement import impact as screening
from fairlead.improvement.content import Commitment, Content, Milestone, PlanDeal, Task
from fairlead.mail import queries as mail
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import queries as evidence
from fairlead.records import queries as records
from fairlead.records import reads
from fairlead.standing import queries as standing
from fairlead.web import charts, downloads
from fairlead.web.given import day, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.outside import as_pdf

_MILESTONES = 3
STATES = {
    "reached": ("ok", "reached"),
    "on_way": ("half", "on the way"),
    "behind": ("late", "behind"),
    "to_come": ("wait", "to come"),
}


# Lists


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """What waits for the reader, own plans, those of direct reports, HR's, and what superiors see as days."""
    actor, at = request.actor, request.at
    queries.require_any(actor)
    leads, hr = access.may(actor, "improvement.lead"), access.may(actor, "improvement.gate")
    context = {
        "mine": _shown(queries.mine(actor, at)),
        "draft": queries.self_draft(actor) is not None,
        "may_own": standing.runs_for(actor, at),
        "leads": leads,
        "hr": hr,
        "reports": _shown(queries.of_reports(actor, at)) if leads else [],
        "register": _shown(queries.for_hr(actor, at)) if hr else [],
        "to_decide": _shown(queries.to_decide(actor, at)),
        "to_measure": queries.to_measure(actor, at),
        "below": [(one, *wording.PHASES[one.phase]) for one in _by_end(queries.below(actor, at))]
        if leads
        else [],
        "summaries": [(one, _outcome(one.outcome)) for one in queries.summaries(actor, at)] if leads else [],
    }
    return render(request, "improvement/list.html", context)


def _by_end(lines: Sequence[queries.Status]) -> list[queries.Status]:
    """The longest overdue first, then what ends first."""
    return sorted(lines, key=lambda one: (-one.late, one.ends_on or date.max, one.person))


def _outcome(code: str) -> str:
    return next((words for key, words in wording.OUTCOMES.items() if key == code), "")


def _shown(lines: Sequence[queries.Line]) -> list[tuple[queries.Line, str, str, str, str]]:
    """Each line with the words of its form, its state's shape and word, and its outcome."""
    return [
        (one, wording.FORMS[one.form], *wording.PHASES[one.phase], _outcome(one.outcome)) for one in lines
    ]


@signed_in
@require_safe
def record(request: AskingRequest) -> HttpResponse:
    """HR's record: each manager's plans as counts."""
    return render(request, "improvement/record.html", {"lines": after.record(request.actor, request.at)})


@signed_in
@require_safe
def year_after(request: AskingRequest) -> HttpResponse:
    """A year after each parting, redeployment and met plan, for HR: who is still here, where, and how they stand."""
    lines = after.a_year(request.actor, request.at)
    context = {"due": [one for one in lines if one.due], "later": [one for one in lines if not one.due]}
    return render(request, "improvement/year.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def impact(request: AskingRequest) -> HttpResponse:
    """The screen for adverse impact. The groups come with the form, are compared, and are gone."""
    access.require(request.actor, "impact.screen")
    values = {name: plain_text(request.POST, name).strip() for name in ("text", "what", "months")}
    found, error = None, ""
    if request.method == "POST":
        months = int(whole(values["months"], 0))
        try:
            found = queries.screen(
                request.actor, request.at, text=values["text"], what=values["what"], months=months
            )
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            actions.note_screen(
                by=request.actor, at=request.at, what=values["what"], months=months, groups=len(found.lines),
                people_=found.people,
            )  # fmt: skip
    context = {
        "found": found, "values": values, "error": error, "screened": queries.SCREENED.items(),
        "said": queries.SCREENED.get(values["what"], ""), "months": queries.MONTHS, "least": screening.LEAST,
    }  # fmt: skip
    return render(request, "improvement/impact.html", context, status=422 if error else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def protected(request: AskingRequest) -> HttpResponse:
    """Plans of one's own that keep a formal plan away, for HR: whose and until when, and ending that in writing."""
    values = {name: plain_text(request.POST, name).strip() for name in ("plan", "words")}
    queries.protections(request.actor, request.at)
    error = ""
    if request.method == "POST":
        try:
            actions.lift_protection(
                by=request.actor, at=request.at, plan=values["plan"], words=values["words"]
            )
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Written down. The person reads why, and a formal plan can begin.")
            return redirect("improvement_protected")
    context = {
        "lines": queries.protections(request.actor, request.at), "values": values, "error": error,
        "longest": content.LONGEST, "layers": layers.LAYERS,
    }  # fmt: skip
    return render(request, "improvement/protected.html", context, status=422 if error else 200)


# One plan


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One plan, the same page for the person, the manager and HR."""
    return _one(request, public_id, {}, "")


def _page(request: AskingRequest, public_id: str) -> queries.Page:
    """The plan for its reader, whose reading is noted."""
    page = queries.page(request.actor, public_id, request.at)
    _note(request, page.found)
    return page


def _note(request: AskingRequest, found: queries.Found) -> None:
    """Note who reads it, from publication on: a note of a draft would tell the person of it, and HR of an own plan."""
    if found.now.published is None or found.now.form == "self":
        return
    reads.note(
        actor=request.actor,
        at=request.at,
        kind="plan",
        subject=found.row.person_id,
        public_id=found.row.public_id,
    )


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A task as the page writes it."""

    line: queries.TaskLine
    shape: str
    word: str
    plot: charts.Chart
    how: str


def _one(request: AskingRequest, public_id: str, values: Mapping[str, str], error: str) -> HttpResponse:
    page = _page(request, public_id)
    found, now = page.found, page.found.now
    sides = found.sides
    waits = outside.waits(request.actor, found, request.at) if "hr" in sides else None
    needs = not page.deciders or (now.appeal is not None and not page.hearers)
    context = {
        "page": page,
        "line": page.line,
        "now": now,
        "held": found.content,
        "proposed": found.proposed,
        "sides": sides,
        "is_person": "person" in sides,
        "stamp": actions.stamp(found),
        "phase": wording.PHASES[now.phase],
        "form_words": wording.FORMS[now.form],
        "tasks": [
            TaskShown(
                one, *STATES[one.state], charts.measure_glyph(one.task.baseline, one.now, one.task.target),
                wording.METRICS[one.task.metric][0],
            )
            for one in page.tasks
        ],
        "reached": sum(one.state == "reached" for one in page.tasks),
        "marks": sum(len(one.milestones) for one in page.deals if not one.freed),
        "marks_met": sum(bool(mark.on) for one in page.deals if not one.freed for mark in one.milestones),
        "held_checkins": sum(one.step is not None and one.step.kind == "checked_in" for one in page.checkins),
        "late_owed": [one for one in page.owed if one.days_late and one.delivered_on is None] if now.open else [],
        "next_task": _next_task(page),
        "over": queries.closed_on(now) is not None,
        "decided_by": _who(now.decision, found),
        "seconded_by": _who(now.second, found),
        "steps": [(step, who, _act_words(step, found)) for step, who in found.steps],
        "outcomes": [(code, wording.OUTCOMES[code]) for code in page.outcomes],
        "outcome": _outcome(now.decision.said) if now.decision else "",
        "layer": layers.LAYERS[found.row.layer] if found.row.layer is not None else "",
        "diagnosis": _diagnosis(request, found),
        "next_checkin": next((one for one in page.checkins if one.step is None or one.step.kind == "missed"), None),
        "compared": standing.compared(request.actor, found.row.person_id, request.at)
        if {"manager", "hr"} & sides
        else None,
        "reviewer": outside.in_force(found.row.person_id, found.given.today) if needs else None,
        "outside": waits,
        "outside_words": wording.DUTIES[waits.duty][0] if waits else "",
        "mails": mail.sends(),
        "sent": [(one, wording.DUTIES[rules.duty(one.duty)][0]) for one in outside.sent_of(found.row)]
        if "hr" in sides
        else [],
        "values": values,
        "error": error,
        "longest": content.LONGEST,
        "today": found.given.today,
        "writes": "manager" in sides and now.phase == "draft",
        "reads": records.reads_of_me(request.actor, thing=public_id)
        if "person" in sides and now.form != "self"
        else None,
    }  # fmt: skip
    return render(request, "improvement/plan.html", context, status=422 if error else 200)


def _diagnosis(request: AskingRequest, found: queries.Found) -> str:
    """The public id of the diagnosis it follows from, where its reader may open that."""
    try:
        return diagnoses.found(request.actor, found.row.diagnosis).public_id if found.row.diagnosis else ""
    except (access.NotAllowed, access.NotFound):
        return ""


def _next_task(page: queries.Page) -> Task | None:
    """The task that is due next of those that are not reached."""
    still = [
        one.task for one in page.tasks
        if one.state != "reached" and one.task.due_on is not None and one.task.due_on >= page.found.given.today
    ]  # fmt: skip
    return min(still, key=lambda task: task.due_on or date.max, default=None)


def _who(step: rules.Step | None, found: queries.Found) -> str:
    """Who did an act."""
    return next((who for one, who in found.steps if step is not None and one.number == step.number), "")


def _act_words(step: rules.Step, found: queries.Found) -> str:
    words = wording.ACTS[step.kind]
    if step.kind == "checked_in":
        return f"{words} {step.which}"
    if step.kind == "missed":
        return f"{words}: {step.which}, by the {step.said}"
    if step.kind == "decided":
        return f"{words}: {_outcome(step.said).lower()}" + (f" by {step.value} days" if step.value else "")
    if step.kind == "heard":
        return f"{words}: {'the decision stands' if step.said == 'upheld' else 'the decision is overturned'}"
    if step.kind == "measured":
        task = next(
            (one for one in (found.content.tasks if found.content else ()) if one.key == step.which), None
        )
        return f"{words} {step.value}{f' of {task.target}, {task.what}' if task else ''}"
    return words


@signed_in
@require_safe
def packet(request: AskingRequest, public_id: str) -> HttpResponse:
    """What its reader sees of a plan as a PDF; ``?paper=letter`` for the other size."""
    made = as_pdf(request, _page(request, public_id), request.actor.name)
    if made is None:
        raise access.Refused(
            "no_font", "This server has no font for a letter in this plan. The page itself can be printed."
        )
    return made


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """One act with a plan."""
    names = ("act", "words", "which", "said", "value", "after")
    values = {name: plain_text(request.POST, name).strip() for name in names}
    queries.of_person(request.actor, public_id, request.at)
    try:
        actions.act(
            by=request.actor, at=request.at, plan=public_id, kind=values["act"], words=values["words"],
            which=values["which"], said=values["said"], value=whole(values["value"], None),
            after=int(whole(values["after"], -1)),
        )  # fmt: skip
    except access.Refused as refusal:
        return _one(request, public_id, values, refusal.sentence)
    messages.success(request, wording.DONE[values["act"]])
    try:
        queries.of_person(request.actor, public_id, request.at)
    except access.NotFound:
        return redirect("improvement")
    return redirect("improvement_plan", public_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: AskingRequest, public_id: str) -> HttpResponse:
    """Begin what follows from a direct report's used diagnosis, whose id is in the address."""
    actor = request.actor
    access.require(actor, "improvement.lead")
    person = diagnoses.found(actor, public_id).person
    people.require_on(actor, "improvement.lead", person.pk, "person")
    if not grounds.covered(person.pk, people.house().day(request.at)):
        raise access.NotFound("person")
    error = ""
    if request.method == "POST":
        try:
            row = actions.begin(by=actor, at=request.at, person=person.public_id)
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            return redirect("improvement_write", row.public_id)
    reads.note(actor=actor, at=request.at, kind="diagnosis", subject=person.pk, public_id=public_id)
    cause = diagnoses.usable(person.pk)
    context = {
        "person": person, "cause": cause, "layer": layers.LAYERS[cause.layer] if cause else "", "error": error,
        "days": queries.least_days(person.pk, request.at),
    }  # fmt: skip
    return render(request, "improvement/begin.html", context, status=422 if error else 200)


# Writing


_TASK = ("what", "gap", "metric", "unit", "baseline", "target", "source", "assessor", "due_on")
_OWED = ("what", "owner", "due_on")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, prefilled or kept after a refusal."""

    plain: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[Mapping[str, str], ...] = ()
    deals: tuple[Mapping[str, Any], ...] = ()
    owed: tuple[Mapping[str, str], ...] = ()


def _typed(given: QueryDict) -> Typed:
    def text(name: str) -> str:
        return plain_text(given, name).strip()

    def rows(mark: str, names: Sequence[str], most: int) -> tuple[Mapping[str, str], ...]:
        every = [{name: text(f"{mark}{n}-{name}") for name in names} for n in range(most)]
        return tuple(row for row in every if any(row[name] for name in names if name != "metric"))

    deals = []
    for n in range(content.MOST_DEALS):
        marks = [
            {name: text(f"d{n}-m{k}-{name}") for name in ("criterion", "grade", "due_on")}
            for k in range(_MILESTONES)
        ]
        if text(f"d{n}-deal"):
            deals.append({"deal": text(f"d{n}-deal"), "marks": [mark for mark in marks if mark["criterion"]]})
    return Typed(
        {name: text(name) for name in ("why", "days", "words", "layer", "after")},
        rows("t", _TASK, content.MOST_TASKS), tuple(deals), rows("c", _OWED, content.MOST_COMMITMENTS),
    )  # fmt: skip


def _of(held: Content, names: Mapping[str, str]) -> Typed:
    def day(one: date | None) -> str:
        return one.isoformat() if one else ""

    return Typed(
        {"why": held.why, "days": str(held.days)},
        tuple(
            {
                "what": one.what, "gap": one.gap, "metric": one.metric, "unit": one.unit, "baseline": str(one.baseline),
                "target": str(one.target), "source": one.source, "assessor": names.get(one.assessor, ""),
                "due_on": day(one.due_on),
            }
            for one in held.tasks
        ),
        tuple(
            {
                "deal": one.deal,
                "marks": [
                    {"criterion": mark.criterion, "grade": str(mark.grade), "due_on": day(mark.due_on)}
                    for mark in one.milestones
                ],
            }
            for one in held.deals
        ),
        tuple({"what": one.what, "owner": one.owner_name, "due_on": day(one.due_on)} for one in held.commitments),
    )  # fmt: skip


def _content(typed: Typed, deals: Mapping[str, str], criteria: Mapping[str, str]) -> Content:
    """The form as a plan. Raises Refused for what is no day, no number or no person."""
    return Content(
        typed.plain["why"][: content.LONGEST],
        _number(typed.plain["days"], "how many days the plan lasts") or 0,
        tuple(_task(row, n) for n, row in enumerate(typed.tasks, 1)),
        tuple(_deal(row, deals, criteria) for row in typed.deals),
        tuple(_commitment(row) for row in typed.owed),
    )


def _number(text: str, what: str) -> int | None:
    if not text:
        return None
    said = whole(text, None)
    if said is None:
        raise access.Refused("bad_number", f"Write {what} as a whole number.")
    return said


def _person(name: str, what: str) -> tuple[str, str]:
    """(public id, name) of the one person of a name, both '' for none written."""
    if not name:
        return "", ""
    found = people.named(name, there=True)
    if len(found) != 1:
        raise access.Refused(
            "no_person",
            f"“{name[:60]}” for {what} is nobody here, or several people. Write the name as it stands in People.",
        )
    return found[0].public_id, found[0].name


def _task(row: Mapping[str, str], number: int) -> Task:
    metric = row["metric"] if row["metric"] in content.METRICS else "counted"
    unit = row["unit"] or wording.UNITS.get(metric, "")
    source = row["source"] or (wording.METRICS[metric][1] if metric in content.COMPUTED else "")
    computed = metric in content.COMPUTED
    return Task(
        "", row["gap"][: content.SHORT], row["what"][: content.SHORT], metric, unit[:60],
        _number(row["baseline"], f"the baseline of task {number}") or 0,
        _number(row["target"], f"the target of task {number}") or 0, source[: content.SHORT],
        "" if computed else _person(row["assessor"], f"task {number}")[0], day(row["due_on"]),
    )  # fmt: skip


def _deal(row: Mapping[str, Any], deals: Mapping[str, str], criteria: Mapping[str, str]) -> PlanDeal:
    return PlanDeal(
        row["deal"], deals.get(row["deal"], ""),
        tuple(
            Milestone(
                "", mark["criterion"], criteria.get(mark["criterion"], mark["criterion"]), int(whole(mark["grade"], 2)),
                day(mark["due_on"]),
            )
            for mark in row["marks"]
        ),
    )  # fmt: skip


def _commitment(row: Mapping[str, str]) -> Commitment:
    owner, name = _person(row["owner"], "what the company does")
    return Commitment("", row["what"][: content.SHORT], owner, name, day(row["due_on"]))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """Write the draft, send it to HR, or change a published plan, which pauses it."""
    found = queries.of_person(request.actor, public_id, request.at)
    if "manager" not in found.sides or found.content is None or found.now.form == "self":
        raise access.NotFound("plan")
    _note(request, found)
    changes = found.now.phase in ("running", "paused")
    if found.now.phase not in ("draft", "running", "paused"):
        return redirect("improvement_plan", public_id)
    deals, criteria = _choices(found.row.person_id, request)
    if request.method != "POST":
        held = found.proposed or found.content
        return _form(request, found, _of(held, _names(held)), "", changes)
    typed = _typed(request.POST)
    do = request.POST.get("do", "")
    if do.startswith("more"):
        return _form(request, found, typed, "", changes, more=do[5:])
    after = int(whole(typed.plain["after"], -1))
    try:
        held = _content(typed, deals, criteria)
        if changes:
            actions.change(
                by=request.actor,
                at=request.at,
                plan=public_id,
                held=held,
                words=typed.plain["words"],
                after=after,
            )
        else:
            actions.save(by=request.actor, at=request.at, plan=public_id, held=held, after=after)
    except access.Refused as refusal:
        return _form(request, found, typed, refusal.sentence, changes)
    if changes:
        messages.success(request, wording.DONE["changed"])
        return redirect("improvement_plan", public_id)
    if do != "submit":
        messages.success(request, "Saved. Nobody else sees the draft.")
        return redirect("improvement_write" if do == "stay" else "improvement_plan", public_id)
    try:
        actions.act(by=request.actor, at=request.at, plan=public_id, kind="submitted")
    except access.Refused as refusal:
        saved = queries.of_person(request.actor, public_id, request.at)
        return _form(request, saved, typed, f"It is saved, and not sent: {refusal.sentence}", changes)
    messages.success(request, wording.DONE["submitted"])
    return redirect("improvement_plan", public_id)


def _names(held: Content) -> dict[str, str]:
    return {key: people.find(key).name for key in {one.assessor for one in held.tasks if one.assessor}}


def _choices(person: int, request: AskingRequest) -> tuple[dict[str, str], dict[str, str]]:
    day = people.house().day(request.at)
    return dict(measures.open_deals(person)), {
        one.key: one.name for one in evidence.criteria_on(day).criteria
    }


def _form(
    request: AskingRequest, found: queries.Found, typed: Typed, error: str, changes: bool, more: str = ""
) -> HttpResponse:
    person = people.node(found.row.person_id)
    context = _fields(request, person.id, typed, more) | {
        "person": person,
        "found": found,
        "talk": found.now.form == "redeployment",
        "changes": changes,
        "stamp": actions.stamp(found),
        "returned": found.now.gate if found.now.gate and found.now.gate.kind == "returned" else None,
        "error": error,
        "least": queries.least_days(person.id, request.at),
        "most": content.LONGEST_PLAN,
        "back": reverse("improvement_plan", args=[found.row.public_id]),
    }
    return render(request, "improvement/write.html", context, status=422 if error else 200)


def _fields(
    request: AskingRequest, person: int, typed: Typed, more: str, alone: bool = False
) -> dict[str, Any]:
    """The rows of the form with their blank ones, and what can be chosen in them."""
    deals, criteria = _choices(person, request)
    manager = people.manager_of(person)
    near = {one.name for one in people.nodes(people.chain(person)[1:3])}
    near |= (
        {one.name for one in people.reports(manager) if one.id != person} if manager is not None else set()
    )

    def blank(rows: Sequence[Any], name: str, least: int, most: int, empty: Any) -> list[tuple[int, Any]]:
        count = min(max(len(rows) + (name == more), least), most)
        return list(enumerate([*rows, *[empty] * (count - len(rows))]))

    empty_deal = {"deal": "", "marks": []}
    shown = [
        (n, row, list(enumerate([*row["marks"], *[{}] * (_MILESTONES - len(row["marks"]))])))
        for n, row in blank(
            typed.deals, "deals", 0 if alone else content.LEAST_DEALS, content.MOST_DEALS, empty_deal
        )
    ]
    return {
        "typed": typed,
        "tasks": blank(typed.tasks, "tasks", 1, content.MOST_TASKS, {}),
        "deal_rows": shown,
        "owed": blank(typed.owed, "owed", 0 if alone else 1, content.MOST_COMMITMENTS, {}),
        "deals": deals.items(),
        "criteria": criteria.items(),
        "metrics": [(key, words) for key, words in wording.METRICS.items()],
        "near": sorted(near),
        "today": people.house().day(request.at),
        "longest": content.LONGEST,
        "short": content.SHORT,
        "more_focus": more,
        "full": {
            "tasks": len(typed.tasks) >= content.MOST_TASKS, "deals": len(typed.deals) >= content.MOST_DEALS,
            "owed": len(typed.owed) >= content.MOST_COMMITMENTS,
        },
    }  # fmt: skip


# Measuring


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: AskingRequest, public_id: str, task: str) -> HttpResponse:
    """The page of whoever measures a task; it shows for whom, what, and what was measured before."""
    found = queries.one_to_measure(request.actor, public_id, task, request.at)
    values = {name: plain_text(request.POST, name).strip() for name in ("value", "words", *content.RUBRIC)}
    error = ""
    if request.method == "POST":
        try:
            actions.measure(
                by=request.actor, at=request.at, plan=public_id, task=task, value=_number(values["value"], "the count"),
                scores={part: _number(values[part], f"the points of {part}") for part in content.RUBRIC},
                words=values["words"],
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Written down. The person and the manager read it.")
            return redirect("improvement_measure", public_id, task)
    context = {
        "found": found, "task": found.task, "values": values, "error": error, "rubric": content.RUBRIC,
        "most": content.RUBRIC_MOST, "longest": content.LONGEST, "how": wording.METRICS[found.task.metric][1],
        "parts": [(part, values[part]) for part in content.RUBRIC],
    }  # fmt: skip
    return render(request, "improvement/measure.html", context, status=422 if error else 200)


# The cover plan


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: AskingRequest, public_id: str) -> HttpResponse:
    """Who covers which account; suggestions are suggestions."""
    page = _page(request, public_id)
    found = page.found
    readers = {"manager", "hr", "decider", "hearer"} & found.sides
    if found.now.form == "self" or found.now.published is None or not (readers or page.cover):
        raise access.NotFound("plan")
    writes = "manager" in found.sides and found.now.phase in ("running", "paused", "pending")
    error = ""
    typed: dict[str, dict[str, str]] = {}
    if request.method == "POST":
        for one in page.cover:
            names = ("covered_by", "hand_over", "first_call_on")
            typed[one.account] = {
                name: plain_text(request.POST, f"{one.account}-{name}").strip() for name in names
            }
        lines = [{"account": key, **row} for key, row in typed.items()]
        try:
            actions.cover(
                by=request.actor, at=request.at, plan=public_id, lines=lines,
                after=int(whole(plain_text(request.POST, "after"), -1)),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Saved.")
            return redirect("improvement_cover", public_id)
    rows = [
        (
            one,
            typed.get(one.account)
            or {
                "covered_by": one.covered_by, "hand_over": one.hand_over,
                "first_call_on": one.first_call_on.isoformat() if one.first_call_on else "",
            },
        )
        for one in page.cover
    ]  # fmt: skip
    mates = [(one.key, one.name) for one in queries.mates_of(found.row.person_id)]
    context = {
        "page": page, "rows": rows, "mates": mates, "names": dict(mates), "writes": writes, "error": error,
        "short": content.SHORT, "today": found.given.today, "missing": sum(not one.whole for one in page.cover),
        "is_person": "person" in found.sides,
    }  # fmt: skip
    return render(request, "improvement/cover.html", context, status=422 if error else 200)


_COVER_COLUMNS = ("Account", "Industry", "Open deals", "Covered by", "First call", "Hand-over")


@signed_in
@require_safe
def cover_csv(request: AskingRequest, public_id: str) -> Any:
    """The cover plan as a file, for whoever changes the owners in the CRM."""
    page = _page(request, public_id)
    if not page.cover:
        raise access.NotFound("plan")
    rows = [
        (
            one.name, one.industry, one.open_deals, one.covered_by_name,
            one.first_call_on.isoformat() if one.first_call_on else "", one.hand_over,
        )
        for one in page.cover
    ]  # fmt: skip
    return downloads.as_csv("cover-plan", _COVER_COLUMNS, rows)


# A plan of one's own


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: AskingRequest) -> HttpResponse:
    """Write a plan for oneself, keep it private, share it, or throw it away."""
    actor, at = request.actor, request.at
    access.require(actor, "improvement.self")
    draft = queries.self_draft(actor)
    if request.method != "POST":
        held = content.content_of(draft.content) if draft else Content(days=content.SELF_DAYS)
        typed = _of(held, _names(held))
        layer = "" if draft is None or draft.layer is None else str(draft.layer)
        typed = replace(typed, plain={**typed.plain, "layer": layer})
        return _own(request, typed, "", draft is not None)
    do = request.POST.get("do", "")
    typed = _typed(request.POST)
    if do.startswith("more"):
        return _own(request, typed, "", draft is not None, do[5:])
    if do == "drop":
        actions.drop_own(by=actor)
        messages.success(request, "Thrown away.")
        return redirect("improvement")
    try:
        held = _content(typed, *_choices(actor.id, request))
        chosen = whole(typed.plain["layer"], -1)
        actions.keep_own(
            by=actor,
            at=at,
            held=held,
            layer=chosen if 0 <= chosen < len(layers.LAYERS) else None,
        )
    except access.Refused as refusal:
        return _own(request, typed, refusal.sentence, draft is not None)
    if do != "share":
        messages.success(request, "Kept for you alone.")
        return redirect("improvement_own")
    try:
        row = actions.share_own(by=actor, at=at)
    except access.Refused as refusal:
        return _own(request, typed, f"It is kept, and not shared: {refusal.sentence}", True)
    messages.success(
        request, "Shared. Your manager reads it from now on, and it protects you while you are on time."
    )
    return redirect("improvement_plan", row.public_id)


def _own(request: AskingRequest, typed: Typed, error: str, kept: bool, more: str = "") -> HttpResponse:
    context = _fields(request, request.actor.id, typed, more, alone=True) | {
        "error": error, "kept": kept, "least": 1, "most": content.SELF_DAYS, "alone": True,
        "layers": [(str(n), name) for n, name in enumerate(layers.LAYERS) if n],
    }  # fmt: skip
    return render(request, "improvement/own.html", context, status=422 if error else 200)
