"""Fetch the style sheet and the fonts that Fairlead ships, from their published packages.

The results are committed under ``src/fairlead/web/static/vendor``; nobody who installs or runs Fairlead
needs this script, or node. Run it to take a new version, after changing the tables below.

    python scripts/vendor.py          # fetch with npm, verify, write
    python scripts/vendor.py --check  # no network: the committed files are those of the tables
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "src/fairlead/web/static/vendor"

PACKAGES = {
    "@tabler/core@1.6.1": "d02d679e51f6c179b21f035e154c13cdcb2ae8b18579e56ea606408ba7fc7a87",
    "@fontsource-variable/inter@5.3.0": "d26710dd38e7217484a1d47ee76c024977ec550548876f26d06ed1844af09a14",
    "@fontsource-variable/source-serif-4@5.3.1": (
        "8c452853c74be1e43e9fbfe76321c26f4678a2d431e93209ff1d9faec03fd96f"
    ),
}
"""Package and version -> sha256 of its tarball."""


@dataclass(frozen=True)
class Piece:
    """One file of a package and what it becomes here; ``sha256`` is that of the file as written."""

    package: str
    member: str
    name: str
    sha256: str


_TABLER, _INTER, _SERIF = PACKAGES
PIECES = [
    Piece(
        _TABLER,
        "dist/css/tabler.min.css",
        "tabler.min.css",
        "09c0ad77d135f90fd8cbc583824b2fdbd247adbc001234d27a36f284bfecab5e",
    ),
    Piece(
        _INTER,
        "files/inter-latin-wght-normal.woff2",
        "inter-latin.woff2",
        "3100e775e8616cd2611beecfa23a4263d7037586789b43f035236a2e6fbd4c62",
    ),
    Piece(
        _INTER,
        "files/inter-latin-ext-wght-normal.woff2",
        "inter-latin-ext.woff2",
        "34b9c504cab7a73e37b746343a449132e56cf7b5481af2cb81dc74dcff25c956",
    ),
    Piece(
        _INTER,
        "LICENSE",
        "LICENSE-inter.txt",
        "3b0a5fca3d17942cde889069889dedbbbd075e9b599968c82a95f4d944e9b345",
    ),
    Piece(
        _SERIF,
        "files/source-serif-4-latin-opsz-normal.woff2",
        "source-serif-4-latin.woff2",
        "f2ea9c12d2fe9bd3a9589b02ad2c0909da88f30938c91adc838c4f4098f9f9e0",
    ),
    Piece(
        _SERIF,
        "files/source-serif-4-latin-ext-opsz-normal.woff2",
        "source-serif-4-latin-ext.woff2",
        "155f6e701097cc269cf8d5d7ac86795f263f1afbeb47c14d1d747108c9335389",
    ),
    Piece(
        _SERIF,
        "LICENSE",
        "LICENSE-source-serif-4.txt",
        "18aabf190848725e2576eefb5c29ba06aac1029d02132252a7f312eac2e50cf3",
    ),
]

MIT = """Tabler {version}, https://tabler.io
Copyright 2018-2026 The Tabler Authors
Copyright 2018-2026 codecalm.net Paweł Kuna

MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN
NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY,
WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
"""The package names its licence without carrying the text."""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch(package: str, folder: Path) -> bytes:
    """The tarball of a package. Raises SystemExit when it is not the one the table names."""
    done = subprocess.run(
        ["npm", "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=True
    )
    content = (folder / done.stdout.strip().splitlines()[-1]).read_bytes()
    if digest(content) != PACKAGES[package]:
        raise SystemExit(f"{package}: sha256 is {digest(content)}, the table says {PACKAGES[package]}")
    return content


def member(tarball: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        found = archive.extractfile(f"package/{name}")
        assert found is not None, name
        return found.read()


def as_shipped(content: bytes, name: str) -> bytes:
    """The file without its pointer to a source map, which is not shipped and would stop collectstatic."""
    if not name.endswith(".css"):
        return content
    return re.sub(rb"/\*# sourceMappingURL=[^*]*\*/\s*$", b"", content)


def take(folder: Path) -> None:
    tarballs = {package: fetch(package, folder) for package in PACKAGES}
    VENDOR.mkdir(parents=True, exist_ok=True)
    for piece in PIECES:
        content = as_shipped(member(tarballs[piece.package], piece.member), piece.name)
        if digest(content) != piece.sha256:
            raise SystemExit(f"{piece.name}: sha256 is {digest(content)}, the table says {piece.sha256}")
        (VENDOR / piece.name).write_bytes(content)
    (VENDOR / "LICENSE-tabler.txt").write_text(
        MIT.format(version=_TABLER.rsplit("@", 1)[1]), encoding="utf-8"
    )


def check() -> None:
    """Raises SystemExit when a committed file is missing or is not the one of the table."""
    for piece in PIECES:
        path = VENDOR / piece.name
        if not path.exists() or digest(path.read_bytes()) != piece.sha256:
            raise SystemExit(f"{path.name} is missing or differs. Run: python scripts/vendor.py")
    print(f"{len(PIECES)} vendored files are those of the table.")


if __name__ == "__main__":
    if "--check" not in sys.argv:
        with tempfile.TemporaryDirectory() as scratch:
            take(Path(scratch))
    check()
