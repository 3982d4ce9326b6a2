"""Reading who read what, and the rules per country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fairlead.grounds import queries as grounds
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import countries
from fairlead.records import classes, rules
from fairlead.records.models import CountryRule, Read
from fairlead.records.wording import KINDS

PAGE = 100


# Reads


@dataclass(frozen=True, slots=True)
class Line:
    """That somebody read something on a day: how often counts hours. ``behalf`` names in whose place, or ''."""

    day: date
    reader: str
    behalf: str
    what: str
    kind: str
    thing: str
    hours: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Whose:
    """A person of HR's units whose records HR keeps."""

    id: int
    public_id: str
    name: str
    title: str
    unit: str
    ends_on: date | None


def reads_of_me(actor: access.Actor, *, thing: str = "") -> list[Line]:
    """Who read what about the actor, newest first; ``thing`` (public id): only of this."""
    return _reads(actor, actor.id, thing)


def reads_of(actor: access.Actor, public_id: str) -> list[Line]:
    """Who read what about a person of HR's units. Raises NotAllowed, NotFound."""
    return _reads(actor, whose(actor, public_id, "hr_record.keep").id, "")


def _reads(actor: access.Actor, person: int, thing: str) -> list[Line]:
    rows = Read.objects.seen_by(actor, "read_log.read").filter(subject=person)
    if thing:
        rows = rows.filter(thing=thing)
    house = people.house()
    found: dict[tuple[date, int, int | None, str, str], Line] = {}
    for row in rows.select_related("reader", "behalf").order_by("-at", "-pk")[:5000]:
        key = (house.day(row.at), row.reader_id, row.behalf_id, row.kind, row.thing)
        before = found.get(key)
        found[key] = Line(
            key[0], row.reader.name, row.behalf.name if row.behalf else "", KINDS.get(row.kind, row.kind), row.kind,
            row.thing, (before.hours if before else 0) + 1, before.last_at if before else row.at,
        )  # fmt: skip
    return list(found.values())


# The people whose records HR keeps


def unit(actor: access.Actor, *, search: str = "") -> list[Whose]:
    """Everybody in HR's units, those who left too, by name; never HR itself. Raises NotAllowed."""
    rows = Person.objects.filter(people.scope(actor, "hr_record.keep", "pk"), voided_at=None)
    if search:
        rows = rows.filter(name__icontains=search)
    return [_whose(row) for row in rows.order_by("name", "pk")[: PAGE * 5]]


def whose(actor: access.Actor, public_id: str, act: str) -> Whose:
    """One person on whose records the actor may do the act. Raises NotAllowed, NotFound."""
    row = Person.objects.filter(people.scope(actor, act, "pk"), public_id=public_id, voided_at=None).first()
    if row is None:
        raise access.NotFound("person")
    return _whose(row)


def _whose(row: Person) -> Whose:
    manager = people.last_manager_of(row.pk)
    lead = people.nodes([manager])[0] if manager else None
    return Whose(
        row.pk, row.public_id, row.name, row.title, (lead.team or lead.name) if lead else "", row.ends_on
    )


# Rules per country


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a country's rule with who set it, when and why."""

    rule: rules.CountryRule
    set_at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country with its rule. ``shipped`` where nobody has set one; ``here`` where a unit is under its law."""

    code: str
    name: str
    rule: rules.CountryRule
    shipped: bool
    here: bool


def country_rule(country: str, at: datetime | None = None) -> rules.CountryRule:
    """The rule in force in a country (its code, '' where none is recorded) at a moment; default: the newest."""
    return kept.once(("rule of a country", country, at), lambda: _country_rule(country, at))


def _country_rule(country: str, at: datetime | None) -> rules.CountryRule:
    rows = CountryRule.objects.filter(country=country).order_by("-version")
    if at is not None:
        rows = rows.filter(set_at__lte=at)
    row = rows.first()
    return rules.shipped(country) if row is None else _as_rule(row)


def _as_rule(row: CountryRule) -> rules.CountryRule:
    return rules.CountryRule(
        row.country, row.min_plan_days, row.companion, tuple(row.protected), row.named_comparisons,
        dict(row.retention), row.version,
    )  # fmt: skip


def rule_of(person: int, at: datetime | None = None) -> rules.CountryRule:
    """The rule of the country whose law holds for a person, as HR recorded it for the unit; callers checked whose."""
    return country_rule(grounds.country_of(person), at)


def named_comparisons(person: int, at: datetime) -> bool:
    """Whether a page may show role peers by name beside a person. Where it is off, peers are figures."""
    return rule_of(person, at).named_comparisons


def country_list(actor: access.Actor, at: datetime) -> list[Country]:
    """Countries with a rule of their own: those that apply here first. Everybody may read it."""
    access.require(actor, "country_rule.read")
    names, here = countries(), grounds.recorded_countries()
    set_ = set(CountryRule.objects.values_list("country", flat=True))
    codes = {code for code in {*rules.SHIPPED, *set_, *here} if code in names}
    found = [
        Country(code, names[code], country_rule(code, at), code not in set_, code in here) for code in codes
    ]
    return sorted(found, key=lambda one: (not one.here, one.name))


def country(actor: access.Actor, code: str, at: datetime) -> Country:
    """One country with its rule. Raises NotAllowed, NotFound for a code that is no country's."""
    access.require(actor, "country_rule.read")
    names = countries()
    if code not in names:
        raise access.NotFound("country")
    set_ = CountryRule.objects.filter(country=code).exists()
    return Country(code, names[code], country_rule(code, at), not set_, code in grounds.recorded_countries())


def country_versions(code: str) -> list[Version]:
    """Every version of a country's rule, newest first; it is everybody's to read."""
    rows = list(CountryRule.objects.filter(country=code).order_by("-version"))
    names = people.who(row.by for row in rows)
    return [Version(_as_rule(row), row.set_at, names.get(row.by, ""), row.reason) for row in rows]


# What is kept


@dataclass(frozen=True, slots=True)
class Kept:
    """One class of data as the page for workers prints it."""

    one: classes.Class
    how_long: str


def what_is_kept(rule: rules.CountryRule) -> list[Kept]:
    """Every class of data about persons, with how long it is kept by a country's rule."""
    return [Kept(one, classes.how_long(one, rule.months(one.key))) for one in classes.CLASSES]


def every_country() -> list[tuple[str, str]]:
    """Code and name of every country that can be set."""
    return list(countries().items())
