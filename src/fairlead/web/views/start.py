"""The first pages: the demo's cast, the way home, the theme switch, the health check."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from fairlead.people import access, clock, queries
from fairlead.people.models import Person, User
from fairlead.web import frame
from fairlead.web.middleware import AskingRequest


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody's day; in the demo the cast, else sign-in, for whoever is not signed in."""
    actor: access.Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is not None:
        return redirect("today")
    if request.user.is_authenticated:
        return render(request, "no_person.html", status=403)
    return redirect("start" if settings.DEMO else "account_login")


@dataclass(frozen=True, slots=True)
class CastMember:
    public_id: str
    first_name: str
    title: str
    today: str
    go: str


STORIES: dict[str, tuple[str, str]] = {
    "Mina Aalto": ("A call due at 17:00, and what moved since last week.", "Prepare her call"),
    "Rosa Lindqvist": ("What is still needed, and the copy of her team’s call.", "See her quarter"),
    "Vera Lindholm": ("Three calls, one gap, one person to ask for each.", "Read her board"),
    "Otto Brandt": ("A call well under target, and what the range says.", "Open his call"),
    "Ravi Menon": ("What is still needed since Kestrel moved to January.", "See his quarter"),
    "Pia Kranz": ("A quarter behind, and what is still needed.", "See her quarter"),
    "Piet Maas": ("A target that changed, and a talk that is offered early.", "See his quarter"),
    "Carl Ek": ("One number, one person to ask.", "See his page"),
    "Olu Adeyemi": ("A stage without a category, and two imports with their reports.", "Open the imports"),
    "Hana Sato": ("Who reports to whom: an HR partner sees no deals and no calls.", "See what HR sees"),
}
"""The cast of the demo in the order of the page: what waits for each of them."""


@require_safe
def cast(request: HttpRequest) -> HttpResponse:
    """Demo mode only: choose whose day to see. One click makes you that person."""
    _demo_only()
    if clock.demo_fills().exists():
        return render(request, "start.html", {"filling": True, "house": queries.house()})
    people = {p.name: p for p in Person.objects.filter(name__in=STORIES, voided_at=None)}
    members = [
        CastMember(people[name].public_id, name.split()[0], people[name].title, today, go)
        for name, (today, go) in STORIES.items()
        if name in people
    ]
    house = queries.house()
    context = {"members": members, "house": house, "people": Person.objects.filter(voided_at=None).count()}
    return render(request, "start.html", context)


@require_POST
def be(request: AskingRequest, public_id: str) -> HttpResponse:
    """Demo mode only: become a person of the cast, and see the page their story is about."""
    _demo_only()
    if clock.demo_fills().exists():
        return redirect("start")
    person = queries.find(public_id)
    if person.user is None:
        raise access.NotFound("person with an account")
    login(request, person.user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(frame.home_of(queries.actor(person.pk, request.at)))


def _demo_only() -> None:
    if not settings.DEMO:
        raise access.NotFound("page")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the system's choice in a cookie of this browser."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if chosen in {"light", "dark"}:
        response.set_cookie("theme", chosen, max_age=60 * 60 * 24 * 365, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("theme")
    return response


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For a load balancer: the database answers. Says nothing about anybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "accounts": User.objects.exists()})
