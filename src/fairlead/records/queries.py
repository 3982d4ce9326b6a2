"""Reading who read what, and the rules per country."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps

from fairlead.grounds import queries as grounds
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import countries
from fairlead.records import classes, copies, erasing, rules
from fairlead.records.models import (
    CountryRule,
    Erasure,
    Hold,
    HoldEnd,
    Item,
    NoteAsk,
    Read,
    Request,
    Ruling,
    Step,
)
from fairlead.records.wording import KINDS

_OUTSIDE = "who from outside read something about the person, by the reads that went through the table"

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
    found: dict[tuple[date, int | str | None, int | None, str, str], Line] = {}
    known = list(rows.select_related("reader", "behalf").order_by("-at", "-pk")[:5000])
    outside = _outside({row.outside for row in known} - {""})
    for row in known:
        key = (house.day(row.at), row.reader_id or row.outside, row.behalf_id, row.kind, row.thing)
        reader = (
            row.reader.name if row.reader is not None else outside.get(row.outside, "an outside reviewer")
        )
        before = found.get(key)
        found[key] = Line(
            key[0], reader, row.behalf.name if row.behalf else "", KINDS.get(row.kind, row.kind), row.kind,
            row.thing, (before.hours if before else 0) + 1, before.last_at if before else row.at,
        )  # fmt: skip
    return list(found.values())


def _outside(ids: set[str]) -> dict[str, str]:
    """Who read from outside, by public id."""
    rows = apps.get_model("improvement.Reviewer").objects.for_system(_OUTSIDE).filter(public_id__in=ids)
    return (
        {row.public_id: f"outside reviewer {row.name} of {row.organisation}" for row in rows} if ids else {}
    )


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
        dict(row.retention), row.erases_alone, row.version,
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


# Copies of everything about a person


@dataclass(frozen=True, slots=True)
class CopyItem:
    """One item of a copy with the ruling in force, and how it goes out."""

    row: Item
    ruling: Ruling | None
    needs: bool

    @property
    def open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.needs and self.ruling is None

    @property
    def decided(self) -> copies.Decided:
        """The item as it goes out."""
        content, withheld, redacted = self.row.content, "", ""
        if self.ruling is not None and self.ruling.choice == "withhold":
            content, withheld = [], f"Withheld: {self.ruling.reason}"
        elif self.ruling is not None and self.ruling.choice == "redact":
            content, redacted = (
                rules.redacted(content, self.ruling.hidden),
                f"Words are blacked out: {self.ruling.reason}",
            )
        return copies.Decided(self.row.class_key, self.row.title, content, withheld, redacted)


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A copy in a list: ``state`` is prepared, finished or called off."""

    row: Request
    by: str
    state: str


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy as HR works on it."""

    row: Request
    by: str
    whose: Whose
    state: str
    items: tuple[CopyItem, ...]
    steps: tuple[tuple[Step, str], ...]
    writers_over: bool
    elsewhere: tuple[classes.Class, ...]
    """what the person reads on own pages, and HR not at all"""

    @property
    def undecided(self) -> int:
        return sum(one.open for one in self.items)


def copies_of(actor: access.Actor, person: int) -> list[CopyLine]:
    """Copies about a person of HR's units, newest first. Raises NotAllowed."""
    rows = Request.objects.seen_by(actor, copies.ACT).filter(person=person).select_related("by")
    return [CopyLine(row, row.by.name, _state(row)) for row in rows.order_by("-at", "-pk")]


def open_copy_of(actor: access.Actor, person: int) -> Request | None:
    """The copy about a person that is being prepared."""
    return next((one.row for one in copies_of(actor, person) if one.state == "prepared"), None)


def copies_open(actor: access.Actor) -> list[tuple[CopyLine, str]]:
    """Copies that are being prepared in HR's units, with whose they are, the oldest first."""
    rows = Request.objects.seen_by(actor, copies.ACT).select_related("by", "person").order_by("at", "pk")
    lines = [(CopyLine(row, row.by.name, _state(row)), row.person.name) for row in rows]
    return [pair for pair in lines if pair[0].state == "prepared"]


def copy_row(actor: access.Actor, public_id: str) -> Request:
    """One copy. Raises NotAllowed, NotFound."""
    row = Request.objects.seen_by(actor, copies.ACT).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("copy")
    return row


def copy_item(actor: access.Actor, public_id: str, number: int) -> tuple[Request, Item]:
    """One item of a copy. Raises NotAllowed, NotFound."""
    row = copy_row(actor, public_id)
    item = Item.objects.seen_by(actor, copies.ACT).filter(request=row, number=number).first()
    if item is None:
        raise access.NotFound("item")
    return row, item


def copy(actor: access.Actor, public_id: str, at: datetime) -> Copy:
    """One copy with its items and rulings. Raises NotAllowed, NotFound."""
    row = copy_row(actor, public_id)
    rulings = {
        one.item_id: one
        for one in Ruling.objects.seen_by(actor, copies.ACT).filter(item__request=row).order_by("number")
    }
    items = Item.objects.seen_by(actor, copies.ACT).filter(request=row).order_by("number")
    steps = (
        Step.objects.seen_by(actor, copies.ACT).filter(request=row).select_related("by").order_by("number")
    )
    return Copy(
        row, people.nodes([row.by_id])[0].name, whose_id(actor, row.person_id), _state(row),
        tuple(CopyItem(one, rulings.get(one.pk), needs_ruling(one)) for one in items),
        tuple((one, one.by.name) for one in steps), people.house().day(at) > row.ready_on,
        tuple(one for one in classes.CLASSES if one.copy == "own_page"),
    )  # fmt: skip


def whose_id(actor: access.Actor, person: int) -> Whose:
    """One person by key on whom HR keeps records. Raises NotAllowed, NotFound."""
    row = Person.objects.filter(people.scope(actor, "hr_record.keep", "pk"), pk=person).first()
    if row is None:
        raise access.NotFound("person")
    return _whose(row)


def needs_ruling(item: Item) -> bool:
    """Whether somebody else is in an item, so that it is decided before it goes out.

    A note that its writer disclosed is decided as well: it can name third people.
    """
    return bool(item.others or item.written_by)


def is_over(row: Request) -> bool:
    """Whether a copy was finished or called off."""
    return _state(row) != "prepared"


def _state(row: Request) -> str:
    kinds = set(Step.objects.for_system(_STATE).filter(request=row).values_list("kind", flat=True))
    return "called off" if "called_off" in kinds else "finished" if "finished" in kinds else "prepared"


_STATE = "how a copy stands that went through the table, or whose writer of notes is asked"


# What writers of private notes are asked


@dataclass(frozen=True, slots=True)
class OwnNote:
    """An own private note about whom a copy is prepared."""

    id: int
    slot: date
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """That the actor is asked for own notes: about whom, until when, and the notes."""

    request: str
    about: str
    until: date
    answered_at: datetime | None
    over: bool
    notes: tuple[OwnNote, ...]


def asked_of_me(actor: access.Actor) -> list[Asked]:
    """What the actor is or was asked to disclose, newest first."""
    rows = (
        NoteAsk.objects.seen_by(actor, "person_copy.disclose")
        .select_related("request__person")
        .order_by("-at")
    )
    return [
        Asked(
            one.request.public_id, one.request.person.name, one.request.ready_on, one.answered_at,
            is_over(one.request), tuple(own_notes(actor, one.request)),
        )
        for one in rows
    ]  # fmt: skip


def note_ask(actor: access.Actor, request: str) -> NoteAsk:
    """What the actor was asked for a copy. Raises NotAllowed, NotFound."""
    row = NoteAsk.objects.seen_by(actor, "person_copy.disclose").filter(request__public_id=request).first()
    if row is None:
        raise access.NotFound("note")
    return row


def own_notes(actor: access.Actor, request: Request) -> list[OwnNote]:
    """The actor's private notes about the person of a copy."""
    model: Any = apps.get_model("oneonones.PrivateNote")
    rows = model.objects.seen_by(actor, "private_note.keep").filter(writer=actor.id, other=request.person_id)
    return [OwnNote(row.pk, row.slot, row.text) for row in rows.order_by("slot")]


# Holds and erasure


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold with who set it, and its end where it was lifted."""

    row: Hold
    by: str
    end: HoldEnd | None
    lifted_by: str


def holds_of(actor: access.Actor, person: int) -> list[HoldLine]:
    """Holds about a person of HR's units, newest first. Raises NotAllowed."""
    rows = Hold.objects.seen_by(actor, "hr_record.keep").filter(person=person).select_related("by")
    ends = {
        one.hold_id: one
        for one in HoldEnd.objects.seen_by(actor, "hr_record.keep")
        .filter(hold__person=person)
        .select_related("by")
    }
    return [
        HoldLine(row, row.by.name, end := ends.get(row.pk), end.by.name if end else "")
        for row in rows.order_by("-at", "-pk")
    ]


def held(persons: Collection[int]) -> set[int]:
    """Those of the people about whom a hold stands."""
    lifted = HoldEnd.objects.for_system(_HELD).values("hold")
    rows = Hold.objects.for_system(_HELD).filter(person__in=list(persons)).exclude(pk__in=lifted)
    return set(rows.values_list("person_id", flat=True))


_HELD = "whether a hold stands about a person, before anything is erased"


def erasures_of(actor: access.Actor, person: int) -> list[tuple[Erasure, str, str]]:
    """What was erased about a person: the stone, the class in words, and by whom ('' by a country's rule)."""
    rows = Erasure.objects.seen_by(actor, "hr_record.keep").filter(person=person).select_related("by")
    return [
        (row, classes.BY_KEY[row.class_key].title, row.by.name if row.by else "")
        for row in rows.order_by("-at", "-pk")
    ]


@dataclass(frozen=True, slots=True)
class PastTime:
    """Entries of a class about a person whose time is over; ``held`` where a hold stands."""

    person: int
    public_id: str
    name: str
    key: str
    title: str
    entries: int
    months: int
    since: str
    held: bool


def past_time(actor: access.Actor, at: datetime) -> list[PastTime]:
    """What is past its time in HR's units, by name. Raises NotAllowed."""
    access.require(actor, "hr_record.keep")
    rows = Person.objects.filter(people.scope(actor, "hr_record.keep", "pk"))
    return past_of(set(rows.values_list("pk", flat=True)), at)


def everybody() -> set[int]:
    """Everybody who was ever here, for the daily count."""
    return set(Person.objects.values_list("pk", flat=True))


def past_of(persons: Collection[int], at: datetime) -> list[PastTime]:
    """What is past its time about these people, by name and class; callers checked whose."""
    today = people.house().day(at)
    asked, found = set(persons), []
    names: dict[int, Person] = {}
    for one in classes.CLASSES:
        if not one.erasable:
            continue
        some = erasing.candidates(one, _least_months(one.key), today) & asked
        held_ = held(some)
        names |= {row.pk: row for row in Person.objects.filter(pk__in=some - names.keys())}
        for person in some:
            months = rule_of(person, at).months(one.key)
            count = sum(len(rows) for rows in erasing.past_time(person, one, months, today).values())
            if count:
                row = names[person]
                found.append(
                    PastTime(
                        person,
                        row.public_id,
                        row.name,
                        one.key,
                        one.title,
                        count,
                        months,
                        one.since,
                        person in held_,
                    )
                )
    return sorted(found, key=lambda one: (one.name, one.person, one.title))


def _least_months(key: str) -> int:
    set_ = [_as_rule(row) for row in CountryRule.objects.all()]
    return min(rule.months(key) for rule in [*rules.SHIPPED.values(), rules.CountryRule(""), *set_])
