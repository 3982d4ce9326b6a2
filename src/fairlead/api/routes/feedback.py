"""Upward feedback: the rounds one has to do with, and of each what its page shows."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from fairlead.api.door import REFUSALS, asker
from fairlead.feedback import queries

router = Router(tags=["feedback"])


class FeedbackRound(Schema):
    """A round. ``answered`` is null until it is closed: nobody sees before how many have answered."""

    public_id: str
    kind: str
    about: str
    quarter: str
    state: str
    opened_on: date
    closes_on: date
    released_at: datetime | None
    asked: int
    answered: int | None


class FeedbackBook(Schema):
    """``asked``: rounds one is asked in; ``own`` and ``about``: those one reads first; ``shared`` by direct reports;
    ``counts``: what HR sees, without results."""

    asked: list[FeedbackRound]
    own: list[FeedbackRound]
    about: list[FeedbackRound]
    shared: list[FeedbackRound]
    counts: list[FeedbackRound]


class FeedbackWord(Schema):
    """What most say of an item in a round: ``level`` is high, divided, low, or empty, and ``words`` says why."""

    quarter: str
    level: str
    words: str


class FeedbackItem(Schema):
    name: str
    rounds: list[FeedbackWord]


class FeedbackResult(Schema):
    """A round as its page shows it to the asker; ``items`` and ``comments`` are empty where the page shows none."""

    round: FeedbackRound
    items: list[FeedbackItem]
    comments: list[str]
    why: str


def _round(one: queries.Line, *, counted: bool = True) -> FeedbackRound:
    """``counted``: whether its page says how many have answered."""
    return FeedbackRound(
        public_id=one.public_id, kind=one.kind, about=one.about, quarter=one.quarter, state=one.state,
        opened_on=one.opened_on, closes_on=one.closes_on, released_at=one.released_at, asked=one.asked,
        answered=one.answered if counted else None,
    )  # fmt: skip


@router.get("feedback", response={200: FeedbackBook, **REFUSALS})
def rounds(request: HttpRequest) -> FeedbackBook:
    """The rounds the asker has to do with. Answers are given on the page alone: it shows what is sent before it is."""
    who = asker(request)
    book = queries.book(who.actor, who.at)
    return FeedbackBook(
        asked=[_round(one.line, counted=False) for one in book.asked], own=[_round(one) for one in book.own],
        about=[_round(one) for one in book.about], shared=[_round(one) for one in book.shared],
        counts=[_round(one) for one in book.counts],
    )  # fmt: skip


@router.get("feedback/{public_id}", response={200: FeedbackResult, **REFUSALS})
def result(request: HttpRequest, public_id: str) -> FeedbackResult:
    """A round with exactly what its page shows the asker."""
    who = asker(request)
    page = queries.page(who.actor, public_id, who.at)
    return FeedbackResult(
        round=_round(page.line, counted=bool(page.rows) or page.line.state not in ("open", "closed", "shown")),
        comments=page.comments, why=page.why,
        items=[
            FeedbackItem(
                name=row.name,
                rounds=[
                    FeedbackWord(quarter=one.quarter, level=cell.level, words=cell.words)
                    for one, cell in zip(page.columns, row.cells, strict=True)
                ],
            )
            for row in page.rows
        ],
    )  # fmt: skip
