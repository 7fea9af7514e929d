"""Every address of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from integration_manager.pages import cart, dashboard, health, merchants, orders, parties

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.show, name="dashboard"),
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("orders/", include((orders.urlpatterns, "orders"))),
    path("shipping/", include("shipping.urls")),
    path("inventory/", include("inventory.urls")),
    path("carts/", include((cart.urlpatterns, "carts"))),
    path("merchants/", include((merchants.urlpatterns, "merchants"))),
    path("setup/", include("carts.setup_urls")),
    path("alerts/", include("integration_manager.alerts.urls")),
    path("told/", include((parties.urlpatterns, "told"))),
    path("people/", include("integration_manager.people.urls")),
    path("account/", include("allauth.urls")),
]
