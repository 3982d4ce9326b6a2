"""Every address of the application."""

from django.urls import URLPattern, URLResolver, include, path

from fairlead.api import views as api_pages
from fairlead.api.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("api/", api_pages.root, name="api_root"),
    path("api/docs", api_pages.docs, name="api_docs"),
    path("api/openapi.json", api_pages.schema, name="api_schema"),
    path("api/", api.urls),
    path("", include("fairlead.web.urls")),
]
handler400 = "fairlead.web.views.failures.bad_request"
handler403 = "fairlead.web.views.failures.forbidden"
handler404 = "fairlead.web.views.failures.not_found"
handler500 = "fairlead.web.views.failures.server_error"
