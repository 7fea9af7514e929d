"""Every address of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from core.people.brand import views as brand

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("integration_manager.portal.urls")),
    path("shipping/", include("shipping.urls")),
    path("inventory/", include("inventory.urls")),
    path("setup/", include("carts.setup_links.urls")),
    path("alerts/", include("core.alerts.urls")),
    path("people/", include("core.people.urls")),
    path("webhooks/", include("core.webhooks.urls")),
    path("settings/", include("core.people.brand.urls")),
    path("settings/api-keys/", include("core.api.key_pages.urls")),
    path("logo/<str:key>/", brand.logo, name="logo"),
    path("account/", include("allauth.urls")),
    path("v1/", include("integration_manager.cartrover.urls")),
    path("shipstation/", include("shipping.custom_store.desk_urls")),
    path("api/v1/", include("integration_manager.api_urls")),
]
