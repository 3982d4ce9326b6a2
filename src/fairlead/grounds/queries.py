"""Reading grounds: what was recorded for a unit, whom it covers, and the rule in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.grounds import rules
from fairlead.grounds.models import Ground, RuleVersion
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.models import Partnership, Person, Reach, Team

_COVERS = (
    "whether anything runs for a person follows from what was recorded above them; nothing of it is shown"
)

_COUNTRY = "which country's law holds for a person; nothing else of what was recorded is read"


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands for a unit: the newest record, or None where there was never one. ``covers`` counts its people."""

    head: int
    public_id: str
    name: str
    unit: str
    newest: Ground | None
    by: str
    covers: int
    ahead: bool
    """recorded, and its first day has not come"""

    @property
    def runs(self) -> bool:
        return self.newest is not None and self.newest.kind == "recorded" and not self.ahead


def in_force(persons: Collection[int], on: date, *, at: datetime | None = None) -> dict[int, int]:
    """person -> the ground (its key) that covers them on a day by today's tree; nobody who is not covered.

    The nearest leader above (or the person) with any record decides. ``at``: only what was recorded by then.
    """
    rows = Ground.objects.for_system(_COVERS).order_by("head", "-number")
    if at is not None:
        rows = rows.filter(at__lte=at)
    newest: dict[int, Ground] = {}
    for row in rows:
        newest.setdefault(row.head_id, row)
    if not newest:
        return {}
    found: dict[int, int] = {}
    decided: set[int] = set()
    above = Reach.objects.filter(boss__in=list(newest)).order_by("depth")
    if len(persons) <= 500:
        above = above.filter(member__in=list(persons))
    wanted = set(persons)
    for boss, member in above.values_list("boss_id", "member_id"):
        if member not in wanted or member in decided:
            continue
        decided.add(member)
        row = newest[boss]
        if row.kind == "recorded" and row.runs_from is not None and row.runs_from <= on:
            found[member] = row.pk
    return found


def covered(person: int, on: date) -> bool:
    """Whether results of a person may be looked at on a day."""
    return person in in_force([person], on)


def runs_since(ground: int) -> date:
    """The first day of a ground (its key) that covers somebody."""
    row = Ground.objects.for_system(_COVERS).get(pk=ground)
    return row.runs_from or date.max


def country_of(person: int) -> str:
    """The country whose law holds for a person: of the newest record of the nearest unit above, '' where none is."""
    for head in people.chain(person):
        rows = Ground.objects.for_system(_COUNTRY).filter(head=head, kind="recorded").order_by("-number")
        if (code := rows.values_list("country", flat=True).first()) is not None:
            return code
    return ""


def recorded_countries() -> set[str]:
    """The countries recorded for any unit."""
    return set(Ground.objects.for_system(_COUNTRY).exclude(country="").values_list("country", flat=True))


def of_me(actor: access.Actor, at: datetime) -> Unit | None:
    """What was recorded for the unit the actor is in, the nearest one above; everybody may read what covers them."""
    access.require(actor, "ground.read")
    day = people.house().day(at)
    for head in people.chain(actor.id):
        row = _newest(head)
        if row is not None:
            return _unit(Person.objects.select_related("team").get(pk=head), row, day)
    return None


def units(actor: access.Actor, at: datetime) -> list[Unit]:
    """The units one is HR partner of and the leaders in them, those with a record first."""
    access.require(actor, "ground.keep")
    day = people.house().day(at)
    heads = Person.objects.filter(
        people.scope(actor, "ground.keep", "pk"), voided_at=None, pk__in=Team.objects.values("lead_id")
    )
    found = [
        _unit(head, _newest(head.pk), day) for head in heads.select_related("team").order_by("name", "pk")
    ]
    tops = set(Partnership.objects.filter(hr=actor.id, ends_on=None).values_list("head_id", flat=True))
    return sorted(found, key=lambda one: (one.newest is None, one.head not in tops, -one.covers, one.name))


def through(units: Sequence[Unit], on: date) -> dict[int, str]:
    """head -> the unit above whose record covers it on a day, of units that were listed for their reader."""
    names = {one.newest.pk: one.unit for one in units if one.newest is not None}
    covers = in_force([one.head for one in units if one.newest is None], on)
    return {head: names.get(ground, "a unit above") for head, ground in covers.items()}


def unit(actor: access.Actor, head: str, at: datetime) -> Unit:
    """One unit by its leader (public id). Raises NotAllowed, NotFound."""
    found = next((one for one in units(actor, at) if one.public_id == head), None)
    if found is None:
        raise access.NotFound("unit")
    return found


def history(actor: access.Actor, head: str, at: datetime) -> list[tuple[Ground, str]]:
    """Everything recorded for a unit with who did, newest first."""
    known = unit(actor, head, at)
    rows = Ground.objects.seen_by(actor, "ground.keep").filter(head=known.head).select_related("by")
    return [(row, row.by.name) for row in rows.order_by("-number")]


def _newest(head: int) -> Ground | None:
    rows = Ground.objects.for_system(_COVERS).filter(head=head)
    return rows.select_related("by").order_by("-number").first()


def _unit(head: Person, row: Ground | None, day: date) -> Unit:
    team = head.team.name if hasattr(head, "team") else ""
    ahead = row is not None and row.runs_from is not None and row.runs_from > day
    covers = Reach.objects.filter(boss=head).count()
    return Unit(
        head.pk, head.public_id, head.name, team or head.name, row, row.by.name if row else "", covers, ahead
    )


# The rule


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the rule with who set it and when."""

    rule: rules.Rule
    set_at: datetime
    by: str


def rule(at: datetime | None = None) -> rules.Rule:
    """The rule in force at a moment (default: the newest); what ships before anybody set one."""
    return kept.once(("rule of results", at), lambda: _rule(at))


def _rule(at: datetime | None) -> rules.Rule:
    rows = RuleVersion.objects.order_by("-version")
    if at is not None:
        rows = rows.filter(set_at__lte=at)
    row = rows.first()
    return rules.Rule() if row is None else _as_rule(row)


def rule_of(version: int) -> rules.Rule:
    """The rule as a version said it; 0 is what ships."""
    return rules.Rule() if not version else _as_rule(RuleVersion.objects.get(version=version))


def _as_rule(row: RuleVersion) -> rules.Rule:
    ramps = {job: tuple(shares) for job, shares in row.ramps.items()}
    return rules.Rule(row.line, row.in_a_row, row.decide_days, row.early_chance, ramps, row.version)


def versions() -> list[Version]:
    """Every version of the rule, newest first; it is everybody's to read."""
    rows = list(RuleVersion.objects.order_by("-version"))
    names = people.who(row.by for row in rows)
    return [Version(_as_rule(row), row.set_at, names.get(row.by, "")) for row in rows]


def told_of(head: int) -> Iterable[int]:
    """Everybody who is told that a unit's ground changed: its people and its leader."""
    return Reach.objects.filter(boss=head).values_list("member_id", flat=True)


def anything_runs() -> bool:
    """Whether a ground was ever recorded: where none was, no menu, count or clock of what follows exists."""
    return kept.once("any ground", Ground.objects.for_system(_COVERS).exists)
