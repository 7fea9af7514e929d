"""Addresses of the carts; integration_manager/portal/cart_setup/views.py adds those of their Setup.

``returned`` and ``login`` are registered at the marketplace: never change them.
"""

from django.urls import path

from carts import views
from carts.consent import views as consent_views
from carts.setup_links import views as setup_links_views

app_name = "carts"
urlpatterns = [
    path("", views.carts, name="carts"),
    path("choose/", consent_views.choose, name="choose"),
    path("new/", views.new, name="new"),
    path("new/accounts/", views.accounts, name="accounts"),
    path("<int:cart_id>/history/", views.history, name="history"),
    path("<int:cart_id>/test/", views.test, name="test"),
    path("<int:cart_id>/ok/", views.ok, name="ok"),
    path("<int:cart_id>/pause/", views.pause, name="pause"),
    path("<int:cart_id>/resume/", views.resume, name="resume"),
    path("<int:cart_id>/download/", views.download, name="download"),
    path("<int:cart_id>/grant/", consent_views.grant, name="grant"),
    path("<int:cart_id>/share/", setup_links_views.share, name="share"),
    path("<int:cart_id>/share/again/", setup_links_views.again, name="share_again"),
    path("<int:cart_id>/share/revoke/", setup_links_views.revoke, name="share_revoke"),
    path("<int:cart_id>/other-store/", setup_links_views.other_store, name="other_store"),
    path("<int:cart_id>/allow/", setup_links_views.allow, name="allow"),
    path("<slug:kind>/returned/", consent_views.returned, name="returned"),
    path("<slug:kind>/login/", consent_views.login, name="login"),
]
