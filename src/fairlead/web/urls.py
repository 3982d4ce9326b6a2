"""The addresses of the pages. Every one of them stands in the access matrix of the tests."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from fairlead.web.views import deals, imports, ledger, people, settings, start, you

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
    path("deals/", deals.listing, name="deals"),
    path("deals/export.csv", deals.export_csv, name="deals_csv"),
    path("deals/export.xlsx", deals.export_xlsx, name="deals_xlsx"),
    path("deals/<str:public_id>/", deals.one, name="deal"),
    path("deals/<str:public_id>/category/", deals.categorise, name="deal_categorise"),
    path("not-counted/", deals.not_counted, name="not_counted"),
    path("not-counted/stages/", deals.map_stages, name="map_stages"),
    path("imports/", imports.listing, name="imports"),
    path("imports/new/", imports.new, name="import_new"),
    path("imports/missing/", imports.missing, name="import_missing"),
    path("imports/<str:public_id>/", imports.one, name="import"),
    path("imports/<str:public_id>/act/", imports.act, name="import_act"),
    path("imports/<str:public_id>/mapping/", imports.mapping, name="import_mapping"),
    path("imports/<str:public_id>/mapping.toml", imports.mapping_file, name="import_mapping_file"),
    path("settings/", settings.settings, name="settings"),
    path("settings/organisation/", settings.organisation, name="settings_organisation"),
    path("settings/stages/", settings.stages, name="settings_stages"),
    path("settings/rates/", settings.rates, name="settings_rates"),
    path("settings/targets/", settings.targets, name="targets"),
    path("settings/targets/file/", settings.targets_file, name="targets_file"),
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
