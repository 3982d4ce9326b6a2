"""Imports, targets and the stage mapping: what sales operations does, as JSON."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.files import UploadedFile
from ninja.params.functions import File, Form, Query

from fairlead import crm
from fairlead.api.door import REFUSALS, Asker, asker
from fairlead.calls import actions as calls
from fairlead.calls import intake
from fairlead.calls import queries as call_queries
from fairlead.deals import actions, queries
from fairlead.people import access
from fairlead.people import queries as people

router = Router(tags=["operations"])


class Import(Schema):
    public_id: str
    source: str
    kind: str
    file_name: str
    by: str
    started_at: datetime
    ended_at: datetime | None
    as_of: datetime
    full: bool
    status: str
    counts: dict[str, int]


class Report(Schema):
    """What came of an import, or with ``dry`` what would have come of it."""

    dry: bool
    source: str
    as_of: str
    people: dict[str, int] | None
    accounts: dict[str, int] | None
    rates: int | None
    deals: dict[str, Any] | None
    targets: dict[str, int] | None
    splits: dict[str, int] | None
    activities: dict[str, int] | None
    import_id: str
    period: str
    notes: list[str]


class Target(Schema):
    person: str
    person_id: str
    amount_minor: int | None


class TargetIn(Schema):
    """``reason``: why a target that stood changes, one of the neutral ones; the person is told it."""

    amount_minor: int
    reason: Literal[
        "", "territory", "seat", "ramp", "leave", "reorganisation", "company_plan", "correction"
    ] = ""


class Stage(Schema):
    category: Literal["omitted", "pipeline", "best_case", "most_likely", "commit", "closed"]
    starts_on: date | None = None


class FileRefused(access.Refused):
    """The file cannot be read; the sentence holds every problem."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("file_refused", "\n".join(lines))


@router.get("imports", response={200: list[Import], **REFUSALS})
def imports(request: HttpRequest, limit: int = Query(50, ge=1, le=200)) -> list[Import]:
    """The newest imports, refused ones and dry runs too."""
    found = queries.imports(asker(request).actor, limit=limit)
    return [Import(**{name: _plain(getattr(one, name)) for name in Import.model_fields}) for one in found]


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else value


@router.post("imports", response={200: Report, **REFUSALS})
def bring_in(
    request: HttpRequest,
    file: UploadedFile | None = File(None),  # noqa: B008
    mapping: UploadedFile | None = File(None),  # noqa: B008
    source: str = Form("", max_length=40),
    shows_on: date | None = Form(None),  # noqa: B008
    full: bool = Form(False),
    dry_run: bool = Form(False),
) -> Report:
    """Bring in one CSV, XLSX or zip, as the page does; with ``dry_run`` only say what would come of it."""
    who = asker(request, "import")
    access.require(who.actor, "import.run")
    if file is None:
        raise FileRefused(["Send the file in the part `file`."])
    toml = _toml(mapping)
    with tempfile.TemporaryDirectory() as folder:
        batch = _read(file, toml, Path(folder))
        moment = intake.end_of_day(shows_on, who.at) if shows_on else who.at
        manner = _manner(batch, source, file.name or "upload", toml, moment, full)
        report = intake.take_in_batch(
            by=who.actor, at=who.at, rows=intake.rows_of(batch), manner=manner, dry_run=dry_run
        )
    told = asdict(report)
    told["notes"] = [*told["notes"], *batch.notes]
    return Report(**{name: told[name] for name in Report.model_fields})


def _toml(mapping: UploadedFile | None) -> str:
    if mapping is None:
        return ""
    try:
        return str(mapping.read(), "utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(["The mapping is not UTF-8 text."]) from error


def _read(file: UploadedFile, toml: str, folder: Path) -> crm.Batch:
    """The file's rows. It gets a name of ours, its own last part kept for what the mapping says of it."""
    name = (
        Path((file.name or "upload.csv").replace("\\", "/")).name.replace("\x00", "")[-100:] or "upload.csv"
    )
    path = folder / name
    with path.open("wb") as stream:
        for chunk in file.chunks():
            stream.write(chunk)
    try:
        return crm.read(path, crm.parse(toml) if toml else None, rates_elsewhere=True)
    except crm.Refused as refused:
        raise FileRefused(refused.lines()) from refused
    except crm.NeedsMapping as needs:
        raise FileRefused([str(needs)]) from needs


def _manner(
    batch: crm.Batch, source: str, file_name: str, toml: str, moment: datetime, full: bool
) -> intake.Manner:
    return intake.Manner(
        source=source or batch.source[:40],
        as_of=moment,
        kind=batch.kind,
        file_name=file_name[-200:],
        full=full,
        static=sorted(batch.static),
        evidence=batch.evidence,
        mapping_toml=toml,
        categories=batch.mapping.categories,
        currency=batch.currency,
        time_zone=batch.time_zone,
    )


@router.get("targets", response={200: list[Target], **REFUSALS})
def targets(
    request: HttpRequest,
    period: str = Query("", max_length=20),
    after_name: str | None = Query(None, max_length=200),
    after_id: int | None = Query(None, ge=0, le=2**62),
    limit: int = Query(50, ge=1, le=500),
) -> list[Target]:
    """The targets the asker may see, for one period, by name."""
    who = asker(request)
    access.require(who.actor, "target.read")
    after = (after_name, after_id) if after_name is not None and after_id is not None else None
    lines = call_queries.targets(who.actor, _period(period, who), who.at, after=after, limit=limit)
    return [
        Target(person=line.person.name, person_id=line.person.public_id, amount_minor=line.amount)
        for line in lines
    ]


def _period(name: str, who: Asker) -> Any:
    return call_queries.period_named(name) if name else call_queries.period_at(who.at)


@router.put("targets/{public_id}", response={200: TargetIn, **REFUSALS})
def set_target(
    request: HttpRequest, public_id: str, body: TargetIn, period: str = Query("", max_length=20)
) -> TargetIn:
    """Set one person's target; the earlier one stays in the history."""
    who = asker(request, "import")
    access.require(who.actor, "target.write")
    person = people.find(public_id)
    calls.set_target(
        by=who.actor, at=who.at, person=person, period=_period(period, who), amount_minor=body.amount_minor,
        reason=body.reason,
    )  # fmt: skip
    return body


@router.get("stages", response={200: dict[str, str], **REFUSALS})
def stages(request: HttpRequest) -> dict[str, str]:
    """stage -> category, as mapped today."""
    who = asker(request)
    access.require(who.actor, "settings.write")
    return queries.mapping(people.house().day(who.at))


@router.put("stages/{stage}", response={200: Stage, **REFUSALS})
def map_stage(request: HttpRequest, stage: str, body: Stage) -> Stage:
    """Say which category a stage means from a day on (default today)."""
    who = asker(request, "import")
    access.require(who.actor, "settings.write")
    actions.set_category_mapping(
        by=who.actor, at=who.at, stage=stage, category=body.category, starts_on=body.starts_on
    )
    return body
