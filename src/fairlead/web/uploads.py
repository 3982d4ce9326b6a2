"""Files that people send: kept under a random name, packed into one zip, so that no name of theirs is a path.

The names are needed (a mapping speaks of ``sales_pipeline.csv``), so they live inside of the zip, where they are
only words.
"""

from __future__ import annotations

import re
import secrets
import shutil
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from fairlead.people import access
from fairlead.qualification import rules
from fairlead.web.models import Upload

TABLES = (".csv", ".tsv", ".txt", ".xlsx")
MOST_FILES = 20
KEPT_FOR = timedelta(days=7)
TOO_LARGE = "fairlead.upload_too_large"


class Quota(FileUploadHandler):
    """Stops an upload beyond the limit as soon as it is known to be, before the disk is full."""

    def handle_raw_input(  # type: ignore[no-untyped-def]
        self,
        input_data,
        META,  # noqa: N803
        content_length,
        boundary,
        encoding=None,
    ) -> None:
        self.taken = 0
        if content_length > settings.UPLOAD_LIMIT + 1024 * 1024:
            self._stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        if self.taken > settings.UPLOAD_LIMIT:
            self._stop()
        return raw_data

    def _stop(self) -> None:
        if self.request is not None:
            self.request.META[TOO_LARGE] = "yes"
        raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps the file."""


def limit_words() -> str:
    """The limit as people write it: "512 MB"."""
    return f"{settings.UPLOAD_LIMIT // 1024**2} MB"


def was_too_large(request: HttpRequest) -> bool:
    return TOO_LARGE in request.META


def sent_file(request: HttpRequest, instead: str = "Send a link to it.") -> rules.Sent | None:
    """The file of a form, read as far as it may be large; None where none was chosen.

    Raises Refused file_large, which says what can be done ``instead``.
    """
    if was_too_large(request):
        most = rules.megabytes(settings.EVIDENCE_LIMIT)
        raise access.Refused("file_large", f"The file is larger than {most}. {instead}")
    given = request.FILES.get("file")
    if given is None:
        return None
    return rules.Sent(given.name or "", given.read(settings.EVIDENCE_LIMIT + 1))


def keep(files: Sequence[UploadedFile[Any]]) -> tuple[str, list[str], int]:
    """Keep files under a random name; (name, the files' own names, size in bytes).

    One zip is kept as it is; tables are packed into one. Raises Refused for too many, too large, or a zip
    among others.
    """
    if sum(file.size or 0 for file in files) > settings.UPLOAD_LIMIT:
        raise access.Refused(
            "too_large", f"The files are larger than {limit_words()} together. Send them in parts."
        )
    if len(files) > MOST_FILES:
        raise access.Refused("too_many", f"Send at most {MOST_FILES} files at once, or one zip.")
    zips = [file for file in files if _is_zip(file)]
    if zips and len(files) > 1:
        raise access.Refused("zip_among_others", "Send one zip alone, or the tables without it.")
    folder = Path(settings.UPLOADS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{secrets.token_urlsafe(24)}.zip"
    path = folder / name
    path.touch(mode=0o600)
    names = [plain_name(file.name or "") for file in files]
    if zips:
        with path.open("wb") as out:
            shutil.copyfileobj(files[0], out)
    else:
        names = _packed(path, files)
    return name, names, path.stat().st_size


def _is_zip(file: UploadedFile[Any]) -> bool:
    """Whether it is a zip of tables; a workbook is a zip as well, told apart by what it holds."""
    head = file.read(4)
    file.seek(0)
    if head != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            found = any(member.startswith("xl/") for member in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        found = False
    file.seek(0)
    return not found


def _packed(path: Path, files: Sequence[UploadedFile[Any]]) -> list[str]:
    names: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            name = _fresh(_with_kind(plain_name(file.name or ""), file), names)
            names.append(name)
            with archive.open(name, "w", force_zip64=True) as member:
                shutil.copyfileobj(file, member)
    return names


def plain_name(name: str) -> str:
    """A file's name as harmless words: its last part, without control characters, at most 100 characters."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    words = re.sub(r"[^\w .()+-]", "_", last).strip(" .")
    return words[-100:].lstrip(" .") or "file.csv"


def _with_kind(name: str, file: UploadedFile[Any]) -> str:
    """The name with the ending of what the file is by its first bytes, so that it is read as that.

    Raises Refused for what is no table at all.
    """
    head = file.read(8)
    file.seek(0)
    stem = re.sub(r"\.(csv|tsv|txt|xlsx)$", "", name, flags=re.IGNORECASE)
    if head.startswith(b"PK\x03\x04"):
        return f"{stem}.xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise access.Refused("old_excel", f"{name} is an old Excel workbook (.xls). Save it as .xlsx or CSV.")
    if head.startswith((b"%PDF", b"\x89PNG", b"\x1f\x8b", b"PAR1")):
        raise access.Refused("no_table", f"{name} is no table. CSV, XLSX, or a zip of them is read.")
    return name if name.lower().endswith((".csv", ".tsv", ".txt")) else f"{stem}.csv"


def _fresh(name: str, taken: Sequence[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    number, fresh = 1, name
    while fresh.lower() in {other.lower() for other in taken}:
        number += 1
        fresh = f"{stem} {number}{dot}{ending}"
    return fresh


def path_of(upload: Upload) -> Path:
    """Where the upload's files lie. Raises Refused when they are gone."""
    path = Path(settings.UPLOADS) / Path(upload.file or "-").name
    if not upload.file or not path.is_file():
        raise access.Refused("file_gone", "The files of this import are no longer kept. Send them again.")
    return path


def forget(upload: Upload) -> None:
    """Remove the upload's files; the row stays."""
    if upload.file:
        (Path(settings.UPLOADS) / Path(upload.file).name).unlink(missing_ok=True)
        Upload.objects.filter(pk=upload.pk).update(file="")
        upload.file = ""


def forget_old(at: datetime) -> None:
    """Remove files that nobody came back for within a week."""
    left = Upload.objects.exclude(file="").filter(at__lt=at - KEPT_FOR)
    for upload in left.exclude(state__in=[Upload.TRYING, Upload.TAKING]):
        forget(upload)
