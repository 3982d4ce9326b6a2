"""The plan of a deal: read, written in one form, tested; and the card that goes upstairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import rules as deal_rules
from fairlead.desk import offers as sends
from fairlead.enablement import library
from fairlead.enablement import queries as enablement
from fairlead.enablement.rules import KNOWN
from fairlead.exits import queries as exits
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.plans import actions, mates, queries, rules, wording
from fairlead.web import formats, numbers
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.evidence import shown, weakest_words

_ROWS: dict[str, type[Any]] = {
    "rivals": rules.Rival, "players": rules.Player, "tactics": rules.Tactic, "resources": rules.Resource,
    "risks": rules.Risk,
}  # fmt: skip
_CHOSEN = ("influence", "stance", "kind", "state", "serves", "kill")
"""What a row says without anybody having typed."""
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
        "missing": [wording.WHY_MISSING[key] for key in found.missing if key in rules.START],
        "missing_later": [wording.WHY_MISSING[key] for key in found.missing if key not in rules.START],
        "evidence": [shown(line) for line in found.panel.lines],
        "weakest": weakest_words(found.panel),
        "older": found.shown is not None and found.shown.number != found.newest,
        "mine": found.shown is not None and found.shown.mine,
        "tested_before": _tested_before(found),
        "words": words,
        "error": error,
        "unit": numbers.unit(),
        "longest": rules.LONGEST,
        "share": rules.SHARE_OF_TARGET,
        "cites": enablement.cites(request.actor, public_id, request.at),
        "material": library.in_plan(request.actor, public_id, request.at),
        "known_kinds": KNOWN,
        "may_cite": found.may_write and (found.shown is None or found.shown.number == found.newest),
    }
    return render(request, "plans/plan.html", context, status=status)


def _tested_before(found: queries.PlanPage) -> tuple[int, queries.Test] | None:
    """The reader's last test of an earlier version, where the one shown has none of theirs: it changed since."""
    if found.shown is None or found.shown.my_tests:
        return None
    earlier = [
        (one.number, test)
        for one in found.versions
        for test in one.my_tests
        if one.number < found.shown.number
    ]
    return max(earlier, key=lambda pair: pair[0], default=None)


def _body(plan: rules.Plan, names: Mapping[str, str], today: date) -> dict[str, Any]:
    """What a plan says, in words."""
    return {
        "plan": plan,
        "strategy": wording.STRATEGIES.get(plan.strategy),
        "tactics": [_tactic(tactic, names, today) for tactic in plan.tactics],
        "players": [
            (player, _word_of("influence", player.influence), _word_of("stance", player.stance))
            for player in plan.players
        ],
        "resources": [
            (one, wording.KINDS[one.kind], STATE_SHAPES[one.state], wording.ANSWERS[one.state])
            for one in plan.resources
        ],
    }


def _word_of(what: str, key: str) -> str:
    """An influence or a stance where nothing else says which of both it is."""
    words = (wording.INFLUENCES if what == "influence" else wording.STANCES)[key]
    return f"{what} {words}" if key == "unknown" else words


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
    """What stands in the form: plain fields by name, rows by name with the fields of each.

    ``blanks``: rows by name -> how many empty ones stand below those that are filled.
    """

    plain: Mapping[str, str]
    rows: Mapping[str, list[dict[str, str]]]
    after_version: int
    blanks: Mapping[str, int] = field(default_factory=dict)


def _form_of(plan: rules.Plan, after_version: int) -> Typed:
    content = rules.content_of(plan)
    plain = {name: _text(content[name]) for name in _PLAIN}
    rows = {
        name: [{key: _text(value) for key, value in row.items()} for row in content[name]] for name in _ROWS
    }
    return Typed(plain, rows, after_version)


def _text(value: Any) -> str:
    return "" if value is None or value is False else "yes" if value is True else str(value)


def _with_blanks(typed: Typed, owner: str) -> dict[str, list[dict[str, str]]]:
    """The rows with an empty one below each; doing nothing stands first among the rivals."""
    rows = {name: list(found) for name, found in typed.rows.items()}
    if not any(row.get("name") == rules.NOTHING for row in rows["rivals"]):
        rows["rivals"] = [{"name": rules.NOTHING, "case": ""}, *rows["rivals"]]
    rows["rivals"].sort(key=lambda row: row["name"] != rules.NOTHING)
    stops = any(row["kill"] for row in rows["risks"])
    for name, kind in _ROWS.items():
        count = min(typed.blanks.get(name, 1), max(0, rules.MOST_ROWS - len(rows[name])))
        blank = {one.name: _text(one.default) for one in fields(kind)}
        blank |= {"tactics": {"owner": owner, "serves": "strategy"}}.get(name, {})
        if name == "risks" and not stops:
            blank["kill"] = "yes"
        rows[name] += [dict(blank) for _ in range(count)]
    return rows


def _typed(given: QueryDict, owner: str) -> Typed:
    """The form as it was sent. Rows are read as far as they go; nothing typed is dropped here."""
    plain = {name: plain_text(given, name) for name in _PLAIN}
    rows: dict[str, list[dict[str, str]]] = {}
    blanks: dict[str, int] = {}
    for name, kind in _ROWS.items():
        keys = [one.name for one in fields(kind)]
        sent = [
            {key: plain_text(given, f"{name}-{number}-{key}") for key in keys}
            for number in range(rules.MOST_ROWS + 6)
            if any(f"{name}-{number}-{key}" in given for key in keys)
        ]
        rows[name] = [row for row in sent if _says_something(row, owner)]
        asked = given.get("more") == name
        blanks[name] = max(1, len(sent) - len(rows[name]) + asked)
    return Typed(plain, rows, whole(given.get("after_version", ""), 0), blanks)


def _says_something(row: Mapping[str, str], owner: str) -> bool:
    """Whether somebody typed into a row; the owner that an empty one begins with is nobody's typing."""
    if row.get("action") == "" and row.get("owner") == owner:
        row = {**row, "owner": ""}
    return any(value.strip() for key, value in row.items() if key not in _CHOSEN)


def _content(typed: Typed) -> dict[str, Any]:
    """What was sent as a plan's content. Raises Refused where a row was filled without saying what it is about."""
    rows = {name: [dict(row) for row in typed.rows[name]] for name in _ROWS}
    for row in rows["risks"]:
        row["kill"] = bool(row.get("kill"))  # type: ignore[assignment]
    rows["rivals"] = [row for row in rows["rivals"] if row["name"] != rules.NOTHING or row["case"].strip()]
    for name, found in rows.items():
        if any(not row[rules.FIRST[name]].strip() for row in found):
            raise access.Refused("row_unnamed", rules.UNNAMED[name])
    return {**typed.plain, **rows}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """One form for the whole plan; posting saves the next version, or gives another row (``more``).

    ``?copy=`` and ``?template=`` begin it; what the deal knows stands in a first one.
    """
    access.require(request.actor, "plan.write")
    found = queries.page(request.actor, public_id, request.at)
    if not found.may_write:
        if found.status != "open":
            raise access.Refused("deal_closed", "The deal is closed. Its plan stays as it was.")
        raise access.NotFound("deal")
    known = (
        rules.Begun() if found.newest else queries.begun(request.actor, public_id, request.at, found.panel)
    )
    if request.method != "POST":
        start = found.shown.plan if found.shown else rules.with_known(_begin(request), known.plan)
        return _form(request, found, _form_of(start, found.newest), known)
    typed = _typed(request.POST, found.owner)
    if request.POST.get("more") in _ROWS:
        return _form(request, found, typed, known)
    try:
        made = rules.plan_of(_content(typed))
        version = actions.save(
            by=request.actor, at=request.at, deal=public_id, after_version=typed.after_version, plan=made
        )
    except actions.Overtaken as overtaken:
        newest = queries.page(request.actor, public_id, request.at)
        return _form(
            request,
            newest,
            replace(typed, after_version=newest.newest),
            known,
            overtaken.sentence,
            409,
            mine=made,
        )
    except access.Refused as refusal:
        return _form(request, found, typed, known, refusal.sentence, 422)
    messages.success(request, f"Version {version.number} is saved. Earlier ones stay readable.")
    return redirect("ask_write" if request.POST.get("then") == "ask" else "plan", public_id)


def begun(request: AskingRequest, public_id: str, need: str) -> HttpResponse:
    """The plan's form with one thing more that is asked of an executive; saved, it leads to the ask."""
    access.require(request.actor, "plan.write")
    found = queries.page(request.actor, public_id, request.at)
    if not found.may_write:
        raise access.NotFound("deal")
    known = (
        rules.Begun() if found.newest else queries.begun(request.actor, public_id, request.at, found.panel)
    )
    start = rules.with_need(found.shown.plan if found.shown else known.plan, need)
    return _form(request, found, _form_of(start, found.newest), known, need=need)


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
    known: rules.Begun,
    error: str = "",
    status: int = 200,
    mine: rules.Plan | None = None,
    need: str = "",
) -> HttpResponse:
    theirs = found.shown.plan if found.shown and mine is not None else None
    parts = (
        dict.fromkeys(PART_WORDS[name] for name in rules.differing(mine, theirs)) if mine and theirs else {}
    )
    more, needs = request.POST.get("more", ""), _needs(typed)
    context = {
        "page": found,
        "typed": typed,
        "rows": _rows_shown(
            typed, known, found.owner, saved=(request.method != "POST" or bool(need)) and found.newest > 0
        ),
        "from_deal": {name: known.sources.get((name, typed.plain[name]), "") for name in _PLAIN},
        "prefilled": known.plan != rules.Plan(),
        "more_people": known.more_people,
        "focus": f"{more}-{len(typed.rows[more])}" if more in _ROWS else "",
        "needs": needs,
        "steps": [(key, _STEPS[key], needs[key].there) for key in rules.START],
        "there": sum(needs[key].there for key in rules.START),
        "buyers": _buyers(typed, known),
        "competition": [line for line in found.panel.lines if "compet" in line.criterion.key and line.item],
        "weakest": weakest_words(found.panel),
        "unit": numbers.unit(),
        "error": error,
        "need": need,
        "then": "ask" if need or request.POST.get("then") == "ask" else "",
        "theirs": found.shown if theirs else None,
        "differing": ", ".join(parts),
        "strategies": [(key, *words) for key, words in wording.STRATEGIES.items()],
        "influences": wording.INFLUENCES.items(),
        "stances": wording.STANCES.items(),
        "kinds": wording.KINDS.items(),
        "answers": wording.ANSWERS.items(),
        "states": wording.STATES.items(),
        "serves": [("strategy", "the strategy"), *((c.key, c.name) for c in found.panel.criteria.criteria)],
        "stop": wording.STOP,
        "templates": rules.TEMPLATES,
        "others": _others(request, found.deal) if not found.newest else [],
        "longest": rules.LONGEST,
        "next": found.newest + 1,
        "nothing": rules.NOTHING,
    }
    return render(request, "plans/write.html", context, status=status)


_STEPS = {
    "objective": "Objective", "players": "Players", "nothing": "Rivals", "tactics": "Next acts",
    "kills": "When we stop",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """Something a useful plan says: whether this one does, and why it matters."""

    there: bool
    why: str


def _needs(typed: Typed) -> dict[str, Need]:
    """What the form says and lacks so far, by key of what a useful plan has."""
    content = {**typed.plain, **typed.rows}
    try:
        lacking = rules.missing(rules.plan_of(content))
    except access.Refusal:
        lacking = []
    return {key: Need(key not in lacking, why) for key, why in wording.WHY_MISSING.items()}


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of the form: its fields, where the deal has it from ('' where somebody wrote it), what its fold holds.

    ``closed``: the row of a saved plan in a line, to be opened where it changes; '' for a row that stands open.
    """

    given: Mapping[str, str]
    known_from: str
    folded: str
    closed: str = ""


def _rows_shown(typed: Typed, known: rules.Begun, owner: str, *, saved: bool) -> dict[str, list[RowShown]]:
    return {
        name: [
            RowShown(
                row,
                known.sources.get((name, row[rules.FIRST[name]]), ""),
                _folded(name, row),
                _closed(name, row) if saved else "",
            )
            for row in found
        ]
        for name, found in _with_blanks(typed, owner).items()
    }


def _folded(name: str, row: Mapping[str, str]) -> str:
    """What the folded part of a row holds, so that nobody has to open it to know."""
    if name == "players":
        stance = "" if row["stance"] == "unknown" else wording.STANCES.get(row["stance"], "")
        return ", ".join(filter(None, (stance, _day_words(row["contact_on"]))))
    if name == "tactics":
        state = "" if row["state"] in ("", "to_do") else wording.STATES.get(row["state"], "")
        return ", ".join(filter(None, (row["owner"], row["buyer"], row["done_when"], state)))
    if name == "resources":
        return ", ".join(filter(None, (row["who"], _day_words(row["on"]), _day_words(row["needed_by"]))))
    return row.get("answer", "")


def _closed(name: str, row: Mapping[str, str]) -> str:
    """A row of a saved plan in a line: who or what, and the choice that matters most of it."""
    first = row[rules.FIRST[name]]
    if not first or name in ("rivals", "risks"):
        return ""
    chosen = {
        "players": wording.INFLUENCES.get(row.get("influence", ""), ""),
        "tactics": f"due {_day_words(row['due_on'])}" if row.get("due_on") else "",
        "resources": wording.ANSWERS.get(row.get("state", ""), ""),
    }[name]
    return ", ".join(filter(None, (first, row.get("role", ""), chosen, _state_words(name, row))))


def _state_words(name: str, row: Mapping[str, str]) -> str:
    return wording.STATES.get(row["state"], "") if name == "tactics" else ""


def _day_words(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return f"{day.day} {day:%b}"


def _buyers(typed: Typed, known: rules.Begun) -> list[str]:
    """The names at the buyer that are known, to choose from where one is asked for."""
    named = [row["name"].strip() for row in typed.rows["players"]]
    return list(dict.fromkeys(name for name in (*named, *(one.name for one in known.plan.players)) if name))


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
