"""Backtest of the flags and of the evidence scale on simulated organisations: `python -m benchmarks.flags [SEEDS]`.

Each organisation is drawn from wide priors and read three times: as it is (nobody writes anything down), with evidence
and buyer people that follow the deal's hidden quality, and with the same habits of writing that follow nothing. In the
third reading every rule that rests on what people wrote must come out as adding nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from fairlead.forecasting import simulate
from fairlead.forecasting.periods import Calendar
from fairlead.health import record, rules, wording
from fairlead.health.rules import Said

FIRST_SEED = 9_100
SCORED = 0.7
"""The share of deals whose owner writes evidence down at all."""
WRITTEN = ("single_thread", "no_economic_buyer", "proven")
READINGS = {"nobody writes": 0.0, "writing follows the deal": 0.6, "writing follows nothing": 0.0}
"""How closely what is written follows the hidden quality: the correlation of the two."""
HEAD = (
    "| Rule | won with it | won without | looks | differs / adds nothing / too few "
    "| beyond the chance: adds / adds nothing / too few |"
)


@dataclass
class Tally:
    """What the record said of one rule, over organisations."""

    words: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    sums: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def add(self, one: record.FlagRecord) -> None:
        """Count one organisation's record."""
        self.words[one.word] += 1
        self.beyond[one.beyond.word] += 1
        for place, number in enumerate((one.up.won, one.up.rows, one.down.won, one.down.rows)):
            self.sums[place] += number

    def row(self, title: str) -> str:
        """A row of the table in Markdown."""
        a, n, b, m = self.sums
        if not n + m:
            return f"| {title} | not known here | | | | |"
        shares = f"{wording.share(a / n if n else None)} | {wording.share(b / m if m else None)}"
        told = " / ".join(str(self.words[word]) for word in ("differs", "nothing", "few"))
        more = " / ".join(str(self.beyond[word]) for word in ("adds", "nothing", "few"))
        return f"| {title} | {shares} | {n + m:,} | {told} | {more} |"


def main(count: int) -> None:
    """Print one table per reading, each row a rule."""
    tallies = {name: {key: Tally() for key in (*rules.KEYS, "proven")} for name in READINGS}
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        made = simulate.organisation(simulate.drawn(seed, quarters=14))
        for name, follows in READINGS.items():
            said = record.nothing_said if name == "nobody writes" else Writing(made, seed, follows).then
            found = record.record(
                record.look_back(made.history, as_of=made.as_of, calendar=Calendar(), said=said)
            )
            for one in (*found.flags, found.proven):
                tallies[name][one.key].add(one)
    print(f"{count} simulated organisations, seeds {FIRST_SEED} to {FIRST_SEED + count - 1}")
    for name, tally in tallies.items():
        print(f"\n{name.capitalize()}\n")
        print(HEAD)
        print("| --- | --- | --- | --- | --- | --- |")
        for key in rules.KEYS if name == "nobody writes" else WRITTEN:
            print(tally[key].row(wording.TITLES.get(key, "Weakest criterion 2 or 3")))


class Writing:
    """What the reps of an organisation write down: more as a deal ages, and more of a deal that looks good to them."""

    def __init__(self, made: simulate.Organisation, seed: int, follows: float) -> None:
        dice = np.random.default_rng([seed, 7])
        noise = float(np.sqrt(1 - follows**2))
        self.begun: dict[str, date] = {}
        self.looks_good: dict[str, float] = {}
        for deal in made.history.deals:
            luck, scored = float(dice.normal()), dice.random() < SCORED
            if scored and deal.created_on is not None:
                self.begun[deal.id] = deal.created_on
                self.looks_good[deal.id] = follows * made.truth.quality.get(deal.id, 0.0) + noise * luck

    def then(self, day: date) -> Mapping[str, Said]:
        """deal -> what stood written on a day; nothing of it depends on later days."""
        return {
            deal: _said(self.looks_good[deal], (day - begun).days)
            for deal, begun in self.begun.items()
            if begun < day
        }


def _said(good: float, age_days: int) -> Said:
    level = good + min(age_days, 120) / 60
    return Said(
        people=1 + int(level > 0.8) + int(level > 1.8), decides=level > 1.0, weakest=int(np.clip(level, 0, 3))
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
