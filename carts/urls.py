"""Addresses of the carts. ``returned`` and ``login`` are registered at the marketplace: never change them."""

from django.urls import path

from carts import consent_views, views

app_name = "carts"
urlpatterns = [
    path("", views.carts, name="carts"),
    path("new/", views.new, name="new"),
    path("<int:cart_id>/", views.cart, name="cart"),
    path("<int:cart_id>/settings/", views.settings, name="settings"),
    path("<int:cart_id>/history/", views.history, name="history"),
    path("<int:cart_id>/token/", views.token, name="token"),
    path("<int:cart_id>/test/", views.test, name="test"),
    path("<int:cart_id>/ok/", views.ok, name="ok"),
    path("<int:cart_id>/pause/", views.pause, name="pause"),
    path("<int:cart_id>/resume/", views.resume, name="resume"),
    path("<int:cart_id>/download/", views.download, name="download"),
    path("<int:cart_id>/grant/", consent_views.grant, name="grant"),
    path("<slug:kind>/returned/", consent_views.returned, name="returned"),
    path("<slug:kind>/login/", consent_views.login, name="login"),
]
