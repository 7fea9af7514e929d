"""Every address under /v1/: the calls that are verified, and one answer for all others."""

from django.urls import URLPattern, path, re_path

from integration_manager.cartrover import merchant_calls, order_calls
from integration_manager.cartrover.endpoint import unknown

app_name = "cartrover"
urlpatterns: list[URLPattern] = [
    path("cart/orders/cartrover", order_calls.create, name="create"),
    path("cart/orders/batch", order_calls.create_batch, name="create_batch"),
    path("cart/orders/cancel/cartrover", order_calls.cancel_new, name="cancel_new"),
    path("cart/orders/wms_cancel/<str:cust_ref>", order_calls.cancel_anywhere, name="cancel_anywhere"),
    path("cart/orders/update/<str:cust_ref>", order_calls.update, name="update"),
    path("cart/orders/status/<str:cust_ref>", order_calls.cart_status, name="cart_status"),
    path("cart/orders/list/<str:status>", order_calls.cart_list, name="cart_orders"),
    path("cart/orders/<str:cust_ref>", order_calls.cart_order, name="cart_order"),
    path("merchant/orders/status/<str:cust_ref>", order_calls.merchant_status, name="merchant_status"),
    path("merchant/orders/list/<str:status>", order_calls.merchant_list, name="merchant_orders"),
    path("merchant/orders/<str:cust_ref>", order_calls.merchant_order, name="merchant_order"),
    path("merchant/inventory", merchant_calls.inventory, name="inventory"),
    path("merchant/inventory/<path:sku>", merchant_calls.inventory_of, name="inventory_of"),
    path("merchant/product/<path:sku>", merchant_calls.product, name="product"),
    path("cart/list", merchant_calls.list_carts, name="carts"),
    path("cart/listall", merchant_calls.list_all_carts, name="all_carts"),
    path("cart/shipmethod/list/<path:order_source>", merchant_calls.cart_methods, name="cart_methods"),
    path("cart/shipmethod/<path:order_source>", merchant_calls.map_methods, name="map_methods"),
    path("wms/shipmethod/list", merchant_calls.warehouse_methods, name="warehouse_methods"),
    path("wms/merchant/list", merchant_calls.list_merchants, name="merchants"),
    re_path(r"^", unknown, name="unknown"),
]
