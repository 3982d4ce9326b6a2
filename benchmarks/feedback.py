"""Simulated attacks on upward feedback: `python -m benchmarks.feedback [ORGANISATIONS] [SEED]`.

Random organisations with people who join, leave and move, over the four rounds of a year, pass through the very rules
that decide what is shown (`fairlead.feedback.rules`). Everybody keeps to what they think, which is what makes
subtraction work. The attacker has every word that was released on every level, who was asked, who answered, who could
not say, and the rules; stronger, two who answered put their own answers to it, those two whose answers help most.
What follows from all that is worked out exactly, over whole numbers. An answer is found where only one is left.

Each rule is then turned off, and the same attack must find somebody: otherwise it would prove nothing.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from fairlead.feedback import rules
from fairlead.feedback.rules import ITEMS, POOLS, Base, Closed, Figure, Group, Pair, Policy, Tally

Bit = tuple[Pair, str]
"""One answer: of whom about whom, to what."""
FIRST = date(2026, 2, 16)
QUARTER = timedelta(days=91)
ROUNDS = 4
"""The rounds of a year."""

OFF: dict[str, Policy] = {
    "all rules": Policy(),
    "without a least number": Policy(least=1, each=1, alone=1, known=-1),
    "without wide ends": Policy(known=-1, each=5),
    "ends against one, items from five": Policy(known=1, each=5),
    "without keeping words, but the rule of two": Policy(keep=False),
    "without keeping words, without the rule of two": Policy(keep=False, moved=0),
    "without groups apart and once a year": Policy(apart=False, once=False),
}
"""What is turned off -> the limits left."""


# The organisations


@dataclass
class Organisation:
    """Managers below superiors, teams, and what everybody thinks."""

    chance: random.Random
    teams: dict[int, list[int]] = field(default_factory=dict)
    above: dict[int, int] = field(default_factory=dict)
    minds: dict[Pair, dict[str, str]] = field(default_factory=dict)
    leaning: dict[tuple[int, str], float] = field(default_factory=dict)
    habit: dict[int, float] = field(default_factory=dict)
    last: int = 0

    def anybody(self) -> int:
        self.last += 1
        self.habit[self.last] = self.chance.choice([0.7, 0.9, 0.95, 1.0])
        return self.last

    def said(self, pair: Pair) -> dict[str, str]:
        """What somebody thinks of a manager, drawn once."""
        if pair not in self.minds:
            self.minds[pair] = {item: self._drawn(pair[1], item) for item in ITEMS}
        return self.minds[pair]

    def _drawn(self, manager: int, item: str) -> str:
        if (manager, item) not in self.leaning:
            # Teams often agree: then a single answer is easiest to work out.
            self.leaning[manager, item] = self.chance.choice([0.0, 0.05, 0.3, 0.5, 0.7, 0.95, 1.0])
        if self.chance.random() < 0.04:
            return "unable"
        return "yes" if self.chance.random() < self.leaning[manager, item] else "no"


def organisation(seed: int) -> Organisation:
    """An organisation of one to three units with up to five teams each."""
    chance = random.Random(seed)
    made = Organisation(chance)
    for _ in range(chance.randint(1, 3)):
        superior = made.anybody()
        for _ in range(chance.randint(1, 5)):
            manager = made.anybody()
            made.above[manager] = superior
            size = chance.choice([1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 12, 15])
            made.teams[manager] = [made.anybody() for _ in range(size)]
    return made


def turn(made: Organisation) -> None:
    """A quarter passes: some leave, join, move to another team; now and then a team goes to another manager."""
    chance = made.chance
    managers = list(made.teams)
    for manager in managers:
        for person in list(made.teams[manager]):
            if chance.random() < 0.05:
                made.teams[manager].remove(person)
            elif chance.random() < 0.03:
                made.teams[manager].remove(person)
                made.teams[chance.choice(managers)].append(person)
        while chance.random() < 0.3:
            made.teams[manager].append(made.anybody())
    if chance.random() < 0.1 and len(managers) > 1:
        gone, kept = chance.sample(managers, 2)
        made.teams[kept] += made.teams.pop(gone)


def change_minds(made: Organisation, share: float) -> None:
    """Some think otherwise from now on."""
    for pair in made.minds:
        for item in ITEMS:
            if made.chance.random() < share:
                made.minds[pair][item] = made._drawn(pair[1], item)


# What is released


@dataclass(frozen=True)
class Released:
    """A figure somebody reads, with what the attacker knows: whose answers are in it, between which numbers."""

    bits: frozenset[Bit]
    least: int
    most: int


@dataclass
class History:
    """All rounds of an organisation, as the rules let them out."""

    policy: Policy
    released: list[Released] = field(default_factory=list)
    bases: list[Base] = field(default_factory=list)
    before: dict[tuple[str, int], frozenset[Pair]] = field(default_factory=dict)
    rounds: int = 0
    shown: int = 0
    figures: int = 0
    words: int = 0
    stale: int = 0
    moved: int = 0
    answers: set[Bit] = field(default_factory=set)

    def hold(self, made: Organisation, on: date) -> None:
        """A quarter's rounds, released together."""
        for group in rules.groups(made.teams, made.above, self.policy):
            self._one(made, group, on)

    def _one(self, made: Organisation, group: Group, on: date) -> None:
        here = frozenset(pair for pair in sorted(group.pairs) if made.chance.random() < made.habit[pair[0]])
        minds = {pair: made.said(pair) for pair in sorted(here)}
        tallies = {item: _tally(mind[item] for mind in minds.values()) for item in ITEMS}
        key = (group.kind, group.owner)
        closed = Closed(
            group.kind, group.owner, on, group.pairs, here, tallies, self.before.get(key), tuple(self.bases)
        )
        outcome, figures = rules.outcome(closed, self.policy)
        self.rounds += 1
        self.answers |= {(pair, item) for pair in here for item in ITEMS if minds[pair][item] != "unable"}
        if outcome != "shown":
            return
        self.shown += 1
        self.before[key] = group.pairs
        for one in figures:
            self._out(one, closed, minds)

    def _out(self, one: Figure, closed: Closed, minds: dict[Pair, dict[str, str]]) -> None:
        self.figures += 1
        if one.level is None:
            return
        self.words += 1
        items = POOLS.get(one.key, (one.key,))
        bits = frozenset((pair, item) for pair in minds for item in items if minds[pair][item] != "unable")
        low, high = rules.edges(one.size, len(items), self.policy)
        if one.state == "kept":
            own = [b for b in self.bases if (b.key, b.kind, b.owner) == (one.key, closed.kind, closed.owner)]
            base = max(own, key=lambda b: b.on)
            came, went = len(closed.answered - base.pairs), len(base.pairs - closed.answered)
            least, most = rules.span(base, came, went, self.policy)
            yes = sum(minds[pair][item] == "yes" for pair, item in bits)
            self.stale += rules.level(yes, one.size, len(items), self.policy) != one.level
        else:
            self.moved += one.state == "moved"
            least, most = {"low": (0, low), "divided": (low + 1, high - 1), "high": (high, one.size)}[
                one.level
            ]
            self.bases.append(
                Base(one.key, one.level, one.size, closed.answered, closed.on, closed.kind, closed.owner)
            )
        self.released.append(Released(bits, least, most))


def _tally(said: Iterable[str]) -> Tally:
    all_ = list(said)
    return Tally(all_.count("yes"), all_.count("no"), all_.count("unable"))


def history(
    seed: int, policy: Policy, rounds: int = ROUNDS, minds: float = 0.0
) -> tuple[Organisation, History]:
    """An organisation and what was released of it. ``minds``: the share of answers that change in a quarter."""
    made, told = organisation(seed), History(policy)
    for number in range(rounds):
        if number:
            turn(made)
            if minds:
                change_minds(made, minds)
        told.hold(made, FIRST + number * QUARTER)
    return made, told


# The attack


Constraint = tuple[tuple[int, ...], int, int]


class Undecided(Exception):
    """A search took too long. Counted, and never taken for safe."""


def feasible(
    ranges: list[list[int]], constraints: Sequence[Constraint], near: Sequence[int], left: list[int]
) -> bool:
    """Whether whole numbers within ranges fit all sums; exact, by narrowing and trying, those ``near`` first."""
    left[0] -= 1
    if left[0] < 0:
        raise Undecided
    changed = True
    while changed:
        changed = False
        for atoms, least, most in constraints:
            low, high = sum(ranges[a][0] for a in atoms), sum(ranges[a][1] for a in atoms)
            if low > most or high < least:
                return False
            for a in atoms:
                bottom, top = ranges[a]
                new = max(bottom, least - (high - top)), min(top, most - (low - bottom))
                if new[0] > new[1]:
                    return False
                if new != (bottom, top):
                    low, high = low + new[0] - bottom, high + new[1] - top
                    ranges[a] = list(new)
                    changed = True
    widest = max(range(len(ranges)), key=lambda a: ranges[a][1] - ranges[a][0], default=None)
    if widest is None or ranges[widest][0] == ranges[widest][1]:
        return True
    low, high = ranges[widest]
    first = min(max(near[widest], low), high)
    for part in ([first, first], [low, first - 1], [first + 1, high]):
        if part[0] <= part[1]:
            tried = [list(one) for one in ranges]
            tried[widest] = part
            if feasible(tried, constraints, near, left):
                return True
    return False


STEPS = 400
"""How long one search may take."""
undecided: list[tuple[int, ...]] = []
"""Searches that took longer; with all rules there are none."""


def found(made: Organisation, figures: Sequence[Released], known: frozenset[int] = frozenset()) -> set[Bit]:
    """The answers that follow from figures, for who knows the answers of ``known``; their own are not counted."""
    truth = {bit: made.minds[bit[0]][bit[1]] == "yes" for one in figures for bit in one.bits}
    signs: dict[tuple[int, ...], list[Bit]] = defaultdict(list)
    standing: dict[Bit, list[int]] = defaultdict(list)
    taken = [0] * len(figures)
    for number, one in enumerate(figures):
        for bit in one.bits:
            if bit[0][0] in known:
                taken[number] += truth[bit]
            else:
                standing[bit].append(number)
    for bit, numbers in standing.items():
        signs[tuple(numbers)].append(bit)
    keys = sorted(signs)
    constraints: list[Constraint] = [
        (
            tuple(a for a, key in enumerate(keys) if number in key),
            one.least - taken[number],
            one.most - taken[number],
        )
        for number, one in enumerate(figures)
    ]
    constraints = [one for one in constraints if one[0]]
    sizes = [len(signs[key]) for key in keys]
    yeses = [sum(truth[bit] for bit in signs[key]) for key in keys]
    clear: set[Bit] = set()
    for a, key in enumerate(keys):
        if 0 < yeses[a] < sizes[a]:
            continue  # the truth itself is a way in which they differ
        ranges = [[0, size] for size in sizes]
        ranges[a] = [1, sizes[a]] if yeses[a] == 0 else [0, sizes[a] - 1]
        try:
            if not feasible(ranges, constraints, yeses, [STEPS]):
                clear |= set(signs[key])
        except Undecided:
            undecided.append(key)
    return clear


def parts(figures: Sequence[Released]) -> list[list[Released]]:
    """Figures that share answers, however indirectly, together."""
    groups: list[tuple[set[Bit], list[Released]]] = []
    for one in figures:
        joined = [group for group in groups if group[0] & one.bits]
        groups = [group for group in groups if not group[0] & one.bits]
        bits = set(one.bits).union(*(group[0] for group in joined))
        groups.append((bits, [figure for group in joined for figure in group[1]] + [one]))
    return [group[1] for group in groups]


def helpful(made: Organisation, figures: Sequence[Released], number: int) -> list[frozenset[int]]:
    """The ``number`` people whose answers help most to tell the others': those with the most yeses, and the fewest."""
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in figures:
        for pair, item in one.bits:
            counted[pair[0]][made.minds[pair][item] == "yes"] += 1
    by_yes = sorted(counted, key=lambda person: (counted[person][1] - counted[person][0], person))
    return list(dict.fromkeys([frozenset(by_yes[-number:]), frozenset(by_yes[:number])]))


def attacked(made: Organisation, told: History, together: int) -> set[Bit]:
    """Every answer that somebody can work out; ``together`` of those who answered put theirs to it."""
    clear: set[Bit] = set()
    for figures in parts(told.released):
        if not together:
            clear |= found(made, figures)
            continue
        for known in helpful(made, figures, together):
            clear |= found(made, figures, known)
    return clear


# The tables


@dataclass
class Tallied:
    """What attacks found over many organisations."""

    rounds: int = 0
    shown: int = 0
    words: int = 0
    answers: int = 0
    alone: int = 0
    one: int = 0
    two: int = 0
    hit: int = 0
    """organisations in which two found somebody"""


def tallied(policy: Policy, seeds: Iterable[int], rounds: int = ROUNDS) -> Tallied:
    """The attacks on organisations under a policy."""
    sums = Tallied()
    for seed in seeds:
        made, told = history(seed, policy, rounds)
        sums.rounds += told.rounds
        sums.shown += told.shown
        sums.words += told.words
        sums.answers += len(told.answers)
        sums.alone += len(attacked(made, told, 0))
        sums.one += len(attacked(made, told, 1))
        two = len(attacked(made, told, 2))
        sums.two += two
        sums.hit += two > 0
    return sums


def main() -> None:
    """Print the tables in Markdown."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 40_000
    seeds = range(first, first + number)
    print(f"{number:,} organisations, {ROUNDS} rounds each.\n")
    print(
        "| Rules | rounds, shown | words | answers | found by an outsider | with one | with two | organisations |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, policy in OFF.items():
        part = 1 if name == "all rules" else 5 if policy.apart else 50
        t = tallied(policy, seeds[: max(1, number // part)])
        print(
            f"| {name} | {t.rounds:,}, {t.shown / max(t.rounds, 1):.0%} | {t.words:,} | {t.answers:,} | {t.alone:,} "
            f"| {t.one:,} | {t.two:,} | {t.hit:,} |",
            flush=True,
        )
        if undecided:
            print(
                f"{len(undecided)} searches under “{name}” took too long and count as nothing found.",
                file=sys.stderr,
            )
            undecided.clear()
    long = tallied(replace(Policy()), seeds[: max(1, number // 5)], rounds=3 * ROUNDS)
    print(
        f"\nOver three years in which nobody changes their mind: {long.alone}, {long.one}, {long.two} found."
    )
    kept = [history(seed, Policy(), minds=0.15)[1] for seed in seeds[: max(1, number // 5)]]
    words, stale = sum(one.words for one in kept), sum(one.stale for one in kept)
    print(
        f"Where 15 % of answers change a quarter: {stale:,} of {words:,} words ({stale / words:.0%}) are kept too long."
    )


if __name__ == "__main__":
    main()
