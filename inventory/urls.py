"""Addresses of the stock."""

from django.urls import path

from inventory import views
from inventory.items import views as item_views
from inventory.publish import views as publish_views

app_name = "inventory"
urlpatterns = [
    path("", views.inventory, name="inventory"),
    path("merchants/<int:merchant_id>/items/", item_views.items, name="items"),
    path("merchants/<int:merchant_id>/items/import/", item_views.item_import, name="item_import"),
    path("merchants/<int:merchant_id>/items/file/", item_views.item_file, name="item_file"),
    path("carts/<int:cart_id>/", publish_views.show, name="cart"),
    path("carts/<int:cart_id>/upload/", publish_views.upload, name="upload"),
    path("carts/<int:cart_id>/read/", publish_views.read, name="read"),
]
