"""The API's own pages: its schema and the page that explains it. They show structure, never data."""

from __future__ import annotations

import functools

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe
from ninja.openapi.views import openapi_json, openapi_view

from fairlead.api.api import api


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    return redirect("api_docs")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return openapi_view(request, api=api)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_schema(), content_type="application/json")


@functools.cache
def _schema() -> bytes:
    """The schema is the same for everybody and takes half a second to make: once per process."""
    return openapi_json(HttpRequest(), api=api).content
