"""The list of deals, one deal with its history, the export of what one sees, and what is not counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import estimates as stored
from fairlead.calls import queries as calls
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.people import access, queries
from fairlead.people.access import Role
from fairlead.web import downloads, formats
from fairlead.web.categories import CATEGORY_WORDS
from fairlead.web.downloads import Cell
from fairlead.web.middleware import AskingRequest, signed_in

PAGE = 50
XLSX_MOST = 100_000
_SMALL = 100_000
"""Below this many units of money as the largest of a page, thousands would say too little."""


# What to show


class FilterForm(forms.Form):
    """The filter as it stands in the address."""

    q = forms.CharField(required=False, max_length=100, label="Deal or account")
    owner = forms.CharField(required=False, max_length=100, label="Owner")
    status = forms.ChoiceField(
        required=False, choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("all", "All")]
    )
    stage = forms.CharField(required=False, max_length=120)
    category = forms.ChoiceField(required=False, choices=[("", "All"), *CATEGORY_WORDS.items()])
    close_from = forms.DateField(required=False, label="Close from")
    close_to = forms.DateField(required=False, label="Close to")
    order = forms.ChoiceField(
        required=False,
        choices=[(word, word) for word in ("close_on", "amount", "name", "changed")],
    )
    after = forms.CharField(required=False, max_length=600)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("close_from"), given.get("close_to")
        if first and last and last < first:
            self.add_error("close_to", "The last day lies before the first.")
        return given


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter that was understood: as a condition, and as the words of an address."""

    filters: deals.DealFilter
    order: deals.Order
    after: str | None
    words: Mapping[str, str]
    nobody: bool
    """whether the owner's name fits nobody"""

    @property
    def narrowed(self) -> bool:
        return any(value for key, value in self.words.items() if key not in {"order", "status"})

    def address(self, **changes: str) -> str:
        """The query of an address with these words in place of the present ones."""
        return urlencode({key: value for key, value in {**self.words, **changes}.items() if value})


def _asked(request: AskingRequest, form: FilterForm) -> Asked:
    given = form.cleaned_data
    owner = given["owner"].strip()
    owners: tuple[str, ...] = ()
    if owner:
        found = queries.directory(request.actor, on=today_of(request), search=owner, limit=200)
        owners = tuple(entry.public_id for entry in found)
    status = given["status"] or "open"
    filters = deals.DealFilter(
        search=given["q"].strip(),
        owners=owners,
        status="" if status == "all" else status,
        stage=given["stage"].strip(),
        category=given["category"],
        close_from=given["close_from"],
        close_to=given["close_to"],
    )
    days = {key: given[key].isoformat() if given[key] else "" for key in ("close_from", "close_to")}
    plain = {key: given[key].strip() for key in ("q", "owner", "stage", "category", "order")}
    words = {**plain, **days, "status": "" if status == "open" else status}
    nobody = bool(owner and not owners)
    return Asked(filters, given["order"] or "close_on", given["after"] or None, words, nobody)


def today_of(request: AskingRequest) -> date:
    return queries.house().day(request.at)


# The list


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table; ``url`` sorts by it."""

    label: str
    url: str = ""
    sorted: str = ""
    numeric: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A deal of the list in words."""

    deal: deals.DealLine
    name: str
    amount: str
    exact: str
    foreign: str
    category: str
    category_from: str
    close: str
    late: str
    pushed: str
    age: str


@dataclass(frozen=True, slots=True)
class Unit:
    """How money is written on a page: in thousands, or in whole units where those would say too little."""

    currency: str
    thousand: bool

    @property
    def words(self) -> str:
        sign = formats.sign_of(self.currency).strip()
        return f"{sign} thousand" if self.thousand else sign

    def number(self, minor: int | None) -> str:
        exponent = formats.exponent_of(self.currency)
        return formats.thousands(minor, exponent) if self.thousand else formats.whole_units(minor, exponent)


def unit_for(currency: str, largest: int) -> Unit:
    """The unit for a page whose largest amount is ``largest`` (minor units)."""
    return Unit(currency, largest >= _SMALL * 10 ** formats.exponent_of(currency))


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "deal.read")
    form, today, house = FilterForm(request.GET), today_of(request), queries.house()
    if not form.is_valid():
        stages = sorted(deals.mapping(today))
        return render(request, "deals/list.html", {"form": form, "wrong": True, "stages": stages}, status=422)
    asked = _asked(request, form)
    page = deals.Page((), None)
    if not asked.nobody:
        page = deals.list_deals(
            request.actor, filters=asked.filters, order=asked.order, after=asked.after, limit=PAGE, on=today
        )
    unit = unit_for(house.currency, max((row.home_minor or 0 for row in page.rows), default=0))
    context = {
        "form": form,
        "asked": asked,
        "lines": [line_of(row, unit, today) for row in page.rows],
        "heads": _heads(asked),
        "unit": unit.words,
        "next": asked.address(after=page.next) if page.next else "",
        "first": asked.address() if asked.after else "",
        "export": asked.address(),
        "may_export": access.may(request.actor, "export.run"),
        "one_owner": request.actor.roles <= {Role.REP},
        "stages": sorted({*deals.mapping(today), asked.words["stage"]} - {""}),
        "beyond": _beyond(request),
        "today": today,
    }
    return render(request, "deals/list.html", context)


_WAYS = {"name": "ascending", "amount": "descending", "close_on": "ascending", "changed": "descending"}


def _heads(asked: Asked) -> list[Head]:
    def head(label: str, order: str = "", numeric: bool = False, wide: bool = False) -> Head:
        url = asked.address(order=order) if order else ""
        return Head(label, url, _WAYS[order] if order == asked.order else "", numeric, wide)

    closing = "Expected close" if asked.filters.status in ("", "open") else "Closed"
    return [
        head("Deal", "name"),
        head("Owner"),
        head("Amount", "amount", numeric=True),
        head("Stage"),
        head("Category"),
        head(closing, "close_on"),
        head("Age", numeric=True, wide=True),
        head("Last change", "changed", wide=True),
    ]


def line_of(row: deals.DealLine, unit: Unit, today: date) -> Line:
    """A deal in the words of the page."""
    foreign = row.currency and row.currency != unit.currency and row.amount_minor is not None
    due = row.close_on if row.status == "open" else row.closed_on or row.close_on
    overdue = (today - row.close_on).days if row.status == "open" and row.close_on else 0
    return Line(
        deal=row,
        name=row.name or row.account or (f"Deal {row.number}" if row.number else "Deal without a name"),
        amount=unit.number(row.home_minor),
        exact=formats.exact(row.home_minor, unit.currency),
        foreign=formats.exact(row.amount_minor, row.currency) if foreign else "",
        category=CATEGORY_WORDS.get(row.category, "none"),
        category_from=_from_words(row),
        close=formats.short_day(due, today) if due else "no date",
        late=f"{formats.count(overdue, 'day')} past" if overdue > 0 else "",
        pushed=pushed_words(row.pushes),
        age=formats.count(row.age_days, "day") if row.age_days is not None else "unknown",
    )


def _from_words(row: deals.DealLine) -> str:
    return {
        "own": f"set by {row.category_by or 'the owner'}",
        "stage": "from stage",
        "source": "from the CRM",
        "status": "",
        "none": "not counted",
    }[row.category_from]


def pushed_words(pushes: int) -> str:
    """How often a close date moved later: "pushed once", "pushed 3 times", or nothing."""
    return {0: "", 1: "pushed once", 2: "pushed twice"}.get(pushes, f"pushed {pushes} times")


# Above the second line: counts and money, and whom to ask


@dataclass(frozen=True, slots=True)
class Team:
    """One team of somebody far above: its sums from the stored estimate, and the manager to ask."""

    name: str
    manager: str
    manager_id: str
    deals: str = "unknown"
    open: str = "unknown"
    commit: str = "unknown"
    booked: str = "unknown"


@dataclass(frozen=True, slots=True)
class Beyond:
    """The teams below somebody whose reach for names ends above their deals."""

    teams: list[Team]
    unit: str
    period: str
    as_of: datetime | None


def _beyond(request: AskingRequest) -> Beyond | None:
    """The teams of an executive whose people are further down than two levels; None for everybody else."""
    actor = request.actor
    if Role.EXECUTIVE not in actor.roles or Role.SALES_OPS in actor.roles:
        return None
    if len(queries.below(actor.id)) == len(queries.below(actor.id, 2)):
        return None
    period = calls.period_at(request.at)
    run = stored.run_of(period.name, request.at)
    leads = [node for node in queries.reports(actor.id) if node.team]
    known = stored.of_people(actor, run, [node.id for node in leads])
    unit = unit_for(queries.house().currency, max((e.open_amount for e in known.values()), default=0))
    teams = [_team(node, known.get(node.id), unit) for node in leads]
    return Beyond(teams, unit.words, period.name, run.as_of if run else None)


def _team(node: queries.Node, estimate: stored.Estimate | None, unit: Unit) -> Team:
    if estimate is None:
        return Team(node.team, node.name, node.public_id)
    return Team(
        node.team,
        node.name,
        node.public_id,
        formats.whole(estimate.open_deals),
        unit.number(estimate.open_amount),
        unit.number(estimate.commit),
        unit.number(estimate.booked),
    )


# Export


_EXPORT = (
    "deal_id name account owner amount currency stage category category_from close_date created_on status "
    "closed_on pushes next_step"
).split()


def _rows(request: AskingRequest, most: int | None = None) -> Iterator[list[Cell]]:
    """Every deal of the filter, page after page. Raises Refused for a filter nobody can mean."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise access.Refused("bad_filter", "This filter is damaged. Go back to the list and set it anew.")
    asked, today = _asked(request, form), today_of(request)
    return iter(()) if asked.nobody else _walked(request.actor, asked, today, most)


def _walked(actor: access.Actor, asked: Asked, today: date, most: int | None) -> Iterator[list[Cell]]:
    after, walked = None, 0
    while True:
        page = deals.list_deals(
            actor, filters=asked.filters, order=asked.order, after=after, limit=500, on=today
        )
        walked += len(page.rows)
        if most is not None and walked > most:
            raise access.Refused(
                "too_many", f"A workbook takes {most:,} deals here. Narrow the filter, or take the CSV."
            )
        for row in page.rows:
            yield _cells(row)
        if page.next is None:
            return
        after = page.next


def _cells(row: deals.DealLine) -> list[Cell]:
    amount = None if row.amount_minor is None else deal_rules.major_units(row.amount_minor, row.currency)
    return [
        row.public_id, row.name, row.account, row.owner, amount, row.currency, row.stage, row.category,
        row.category_from, row.close_on, row.created_on, row.status, row.closed_on, row.pushes, row.next_step,
    ]  # fmt: skip


@signed_in
@require_safe
def export_csv(request: AskingRequest) -> Any:
    access.require(request.actor, "export.run")
    return downloads.as_csv(f"deals-{today_of(request)}", _EXPORT, _rows(request))


@signed_in
@require_safe
def export_xlsx(request: AskingRequest) -> Any:
    access.require(request.actor, "export.run")
    return downloads.as_xlsx(f"deals-{today_of(request)}", "Deals", _EXPORT, _rows(request, XLSX_MOST))
