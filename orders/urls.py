"""Addresses of what the orders app shows by itself; the portal adds its list and its page of an order to them."""

from django.urls import path

from orders.filters import views
from orders.order_files import views as file_views

app_name = "orders"
urlpatterns = [
    path("carts/<int:cart_id>/filters/", views.filters, name="filters"),
    path("carts/<int:csv_cart_id>/order-files/", file_views.order_files, name="order_files"),
    path("carts/<int:csv_cart_id>/order-files/folder/", file_views.folder, name="file_folder"),
    path("carts/<int:csv_cart_id>/order-files/sftp/", file_views.sftp, name="sftp"),
    path("carts/<int:csv_cart_id>/order-files/<int:file_id>/", file_views.order_file, name="order_file"),
    path("carts/<int:csv_cart_id>/order-files/<int:file_id>/rows.csv", file_views.kept_rows, name="kept_rows"),
    path("carts/<int:csv_cart_id>/order-files/<int:file_id>/set-aside/", file_views.set_aside, name="set_aside_rows"),
]
