"""Every address of the API, under /api/v1/. Each endpoint lives in the app it is about."""

from django.urls import URLPattern, URLResolver, path, register_converter

from core.api import merchant_reads, public_ids, schema_views

for prefix in (public_ids.ORDER, public_ids.CART, public_ids.MERCHANT, public_ids.WAREHOUSE, public_ids.SHIPMENT):
    register_converter(public_ids.converter(prefix), prefix)

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", schema_views.SchemaDocument.as_view(), name="schema"),
    path("docs", schema_views.docs, name="docs"),
    path("problems", schema_views.problem_list, name="problems"),
    path("merchants", merchant_reads.MerchantList.as_view(), name="merchants"),
]
