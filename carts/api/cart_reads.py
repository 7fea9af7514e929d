"""Carts and the items listed on them, as programs read them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from carts.models import Cart, Listing
from core.accounts.doors import access_of
from core.api import cursor_page, public_ids
from core.api.base_view import ApiView
from core.api.bearer import key_of
from core.api.public_ids import PublicIdField
from core.api.query_values import query_text, text_parameter
from core.api.scopes import Scope
from core.ui.list_page import Sorting

BY_AGE = Sorting("id", "id", descending=False)
LONGEST_SKU = 255


class CartAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.CART, source="pk")
    name = serializers.CharField(help_text="What the warehouse sees as the source.")
    merchant = PublicIdField(public_ids.MERCHANT, source="merchant_id")
    kind = serializers.CharField()
    marketplace = serializers.CharField(source="place.name")
    state = serializers.ChoiceField([(state.value, state.label) for state in Cart.State])
    is_authorized = serializers.BooleanField()


class ItemAnswer(serializers.Serializer[Any]):
    """A SKU as it is listed on one cart."""

    id = PublicIdField(public_ids.LISTING, source="pk")
    sku = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    product_code = serializers.CharField(source="asin", allow_blank=True, help_text="The marketplace's: an ASIN.")
    cart = PublicIdField(public_ids.CART, source="cart_id")
    merchant = PublicIdField(public_ids.MERCHANT, source="merchant_id")
    fulfilled_by_marketplace = serializers.BooleanField()
    quantity_there = serializers.IntegerField(allow_null=True, help_text="As the marketplace last said.")
    seen_at = serializers.DateTimeField()


class CartList(ApiView):
    """The carts this key sees, the oldest first."""

    scope = Scope.SETTINGS_READ
    parameters = cursor_page.PARAMETERS

    @extend_schema(parameters=cursor_page.DESCRIBED, responses=cursor_page.schema_of(CartAnswer))
    def get(self, request: Request) -> Response:
        key = key_of(request)
        carts = Cart.objects.visible_to(access_of(request)).select_related("grant")
        if key.cart_id is not None:
            carts = carts.filter(pk=key.cart_id)
        return cursor_page.page(request, carts, BY_AGE, lambda rows: CartAnswer(rows, many=True).data)


class ItemList(ApiView):
    """What the merchants list on their carts: one entry for each SKU of a cart."""

    scope = Scope.INVENTORY_READ
    parameters = cursor_page.PARAMETERS | {"sku", "cart", "merchant"}

    @extend_schema(
        parameters=[
            *cursor_page.DESCRIBED,
            text_parameter("sku", LONGEST_SKU, "Just this SKU."),
            public_ids.parameter("cart", public_ids.CART),
            public_ids.parameter("merchant", public_ids.MERCHANT),
        ],
        responses=cursor_page.schema_of(ItemAnswer),
    )
    def get(self, request: Request) -> Response:
        query, key = request._request.GET, key_of(request)
        items = Listing.objects.visible_to(access_of(request))
        for name, prefix in (("cart", public_ids.CART), ("merchant", public_ids.MERCHANT)):
            if name in query:
                items = items.filter(**{name: public_ids.read_parameter(request, name, prefix)})
        if key.cart_id is not None:
            items = items.filter(cart=key.cart_id)
        if "sku" in query:
            items = items.filter(sku=query_text(request, "sku", LONGEST_SKU))
        return cursor_page.page(request, items, BY_AGE, lambda rows: ItemAnswer(rows, many=True).data)
