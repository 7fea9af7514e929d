"""Every address of the API, under /api/v1/. Each endpoint lives in the app it is about."""

from django.urls import URLPattern, URLResolver, path, register_converter

from carts.api import cart_reads
from core.alerts import alert_reads
from core.api import event_reads, merchant_reads, public_ids, schema_views
from integration_manager.api import order_reads
from inventory.api import urls as inventory_urls
from shipping.api import method_reads
from shipping.api import urls as shipping_urls

for prefix in (public_ids.ORDER, public_ids.CART, public_ids.MERCHANT, public_ids.WAREHOUSE, public_ids.SHIPMENT):
    register_converter(public_ids.converter(prefix), prefix)

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", schema_views.SchemaDocument.as_view(), name="schema"),
    path("docs", schema_views.docs, name="docs"),
    path("problems", schema_views.problem_list, name="problems"),
    path("orders", order_reads.OrderList.as_view(), name="orders"),
    path("orders/<ord:order_id>", order_reads.OneOrder.as_view(), name="order"),
    path("orders/<ord:order_id>/recipient", order_reads.OrderRecipient.as_view(), name="recipient"),
    path("merchants", merchant_reads.MerchantList.as_view(), name="merchants"),
    path("carts", cart_reads.CartList.as_view(), name="carts"),
    path("items", cart_reads.ItemList.as_view(), name="items"),
    path("warehouses", method_reads.WarehouseList.as_view(), name="warehouses"),
    path("ship-methods", method_reads.ShipMethodList.as_view(), name="ship_methods"),
    path("carriers", method_reads.CarrierList.as_view(), name="carriers"),
    path("alerts", alert_reads.AlertList.as_view(), name="alerts"),
    path("events", event_reads.EventList.as_view(), name="events"),
    *shipping_urls.urlpatterns,
    *inventory_urls.urlpatterns,
]
