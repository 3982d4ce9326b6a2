"""Diagnoses: one page for the seller and the manager, the draft, what follows, and what observers were asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.debts import queries as debts
from fairlead.diagnoses import actions, queries, rules, wording
from fairlead.improvement import queries as improvement
from fairlead.looks import wording as look_wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.promises import queries as promises
from fairlead.records import queries as records
from fairlead.records import reads
from fairlead.standing import queries as standing
from fairlead.web import formats, numbers
from fairlead.web.given import day_or_none, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

NEXT_PAGE = "improvement_new"
"""The page on which a plan, or a talk about another place, goes on from a used diagnosis; it may not be there yet."""
_FIELDS = (
    "act", "words", "after", "change", "owner", "due_on", "talk_on", "review_on", "reason", "on", "observer", "about",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as it is shown: its verdict with its shape, the evidence, and what is computed beside it."""

    number: int
    name: str
    asks: str
    verdict: str
    shape: str
    says: str
    words: str
    points: tuple[wording.Point, ...]
    judged: bool
    failed: bool

    @property
    def speaks(self) -> bool:
        """Whether anything beside it speaks for the person: then it is shown at once."""
        return any(point.speaks for point in self.points)


def _layers(found: rules.Findings, facts: object) -> list[Layer]:
    beside = wording.beside(facts, formats.thousands)  # type: ignore[arg-type]
    layers = []
    for number, name in enumerate(rules.LAYERS):
        verdict = found.verdict(number)
        shape, says = wording.VERDICTS[verdict]
        layers.append(
            Layer(
                number, name, wording.ASKS[number], verdict, shape, says, found.words[number], beside[number],
                bool(verdict), verdict == "fail",
            )
        )  # fmt: skip
    return layers


def next_page(public_id: str) -> str:
    """Where a used diagnosis goes on with a plan; '' while there is no such page."""
    try:
        return reverse(NEXT_PAGE, args=[public_id])
    except NoReverseMatch:
        return ""


@signed_in
@require_POST
def begin(request: AskingRequest, public_id: str) -> HttpResponse:
    """Open a diagnosis of a look, or the own draft again."""
    try:
        row = actions.open_(by=request.actor, at=request.at, look=public_id)
    except access.Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("look", public_id)
    return redirect("diagnosis_write", row.public_id)


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One diagnosis. That somebody else than the seller opened it is noted, and the seller reads it."""
    return _one(request, public_id, {}, "")


def _read(request: AskingRequest, public_id: str) -> queries.Page:
    """A diagnosis for its reader, whose reading is noted once it was shared: before, nobody else is to know of it."""
    page = queries.one(request.actor, public_id, request.at)
    if page.line.standing.ever_shared:
        reads.note(
            actor=request.actor,
            at=request.at,
            kind="diagnosis",
            subject=page.line.person.id,
            public_id=public_id,
        )
    return page


def _one(request: AskingRequest, public_id: str, values: dict[str, str], error: str) -> HttpResponse:
    page = _read(request, public_id)
    line, now = page.line, page.line.standing
    layer = page.shown.findings.failing
    route = rules.ROUTE_OF[layer] if layer is not None else None
    context = {
        "page": page,
        "line": line,
        "now": now,
        "layers": _layers(page.shown.findings, page.facts),
        "unit": numbers.unit(),
        "compared": standing.compared(request.actor, line.person.id, request.at),
        "state": wording.STATES[now.state],
        "layer": layer,
        "layer_words": wording.layer_words(layer) if layer is not None else "",
        "route": route,
        "route_words": wording.ROUTES[route] if route else "",
        "changes": wording.CHANGES.items(),
        "reasons": look_wording.REASONS.items(),
        "steps": [
            (step, who, wording.ACTED[step.kind].format(version=step.version)) for step, who in page.steps
        ],
        "others": [(one, _layers(one.findings, page.facts)) for one in page.others],
        "thing": _thing(request, page),
        "change_words": wording.CHANGES[page.remedy.change] if page.remedy and page.remedy.change else "",  # type: ignore[index]
        "reads": records.reads_of_me(request.actor, thing=public_id) if page.side == "person" else (),
        "plan": improvement.of_diagnosis(request.actor, public_id, request.at),
        "next_page": next_page(public_id) if page.side == "manager" and now.state == "used" else "",
        "both_signed": len(now.signed) > 1,
        "waits": rules.may_use(now, page.moment),
        "first": line.person.name.split()[0],
        "values": values,
        "error": error,
        "longest": rules.LONGEST,
        "today": page.moment.today,
        "least": (rules.LEAST_SEEN, rules.LEAST_OBSERVERS, rules.LEAST_QUARTERS),
    }
    return render(request, "diagnoses/diagnosis.html", context, status=422 if error else 200)


@dataclass(frozen=True, slots=True)
class Thing:
    """The debt or promise a remedy made, where its reader may open it."""

    url: str
    says: str


def _thing(request: AskingRequest, page: queries.Page) -> Thing | None:
    if page.remedy is None or not page.remedy.thing:
        return None
    try:
        if page.remedy.change == "debt":
            debt = debts.one(request.actor, page.remedy.thing, request.at)
            return Thing(reverse("debt", args=[debt.public_id]), f"The company debt, {debt.standing.state}")
        promise = promises.one(request.actor, page.remedy.thing, request.at)
        return Thing(reverse("promise", args=[promise.public_id]), f"The promise, {promise.standing.state}")
    except (access.NotFound, access.NotAllowed):
        return None


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """The draft: layer by layer, with what is computed beside each."""
    page = _read(request, public_id)
    if page.side != "manager":
        access.require(request.actor, "diagnosis.write")
        raise access.NotFound("diagnosis")
    if not page.editable:
        return redirect("diagnosis", public_id)
    empty = [("", "")] * len(rules.LAYERS)
    kept = [(page.shown.findings.verdict(n), page.shown.findings.words[n]) for n in range(len(rules.LAYERS))]
    given, error = kept if page.own else empty, ""
    if request.method == "POST":
        given = [_given(request.POST, n) for n in range(len(rules.LAYERS))]
        after = int(whole(plain_text(request.POST, "after"), -1))
        try:
            actions.save(by=request.actor, at=request.at, diagnosis=public_id, given=given, after=after)
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Saved. Nobody else reads it until you share it.")
            return redirect("diagnosis", public_id)
    layers = _layers(page.shown.findings, page.facts)
    context = {
        "page": page,
        "line": page.line,
        "rows": [(layer, verdict, words) for layer, (verdict, words) in zip(layers, given, strict=True)],
        "unit": numbers.unit(),
        "error": error,
        "longest": rules.LONGEST,
        "fit": rules.FIT,
    }
    return render(request, "diagnoses/write.html", context, status=422 if error else 200)


def _given(post: QueryDict, layer: int) -> tuple[str, str]:
    return plain_text(post, f"verdict_{layer}"), plain_text(post, f"words_{layer}")


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Share, take back, read, answer, use, withdraw, close the look, observations, and what becomes of a talk."""
    values = {name: plain_text(request.POST, name).strip() for name in _FIELDS}
    row = queries.found(request.actor, public_id)
    person = row.person.name
    try:
        done = _acted(request, public_id, values)
    except access.Refused as refusal:
        return _one(request, public_id, values, refusal.sentence)
    lead = queries.one(request.actor, public_id, request.at).line.manager
    other = (lead.name if lead else "Your manager") if request.actor.person == row.person_id else person
    messages.success(request, done.format(name=other))
    if values["act"] == "closed":
        return redirect("look", row.look.public_id)
    return redirect("diagnosis", public_id)


def _acted(request: AskingRequest, public_id: str, values: dict[str, str]) -> str:
    by, at, after = request.actor, request.at, int(whole(values["after"], -1))
    match values["act"]:
        case "used":
            owner = _whom(values["owner"], "who answers for it") if values["change"] == "debt" else ""
            remedy = rules.Remedy(
                values["words"], values["change"], owner, day_or_none(values["due_on"]), day_or_none(values["talk_on"]),
                day_or_none(values["review_on"]),
            )  # fmt: skip
            actions.use(by=by, at=at, diagnosis=public_id, remedy=remedy, after=after)
        case "closed":
            actions.close(
                by=by,
                at=at,
                diagnosis=public_id,
                reason=values["reason"],
                words_=values["words"],
                after=after,
            )
            return "The diagnosis is set aside, and the look is closed with your reason. {name} is told."
        case "asked":
            actions.ask(by=by, at=at, diagnosis=public_id, observer=_whom(values["observer"], "whom to ask"))
            return "Asked. They read the name and a form, and nothing else."
        case "observed":
            actions.observe(
                by=by, at=at, diagnosis=public_id, on=day_or_none(values["on"]), words_=values["words"]
            )
            return "Written down. {name} reads it when you share the diagnosis."
        case "observation_back":
            actions.take_back(by=by, at=at, diagnosis=public_id, about=int(whole(values["about"], 0)))
            return "Taken back. It counts no more."
        case _:
            actions.act(
                by=by, at=at, diagnosis=public_id, kind=values["act"], words_=values["words"], after=after
            )
    return wording.DONE[values["act"]]


def _whom(name: str, what: str) -> str:
    """The public id of the person of a name as in the directory."""
    found = people.named(name) if name else []
    if not name:
        raise access.Refused("nobody_chosen", f"Write {what}: the full name as in the directory.")
    if len(found) != 1:
        several = "Several people are" if found else "Nobody here is"
        raise access.Refused(
            "nobody_chosen", f"{several} called {name}. Write the full name as in the directory."
        )
    return found[0].public_id


# Observations


@signed_in
@require_safe
def observations(request: AskingRequest) -> HttpResponse:
    """What one was asked to observe."""
    return render(request, "diagnoses/observations.html", {"lines": queries.asked(request.actor)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def observation(request: AskingRequest, public_id: str) -> HttpResponse:
    """One request: a name, and a form for what was done or said on which day."""
    queries.asked_row(request.actor, public_id)
    values, error = {name: plain_text(request.POST, name).strip() for name in _FIELDS}, ""
    if request.method == "POST":
        try:
            actions.answer(
                by=request.actor, at=request.at, asked=public_id, kind=values["act"], on=day_or_none(values["on"]),
                words_=values["words"], about=int(whole(values["about"], 0)),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, _ANSWERED.get(values["act"], "Written down."))
            return redirect("observation", public_id)
    context = {
        "line": queries.asked_one(request.actor, public_id), "values": values, "error": error,
        "longest": rules.LONGEST, "today": people.house().day(request.at),
    }  # fmt: skip
    return render(request, "diagnoses/observation.html", context, status=422 if error else 200)


_ANSWERED = {
    "observed": "Written down. Thank you. You can take it back while it is open.",
    "declined": "Thank you. No reason is asked, and none is kept.",
    "taken_back": "Taken back. It counts no more.",
}
