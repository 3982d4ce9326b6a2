"""Background jobs, done by a worker: what was uploaded is tried and taken in, what time brings about is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from fairlead import crm
from fairlead.agreements import actions as agreements
from fairlead.asks import actions as asks
from fairlead.calls import actions as calls
from fairlead.calls import intake
from fairlead.crm.mapping import merged
from fairlead.deals import actions as deals
from fairlead.deals.actions import ImportRefused
from fairlead.deals.models import Import, Source
from fairlead.desk import actions as desk
from fairlead.desk import calendar as pressure
from fairlead.diagnoses import actions as diagnoses
from fairlead.early import actions as early
from fairlead.earnings import actions as earnings
from fairlead.enablement import actions as enablement
from fairlead.exits import actions as exits
from fairlead.feedback import actions as feedback
from fairlead.health import actions as health
from fairlead.help import actions as help_actions
from fairlead.improvement import actions as improvement
from fairlead.looks import actions as looks
from fairlead.mail.exchange import exchange
from fairlead.people import access, clock
from fairlead.people import actions as people_actions
from fairlead.people import queries as people
from fairlead.promises import actions as promises
from fairlead.records import actions as records
from fairlead.territories import noting as territories
from fairlead.web import uploads, watching
from fairlead.web.models import Upload
from fairlead.webhooks.ringing import ring
from fairlead.winloss import actions as winloss

BLINK = 0.4
"""Seconds between two notes of progress."""
_FAILED = (
    "Something went wrong while this was read, and it is not the file's fault as far as can be told. "
    "Nothing that was not finished is kept. Try it once more; the log of the server says what happened."
)


EVERY = timedelta(minutes=5)
"""How often the clock is looked at."""


def begin_watch() -> None:
    """See to it that the clock is watched; a worker calls this when it starts."""
    waiting = DBTaskResult.objects.filter(task_path=watch.module_path, status="READY")
    if not waiting.exists():
        watch.using(run_after=timezone.now() + timedelta(seconds=5)).enqueue()


@task()
def watch() -> None:
    """What time alone brings about, every few minutes; it calls itself again whatever happens."""
    try:
        exchange_mail.enqueue()  # first: mail waits for nothing else
        ring_webhooks.enqueue()
        watched(clock.now())
        if health.record_is_due(clock.now()):
            record_flags.enqueue()
    finally:
        watch.using(run_after=timezone.now() + EVERY).enqueue()


def watched(at: datetime) -> list[str]:
    """What time alone brings about: reporting lines, reminders of what is due or owed, tracks, the replay.

    Twice does it once. Each part runs by itself; the names of those that failed, which the next run tries again.
    """
    by = access.system("the clock")
    parts: dict[str, Callable[[], object]] = {
        "Tracks of deals": deals.keep_tracks,
        "Reporting lines": lambda: people_actions.settle_lines(on=people.house().day(at)),
        "Reminders of calls": lambda: calls.remind(by=by, at=at),
        "Reminders of promises": lambda: promises.remind(by=by, at=at),
        "Deals that left the forecast": lambda: exits.ask(by=by, at=at),
        "Executive asks": lambda: asks.watch(by=by, at=at),
        "Closed deals": lambda: winloss.remind(by=by, at=at),
        "Messages on desks": lambda: desk.watch(by=by, at=at),
        "Days of pressure": lambda: pressure.watch(by=by, at=at),
        "What the catalogue owes": lambda: enablement.watch(at=at),
        "Covers of seats that are filled again": lambda: territories.watch(by=by, at=at),
        "Looks at results": lambda: looks.watch(at=at),
        "Pay plans of who left": lambda: earnings.watch(at=at),
        "Words of early talks": lambda: early.watch(at=at),
        "Records past their time": lambda: records.watch(by=by, at=at),
        "Plans at their last day": lambda: improvement.watch(at=at),
        "Diagnoses": lambda: diagnoses.watch(at=at),
        "Requests for help": lambda: help_actions.watch(by=by, at=at),
        "Working agreements": lambda: agreements.watch(by=by, at=at),
        "Upward feedback": lambda: feedback.watch(by=by, at=at),
        "The replay of past estimates": lambda: calls.replay_past(by=by, at=at),
    }
    return watching.each(parts, at)


@task()
def exchange_mail() -> None:
    """Mail in and out; a mail server that does not answer holds nothing else up."""
    at = clock.now()
    watching.note_all(exchange(at), at)


@task()
def ring_webhooks() -> None:
    """Calls of addresses; one that does not answer holds up neither mail nor another address for long."""
    ring(clock.now())


@task()
def record_flags() -> None:
    """The record of flags beside the newest estimate. It takes minutes on a long history, so no page waits for it."""
    at = clock.now()
    watching.each(
        {"The record of flags": lambda: health.keep_record(by=access.system("the clock"), at=at)}, at
    )


@task()
def try_upload(upload: int, by: int | None = None) -> None:
    """A dry run: what would come of the upload, with nothing kept. ``by`` (a person) as in take_upload."""
    _at_work(upload, by, dry_run=True)


@task()
def take_upload(upload: int, by: int | None = None) -> None:
    """Take the upload in and compute the estimates, with the rights and under the name of who started it.

    ``by`` is that person; without one, as for jobs from before it was said, who brought the files.
    """
    _at_work(upload, by, dry_run=False)


def _at_work(key: int, by: int | None, *, dry_run: bool) -> None:
    upload = Upload.objects.select_related("person", "below").get(pk=key)
    if not upload.busy:
        return
    try:
        report = _done(upload, by or upload.person_id, dry_run)
    except crm.NeedsMapping as needs:
        _end(upload, Upload.WAITING, {"why": str(needs)})
    except crm.Refused as refused:
        problems = [asdict(problem) for problem in refused.problems]
        _end(upload, Upload.REFUSED, {"why": "", "problems": problems, "more": refused.more})
    except ImportRefused as refused:
        problems = [{"file": "", **asdict(problem)} for problem in refused.problems]
        _end(upload, Upload.REFUSED, {"why": "", "problems": problems, "more": refused.more})
    except access.Refusal as refused:
        _end(upload, Upload.REFUSED, {"why": refused.sentence})
    except Exception:
        _end(upload, Upload.REFUSED, {"why": _FAILED})
        raise
    else:
        _end(upload, Upload.TRIED if dry_run else Upload.DONE, report)
        if not dry_run:
            uploads.forget(upload)


def _end(upload: Upload, state: str, report: dict[str, Any]) -> None:
    run = Import.objects.filter(public_id=report.get("import_id") or "-").first()
    still = Upload.objects.filter(pk=upload.pk, state__in=[Upload.TRYING, Upload.TAKING])
    still.update(state=state, phase="", report=report, run=run)


def _done(upload: Upload, person: int, dry_run: bool) -> dict[str, Any]:
    at = clock.now()
    by = people.actor(person, at)
    access.require(by, "import.run")
    say = _teller(upload)
    batch = read(upload, at, say)
    report = intake.take_in_batch(
        by=by,
        at=at,
        rows=intake.rows_of(batch),
        manner=_manner(upload, batch, at),
        dry_run=dry_run,
        progress=say,
    )
    told = asdict(report)
    told["files"] = [asdict(file) for file in batch.files]
    told["notes"] = [*told["notes"], *batch.notes]
    return told


def read(upload: Upload, at: Any, say: intake.Progress) -> crm.Batch:
    """The upload's rows. Raises crm.Refused with every problem, or NeedsMapping."""
    mapping = crm.parse(upload.mapping) if upload.mapping.strip() else None
    return crm.read(
        uploads.path_of(upload),
        mapping,
        intake.end_of_day(upload.shows_on, at),
        lambda name, rows: say(f"Reading {name}", rows, 0),
        rates_elsewhere=True,
    )


def _manner(upload: Upload, batch: crm.Batch, at: Any) -> intake.Manner:
    return intake.Manner(
        source=upload.source,
        as_of=intake.end_of_day(upload.shows_on, at),
        kind=batch.kind,
        file_name=", ".join(upload.names)[:200],
        full=upload.full,
        static=sorted(batch.static),
        evidence=batch.evidence,
        mapping_toml=_remembered(upload),
        categories={**batch.mapping.categories, **upload.categories},
        new_owners_below=upload.below,
        currency=batch.currency,
        time_zone=batch.time_zone,
    )


def _remembered(upload: Upload) -> str:
    """The mapping as it is kept for next time: this one, and what the last one said of other tables."""
    before = Source.objects.filter(name=upload.source).values_list("mapping", flat=True).first()
    if not before or not upload.mapping.strip():
        return upload.mapping
    return crm.to_toml(merged(crm.parse(before), crm.parse(upload.mapping)))


def _teller(upload: Upload) -> Callable[[str, int, int], None]:
    """Notes progress on the upload's row, a few times a second and whenever the phase changes."""
    last, words = 0.0, ""

    def say(phase: str, done: int, total: int) -> None:
        nonlocal last, words
        now = time.monotonic()
        if phase == words and now - last < BLINK:
            return
        last, words = now, phase
        Upload.objects.filter(pk=upload.pk).update(phase=phase[:80], done=done, total=total)

    return say
