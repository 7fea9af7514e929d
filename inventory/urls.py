"""Addresses of the stock."""

from django.urls import path

from inventory import cart_pages, views

app_name = "inventory"
urlpatterns = [
    path("", views.inventory, name="inventory"),
    path("carts/<int:cart_id>/", cart_pages.show, name="cart"),
    path("carts/<int:cart_id>/upload/", cart_pages.upload, name="upload"),
    path("carts/<int:cart_id>/read/", cart_pages.read, name="read"),
]
