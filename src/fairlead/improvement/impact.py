"""Whether something happens to one group more often than to others: counts, the four-fifths rule, an exact test.

Groups are what HR brings along for one look; nothing of them is kept. No Django here.

Source: the four-fifths rule is 29 CFR 1607.4 D; the test is Fisher's exact one, two-sided, of a group against
everybody else. Neither proves anything: the rule is crude where few are concerned, and the test where many are
compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fairlead.people.access import Refused

LEAST = 5
"""People in a group, and in all other groups together, below which nothing is said but how many there are."""
RARE = 0.05
LONGEST_GROUP = 40
MOST_LINES = 20_000
MOST_GROUPS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One group: its people, how many of them it happened to, and the share that was spared against the best group's.

    ``spared`` is (of all groups with LEAST people or more) this group's share of people it did not happen to, over the
    largest such share; under four fifths the rule calls it adverse. ``chance``: how often a difference as large comes
    by chance alone. Both are None where there are too few to say.
    """

    group: str
    people: int
    hit: int
    spared: float | None
    chance: float | None

    @property
    def adverse(self) -> bool:
        return self.spared is not None and self.spared < 0.8

    @property
    def rare(self) -> bool:
        return self.chance is not None and self.chance < RARE


def screen(groups: Mapping[int, str], hit: Collection[int]) -> list[Line]:
    """A line for each group, by name. ``groups``: person -> group; ``hit``: those it happened to."""
    from scipy.stats import fisher_exact  # half a second to import, and no other page needs it

    counts: dict[str, list[int]] = {}
    for person, group in groups.items():
        line = counts.setdefault(group, [0, 0])
        line[0] += 1
        line[1] += person in hit
    people, every = sum(n for n, _ in counts.values()), sum(k for _, k in counts.values())
    shares = [(n - k) / n for n, k in counts.values() if n >= LEAST]
    best = max(shares, default=0.0)
    lines = []
    for group in sorted(counts):
        n, k = counts[group]
        enough = n >= LEAST and people - n >= LEAST and best > 0
        chance = None
        if enough:
            table = [[k, n - k], [every - k, people - n - (every - k)]]
            chance = float(fisher_exact(table, alternative="two-sided")[1])
        lines.append(Line(group, n, k, (n - k) / n / best if enough else None, chance))
    return lines


def read(text: str) -> list[tuple[str, str]]:
    """(name, group) of each line: a comma, a semicolon or a tab between. Raises Refused: bad_line, too_many."""
    rows = []
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    if len(lines) > MOST_LINES:
        raise Refused("too_many", f"At most {MOST_LINES:,} lines.")
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        mark = next((one for one in ("\t", ";", ",") if one in line), "")
        name, _, group = line.rpartition(mark) if mark else ("", "", "")
        name, group = name.strip().strip('"').strip(), group.strip().strip('"').strip()
        if not name or not group or len(group) > LONGEST_GROUP:
            raise Refused(
                "bad_line", f"Line {number}, “{line[:40]}”, is no name and group with a comma between."
            )
        rows.append((name, group))
    return rows


def placed(
    rows: Iterable[tuple[str, str]], known: Mapping[str, Collection[int]]
) -> tuple[dict[int, str], list[str]]:
    """(person -> group, the names that are nobody or several people). Raises Refused: twice, too_many, one_group."""
    found: dict[int, str] = {}
    unknown = []
    for name, group in rows:
        persons = known.get(name.casefold(), ())
        if len(persons) != 1:
            unknown.append(name)
            continue
        (person,) = persons
        if found.get(person, group) != group:
            raise Refused("twice", f"{name} stands in two groups.")
        found[person] = group
    groups = set(found.values())
    if len(groups) > MOST_GROUPS:
        raise Refused("too_many", f"At most {MOST_GROUPS} groups.")
    if len(groups) < 2:
        raise Refused("one_group", "Two groups or more are needed to compare, of people in your units.")
    return found, unknown
