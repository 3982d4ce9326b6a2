"""A leader's number at an instant: what every direct report comes to, kept apart fact by fact.

The arithmetic reads below what a page lists (an executive's number holds reps' calls that the executive's
page never shows); pages list only what the access table lets through. Numbers of teams far below come from
what was submitted and from the newest estimate run, so that no page walks a million deals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from fairlead.calls import estimates as stored
from fairlead.calls import kinds, pipeline, rules
from fairlead.calls.models import (
    Call,
    EstimateRun,
    NodeEstimate,
    Overlay,
    Submission,
    SubmittedType,
    Target,
    TypeColumns,
    Withdrawal,
)
from fairlead.deals import splits
from fairlead.forecasting.periods import Period
from fairlead.people import access, structure
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Reach, RoleGrant

_SELLING = [role.value for role in (access.Role.REP, access.Role.MANAGER, access.Role.EXECUTIVE)]
TODAY = structure.Today()
_ARITHMETIC = "the roll-up counts what its page does not list"
Ids = Iterable[int] | QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A number somebody gave. ``by`` differs from the person when it was typed in for them."""

    amount: int
    at: datetime
    by: int
    note: str


@dataclass(frozen=True, slots=True)
class Beside:
    """An overlay in force: the number beside a call, with its note, its author and the base it was set on."""

    amount: int
    base: int | None
    note: str
    author: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's submission that counts: the newest one that was not withdrawn, without its long lists."""

    id: int
    public_id: str
    person: int
    version: int
    at: datetime
    due_at: datetime
    amount: int
    calls_sum: int
    booked: int
    target: int | None
    reason: str
    most_likely: int | None = None
    best_case: int | None = None
    silent: bool = False
    """whether it says nothing of the forecast type that was asked about"""

    def number(self, category: str) -> int | None:
        """What was sent in a category; None where a submission of before all categories says nothing of it."""
        if self.silent:
            return None
        if category == "commit":
            return self.amount
        return self.most_likely if category == "most_likely" else self.best_case


@dataclass(frozen=True, slots=True)
class Word:
    """What a submission said in a category, and how far that was from the sum with the overlays it froze.

    ``taken_back``: its author has let the number follow the calls since.
    """

    amount: int
    step: int
    at: datetime
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Everything a leader's number in one category is made of. ``hidden`` are cells the actor's page must not list.

    ``below`` are the cumulative columns of the deals in teams below, as of the newest estimate. ``step`` is the
    judgement of the last submission, which stays when the calls move; ``least`` the number of the narrower category.
    """

    person: people.Node
    nodes: Mapping[int, people.Node]
    period: Period
    at: datetime
    cells: tuple[rules.Cell, ...]
    hidden: frozenset[int]
    calls: Mapping[int, Said]
    overlays: Mapping[int, Beside]
    said: int | None
    said_at: datetime | None
    target: int | None
    booked: int
    lines: tuple[pipeline.Line, ...]
    run: EstimateRun | None
    estimates: Mapping[int, stored.Estimate]
    standing: Mapping[int, Standing]
    past: bool = False
    category: str = "commit"
    below: Mapping[str, int] = field(default_factory=dict)
    step: int = 0
    least: int | None = None
    own_word: int | None = None
    """what went up last, where it was not what the calls with the overlays came to"""
    kind: rules.Kind | None = None
    """the forecast type; None for all business"""

    @property
    def calls_sum(self) -> int:
        """What the reports called, added up, with own deals and before any overlay."""
        return sum(cell.own_call for cell in self.cells)

    @property
    def with_overlays(self) -> int:
        return sum(cell.in_call for cell in self.cells)

    @property
    def suggestion(self) -> int:
        """The number to start from: what the leader said, else the sum with the overlays and the last judgement.

        A category holds the narrower one, so it is never less.
        """
        stands = self.with_overlays + self.step if self.said is None else self.said
        return stands if self.least is None else max(stands, self.least)

    @property
    def estimate(self) -> stored.Estimate | None:
        return self.estimates.get(self.person.id)


def sellers(ids: Ids, at: datetime) -> set[int]:
    """Of these people those who carry a number: reps, managers and executives."""
    today = people.house().day(at)
    grants = RoleGrant.objects.filter(person__in=_listed(ids), role__in=_SELLING, starts_on__lte=today)
    return set(grants.exclude(ends_on__lte=today).values_list("person_id", flat=True))


def selling(at: datetime) -> QuerySet[RoleGrant, Any]:
    """The ids of everybody who carries a number, as a subquery."""
    today = people.house().day(at)
    grants = RoleGrant.objects.filter(role__in=_SELLING, starts_on__lte=today)
    return grants.exclude(ends_on__lte=today).values("person_id")


def _listed(ids: Ids) -> Ids:
    return ids if isinstance(ids, QuerySet) else list(ids)


def carriers(person: int, at: datetime, tree: structure.Today = TODAY) -> list[people.Node]:
    """The direct reports who carry a number, by name."""
    reports = tree.reports(person)
    selling = sellers([node.id for node in reports], at)
    return [node for node in reports if node.id in selling]


def leaders(ids: Ids) -> set[int]:
    """Of these people those who have reports today."""
    return set(Reach.objects.filter(boss__in=_listed(ids), depth=1).values_list("boss_id", flat=True))


# Read for arithmetic, or for a caller that checked access; each stands in people/bypasses.txt


def _calls() -> GuardedQuerySet[Call]:
    return Call.objects.for_system(_ARITHMETIC)


def _overlays() -> GuardedQuerySet[Overlay]:
    return Overlay.objects.for_system(_ARITHMETIC)


def sent_rows() -> GuardedQuerySet[Submission]:
    """All submissions, for callers that checked access to the person's."""
    return Submission.objects.for_system(_ARITHMETIC)


def withdrawn(at: datetime) -> GuardedQuerySet[Withdrawal]:
    """What was withdrawn by an instant, for leaving it out."""
    return Withdrawal.objects.for_system(_ARITHMETIC).filter(at__lte=at)


def typed_rows() -> GuardedQuerySet[SubmittedType]:
    """What submissions hold of forecast types, for callers that checked access to the submissions."""
    return SubmittedType.objects.for_system(_ARITHMETIC)


def _column_rows() -> GuardedQuerySet[TypeColumns]:
    return TypeColumns.objects.for_system(_ARITHMETIC)


def _target_rows() -> GuardedQuerySet[Target]:
    return Target.objects.for_system(_ARITHMETIC)


def _node_rows() -> GuardedQuerySet[NodeEstimate]:
    return NodeEstimate.objects.for_system(_ARITHMETIC)


# What was said


def calls_said(
    ids: Ids, period: str, categories: Sequence[str], at: datetime, type: str = ""
) -> dict[str, dict[int, Said]]:
    """category -> person -> the newest call that was not taken back, of all business or of a forecast type."""
    every = _calls().filter(person__in=_listed(ids), period=period, category__in=categories, at__lte=at)
    every = every.filter(type=type)
    newest = every.order_by().values("person", "category").annotate(last=Max("pk")).values("last")
    rows = _calls().filter(pk__in=newest, amount_minor__isnull=False)
    found: dict[str, dict[int, Said]] = {category: {} for category in categories}
    for category, person, amount, when, by, note in rows.values_list(
        "category", "person_id", "amount_minor", "at", "by_id", "note"
    ):
        found[category][person] = Said(amount or 0, when, by, note)
    return found


def calls_of(ids: Ids, period: str, category: str, at: datetime, type: str = "") -> dict[int, Said]:
    """The newest call of each person in a category that was not taken back."""
    return calls_said(ids, period, (category,), at, type)[category]


def overlays_beside(
    ids: Ids, period: str, categories: Sequence[str], at: datetime, type: str = ""
) -> dict[str, dict[tuple[int, int], Beside]]:
    """category -> (person, author) -> the newest overlay that was not reset, of all business or of a type."""
    every = _overlays().filter(person__in=_listed(ids), period=period, category__in=categories, at__lte=at)
    every = every.filter(type=type)
    newest = every.order_by().values("person", "author", "category").annotate(last=Max("pk")).values("last")
    rows = _overlays().filter(pk__in=newest, amount_minor__isnull=False)
    found: dict[str, dict[tuple[int, int], Beside]] = {category: {} for category in categories}
    for category, person, author, amount, base, note, when in rows.values_list(
        "category", "person_id", "author_id", "amount_minor", "base_minor", "note", "at"
    ):
        found[category][person, author] = Beside(amount or 0, base, note, author, when)
    return found


def overlays_on(
    ids: Ids, period: str, category: str, at: datetime, type: str = ""
) -> dict[tuple[int, int], Beside]:
    """(person, author) -> the newest overlay in a category that was not reset."""
    return overlays_beside(ids, period, (category,), at, type)[category]


_STANDING = (
    "pk", "public_id", "person_id", "version", "at", "due_at", "amount_minor", "reps_sum_minor",
    "booked_minor", "target_minor", "reason", "most_likely_minor", "best_case_minor",
)  # fmt: skip


_TYPED = (
    "submission_id", "amount_minor", "reps_sum_minor", "booked_minor", "target_minor", "most_likely_minor",
    "best_case_minor",
)  # fmt: skip


def standing_of(ids: Ids, period: str, at: datetime, type: str = "") -> dict[int, Standing]:
    """person -> the submission that counts at an instant, with its numbers of all business or of a type."""
    gone = withdrawn(at).values("submission")
    every = sent_rows().filter(person__in=_listed(ids), period=period, at__lte=at)
    newest = every.exclude(pk__in=gone).order_by().values("person").annotate(last=Max("pk")).values("last")
    rows = sent_rows().filter(pk__in=newest).values_list(*_STANDING)
    found = {row[2]: Standing(*row) for row in rows}
    return _of_type(found, type) if type and found else found


def _of_type(found: dict[int, Standing], type: str) -> dict[int, Standing]:
    rows = typed_rows().filter(submission__in=[one.id for one in found.values()], type=type)
    typed = {row[0]: row[1:] for row in rows.values_list(*_TYPED)}
    names = ("amount", "calls_sum", "booked", "target", "most_likely", "best_case")
    return {
        person: replace(one, **dict(zip(names, typed[one.id], strict=True)))
        if one.id in typed
        else replace(one, silent=True)
        for person, one in found.items()
    }


def targets_of(
    ids: Ids, period: str, type: str = "new", *, known_at: datetime | None = None
) -> dict[int, int]:
    """person -> the newest target typed or imported for that person (by an instant), in the reporting currency."""
    every = _target_rows().filter(person__in=_listed(ids), period=period, type=type)
    if known_at is not None:
        every = every.filter(set_at__lte=known_at)
    newest = every.order_by().values("person").annotate(last=Max("pk")).values("last")
    rows = _target_rows().filter(pk__in=newest)
    return dict(rows.values_list("person_id", "amount_minor"))


# A leader's number


def number_of(
    actor: access.Actor,
    person: int,
    period: Period,
    at: datetime,
    *,
    category: str = "commit",
    past: bool = False,
    kind: rules.Kind | None = None,
) -> Number:
    """The number of a leader in one category; see :func:`numbers_of`."""
    return numbers_of(actor, person, period, at, categories=(category,), past=past, kind=kind)[category]


def numbers_of(
    actor: access.Actor,
    person: int,
    period: Period,
    at: datetime,
    *,
    categories: Sequence[str] = rules.CALLED,
    past: bool = False,
    kind: rules.Kind | None = None,
    whole: Number | None = None,
) -> dict[str, Number]:
    """category -> the number of a leader as it stands, or with ``past`` as it stood at an earlier instant.

    Of the past everything is as it was known then: lines, deals, targets, stages, rates, calls. For callers that
    checked that the actor may have it; rights are those of now. Everything is read once for all categories.

    ``kind``: of one forecast type, which has no estimate; ``whole`` is the same number of all business, where its
    deals are known already.
    """
    wanted, categories = categories, rules.with_narrower(categories)
    tree: structure.Today = structure.as_known(at) if past else TODAY
    node = tree.node(person)
    reports = carriers(person, at, tree)
    ids = [report.id for report in reports]
    leads = tree.leading(ids)
    run = stored.run_of(period.name, at)
    owners = [person, *(set(ids) - leads)]
    lines = list(whole.lines) if whole is not None else None
    if lines is None:
        lines = (
            pipeline.lines(actor, owners, period=period, at=at)
            if not past
            else pipeline.lines_then(owners, period, at, shown_to=actor)
        )
    lines = kinds.taken(lines, kind, at, past=past)
    known = stored.of_people(access.system("arithmetic"), run, [person, *ids]) if kind is None else {}
    type, asked = (kind.key, kind.asked) if kind else ("", True)
    standing = standing_of([person, *leads], period.name, at, type)
    if not asked:
        standing = {one: replace(sent, silent=True) for one, sent in standing.items()}
    given = [person, *ids] if asked else []
    calls = calls_said(given, period.name, categories, at, type)
    beside = overlays_beside(given, period.name, categories, at, type)
    silent = {
        category: [i for i in leads if i not in standing or standing[i].number(category) is None]
        for category in categories
    }
    teams = _Teams.of(kind, leads, period, at, run, tree) if kind else None
    below = rolled_in(silent, period, at, run, tree, teams)
    if kind is None:
        targets = _targets([person, *ids], period.name, known, at if past else None)
        credit = _credits(tree, person, leads, ids, period, at, past)
        added = _columns_of(known[i] for i in ids if i in leads and i in known)
    else:
        assert teams is not None
        targets, credit = teams.targets([person, *ids], at if past else None), {}
        added = teams.added()
    facts = _Facts(period, lines, leads, standing, targets, known, at, tree, credit, teams)
    hidden = frozenset(set(ids) - _listable(actor, ids))
    visible = _visible(actor, known)
    nodes = {one.id: one for one in (node, *reports)}
    words = _words(standing.get(person), period.name, at, type)
    found: dict[str, Number] = {}
    least: int | None = None
    for category in categories:
        cells = _cells(facts, category, node, reports, calls[category], beside[category], below[category])
        word = words.get(category)
        said = _own_number(calls[category].get(person), beside[category].get((person, person)), word)
        aims = [cell.target for cell in cells if cell.target is not None and cell.person != person]
        found[category] = Number(
            person=node,
            nodes=nodes,
            period=period,
            at=at,
            cells=cells,
            hidden=hidden,
            calls=calls[category],
            overlays={
                i: beside[category][i, person] for i in [person, *ids] if (i, person) in beside[category]
            },
            said=said[0],
            said_at=said[1],
            target=targets.get(person, sum(aims) if aims else None),
            booked=sum(cell.booked for cell in cells),
            lines=tuple(lines),
            run=run,
            estimates=visible,
            standing=standing,
            past=past,
            category=category,
            below=added,
            step=said[2],
            own_word=word.amount if word is not None and word.step else None,
            least=least,
            kind=kind,
        )
        least = found[category].suggestion
    return {category: found[category] for category in wanted}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What all categories of a number share."""

    period: Period
    lines: Sequence[pipeline.Line]
    leads: set[int]
    standing: Mapping[int, Standing]
    targets: Mapping[int, int]
    known: Mapping[int, stored.Estimate]
    at: datetime
    tree: structure.Today
    credit: Mapping[int, Sequence[pipeline.Line]]
    """person of a cell -> the lines of overlay credit in it"""
    teams: _Teams | None = None

    def credited(self, person: int, category: str) -> int:
        lines = self.credit.get(person, ())
        return sum(line.amount or 0 for line in lines if pipeline.counted(line, self.period, category))


def _credits(
    tree: structure.Today,
    person: int,
    leads: set[int],
    reports: Sequence[int],
    period: Period,
    at: datetime,
    past: bool,
) -> dict[int, list[pipeline.Line]]:
    """Overlay credit of the leader's own, of each report, and of everybody in a team below."""
    if not splits.any_credit():
        return {}
    cell_of = {one: one for one in (person, *reports)}
    for lead in leads:
        cell_of |= dict.fromkeys([*tree.below([lead])], lead)
    found: dict[int, list[pipeline.Line]] = {}
    for line in pipeline.credited(cell_of, period, at, past=past):
        found.setdefault(cell_of[line.owner or 0], []).append(line)
    return found


def _cells(
    facts: _Facts,
    category: str,
    node: people.Node,
    reports: Sequence[people.Node],
    calls: Mapping[int, Said],
    beside: Mapping[tuple[int, int], Beside],
    below: Mapping[int, int],
) -> tuple[rules.Cell, ...]:
    """A cell for each report, and one for the leader's own deals where there are any."""
    cells = [
        _cell(facts, category, report, calls.get(report.id), beside.get((report.id, node.id)), below)
        for report in reports
    ]
    own = _own_cell(node, facts.lines, facts.period, category, facts.credited(node.id, category))
    return (*cells, own) if own is not None else tuple(cells)


def _columns_of(estimates: Iterable[stored.Estimate]) -> dict[str, int]:
    """The cumulative columns of some teams added up; nothing where a run of before kept no columns."""
    added: dict[str, int] = {}
    for estimate in estimates:
        if None in estimate.columns.values():
            return {}
        for category, amount in estimate.columns.items():
            added[category] = added.get(category, 0) + (amount or 0)
    return added


def _listable(actor: access.Actor, ids: list[int]) -> set[int]:
    if not access.may(actor, "call.read"):
        return set()
    where = people.scope(actor, "call.read", "pk")
    return set(Person.objects.filter(where, pk__in=ids).values_list("pk", flat=True))


def _visible(actor: access.Actor, known: dict[int, stored.Estimate]) -> dict[int, stored.Estimate]:
    if not access.may(actor, "estimate.read"):
        return {}
    where = people.scope(actor, "estimate.read", "pk")
    seen = set(Person.objects.filter(where, pk__in=list(known)).values_list("pk", flat=True))
    return {person: estimate for person, estimate in known.items() if person in seen}


def _targets(
    ids: list[int], period: str, known: Mapping[int, stored.Estimate], known_at: datetime | None
) -> dict[int, int]:
    """Typed targets, and for teams without one what the newest run added up below them."""
    typed = targets_of(ids, period, known_at=known_at)
    stored = {
        i: e.target for i, e in known.items() if e.target is not None and i not in typed and i != ids[0]
    }
    return typed | {i: target for i, target in stored.items() if target is not None}


def _words(sent: Standing | None, period: str, at: datetime, type: str) -> dict[str, Word]:
    """What the standing submission said, and in which categories its author has let the number follow since."""
    words = sent_words(sent, type)
    if sent is None or not any(word.step for word in words.values()):
        return words
    since = {
        "person": sent.person, "period": period, "type": type, "amount_minor": None, "at__gt": sent.at,
        "at__lte": at,
    }  # fmt: skip
    taken_back = {
        *_calls().filter(**since).values_list("category", flat=True),
        *_overlays().filter(author=sent.person, **since).values_list("category", flat=True),
    }
    return {category: replace(word, taken_back=category in taken_back) for category, word in words.items()}


def sent_words(sent: Standing | None, type: str) -> dict[str, Word]:
    """category -> what a leader's standing submission said of it, of all business or of a type.

    A wider category that went up as the narrower one it holds said nothing of its own: its step is 0.
    """
    if sent is None or sent.silent:
        return {}
    rows = typed_rows().filter(submission=sent.id, type=type) if type else sent_rows().filter(pk=sent.id)
    cells, others = rows.values_list("cells", "others").get()
    found: dict[str, Word] = {}
    least = 0
    for category in rules.CALLED:
        amount = sent.number(category)
        if amount is None:
            continue
        kept = cells if category == "commit" else (others or {})[category]["cells"]
        summed = sum(rules.Cell(**cell).in_call for cell in kept)
        step = 0 if amount in (summed, max(summed, least)) else amount - summed
        found[category], least = Word(amount, step, sent.at), max(least, amount)
    return found


def _own_number(
    call: Said | None, overlay: Beside | None, sent: Word | None = None
) -> tuple[int | None, datetime | None, int]:
    """A leader's own number, when it was said, and the step from the sum where it moves with the calls.

    The call or the overlay beside the own sum, whichever was set last, is the number until it is taken back. A later
    submission of another number keeps its distance from the sum instead.
    """
    given = [said for said in (call, overlay) if said is not None]
    newest = max(given, key=lambda said: said.at, default=None)
    if sent is not None and (newest is None or (newest.at <= sent.at and newest.amount != sent.amount)):
        return None, None, 0 if sent.taken_back else sent.step
    return (newest.amount, newest.at, 0) if newest is not None else (None, None, 0)


def _cell(
    facts: _Facts,
    category: str,
    report: people.Node,
    call: Said | None,
    overlay: Beside | None,
    below: Mapping[int, int],
) -> rules.Cell:
    """A report's facts: from the deals, said, overlay, target, and booked (live for a rep, of the run for a team)."""
    leads, sent = report.id in facts.leads, facts.standing.get(report.id)
    went_up = sent.number(category) if sent else None
    said = went_up if went_up is not None else call.amount if call else None
    if leads:
        computed = below.get(report.id, 0) if went_up is None else went_up
    else:
        computed = pipeline.column(facts.lines, report.id, facts.period, category)
    own_call = computed if said is None else said
    return rules.Cell(
        person=report.id,
        name=report.name,
        leads=leads,
        computed=computed,
        said=said,
        own_call=own_call,
        overlay=overlay.amount if overlay else None,
        in_call=overlay.amount if overlay else own_call,
        target=facts.targets.get(report.id),
        booked=_booked(facts, report.id, leads),
        submission=sent.public_id if sent else "",
        credit=facts.credited(report.id, category),
    )


def _booked(facts: _Facts, person: int, leads: bool) -> int:
    if not leads:
        return pipeline.column(facts.lines, person, facts.period, "closed")
    if facts.teams is not None:
        return facts.teams.sum(person, "closed")
    if person in facts.known:
        return facts.known[person].booked
    then = facts.at if facts.tree is not TODAY else None
    return pipeline.booked_below(facts.tree.members([person]), facts.period, then)


def _own_cell(
    node: people.Node, lines: Sequence[pipeline.Line], period: Period, category: str, credit: int
) -> rules.Cell | None:
    """The leader's own deals as a cell of the number; None when the leader owns none."""
    if not credit and not any(line.owner == node.id for line in lines):
        return None
    amount = pipeline.column(lines, node.id, period, category)
    booked = pipeline.column(lines, node.id, period, "closed")
    return rules.Cell(
        node.id, node.name, False, amount, None, amount, None, amount, None, booked, credit=credit
    )


# Teams that have not submitted


def rolled_below(
    leads: Sequence[int],
    period: Period,
    category: str,
    at: datetime,
    run: EstimateRun | None,
    tree: structure.Today = TODAY,
    kind: rules.Kind | None = None,
) -> dict[int, int]:
    """leader -> what the team comes to in one category; see :func:`rolled_in`."""
    teams = _Teams.of(kind, set(leads), period, at, run, tree) if kind else None
    return rolled_in({category: leads}, period, at, run, tree, teams)[category]


def rolled_in(
    silent: Mapping[str, Sequence[int]],
    period: Period,
    at: datetime,
    run: EstimateRun | None,
    tree: structure.Today = TODAY,
    teams: _Teams | None = None,
) -> dict[str, dict[int, int]]:
    """category -> leader -> what the team comes to by the roll-up, for leaders who sent nothing in the category.

    Own deals come from the newest run; without one they are read live, which is for small companies. ``teams``: of
    a forecast type.
    """
    wanted = [category for category, leads in silent.items() if leads]
    found: dict[str, dict[int, int]] = {category: {} for category in silent}
    if not wanted:
        return found
    tops = list(dict.fromkeys(lead for category in wanted for lead in silent[category]))
    members, parents = tree.members(tops), tree.below(tops)
    ids = set(parents) | set(tops)
    type = teams.kind.key if teams else ""
    given_by: Ids = members if teams is None or teams.kind.asked else []
    standing = standing_of(given_by, period.name, at, type)
    calls = calls_said(given_by, period.name, wanted, at, type)
    beside = overlays_beside(given_by, period.name, wanted, at, type)
    deals = (
        _own_deals(ids, members, period, wanted, at, run, tree is not TODAY)
        if teams is None
        else {category: teams.own(category) for category in wanted}
    )
    line = {person: parents.get(person) for person in ids}
    given = {
        category: _given(
            category, line, set(tops), standing, calls[category], beside[category], deals[category]
        )
        for category in wanted
    }
    for category, computed in rules.computed_in(line, given).items():
        found[category] = {lead: computed[lead] for lead in silent[category]}
    return found


def _given(
    category: str,
    parents: Mapping[int, int | None],
    tops: set[int],
    standing: Mapping[int, Standing],
    calls: Mapping[int, Said],
    beside: Mapping[tuple[int, int], Beside],
    own_deals: Mapping[int, int],
) -> rules.Given:
    """What everybody of some teams gave: what was submitted, else the own number; overlays of direct superiors."""
    said = {}
    for person in {*calls, *(person for person, author in beside if person == author)}:
        number = _own_number(calls.get(person), beside.get((person, person)))[0]
        if number is not None:
            said[person] = number
    for person, sent in standing.items():
        went_up = sent.number(category)
        if went_up is not None:
            said[person] = went_up
    overlays = {
        person: overlay.amount
        for (person, author), overlay in beside.items()
        if parents.get(person) == author and person not in tops
    }
    return rules.Given(own_deals, said, overlays)


def _own_deals(
    ids: set[int],
    members: Ids,
    period: Period,
    categories: Sequence[str],
    at: datetime,
    run: EstimateRun | None,
    past: bool,
) -> dict[str, dict[int, int]]:
    """category -> person -> the own deals in its cumulative column."""
    if run is not None:
        rows = _node_rows().filter(run=run, kind="person", person__in=_listed(members))
        kept = list(rows.values_list("person_id", *(f"{category}_minor" for category in categories)))
        if not any(None in row[1:] for row in kept):
            return {
                category: {row[0]: row[place] for row in kept if row[0] is not None}
                for place, category in enumerate(categories, 1)
            }
    lines = (
        pipeline.lines_then(ids, period, at)
        if past
        else pipeline.lines(access.system("the roll-up without a run"), ids, period=period, at=at)
    )
    sums: dict[str, dict[int, int]] = {category: {} for category in categories}
    for line in lines:
        for category in categories:
            if line.owner is not None and pipeline.counted(line, period, category):
                of = sums[category]
                of[line.owner] = of.get(line.owner, 0) + (line.amount or 0)
    return sums


def own_call_of(
    actor: access.Actor,
    person: int,
    period: Period,
    at: datetime,
    category: str = "commit",
    kind: rules.Kind | None = None,
) -> int:
    """What counts as a person's own call right now; the base an overlay is set on."""
    type = kind.key if kind else ""
    if person in leaders([person]):
        sent = standing_of([person], period.name, at, type).get(person)
        number = sent.number(category) if sent else None
        run = stored.run_of(period.name, at)
        if number is not None:
            return number
        return rolled_below([person], period, category, at, run, kind=kind)[person]
    said = calls_of([person], period.name, category, at, type).get(person)
    if said is not None:
        return said.amount
    lines = kinds.taken(pipeline.lines(actor, [person], period=period, at=at), kind, at)
    return pipeline.column(lines, person, period, category)


# Teams below in a forecast type


@dataclass(frozen=True, slots=True)
class _Teams:
    """The columns of everybody below some leaders in a forecast type: of the newest run, live where it has none."""

    kind: rules.Kind
    period: Period
    tops: frozenset[int]
    parents: Mapping[int, int]
    columns: Mapping[int, Mapping[str, int]]
    """person -> cumulative column -> own deals"""
    sums: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """leader -> the same of everybody in the team"""

    @classmethod
    def of(
        cls,
        kind: rules.Kind,
        tops: set[int],
        period: Period,
        at: datetime,
        run: EstimateRun | None,
        tree: structure.Today,
    ) -> _Teams:
        if not tops:
            return cls(kind, period, frozenset(), {}, {})
        parents = tree.below(tops)
        ids = set(parents) | tops
        columns = _stored_columns(kind, run, tree.members(tops))
        if columns is None:
            past = tree is not TODAY
            lines = pipeline.lines_known(ids, period, at, past=past)
            columns = pipeline.columns_by_owner(kinds.taken(lines, kind, at, past=past), period)
        return cls(kind, period, frozenset(tops), parents, columns, _by_top(columns, tops, parents))

    def own(self, category: str) -> dict[int, int]:
        return {person: sums[category] for person, sums in self.columns.items()}

    def sum(self, lead: int, column: str) -> int:
        """What a leader's whole team has in a column, from the deals alone."""
        return self.sums.get(lead, {}).get(column, 0)

    def added(self) -> dict[str, int]:
        """All teams added up, by cumulative column."""
        return {column: sum(self.sum(lead, column) for lead in self.tops) for column in pipeline.COLUMNS}

    def targets(self, ids: Sequence[int], known_at: datetime | None) -> dict[int, int]:
        """Targets of the type: typed, and for teams without one what is typed below them."""
        everybody = {*ids, *self.parents}
        typed = targets_of(everybody, self.period.name, self.kind.key, known_at=known_at)
        found = {person: typed[person] for person in ids if person in typed}
        parents = {person: self.parents.get(person) for person in everybody}
        return found | kinds.aims(parents, typed, sorted(self.tops))


def _by_top(
    columns: Mapping[int, Mapping[str, int]], tops: set[int], parents: Mapping[int, int]
) -> dict[int, dict[str, int]]:
    """Leader -> what everybody below has in each column."""
    found = {lead: dict.fromkeys(pipeline.COLUMNS, 0) for lead in tops}
    for person, sums in columns.items():
        at: int | None = person
        while at is not None and at not in tops:
            at = parents.get(at)
        if at is not None:
            for column, amount in sums.items():
                found[at][column] += amount
    return found


def _stored_columns(
    kind: rules.Kind, run: EstimateRun | None, members: Ids
) -> dict[int, dict[str, int]] | None:
    if run is None or kind.version not in run.types:
        return None
    rows = _column_rows().filter(run=run, type=kind.version, person__in=_listed(members))
    names = tuple(pipeline.COLUMNS)
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows.values_list("person_id", *names)}


# What moved below


@dataclass(frozen=True, slots=True)
class Step:
    """A standing submission's bars, for a chain from one to a later one."""

    public_id: str
    previous: str
    person: int
    version: int
    amount: int
    at: datetime
    bars: tuple[rules.Bar, ...]


def chain(
    ids: Ids, period: str, since: datetime | None, at: datetime, category: str = "commit", type: str = ""
) -> dict[int, list[Step]]:
    """person -> the standing submissions after an instant, oldest first, with their bars in a category.

    Of a forecast type: a submission that says nothing of it breaks the chain.
    """
    gone = withdrawn(at).values("submission")
    sent = sent_rows().filter(~Q(pk__in=gone), person__in=_listed(ids), period=period, at__lte=at)
    if since is not None:
        sent = sent.filter(at__gt=since)
    rows, of = (typed_rows().filter(submission__in=sent, type=type), "submission__") if type else (sent, "")
    found: dict[int, list[Step]] = {}
    for row in rows.order_by(f"{of}version").values_list(
        f"{of}public_id", f"{of}previous__public_id", f"{of}person_id", f"{of}version", "amount_minor", f"{of}at",
        "changes", "others",
    ):  # fmt: skip
        amount, bars = (row[4], row[6]) if category == "commit" else _kept_in(row[7], category)
        step = Step(row[0], row[1] or "", row[2], row[3], amount, row[5], bars_from(bars))
        found.setdefault(step.person, []).append(step)
    return found


def _kept_in(others: Mapping[str, Any] | None, category: str) -> tuple[int, list[Any]]:
    kept = (others or {}).get(category, {"amount": 0, "changes": []})
    return kept["amount"], kept["changes"]


def bars_from(rows: Iterable[Sequence[Any]]) -> tuple[rules.Bar, ...]:
    """Bars as a submission keeps them."""
    return tuple(
        rules.Bar(kind, amount, tuple(deals), person, label) for kind, amount, deals, person, label in rows
    )


def bars_kept(bars: Iterable[rules.Bar]) -> list[list[object]]:
    return [[bar.kind, bar.amount, list(bar.deals), bar.person, bar.label] for bar in bars]


_THEIRS = {"own_call": "their_calls", "overlay": "their_overlays", "own_number": "their_number"}


def from_below(bars: Iterable[rules.Bar], leader: int, name: str) -> list[rules.Bar]:
    """A leader's bars as the superior reads them: deals by reason, and what names a person under the leader."""
    return [
        rules.Bar(_THEIRS[bar.kind], bar.amount, (), leader, name)
        if bar.kind in _THEIRS
        else rules.Bar(
            bar.kind, bar.amount, bar.deals, leader if bar.person else None, name if bar.person else ""
        )
        for bar in bars
    ]


def bars_between(
    before: Sequence[rules.Cell], lines_before: Sequence[pipeline.Line], amount_before: int, number: Number,
    amount: int, since: datetime,
) -> list[rules.Bar]:  # fmt: skip
    """The bars from a frozen number to one of now. They add up to ``amount - amount_before``.

    Deals are compared for who was there at both ends. Who left takes the frozen sum along, so that nothing that
    happens to them later shows; who joined brings the sum of now.
    """
    old, new = {c.person: c for c in before}, {c.person: c for c in number.cells}
    teams = {c.person for c in (*before, *number.cells) if c.leads}
    persons = (old.keys() | new.keys()) - teams
    moving = rules.moving_bars(old, new, persons - {number.person.id})
    staying = persons - {bar.person for bar in moving}
    deals = pipeline.bars(
        lines_before, number.lines, number.period, owners=staying, since=since, at=number.at,
        category=number.category, past=number.past, kind=number.kind,
    )  # fmt: skip
    type = number.kind.key if number.kind else ""
    steps = chain(teams, number.period.name, since, number.at, number.category, type) if teams else {}
    moves = [
        bar for team in sorted(teams) for bar in team_bars(old.get(team), new.get(team), steps.get(team, []))
    ]
    told = [*deals, *moving, *rules.add_bars(moves)]
    return rules.standing_bars(before, amount_before, number.cells, amount, told)


def team_bars(was: rules.Cell | None, is_: rules.Cell | None, steps: Sequence[Step]) -> list[rules.Bar]:
    """What moved a team's number: the bars of its submissions, or one bar where they do not tell it all."""
    cell = is_ or was
    if cell is None:
        return []
    moved = (is_.computed if is_ else 0) - (was.computed if was else 0)
    told = [bar for step in steps for bar in step.bars]
    linked = is_ is not None and _links(was.submission if was else "", is_.submission, steps)
    if linked and sum(bar.amount for bar in told) == moved:
        return from_below(told, cell.person, cell.name)
    kind = "joined" if was is None else "left" if is_ is None else "team"
    return [rules.Bar(kind, moved, (), cell.person, cell.name)]


def _links(first: str, last: str, steps: Sequence[Step]) -> bool:
    """Whether the steps lead from one submission to the other without a gap."""
    at = first
    for step in steps:
        if step.previous != at:
            return False
        at = step.public_id
    return at == last and bool(steps or first)
