"""The forecast pack of a leader, made to be printed: the address grants nothing, each part asks for its own right."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fairlead.calls import queries
from fairlead.calls.wording import KINDS
from fairlead.expectations import queries as expectations
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import asking, charts, formats, numbers
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views import record as records

PAPERS = {"a4": "A4", "letter": "Letter"}
_PAST = 4
_NAMED = 4
"""So many deals of a bar are named on paper."""


@signed_in
@require_safe
def own(request: AskingRequest) -> HttpResponse:
    """To the pack of the reader's own node, under the one address it has."""
    access.require(request.actor, "pack.open")
    address = reverse("pack", args=[numbers.whose(request).public_id])
    query = request.GET.urlencode()
    return redirect(f"{address}?{query}" if query else address)


@signed_in
@require_safe
def pack(request: AskingRequest, public_id: str) -> HttpResponse:
    """The pack of a leader (``?period=2026Q4``, ``?paper=letter``)."""
    access.require(request.actor, "pack.open")
    person, period = people.find(public_id), numbers.period_of(request)
    found = queries.pack(request.actor, person.pk, period, request.at)
    size = request.GET.get("paper", "a4")
    past = (
        [records.past_of(one, found.record.week) for one in reversed(found.record.periods)]
        if found.record
        else []
    )
    context = {
        "pack": found,
        "paper": size if size in PAPERS else "a4",
        "papers": PAPERS.items(),
        "unit": numbers.unit(),
        "periods": queries.periods_around(request.at, back=4, ahead=1),
        "week": period.week_of(people.house().day(request.at)),
        "apart": None if found.target is None or found.number is None else found.number - found.target,
        "plot": numbers.dot_plot(found.outlook, found.target, found.number, "The call"),
        "columns": _columns(found),
        "moved": None if found.live is None or not found.sent else found.live.amount - found.sent[0].amount,
        "waterfall": _waterfall(request, found.changes),
        "bars": _bars(found.changes),
        "agreed": expectations.newest(request.actor, [person.pk], period.name).get(person.pk),
        "news": [
            one
            for one in news.heard(request.actor, person.pk, request.at - queries.PACK_SINCE, request.at)
            if one.told_at is not None
        ],
        "lean": records.leaning_words(found.record.now.numbers) if found.record and found.record.now else "",
        "past": past[:_PAST],
        "past_middles": any(line.middle is not None for line in past[:_PAST]),
        "past_targets": any(line.period.target is not None for line in past[:_PAST]),
    }
    return render(request, "call/pack.html", context)


def _columns(found: queries.Pack) -> list[tuple[str, int | None, int | None, int | None]]:
    """(category, from the deals, the calls added up, submitted) for each called column that the reader may see."""
    sent = {copy.category: copy for copy in found.sent}
    live = {column.category: column for column in found.live.called} if found.live else {}
    return [
        (
            category,
            live[category].cumulative if category in live else None,
            sent[category].calls_sum if category in sent else None,
            sent[category].amount if category in sent else None,
        )
        for category in dict.fromkeys([*live, *sent])
    ]


def _waterfall(request: AskingRequest, found: queries.Changes | None) -> charts.Chart | None:
    """What moved in a week, without links: it is for paper."""
    if found is None or not found.bars:
        return None
    zone, today = asking.zone(), request.at.astimezone(asking.zone()).date()
    start = formats.short_day(found.start_at.astimezone(zone).date(), today)
    counts = [formats.count(number, "deal") for number in (found.deals_before, found.deals_after)]
    return charts.waterfall(
        charts.Walk(
            start=charts.Level(start, found.start, counts[0], said=False),
            end=charts.Level("Now", found.end, counts[1], said=False),
            changes=tuple(
                charts.Change(KINDS[bar.kind][0], bar.amount, formats.count(bar.count, "deal"), "")
                for bar in found.bars
            ),
        ),
        formats.exponent_of(found.currency),
    )


def _bars(found: queries.Changes | None) -> list[tuple[str, queries.ChangeBar, list[tuple[str, int]], int]]:
    """(reason, its bar, the largest deals by name with what each moved, how many are not named)."""
    return [
        (
            KINDS[bar.kind][0],
            bar,
            [(deal.name, deal.part_in(bar.kind)) for deal in bar.deals[:_NAMED]],
            bar.count - min(len(bar.deals), _NAMED),
        )
        for bar in (found.bars if found else ())
    ]
