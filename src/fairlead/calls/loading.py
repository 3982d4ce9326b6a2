"""A grid that went out as a file comes back: what each row would change, and why a row cannot.

Nothing here has a way of its own to write: every change is one of the acts of the Call page or of the targets, with
their permissions, windows, notes and ledger entries. A preview does them all and takes them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from fairlead.calls import numbers, rules
from fairlead.calls.actions.calls import type_in_call
from fairlead.calls.actions.overlays import reset_overlay, set_overlay
from fairlead.calls.actions.targets import set_target
from fairlead.calls.rules import REASONS, reason_of
from fairlead.deals import rules as deals
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

MOST_CHANGES = 2_000
"""More changes than these are not one evening's work in a spreadsheet; they are an import."""
Wanted = tuple["Change", Callable[[], object]]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a grid as it came back. Major units; None is an empty cell. ``odd`` says what cannot be read in it.

    ``…_before`` is what stood when the grid was downloaded: only what was edited since is a change of this reader's.
    """

    line: int
    person_id: str
    name: str
    period: str = ""
    category: str = ""
    own_call: Decimal | None = None
    overlay: Decimal | None = None
    note: str = ""
    target: Decimal | None = None
    own_call_before: Decimal | None = None
    overlay_before: Decimal | None = None
    target_before: Decimal | None = None
    odd: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes: ``own_call``, ``overlay`` or ``target``. Minor units; None is nothing said, or taken back."""

    line: int
    person_id: str
    name: str
    what: str
    before: int | None
    after: int | None
    note: str = ""

    @property
    def moved(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file would change. ``digest`` names exactly these changes from exactly what stands."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    unchanged: int
    digest: str


def previewed(wanted: Sequence[Wanted], problems: Sequence[Problem], unchanged: int) -> Loaded:
    """Try every change, keep why any is refused, and take all of them back."""
    refused = list(problems)
    if len(wanted) > MOST_CHANGES:
        why = f"{len(wanted)} changes are more than {MOST_CHANGES} at once. Load the file in parts."
        return Loaded((), (Problem(0, "", why),), unchanged, "")
    with transaction.atomic():
        for change, act in wanted:
            try:
                with transaction.atomic():
                    act()
            except access.Refusal as refusal:
                refused.append(Problem(change.line, change.name, refusal.sentence))
        transaction.set_rollback(True)
    changes = tuple(change for change, _ in wanted)
    return Loaded(changes, tuple(sorted(refused, key=lambda one: one.line)), unchanged, _digest(changes))


@transaction.atomic
def taken(wanted: Sequence[Wanted], problems: Sequence[Problem], digest: str) -> int:
    """Do every change or none. Raises Refused where a row is refused, or where something moved since the preview."""
    changes = tuple(change for change, _ in wanted)
    if _digest(changes) != digest:
        raise access.Refused(
            "grid_moved", "Something changed since this preview, so nothing was loaded. Look at it again."
        )
    if problems or len(wanted) > MOST_CHANGES:
        raise access.Refused("grid_refused", "A row of this file is refused, so nothing was loaded.")
    for _, act in wanted:
        act()
    return len(wanted)


def _digest(changes: Sequence[Change]) -> str:
    told = [[one.person_id, one.what, one.before, one.after, one.note] for one in changes]
    return rules.digest({"changes": told})


# Calls and overlays


def calls_wanted(
    actor: access.Actor, leader: int, period: Period, category: str, at: datetime, rows: Sequence[GridRow],
    columns: frozenset[str],
) -> tuple[list[Wanted], list[Problem], int]:  # fmt: skip
    """What the rows of a leader's grid would change: (changes with their acts, problems, rows without a change).

    ``columns`` are those that the file has of own_call, overlay and note; what a file has not is left alone.
    """
    number = numbers.number_of(actor, leader, period, at, category=category)
    cells = {
        number.nodes[cell.person].public_id: cell
        for cell in number.cells
        if cell.person != leader and cell.person not in number.hidden
    }
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    unchanged, seen = 0, set[str]()
    for row in rows:
        why = row.odd or _stranger(row, cells, seen) or _elsewhere(row, period, category)
        if why:
            problems.append(Problem(row.line, row.name, why))
            continue
        seen.add(row.person_id)
        asked = _Asked(actor, at, period, category, row, cells[row.person_id], number)
        try:
            found = [*_own_call(asked, columns), *_overlay(asked, columns)]
        except access.Refusal as refusal:
            problems.append(Problem(row.line, row.name, refusal.sentence))
            continue
        wanted += found
        unchanged += not found
    return wanted, problems, unchanged


def _stranger(row: GridRow, known: Mapping[str, object], seen: set[str]) -> str:
    if row.person_id not in known:
        return "Nobody with this person_id is in your grid. Download it again and keep that column as it is."
    return "This person stands in the file twice. Keep one of the rows." if row.person_id in seen else ""


def _elsewhere(row: GridRow, period: Period, category: str = "") -> str:
    if row.period and row.period != period.name:
        return f"This row is of {row.period}, and you are loading {period.name}."
    if category and row.category and row.category != category:
        return f"This row is of {row.category}, and you are loading {category}."
    return ""


@dataclass(frozen=True, slots=True)
class _Asked:
    actor: access.Actor
    at: datetime
    period: Period
    category: str
    row: GridRow
    cell: rules.Cell
    number: numbers.Number

    def change(self, what: str, before: int | None, after: int | None, note: str = "") -> Change:
        return Change(self.row.line, self.row.person_id, self.cell.name, what, before, after, note)

    @property
    def person(self) -> Person:
        return Person.objects.get(pk=self.cell.person)


def minor_of(amount: Decimal) -> int:
    """Major units of the organisation's currency in minor ones. Raises Refused for more decimals than it has."""
    try:
        return deals.minor_units(amount, people.house().currency)
    except ValueError as odd:
        raise access.Refused("bad_amount", str(odd)) from odd


def _minor(amount: Decimal | None) -> int | None:
    return None if amount is None else minor_of(amount)


def _edited(
    what: str, columns: frozenset[str], before: int | None, after: int | None, now: int | None
) -> bool:
    """Whether a reader changed a cell since the download. Raises Refused where somebody else did meanwhile as well."""
    if f"{what}_before" not in columns:
        return after != now
    if after in (before, now):
        return False
    if before != now:
        raise access.Refused("grid_older", _OLDER)
    return True


_OLDER = (
    "Since you downloaded this grid another number came in. Download it again and make your change there."
)


def _own_call(asked: _Asked, columns: frozenset[str]) -> list[Wanted]:
    cell, after = asked.cell, _minor(asked.row.own_call)
    if "own_call" not in columns or (after is None and cell.said is None):
        return []
    if not _edited("own_call", columns, _minor(asked.row.own_call_before), after, cell.own_call):
        return []
    sent = asked.number.standing.get(cell.person)
    if sent is not None and sent.number(asked.category) is not None:
        raise access.Refused(
            "submitted", f"{cell.name} submitted this number. Set an overlay beside it instead."
        )

    def act() -> object:
        return type_in_call(
            by=asked.actor, at=asked.at, person=asked.person, period=asked.period, amount_minor=after,
            category=asked.category,
        )  # fmt: skip

    return [(asked.change("own_call", cell.own_call, after), act)]


def _overlay(asked: _Asked, columns: frozenset[str]) -> list[Wanted]:
    beside = asked.number.overlays.get(asked.cell.person)
    before, after = beside.amount if beside else None, _minor(asked.row.overlay)
    was = beside.note if beside else ""
    note = asked.row.note.strip() if "note" in columns else was
    if "overlay" not in columns:
        return []
    downloaded = _minor(asked.row.overlay_before)
    moved = _edited("overlay", columns, downloaded, after, before)
    noted = after == before and after is not None and note != was
    if not (moved or noted):
        return []

    def act() -> object:
        common = {
            "by": asked.actor, "at": asked.at, "person": asked.person, "period": asked.period,
            "category": asked.category,
        }  # fmt: skip
        if after is None:
            return reset_overlay(**common)  # type: ignore[arg-type]
        return set_overlay(**common, amount_minor=after, note=note)  # type: ignore[arg-type]

    return [(asked.change("overlay", before, after, note if after is not None else ""), act)]


# Targets


def targets_wanted(
    actor: access.Actor, period: Period, at: datetime, rows: Sequence[GridRow], columns: frozenset[str]
) -> tuple[list[Wanted], list[Problem], int]:
    """What the rows of the grid of targets would change; an empty cell leaves a target as it is."""
    access.require(actor, "target.write")
    found = Person.objects.filter(
        people.scope(actor, "target.write", "pk"), public_id__in=[row.person_id for row in rows],
        voided_at=None, pk__in=numbers.selling(at),
    )  # fmt: skip
    known = {person.public_id: person for person in found}
    standing = numbers.targets_of([person.pk for person in known.values()], period.name)
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    unchanged, seen = 0, set[str]()
    for row in rows:
        why = row.odd or _stranger(row, known, seen) or _elsewhere(row, period)
        if why:
            problems.append(Problem(row.line, row.name, why))
            continue
        seen.add(row.person_id)
        person = known[row.person_id]
        before = standing.get(person.pk)
        try:
            after, downloaded = _minor(row.target), _minor(row.target_before)
            why = reason_of(row.reason)
            edited = after is not None and _edited("target", columns, downloaded, after, before)
        except access.Refusal as refusal:
            problems.append(Problem(row.line, row.name, refusal.sentence))
            continue
        if after is None or not edited:
            unchanged += 1
            continue
        change = Change(row.line, row.person_id, person.name, "target", before, after, REASONS.get(why, ""))
        wanted.append((change, _target_act(actor, at, person, period, after, why)))
    return wanted, problems, unchanged


def _target_act(
    actor: access.Actor, at: datetime, person: Person, period: Period, amount: int, reason: str
) -> Callable[[], object]:
    def act() -> object:
        return set_target(by=actor, at=at, person=person, period=period, amount_minor=amount, reason=reason)

    return act
