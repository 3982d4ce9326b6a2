"""A plan as a packet: what its reader's side sees, as facts and sections, for paper and for somebody from outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from fairlead.diagnoses import rules as layers
from fairlead.improvement import queries, rules, wording

_STATES = {"reached": "reached", "on_way": "on the way", "behind": "behind", "to_come": "to come"}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with sentences, a table, or both."""

    title: str
    words: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row as pairs of its column's name and its text."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Packet:
    """Everything of one plan that its reader may read."""

    title: str
    eyebrow: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    def plain(self) -> dict[str, Any]:
        """As the typesetter takes it."""
        return asdict(self)


def day(one: date) -> str:
    """ "2 Dec 2026": on paper a day needs its year."""
    return f"{one.day} {one:%b} {one.year}"


def _day(one: date | None) -> str:
    return day(one) if one else "–"


def outcome(code: str) -> str:
    """A decision in words."""
    return next((words for key, words in wording.OUTCOMES.items() if key == code), "")


def of(page: queries.Page) -> Packet:
    """The packet of a plan as its reader sees it."""
    line, now, found = page.line, page.found.now, page.found
    who = {"plan": "for", "redeployment": "with", "self": "of"}[line.form]
    facts = [
        ("Person", line.person.name),
        ("Manager", page.manager.name if page.manager else "–"),
        ("Written by", line.author),
        ("State", wording.PHASES[line.phase][1]),
    ]
    if now.published is not None:
        facts.append(("Published", _day(now.published.on)))
    if line.form == "plan":
        facts.append(("Last day", _day(line.ends_on) if line.ends_on else "after the pause"))
        facts.append(("Day", f"{line.day} of {line.days}"))
    if now.decision is not None:
        facts.append(("Decision", outcome(now.decision.said)))
    return Packet(
        f"{wording.FORMS[line.form]} {who} {line.person.name}",
        "Confidential. For whoever it was given to, and nobody else.",
        tuple(facts),
        tuple(one for one in _sections(page, found) if one.words or one.rows),
    )


def _sections(page: queries.Page, found: queries.Found) -> Iterable[Section]:
    now, held = found.now, found.content
    layer = found.row.layer
    why = (held.why,) if held and held.why else ()
    if layer is not None and found.row.form != "self":
        why = (*why, f"From the diagnosis: {layers.LAYERS[layer].lower()} is the first layer that failed.")
    yield Section("Why", why)
    yield Section(
        "Tasks, each with its measure", (),
        ("Task", "Baseline", "Target", "Now", "State", "Due", "Role peers"),
        tuple(
            (
                f"{one.task.what}. {one.task.gap}. {one.task.unit}: {one.task.source}", str(one.task.baseline),
                str(one.task.target), "–" if one.now is None else str(one.now), _STATES[one.state],
                _day(one.task.due_on),
                f"{one.task.peers_met} of {one.task.peers} reached it" if one.task.peers is not None else "–",
            )
            for one in page.tasks
        ),
    )  # fmt: skip
    yield Section(
        "What was measured", (), ("Task", "Day", "Value", "What it rests on"),
        tuple(
            (
                one.task.what, _day(step.on),
                ", ".join([str(step.value), *(f"{part} {points}" for part, points in step.scores.items())]), step.words,
            )
            for one in page.tasks
            for step, _ in one.readings
        ),
    )  # fmt: skip
    yield Section(
        "Deals", (), ("Deal", "Milestone, confirmed by the buyer", "Who there", "State"),
        tuple(
            (
                deal.deal.name, mark.milestone.name, mark.buyer or "–",
                f"met {_day(mark.on)}" if mark.on else "freed" if deal.freed else f"due {_day(mark.milestone.due_on)}",
            )
            for deal in page.deals
            for mark in deal.milestones
        ),
    )  # fmt: skip
    yield Section(
        "What the company does for it", (), ("What", "Owner", "Due", "State"),
        tuple(
            (
                one.commitment.what, one.commitment.owner_name, _day(one.commitment.due_on),
                (f"done {_day(one.delivered_on)}" if one.delivered_on else "open")
                + (f", {one.days_late} days late" if one.days_late else ""),
            )
            for one in page.owed
        ),
    )  # fmt: skip
    yield Section(
        "Check-ins", (), ("No.", "Day", "State", "What was found"),
        tuple(
            (str(one.number), _day(one.on), _checkin(one), one.step.words if one.step else "")
            for one in page.checkins
        ),
    )  # fmt: skip
    replies = [
        step for step, _ in found.steps if step.kind in ("replied", "partly", "refused", "deals_refused")
    ]
    yield Section("Replies of the person", tuple(f"{_day(one.on)}: {one.words}" for one in replies))
    yield Section("Decision", tuple(_decision(now)))
    yield Section(
        "Cover plan", (), ("Account", "Open deals", "Covered by", "First call", "Hand-over"),
        tuple(
            (one.name, str(one.open_deals), one.covered_by_name or "–", _day(one.first_call_on), one.hand_over or "–")
            for one in page.cover
        ),
    )  # fmt: skip
    if now.summary is not None:
        answer = now.summary_read.words if now.summary_read else ""
        yield Section("Summary", (now.summary.words, *((f"The person on it: {answer}",) if answer else ())))
    if (change := found.proposed) is not None:
        yield Section(
            "The change, as it would be", (f"{change.why} {change.days} days.",), ("Task", "From", "To", "Due"),
            tuple((one.what, str(one.baseline), f"{one.target} {one.unit}", _day(one.due_on)) for one in change.tasks),
        )  # fmt: skip
    yield Section(
        "What happened", (), ("Day", "Who", "What", "Words"),
        tuple((_day(step.on), who, _did(step), step.words) for step, who in found.steps),
    )  # fmt: skip


def _did(step: rules.Step) -> str:
    words = wording.ACTS[step.kind]
    if step.kind in ("checked_in", "missed"):
        return f"{words} {step.which}" + (f", by the {step.said}" if step.said else "")
    return f"{words}: {outcome(step.said).lower()}" if step.kind == "decided" else words


def _checkin(one: queries.CheckinLine) -> str:
    if one.step is not None and one.step.kind == "checked_in":
        return "held"
    return f"missed by the {one.missed_by}" if one.missed_by else "to come"


def _decision(now: rules.State) -> Iterable[str]:
    if now.decision is not None:
        yield f"{_day(now.decision.on)}: {outcome(now.decision.said)}. {now.decision.words}"
    if now.second is not None:
        word = "seconded" if now.second.kind == "seconded" else "objected"
        yield f"{_day(now.second.on)}: {word}. {now.second.words}".strip()
    if now.appeal is not None:
        yield f"Appeal of {_day(now.appeal.on)}: {now.appeal.words}"
    if now.heard is not None:
        came = "the decision stands" if now.heard.said == "upheld" else "the decision is overturned"
        yield f"Heard {_day(now.heard.on)}: {came}. {now.heard.words}"
