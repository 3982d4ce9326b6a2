"""The door of the API: who asks, with a session or a personal token, and refusals as JSON."""

from __future__ import annotations

from datetime import datetime

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer

from fairlead.people import access, actions, clock, queries


class Asker:
    """What every endpoint gets as ``request.auth``: the actor and the moment."""

    def __init__(self, actor: access.Actor, at: datetime) -> None:
        self.actor = actor
        self.at = at


class TokenAuth(HttpBearer):
    """``Authorization: Bearer fairlead_…``, a token made under Your account."""

    def authenticate(self, request: HttpRequest, token: str) -> Asker | None:
        at = clock.now()
        _settle(at)
        try:
            actor, number = queries.actor_of_token(token, at)
        except access.Refusal:
            return None
        actions.note_token_use(token=number, at=at)
        return Asker(actor, at)


class SessionAuth(APIKeyCookie):
    """The signed-in browser session; changes need the CSRF token as everywhere."""

    param_name = "sessionid"

    def __init__(self) -> None:
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Asker | None:
        actor: access.Actor | None = getattr(request, "actor", None)
        return None if actor is None else Asker(actor, request.at)  # type: ignore[attr-defined]


def _settle(at: datetime) -> None:
    today = queries.house().day(at)
    if actions.lines_are_due(today):
        actions.settle_lines(on=today)


class Problem(Schema):
    """A refusal: a code for programs and a sentence for people."""

    code: str
    sentence: str


REFUSALS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
"""What every endpoint may answer besides its own result."""


def asker(request: HttpRequest, scope: str = "read") -> Asker:
    """The asker, with a token that carries the scope. Raises NotAllowed-like refusals."""
    found: Asker = request.auth  # type: ignore[attr-defined]
    scopes = found.actor.scopes
    if scopes is not None and scope not in scopes:
        raise MissingScope(scope)
    return found


class MissingScope(access.Refusal):
    """The token was made without the scope this needs: 403."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            "missing_scope", f"This token may not do that: it was made without the scope “{scope}”."
        )


def wire(api: NinjaAPI) -> None:
    """Turn refusals into JSON answers with a code and a sentence."""

    def answer(request: HttpRequest, code: str, sentence: str, status: int) -> HttpResponse:
        return api.create_response(request, {"code": code, "sentence": sentence}, status=status)

    @api.exception_handler(access.Refusal)
    def refused(request: HttpRequest, refusal: access.Refusal) -> HttpResponse:
        status = 409
        if isinstance(refusal, access.NotFound):
            status = 404
        elif isinstance(refusal, access.NotAllowed | MissingScope):
            status = 403
        return answer(request, refusal.code, refusal.sentence, status)

    @api.exception_handler(DataError)
    def unkept(request: HttpRequest, error: DataError) -> HttpResponse:
        said = "A number or a character in what was sent cannot be kept. Correct it and send it again."
        return answer(request, "bad_value", said, 422)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        first = error.errors[0]
        where = " ".join(str(part) for part in first.get("loc", ())[1:])
        return answer(request, "invalid", f"{where}: {first.get('msg', 'not valid')}", 422)

    @api.exception_handler(HttpError)
    def failed(request: HttpRequest, error: HttpError) -> HttpResponse:
        code = "not_signed_in" if error.status_code == 401 else "refused"
        return answer(request, code, str(error), error.status_code)
