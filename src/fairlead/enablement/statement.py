"""The support statement: what the company gives its sellers in a year, with five people or more behind each figure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db import transaction

from fairlead.debts import queries as debts
from fairlead.enablement import catalogue, rules
from fairlead.enablement.models import StatementDraft, SupportStatement
from fairlead.grounds import queries as grounds
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Organisation, Person, Team
from fairlead.standing import queries as standing

TOO_FEW = "too few to say"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its words and who is behind it; ``says`` is TOO_FEW under five. Nobody is shown who that is."""

    key: str
    title: str
    says: str
    behind: frozenset[int]
    how: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as it would be issued now: the text is the same inside and outside."""

    year: int
    unit: str
    role: str
    figures: tuple[Figure, ...]
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """An issued statement. ``newest``: no correction followed."""

    public_id: str
    year: int
    unit: str
    role: str
    number: int
    why: str
    text: str
    digest: str
    whole: bool
    figures: tuple[Mapping[str, Any], ...]
    by: str
    at: datetime
    newest: bool


def issued(actor: access.Actor) -> list[Line]:
    """Every statement that was issued, newest first. Raises NotAllowed."""
    access.require(actor, "statement.read")
    rows = list(SupportStatement.objects.select_related("by").order_by("-year", "unit", "role", "-number"))
    seen: set[tuple[int, int | None, str]] = set()
    found = []
    for row in rows:
        key = (row.year, row.lead_id, row.role)
        found.append(
            Line(
                row.public_id, row.year, row.unit, row.role, row.number, row.why, row.text, row.digest,
                digest(row.text) == row.digest, tuple(row.content["figures"]), row.by.name, row.at, key not in seen,
            )
        )  # fmt: skip
        seen.add(key)
    return found


def one(actor: access.Actor, public_id: str) -> Line:
    """One issued statement. Raises NotAllowed, NotFound."""
    found = next((line for line in issued(actor) if line.public_id == public_id), None)
    if found is None:
        raise access.NotFound("support statement")
    return found


def units(actor: access.Actor) -> list[tuple[str, str]]:
    """The units a statement can be about, as (public id of the leader, name). Raises NotAllowed."""
    access.require(actor, "statement.issue")
    rows = Team.objects.select_related("lead").order_by("name")
    return [(row.lead.public_id, row.name) for row in rows]


def draft(actor: access.Actor, at: datetime, *, year: int, unit: str, role: str, supporters: int) -> Draft:
    """What a statement would say: of a year, a unit (public id of its leader, '' for all) and a role ('' for all).

    ``supporters``: how many people support these sellers, as the issuer counts them. To be shown by ``drafted`` only,
    which remembers what was shown. Raises Refused: bad_year, bad_number; NotAllowed, NotFound.
    """
    access.require(actor, "statement.issue")
    today = people.house().day(at)
    if not today.year - 5 <= year <= today.year:
        raise access.Refused("bad_year", "Choose this year or one of the last five.")
    if not 0 <= supporters <= 10_000:
        raise access.Refused("bad_number", "Say how many people support these sellers, as a whole number.")
    first, last = date(year, 1, 1), min(date(year, 12, 31), today)
    lead = people.find(unit).pk if unit else None
    name = next((team for key, team in units(actor) if key == unit), "") if unit else "The whole company"
    persons = catalogue.everybody(last) if lead is None else people.below(lead)
    sellers = catalogue.sellers(persons, last)
    ids = {one.id for one in sellers if not role or rules.same_words(one.role, role)}
    counted: tuple[Figure, ...] = (
        _delivered(ids, first, last, at),
        *_debts(ids, first, last),
        _on_quota(ids, year, at),
    )
    if _tells_of_few(ids, last):
        counted = tuple(replace(one, says=TOO_FEW, how=NEARLY) for one in counted)
    shown = _shown(year)
    counted = tuple(
        replace(one, says=TOO_FEW, how=CHANGED)
        if one.says != TOO_FEW and rules.changed_by_few(one.behind, shown.get(one.key, ()))
        else one
        for one in counted
    )
    figures = (_support(ids, supporters), *counted, _ramp(role, at))
    text = _text(year, name, role, last, figures)
    return Draft(year, name, role, figures, text, digest(text))


HEADCOUNTS = ("support", "ramp")
"""Figures that are a count of sellers or a rule: they say nothing of what anybody got or reached."""
NEARLY = "A statement about nearly the same people is possible: the two together would tell of single ones."


CHANGED = "It was shown before with all but one of these people: the two together would tell of that one."


def _shown(year: int) -> dict[str, list[set[int]]]:
    """Figure -> the sets of people behind it whenever one of the year was shown, in whatever statement."""
    rows = StatementDraft.objects.for_system(
        "who was behind a figure before decides whether it is shown again"
    )
    found: dict[str, list[set[int]]] = {}
    for behind in rows.filter(year=year).values_list("behind", flat=True):
        for key, persons in behind.items():
            found.setdefault(key, []).append(set(persons))
    return found


@transaction.atomic
def drafted(*, by: access.Actor, at: datetime, year: int, unit: str, role: str, supporters: int) -> Draft:
    """A draft as its reader sees it. The ledger keeps that it was read, once a day for each text.

    Raises as ``draft``.
    """
    access.require(by, "statement.issue")
    Organisation.objects.select_for_update().get(pk=1)
    role = rules.one_line(role)
    made = draft(by, at, year=year, unit=unit, role=role, supporters=supporters)
    lead = people.find(unit).pk if unit else None
    behind = {
        one.key: sorted(one.behind)
        for one in made.figures
        if one.key not in HEADCOUNTS and one.behind and one.says != TOO_FEW
    }
    rows = StatementDraft.objects.seen_by(by, "statement.issue").filter(by=by.id, digest=made.digest)
    last = rows.order_by("-pk").first()
    day = people.house().day
    if last is not None and (day(last.at), last.behind) == (day(at), behind):
        return made
    row = StatementDraft.objects.create(
        year=year, lead_id=lead, role=made.role, digest=made.digest, by_id=by.id, at=at, behind=behind
    )
    ledger.append(
        kind="statement.drafted", by=by.ref, at=at, subject_kind="statement", subject=row.pk,
        facts={"year": year, "unit": unit, "role": row.role, "digest": row.digest, "shown": sorted(row.behind)},
    )  # fmt: skip
    return made


def _tells_of_few(ids: Collection[int], last: date) -> bool:
    """Whether these people and those of another possible statement differ by somebody, and by fewer than enough.

    Every unit and the whole company, each with every role and with all of them, is a possible statement.
    """
    others: list[set[int]] = []
    for lead in (None, *Team.objects.values_list("lead_id", flat=True)):
        persons = catalogue.everybody(last) if lead is None else people.below(lead)
        sellers = catalogue.sellers(persons, last)
        roles = ("", *sorted({rules.folded(one.role) for one in sellers}))
        others += [
            {one.id for one in sellers if not role or rules.same_words(one.role, role)} for role in roles
        ]
    return rules.tells_of_few(set(ids), others)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _figure(key: str, title: str, says: str, behind: Collection[int], how: str) -> Figure:
    return Figure(key, title, says if len(set(behind)) >= rules.ENOUGH else TOO_FEW, frozenset(behind), how)


def _support(ids: Collection[int], supporters: int) -> Figure:
    if not supporters:
        says = f"nobody supports {len(ids)} sellers full time"
    else:
        each = len(ids) / supporters
        says = f"{supporters} for {len(ids)} sellers: one for {each:.1f}".rstrip("0").rstrip(".")
    return _figure(
        "support",
        "People who support sellers",
        says,
        ids,
        "Counted by the issuer: engineers, enablement, desk.",
    )


def _delivered(ids: Collection[int], first: date, last: date, at: datetime) -> Figure:
    due = [
        one
        for lines in catalogue.owed(ids, at).values()
        for one in lines
        if first <= one.standing.due_on <= last
    ]
    done = sum(one.standing.delivered is not None for one in due)
    in_time = sum(one.standing.in_time for one in due)
    says = f"{done} of {len(due)} delivered, {in_time} of them in time" if due else "nothing was due"
    return _figure(
        "training", "What the catalogue owed in the year", says, {one.person for one in due},
        "Items of market, product, customer use and tools whose day fell into the year.",
    )  # fmt: skip


def _debts(ids: Collection[int], first: date, last: date) -> tuple[Figure, Figure]:
    rows = [one for person in sorted(ids) for one in debts.all_towards(person)]
    due = [one for one in rows if one.due_on is not None and first <= one.due_on <= last]
    in_time = sum(one.settled_on is not None and one.settled_on <= (one.due_on or last) for one in due)
    closed = f"{in_time} of {len(due)} closed by their day" if due else "none was due"
    open_ = [one for one in rows if one.since <= last and (one.settled_on is None or one.settled_on >= first)]
    ages = [(min(one.settled_on or last, last) - one.since).days for one in open_]
    old = f"{median(ages):.0f} days in the middle" if ages else "none"
    return (
        _figure("debts", "Company debts towards sellers", closed, {one.owed_to for one in due},
                "What the company owed with a day in the year."),
        _figure("age", "Age of company debts", old, {one.owed_to for one in open_},
                "From the day it was refused or late to when it was settled, or the end of the year."),
    )  # fmt: skip


def _on_quota(ids: Collection[int], year: int, at: datetime) -> Figure:
    """Of sellers whose results may be looked at and who were asked for something: how many reached all of it."""
    house = people.house()
    day = house.day(at)
    covered = [person for person in sorted(ids) if person in grounds.in_force(ids, day)]
    past = [one for one in standing.quarters_before(at, 24) if one.ends_on.year == year]
    asked: dict[int, tuple[int, int]] = {}
    if covered and past:
        for (person, _), quarter in standing.measured(covered, past, grounds.rule(at), at).items():
            if quarter.asked.minor:
                minor, won = asked.get(person, (0, 0))
                asked[person] = (minor + quarter.asked.minor, won + quarter.won_minor)
    reached = sum(won >= minor for minor, won in asked.values())
    return _figure(
        "quota", "Sellers on quota", f"{reached} of {len(asked)} reached what was asked of them", set(asked),
        f"Closed quarters of the year ({len(past)}), lowered for ramp and leave.",
    )  # fmt: skip


def _ramp(role: str, at: datetime) -> Figure:
    ramps = grounds.rule(at).ramps
    shares: Sequence[int] = ramps.get(rules.folded(role), ramps.get("", ())) if role else ramps.get("", ())
    if not role and len(ramps) == 1:
        shares = next(iter(ramps.values()))
    says = (
        ", ".join(f"{share} %" for share in shares) if shares else "none: all is asked from the first quarter"
    )
    return Figure(
        "ramp",
        "What is asked while somebody starts",
        says,
        frozenset(),
        "The rule for everybody, quarter by quarter.",
    )


def _text(year: int, unit: str, role: str, last: date, figures: Collection[Figure]) -> str:
    """The statement as plain text: this, and nothing else, is what is said inside and outside."""
    head = f"Support for sellers in {year}: {unit}{f', {role}' if role else ''}"
    until = "" if last == date(year, 12, 31) else f" The year is counted up to {last.day} {last:%B %Y}."
    lines = [
        head, "",
        f"Every figure has at least {rules.ENOUGH} people behind it; else it says “{TOO_FEW}”.{until}", "",
    ]  # fmt: skip
    lines += [f"{one.title}: {one.says}. {one.how}" for one in figures]
    return "\n".join(lines) + "\n"


@transaction.atomic
def issue(
    *,
    by: access.Actor,
    at: datetime,
    year: int,
    unit: str,
    role: str,
    supporters: int,
    seen: str,
    why: str = "",
) -> SupportStatement:
    """Issue a statement as it was shown (``seen`` is its digest); after the first one of its kind with why.

    Raises Refused: changed_meanwhile, text_missing, text_long, and those of ``draft``; NotAllowed, NotFound.
    """
    made = drafted(by=by, at=at, year=year, unit=unit, role=role, supporters=supporters)
    if made.digest != seen:
        raise access.Refused(
            "changed_meanwhile", "The figures moved since you saw them. Read them again, then issue."
        )
    lead = people.find(unit) if unit else None
    Person.objects.select_for_update(no_key=True).get(pk=by.id)
    last = SupportStatement.objects.filter(year=year, lead=lead, role=made.role).order_by("-number").first()
    said = rules.required(why, "what is corrected and why") if last else ""
    row = SupportStatement.objects.create(
        year=year, lead=lead, unit=made.unit[: rules.LONGEST_NAME], role=made.role,
        number=last.number + 1 if last else 1, why=said, text=made.text, digest=made.digest, at=at, by_id=by.id,
        content={
            "supporters": supporters,
            "figures": [{"title": one.title, "says": one.says, "how": one.how} for one in made.figures],
        },
    )  # fmt: skip
    ledger.append(
        kind="statement.issued", by=by.ref, at=at, subject_kind="statement", subject=row.public_id,
        facts={"year": year, "number": row.number, "role": row.role, "digest": row.digest},
    )  # fmt: skip
    return row
