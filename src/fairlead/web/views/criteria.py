"""The criteria deals are scored by: a copy of a method, edited, looked at beforehand, in force from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from fairlead.deals import queries as deals
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import actions, queries, rules, templates
from fairlead.web.categories import OPEN_CATEGORIES
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_TEXTS = ("name", "question", "belief", "said", "wrote")
_SPARE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion in the form, as typed; ``exits`` are the scores its stages ask for, in the order of the stages."""

    number: int
    key: str
    name: str = ""
    question: str = ""
    belief: str = ""
    said: str = ""
    wrote: str = ""
    days: str = str(templates.SOON)
    exits: tuple[str, ...] = ()

    @property
    def blank(self) -> bool:
        return not self.name.strip() and not self.question.strip()


@dataclass(frozen=True, slots=True)
class Typed:
    """The whole form as typed."""

    name: str
    template: str
    starts_on: str
    after_version: str
    stages: tuple[str, ...]
    lines: tuple[Line, ...] = field(default_factory=tuple)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def criteria(request: AskingRequest) -> HttpResponse:
    """The form; ``?method=`` starts from a method that ships, posting looks at it (``act=preview``) or keeps it."""
    access.require(request.actor, "criteria.write")
    if request.method != "POST":
        return _page(request, _start(request))
    typed = _typed(request.POST)
    try:
        wanted = _wanted(typed)
        rules.refuse_criteria(wanted.criteria, wanted.exits)
        if request.POST.get("act") != "keep":
            return _page(request, typed, preview=queries.preview(request.actor, wanted, request.at))
        row = actions.set_criteria(
            by=request.actor, at=request.at, name=typed.name, template=typed.template, criteria=wanted.criteria,
            exits=wanted.exits, starts_on=_day(typed.starts_on),
            after_version=whole(typed.after_version, 0),
        )  # fmt: skip
    except access.Refused as refusal:
        return _page(request, typed, error=refusal.sentence, status=422)
    messages.success(request, f"Version {row.version}: deals are scored by {row.name} from {row.starts_on}.")
    return redirect("criteria")


def _stages(exits: Mapping[str, object]) -> tuple[str, ...]:
    """The open stages in the order of their categories, and those a version asks something of."""
    known = deals.mapping()
    order = list(OPEN_CATEGORIES)
    mapped = sorted(
        (stage for stage, category in known.items() if category in OPEN_CATEGORIES),
        key=lambda stage: (order.index(known[stage]), stage),
    )
    return tuple(dict.fromkeys([*mapped, *exits]))[:8]


def _start(request: AskingRequest) -> Typed:
    """The form as it opens: what is in force, or a copy of a method."""
    today = people.house().day(request.at)
    every = queries.versions(request.actor)
    now = queries.criteria_on(today, request.at)
    method = request.GET.get("method", "")
    chosen = queries.shipped(method) if method in templates.BY_KEY else now
    stages = _stages(now.exits)
    lines = [
        _line(number, one, chosen.exits or now.exits, stages) for number, one in enumerate(chosen.criteria)
    ]
    return Typed(
        name=chosen.name,
        template=chosen.template,
        starts_on=today.isoformat(),
        after_version=str(every[0].version if every else 0),
        stages=stages,
        lines=_with_spares(lines, stages),
    )


def _line(
    number: int, one: rules.Criterion, exits: Mapping[str, Mapping[str, int]], stages: tuple[str, ...]
) -> Line:
    least = tuple(str(exits.get(stage, {}).get(one.key, 0)) for stage in stages)
    return Line(
        number, one.key, one.name, one.question, one.belief, one.said, one.wrote, str(one.days), least
    )


def _with_spares(lines: list[Line], stages: tuple[str, ...]) -> tuple[Line, ...]:
    spare = min(_SPARE, rules.MOST_CRITERIA - len(lines))
    blank = [Line(len(lines) + n, "", exits=("0",) * len(stages)) for n in range(spare)]
    return (*lines, *blank)


def _typed(given: QueryDict) -> Typed:
    def word(name: str) -> str:
        return plain_text(given, name)[:300]

    stages = tuple(one for n in range(8) if (one := word(f"stage-{n}")))
    lines = []
    for number in range(rules.MOST_CRITERIA):
        texts = {name: word(f"{name}-{number}") for name in _TEXTS}
        exits = tuple(word(f"exit-{number}-{n}") or "0" for n in range(len(stages)))
        lines.append(Line(number, word(f"key-{number}"), **texts, days=word(f"days-{number}"), exits=exits))
    kept = [line for line in lines if not line.blank]
    return Typed(
        word("name"),
        word("template"),
        word("starts_on"),
        word("after_version"),
        stages,
        _with_spares(kept, stages),
    )


def _wanted(typed: Typed) -> queries.Criteria:
    """The typed form as criteria. Raises Refused for a number of days that is none."""
    found, exits = [], dict[str, dict[str, int]]()
    taken = set(queries.keys_ever())
    for line in typed.lines:
        if line.blank:
            continue
        key = line.key if line.key in taken else rules.key_of(line.name, taken)
        taken.add(key)
        if not line.days.strip().isdecimal():
            raise access.Refused(
                "bad_days", f"{line.name}: say in whole days how long an item counts in full."
            )
        texts = {name: " ".join(getattr(line, name).split()) for name in _TEXTS}
        found.append(rules.Criterion(key=key, **texts, days=int(line.days)))
        for stage, least in zip(typed.stages, line.exits, strict=False):
            if least in ("1", "2", "3"):
                exits.setdefault(stage, {})[key] = int(least)
    return queries.Criteria(0, typed.name, typed.template, None, None, "", tuple(found), exits)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as odd:
        raise access.Refused("bad_day", "Write the day as in 2026-11-24.") from odd


def _page(
    request: AskingRequest,
    typed: Typed,
    *,
    preview: queries.Preview | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    today = people.house().day(request.at)
    context = {
        "typed": typed,
        "asks": [
            (line, list(zip(typed.stages, line.exits, strict=False))) for line in typed.lines if line.name
        ],
        "now": queries.criteria_on(today, request.at),
        "versions": queries.versions(request.actor),
        "methods": templates.TEMPLATES,
        "preview": preview,
        "error": error,
        "may_settings": access.may(request.actor, "settings.write"),
        "today": today,
        "scores": [(str(n), f"at least {n}" if n else "nothing") for n in rules.SCORES],
        "limits": rules.DAYS,
    }
    return render(request, "evidence/criteria.html", context, status=status)
