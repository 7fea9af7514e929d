"""The seller's pages, asked for without a log-in. The addresses stand in mails: never change them."""

from django.urls import path

from carts.setup_links import seller_views

app_name = "setup_links"
urlpatterns = [
    path("new/", seller_views.new, name="new"),
    path("asked/", seller_views.asked, name="asked"),
    path("choose/", seller_views.choose, name="choose"),
    path("done/", seller_views.done, name="done"),
    path("<str:token>/", seller_views.link, name="link"),
    path("<str:token>/grant/", seller_views.grant, name="grant"),
]
