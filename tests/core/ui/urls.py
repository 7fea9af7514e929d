"""Just enough routes for a menu, and the account pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def app(name: str) -> tuple[list[URLPattern], str]:
    return [path("", nothing, name=name)], name


APPS = ("orders", "shipping", "inventory", "carts", "merchants", "alerts", "people")

urlpatterns = [
    path("", nothing, name="dashboard"),
    *(path(f"{name}/", include(app(name))) for name in APPS),
    path("performance/", include(([path("", nothing, name="page")], "performance"))),
    path("settings/", include(([path("", nothing, name="area")], "settings"))),
    path("accounts/", include("allauth.urls")),
]
