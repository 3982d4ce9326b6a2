"""Every address of the application."""

from django.urls import URLPattern, URLResolver, include, path

from fairlead.api.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
    path("api/", api.urls),
    path("", include("fairlead.web.urls")),
]
handler400 = "fairlead.web.views.failures.bad_request"
handler403 = "fairlead.web.views.failures.forbidden"
handler404 = "fairlead.web.views.failures.not_found"
handler500 = "fairlead.web.views.failures.server_error"
