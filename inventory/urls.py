"""Addresses of the stock."""

from django.urls import path

from inventory import views
from inventory.publish import views as publish_views

app_name = "inventory"
urlpatterns = [
    path("", views.inventory, name="inventory"),
    path("carts/<int:cart_id>/", publish_views.show, name="cart"),
    path("carts/<int:cart_id>/upload/", publish_views.upload, name="upload"),
    path("carts/<int:cart_id>/read/", publish_views.read, name="read"),
]
