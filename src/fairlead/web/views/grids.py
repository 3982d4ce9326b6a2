"""The grids of the call and of the board as files, as their reader sees them on the page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.views.decorators.http import require_safe

from fairlead.calls import kinds, queries, rules
from fairlead.deals import rules as deal_rules
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import asking, downloads, numbers
from fairlead.web.downloads import Cell
from fairlead.web.middleware import AskingRequest, signed_in

_CALL = (
    "person team own_call given_at typed_in_by overlay overlay_note counts from_deals target booked still_needed "
    "p10 p50 p90 chance_of_target person_id period category own_call_before overlay_before"
).split()
_BOARD = (
    "leader team number overlay counts moved_since since target booked p10 p50 p90 chance_of_target sent_at due words "
    "overlay_note person_id period category overlay_before"
).split()


_TYPE = ["forecast_type", "in"]
"""What stands behind in the files of a forecast type. Those of all business, which load back, have it not."""


@signed_in
@require_safe
def call_csv(request: AskingRequest) -> Any:
    return downloads.as_csv(_name(request, "call"), _head(request, _CALL), _typed(request, _call(request)))


@signed_in
@require_safe
def call_xlsx(request: AskingRequest) -> Any:
    rows = _typed(request, _call(request))
    return downloads.as_xlsx(_name(request, "call"), "Call", _head(request, _CALL), rows)


@signed_in
@require_safe
def board_csv(request: AskingRequest) -> Any:
    return downloads.as_csv(_name(request, "board"), _head(request, _BOARD), _typed(request, _board(request)))


@signed_in
@require_safe
def board_xlsx(request: AskingRequest) -> Any:
    rows = _typed(request, _board(request))
    return downloads.as_xlsx(_name(request, "board"), "Board", _head(request, _BOARD), rows)


def _head(request: AskingRequest, columns: list[str]) -> list[str]:
    return columns if numbers.type_of(request) is None else [*columns, *_TYPE]


def _typed(request: AskingRequest, rows: list[list[Cell]]) -> list[list[Cell]]:
    kind = numbers.type_of(request)
    if kind is None:
        return rows
    unit = "units" if kind.measure == "quantity" else people.house().currency
    return [[*row, kind.name, unit] for row in rows]


def _name(request: AskingRequest, grid: str) -> str:
    category = numbers.category_of(request)
    which = "" if category == "commit" else f"-{category.replace('_', '-')}"
    kind = numbers.type_of(request)
    which += f"-{kind.key}" if kind else ""
    return f"{grid}-{numbers.period_of(request).name}{which}-{request.at.astimezone(asking.zone()).date()}"


def _call(request: AskingRequest) -> list[list[Cell]]:
    """A row for each report of the page, one for what counts and is not listed, and the number itself."""
    access.require(request.actor, "export.run")
    access.require(request.actor, "call.open")
    person, period = numbers.whose(request), numbers.period_of(request)
    page = queries.call_page(
        request.actor, person.pk, period, request.at, category=numbers.category_of(request),
        kind=numbers.type_of(request),
    )  # fmt: skip
    major, where = Money(page.head.currency, page.kind), [period.name, page.category]

    def rows() -> Iterator[list[Cell]]:
        for row in page.rows:
            yield [
                row.person.name, row.person.team, major(row.own_call), row.said_at, row.typed_by, major(row.overlay),
                row.overlay_note, major(row.in_call), major(row.computed), major(row.target), major(row.booked),
                major(row.gap), *major.range(row.outlook), row.person.public_id, *where, major(row.own_call),
                major(row.overlay),
            ]  # fmt: skip
        if page.hidden:
            yield [
                "(not listed)",
                "",
                None,
                None,
                "",
                None,
                "",
                major(page.hidden),
                *[None] * 8,
                "",
                *where,
                *[None] * 2,
            ]
        yield [
            "the number", page.head.person.team, major(page.calls_sum), None, "", None, "", major(page.amount), None,
            major(page.target), major(page.booked), major(page.gap), *major.range(page.outlook), "", *where,
            *[None] * 2,
        ]  # fmt: skip

    return list(rows())


def _board(request: AskingRequest) -> list[list[Cell]]:
    """A row for each leader of the page, and what they add up to."""
    access.require(request.actor, "export.run")
    access.require(request.actor, "board.open")
    person, period = numbers.whose(request), numbers.period_of(request)
    page = queries.board(
        request.actor, person.pk, period, request.at, since=asking.a_week_ago(request.at),
        category=numbers.category_of(request), kind=numbers.type_of(request),
    )  # fmt: skip
    major, where = Money(page.head.currency, page.kind), [period.name, page.category]

    def rows() -> Iterator[list[Cell]]:
        for row in page.rows:
            yield [
                row.leader.name, row.leader.team, major(row.amount), major(row.overlay), major(row.in_call),
                major(row.since), row.since_at, major(row.target), major(row.booked), *major.range(row.outlook),
                row.sent.at if row.sent else None, row.due.state, row.words,
                row.overlay_note, row.leader.public_id, *where, major(row.overlay),
            ]  # fmt: skip
        yield [
            "all of them", "", None, None, major(page.total), major(page.since), page.changes.start_at,
            major(page.target), major(page.booked), *major.range(page.outlook), None, "", "",
            "", "", *where, None,
        ]  # fmt: skip

    return list(rows())


class Money:
    """Minor units of the organisation's currency as plain amounts; what a forecast type counts in units as these."""

    def __init__(self, currency: str, kind: rules.Kind | None) -> None:
        self.currency = currency
        self.unit = kinds.unit() if kind is not None and kind.measure == "quantity" else 0

    def __call__(self, minor: int | None) -> Cell:
        if minor is None:
            return None
        return Decimal(minor) / self.unit if self.unit else deal_rules.major_units(minor, self.currency)

    def range(self, outlook: queries.Outlook | None) -> list[Cell]:
        """P10, P50, P90 and the chance of the target, 0 to 1."""
        if outlook is None:
            return [None] * 4
        chance = outlook.chance_of_target
        middle = [self(minor) for minor in (outlook.estimate.p10, outlook.estimate.p50, outlook.estimate.p90)]
        return [*middle, None if chance is None else round(chance, 3)]
