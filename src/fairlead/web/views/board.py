"""The board: each manager's number beside the computed range, and one person to ask."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import kinds, queries
from fairlead.desk import offers as sends
from fairlead.expectations import queries as expectations
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people.models import Person
from fairlead.web import asking, charts, formats, numbers
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Line:
    row: queries.BoardRow
    glyph: charts.Chart
    record: charts.Chart
    record_words: str
    email: str
    agreed: expectations.Version | None
    age: news.Age | None


@signed_in
@require_safe
def board(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "board.open")
    person, period = numbers.whose(request), numbers.period_of(request)
    category, kind = numbers.category_of(request), numbers.type_of(request)
    page = queries.board(
        request.actor, person.pk, period, request.at, since=asking.a_week_ago(request.at), category=category,
        kind=kind,
    )  # fmt: skip
    emails = dict(Person.objects.filter(pk__in=[r.leader.id for r in page.rows]).values_list("pk", "email"))
    leads = [row.leader.id for row in page.rows]
    agreed = expectations.newest(request.actor, [person.pk, *leads], period.name)
    ages = news.told_ages(request.actor, leads, period.name)
    lines = [
        Line(
            row,
            numbers.glyph(row.outlook, row.booked, row.in_call, row.target),
            numbers.record(row.record),
            numbers.record_words(row.record),
            emails.get(row.leader.id) or "",
            agreed.get(row.leader.id),
            ages.get(row.leader.id),
        )
        for row in page.rows
    ]
    since = page.changes.start_at
    context = {
        "page": page,
        "category": category,
        "person": person,
        "for": request.GET.get("for", ""),
        "lines": lines,
        "kind": kind,
        "of_type": f"&type={kind.key}" if kind else "",
        "types": kinds.in_force(request.at),
        "unit": numbers.unit(kind),
        "periods": queries.periods_around(request.at, back=4, ahead=1),
        "plot": numbers.dot_plot(page.outlook, page.target, page.total, "Managers’ calls"),
        "of_20": page.outlook.dots_reaching_target if page.outlook else None,
        "teams": formats.count(len(lines), "team"),
        "waterfall": numbers.waterfall(
            request.actor,
            page.changes,
            (formats.short_day(since.date(), request.at.date()), "calls added up"),
            ("Now", "calls added up"),
        ),
        "agreed": agreed.get(person.pk),
        "writes": [
            row.leader.public_id for row in page.rows if sends.may_write_to(request.actor, row.leader.id)
        ],
        "apart": None if page.target is None else page.total - page.target,
    }
    return render(request, "board/board.html", context)
