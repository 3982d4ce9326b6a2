"""The organisation as nodes over persons in one order, so that every node is a range of persons.

Company at the top; a team node (id ``team:<person id>``) is a manager's whole subtree; a person node is the
person's own deals. A manager's own deals belong to the team the manager leads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.spectral import Shape
from fairlead.forecasting.types import COMPANY, UNASSIGNED, Member, NodeKind, NotCounted

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Node:
    """One node: persons ``first``…``last`` - 1 of the order. ``kind`` as in the forecast."""

    id: str
    name: str
    kind: NodeKind
    parent: str | None
    first: int
    last: int


@dataclass(frozen=True)
class Tree:
    """``persons`` ids in order (the node order has parents first); ``team`` a code per person, rising."""

    persons: tuple[str, ...]
    team: Ints
    nodes: tuple[Node, ...]
    shape: Shape
    problems: tuple[NotCounted, ...]

    def places(self, owners: Sequence[str]) -> Ints:
        """Positions of many owners."""
        where = self.positions()
        other = where.get(UNASSIGNED, 0)
        return np.array([where.get(o, other) for o in owners], np.int64)

    def positions(self) -> dict[str, int]:
        """Position of each person in the order."""
        return {p: i for i, p in enumerate(self.persons)}


def team_id(person: str) -> str:
    """Id of the team node that a person leads."""
    return f"team:{person}"


def managers(members: Sequence[Member]) -> tuple[dict[str, str | None], tuple[NotCounted, ...]]:
    """Manager per member, with unknown managers and circles cut, and what was cut."""
    known = {m.id for m in members}
    up: dict[str, str | None] = {}
    problems = []
    for m in sorted(members, key=lambda m: m.id):
        up[m.id] = m.manager if m.manager in known and m.manager != m.id else None
        if m.manager and up[m.id] is None:
            problems.append(NotCounted("person", m.id, f"the manager {m.manager!r} is not in the tree"))
    for start in sorted(up):
        seen, at = {start}, up[start]
        while at is not None and at not in seen:
            seen.add(at)
            at = up[at]
        if at == start:
            problems.append(
                NotCounted("person", start, "the reporting line runs in a circle; it is cut here")
            )
            up[start] = None
    return up, tuple(problems)


def grow(members: Sequence[Member], owners: Sequence[str]) -> Tree:
    """The tree of ``members``; without members every owner of a deal is a person below the company.

    A manager without own deals has no person node. ``owners`` are the owners of all known deals.
    """
    used = set(owners)
    if not members:
        members = [Member(o, o) for o in sorted(used - {""})]
    up, problems = managers(members)
    names = {m.id: m.name or m.id for m in members}
    below: dict[str | None, list[str]] = {}
    for person in sorted(up):
        below.setdefault(up[person], []).append(person)
    order: list[tuple[str, int]] = []
    nodes: list[Node] = []
    teams = [0]
    _company_level(below, used, names, order, nodes, bool(used - set(up)) or not up)
    for leader in [p for p in below.get(None, []) if p in below]:
        _subtree(leader, COMPANY, below, used, names, order, nodes, teams)
    top = Node(COMPANY, "Company", "company", None, 0, len(order))
    every = (top, *nodes)
    return _finished(order, every, problems)


def _company_level(
    below: dict[str | None, list[str]], used: set[str], names: dict[str, str],
    order: list[tuple[str, int]], nodes: list[Node], unassigned: bool,
) -> None:  # fmt: skip
    """Persons who report to nobody and lead nobody, and the unassigned."""
    if unassigned:
        nodes.append(Node(UNASSIGNED, "Unassigned", "person", COMPANY, len(order), len(order) + 1))
        order.append((UNASSIGNED, 0))
    for person in below.get(None, []):
        if person not in below:
            nodes.append(Node(person, names[person], "person", COMPANY, len(order), len(order) + 1))
            order.append((person, 0))


def _subtree(
    leader: str, parent: str, below: dict[str | None, list[str]], used: set[str], names: dict[str, str],
    order: list[tuple[str, int]], nodes: list[Node], teams: list[int],
) -> None:  # fmt: skip
    teams[0] += 1
    team, first, slot = teams[0], len(order), len(nodes)
    direct = [p for p in below[leader] if p not in below]
    for person in ([leader] if leader in used else []) + direct:
        nodes.append(Node(person, names[person], "person", team_id(leader), len(order), len(order) + 1))
        order.append((person, team))
    for lower in [p for p in below[leader] if p in below]:
        _subtree(lower, team_id(leader), below, used, names, order, nodes, teams)
    nodes.insert(slot, Node(team_id(leader), names[leader], "team", parent, first, len(order)))


def _finished(
    order: list[tuple[str, int]], nodes: tuple[Node, ...], problems: tuple[NotCounted, ...]
) -> Tree:
    team = np.array([t for _, t in order], np.int64)
    kinds = [_spectral_kind(n, team) for n in nodes]
    shape = Shape(team, np.array([n.first for n in nodes]), np.array([n.last for n in nodes]), tuple(kinds))
    return Tree(tuple(p for p, _ in order), team, nodes, shape, problems)


def _spectral_kind(node: Node, team: Ints) -> str:
    if node.kind == "person":
        return "person"
    return "team" if team[node.first] == team[node.last - 1] else "top"
