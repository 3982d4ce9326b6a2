"""Recording grounds, stopping, and setting the rule. Each is one transaction with its ledger entry last."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from fairlead.grounds import queries, rules
from fairlead.grounds.models import Ground, RuleVersion
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, versions
from fairlead.people import queries as people
from fairlead.people.kept import forget
from fairlead.people.models import Person
from fairlead.people.workdays import countries, day_words

PATH = "/results/rule/"


@transaction.atomic
def record(*, by: access.Actor, at: datetime, head: str, given: rules.Given, after_number: int) -> Ground:
    """Record what stands for the unit below a leader (public id), from a day on.

    ``after_number`` is the newest record the form showed, 0 for none. Raises Refused: bad_country, no_notice,
    no_basis, no_consultation, bad_start, text_long, changed_meanwhile; NotAllowed, NotFound.
    """
    unit = queries.unit(by, head, at)
    rules.refuse_ground(given, people.house().day(at), countries())
    number = _next(unit, after_number)
    words = {key: value.strip() if isinstance(value, str) else value for key, value in asdict(given).items()}
    if given.consulted != "held":
        words["consulted_on"] = None
    row = Ground.objects.create(
        head_id=unit.head, number=number, kind="recorded", by_id=by.id, at=at, **words
    )
    day = given.runs_from
    _tell(
        unit,
        by,
        at,
        "grounds.recorded",
        {"unit": unit.unit, "day": day_words(day) if day else ""},
    )
    _entry("grounds.recorded", by, at, unit, row, {
        "country": row.country, "notice_on": row.notice_on, "consulted": row.consulted, "runs_from": row.runs_from,
    })  # fmt: skip
    return row


@transaction.atomic
def stop(*, by: access.Actor, at: datetime, head: str, words: str, after_number: int) -> Ground:
    """Stop everything that runs in a unit, at once, with the reason.

    Raises Refused: nothing_runs, no_reason, text_long, changed_meanwhile; NotAllowed, NotFound.
    """
    unit = queries.unit(by, head, at)
    if unit.newest is None or unit.newest.kind != "recorded":
        raise access.Refused("nothing_runs", "Nothing is recorded for this unit that could be stopped.")
    if not words.strip():
        raise access.Refused("no_reason", "Say why it is stopped.")
    if len(words) > rules.LONGEST:
        raise access.Refused("text_long", f"Say it in at most {rules.LONGEST} characters.")
    row = Ground.objects.create(
        head_id=unit.head,
        number=_next(unit, after_number),
        kind="stopped",
        words=words.strip(),
        by_id=by.id,
        at=at,
    )
    _tell(unit, by, at, "grounds.stopped", {"unit": unit.unit})
    _entry("grounds.stopped", by, at, unit, row, {})
    return row


def _next(unit: queries.Unit, after_number: int) -> int:
    newest = unit.newest.number if unit.newest else 0
    if newest != after_number:
        raise access.Refused(
            "changed_meanwhile",
            "Something was recorded for this unit meanwhile. Look at it, then record yours.",
        )
    return newest + 1


def _tell(unit: queries.Unit, by: access.Actor, at: datetime, kind: str, facts: dict[str, str]) -> None:
    """Everybody of the unit who has an account."""
    here = Person.objects.filter(pk__in=list(queries.told_of(unit.head)), voided_at=None, user__isnull=False)
    readers = here.exclude(pk=by.id).order_by("pk").values_list("pk", flat=True)
    notices.tell_all([(reader, kind) for reader in readers], facts=facts, at=at, path=PATH)


def _entry(
    kind: str, by: access.Actor, at: datetime, unit: queries.Unit, row: Ground, facts: dict[str, object]
) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="unit", subject=unit.public_id,
        facts={"number": row.number, **facts},
    )  # fmt: skip


@transaction.atomic
def set_rule(
    *, by: access.Actor, at: datetime, rule: rules.Rule, after_version: int | None = None
) -> RuleVersion:
    """A new version of the rule, in force for what is looked at from now on.

    Raises Refused: bad_line, bad_run, bad_days, bad_chance, bad_ramp, changed_meanwhile; NotAllowed.
    """
    access.require(by, "rule.keep")
    rules.refuse_rule(rule)
    _, number = versions.newest(RuleVersion.objects.all(), after_version)
    row = RuleVersion.objects.create(
        version=number + 1, line=rule.line, in_a_row=rule.in_a_row, decide_days=rule.decide_days,
        early_chance=rule.early_chance, ramps={job: list(shares) for job, shares in rule.ramps.items()},
        set_at=at, by=by.ref,
    )  # fmt: skip
    forget()
    ledger.append(
        kind="settings.results", by=by.ref, at=at, subject_kind="settings", subject="results",
        facts={
            "version": row.version, "line": row.line, "in_a_row": row.in_a_row, "decide_days": row.decide_days,
            "early_chance": row.early_chance,
        },
    )  # fmt: skip
    return row
