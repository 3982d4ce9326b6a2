"""Reading upward feedback: what one is asked, what was said of one's own team, what was shared, and counts for HR.

An open round shows nobody how many have answered: a count that rises would say when somebody did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fairlead.feedback import rules, wording
from fairlead.feedback.models import Asked, Comment, Figure, Round, Share, Tally
from fairlead.people import access, switches
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person

FEATURE = "feedback"
_GROUPS = "who was asked decides what may be shown, and whether it is on"
_SHOWN = "a round that went through the rules of its readers is shown"
_SHARED = "whether the owner shares a round decides who reads it"
_CLOSED = "a closed round is compared with those released before"

Part = Literal["own", "about", "asked", "above"]
"""How somebody reads a round: as its owner, as one of the managers it is about, asked in it, or as the superior."""


# Whether it is on


def _managers(round: Round) -> list[int]:
    rows = Asked.objects.for_system(_GROUPS).filter(round=round).order_by("manager")
    return list(rows.values_list("manager", flat=True).distinct())


def on(round: Round) -> bool:
    """Whether it is on below any of the managers a round is about."""
    return any(switches.is_on_below(FEATURE, one) for one in _managers(round))


def only_where_on(actor: access.Actor, rows: GuardedQuerySet[Asked]) -> GuardedQuerySet[Asked]:
    """Rows of who is asked, without those about managers below whom it is off."""
    if not switches.newest(FEATURE):
        return rows.none()
    about = set(rows.values_list("manager", flat=True))
    return rows.filter(manager__in=[one for one in about if switches.is_on_below(FEATURE, one)])


def available(actor: access.Actor) -> bool:
    """Whether there is a page for the reader: it is on above or below, or a round is theirs, or HR looks after one."""
    if actor.person is None or not switches.newest(FEATURE):
        return False
    if switches.is_on(FEATURE, actor.person) or switches.is_on_below(FEATURE, actor.person):
        return True
    rounds = [row for rows in (_owned(actor), _counted(actor)) for row in rows]
    return any(on(row) for row in rounds)


def require_available(actor: access.Actor) -> None:
    """Raises NotFound where it is off for the reader, the same as for an address that leads nowhere."""
    if not available(actor):
        raise access.NotFound("page")


def _owned(actor: access.Actor) -> Iterable[Round]:
    if not access.may(actor, "feedback.read"):
        return []
    return Round.objects.seen_by(actor, "feedback.read").order_by("-opened_on", "pk")


def _counted(actor: access.Actor) -> Iterable[Round]:
    if not access.may(actor, "feedback.counts"):
        return []
    return Round.objects.seen_by(actor, "feedback.counts").order_by("-opened_on", "pk")


# Who is asked together


def due_groups(day: date, quarter: str) -> list[rules.Group]:
    """The groups of a quarter that have no round yet, by the reporting lines of a day, where it is on."""
    if "on" not in switches.newest(FEATURE).values():
        return []
    nodes = {node.id: node for node in people.tree(day)}
    able = Person.objects.filter(pk__in=nodes, user__isnull=False, voided_at=None)
    here = set(able.exclude(starts_on__gt=day).exclude(ends_on__lte=day).values_list("pk", flat=True))
    teams: dict[int, list[int]] = {}
    for node in nodes.values():
        if node.manager is not None and node.id in here:
            teams.setdefault(node.manager, []).append(node.id)
    there = {one: team for one, team in teams.items() if one in here and switches.is_on_below(FEATURE, one)}
    found = rules.groups(there, {one: nodes[one].manager for one in there})
    rows = Round.objects.for_system(_GROUPS).filter(quarter=quarter)
    known = set(rows.values_list("kind", "owner"))
    asked = set(
        Asked.objects.for_system(_GROUPS).filter(round__quarter=quarter).values_list("person", flat=True)
    )
    return [
        group
        for group in found
        if (group.kind, group.owner) not in known and not asked & {person for person, _ in group.pairs}
    ]


def pairs(round: Round, *, answered: bool = False) -> frozenset[rules.Pair]:
    """Who was asked about whom in a round; or only those who answered."""
    rows = Asked.objects.for_system(_GROUPS).filter(round=round)
    if answered:
        rows = rows.filter(answered=True)
    return frozenset(rows.values_list("person", "manager"))


def closed(round: Round) -> rules.Closed:
    """A closed round with everything that decides what is shown of it."""
    shown = Round.objects.for_system(_CLOSED).filter(outcome="shown")
    young = shown.filter(opened_on__gt=round.opened_on - rules.POLICY.year)
    # After a year answers count as new: an older round withholds nothing, or one joiner would withhold for ever.
    before = young.filter(kind=round.kind, owner=round.owner_id).order_by("-opened_on").first()
    who = {row.pk: (row, pairs(row, answered=True)) for row in young}
    new = (
        Figure.objects.for_system(_CLOSED)
        .filter(round__in=who, state__in=["fresh", "moved"])
        .exclude(level="")
    )
    return rules.Closed(
        kind=round.kind,  # type: ignore[arg-type]
        owner=round.owner_id,
        on=round.opened_on,
        asked=pairs(round),
        answered=pairs(round, answered=True),
        tallies={
            one.item: rules.Tally(one.yes, one.no, one.unable)
            for one in Tally.objects.for_system(_CLOSED).filter(round=round)
        },
        before=pairs(before) if before else None,
        bases=[
            rules.Base(
                one.key, one.level, one.size, who[one.round_id][1], who[one.round_id][0].opened_on,  # type: ignore[arg-type]
                who[one.round_id][0].kind, who[one.round_id][0].owner_id,  # type: ignore[arg-type]
            )
            for one in new.order_by("round__opened_on", "key")
        ],
    )  # fmt: skip


# Who reads


def shared_with(round: Round) -> set[str]:
    """With whom a round is shared now."""
    rows = Share.objects.for_system(_SHARED).filter(round=round).order_by("pk")
    return {whom for whom, on_ in dict(rows.values_list("whom", "on")).items() if on_}


def readers(round: Round, whom: str) -> list[int]:
    """Whom sharing reaches: those who were asked, or the superior of today."""
    if whom == "above":
        above = people.manager_of(round.owner_id)
        return [above] if above is not None else []
    return sorted({person for person, _ in pairs(round)})


def first_readers(round: Round) -> list[int]:
    """Who reads a released round before anybody else: its owner, and the managers it is about."""
    return sorted({round.owner_id, *_managers(round)})


def own(actor: access.Actor, public_id: str) -> Round:
    """A round of one's own (public id). Raises NotFound."""
    row = Round.objects.seen_by(actor, "feedback.read").filter(public_id=public_id, owner=actor.id).first()
    if row is None or not on(row):
        raise access.NotFound("round")
    return row


def _part(actor: access.Actor, round: Round) -> Part | None:
    """How the actor reads a round; None where there is no such round for them."""
    if round.owner_id == actor.person and access.may(actor, "feedback.read"):
        return "own"
    asked = Asked.objects.for_system(_GROUPS).filter(round=round)
    if access.may(actor, "feedback.read") and asked.filter(manager=actor.person).exists():
        return "about"
    if access.may(actor, "feedback.answer") and asked.filter(person=actor.person).exists():
        return "asked"
    if (
        round.released_at is not None
        and "above" in shared_with(round)
        and actor.person in readers(round, "above")
    ):
        return "above"
    return None


# Pages


@dataclass(frozen=True, slots=True)
class Line:
    """A round in a list. ``state``: open, closed, or what came of it; ``answered`` is known from the closing on."""

    public_id: str
    kind: str
    about: str
    quarter: str
    state: str
    opened_on: date
    closes_on: date
    released_at: datetime | None
    asked: int
    answered: int | None

    @property
    def words(self) -> str:
        return wording.STATE_WORDS[self.state]

    @property
    def shape(self) -> str:
        return wording.STATE_SHAPES.get(self.state, "stop")


@dataclass(frozen=True, slots=True)
class Cell:
    """A word of a round about an item or a half; ``words`` says why there is none."""

    level: str
    words: str
    shape: str


@dataclass(frozen=True, slots=True)
class Row:
    """An item over the rounds that were released, the newest first."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Page:
    """One round as its reader sees it. ``rows`` and ``comments`` are empty for who may not read its result."""

    line: Line
    part: Part
    reads: bool
    may_answer: bool
    have_answered: bool
    rows: list[Row]
    columns: list[Line]
    comments: list[str]
    shares: set[str]
    why: str
    managers: list[str]
    above: str


def table(page: Page) -> list[list[str]]:
    """What the page shows of a round as lines of a table: items by rounds, then comments; exactly that and no more.

    A round whose result the reader does not have has its heading and the reason, as on the page.
    """
    rows = [["About", page.line.about], ["Quarter", page.line.quarter]]
    if not page.rows:
        return [*rows, ["State", page.line.words], *([["Why", page.why]] if page.why else [])]
    head = ["Item", *(one.quarter for one in page.columns)]
    answers = ["Answers", *(str(one.answered) for one in page.columns)]
    rows += [head, answers, *([row.name, *(cell.words for cell in row.cells)] for row in page.rows)]
    return rows + [["Comment", text] for text in page.comments]


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A round one is asked in."""

    line: Line
    manager: str
    answered: bool
    open: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class Book:
    """Everything of feedback that somebody has: asked for, about the own team, shared by a report, counts."""

    asked: list[ToAnswer]
    own: list[Line]
    about: list[Line]
    shared: list[Line]
    counts: list[Line]
    next_on: date


def _line(row: Round, names: dict[int, str]) -> Line:
    state = row.outcome or ("closed" if row.closed_on else "open")
    number = Asked.objects.for_system(_GROUPS).filter(round=row).count()
    owner = names.get(row.owner_id, "")
    about = owner if row.kind == "team" else f"the managers of {owner}’s unit"
    return Line(
        row.public_id, row.kind, about, row.quarter, state, row.opened_on, row.closes_on, row.released_at, number,
        row.answered,
    )  # fmt: skip


def _lines(rows: Iterable[Round]) -> list[Line]:
    found = [row for row in rows if on(row)]
    names = people.names({row.owner_id for row in found})
    return [_line(row, names) for row in found]


def _asked(actor: access.Actor) -> list[Asked]:
    if actor.person is None or not access.may(actor, "feedback.answer"):
        return []
    rows = Asked.objects.seen_by(actor, "feedback.answer").filter(person=actor.person)
    return list(only_where_on(actor, rows))


def _is_open(row: Round, at: datetime) -> bool:
    return row.closed_on is None and people.house().day(at) <= row.closes_on


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many open rounds wait for the reader's answer."""
    if actor.person is None or not switches.newest(FEATURE):
        return 0
    rows = [one.round_id for one in _asked(actor) if not one.answered]
    today = people.house().day(at)
    return Round.objects.for_system(_SHOWN).filter(pk__in=rows, closed_on=None, closes_on__gte=today).count()


def to_answer(actor: access.Actor, public_id: str, at: datetime) -> ToAnswer:
    """A round the reader is asked in (public id). Raises NotFound."""
    found = next((one for one in _to_answer(actor, at) if one.line.public_id == public_id), None)
    if found is None:
        raise access.NotFound("round")
    return found


def _to_answer(actor: access.Actor, at: datetime) -> list[ToAnswer]:
    mine = {one.round_id: one for one in _asked(actor)}
    rows = list(Round.objects.for_system(_SHOWN).filter(pk__in=mine).order_by("-opened_on", "pk"))
    names = people.names({row.owner_id for row in rows} | {one.manager_id for one in mine.values()})
    return [
        ToAnswer(
            _line(row, names), names[mine[row.pk].manager_id], mine[row.pk].answered, _is_open(row, at),
            "asked" in shared_with(row),
        )
        for row in rows
    ]  # fmt: skip


def book(actor: access.Actor, at: datetime) -> Book:
    """Everything somebody has of feedback. Raises NotFound where it is off."""
    require_available(actor)
    me = actor.id
    about, shared = [], []
    if access.may(actor, "feedback.read"):
        led = Asked.objects.for_system(_GROUPS).filter(manager=me).exclude(round__owner=me).values("round")
        about = list(Round.objects.for_system(_SHOWN).filter(pk__in=led).order_by("-opened_on", "pk"))
        below = [node.id for node in people.reports(me)]
        rows = Round.objects.for_system(_SHARED).filter(owner__in=below, kind="team", outcome="shown")
        shared = [row for row in rows.order_by("-opened_on", "pk") if "above" in shared_with(row)]
    own_rows = [row for row in _owned(actor) if row.owner_id == me]
    return Book(
        asked=_to_answer(actor, at),
        own=_lines(own_rows),
        about=_lines(about),
        shared=_lines(shared),
        counts=_lines(_counted(actor)),
        next_on=next_on(people.house().day(at)),
    )  # fmt: skip


def next_on(today: date) -> date:
    """The day from which the next round opens."""
    calendar = people.house().calendar
    quarter = calendar.quarter_of(today)
    if today < rules.first_day(quarter.starts_on):
        return rules.first_day(quarter.starts_on)
    return rules.first_day(calendar.quarter_of(rules.after(quarter.ends_on)).starts_on)


def page(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """A round as the reader may see it. Raises NotFound for who is none of its people."""
    require_available(actor)
    row = Round.objects.for_system(_SHOWN).filter(public_id=public_id).first()
    part = _part(actor, row) if row is not None and on(row) else None
    if row is None or part is None:
        raise access.NotFound("round")
    shares = shared_with(row)
    reads = row.released_at is not None and (part != "asked" or "asked" in shares)
    shown = row.outcome == "shown" and reads
    columns = _before(row, part) if shown else []
    names = people.names({row.owner_id, *_managers(row)})
    mine = Asked.objects.for_system(_GROUPS).filter(round=row, person=actor.person).first()
    above = people.manager_of(row.owner_id)
    comments = Comment.objects.for_system(_SHOWN).filter(round=row).order_by("pk") if shown else []
    return Page(
        line=_line(row, names), part=part, reads=reads,
        may_answer=mine is not None and not mine.answered and _is_open(row, at),
        have_answered=mine is not None and mine.answered,
        rows=_rows(columns), columns=[_line(one, names) for one in columns],
        comments=[one.text for one in comments], shares=shares, why=wording.WHY.get(row.outcome, ""),
        managers=sorted(names[one] for one in _managers(row)),
        above=people.names([above]).get(above, "") if above is not None else "",
    )  # fmt: skip


def _before(row: Round, part: Part) -> list[Round]:
    """The released rounds of the same owner up to this one, newest first, as far as the reader reads each."""
    rows = Round.objects.for_system(_SHOWN).filter(kind=row.kind, owner=row.owner_id, outcome="shown")
    found = list(rows.filter(opened_on__lte=row.opened_on).order_by("-opened_on"))
    if part in ("asked", "above"):
        found = [one for one in found if one.pk == row.pk]
    if part == "about":
        mine = set(_managers(row))
        found = [one for one in found if mine & set(_managers(one))]
    return found[:6]


def _rows(columns: list[Round]) -> list[Row]:
    kept = Figure.objects.for_system(_SHOWN).filter(round__in=columns)
    by_key = {(one.round_id, one.key): one for one in kept}
    keys = [key for key in (*rules.ITEMS, *rules.POOLS) if any((row.pk, key) in by_key for row in columns)]
    names = wording.ITEMS | wording.POOLS
    return [Row(names[key], [_cell(by_key.get((row.pk, key))) for row in columns]) for key in keys]


def _cell(figure: Figure | None) -> Cell:
    if figure is None:
        return Cell("", "–", "")
    if not figure.level:
        return Cell("", wording.STATES[figure.state], "wait")
    return Cell(figure.level, wording.LEVELS[figure.level], wording.SHAPES[figure.level])
