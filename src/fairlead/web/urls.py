"""The addresses of the pages. Every one of them stands in the access matrix of the tests."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fairlead.web.views import ledger, people, start, you

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.home, name="home"),
    path("start/", start.cast, name="start"),
    path("start/be/<str:public_id>/", start.be, name="be"),
    path("theme/", start.theme, name="theme"),
    path("health/", start.health, name="health"),
    path("people/", people.directory, name="people"),
    path("people/new/", people.add, name="person_add"),
    path("people/<str:public_id>/", people.person, name="person"),
    path("people/<str:public_id>/move/", people.move, name="person_move"),
    path("people/<str:public_id>/roles/", people.roles, name="person_roles"),
    path("people/<str:public_id>/account/", people.account, name="person_account"),
    path("ledger/", ledger.entries, name="ledger"),
    path("ledger/verify/", ledger.verify, name="ledger_verify"),
    path("you/", you.you, name="you"),
    path("you/notices/<int:notice>/", you.open_notice, name="notice"),
    path("you/delegations/", you.delegate, name="delegate"),
    path("you/delegations/<str:public_id>/end/", you.take_back, name="delegation_end"),
    path("you/tokens/", you.make_token, name="token_make"),
    path("you/tokens/<str:public_id>/revoke/", you.revoke_token, name="token_revoke"),
    path("you/stored/", you.stored, name="stored"),
    path("find/", people.find, name="find"),
]
