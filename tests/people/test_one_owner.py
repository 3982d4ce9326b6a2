"""Every act of the access table is asked by one feature package; whoever else asks it stands here with why."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from fairlead.people import access

SOURCE = Path(access.__file__).resolve().parents[1]
EDGES = {"web", "api", "cli", "server"}
"""Pages, endpoints and commands: they ask what the feature behind them asks, to leave out a link or a button."""
COMPOSED = {
    "today": "the day's page asks each feature's own act before it calls that feature's query",
    "assessment": "the assessment leaves out a part whose act its reader does not have",
}
TABLE = {"people/access.py", "records/classes.py", "mail/wording.py"}
"""Where such words ask nothing: the table, the page of who sees what is kept, and kinds of notices by the same name."""

_DATA = "whose deal it is decides who reads what hangs on it"
SHARED: Mapping[str, tuple[frozenset[str], str]] = {
    act: (frozenset(packages.split()), why)
    for act, packages, why in (
        ("account.read", "qualification territories watch",
         "evidence names the buyers' people of an account; the watch lists accounts"),
        ("activity.write", "territories watch",
         "who may note contacts is who holds a seat: whether one is empty is asked by it"),
        ("ask.write", "asks desk", "a message turned into an ask is an ask"),
        ("board.open", "calls desk", "the desk offers the board as an answer to who has it"),
        ("call.open", "calls desk exits health",
         "the team page of a leader: its exits, its flags and the facts for an answer"),
        ("call.read", "calls reviews", "a review's agenda shows the calls its reader may read"),
        ("card.read", "asks desk exits plans", "one card of a deal, made of plan, exits and asks"),
        ("deal.read", "asks calls deals desk exits health help mail plans reviews watch winloss", _DATA),
        ("empty_seat.read", "territories watch", "the watch lists the accounts of seats that territories finds"),
        ("estimate.read", "calls exits", "the effect of an exit is a difference of estimates"),
        ("evidence.read", "asks desk exits health qualification",
         "a brief, a fact, a failed criterion and a flag quote evidence"),
        ("exit.read", "desk exits", "the desk draws in why a deal left"),
        ("ground.keep", "gaps grounds", "HR finds the gap ledger where it keeps the grounds"),
        ("import.read", "calls deals", "a batch is deals and the targets with them"),
        ("import.run", "agreements asks calls deals desk exits feedback health help people promises territories"
         " winloss",
         "imports and the clock act as sales operations: each feature takes in, or is watched, by it"),
        ("look.read", "looks watch", "the watch starts with a look, for who reads that"),
        ("look.register", "diagnoses looks standing",
         "HR's register leads to diagnoses; comparing with names is for who decides"),
        ("look.decide", "looks standing", "comparing with names is for who decides on a look"),
        ("message.send", "desk mail", "a mail is a message by another door"),
        ("news.lead", "desk news", "the desk counts the team's news among the facts"),
        ("news.read", "desk exits news", "facts and packets say when a deal's news was told"),
        ("news.read_team", "desk news", "the desk draws in news of a deal"),
        ("person.read", "desk people webhooks",
         "the directory is everybody's: lanes name who to turn to, an admin chooses whose address rings"),
        ("plan.read", "asks desk enablement health mutual plans winloss",
         "what hangs on a deal's plan is read with it"),
        ("plan.write", "enablement plans", "citing knowledge writes in a plan"),
        ("private_note.keep", "oneonones records", "the writer of a note is asked whether it goes into a copy"),
        ("settings.write", "calls deals desk exits health help people winloss",
         "each feature's own limits are settings of the organisation"),
        ("submission.read", "calls desk", "the desk offers what was submitted as an answer"),
        ("target.read", "calls plans", "a plan is due by the deal's share of a target"),
        ("tier.keep", "territories watch", "who sets tiers sees the account's"),
    )
}  # fmt: skip
ELSEWHERE = {
    "export.run": "pages and commands ask it before they write a file",
    "ledger.verify": "the page and the endpoint of the ledger ask it",
    "not_counted.read": "the page of what is not counted asks it",
    "notice.read": "a notice is looked up by whom it is addressed to, and there is no other way to one",
}
"""Acts that no feature asks."""


def _askers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE)
        if name.as_posix() in TABLE or name.parts[0] in EDGES:
            continue
        asked = {
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        for act in asked & access.ACTS:
            found[act].add(name.parts[0])
    return {act: packages - COMPOSED.keys() or packages for act, packages in found.items()}


def test_every_act_is_asked_by_one_feature_or_is_shared_for_a_reason() -> None:
    found = _askers()
    shared = {act: packages for act, packages in found.items() if len(packages) > 1}
    assert shared == {act: set(packages) for act, (packages, _) in SHARED.items()}


def test_an_act_that_nobody_asks_is_no_rule() -> None:
    assert access.ACTS - _askers().keys() == ELSEWHERE.keys()


def test_every_reason_is_one() -> None:
    for why in (*(why for _, why in SHARED.values()), *COMPOSED.values(), *ELSEWHERE.values()):
        assert len(why.split()) > 4, why
