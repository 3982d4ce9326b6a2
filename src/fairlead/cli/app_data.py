"""`fairlead import` and `fairlead export`: the database side. Imported only where one of them is used."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.progress import BarColumn, Progress, TextColumn

from fairlead import crm
from fairlead.cli import app
from fairlead.crm import exchange
from fairlead.deals.rules import ChangeRow, DealRow, RateRow
from fairlead.people.rules import PersonRow

if TYPE_CHECKING:
    from fairlead.calls.rules import TargetRow
    from fairlead.people.access import Actor

# Bringing in


def import_(
    source: Path,
    mapping: Path | None = None,
    as_of: date | None = None,
    dry_run: bool = False,
    as_person: str = "",
) -> None:
    """Take a file, a folder or a zip in, by the same door as the page.

    ``as_of``: everything in it was recorded before this day began (default: it shows this moment).
    ``as_person``: the email of who imports (default: the system). Status 1 when the input is refused, with
    every problem on stderr.
    """
    app.start_django()
    app.migrate()
    from fairlead.calls import intake
    from fairlead.deals.actions import ImportRefused
    from fairlead.people import access, clock

    at = clock.now()
    try:
        with _bar() as bar:
            say = _teller(bar)
            by = _actor(as_person, at, "import on the command line")
            batch = _read(source, mapping, _moment(as_of, at), say)
            report = intake.take_in_batch(
                by=by,
                at=at,
                rows=intake.rows_of(batch),
                manner=_manner(batch, source, mapping, _moment(as_of, at)),
                dry_run=dry_run,
                progress=say,
            )
    except crm.Refused as refused:
        app.stop("\n".join(refused.lines()))
    except crm.NeedsMapping as needs:
        app.stop(str(needs))
    except ImportRefused as refused:
        app.stop("\n".join(_lines(refused)))
    except access.Refusal as refusal:
        app.stop(refusal.sentence)
    _tell(report, batch)


def _bar() -> Progress:
    """A progress bar on a terminal, nothing in a pipe."""
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}")
    return Progress(*columns, console=app.err, transient=True, disable=not sys.stderr.isatty())


def _teller(bar: Progress) -> Any:
    task = bar.add_task("Reading", total=None)

    def say(phase: str, done: int, total: int) -> None:
        bar.update(task, description=phase, completed=done, total=total or None)

    return say


def _actor(email: str, at: datetime, reason: str) -> Actor:
    from fairlead.people import access, queries
    from fairlead.people.models import Person

    if not email:
        return access.system(reason)
    person = Person.objects.filter(email__iexact=email, voided_at=None).first()
    person = person or Person.objects.filter(user__email__iexact=email, voided_at=None).first()
    if person is None:
        raise access.Refused("nobody", f"Nobody here has the email {email}.")
    return queries.actor(person.pk, at)


def _moment(as_of: date | None, at: datetime) -> datetime:
    """The first moment of a day in the organisation's zone, never after now; now for no day."""
    from fairlead.people import queries

    if as_of is None:
        return at
    zone = ZoneInfo(queries.house().time_zone)
    return min(datetime.combine(as_of, time(), zone).astimezone(UTC), at)


def _read(source: Path, mapping: Path | None, moment: datetime, say: Any) -> crm.Batch:
    given = crm.load(mapping) if mapping else None
    return crm.read(
        source, given, moment, lambda name, rows: say(f"Reading {name}", rows, 0), rates_elsewhere=True
    )


def _manner(batch: crm.Batch, source: Path, mapping: Path | None, moment: datetime) -> Any:
    from fairlead.calls import intake

    return intake.Manner(
        source=batch.source[:40],
        as_of=moment,
        kind=batch.kind,
        file_name=source.name,
        static=sorted(batch.static),
        evidence=batch.evidence,
        mapping_toml=mapping.read_text(encoding="utf-8-sig") if mapping else "",
        categories=batch.mapping.categories,
        currency=batch.currency,
        time_zone=batch.time_zone,
    )


def _lines(refused: Any) -> list[str]:
    lines = [
        f"row {p.row}, column {p.column}: {p.value!r}: {p.why} {p.meant}".strip() for p in refused.problems
    ]
    return [*lines, f"… and {refused.more} more of the same kind."] if refused.more else lines


def _tell(report: Any, batch: crm.Batch) -> None:
    """What came of it, one line per kind, on stdout."""
    out = app.out
    out.print(f"{'Tried' if report.dry else 'Taken in'}: {report.source}", markup=False)
    parts: list[tuple[str, Mapping[str, int] | None]] = [
        ("people", report.people),
        ("accounts and contacts", report.accounts),
        ("deals", report.deals and report.deals["counts"]),
        ("targets", report.targets),
        ("splits", report.splits),
        ("contacts with accounts", report.activities),
    ]
    for name, counts in parts:
        if counts:
            told = ", ".join(f"{n:,} {word.replace('_', ' ')}" for word, n in counts.items() if n)
            out.print(f"  {name}: {told or 'nothing'}", markup=False)
    for note in [*report.notes, *batch.notes]:
        out.print(f"  {note}", markup=False)
    if report.deals:
        _tell_open_questions(report.deals)


def _tell_open_questions(deals: Mapping[str, Any]) -> None:
    for owner, rows in sorted(deals["unassigned"].items(), key=lambda pair: -pair[1])[:20]:
        app.out.print(f"  nobody is known as {owner!r} ({rows:,} rows): unassigned", markup=False)
    for stage, offer in deals["unmapped_stages"].items():
        hint = f"; {offer} would fit" if offer else ""
        app.out.print(f"  the stage {stage!r} means no category yet{hint}", markup=False)


# Writing out


def export(folder: Path, as_of: date | None = None, as_person: str = "") -> None:
    """Write everything the actor may see in the exchange format into a folder, or one zip.

    ``as_of``: as it was known when this day began (default: now). Status 2 when the folder holds files already.
    """
    app.start_django()
    from fairlead.people import access, clock

    if folder.exists() and (folder.is_file() or any(folder.iterdir())):
        app.stop(f"{folder} is there and not empty. Choose another name; an export never overwrites.", 2)
    at = clock.now()
    try:
        by = _actor(as_person, at, "export on the command line")
        access.require(by, "export.run")
        written = write(folder, by, None if as_of is None else _moment(as_of, at), at)
    except access.Refusal as refusal:
        app.stop(refusal.sentence)
    for name, rows in written.items():
        app.out.print(f"{name}.csv: {rows:,} rows", markup=False)


def write(folder: Path, by: Actor, instant: datetime | None, at: datetime) -> dict[str, int]:
    """The files of the exchange format with what the actor may see; file name -> rows."""
    from fairlead.deals import queries as deals
    from fairlead.deals import rules as deal_rules
    from fairlead.people import access, queries
    from fairlead.territories import queries as territories

    day = queries.house().day(instant or at)
    names = _person_ids()
    told = list(_deals(by, instant, names)) if access.may(by, "deal.read") else []
    accounts = access.may(by, "account.read")
    return exchange.write(
        folder,
        deals=(deal.row for deal in told),
        changes=(change for deal in told for change in deal.changes),
        people=_people(by, day, names),
        targets=_targets(by, names) if access.may(by, "target.read") else (),
        accounts=territories.account_rows(by, day, deal_rules.major_units) if accounts else (),
        contacts=territories.contact_rows(by) if accounts else (),
        rates=_rates(),
        splits=deals.share_rows(by, names, instant) if access.may(by, "deal.read") else (),
        activities=territories.activity_rows(by, names) if access.may(by, "import.run") else (),
        extras=sorted({name for deal in told for name in deal.row.extra}),
    )


def _person_ids() -> dict[int, str]:
    """internal id -> the source's own id; with the source before it where two sources use the same one."""
    from collections import Counter

    from fairlead.people.models import Person

    rows = list(Person.objects.filter(voided_at=None).values_list("pk", "source", "external_id"))
    times = Counter(external for _, _, external in rows)
    return {pk: external if times[external] == 1 else f"{source}:{external}" for pk, source, external in rows}


@dataclass(frozen=True, slots=True)
class _Told:
    """A deal as it is exported, with its changes."""

    row: DealRow
    changes: list[ChangeRow]


_FIXED = {
    "name", "account", "owner", "amount", "currency", "stage", "forecast_category", "close_on", "created_on",
    "status", "closed_on", "product", "source", "type", "next_step",
}  # fmt: skip


def _deals(by: Actor, instant: datetime | None, people: Mapping[int, str]) -> Iterator[_Told]:
    """Every deal the actor may read, from its facts, a few hundred at a time."""
    from fairlead.deals import lookups, timelines
    from fairlead.deals.models import OwnerName

    labels = {
        (source, label): people.get(person or 0, label)
        for source, label, person in OwnerName.objects.values_list("source_id", "label", "person_id")
    }
    for deal_id, source, events in lookups.histories(by):
        values = timelines.state_at(events, instant)
        if not values:
            continue
        owner = labels.get((source, values.get("owner", "")), values.get("owner", ""))
        known = [event for event in events if instant is None or event.recorded_at < instant]
        yield _Told(_deal_row(deal_id, values, owner), list(_changes(deal_id, source, known, labels)))


def _deal_row(deal_id: str, values: Mapping[str, str], owner: str) -> DealRow:
    def day(name: str) -> date | None:
        return date.fromisoformat(values[name]) if values.get(name) else None

    status: Any = values.get("status", "open")
    return DealRow(
        deal_id=deal_id,
        name=values.get("name", ""),
        account=values.get("account", ""),
        owner=owner,
        amount=Decimal(values["amount"]) if values.get("amount") else None,
        currency=values.get("currency", ""),
        stage=values.get("stage", ""),
        forecast_category=values.get("forecast_category", ""),
        close_on=day("close_on"),
        created_on=day("created_on"),
        status=status,
        closed_on=day("closed_on"),
        product=values.get("product", ""),
        source=values.get("source", ""),
        type=values.get("type", ""),
        next_step=values.get("next_step", ""),
        extra={name: text for name, text in values.items() if name not in _FIXED},
    )


def _changes(
    deal_id: str, source: int, events: Iterable[Any], labels: Mapping[tuple[int, str], str]
) -> Iterator[ChangeRow]:
    for event in events:
        if event.how == "first":
            continue
        old, new = event.old, event.new
        if event.field == "owner":
            old, new = (labels.get((source, text or ""), text) for text in (old, new))
        yield ChangeRow(
            deal_id, event.field, old, new, event.at, event.recorded_at, event.by, at_from=event.at_from
        )


def _people(by: Actor, day: date, ids: Mapping[int, str]) -> Iterator[PersonRow]:
    """Everybody, with the manager and the roles of a day."""
    from fairlead.people import queries
    from fairlead.people.models import Person, RoleGrant

    nodes = {node.id: node for node in queries.tree(day)}
    roles: dict[int, list[str]] = {}
    for holder, role in (
        RoleGrant.objects.filter(starts_on__lte=day)
        .exclude(ends_on__lte=day)
        .values_list("person_id", "role")
    ):
        roles.setdefault(holder, []).append(role)
    for person in Person.objects.filter(queries.scope(by, "person.read", "pk"), voided_at=None).order_by(
        "pk"
    ):
        node = nodes.get(person.pk)
        yield PersonRow(
            person_id=ids[person.pk],
            name=person.name,
            email=person.email or "",
            manager=ids.get(node.manager, "") if node and node.manager else "",
            role=";".join(sorted(roles.get(person.pk, []))),
            title=person.title,
            starts_on=person.starts_on,
            ends_on=person.ends_on,
            territory=person.territory,
            currency=person.currency,
            time_zone=person.time_zone,
            team=node.team if node else "",
        )


def _targets(by: Actor, ids: Mapping[int, str]) -> Iterator[TargetRow]:
    """The targets in force, by person and period."""
    from fairlead.calls.models import Target
    from fairlead.calls.rules import TargetRow
    from fairlead.deals import rules

    newest = {
        (row.person_id, row.period, row.type): row
        for row in Target.objects.seen_by(by, "target.read").order_by("pk")
    }
    for row in newest.values():
        amount = rules.major_units(row.amount_minor, row.currency)
        person = ids.get(row.person_id, "")
        yield TargetRow(person, row.period, amount, row.currency, row.type, reason=row.reason)


def _rates() -> Iterator[RateRow]:
    from fairlead.deals.models import Rate

    for row in Rate.objects.order_by("pk"):
        yield RateRow(row.currency, row.starts_on, row.rate)
