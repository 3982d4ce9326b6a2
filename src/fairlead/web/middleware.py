"""What every request passes: who asks and when, private pages uncached, refusals in words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairlead.people import access, actions, clock, kept, queries
from fairlead.web import asking

logger = logging.getLogger(__name__)
NO_SUCH_VALUE = access.Refused(
    "bad_value", "A number or a character in what was sent cannot be kept. Correct it and send it again."
)
"""Said where the database refuses a value: a character of code 0, a number beyond what it holds."""
Answer: TypeAlias = Callable[[HttpRequest], HttpResponse]


class PrivatePages:
    """Everything but static files is private: no cache, no history snapshot, anywhere."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class AskingRequest(HttpRequest):
    """A request that knows its moment and, when signed in, its actor."""

    actor: access.Actor
    at: datetime
    refused: bool
    """The answer is a refusal: its frame counts nothing."""


class WhoAsks:
    """Puts the moment and the actor on the request, and turns refusals into pages.

    Reporting lines that have come into force are settled first, so that a re-organisation changes who may
    see what with the next request.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with kept.settings():
            return self._answered(request)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        request.at = clock.now()  # type: ignore[attr-defined]
        request.actor = None  # type: ignore[attr-defined]
        house = queries.house()
        asking.begin(request.at, house.time_zone)  # type: ignore[attr-defined]
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            today = house.day(request.at)  # type: ignore[attr-defined]
            if actions.lines_are_due(today):
                actions.settle_lines(on=today)
            request.actor = _actor_of(request)  # type: ignore[attr-defined]
        return self.answer(request)

    def process_exception(self, request: HttpRequest, refusal: Exception) -> HttpResponse | None:
        request.refused = True  # type: ignore[attr-defined]
        if isinstance(refusal, access.NotFound):
            return render(request, "404.html", {"refusal": refusal}, status=404)
        if isinstance(refusal, access.NotAllowed):
            return render(request, "403.html", {"refusal": refusal}, status=403)
        if isinstance(refusal, access.Refusal):
            return render(request, "400.html", {"refusal": refusal}, status=409)
        if isinstance(refusal, DataError):
            logger.warning("The database takes no such value: %s", type(refusal.__cause__).__name__)
            return render(request, "400.html", {"refusal": NO_SUCH_VALUE}, status=400)
        return None


def _actor_of(request: HttpRequest) -> access.Actor | None:
    account = request.user.pk
    assert account is not None, "asked of who is signed in"
    try:
        return queries.actor_of_account(account, request.at)  # type: ignore[attr-defined]
    except access.NotFound:
        return None


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for people of the organisation: others are sent to sign in, or told that no person is linked."""
    from functools import wraps

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.actor is None:  # type: ignore[attr-defined]
            return render(request, "no_person.html", status=403)
        return view(request, *args, **kwargs)

    page.needs_sign_in = True  # type: ignore[attr-defined]
    return page
