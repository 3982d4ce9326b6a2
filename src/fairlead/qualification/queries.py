"""Reading criteria and evidence: a deal's panel, its history, what changed, and what an estimate may know."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db.models import Sum

from fairlead.deals.models import Deal
from fairlead.ledger import queries as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import rules, templates
from fairlead.qualification.models import CriteriaSet, File, FileBytes, FileRemoved, Item


@dataclass(frozen=True, slots=True)
class Criteria:
    """The criteria in force on a day. ``version`` is 0 for what ships with Fairlead until somebody chooses."""

    version: int
    name: str
    template: str
    starts_on: date | None
    set_at: datetime | None
    by: str
    criteria: tuple[rules.Criterion, ...]
    exits: Mapping[str, Mapping[str, int]]

    def named(self, key: str) -> rules.Criterion | None:
        return next((one for one in self.criteria if one.key == key), None)


def shipped(key: str = templates.DEFAULT.key) -> Criteria:
    """A template as it ships."""
    one = templates.BY_KEY[key]
    return Criteria(0, one.name, one.key, None, None, "", one.criteria, {})


def criteria_on(day: date, known_at: datetime | None = None) -> Criteria:
    """The criteria in force on a day, as known at an instant."""
    rows = CriteriaSet.objects.filter(starts_on__lte=day)
    if known_at is not None:
        rows = rows.filter(set_at__lte=known_at)
    row = rows.order_by("-starts_on", "-version").first()
    return shipped() if row is None else _criteria(row)


def _criteria(row: CriteriaSet) -> Criteria:
    return Criteria(
        row.version, row.name, row.template, row.starts_on, row.set_at, row.by,
        tuple(rules.Criterion(**one) for one in row.criteria), row.exits,
    )  # fmt: skip


def versions(actor: access.Actor) -> list[Criteria]:
    """Every version that was ever kept, newest first, with names of who kept it."""
    access.require(actor, "criteria.write")
    found = [_criteria(row) for row in CriteriaSet.objects.order_by("-version")[:200]]
    who = people.who(one.by for one in found)
    return [replace(one, by=who[one.by]) for one in found]


def criterion(key: str, on: date, known_at: datetime | None = None) -> rules.Criterion:
    """A criterion in force by its key. Raises NotFound."""
    found = criteria_on(on, known_at).named(key)
    if found is None:
        raise access.NotFound("criterion")
    return found


# The evidence of a deal


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file as its item shows it. ``removed_by`` is '' while it is there; size in bytes."""

    public_id: str
    name: str
    kind: str
    size: int
    sha256: str
    removed_by: str = ""
    removed_why: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item as it was given. ``undone_by`` names who took it back, '' while it stands."""

    public_id: str
    criterion: str
    score: int
    what: str
    on: date
    buyer_name: str
    buyer_role: str
    contact: str
    link: str
    by: str
    at: datetime
    undone_by: str = ""
    undone_at: datetime | None = None
    file: FileShown | None = None

    @property
    def host(self) -> str:
        """The host of the link, so that a reader knows where it leads."""
        return urlsplit(self.link).hostname or ""


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion of a deal: what it comes to, the item it rests on, every item there was (newest first).

    ``wanted`` is the least score the deal's stage asks for before it is left, None where it asks for nothing.
    """

    criterion: rules.Criterion
    grade: rules.Grade
    item: Evidence | None
    age_days: int | None
    past: tuple[Evidence, ...]
    wanted: int | None

    @property
    def lacks(self) -> bool:
        return self.wanted is not None and self.grade.counted < self.wanted


@dataclass(frozen=True, slots=True)
class Moved:
    """A criterion that came to something else since a day."""

    name: str
    before: int
    after: int
    by_age: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """The evidence of a deal. ``score`` is the least of its criteria, ``weakest`` the names of those that have it."""

    deal: str
    name: str
    stage: str
    status: str
    criteria: Criteria
    lines: tuple[Line, ...]
    score: int
    weakest: tuple[str, ...]
    scored: int
    since: date | None
    moved: tuple[Moved, ...]
    may_score: bool

    @property
    def lacking(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.lacks)

    @property
    def asks(self) -> bool:
        """Whether the deal's stage asks for anything before it is left."""
        return any(line.wanted is not None for line in self.lines)


def panel(actor: access.Actor, deal: str, at: datetime, *, since: date | None = None) -> Panel:
    """A deal's evidence now, and what moved since the end of a day. Raises NotAllowed or NotFound."""
    access.require(actor, "evidence.read")
    row = Deal.objects.seen_by(actor, "evidence.read").filter(public_id=deal).select_related("owner").first()
    if row is None:
        raise access.NotFound("deal")
    today = people.house().day(at)
    criteria = criteria_on(today, at)
    rows = list(
        Item.objects.seen_by(actor, "evidence.read")
        .filter(deal=row.pk, at__lte=at)
        .select_related("by", "contact")
        .order_by("pk")
    )
    grades = grades_of(rows, criteria, today)
    files = _files(actor, row.pk)
    wanted = criteria.exits.get(row.stage, {})
    lines = tuple(
        _line(
            one,
            [item for item in rows if item.criterion == one.key],
            grades[one.key],
            today,
            wanted.get(one.key),
            files,
        )
        for one in criteria.criteria
    )
    least, weak = rules.weakest({key: grade.counted for key, grade in grades.items()})
    names = {one.key: one.name for one in criteria.criteria}
    return Panel(
        row.public_id, row.name or row.account or row.external_id, row.stage, row.status, criteria, lines, least,
        tuple(names[key] for key in weak), sum(line.item is not None for line in lines), since,
        _moved(rows, criteria, grades, since, today) if since else (),
        row.status == "open" and row.owner_id is not None and actor.person is not None
        and people.may_on(actor, "evidence.score", row.owner_id),
    )  # fmt: skip


def grades_of(rows: Iterable[Item], criteria: Criteria, on: date) -> dict[str, rules.Grade]:
    """criterion -> what it comes to on a day, from items of one deal the caller may read."""
    by_key: dict[str, list[rules.Row]] = defaultdict(list)
    for row in rows:
        by_key[row.criterion].append(rules.Row(row.pk, row.score, row.on, row.at, row.undoes_id))
    return {one.key: rules.grade(by_key.get(one.key, ()), one.days, on) for one in criteria.criteria}


def standing_criteria(deal: int, at: datetime) -> list[tuple[str, str]]:
    """(key, name) of the criteria of a deal with evidence that stands. For callers that asked the table."""
    today = people.house().day(at)
    criteria = criteria_on(today, at)
    rows = Item.objects.for_system("which criteria a plan can refer to; callers checked whose")
    grades = grades_of(rows.filter(deal=deal, at__lte=at).order_by("pk"), criteria, today)
    return [(one.key, one.name) for one in criteria.criteria if grades[one.key].row is not None]


def _line(
    criterion: rules.Criterion,
    rows: list[Item],
    grade: rules.Grade,
    today: date,
    wanted: int | None,
    files: Mapping[int, FileShown],
) -> Line:
    undone = {row.undoes_id: row for row in rows if row.undoes_id}
    told = [
        _evidence(row, undone.get(row.pk), files.get(row.pk))
        for row in reversed(rows)
        if row.undoes_id is None
    ]
    number = {row.public_id: row.pk for row in rows}
    item = next((one for one in told if number[one.public_id] == grade.row), None)
    age = (today - item.on).days if item else None
    return Line(criterion, grade, item, age, tuple(told), wanted)


def _files(actor: access.Actor, deal: int) -> dict[int, FileShown]:
    """item key -> its file, of one deal."""
    rows = File.objects.seen_by(actor, "evidence.read").filter(item__deal=deal)
    gone = {
        one.file_id: one
        for one in FileRemoved.objects.seen_by(actor, "evidence.read")
        .filter(file__item__deal=deal)
        .select_related("by")
    }
    return {row.item_id: _file_shown(row, gone.get(row.pk)) for row in rows}


def _file_shown(row: File, gone: FileRemoved | None) -> FileShown:
    who, why = (gone.by.name, gone.reason) if gone else ("", "")
    return FileShown(row.public_id, row.name, row.kind, row.size, row.sha256, who, why)


def file(actor: access.Actor, public_id: str) -> tuple[FileShown, bytes]:
    """A file with its bytes, for whoever reads the evidence of its deal. Raises NotAllowed, NotFound, and Refused
    ``file_removed``."""
    access.require(actor, "evidence.read")
    row = File.objects.seen_by(actor, "evidence.read").filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("file")
    gone = FileRemoved.objects.seen_by(actor, "evidence.read").filter(file=row).select_related("by").first()
    held = FileBytes.objects.seen_by(actor, "evidence.read").filter(file=row).first()
    shown = _file_shown(row, gone)
    if held is None:
        said = (
            f"{shown.removed_by} removed this file: {shown.removed_why}"
            if gone
            else "The bytes are not there."
        )
        raise access.Refused("file_removed", said)
    return shown, bytes(held.data)


def may_remove(actor: access.Actor, deal: str) -> bool:
    """Whether the actor may remove files of a deal, an open or a closed one."""
    if not access.may(actor, "evidence.score"):
        return False
    return Deal.objects.seen_by(actor, "evidence.score").filter(public_id=deal).exists()


def deal_of_file(actor: access.Actor, public_id: str) -> str:
    """The public id of the deal of a file the actor may remove. Raises NotAllowed or NotFound."""
    rows = File.objects.seen_by(actor, "evidence.score").filter(public_id=public_id)
    found = rows.values_list("item__deal__public_id", flat=True).first()
    if found is None:
        raise access.NotFound("file")
    return str(found)


def digest_of(item: Item) -> str:
    """The digest of an item's file, '' for none or one that was removed. For callers that asked the table."""
    rows = File.objects.for_system("the same file sent twice is kept once; callers checked whose").filter(
        item=item
    )
    there = rows.filter(
        pk__in=FileBytes.objects.for_system("a removed file may be sent again").values("file")
    )
    return there.values_list("sha256", flat=True).first() or ""


def bytes_of(deal: int) -> int:
    """What the files of a deal take together. For callers that asked the table."""
    rows = File.objects.for_system("the files of a deal have a limit; callers checked whose").filter(
        item__deal=deal
    )
    gone = FileRemoved.objects.for_system("what was removed takes nothing; callers checked whose").values(
        "file"
    )
    return rows.exclude(pk__in=gone).aggregate(total=Sum("size"))["total"] or 0


def swapped_files() -> list[str]:
    """What is wrong with kept files, against the digests in the ledger; empty where every file is as it was sent.

    For callers that asked the table, after the ledger's chain was found whole. Reads one file at a time.
    """
    removed = {facts["file"] for facts in ledger.facts_of("evidence.file_removed")}
    rows = File.objects.for_system("files are held against the ledger")
    every = dict(rows.values_list("public_id", "pk"))
    wrong, known = [], set()
    for facts in ledger.facts_of("evidence.scored"):
        if "file" not in facts:
            continue
        public_id, digest = str(facts["file"]), facts["file_sha256"]
        known.add(public_id)
        held = (
            FileBytes.objects.for_system("files are held against the ledger")
            .filter(file=every.get(public_id))
            .first()
        )
        if held is not None and public_id in removed:
            wrong.append(f"File {public_id} was removed and is there again.")
        elif held is None and public_id not in removed:
            wrong.append(f"File {public_id} is missing, and nobody removed it.")
        elif held is not None and hashlib.sha256(bytes(held.data)).hexdigest() != digest:
            wrong.append(f"File {public_id} is not the one that was sent.")
    return wrong + [
        f"File {public_id} stands in no entry of the ledger." for public_id in sorted(set(every) - known)
    ]


def _evidence(row: Item, undone: Item | None, file: FileShown | None = None) -> Evidence:
    return Evidence(
        row.public_id, row.criterion, row.score, row.what, row.on, row.buyer_name, row.buyer_role,
        row.contact.public_id if row.contact else "", row.link, row.by.name, row.at,
        undone.by.name if undone else "", undone.at if undone else None, file,
    )  # fmt: skip


def _moved(
    rows: list[Item], criteria: Criteria, now: Mapping[str, rules.Grade], since: date, today: date
) -> tuple[Moved, ...]:
    if since >= today:
        return ()
    end = datetime.combine(since + timedelta(days=1), time(), ZoneInfo(people.house().time_zone))
    then = grades_of([row for row in rows if row.at < end], criteria, since)
    names = {one.key: one.name for one in criteria.criteria}
    return tuple(Moved(names[m.key], m.before, m.after, m.by_age) for m in rules.changed(then, now))


def newest(deal: int, key: str) -> Item | None:
    """The item that stands for a criterion, for callers that checked who asks."""
    rows = Item.objects.for_system("a score follows the one before; callers checked whose").filter(
        deal=deal, criterion=key
    )
    kept = {row.pk: row for row in rows}
    standing = rules.standing(rules.Row(r.pk, r.score, r.on, r.at, r.undoes_id) for r in kept.values())
    return kept[standing[-1].number] if standing else None


def scores_of(actor: access.Actor, deals: Collection[str], at: datetime) -> dict[str, tuple[int, int]]:
    """deal -> (its real score, how many criteria have any evidence), of those the actor may read."""
    today = people.house().day(at)
    criteria = criteria_on(today, at)
    rows = Item.objects.seen_by(actor, "evidence.read").filter(deal__public_id__in=list(deals), at__lte=at)
    by_deal: dict[str, list[Item]] = defaultdict(list)
    for row in rows.select_related("deal").order_by("pk"):
        by_deal[row.deal.public_id].append(row)
    found = {}
    for deal, items in by_deal.items():
        grades = grades_of(items, criteria, today)
        least, _ = rules.weakest({key: grade.counted for key, grade in grades.items()})
        found[deal] = (least, sum(grade.row is not None for grade in grades.values()))
    return found


# What an estimate may know


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a deal at an instant: the least of its criteria, and each criterion that was scored.

    A criterion nobody had scored is absent from ``counted``, so that nothing is made of not knowing.
    """

    score: int
    counted: Mapping[str, int]


def as_known(as_of: datetime) -> dict[int, Known]:
    """deal key -> what its evidence came to at an instant: items, criteria and ages of then, nothing said later.

    For the system's own computations over the whole company. Deals without any evidence are absent.
    """
    day = people.house().day(as_of)
    criteria = criteria_on(day, as_of)
    rows = Item.objects.for_system("evidence for the estimate of the whole company").filter(at__lt=as_of)
    by_deal: dict[int, list[Item]] = defaultdict(list)
    for row in rows.order_by("pk"):
        by_deal[row.deal_id].append(row)
    found = {}
    for deal, items in by_deal.items():
        grades = grades_of(items, criteria, day)
        counted = {key: grade.counted for key, grade in grades.items() if grade.row is not None}
        if counted:
            least, _ = rules.weakest({key: grade.counted for key, grade in grades.items()})
            found[deal] = Known(least, counted)
    return found


# Before criteria change


@dataclass(frozen=True, slots=True)
class Preview:
    """What other criteria would do: counts only. ``apart`` are open deals whose weakest criterion would score else."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]
    altered: tuple[str, ...]
    deals: int
    apart: int


def preview(actor: access.Actor, wanted: Criteria, at: datetime) -> Preview:
    """What a set would change against the one in force, in counts. Raises NotAllowed."""
    access.require(actor, "criteria.write")
    today = people.house().day(at)
    now = criteria_on(today, at)
    before, after = ({one.key: one for one in some.criteria} for some in (now, wanted))
    rows = Item.objects.for_system("how many deals other criteria would score else, without names")
    by_deal: dict[int, list[Item]] = defaultdict(list)
    for row in rows.filter(deal__status="open").order_by("pk"):
        by_deal[row.deal_id].append(row)
    apart = sum(_least(items, now, today) != _least(items, wanted, today) for items in by_deal.values())
    return Preview(
        tuple(one.name for key, one in after.items() if key not in before),
        tuple(one.name for key, one in before.items() if key not in after),
        tuple(one.name for key, one in after.items() if key in before and before[key] != one),
        len(by_deal),
        apart,
    )


def _least(items: list[Item], criteria: Criteria, on: date) -> int:
    return rules.weakest({key: grade.counted for key, grade in grades_of(items, criteria, on).items()})[0]


def keys_ever() -> frozenset[str]:
    """Every key a criterion ever had, in any version or method, so that a new one means nothing old."""
    kept = (one["key"] for row in CriteriaSet.objects.all() for one in row.criteria)
    return frozenset(kept) | {one.key for method in templates.TEMPLATES for one in method.criteria}
