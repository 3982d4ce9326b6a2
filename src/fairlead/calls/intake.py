"""One door for a whole batch of files, used by the page, the command and the demo alike.

It receives plain rows: who reads the files does not matter here. People come first, so that owners are known;
then accounts, rates, deals with their history, how they are divided, contacts with accounts, stage categories and
targets; last the estimates. Each file is taken in whole or not at all, and one report says what came of everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db import transaction

from fairlead.calls import actions
from fairlead.calls.rules import TargetRow
from fairlead.deals import actions as deals
from fairlead.deals import queries as deal_queries
from fairlead.deals.models import Category, Import
from fairlead.deals.rules import ChangeRow, DealRow, RateRow, minor_units
from fairlead.deals.shares import SplitRow
from fairlead.people import access
from fairlead.people import actions as people_actions
from fairlead.people import queries as people
from fairlead.people.models import Organisation, Person
from fairlead.people.rules import PersonRow
from fairlead.territories import actions as territories
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow

Progress = Callable[[str, int, int], None]
"""Called with what is being done, rows done and rows in all (0 where that is not known)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything one batch of files holds."""

    people: Sequence[PersonRow] = ()
    accounts: Sequence[AccountRow] = ()
    contacts: Sequence[ContactRow] = ()
    rates: Sequence[RateRow] = ()
    deals: Sequence[DealRow] = ()
    changes: Sequence[ChangeRow] = ()
    targets: Sequence[TargetRow] = ()
    splits: Sequence[SplitRow] = ()
    activities: Sequence[ActivityRow] = ()


class Parcel(Protocol):
    """What a reader of files hands over, whoever it is."""

    @property
    def people(self) -> Sequence[PersonRow]: ...
    @property
    def accounts(self) -> Sequence[AccountRow]: ...
    @property
    def contacts(self) -> Sequence[ContactRow]: ...
    @property
    def rates(self) -> Sequence[RateRow]: ...
    @property
    def deals(self) -> Sequence[DealRow]: ...
    @property
    def changes(self) -> Sequence[ChangeRow]: ...
    @property
    def targets(self) -> Sequence[TargetRow]: ...
    @property
    def splits(self) -> Sequence[SplitRow]: ...
    @property
    def activities(self) -> Sequence[ActivityRow]: ...


def rows_of(parcel: Parcel) -> Rows:
    """What was read, as the door takes it."""
    return Rows(
        people=parcel.people,
        accounts=parcel.accounts,
        contacts=parcel.contacts,
        rates=parcel.rates,
        deals=parcel.deals,
        changes=parcel.changes,
        targets=parcel.targets,
        splits=parcel.splits,
        activities=parcel.activities,
    )


@dataclass(frozen=True, slots=True)
class Manner:
    """How a batch is to be taken: from where, as of when, and what was decided about it.

    ``full``: the deals are all the source has, so absent ones are asked about. ``categories``: stage -> category
    for stages not mapped yet. ``new_owners_below``: unknown owners of deals join the directory as reps who
    report to this person; None leaves their deals unassigned. ``currency`` and ``time_zone`` are used only
    where the organisation has not been set up.
    """

    source: str
    as_of: datetime
    kind: str = "table"
    file_name: str = ""
    full: bool = False
    static: Sequence[str] = ()
    evidence: Sequence[str] = ()
    mapping_toml: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    new_owners_below: Person | None = None
    currency: str = ""
    time_zone: str = ""


@dataclass
class Report:
    """What came of a batch, as plain values that can be kept as JSON. None: the batch had no such file."""

    dry: bool
    source: str
    as_of: str
    full: bool
    people: dict[str, int] | None = None
    owners_added: list[str] = field(default_factory=list)
    accounts: dict[str, int] | None = None
    rates: int | None = None
    deals: dict[str, Any] | None = None
    """counts, lines, unlisted, unassigned, unmapped_stages; as ``deals.actions.TakenIn`` has them"""
    categories: dict[str, str] = field(default_factory=dict)
    targets: dict[str, int] | None = None
    splits: dict[str, int] | None = None
    activities: dict[str, int] | None = None
    import_id: str = ""
    period: str = ""
    """the period whose estimates were computed last, or empty"""
    notes: list[str] = field(default_factory=list)


def take_in_batch(
    *,
    by: access.Actor,
    at: datetime,
    rows: Rows,
    manner: Manner,
    dry_run: bool = False,
    with_estimate: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Take a batch in, or with ``dry_run`` only say what would come of it.

    Idempotent. Raises NotAllowed; Refused and its kin (ImportRefused with every problem) for the first file
    that cannot be taken in: nothing of that file is kept, what stood before it in the order is.
    """
    access.require(by, "import.run")
    work = _Batch(by, at, rows, manner, progress or _silent, Report(
        dry_run, manner.source, manner.as_of.isoformat(), manner.full
    ))  # fmt: skip
    if dry_run:
        return work.tried()
    return work.taken_in(with_estimate)


def _silent(phase: str, done: int, total: int) -> None:
    """No progress is asked for."""


def end_of_day(day: date, at: datetime) -> datetime:
    """The moment a file shows that was exported on a day: the end of that day, or ``at`` on the day itself."""
    zone = ZoneInfo(people.house().time_zone)
    return min(datetime.combine(day + timedelta(days=1), time(), zone), at)


@dataclass
class _Batch:
    by: access.Actor
    at: datetime
    rows: Rows
    manner: Manner
    say: Progress
    report: Report

    # The whole

    def taken_in(self, with_estimate: bool) -> Report:
        self._set_up()
        owners = self._before_deals()
        self._deals(owners, dry_run=False)
        self._splits(owners, dry_run=False)
        self._activities(owners, dry_run=False)
        if not self.rows.deals and not self.rows.changes and self.manner.mapping_toml:
            deals.keep_mapping(
                by=self.by,
                source=self.manner.source,
                kind=self.manner.kind,
                mapping_toml=self.manner.mapping_toml,
            )
        self._categories()
        self._targets()
        rows = self.rows
        if with_estimate and (rows.deals or rows.changes or rows.targets or rows.people or rows.splits):
            self._estimate()
        self._keep_report()
        return self.report

    def tried(self) -> Report:
        """Everything but the deals is taken in and rolled back; the deals have a dry run of their own.

        Deals of thousands of rows would hold the database's write lock for as long as they take. Only rates,
        which the deals need, keep them inside.
        """
        with transaction.atomic():
            self._set_up()
            owners = self._before_deals()
            would_know = set(owners)
            self._splits(owners, dry_run=True)
            self._activities(owners, dry_run=True)
            if self.rows.rates:
                self._deals(self._known_owners({}), dry_run=True)
            self._targets()
            transaction.set_rollback(True)
        if not self.rows.rates:
            self._deals(self._known_owners({}), dry_run=True)
        if self.report.deals is not None:
            unassigned = self.report.deals["unassigned"]
            self.report.deals["unassigned"] = {k: n for k, n in unassigned.items() if k not in would_know}
        return self.report

    def _before_deals(self) -> dict[str, int]:
        """People, owners, accounts and rates; owner as the source spells it -> person."""
        ids = self._people()
        owners = self._known_owners(ids)
        owners |= self._new_owners(owners)
        self._accounts(owners)
        self._rates()
        return owners

    # The parts, in order

    def _set_up(self) -> None:
        if Organisation.objects.exists() or not self.manner.currency:
            return
        people_actions.set_up(
            by=self.by,
            at=self.at,
            name=people.DEFAULT_HOUSE.name,
            currency=self.manner.currency,
            time_zone=self.manner.time_zone or "UTC",
        )
        self.report.notes.append(
            f"The organisation counts in {self.manner.currency} now, as the file does. Settings can change it."
        )

    def _people(self) -> dict[str, int]:
        if not self.rows.people:
            return {}
        self.say("Taking people in", 0, 0)
        done = people_actions.take_in(
            by=self.by,
            at=self.at,
            source=self.manner.source,
            rows=self.rows.people,
            lines_from=self._first_day(),
        )
        self.report.people = {
            "added": done.added,
            "changed": done.changed,
            "moved": done.moved,
            "unchanged": done.unchanged,
        }
        self.report.notes += [
            f"{name}: the role {role.replace('_', ' ')} is given by an admin under People, not by a file."
            for name, role in done.not_given
        ]
        return dict(done.people)

    def _first_day(self) -> date:
        """The first day of the batch's history: lines of new people and new mappings begin there."""
        house = people.house()
        days = [day for row in self.rows.deals for day in (row.created_on, row.closed_on) if day]
        days += [house.day(min(row.at for row in self.rows.changes))] if self.rows.changes else []
        return min([*days, house.day(self.at)])

    def _known_owners(self, taken: Mapping[str, int]) -> dict[str, int]:
        """Everybody by unambiguous name, by email and by the source's own id, the later the stronger."""
        names: dict[str, int] = {}
        twice: set[str] = set()
        strong: dict[str, int] = {}
        found = Person.objects.filter(voided_at=None)
        for pk, source, external_id, name, email in found.values_list(
            "pk", "source", "external_id", "name", "email"
        ):
            twice |= {name} if name in names else set()
            names[name] = pk
            if email:
                strong[email] = pk
            if source == self.manner.source:
                strong[external_id] = pk
        plain = {name: pk for name, pk in names.items() if name not in twice}
        return plain | strong | dict(taken)

    def _new_owners(self, known: Mapping[str, int]) -> dict[str, int]:
        boss = self.manner.new_owners_below
        if boss is None:
            return {}
        wanted = dict.fromkeys(row.owner for row in self.rows.deals if row.owner and row.owner not in known)
        first, added = self._first_day(), {}
        for label in wanted:
            person = people_actions.add_person(
                by=self.by,
                at=self.at,
                name=label[:160],
                manager=boss,
                roles=frozenset({access.Role.REP}),
                starts_on=first,
                source=self.manner.source,
                external_id=label[:120],
            )
            added[label] = person.pk
        self.report.owners_added = list(added)
        return added

    def _accounts(self, owners: Mapping[str, int]) -> None:
        if not self.rows.accounts and not self.rows.contacts:
            return
        self.say("Taking accounts in", 0, 0)
        done = territories.take_in(
            by=self.by,
            at=self.at,
            source=self.manner.source,
            accounts=self.rows.accounts,
            contacts=self.rows.contacts,
            people_ids=owners,
            as_of=self.manner.as_of,
            minor=lambda amount, currency: minor_units(amount, currency, rounding=True),
        )
        self.report.accounts = asdict(done)

    def _rates(self) -> None:
        if not self.rows.rates:
            return
        home, known = people.house().currency, deal_queries.rates()
        fresh = [
            r for r in self.rows.rates if r.currency != home and known.rate(r.currency, r.starts_on) != r.rate
        ]
        if fresh:
            deals.set_rates(by=self.by, at=self.at, rates=fresh)
        self.report.rates = len(fresh)

    def _deals(self, owners: Mapping[str, int], *, dry_run: bool) -> None:
        if not self.rows.deals and not self.rows.changes:
            return
        total = len(self.rows.deals) + len(self.rows.changes)
        manner, words = self.manner, "Trying the deals" if dry_run else "Taking deals in"
        self.say(words, 0, total)
        done = deals.take_in(
            by=self.by,
            at=self.at,
            source=manner.source,
            kind=manner.kind,
            file_name=manner.file_name,
            deals=self.rows.deals,
            changes=self.rows.changes,
            people_ids=owners,
            as_of=manner.as_of,
            full=manner.full,
            static=manner.static,
            evidence=manner.evidence,
            mapping_toml=manner.mapping_toml,
            dry_run=dry_run,
            progress=lambda rows, _: self.say(words, rows, total),
        )
        self.report.deals = {
            "counts": dict(done.counts),
            "lines": [dict(line) for line in done.lines],
            "unlisted": dict(done.unlisted),
            "unassigned": dict(done.unassigned),
            "unmapped_stages": dict(done.unmapped_stages),
        }
        self.report.import_id = "" if dry_run else done.public_id

    def _splits(self, owners: Mapping[str, int], *, dry_run: bool) -> None:
        if not self.rows.splits:
            return
        self.say("Taking splits in", 0, 0)
        done = deals.take_in_splits(
            by=self.by,
            at=self.at,
            source=self.manner.source,
            rows=self.rows.splits,
            as_of=self.manner.as_of,
            people_ids=self._known_owners({}) | dict(owners),
            coming=(row.deal_id for row in self.rows.deals) if dry_run else (),
            dry_run=dry_run,
        )
        self.report.splits = {"added": done.added, "unchanged": done.unchanged}

    def _activities(self, owners: Mapping[str, int], *, dry_run: bool) -> None:
        if not self.rows.activities:
            return
        self.say("Taking contacts in", 0, 0)
        named = {row.deal_id for row in self.rows.activities if row.deal_id and not row.account}
        accounts = deal_queries.accounts_of(self.manner.source, named) if named else {}
        accounts |= {row.deal_id: row.account for row in self.rows.deals if named and row.deal_id in named}
        done = territories.take_in_activities(
            by=self.by,
            at=self.at,
            source=self.manner.source,
            rows=self.rows.activities,
            as_of=self.manner.as_of,
            people_ids=self._known_owners({}) | dict(owners),
            deal_accounts=accounts,
            dry_run=dry_run,
        )
        self.report.activities = asdict(done)
        if done.nowhere:
            self.report.notes.append(
                f"{done.nowhere} contacts name no account that is known here and were left out. Bring the accounts, "
                "then the same file again."
            )

    def _categories(self) -> None:
        """Stages that mean nothing yet get the category decided for them, from the first day of the history."""
        if not self.manner.categories:
            return
        first = self._first_day()
        mapped = set(Category.objects.values_list("stage", flat=True).distinct())
        for stage, category in sorted(self.manner.categories.items()):
            if category and stage not in mapped:
                deals.set_category_mapping(
                    by=self.by, at=self.at, stage=stage, category=category, starts_on=first
                )
                self.report.categories[stage] = category

    def _targets(self) -> None:
        if not self.rows.targets:
            return
        self.say("Taking targets in", 0, 0)
        done = actions.take_in_targets(
            by=self.by, at=self.at, source=self.manner.source, rows=self.rows.targets
        )
        self.report.targets = {"added": done.added, "unchanged": done.unchanged}

    def _estimate(self) -> None:
        """The estimate of the current period, and before it that of the period an older file shows.

        The past is replayed from where the file ends: eight periods back from today would find nothing there.
        """
        self.say("Computing the estimates", 0, 0)
        house = people.house()
        now, shown = house.period(house.day(self.at)), house.period(house.day(self.manner.as_of))
        older = shown != now and bool(self.rows.deals or self.rows.changes)
        if older:
            actions.estimate(by=self.by, at=self.at, as_of=self.manner.as_of)
        actions.estimate(by=self.by, at=self.at, with_past=not older)
        self.report.period = now.name

    def _keep_report(self) -> None:
        """The deals' report is kept with the import already; what came of the other files joins it."""
        row = Import.objects.filter(public_id=self.report.import_id or "-").first()
        if row is None:
            return
        rest = {name: value for name, value in asdict(self.report).items() if name != "deals"}
        row.report = {**row.report, "batch": rest}
        row.save(update_fields=["report"])


def kept_report(actor: access.Actor, import_id: str) -> dict[str, Any]:
    """What was kept of a whole batch with its import, beside what the deals' own report has; {} for none."""
    access.require(actor, "import.read")
    report = Import.objects.filter(public_id=import_id).values_list("report", flat=True).first() or {}
    batch: dict[str, Any] = report.get("batch", {})
    return batch
