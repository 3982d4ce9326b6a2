"""Write the hashed locks anew from pyproject.toml: `.venv/bin/python scripts/lock.py`.

uv.lock names a host in every entry and stays out of the repository; the requirement locks name none.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).parent / "uv"
EXPORT = ["export", "--quiet", "--frozen", "--no-emit-project", "--no-header", "--extra", "app"]
SPARK = [
    *("export", "--quiet", "--frozen", "--no-emit-project", "--no-header"),
    *("--extra", "spark", "--no-dev", "--group", "sail"),
]
COMPILE = ["pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate"]


def uv(*words: str, given: str | None = None) -> None:
    subprocess.run([str(UV), *words], cwd=HERE, check=True, text=True, input=given)


def main() -> None:
    uv("lock", "--quiet", *sys.argv[1:])
    uv(*EXPORT, "--no-dev", "-o", "requirements/run.lock")
    uv(*EXPORT, "--group", "dev", "-o", "requirements/dev.lock")
    uv(*SPARK, "-o", "requirements/spark.lock")
    uv(*COMPILE, "-", "-o", "requirements/installer.lock", given="uv\n")


if __name__ == "__main__":
    main()
