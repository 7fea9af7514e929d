"""Addresses of what the orders app shows by itself; the portal adds its list and its page of an order to them."""

from django.urls import path

from orders.filters import views

app_name = "orders"
urlpatterns = [path("carts/<int:cart_id>/filters/", views.filters, name="filters")]
