"""Stock, as programs read and report it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.accounts.models import Merchant
from core.api import cursor_page, public_ids
from core.api.base_view import ApiView
from core.api.bearer import key_of
from core.api.fields import Body
from core.api.problems import MEDIA_TYPE, Problem, in_query
from core.api.public_ids import PublicIdField
from core.api.schema import ProblemAnswer
from core.api.scopes import Scope
from core.common import clock
from core.ui.list_page import Sorting
from inventory import affected_carts
from inventory.api.level_rows import WrongRow, read_row
from inventory.intake import LONGEST, Observed, Outcome, Verdict, observe
from inventory.models import Observation, StockLevel
from inventory.promised import can_be_sold, on_hand, reckon
from shipping.models import Warehouse

BY_AGE = Sorting("id", "id", descending=False)
MOST_ROWS = 5_000  # in one report
WAREHOUSE_ID = {"type": "string", "pattern": "^wh_[1-9][0-9]{0,17}$", "example": "wh_12"}
MERCHANT_ID = {"type": "string", "pattern": "^mer_[1-9][0-9]{0,17}$", "example": "mer_12"}
SKU = {"type": "string", "maxLength": LONGEST, "pattern": "^[^\\u0000]*$"}  # no database can be asked for NUL


class LevelAnswer(serializers.Serializer[Any]):
    """What a warehouse has of a merchant's SKU."""

    id = PublicIdField(public_ids.LEVEL, source="pk")
    warehouse = PublicIdField(public_ids.WAREHOUSE, source="warehouse_id")
    merchant = PublicIdField(public_ids.MERCHANT, source="merchant_id")
    sku = serializers.CharField(help_text="The warehouse's.")
    title = serializers.CharField(allow_blank=True)
    on_hand = serializers.IntegerField(allow_null=True, help_text="Now. Null while nobody has counted.")
    promised = serializers.IntegerField(help_text="Wanted by orders that are not off “on_hand” yet.")
    available = serializers.IntegerField(allow_null=True, help_text="What can be sold: never below zero.")
    observed_at = serializers.DateTimeField(allow_null=True)
    sequence = serializers.IntegerField(allow_null=True)


@extend_schema_field(WAREHOUSE_ID)
class WarehouseId(PublicIdField):
    pass


@extend_schema_field(MERCHANT_ID)
class MerchantId(PublicIdField):
    pass


class LevelReport(Body):
    """Up to 5,000 SKUs of one merchant in one warehouse.

    Each row has a “sku”, or an alias of it, and either “on_hand”, all that lies on the shelf, or “available”, that less
    the orders you know. It may have “observed_at”, else it is now; “sequence”, a whole number that rises from one
    report to the next and goes before the time; and a “reason”. A row that is wrong is answered as refused, and stops
    no other.
    """

    warehouse = WarehouseId(public_ids.WAREHOUSE, required=False, help_text="Else the key's own.")
    merchant = MerchantId(public_ids.MERCHANT)
    levels = serializers.ListField(child=serializers.JSONField(allow_null=True), min_length=1, max_length=MOST_ROWS)


class RowAnswer(serializers.Serializer[Any]):
    sku = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(["stored", "older", "refused"])
    detail = serializers.CharField(allow_blank=True, help_text="Why it was not stored.")


class LevelReportAnswer(serializers.Serializer[Any]):
    """What became of each row, in the order of the report."""

    stored = serializers.IntegerField()
    older = serializers.IntegerField()
    refused = serializers.IntegerField()
    data = RowAnswer(many=True)  # type: ignore[assignment]


class LevelList(ApiView):
    """What the warehouses have, the oldest entry first; reported, an older observation never replaces a newer one."""

    scope = Scope.INVENTORY_READ
    write_scope = Scope.INVENTORY_WRITE
    parameters = cursor_page.PARAMETERS | {"sku", "warehouse", "merchant"}

    @extend_schema(
        parameters=[
            *cursor_page.DESCRIBED,
            OpenApiParameter("sku", SKU, description="Just this SKU."),
            OpenApiParameter("warehouse", WAREHOUSE_ID, description="Only those of this warehouse."),
            OpenApiParameter("merchant", MERCHANT_ID, description="Only those of this merchant."),
        ],
        responses=cursor_page.schema_of(LevelAnswer),
    )
    def get(self, request: Request) -> Response:
        return cursor_page.page(request, _levels(request), BY_AGE, _written)

    @extend_schema(request=LevelReport, responses={200: LevelReportAnswer, (404, MEDIA_TYPE): ProblemAnswer})
    def post(self, request: Request) -> Response:
        body = LevelReport(data=request.data)
        body.is_valid(raise_exception=True)
        said: Mapping[str, Any] = body.validated_data
        warehouse, merchant = _warehouse(request, said), _merchant(request, said)
        now = clock.now()
        rows: list[Observed | Outcome] = []
        for row in said["levels"]:
            try:
                rows.append(read_row(row, now=now))
            except WrongRow as error:
                sku = row.get("sku") if isinstance(row, Mapping) else None
                rows.append(Outcome(sku if isinstance(sku, str) else "", Verdict.REFUSED, str(error)))
        read = [row for row in rows if isinstance(row, Observed)]
        became = iter(observe(warehouse, merchant, read, source=Observation.Source.API, now=now))
        outcomes = [next(became) if isinstance(row, Observed) else row for row in rows]
        if any(outcome.verdict is Verdict.STORED for outcome in outcomes):
            affected_carts.tell(warehouse, merchant.pk)
        return Response(_answer(outcomes))


def _levels(request: Request) -> "QuerySet[StockLevel]":
    query, key = request._request.GET, key_of(request)
    levels = StockLevel.objects.visible_to(access_of(request)).select_related("warehouse")
    for name, prefix in (("warehouse", public_ids.WAREHOUSE), ("merchant", public_ids.MERCHANT)):
        if name in query:
            levels = levels.filter(**{name: _read(name, prefix, query[name])})
    if key.warehouse_id is not None:
        levels = levels.filter(warehouse=key.warehouse_id)
    if key.cart_id is not None:
        levels = levels.filter(warehouse__routes__cart=key.cart_id, merchant=F("warehouse__routes__merchant"))
    if "sku" in query:
        if len(query["sku"]) > LONGEST:
            raise in_query("sku", f"It may have up to {LONGEST} characters.")
        levels = levels.filter(sku=query["sku"])
    return levels


def _read(name: str, prefix: str, text: str) -> int:
    try:
        return public_ids.read(prefix, text)
    except ValueError as error:
        raise in_query(name, str(error)) from None


def _written(levels: list[StockLevel]) -> list[Any]:
    rows = [
        {
            **{name: getattr(level, name) for name in ("pk", "warehouse_id", "merchant_id", "sku", "title")},
            **{name: getattr(level, name) for name in ("promised", "observed_at", "sequence")},
            "on_hand": on_hand(level),
            "available": can_be_sold(level),
        }
        for level in reckon(levels, now=clock.now())
    ]
    return list(LevelAnswer(rows, many=True).data)


def _warehouse(request: Request, said: Mapping[str, Any]) -> Warehouse:
    """Return the warehouse a report is about. Raises Problem."""
    mine = key_of(request).warehouse_id
    asked = said.get("warehouse", mine)
    if asked is None:
        raise Problem("not_found", "Say which “warehouse”: this key is none's own.")
    found: Warehouse | None = Warehouse.objects.visible_to(access_of(request)).in_use().filter(pk=asked).first()
    if found is None or mine not in (None, found.pk) or key_of(request).cart_id is not None:
        raise Problem("not_found", "There is no such “warehouse” for this key.")
    return found


def _merchant(request: Request, said: Mapping[str, Any]) -> Merchant:
    """Return the merchant whose stock a report is about. Raises Problem."""
    visible = Merchant.objects.visible_to(access_of(request))
    found: Merchant | None = visible.filter(pk=said["merchant"]).first()
    if found is None:
        raise Problem("not_found", "There is no such “merchant” for this key.")
    return found


def _answer(outcomes: list[Outcome]) -> dict[str, Any]:
    counts = dict.fromkeys((Verdict.STORED, Verdict.OLDER, Verdict.REFUSED), 0)
    for outcome in outcomes:
        counts[outcome.verdict] += 1
    rows = [{"sku": each.sku, "outcome": each.verdict.value, "detail": each.reason} for each in outcomes]
    return {**{verdict.value: count for verdict, count in counts.items()}, "data": rows}
