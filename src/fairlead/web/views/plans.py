"""The plan of a deal: read, written in one form, tested; and the card that goes upstairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import rules as deal_rules
from fairlead.desk import offers as sends
from fairlead.exits import queries as exits
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.plans import actions, mates, queries, rules, wording
from fairlead.web import formats, numbers
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.evidence import shown, weakest_words

_ROWS: dict[str, tuple[type[Any], int]] = {
    "rivals": (rules.Rival, 2),
    "players": (rules.Player, 2),
    "tactics": (rules.Tactic, 2),
    "resources": (rules.Resource, 1),
    "risks": (rules.Risk, 2),
}
"""Rows of the form -> what they are, and how many empty ones stand below those that are filled."""
_PLAIN = ("what", "how_much", "by_when", "signed_by", "strategy", "why", "changes_if")
PART_WORDS = {
    "what": "objective", "how_much": "objective", "by_when": "objective", "signed_by": "objective",
    "strategy": "strategy", "why": "strategy", "changes_if": "strategy", "rivals": "rivals", "players": "players",
    "tactics": "tactics", "resources": "resources", "risks": "risks",
}  # fmt: skip
STATE_SHAPES = {
    "done": "ok", "to_do": "wait", "dropped": "stop", "granted": "ok", "asked": "half", "refused": "stop",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TacticShown:
    """A tactic in the words of the page."""

    tactic: rules.Tactic
    serves: str
    shape: str
    word: str


def _tactic(tactic: rules.Tactic, names: Mapping[str, str], today: date) -> TacticShown:
    serves = "the strategy" if tactic.serves == "strategy" else names.get(tactic.serves, "")
    if tactic.state == "to_do" and tactic.due_on and tactic.due_on < today:
        return TacticShown(
            tactic, serves, "late", f"{formats.count((today - tactic.due_on).days, 'day')} late"
        )
    return TacticShown(tactic, serves, STATE_SHAPES[tactic.state], wording.STATES[tactic.state])


@signed_in
@require_safe
def plan(request: AskingRequest, public_id: str) -> HttpResponse:
    """The newest version, or ``?version=``."""
    return _page(request, public_id)


def _page(
    request: AskingRequest, public_id: str, *, words: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    asked = request.GET.get("version", "")
    found = queries.page(
        request.actor,
        public_id,
        request.at,
        version=whole(asked, None),
    )
    today = people.house().day(request.at)
    names = {one.key: one.name for one in found.panel.criteria.criteria}
    made = found.shown.plan if found.shown else rules.Plan()
    context = _body(made, names, today) | {
        "page": found,
        "shown": found.shown,
        "missing": [(key, wording.WHY_MISSING[key]) for key in found.missing],
        "evidence": [shown(line) for line in found.panel.lines],
        "weakest": weakest_words(found.panel),
        "older": found.shown is not None and found.shown.number != found.newest,
        "mine": found.shown is not None and found.shown.by == request.actor.name,
        "words": words,
        "error": error,
        "unit": numbers.unit(),
        "longest": rules.LONGEST,
        "share": rules.SHARE_OF_TARGET,
    }
    return render(request, "plans/plan.html", context, status=status)


def _body(plan: rules.Plan, names: Mapping[str, str], today: date) -> dict[str, Any]:
    """What a plan says, in words."""
    return {
        "plan": plan,
        "strategy": wording.STRATEGIES.get(plan.strategy),
        "tactics": [_tactic(tactic, names, today) for tactic in plan.tactics],
        "players": [
            (player, wording.INFLUENCES[player.influence], wording.STANCES[player.stance])
            for player in plan.players
        ],
        "resources": [
            (one, wording.KINDS[one.kind], STATE_SHAPES[one.state], wording.ANSWERS[one.state])
            for one in plan.resources
        ],
    }


# Plans beside each other


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """The plans one may read, and those of team mates where the manager opened them."""
    found = mates.listing(request.actor, request.at)
    context = {
        "page": found,
        "rows": [
            (one, wording.STRATEGIES.get(one.strategy, ("not chosen yet",))[0])
            for one in (*found.own, *found.mates)
        ],
        "sells": access.may(request.actor, "plan.write"),
        "today": people.house().day(request.at),
    }
    return render(request, "plans/list.html", context)


@signed_in
@require_safe
def mates_plan(request: AskingRequest, public_id: str) -> HttpResponse:
    """A team mate's plan."""
    found = mates.plan(request.actor, public_id, request.at)
    context = _body(found.plan, found.criteria, people.house().day(request.at))
    return render(request, "plans/mates.html", context | {"page": found, "shown": found})


@signed_in
@require_POST
def open_to_team(request: AskingRequest) -> HttpResponse:
    """Open the team's plans to the team, or close them."""
    on = request.POST.get("on") == "yes"
    actions.open_to_team(by=request.actor, at=request.at, on=on)
    messages.success(
        request,
        "Your people read each other’s plans of open deals from now on."
        if on
        else "Closed: each reads the own plans.",
    )
    return redirect("team_plans")


# The form


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: plain fields by name, rows by name with the fields of each."""

    plain: Mapping[str, str]
    rows: Mapping[str, list[dict[str, str]]]
    after_version: int


def _form_of(plan: rules.Plan, after_version: int) -> Typed:
    content = rules.content_of(plan)
    plain = {name: _text(content[name]) for name in _PLAIN}
    rows = {
        name: [{key: _text(value) for key, value in row.items()} for row in content[name]] for name in _ROWS
    }
    return Typed(plain, _with_blanks(rows), after_version)


def _text(value: Any) -> str:
    return "" if value is None or value is False else "yes" if value is True else str(value)


def _with_blanks(rows: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The rows with some empty ones below; doing nothing stands first among the rivals."""
    if not any(row.get("name") == rules.NOTHING for row in rows["rivals"]):
        rows["rivals"] = [{"name": rules.NOTHING, "case": ""}, *rows["rivals"]]
    for name, (kind, spare) in _ROWS.items():
        least = {"players": 3, "tactics": 3}.get(name, spare)
        count = min(max(spare, least - len(rows[name])), max(0, rules.MOST_ROWS - len(rows[name])))
        blank = {one.name: _text(one.default) for one in fields(kind)}
        rows[name] = [*rows[name], *(dict(blank) for _ in range(count))]
    return rows


def _typed(given: QueryDict) -> Typed:
    """The form as it was sent. Rows are read as far as they go; nothing typed is dropped here."""
    plain = {name: plain_text(given, name) for name in _PLAIN}
    rows: dict[str, list[dict[str, str]]] = {}
    for name, (kind, _) in _ROWS.items():
        rows[name] = []
        for number in range(rules.MOST_ROWS + 6):
            keys = [one.name for one in fields(kind)]
            row = {key: plain_text(given, f"{name}-{number}-{key}") for key in keys}
            if any(
                row[key].strip()
                for key in keys
                if key not in ("influence", "stance", "kind", "state", "serves")
            ):
                rows[name].append(row)
    after = given.get("after_version", "")
    return Typed(plain, rows, whole(after, 0))


def _content(typed: Typed) -> dict[str, Any]:
    rows = {name: [dict(row) for row in typed.rows[name]] for name in _ROWS}
    for row in rows["risks"]:
        row["kill"] = bool(row.get("kill"))  # type: ignore[assignment]
    for row in rows["tactics"]:
        row["serves"] = row.get("serves", "")
    rows["rivals"] = [row for row in rows["rivals"] if row["name"] != rules.NOTHING or row["case"].strip()]
    return {**typed.plain, **rows}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """One form for the whole plan; posting saves the next version. ``?copy=`` and ``?template=`` begin it."""
    access.require(request.actor, "plan.write")
    found = queries.page(request.actor, public_id, request.at)
    if not found.may_write:
        if found.status != "open":
            raise access.Refused("deal_closed", "The deal is closed. Its plan stays as it was.")
        raise access.NotFound("deal")
    if request.method != "POST":
        start = found.shown.plan if found.shown else _begin(request)
        return _form(request, found, _form_of(start, found.newest))
    typed = _typed(request.POST)
    try:
        made = rules.plan_of(_content(typed))
        version = actions.save(
            by=request.actor, at=request.at, deal=public_id, after_version=typed.after_version, plan=made
        )
    except (access.NotAllowed, access.NotFound):
        raise
    except actions.Overtaken as overtaken:
        newest = queries.page(request.actor, public_id, request.at)
        return _form(request, newest, typed, overtaken.sentence, 409, mine=made)
    except access.Refused as refusal:
        return _form(request, found, typed, refusal.sentence, 422)
    messages.success(request, f"Version {version.number} is saved. Earlier ones stay readable.")
    return redirect("plan", public_id)


def _begin(request: AskingRequest) -> rules.Plan:
    """What the form of a first plan starts from: a template, another deal's plan, or nothing."""
    template = next((one for one in rules.TEMPLATES if one.key == request.GET.get("template")), None)
    if template is not None:
        return template.plan
    if other := request.GET.get("copy", ""):
        there = _to_copy(request, other)
        return rules.copied(there) if there else rules.Plan()
    return rules.Plan()


def _to_copy(request: AskingRequest, deal: str) -> rules.Plan | None:
    """Another deal's plan: one that may be read, or a team mate's that is open."""
    try:
        shown = queries.page(request.actor, deal, request.at).shown
    except access.NotFound:
        return mates.plan(request.actor, deal, request.at).plan
    return shown.plan if shown else None


def _form(
    request: AskingRequest,
    found: queries.PlanPage,
    typed: Typed,
    error: str = "",
    status: int = 200,
    mine: rules.Plan | None = None,
) -> HttpResponse:
    theirs = found.shown.plan if found.shown and mine is not None else None
    parts = (
        dict.fromkeys(PART_WORDS[name] for name in rules.differing(mine, theirs)) if mine and theirs else {}
    )
    context = {
        "page": found,
        "typed": typed if not error else Typed(typed.plain, _with_blanks(dict(typed.rows)), found.newest),
        "error": error,
        "theirs": found.shown if theirs else None,
        "differing": ", ".join(parts),
        "strategies": [(key, *words) for key, words in wording.STRATEGIES.items()],
        "influences": wording.INFLUENCES.items(),
        "stances": wording.STANCES.items(),
        "kinds": wording.KINDS.items(),
        "answers": wording.ANSWERS.items(),
        "states": wording.STATES.items(),
        "serves": [("strategy", "the strategy"), *((c.key, c.name) for c in found.panel.criteria.criteria)],
        "templates": rules.TEMPLATES,
        "others": _others(request, found.deal) if not found.newest else [],
        "longest": rules.LONGEST,
        "next": found.newest + 1,
        "nothing": rules.NOTHING,
    }
    return render(request, "plans/write.html", context, status=status)


def _others(request: AskingRequest, but: str) -> list[tuple[str, str]]:
    """Plans to begin from, as (public id, name): those one may read, then the team mates'."""
    own = queries.to_copy(request.actor, request.at, but=but)
    opened = mates.listing(request.actor, request.at).mates
    return [*own, *((one.deal, f"{one.name}, {one.owner}") for one in opened[:20])]


@signed_in
@require_POST
def test(request: AskingRequest, public_id: str) -> HttpResponse:
    """Sign as tester of a version."""
    access.require(request.actor, "plan.test")
    given, words = request.POST.get("version", ""), plain_text(request.POST, "words")
    try:
        actions.test(
            by=request.actor, at=request.at, deal=public_id, words=words,
            version=whole(given, 0),
        )  # fmt: skip
    except (access.NotAllowed, access.NotFound):
        raise
    except access.Refused as refusal:
        return _page(request, public_id, words=words, error=refusal.sentence, status=422)
    messages.success(request, "Signed. The author is told.")
    return redirect("plan", public_id)


# The card


@signed_in
@require_safe
def card(request: AskingRequest, public_id: str) -> HttpResponse:
    """The up-card of a deal."""
    found = queries.card(request.actor, public_id, request.at)
    today = people.house().day(request.at)
    oldest = formats.count((today - found.oldest).days, "day") if found.oldest else ""
    context = {
        "card": found,
        "writes": sends.may_write_of(request.actor, found.deal, request.at),
        "amount": "" if found.amount is None else deal_rules.spoken(found.amount, people.house().currency),
        "oldest": oldest,
        "parts": [
            (
                "Where we are",
                found.where_we_are,
                "No buyer has said, written or done anything that is on record.",
            ),
            ("What could go wrong", found.could_go_wrong, "No criterion is weak and no flag is up."),
            ("What we do", found.what_we_do, "No dated act is planned."),
            ("You can help", found.you_can_help, "Nothing is asked of you now."),
        ],
    }
    return render(request, "plans/card.html", context)


@signed_in
@require_safe
def cards(request: AskingRequest) -> HttpResponse:
    """The up-cards the reader may see, largest deal first."""
    access.require(request.actor, "card.read")
    context = {
        "cards": queries.cards(request.actor, request.at),
        "exit_cards": exits.upstairs(request.actor, request.at),
        "unit": numbers.unit(),
    }
    return render(request, "plans/cards.html", context)
