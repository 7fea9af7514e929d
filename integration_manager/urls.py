"""Every address of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from integration_manager.pages import dashboard, health, orders

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.show, name="dashboard"),
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("orders/", include((orders.urlpatterns, "orders"))),
    path("shipping/", include("shipping.urls")),
    path("inventory/", include("inventory.urls")),
    path("carts/", include("carts.urls")),
    path("alerts/", include("integration_manager.alerts.urls")),
    path("account/", include("allauth.urls")),
]
