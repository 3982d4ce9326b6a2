"""The forecasting library with everything else taken away: `python -m tests.alone`.

Copies `fairlead/forecasting` into an empty folder, lets nothing of the application be imported, and computes
a forecast in a fresh interpreter.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "fairlead" / "forecasting"

PROGRAM = """
import sys
from datetime import date, timedelta

FORBIDDEN = ("django", "ninja", "allauth", "typer", "jinja2", "psycopg", "openpyxl")


class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in FORBIDDEN:
            raise ImportError(f"the forecasting library reached for {name}")
        return None


sys.meta_path.insert(0, Refuse())
sys.path.insert(0, FOLDER)
from fairlead import forecasting
from fairlead.forecasting.periods import Calendar

assert forecasting.__file__.startswith(FOLDER), forecasting.__file__
start = date(2025, 1, 1)
deals = [
    forecasting.Deal(
        id=str(n),
        owner=f"rep{n % 3}",
        amount=1000.0 + 37 * (n % 11),
        stage="Proposal",
        created_on=start + timedelta(days=n),
        status="won" if n % 3 == 0 else "lost",
        closed_on=start + timedelta(days=n + 40),
    )
    for n in range(400)
]
members = [forecasting.Member(f"rep{n}", manager="boss") for n in range(3)] + [forecasting.Member("boss")]
as_of = date(2026, 2, 1)
result = forecasting.estimate(
    forecasting.History(deals=deals, members=members), as_of=as_of, period=Calendar().quarter_of(as_of)
)
total = result.node(forecasting.COMPANY)
assert total.p10 <= total.p50 <= total.p90, total
assert abs(total.mean - total.booked - total.from_open.mean - total.from_new.mean) < 0.02, total
assert not any(name.split(".")[0] in FORBIDDEN for name in sys.modules)
print(f"alone: {len(result.nodes)} nodes, P10 {total.p10:.0f}, P50 {total.p50:.0f}, P90 {total.p90:.0f}")
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "fairlead"
        shutil.copytree(SOURCE, package / "forecasting", ignore=shutil.ignore_patterns("__pycache__"))
        (package / "__init__.py").write_text("")
        program = f"FOLDER = {folder!r}\n{PROGRAM}"
        return subprocess.run([sys.executable, "-c", program], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
