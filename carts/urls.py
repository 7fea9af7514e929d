"""Addresses of the carts; pages/cart.py adds those of their Setup.

``returned`` and ``login`` are registered at the marketplace: never change them.
"""

from django.urls import path

from carts import consent_views, share_views, views

app_name = "carts"
urlpatterns = [
    path("", views.carts, name="carts"),
    path("new/", views.new, name="new"),
    path("new/accounts/", views.accounts, name="accounts"),
    path("<int:cart_id>/history/", views.history, name="history"),
    path("<int:cart_id>/test/", views.test, name="test"),
    path("<int:cart_id>/ok/", views.ok, name="ok"),
    path("<int:cart_id>/pause/", views.pause, name="pause"),
    path("<int:cart_id>/resume/", views.resume, name="resume"),
    path("<int:cart_id>/download/", views.download, name="download"),
    path("<int:cart_id>/grant/", consent_views.grant, name="grant"),
    path("<int:cart_id>/share/", share_views.share, name="share"),
    path("<int:cart_id>/share/again/", share_views.again, name="share_again"),
    path("<int:cart_id>/share/revoke/", share_views.revoke, name="share_revoke"),
    path("<int:cart_id>/allow/", share_views.allow, name="allow"),
    path("<slug:kind>/returned/", consent_views.returned, name="returned"),
    path("<slug:kind>/login/", consent_views.login, name="login"),
]
