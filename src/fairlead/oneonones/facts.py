"""What fills the agenda: facts of today that the reader may see anyway, each with where it stands.

Each reader is asked by their own rights, so that the agenda shows nobody more than their own pages do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fairlead.agreements import queries as agreements
from fairlead.asks import queries as asks
from fairlead.desk import queries as desk
from fairlead.early import queries as early
from fairlead.health import queries as health
from fairlead.help import queries as help_queries
from fairlead.help import wording as help_wording
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.workdays import day_words
from fairlead.promises import queries as promises

LATELY = timedelta(days=14)
MOST_FLAGGED = 5
"""Deals with flags on an agenda, the largest first; the others stand on the deal review."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of an agenda. ``key`` says what it is about, ``path`` where it stands."""

    key: str
    kind: str
    title: str
    detail: str
    path: str


def gather(actor: access.Actor, rep: int, manager: int, at: datetime) -> list[Fact]:
    """The facts of today between two people, as one of them may see them; most pressing first."""
    other = people.node(manager if actor.person == rep else rep)
    return [
        *_promises(actor, other.public_id, at),
        *_help(actor, rep, manager, at),
        *_review(actor, rep, manager, at),
        *_asks(actor, rep, at),
        *_talk(actor, rep, at),
        *_flags(actor, rep, at),
        *_news(actor, rep, at),
        *_praise(actor, rep, manager, at),
    ]


def _promises(actor: access.Actor, other: str, at: datetime) -> list[Fact]:
    found = []
    for line in promises.book(actor, at, closed=0).overdue:
        if line.other.public_id != other:
            continue
        whose = "yours" if line.mine else f"{line.owner.name}’s"
        due = line.standing.due_on
        found.append(
            Fact(
                f"promise {line.public_id}", "Overdue promise", line.text,
                f"{whose}, was due {day_words(due)}", promises.PATH.format(line.public_id),
            )
        )  # fmt: skip
    return found


def _help(actor: access.Actor, rep: int, manager: int, at: datetime) -> list[Fact]:
    return [
        Fact(
            f"help {line.public_id}", "Help asked", line.subject, help_wording.STATES[line.standing.state],
            f"/help/{line.public_id}/",
        )
        for line in help_queries.between(actor, rep, manager, at)
    ]  # fmt: skip


def _review(actor: access.Actor, rep: int, manager: int, at: datetime) -> list[Fact]:
    if not agreements.available(actor):
        return []
    row = agreements.open_between(rep, manager, at)
    if row is None or not agreements.readable(actor).filter(pk=row.pk).exists():
        return []
    line = agreements.lines_of(actor, [row], at)[0]
    soon = people.house().day(at) + LATELY
    if line.held is None or line.held.review_on > soon:
        return []
    on = line.held.review_on
    return [
        Fact(
            f"agreement {line.public_id}", "Working agreement", "Look at your working agreement again",
            f"review date {day_words(on)}", f"/agreements/{line.public_id}/",
        )
    ]  # fmt: skip


def _talk(actor: access.Actor, rep: int, at: datetime) -> list[Fact]:
    """An early talk that one of the two put on their agenda; it is gone with the quarter, and nothing of it is kept."""
    quarter = early.on_agenda(actor, rep, at)
    if not quarter:
        return []
    path = "/talk/" if actor.person == rep else early.PATH.format(people.node(rep).public_id)
    return [
        Fact(
            f"quarter {quarter}",
            "Early talk",
            "How the quarter goes, and one thing to try",
            "only you two see it",
            path,
        )
    ]


def _asks(actor: access.Actor, rep: int, at: datetime) -> list[Fact]:
    return [
        Fact(
            f"ask {line.public_id}", "Open ask", f"{line.deal}: asked of {line.addressee.name}",
            f"until {day_words(line.standing.until)}", f"/asks/{line.public_id}/",
        )
        for line in asks.open_of(actor, rep, at)
    ]  # fmt: skip


def _flags(actor: access.Actor, rep: int, at: datetime) -> list[Fact]:
    return [
        Fact(f"deal {deal}", "Red flag", name, "; ".join(flag.verdict.title for flag in flags), f"/deals/{deal}/")
        for deal, name, flags in health.up_of(actor, rep, at)[:MOST_FLAGGED]
    ]  # fmt: skip


def _news(actor: access.Actor, rep: int, at: datetime) -> list[Fact]:
    found = []
    for item in news.of_person(actor, rep, at - LATELY, at):
        owed = [
            *([] if item.thanked_at else ["no thanks yet"]),
            *([] if item.told_at else ["not told upward yet"]),
        ]
        if owed:
            title = f"{item.deal}: {item.said.what}" if item.deal else item.said.what
            found.append(
                Fact(
                    f"news {item.public_id}",
                    f"{item.said.kind.capitalize()} news",
                    title,
                    ", ".join(owed),
                    "/news/",
                )
            )
    return found


def _praise(actor: access.Actor, rep: int, manager: int, at: datetime) -> list[Fact]:
    where = "/inbox/" if actor.person == rep else "/desk/decided/"
    return [
        Fact(f"praise {one.public_id}", "Praise", one.text, f"passed on {day_words(one.at)}", where)
        for one in desk.praise_between(actor, rep, manager, at - LATELY, at)
    ]
