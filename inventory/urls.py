"""Addresses of the stock."""

from django.urls import path

from inventory import views
from inventory.handling_time import views as handling_views
from inventory.items import views as item_views
from inventory.publish import views as publish_views
from inventory.shared_stock import views as shared_stock_views
from inventory.sheets import views as sheet_views
from inventory.sku_page import views as sku_views
from inventory.stock_files import views as stock_file_views

app_name = "inventory"
urlpatterns = [
    path("", views.inventory, name="inventory"),
    path("levels/<int:level_id>/", sku_views.level, name="level"),
    path("levels/<int:level_id>/safety/", sku_views.safety, name="safety"),
    path("levels/<int:level_id>/push/", sku_views.push, name="push"),
    path("merchants/<int:merchant_id>/stock/file/", sheet_views.stock_file, name="stock_file"),
    path("merchants/<int:merchant_id>/stock/import/", sheet_views.stock_import, name="stock_import"),
    path("merchants/<int:merchant_id>/items/", item_views.items, name="items"),
    path("merchants/<int:merchant_id>/items/import/", item_views.item_import, name="item_import"),
    path("merchants/<int:merchant_id>/items/offered/", item_views.offered_names, name="offered_names"),
    path("merchants/<int:merchant_id>/items/file/", item_views.item_file, name="item_file"),
    path("warehouses/<int:csv_id>/stock-files/", stock_file_views.stock_files, name="stock_files"),
    path("warehouses/<int:csv_id>/stock-files/<int:stock_file_id>/", stock_file_views.result, name="stock_file_result"),
    path(
        "warehouses/<int:csv_id>/stock-files/<int:stock_file_id>/rows.csv",
        stock_file_views.kept_rows,
        name="kept_stock",
    ),
    path("merchants/<int:merchant_id>/handling-time/", handling_views.handling_time, name="handling_time"),
    path("merchants/<int:merchant_id>/shared-stock/", shared_stock_views.shared_stock, name="shared_stock"),
    path("carts/<int:cart_id>/", publish_views.show, name="cart"),
    path("carts/<int:cart_id>/upload/", publish_views.upload, name="upload"),
    path("carts/<int:cart_id>/read/", publish_views.read, name="read"),
    path("carts/<int:cart_id>/send-again/", publish_views.send_again, name="send_again"),
    path("carts/<int:cart_id>/let-go/", publish_views.let_go, name="let_go"),
    path("carts/<int:cart_id>/decide/", publish_views.decide, name="decide"),
]
