"""The API itself: its endpoints, its schema, its door."""

from __future__ import annotations

from ninja import NinjaAPI
from ninja.openapi.docs import Swagger

import fairlead
from fairlead.api import door
from fairlead.api.routes import (
    accounts,
    agreements,
    asks,
    calls,
    changes,
    deals,
    debts,
    desk,
    evidence,
    exits,
    expectations,
    feedback,
    health,
    help,
    imports,
    ledger,
    library,
    me,
    mutual,
    news,
    oneonones,
    owed,
    people,
    plans,
    promises,
    results,
    reviews,
    sending,
    talks,
    units,
    winloss,
)

api = NinjaAPI(
    title="Fairlead",
    version=fairlead.__version__,
    description="The same acts and reads as the pages. Every answer is what the asker may see.",
    auth=[door.TokenAuth(), door.SessionAuth()],
    docs=Swagger(),
    urls_namespace="api",
)
door.wire(api)
api.add_router("me", me.router)
api.add_router("people", people.router)
api.add_router("deals", deals.router)
api.add_router("", evidence.router)
api.add_router("", plans.router)
api.add_router("", owed.router)
api.add_router("", library.router)
api.add_router("", mutual.router)
api.add_router("", exits.router)
api.add_router("", winloss.router)
api.add_router("", health.router)
api.add_router("forecast", calls.router)
api.add_router("forecast", changes.router)
api.add_router("expectations", expectations.router)
api.add_router("news", news.router)
api.add_router("", accounts.router)
api.add_router("promises", promises.router)
api.add_router("debts", debts.router)
api.add_router("", asks.router)
api.add_router("", desk.router)
api.add_router("", sending.router)
api.add_router("", help.router)
api.add_router("results", results.router)
api.add_router("results", talks.router)
api.add_router("", agreements.router)
api.add_router("", oneonones.router)
api.add_router("", feedback.router)
api.add_router("", units.router)
api.add_router("reviews", reviews.router)
api.add_router("ledger", ledger.router)
api.add_router("operations", imports.router)
