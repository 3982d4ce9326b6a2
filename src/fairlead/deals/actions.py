"""Taking deals in, and what people decide about them: categories, rates, records that vanished."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fairlead.deals import gates, intake, queries, rules, shares, splits, staging, tracking
from fairlead.deals.intake import ImportRefused
from fairlead.deals.models import Category, Deal, Division, Import, OwnCategory, OwnerName, Rate, Source
from fairlead.deals.rules import ChangeRow, DealRow, RateRow
from fairlead.ledger import actions as ledger
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.models import Person

__all__ = [
    "ImportRefused",
    "SplitsTaken",
    "TakenIn",
    "answer_missing",
    "divide",
    "keep_tracks",
    "set_category_mapping",
    "set_own_category",
    "set_rates",
    "take_in",
    "take_in_splits",
]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of an import. Counts are of rows of the file, except ``missing`` and ``changes``."""

    id: int
    public_id: str
    status: str
    """'current', or 'dry' for a dry run"""
    rows: int
    new: int
    changed: int
    unchanged: int
    missing: int
    changes: int
    changes_known: int
    counts: Mapping[str, int]
    lines: Sequence[Mapping[str, str | int]]
    """what (new, changed, older, rounded, shortened), row, deal, text; at most 500 of each kind"""
    unlisted: Mapping[str, int]
    unassigned: Mapping[str, int]
    """owner as the source spells it -> rows, where no person is known by that name"""
    unmapped_stages: Mapping[str, str]
    """stage -> category to offer ('' for none), for open stages that mean no category yet"""
    digest: str


def take_in(
    *,
    by: access.Actor,
    at: datetime,
    source: str,
    deals: Iterable[DealRow],
    as_of: datetime,
    changes: Iterable[ChangeRow] = (),
    people_ids: Mapping[str, int] | None = None,
    kind: str = "table",
    file_name: str = "",
    full: bool = False,
    static: Iterable[str] = (),
    evidence: Iterable[str] = (),
    mapping_toml: str = "",
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> TakenIn:
    """Take deals and recorded changes in from a source: all of it or nothing.

    ``as_of`` is the moment the rows show. ``full`` says that they are all the source has, so that a known deal
    that is not among them is missing and asked about. ``people_ids`` maps owners as the source spells them to
    persons. Both iterables are read once, a thousand rows at a time.

    The rows wait, invisible, until one short transaction makes them current; it holds the ledger entry with the
    digest of the rows. Repeating an import, shuffling its rows or splitting it over files gives the same deals.
    An import of the same source that was interrupted is cleared away first; one that still runs is replaced.

    Raises ImportRefused with every problem found, and then nothing of the file is kept; NotAllowed; Superseded.
    """
    access.require(by, "import.run")
    if as_of > at:
        raise access.Refused("future", f"The file cannot show {as_of:%Y-%m-%d %H:%M}: that is still to come.")
    total = sum(len(items) for items in (deals, changes) if isinstance(items, Sized))
    run = _open(by, at, source, kind, file_name, as_of, full, total)
    work = intake.Intake(_setting(run, as_of, full, frozenset(static), people_ids or {}), progress, total)
    with staging.bulk():
        try:
            with staging.unhurried():
                _stage(work, deals, changes)
            if not dry_run:
                _make_current(run, work, by, at, static, evidence, mapping_toml)
        except BaseException as failure:
            _give_up(run, at, failure)
            raise
        if dry_run:
            _end_without_trace(run, work, at)
        else:
            work.note_seen()
            staging.clear_staged(run.pk)
    return _taken_in(run, work)


def _stage(work: intake.Intake, deals: Iterable[DealRow], changes: Iterable[ChangeRow]) -> None:
    work.take_rows(deals)
    work.take_changes(changes)
    work.derive()
    work.find_missing()
    work.find_renamed()
    if work.problems:
        raise ImportRefused(work.problems, work.more_problems)


def _open(
    by: access.Actor,
    at: datetime,
    name: str,
    kind: str,
    file_name: str,
    as_of: datetime,
    full: bool,
    total: int,
) -> Import:
    """A new staged import. What an earlier one of the source left behind is removed first."""
    source, _ = Source.objects.get_or_create(name=name, defaults={"kind": kind})
    with transaction.atomic():
        Import.objects.filter(source=source, status="staged").update(
            status="refused",
            ended_at=at,
            report={"why": "It was interrupted, or replaced by a newer import."},
        )
        run = Import.objects.create(
            source=source,
            by=by.ref,
            started_at=at,
            as_of=as_of,
            file_name=file_name[:200],
            full=full,
            total=total,
        )
    for left in Import.objects.filter(source=source, status="refused", done__gt=0):
        _clear_away(left)
    return run


def _clear_away(run: Import) -> None:
    """Remove what a refused import staged; ``done`` above 0 says that some of it may still be there."""
    staging.take_back(run.pk)
    Import.objects.filter(pk=run.pk).update(done=0)


def _setting(
    run: Import, as_of: datetime, full: bool, static: frozenset[str], people_ids: Mapping[str, int]
) -> intake.Setting:
    house = people.house()
    known = dict(
        OwnerName.objects.filter(source=run.source_id, person__isnull=False).values_list("label", "person_id")
    )
    fulls = Import.objects.filter(source=run.source_id, status="current", full=True).order_by("as_of")
    return intake.Setting(
        run=run.pk,
        source=run.source_id,
        as_of=as_of,
        full=full,
        static=static | frozenset(run.source.static),
        people={**{label: id for label, id in known.items() if id is not None}, **people_ids},
        rates=queries.rates(),
        time_zone=house.time_zone,
        fulls=tuple(fulls.values_list("as_of", flat=True).distinct()),
        first_new_deal=staging.highest("deals_deal"),
        first_new_fact=staging.highest("deals_dealevent"),
    )


@transaction.atomic
def _make_current(
    run: Import,
    work: intake.Intake,
    by: access.Actor,
    at: datetime,
    static: Iterable[str],
    evidence: Iterable[str],
    mapping_toml: str,
) -> None:
    alive = Import.objects.select_for_update().filter(pk=run.pk, status="staged").exists()
    if not alive:
        raise intake.Superseded
    work.finish()
    counts = work.tally.counts()
    Import.objects.filter(pk=run.pk).update(
        status="current", ended_at=at, counts=counts, report=_report(work), digest=work.digest
    )
    _remember(run.source, static, evidence, mapping_toml)
    facts = {
        "source": run.source.name,
        "file": run.file_name,
        "as_of": run.as_of,
        "full": run.full,
        "digest": work.digest,
        **{name: counts[name] for name in ("rows", "new", "changed", "unchanged", "missing", "changes")},
    }
    ledger.append(
        kind="import.current", by=by.ref, at=at, subject_kind="import", subject=run.public_id, facts=facts
    )


def keep_mapping(*, by: access.Actor, source: str, kind: str, mapping_toml: str) -> None:
    """Keep the mapping of an import without deals for the next one. Raises NotAllowed."""
    access.require(by, "import.run")
    row, _ = Source.objects.get_or_create(name=source, defaults={"kind": kind})
    _remember(row, (), (), mapping_toml)


def _remember(source: Source, static: Iterable[str], evidence: Iterable[str], mapping_toml: str) -> None:
    source.static = sorted(set(source.static) | set(static))
    source.evidence = sorted(set(source.evidence) | set(evidence))
    source.mapping = mapping_toml or source.mapping
    source.save(update_fields=["static", "evidence", "mapping"])


def _report(work: intake.Intake) -> dict[str, object]:
    return {
        "lines": work.lines,
        "unlisted": work.unlisted,
        "unassigned": dict(work.tally.unassigned.most_common(intake.LINES)),
        "unmapped_stages": queries.unmapped(work.tally.stages),
    }


def _give_up(run: Import, at: datetime, failure: BaseException) -> None:
    """Take back what was staged; the import stays listed with its reason."""
    why: dict[str, object] = {"why": str(failure) if isinstance(failure, access.Refusal) else "It failed."}
    if isinstance(failure, ImportRefused):
        why["problems"] = [
            {"row": p.row, "column": p.column, "value": p.value, "why": p.why, "meant": p.meant}
            for p in failure.problems
        ]
        why["more"] = failure.more
    Import.objects.filter(pk=run.pk).update(status="refused", ended_at=at, report=why)
    _clear_away(run)


def _end_without_trace(run: Import, work: intake.Intake, at: datetime) -> None:
    staging.take_back(run.pk)
    Import.objects.filter(pk=run.pk).update(
        status="dry", ended_at=at, counts=work.tally.counts(), report=_report(work), digest=work.digest
    )


def _taken_in(run: Import, work: intake.Intake) -> TakenIn:
    run.refresh_from_db()
    tally = work.tally
    return TakenIn(
        id=run.pk,
        public_id=run.public_id,
        status=run.status,
        rows=tally.rows,
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        missing=tally.missing,
        changes=tally.changes,
        changes_known=tally.changes_known,
        counts=tally.counts(),
        lines=work.lines,
        unlisted=work.unlisted,
        unassigned=dict(tally.unassigned),
        unmapped_stages=queries.unmapped(tally.stages),
        digest=work.digest,
    )


# Decisions


@transaction.atomic
def set_category_mapping(
    *, by: access.Actor, at: datetime, stage: str, category: str, starts_on: date | None = None
) -> None:
    """From a day on (default: today) a stage means a category. Earlier days keep what was in force then."""
    access.require(by, "settings.write")
    if category not in rules.CATEGORIES:
        raise access.Refused(
            "no_category", f"{category!r} is no category. Write {', '.join(rules.CATEGORIES)}."
        )
    if not stage.strip():
        raise access.Refused("no_stage", "Say which stage.")
    day = starts_on or people.house().day(at)
    Category.objects.create(stage=stage.strip(), category=category, starts_on=day, set_at=at, by=by.ref)
    kept.forget()
    ledger.append(
        kind="settings.category",
        by=by.ref,
        at=at,
        subject_kind="stage",
        subject=stage.strip()[:100],
        facts={"category": category, "starts_on": day},
    )


@transaction.atomic
def set_own_category(*, by: access.Actor, at: datetime, deal: str, category: str) -> None:
    """The owner's own category for a deal (public id); '' clears it, and the stage speaks again.

    Raises NotAllowed, NotFound, and Refused for a closed deal, a word that is no category, or by a gate.
    """
    row = Deal.objects.seen_by(by, "deal.categorise").filter(public_id=deal).first()
    if row is None:
        raise access.NotFound("deal")
    if category and category not in rules.CATEGORIES:
        raise access.Refused(
            "no_category", f"{category!r} is no category. Write {', '.join(rules.CATEGORIES)}."
        )
    if row.status != "open":
        raise access.Refused("deal_closed", f"{row.name} is {row.status}; its category follows from that.")
    if category == "closed":
        raise access.Refused("not_closed", "A deal is in Closed when it is won. Choose another category.")
    gates.pass_through(gates.Act(by, at, row, category))
    OwnCategory.objects.create(deal=row, category=category, person_id=by.id, at=at)
    Deal.objects.seen_by(by, "deal.categorise").filter(pk=row.pk).update(
        own_category=category, own_by=by.id if category else None
    )
    tracking.build([row.pk])
    facts = {"from": row.own_category, "to": category}
    ledger.append(
        kind="deal.categorised", by=by.ref, at=at, subject_kind="deal", subject=row.public_id, facts=facts
    )


@transaction.atomic
def set_rates(*, by: access.Actor, at: datetime, rates: Sequence[RateRow]) -> int:
    """Add conversion rates into the organisation's currency; how many deals were converted anew.

    A rate is never overwritten: of two rows for one day the later counts. Submissions keep the rates they used.
    """
    access.require(by, "settings.write")
    home = people.house().currency
    for row in rates:
        if row.currency not in rules.CURRENCIES or row.currency == home:
            raise access.Refused(
                "no_currency", f"{row.currency!r} is no currency that {home} needs a rate for."
            )
        if not row.rate.is_finite() or row.rate <= 0:
            raise access.Refused(
                "no_rate", f"The rate of {row.currency} for {row.starts_on} must be above zero."
            )
    Rate.objects.bulk_create(
        [Rate(currency=r.currency, starts_on=r.starts_on, rate=r.rate, set_at=at, by=by.ref) for r in rates]
    )
    kept.forget()
    changed = _convert_anew({row.currency for row in rates}, people.house().day(at))
    facts = {"rates": [[r.currency, r.starts_on, r.rate] for r in rates], "deals": changed}
    ledger.append(
        kind="settings.rates", by=by.ref, at=at, subject_kind="organisation", subject=1, facts=facts
    )
    return changed


def _convert_anew(currencies: set[str], today: date) -> int:
    rates = queries.rates()
    found = (
        Deal.objects.for_system("Converting amounts at new rates.")
        .filter(currency__in=currencies)
        .exclude(amount_minor=None)
        .values_list("pk", "amount_minor", "currency", "status", "closed_on", "home_minor")
    )
    changed = []
    for pk, minor, currency, status, closed_on, before in found.iterator(chunk_size=2000):
        on = closed_on if status != "open" and closed_on else today
        home = rates.convert(minor or 0, currency, on)
        if home != before:
            changed.append((home, pk))
    staging.run_many("UPDATE deals_deal SET home_minor = %s WHERE id = %s", changed)
    return len(changed)


@transaction.atomic
def answer_missing(*, by: access.Actor, at: datetime, deal: str, answer: str) -> None:
    """Say what became of a deal that the last full import did not show: 'deleted' or 'kept'.

    A deleted deal leaves lists and sums; a kept one counts as before. Should a later import show it again, it
    is simply there.
    """
    access.require(by, "import.run")
    if answer not in {"deleted", "kept"}:
        raise access.Refused("no_answer", "Answer deleted or kept.")
    row = Deal.objects.seen_by(by, "import.run").filter(public_id=deal).first()
    if row is None:
        raise access.NotFound("deal")
    if row.missing_since is None:
        raise access.Refused("not_missing", f"{row.name} is not missing.")
    Deal.objects.seen_by(by, "import.run").filter(pk=row.pk).update(missing_answer=answer)
    staging.note_absences([(row.pk, at, answer)])
    tracking.build([row.pk])
    facts = {"answer": answer, "missing_since": row.missing_since}
    ledger.append(
        kind="deal.missing_answered",
        by=by.ref,
        at=at,
        subject_kind="deal",
        subject=row.public_id,
        facts=facts,
    )


# How deals are divided


@transaction.atomic
def divide(
    *,
    by: access.Actor,
    at: datetime,
    deal: str,
    given: Iterable[shares.Given],
    starts_on: date | None = None,
    seen: int | None = None,
) -> Division | None:
    """Divide a deal (public id) among people from a day on (default: today); nothing given ends the division.

    Earlier weeks keep what was known then. ``seen`` is how many divisions the form was made from, so that two forms
    do not undo each other. None where the deal is divided just so already. Raises NotAllowed, NotFound and Refused.
    """
    access.require(by, "split.write")
    row = (
        Deal.objects.seen_by(by, "split.write").select_for_update(of=("self",)).filter(public_id=deal).first()
    )
    if row is None:
        raise access.NotFound("deal")
    today = people.house().day(at)
    day = starts_on or today
    if day > today:
        raise access.Refused(
            "too_early", "A split counts from today on or an earlier day. Enter it on its day."
        )
    wanted = shares.checked(given)
    said = splits.said_again([row.pk]).get(row.pk, [])
    if seen is not None and seen != len(said):
        raise access.Refused(
            "split_moved",
            "Somebody else divided this deal meanwhile. Look at it again, then say what to change.",
        )
    newest = max(said, key=lambda one: (one.starts_on, one.recorded_at, one.id), default=None)
    if newest is not None and day < newest.starts_on:
        raise access.Refused(
            "superseded",
            f"A split from {newest.starts_on} on is known already. Choose that day or a later one.",
        )
    if (newest.shares if newest else ()) == wanted:
        return None
    _refuse_strangers({one.person for one in wanted})
    made = Division.objects.create(
        deal=row, starts_on=day, shares=shares.kept(wanted), recorded_at=at, set_at=at, by=by.ref
    )
    splits.derive([row.pk])
    kept.forget()
    facts = {
        "starts_on": day,
        "shares": shares.kept(wanted),
        "before": shares.kept(newest.shares if newest else ()),
    }
    ledger.append(
        kind="deal.divided", by=by.ref, at=at, subject_kind="deal", subject=row.public_id, facts=facts
    )
    return made


def _refuse_strangers(persons: set[int]) -> None:
    if Person.objects.filter(pk__in=persons, voided_at=None).count() < len(persons):
        raise access.Refused("no_person", "A share belongs to somebody in the directory. Choose a person.")


@dataclass(frozen=True, slots=True)
class SplitsTaken:
    """What came of a file's splits: divisions added, and those that were known just so."""

    added: int
    unchanged: int


def take_in_splits(
    *,
    by: access.Actor,
    at: datetime,
    source: str,
    rows: Sequence[shares.SplitRow],
    as_of: datetime,
    people_ids: Mapping[str, int],
    coming: Iterable[str] = (),
    dry_run: bool = False,
) -> SplitsTaken:
    """Take divisions in from a source: all of the rows or, with every problem named, none. Idempotent.

    ``as_of`` is the moment the file shows, from when on a division without a recorded moment is known. ``coming`` are
    deals that a dry run does not know yet. A deal that is not in the file keeps its division.
    """
    access.require(by, "import.run")
    wanted, problems = _divisions_of(rows, as_of, people_ids)
    known = _known_deals(by, source, {deal for deal, *_ in wanted})
    coming = set(coming)
    problems += [
        rules.Problem(lines[0].line, "deal_id", deal, "There is no such deal in this source.")
        for (deal, *_), (_, lines) in wanted.items()
        if deal not in known and deal not in coming
    ]
    if problems:
        problems.sort(key=lambda problem: problem.row)
        raise ImportRefused(problems[: intake.LINES], max(len(problems) - intake.LINES, 0))
    there = splits.said_again(list(known.values()))
    fresh = [
        (known.get(deal, 0), starts_on, recorded_at, given)
        for (deal, starts_on, recorded_at), (given, _) in wanted.items()
        if not _is_said(there.get(known.get(deal, 0), []), starts_on, recorded_at, given)
    ]
    if not dry_run and fresh:
        _store_divisions(by, at, source, fresh)
    return SplitsTaken(len(fresh), len(wanted) - len(fresh))


_When = tuple[str, date, datetime]


def _divisions_of(
    rows: Sequence[shares.SplitRow], as_of: datetime, people_ids: Mapping[str, int]
) -> tuple[dict[_When, tuple[tuple[shares.Given, ...], list[shares.SplitRow]]], list[rules.Problem]]:
    """(deal, first day, known from) -> its division and its rows; and everything that is wrong with the rows."""
    house = people.house()
    together: dict[_When, list[shares.SplitRow]] = {}
    problems: list[rules.Problem] = []
    for row in rows:
        recorded_at = row.recorded_at or as_of
        starts_on = row.starts_on or house.day(recorded_at)
        together.setdefault((row.deal_id, starts_on, recorded_at), []).append(row)
        if recorded_at > as_of:
            problems.append(
                rules.Problem(
                    row.line, "recorded_at", str(recorded_at), "That is after the moment the file shows."
                )
            )
        if starts_on > house.day(as_of):
            problems.append(
                rules.Problem(
                    row.line, "starts_on", str(starts_on), "A split counts from a day the file has seen."
                )
            )
    found: dict[_When, tuple[tuple[shares.Given, ...], list[shares.SplitRow]]] = {}
    for when, lines in together.items():
        given: list[shares.Given] = []
        for row in lines:
            one, problem = _given_of(row, len(lines) == 1, people_ids)
            problems += [problem] if problem else []
            given += [one] if one else []
        try:
            found[when] = (shares.checked(given), lines)
        except access.Refusal as refusal:
            problems.append(rules.Problem(lines[0].line, "percent", when[0], refusal.sentence))
    return found, problems


def _given_of(
    row: shares.SplitRow, alone: bool, people_ids: Mapping[str, int]
) -> tuple[shares.Given | None, rules.Problem | None]:
    """A row's share, or what is wrong with it. A row alone without person and percentage ends the division."""
    if not row.person and not row.percent and alone:
        return None, None
    if row.kind not in shares.KINDS:
        return None, rules.Problem(row.line, "kind", row.kind, "A share is revenue or overlay.")
    person = people_ids.get(row.person)
    if person is None:
        why = "Nobody is known by this name. Add them to people.csv or under People first."
        return None, rules.Problem(row.line, "person", row.person, why)
    try:
        return shares.Given(person, row.kind, shares.hundredths(row.percent)), None
    except access.Refusal as refusal:
        return None, rules.Problem(row.line, "percent", str(row.percent), refusal.sentence)


def _known_deals(by: access.Actor, source: str, wanted: set[str]) -> dict[str, int]:
    """id in the source -> deal, of those that are there."""
    rows = Deal.objects.seen_by(by, "import.run").filter(source__name=source)
    found: dict[str, int] = {}
    for some in staging.chunks(sorted(wanted), 5000):
        found |= dict(rows.filter(external_id__in=some).values_list("external_id", "pk"))
    return found


def _is_said(
    said: Sequence[shares.Said], starts_on: date, recorded_at: datetime, given: tuple[shares.Given, ...]
) -> bool:
    """Whether a row says nothing new: the division of that day is known just so, or never was and is not now."""
    same_day = [one for one in said if one.starts_on == starts_on and one.recorded_at <= recorded_at]
    if any(
        one.recorded_at == recorded_at and one.shares == given for one in said if one.starts_on == starts_on
    ):
        return True
    newest = max(same_day, key=lambda one: (one.recorded_at, one.id), default=None)
    if newest is not None:
        return newest.shares == given
    return not given and not said


@transaction.atomic
def _store_divisions(
    by: access.Actor,
    at: datetime,
    source: str,
    fresh: Sequence[tuple[int, date, datetime, tuple[shares.Given, ...]]],
) -> None:
    Division.objects.bulk_create(
        [
            Division(
                deal_id=deal, starts_on=starts_on, shares=shares.kept(given), recorded_at=recorded_at, set_at=at,
                by=by.ref,
            )
            for deal, starts_on, recorded_at, given in sorted(fresh, key=lambda one: (one[0], one[2]))
        ],
        batch_size=500,
    )  # fmt: skip
    splits.derive({deal for deal, *_ in fresh})
    kept.forget()
    digest = shares.digest((deal, starts_on, given) for deal, starts_on, _, given in fresh)
    facts = {"source": source, "divisions": len(fresh), "digest": digest}
    ledger.append(kind="import.splits", by=by.ref, at=at, subject_kind="source", subject=source, facts=facts)


# What is derived


def keep_tracks() -> int:
    """Build the tracks of deals that have none, as after an update, and put those that wait into blocks.

    How many were built. Derived, so no ledger entry.
    """
    built = tracking.complete()
    tracking.arrange()
    return built
