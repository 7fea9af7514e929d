"""The seller's pages, asked for without a log-in. The addresses stand in mails: never change them."""

from django.urls import path

from carts import setup_views

app_name = "setup"
urlpatterns = [
    path("new/", setup_views.new, name="new"),
    path("asked/", setup_views.asked, name="asked"),
    path("done/", setup_views.done, name="done"),
    path("<str:token>/", setup_views.link, name="link"),
    path("<str:token>/grant/", setup_views.grant, name="grant"),
]
