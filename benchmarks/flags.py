"""Backtest of the flags on simulated organisations: `python -m benchmarks.flags [SEEDS]`.

Each organisation is drawn from wide priors. Their reps write no plans and no evidence, so the rules that read those
are not known there.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date

from fairlead.forecasting import simulate
from fairlead.forecasting.periods import Calendar
from fairlead.health import record, rules, wording

FIRST_SEED = 9_100


def main(count: int) -> None:
    words: dict[str, Counter[str]] = {key: Counter() for key in rules.KEYS}
    beyond: dict[str, Counter[str]] = {key: Counter() for key in rules.KEYS}
    sums: dict[str, list[int]] = {key: [0, 0, 0, 0] for key in rules.KEYS}
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        made = simulate.organisation(simulate.drawn(seed, quarters=14))
        found = record.record(record.look_back(made.history, as_of=_end(made), calendar=Calendar()))
        for one in found.flags:
            words[one.key][one.word] += 1
            beyond[one.key][one.beyond.word] += 1
            for place, number in enumerate((one.up.won, one.up.rows, one.down.won, one.down.rows)):
                sums[one.key][place] += number
    print(f"{count} simulated organisations, seeds {FIRST_SEED} to {FIRST_SEED + count - 1}")
    print(
        "| Flag | won with it | won without | looks | differs / adds nothing / too few | beyond the chance |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for key in rules.KEYS:
        a, n, b, m = sums[key]
        if not n + m:
            print(f"| {wording.TITLES[key]} | not known here | | | | |")
            continue
        shares = f"{wording.share(a / n if n else None)} | {wording.share(b / m if m else None)}"
        told = " / ".join(str(words[key][word]) for word in ("differs", "nothing", "few"))
        more = " / ".join(str(beyond[key][word]) for word in ("adds", "nothing", "few"))
        print(f"| {wording.TITLES[key]} | {shares} | {n + m:,} | {told} | {more} |")


def _end(made: simulate.Organisation) -> date:
    return made.as_of


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
