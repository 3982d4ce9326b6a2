"""What a buyer opens without an account: the mutual plan behind an address. Nothing here knows who asks.

The pages are rendered without the request: no frame, no session, no cookie, no link into the application.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from fairlead.mutual import actions, queries, rules, wording
from fairlead.people import access
from fairlead.web import paper

POLICY = {
    "default-src": [NONE], "style-src": [SELF], "font-src": [SELF], "img-src": [SELF], "form-action": [NONE],
    "base-uri": [NONE], "frame-ancestors": [NONE],
}  # fmt: skip
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
View = Callable[..., HttpResponse]


def outside(view: View) -> View:
    """A page for whoever holds its address: only read, never kept, never passed on."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = request.method in ("GET", "HEAD")
        answer = view(request, *args, **kwargs) if known else HttpResponseNotAllowed(["GET", "HEAD"])
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    # Exempt: nothing is taken here, and a post would else be refused with a page of the application.
    return csrf_exempt(cast(View, csp(POLICY)(page)))


@outside
def plan(request: HttpRequest, secret: str) -> HttpResponse:
    """The current version of the plan."""
    found = _opened(request, secret)
    if found is None:
        return gone()
    context = {
        "sheet": found.sheet, "whom": found.whom, "ends_on": rules.long_day(found.ends_on),
        "pdf": reverse("shared_pdf", args=[secret]) if paper.can_write(found.sheet) else "",
    }  # fmt: skip
    return HttpResponse(render_to_string("mutual/shared.html", context))


@outside
def pdf(request: HttpRequest, secret: str) -> HttpResponse:
    """The same as a PDF; ``?paper=letter`` for the other size."""
    found = _opened(request, secret)
    if found is None:
        return gone()
    return as_pdf(request, found.sheet) or gone()


def as_pdf(request: HttpRequest, sheet: rules.Sheet) -> HttpResponse | None:
    """A version as a file; None where the server has no font for it."""
    size = request.GET.get("paper", "a4")
    try:
        content = paper.mutual_plan(sheet, size if size in paper.PAPERS else "a4")
    except access.Refusal:
        return None
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="mutual-plan-version-{sheet.number}.pdf"'
    return answer


def _opened(request: HttpRequest, secret: str) -> queries.Opened | None:
    """What the address leads to, counted as opened where it was read."""
    found = queries.opened(secret, request.at)  # type: ignore[attr-defined]
    if found is not None and request.method == "GET":
        actions.note_opening(address=found.address, at=request.at)  # type: ignore[attr-defined]
    return found


def gone() -> HttpResponse:
    """The one answer of every address that leads nowhere: ended, revoked, never made, or switched off."""
    context = {"title": wording.GONE_TITLE, "words": wording.GONE}
    return HttpResponse(render_to_string("mutual/gone.html", context), status=404)
