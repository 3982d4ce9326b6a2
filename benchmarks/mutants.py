"""Are the tests of the engine sharp? Break it on purpose: `python -m benchmarks.mutants [plain compiled]`.

Each mutant is a copy of the sources with one line changed; the engine's tests run on it and must fail. Mutants were
chosen by hand where a slip would be plausible and quiet: a cumulant, a sign, a whale's weight, a range, a mass.
Some 20 seconds a mutant on an idle core, a minute where the compiled kernel is compiled anew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
Mutant = tuple[str, str, str]
PLAIN: list[Mutant] = [
    ("plain", "        m2 - s,\n", "        m2,\n"),
    ("plain", "m3 - 3 * m1 * m2 + 2 * m1 * s", "m3 - 3 * m1 * m2"),
    ("plain", "k4 + 3 * k2 * k2 + 4 * k3 * d", "k4 + 2 * k2 * k2 + 4 * k3 * d"),
    ("plain", "k3 + 3 * k2 * d + d**3", "k3 + d**3"),
    ("plain", "w**3 * k3 / 6", "w**3 * k3 / 3"),
    ("plain", "w**4 * k4 / 24", "w**4 * k4 / 12"),
    ("plain", "(q1 if is_won else 1 - q1)", "(1 - q1 if is_won else q1)"),
    ("plain", "            zero = zero * 0.0\n", ""),
    ("plain", "        zero = zero * np.exp(-d.rate[r] * layer.grid.rate_scale)\n", ""),
    ("plain", "            quiet = quiet + _new_cumulants(layer, r)\n", "            pass\n"),
    ("plain", "if won else (1 - q[at])[:, None]", "if won else q[at][:, None]"),
    ("plain", "resolved |= deals <= max(whales)", "resolved |= deals < 0"),
    ("solving", "(tuning.ABOVE + tuning.PER_SKEW * skew) * sd", "(1.5 + 0 * skew) * sd"),
    ("solving", "most * 1.02", "most * 0.8"),
    ("solving", "(which >> k) & 1", "1 - ((which >> k) & 1)"),
    ("solving", "found -= found[:, :1].copy()", "found -= 0 * found[:, :1]"),
    ("curves", "(q.zero * t + _area(q, t))", "_area(q, t)"),
    ("curves", "p.mass * (p.zero + value(", "p.mass * (0 + value("),
    ("curves", "return q - self.shortfall(q) / share", "return q - self.shortfall(q)"),
    ("amounts", "turn = (np.exp(s * z - s * s / 2) - 1) / s", "turn = (np.exp(s * z) - 1) / s"),
    ("factors", "b = b - step", "b = b"),
    ("book", "        self.book.kernel.teams(self.layer, teams)\n", ""),
    ("book", "        self._save((d.begin, d.end), np.array([person]))\n", ""),
    ("crossed", "group[kept] * persons + pipeline.person[kept]", "group[kept] * persons + group[kept]"),
    ("causes", "max(given_all - new, 0.0)", "max(given_all, 0.0)"),
]
COMPILED: list[Mutant] = [
    ("kernels", "C[1, j] += sign * (m2 - s)", "C[1, j] += sign * m2"),
    ("kernels", "x = q * (f4(1) - u[k])", "x = q * u[k]"),
    ("kernels", "weight[j] /= 1 + e", "weight[j] *= 1 + e"),
    ("kernels", "add_deal(U, A, np.float64(D.odds[i]), a, D.kind[i], G.ex, -1.0)", "pass"),
    ("kernels", "shown < last - first", "shown < 0"),
]


def survives(mutant: Mutant, kernel: str) -> bool:
    """Whether the tests of one kernel pass although the line is broken."""
    module, line, broken = mutant
    with tempfile.TemporaryDirectory() as folder:
        for part in ("src", "tests", "benchmarks", "pyproject.toml"):
            source = HERE / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, Path(folder) / part)
        target = Path(folder) / "src" / "fairlead" / "forecasting" / f"{module}.py"
        text = target.read_text(encoding="utf-8")
        if line not in text:
            raise SystemExit(f"{module} has no line {line!r}; bring the mutant up to date.")
        target.write_text(text.replace(line, broken, 1), encoding="utf-8")
        words = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/forecasting/test_engine.py"]
        chosen = [
            "-k",
            "plain or refused or stay_so or shares_new or by_hand" if kernel == "plain" else "compiled",
        ]
        environment = {**os.environ, "NUMBA_CACHE_DIR": f"{folder}/compiled"}
        return not subprocess.run(
            [sys.executable, *words, *chosen], cwd=folder, env=environment, capture_output=True, check=False
        ).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kernels", nargs="*", default=["plain", "compiled"])
    left = 0
    for kernel in parser.parse_args().kernels:
        for mutant in PLAIN if kernel == "plain" else COMPILED:
            alive = survives(mutant, kernel)
            left += alive
            print(f"{'SURVIVES' if alive else 'found':8s} {mutant[0]:8s} {mutant[1].strip()}", flush=True)
    print(f"{left} survive")


if __name__ == "__main__":
    main()
