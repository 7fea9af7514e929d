"""Warehouses, their ship methods, and carriers, as programs read them.

They are the 3PL's own: a key of one merchant sees none.
"""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.api import cursor_page, public_ids
from core.api.base_view import ApiView
from core.api.bearer import key_of
from core.api.public_ids import PublicIdField
from core.api.scopes import Scope
from core.ui.list_page import Sorting
from shipping.models import CarrierCode, ShipMethod, Warehouse

BY_AGE = Sorting("id", "id", descending=False)


class WarehouseAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.WAREHOUSE, source="pk")
    name = serializers.CharField()
    kind = serializers.CharField()
    archived_at = serializers.DateTimeField(allow_null=True, help_text="Since when nothing goes to it any more.")


class ShipMethodAnswer(serializers.Serializer[Any]):
    """What a warehouse calls a carrier and its service."""

    id = PublicIdField(public_ids.METHOD, source="pk")
    warehouse = PublicIdField(public_ids.WAREHOUSE, source="warehouse_id")
    label = serializers.CharField()  # type: ignore[assignment]
    carrier = serializers.CharField()
    scac = serializers.CharField(allow_blank=True)
    service = serializers.CharField()


class CarrierAnswer(serializers.Serializer[Any]):
    """What a warehouse calls a carrier, and what a kind of marketplace is told for it."""

    carrier = serializers.CharField()
    marketplace = serializers.CharField(source="kind")
    code = serializers.CharField(allow_blank=True, help_text="Empty: found by the carrier's name.")
    name = serializers.CharField(allow_blank=True, help_text="What the buyer sees, where the code says only “other”.")


class WarehouseList(ApiView):
    """The warehouses this key sees, the oldest first."""

    scope = Scope.SETTINGS_READ
    parameters = cursor_page.PARAMETERS

    @extend_schema(parameters=cursor_page.DESCRIBED, responses=cursor_page.schema_of(WarehouseAnswer))
    def get(self, request: Request) -> Response:
        found, mine = Warehouse.objects.visible_to(access_of(request)), key_of(request).warehouse_id
        rows = found if mine is None else found.filter(pk=mine)
        return cursor_page.page(request, rows, BY_AGE, lambda page: WarehouseAnswer(page, many=True).data)


class ShipMethodList(ApiView):
    """The ship methods of the warehouses this key sees."""

    scope = Scope.SETTINGS_READ
    parameters = cursor_page.PARAMETERS | {"warehouse"}

    @extend_schema(
        parameters=[*cursor_page.DESCRIBED, public_ids.parameter("warehouse", public_ids.WAREHOUSE)],
        responses=cursor_page.schema_of(ShipMethodAnswer),
    )
    def get(self, request: Request) -> Response:
        rows, mine = ShipMethod.objects.visible_to(access_of(request)), key_of(request).warehouse_id
        if "warehouse" in request._request.GET:
            rows = rows.filter(warehouse=public_ids.read_parameter(request, "warehouse", public_ids.WAREHOUSE))
        if mine is not None:
            rows = rows.filter(warehouse=mine)
        return cursor_page.page(request, rows, BY_AGE, lambda page: ShipMethodAnswer(page, many=True).data)


class CarrierList(ApiView):
    """The carriers that packages went by or ship methods name, and what each marketplace is told for them."""

    scope = Scope.SETTINGS_READ
    parameters = cursor_page.PARAMETERS

    @extend_schema(parameters=cursor_page.DESCRIBED, responses=cursor_page.schema_of(CarrierAnswer))
    def get(self, request: Request) -> Response:
        rows = CarrierCode.objects.visible_to(access_of(request))
        return cursor_page.page(request, rows, BY_AGE, lambda page: CarrierAnswer(page, many=True).data)
