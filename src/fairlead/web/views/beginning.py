"""From a need to the form it goes into: an ask where the deal's plan carries one, else the plan itself."""

from __future__ import annotations

from django.http import HttpResponse

from fairlead.asks import queries as asks
from fairlead.people import access
from fairlead.web.middleware import AskingRequest
from fairlead.web.views import asks as ask_pages
from fairlead.web.views import plans as plan_pages


def ask_or_plan(request: AskingRequest, deal: str, need: str) -> HttpResponse:
    """The form of an ask for a deal (public id) with a need as its purpose; the plan's form with the need among what
    is asked for where there is no plan yet, or nobody at the buyer in it. Raises Refused: deal_closed, nobody_to_ask.
    """
    found = asks.for_deal(request.actor, deal, request.at)
    if found.status != "open":
        raise access.Refused("deal_closed", "The deal is closed. There is nothing to ask for any more.")
    if not found.executives:
        raise access.Refused(
            "nobody_to_ask",
            "There is nobody above to ask, by today’s reporting line. Sales operations keeps it.",
        )
    if found.plan_version and found.players:
        return ask_pages.begun(request, found, need)
    return plan_pages.begun(request, deal, need)
