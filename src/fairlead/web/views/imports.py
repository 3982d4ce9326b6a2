"""Imports: files in, a mapping where one is needed, a dry run, the import in the background, its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead import crm
from fairlead.calls import intake
from fairlead.crm import reading, recognise, tables
from fairlead.crm.mapping import files_of, fitted
from fairlead.deals import actions as deals_actions
from fairlead.deals import lookups
from fairlead.deals import queries as deals
from fairlead.people import access, queries
from fairlead.people.access import Role
from fairlead.people.models import Person
from fairlead.web import jobs, mapping_form, uploads
from fairlead.web.categories import CATEGORY_WORDS
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.models import Upload

MOST_MAPPING = 256 * 1024
ALL_MISSING = 200


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "import.read")
    done = [line for line in deals.imports(request.actor, limit=100) if line.status != "dry"]
    context = {
        "waiting": Upload.objects.exclude(state=Upload.DONE).exclude(file="").order_by("-pk")[:20],
        "imports": [(line, _who(line.by)) for line in done],
        "missing": _missing(request),
        "unmapped": len(lookups.unmapped_stages(request.actor, on=_today(request))),
    }
    return render(request, "imports/list.html", context)


def _today(request: AskingRequest) -> Any:
    return queries.house().day(request.at)


def _who(by: str) -> str:
    """The name of who imported; the system acts as Fairlead."""
    return "Fairlead" if by.startswith("system:") else by


def _missing(request: AskingRequest) -> Sequence[deals.DealLine]:
    """Deals the last full import did not show and nobody answered for yet."""
    if not access.may(request.actor, "deal.read"):
        return ()
    hints = deals.not_counted(request.actor, on=_today(request), limit=ALL_MISSING, reasons=["missing"])
    return hints[0].deals if hints else ()


# Sending files


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; cleaned to a list."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=ManyFiles(), **more)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = (data if isinstance(data, list | tuple) else [data]) or [None]
        return [super(FilesField, self).clean(one, initial) for one in given]


class NewForm(forms.Form):
    tables = FilesField(
        label="Files",
        error_messages={"required": "Choose a file. CSV, XLSX, or a zip of them is read."},
    )
    source = forms.RegexField(
        r"^[\w .-]+$",
        max_length=40,
        label="Where they come from",
        error_messages={
            "required": "Give the source a name, such as crm. Use the same one next time.",
            "invalid": "A name has letters, figures, spaces, dots and dashes.",
        },
    )
    shows_on = forms.DateField(
        label="As of",
        error_messages={
            "invalid": "Write the day as 2026-11-24.",
            "required": "Say which day the files show.",
        },
    )
    full = forms.ChoiceField(choices=[("some", "some"), ("all", "all")], initial="some")
    mapping = forms.FileField(required=False, label="Mapping file")

    def __init__(self, *args: Any, today: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_shows_on(self) -> Any:
        day = self.cleaned_data["shows_on"]
        if day > self.today:
            raise forms.ValidationError("The files cannot show a day to come.")
        return day

    def clean_mapping(self) -> str:
        file: UploadedFile[Any] | None = self.cleaned_data["mapping"]
        return "" if file is None else _mapping_text(file)


def _mapping_text(file: UploadedFile[Any]) -> str:
    """A mapping file as checked TOML text. Raises ValidationError with every problem."""
    if (file.size or 0) > MOST_MAPPING:
        raise forms.ValidationError("A mapping is a small text file; this one is larger than 256 kB.")
    try:
        text: str = file.read().decode("utf-8-sig")
        crm.parse(text, uploads.plain_name(file.name or "mapping.toml"))
    except UnicodeDecodeError as error:
        raise forms.ValidationError("The mapping is no UTF-8 text.") from error
    except crm.Refused as refused:
        raise forms.ValidationError(refused.lines()) from refused
    return text


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "import.run")
    today = _today(request)
    sources = list(dict.fromkeys(line.source for line in deals.imports(request.actor, limit=100)))
    start = {"shows_on": today, "source": sources[0] if sources else "crm"}
    if request.method == "GET":
        form = NewForm(initial=start, today=today)
        return render(request, "imports/new.html", _new_context(form, sources))
    form = NewForm(request.POST, request.FILES, today=today)
    if uploads.was_too_large(request):
        form.errors.pop("tables", None)
        form.add_error("tables", f"The files are larger than {uploads.limit_words()}. Send them in parts.")
        form.errors.pop("source", None)
    if form.is_valid():
        try:
            upload, mapped = _kept(request, form.cleaned_data)
            return _first_step(request, upload, mapped)
        except crm.Refused as refused:
            form.add_error("tables", refused.lines()[:20])
        except access.Refusal as refusal:
            form.add_error("tables", refusal.sentence)
    return render(request, "imports/new.html", _new_context(form, sources), status=422)


def _new_context(form: NewForm, sources: list[str]) -> dict[str, Any]:
    return {"form": form, "sources": sources, "limit": uploads.limit_words(), "most": uploads.MOST_FILES}


def _kept(request: AskingRequest, given: Mapping[str, Any]) -> tuple[Upload, bool]:
    """Keep the files, and see that they can be opened at all; whether a mapping came with them.

    Raises crm.Refused or access.Refused.
    """
    uploads.forget_old(request.at)
    files = list(given["tables"])
    mapping = given["mapping"]
    for file in [f for f in files if (f.name or "").lower().endswith(".toml")]:
        files.remove(file)
        try:
            mapping = _mapping_text(file)
        except forms.ValidationError as error:
            raise access.Refused("bad_mapping", " ".join(error.messages)) from error
    if not files:
        raise access.Refused("no_table", "A mapping alone brings nothing in. Choose the table as well.")
    name, names, size = uploads.keep(files)
    upload = Upload(
        person_id=request.actor.id,
        at=request.at,
        source=given["source"].strip(),
        file=name,
        names=names,
        size=size,
        shows_on=given["shows_on"],
        full=given["full"] == "all",
        mapping=mapping or deals.mapping_of(request.actor, given["source"].strip()),
    )
    try:
        found = _tables(upload)
    except crm.Refused:
        uploads.forget(upload)
        raise
    if not mapping and upload.mapping:
        known = fitted(crm.parse(upload.mapping), [(table.name, table.header) for table in found])
        upload.mapping = crm.to_toml(known)
    upload.save()
    return upload, bool(mapping)


def _tables(upload: Upload) -> list[tables.Table]:
    mapping = crm.parse(upload.mapping) if upload.mapping else crm.Mapping()
    return tables.tables(uploads.path_of(upload), encoding=mapping.encoding, delimiter=mapping.delimiter)


def _first_step(request: AskingRequest, upload: Upload, mapped: bool) -> HttpResponse:
    """A known export, a mapping that was sent, or one of before for every table: try it at once. Else ask."""
    found = _tables(upload)
    known = {table.name: form for table in found if (form := recognise.recognise(table.header)) is not None}
    if mapped:
        return _try(request, upload)
    if upload.mapping:
        named = files_of(crm.parse(upload.mapping))
        if all(table.name in known or table.name in named for table in found):
            return _try(request, upload)
        return redirect("import_mapping", upload.public_id)
    if {form.rows for form in known.values()} & set(reading.ALONE):
        return _try(request, upload)
    return redirect("import_mapping", upload.public_id)


def _try(request: AskingRequest, upload: Upload) -> HttpResponse:
    free = Upload.objects.filter(pk=upload.pk).exclude(state__in=[Upload.TRYING, Upload.TAKING, Upload.DONE])
    if free.update(
        state=Upload.TRYING, phase="Waiting for the background worker", done=0, total=0, report={}
    ):
        jobs.try_upload.enqueue(upload.pk, request.actor.id)
    return redirect("import", upload.public_id)


def _find(request: AskingRequest, public_id: str) -> Upload:
    """An upload, for those who import. Raises NotAllowed or NotFound."""
    access.require(request.actor, "import.run")
    upload = Upload.objects.select_related("person", "below", "run").filter(public_id=public_id).first()
    if upload is None:
        raise access.NotFound("import")
    return upload


# One import: what is going on, or what came of it


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    access.require(request.actor, "import.read")
    upload = Upload.objects.select_related("person", "below", "run").filter(public_id=public_id).first()
    if upload is None:
        upload = Upload.objects.select_related("person", "run").filter(run__public_id=public_id).first()
    if upload is None:
        return render(request, "imports/report.html", _report_context(request, public_id))
    context = {
        "upload": upload,
        "told": told(upload.report),
        "categories": CATEGORY_WORDS,
        "below": _below(request, upload),
        "refreshing": upload.busy,
    }
    if upload.state == Upload.DONE:
        context["missing"] = _missing(request)
        context["stages"] = lookups.unmapped_stages(request.actor, on=_today(request))
    return render(request, "imports/one.html", context)


def _below(request: AskingRequest, upload: Upload) -> str:
    """Whom unknown owners would report to: what was said, else the sender where that is a manager."""
    if upload.below is not None:
        return upload.below.name
    return request.actor.name if Role.MANAGER in request.actor.roles else ""


def _report_context(request: AskingRequest, public_id: str) -> dict[str, Any]:
    report = deals.import_report(request.actor, public_id)
    batch = intake.kept_report(request.actor, public_id)
    whole = {
        **batch,
        "why": report.why,
        "problems": [
            {"file": "", "row": p.row, "column": p.column, "value": p.value, "why": p.why, "meant": p.meant}
            for p in report.problems
        ],
        "more": report.more_problems,
        "deals": {
            "counts": report.line.counts,
            "lines": report.lines,
            "unlisted": report.unlisted,
            "unassigned": report.unassigned,
            "unmapped_stages": report.unmapped_stages,
        },
    }
    return {"line": report.line, "who": _who(report.line.by), "told": told(whole), "digest": report.digest}


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the page shows it."""

    why: str
    problems: list[Mapping[str, Any]]
    more: int
    facts: list[tuple[str, str]]
    """what happened, in words and numbers"""
    files: list[Mapping[str, Any]]
    notes: list[str]
    kinds: list[tuple[str, str, list[Mapping[str, Any]], int]]
    """kind, words, lines, how many more there are"""
    unassigned: list[tuple[str, int]]
    stages: list[tuple[int, str, str]]
    """number, stage, category to offer"""
    has_deals: bool


_LINE_WORDS = {
    "rounded": "Amounts with more decimals than their currency has, rounded",
    "shortened": "Texts longer than what is kept, shortened",
    "older": "Rows older than what is known, kept as history",
    "new": "New deals",
    "changed": "Deals that differ from before",
}


def told(report: Mapping[str, Any]) -> Told:
    """A kept report in the order and words of the page."""
    part: Mapping[str, Any] = report.get("deals") or {}
    lines: Iterable[Mapping[str, Any]] = part.get("lines", ())
    unlisted: Mapping[str, int] = part.get("unlisted", {})
    kinds = [
        (kind, words, [line for line in lines if line.get("what") == kind], unlisted.get(kind, 0))
        for kind, words in _LINE_WORDS.items()
    ]
    return Told(
        why=report.get("why", ""),
        problems=report.get("problems", []),
        more=report.get("more", 0),
        facts=_facts(report, part.get("counts", {})),
        files=report.get("files", []),
        notes=report.get("notes", []),
        kinds=[row for row in kinds if row[2] or row[3]],
        unassigned=sorted(part.get("unassigned", {}).items(), key=lambda pair: (-pair[1], pair[0])),
        stages=[(n, s, c) for n, (s, c) in enumerate(sorted(part.get("unmapped_stages", {}).items()))],
        has_deals=bool(part),
    )


_COUNTS = (
    ("new", "Deals that are new"),
    ("changed", "Deals that changed"),
    ("unchanged", "Deals as before"),
    ("found_again", "Deals that are there again"),
    ("missing", "Deals that are no longer there"),
    ("repeated", "Rows that stand there twice, the same"),
    ("changes", "Recorded changes"),
    ("changes_known", "Recorded changes known before"),
    ("only_changes", "Deals known from changes only"),
    ("rounded", "Amounts rounded"),
    ("shortened", "Texts shortened"),
)
_ALWAYS = {"new", "changed", "unchanged"}
_CONTACTS = (
    ("added", "Contacts with accounts that are new"),
    ("corrected", "Contacts with accounts that were corrected"),
    ("removed", "Contacts with accounts that were removed"),
    ("unchanged", "Contacts with accounts as before"),
    ("older", "Contacts that a newer file told already"),
    ("nowhere", "Contacts without a known account, left out"),
)
_ACCOUNTS = (
    ("accounts_added", "Accounts that are new"),
    ("accounts_changed", "Accounts that changed"),
    ("contacts_added", "Buyers’ people who are new"),
    ("contacts_changed", "Buyers’ people who changed"),
    ("tiers", "Tiers that are new"),
    ("renewals", "Renewals that are new"),
)


def _facts(report: Mapping[str, Any], counts: Mapping[str, int]) -> list[tuple[str, str]]:
    found: list[tuple[str, int]] = []
    people = report.get("people")
    if people:
        found += [("People who are new", people["added"]), ("People who changed", people["changed"])]
        found += [("People with another manager", people["moved"])] if people["moved"] else []
        found += [("People as before", people["unchanged"])]
    if report.get("owners_added"):
        found.append(("Owners added as reps", len(report["owners_added"])))
    if counts:
        found += [(w, counts.get(k, 0)) for k, w in _COUNTS if counts.get(k) or k in _ALWAYS]
    accounts = report.get("accounts") or {}
    found += [(words, accounts[key]) for key, words in _ACCOUNTS if accounts.get(key)]
    if report.get("rates") is not None:
        found.append(("Conversion rates that are new", report["rates"]))
    targets = report.get("targets")
    if targets:
        found += [("Targets that are new", targets["added"]), ("Targets as before", targets["unchanged"])]
    if splits := report.get("splits"):
        found += [("Splits that are new", splits["added"]), ("Splits as before", splits["unchanged"])]
    if contacts := report.get("activities"):
        found += [(words, contacts[key]) for key, words in _CONTACTS if contacts.get(key) or key == "added"]
    if report.get("categories"):
        found.append(("Stages given a category", len(report["categories"])))
    return [(words, f"{number:,}") for words, number in found]


# The mapping


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: AskingRequest, public_id: str) -> HttpResponse:
    upload = _find(request, public_id)
    if not upload.file or upload.busy:
        return redirect("import", public_id)
    found, house = _tables(upload), queries.house()
    if request.method == "POST":
        return _mapping_sent(request, upload, found)
    if upload.mapping:
        form = mapping_form.from_mapping(found, crm.parse(upload.mapping), house.currency, house.time_zone)
    else:
        form = mapping_form.guessed(found, house.currency, house.time_zone)
    return _mapping_page(request, upload, form)


def _mapping_page(
    request: AskingRequest,
    upload: Upload,
    form: mapping_form.Form,
    *,
    toml_error: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    formats = dict(mapping_form.DATE_FORMATS)
    if form.date_format not in formats:
        formats[form.date_format] = form.date_format
    context = {
        "upload": upload,
        "form": form,
        "roles": mapping_form.ROLES.items(),
        "meanings": mapping_form.MEANINGS.items(),
        "formats": formats.items(),
        "decimals": mapping_form.DECIMALS.items(),
        "toml_error": toml_error,
        "status_columns": form.deals.columns if form.deals else (),
    }
    return render(request, "imports/mapping.html", context, status=status)


def _mapping_sent(request: AskingRequest, upload: Upload, found: list[tables.Table]) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "toml":
        return _toml_sent(request, upload, found)
    before = crm.parse(upload.mapping) if upload.mapping else crm.Mapping()
    form = mapping_form.sent(found, _plain(request.POST))
    if act == "look":
        return _mapping_page(request, upload, form)
    if form.problems:
        return _mapping_page(request, upload, form, status=422)
    text = crm.to_toml(mapping_form.mapping_of(form, before))
    try:
        crm.parse(text)
    except crm.Refused as refused:
        return _mapping_page(request, upload, form, toml_error=refused.lines(), status=422)
    Upload.objects.filter(pk=upload.pk).update(mapping=text)
    if act == "save":
        messages.success(
            request, "The mapping is kept with this import. The link below it downloads it as a file."
        )
        return redirect("import_mapping", upload.public_id)
    return _try(request, upload)


def _plain(data: QueryDict) -> dict[str, str]:
    return {key: str(data.get(key, "")) for key in data}


def _toml_sent(request: AskingRequest, upload: Upload, found: list[tables.Table]) -> HttpResponse:
    """A mapping as a file or as text in place of the form."""
    house = queries.house()
    form = mapping_form.guessed(found, house.currency, house.time_zone)
    file = request.FILES.get("toml_file")
    try:
        text = _mapping_text(file) if file else request.POST.get("toml", "")[:MOST_MAPPING]
        crm.parse(text)
        if not text.strip():
            raise forms.ValidationError("Choose a mapping file, or write one in the field.")
    except forms.ValidationError as error:
        return _mapping_page(request, upload, form, toml_error=error.messages, status=422)
    except crm.Refused as refused:
        return _mapping_page(request, upload, form, toml_error=refused.lines(), status=422)
    Upload.objects.filter(pk=upload.pk).update(mapping=text)
    return _try(request, upload)


@signed_in
@require_safe
def mapping_file(request: AskingRequest, public_id: str) -> HttpResponse:
    """The mapping as a TOML file."""
    upload = _find(request, public_id)
    if not upload.mapping:
        raise access.NotFound("mapping")
    name = "".join(ch if ch.isascii() and (ch.isalnum() or ch in "-_") else "-" for ch in upload.source)
    response = HttpResponse(upload.mapping, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return response


# Taking it in, or not


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Try again, take in, or throw away."""
    upload = _find(request, public_id)
    wish = request.POST.get("act", "")
    if wish == "discard":
        return _discarded(request, upload)
    uploads.path_of(upload)
    if wish == "try":
        return _try(request, upload)
    if wish != "take":
        raise access.Refused("no_act", "Choose one of the buttons of this page.")
    return _taken(request, upload)


def _discarded(request: AskingRequest, upload: Upload) -> HttpResponse:
    if upload.state == Upload.TAKING:
        raise access.Refused("at_work", "This import is being taken in; it ends by itself.")
    uploads.forget(upload)
    if upload.state != Upload.DONE:
        Upload.objects.filter(pk=upload.pk).update(
            state=Upload.REFUSED, report={"why": "It was thrown away."}
        )
    messages.success(request, "The files are thrown away. Nothing of them was taken in.")
    return redirect("imports")


def _taken(request: AskingRequest, upload: Upload) -> HttpResponse:
    decided = {
        "categories": _categories_sent(request, upload),
        "below": _person(request.POST.get("below", "")),
    }
    ready = Upload.objects.filter(pk=upload.pk, state=Upload.TRIED)
    if ready.update(
        state=Upload.TAKING, phase="Waiting for the background worker", done=0, total=0, report={}, **decided
    ):
        jobs.take_upload.enqueue(upload.pk, request.actor.id)
    return redirect("import", upload.public_id)


def _categories_sent(request: AskingRequest, upload: Upload) -> dict[str, str]:
    chosen = {
        stage: request.POST.get(f"stage-{number}", "") for number, stage, _ in told(upload.report).stages
    }
    return {stage: category for stage, category in chosen.items() if category in CATEGORY_WORDS}


def _person(name: str) -> Person | None:
    """The person of that full name, None for an empty one. Raises Refused when nobody or several are called so."""
    if not name.strip():
        return None
    found = queries.named(name)
    if len(found) == 1:
        return found[0]
    why = "Nobody here is" if not found else "Several people are"
    raise access.Refused(
        "whom", f"{why} called {name.strip()}. Write the full name as under People, or leave it empty."
    )


@signed_in
@require_POST
def missing(request: AskingRequest) -> HttpResponse:
    """Say what became of deals that the last full import did not show."""
    access.require(request.actor, "import.run")
    known = {line.public_id for line in _missing(request)}
    answers = {key[5:]: value for key, value in request.POST.items() if key.startswith("deal-")}
    answered = [
        (deal, value) for deal, value in answers.items() if deal in known and value in ("deleted", "kept")
    ]
    for deal, value in answered:
        deals_actions.answer_missing(by=request.actor, at=request.at, deal=deal, answer=value)
    if answered:
        gone = sum(value == "deleted" for _, value in answered)
        messages.success(
            request, f"{gone} deleted and left out from now on, {len(answered) - gone} kept and counted."
        )
    back = request.POST.get("back", "")
    return redirect("not_counted" if back == "not_counted" else "imports")
