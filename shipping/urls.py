"""Every address under /shipping/."""

from django.urls import path

from shipping import method_pages, views

app_name = "shipping"
urlpatterns = [
    path("", method_pages.warehouses, name="shipping"),
    path("close/", views.close, name="close"),
    path("carts/<int:cart_id>/methods/", method_pages.methods, name="methods"),
]
