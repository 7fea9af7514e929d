"""Every address of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from integration_manager.portal import health
from integration_manager.portal.cart_setup import views as cart_setup_views
from integration_manager.portal.dashboard import views as dashboard_views
from integration_manager.portal.merchants import views as merchants_views
from integration_manager.portal.order_list import views as order_list_views
from integration_manager.portal.subscriptions import views as subscriptions_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard_views.show, name="dashboard"),
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("orders/", include((order_list_views.urlpatterns, "orders"))),
    path("shipping/", include("shipping.urls")),
    path("inventory/", include("inventory.urls")),
    path("carts/", include((cart_setup_views.urlpatterns, "carts"))),
    path("merchants/", include((merchants_views.urlpatterns, "merchants"))),
    path("setup/", include("carts.setup_links.urls")),
    path("alerts/", include("core.alerts.urls")),
    path("told/", include((subscriptions_views.urlpatterns, "told"))),
    path("people/", include("core.people.urls")),
    path("account/", include("allauth.urls")),
]
