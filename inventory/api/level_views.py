"""Stock levels: reported by a warehouse's system, with an outcome for each, and read with what can be sold."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.accounts.models import Merchant
from core.api import cursor_page, public_ids
from core.api.base_view import ApiView
from core.api.bearer import key_of
from core.api.problems import Fault, Problem, at
from core.api.public_ids import PublicIdField
from core.api.query_values import query_text, text_parameter
from core.api.scopes import Scope
from core.common import clock
from core.ui.list_page import Sorting
from inventory import affected_carts, intake
from inventory.api.level_bodies import LevelsBody
from inventory.intake import LONGEST, Observed, Outcome, Verdict
from inventory.models import Observation, StockLevel
from inventory.promised import can_be_sold, reckon
from shipping.api.answer_bodies import validated
from shipping.api.calling_warehouse import REFUSALS, warehouse_for

BY_AGE = Sorting("id", "id", descending=False)


class LevelAnswer(serializers.Serializer[Any]):
    """What a warehouse has of one SKU of one merchant."""

    id = PublicIdField(public_ids.LEVEL, source="pk")
    warehouse = PublicIdField(public_ids.WAREHOUSE, source="warehouse_id")
    merchant = PublicIdField(public_ids.MERCHANT, source="merchant_id")
    sku = serializers.CharField(help_text="As the warehouse knows it.")
    on_hand = serializers.IntegerField(allow_null=True, help_text="As last reported. Null: nobody counted yet.")
    orders_off = serializers.BooleanField(help_text="Whether the warehouse had taken off the orders it holds.")
    available = serializers.SerializerMethodField(help_text="What can be sold now, without what is kept back.")
    observed_at = serializers.DateTimeField(allow_null=True)
    sequence = serializers.IntegerField(allow_null=True)

    def get_available(self, level: StockLevel) -> int | None:
        return can_be_sold(level)


class LevelOutcomeAnswer(serializers.Serializer[Any]):
    """What became of one reported level."""

    sku = serializers.CharField()
    outcome = serializers.ChoiceField([Verdict.STORED.value, Verdict.OLDER.value, Verdict.REFUSED.value])
    ok = serializers.BooleanField(help_text="False: nothing was stored, and the sentence says why.")
    detail = serializers.CharField(allow_blank=True)


class LevelOutcomesAnswer(serializers.Serializer[Any]):
    results = LevelOutcomeAnswer(many=True)


class Levels(ApiView):
    scope = Scope.INVENTORY_READ
    write_scope = Scope.INVENTORY_WRITE
    parameters = cursor_page.PARAMETERS | {"sku", "merchant", "warehouse"}

    @extend_schema(
        operation_id="levels_list",
        parameters=[
            *cursor_page.DESCRIBED,
            text_parameter("sku", LONGEST, "Just this SKU of the warehouse."),
            public_ids.parameter("merchant", public_ids.MERCHANT),
            public_ids.parameter("warehouse", public_ids.WAREHOUSE),
        ],
        responses=cursor_page.schema_of(LevelAnswer),
    )
    def get(self, request: Request) -> Response:
        """What the warehouses have, and what of it can be sold, the oldest entry first."""
        query, own = request._request.GET, key_of(request).warehouse_id
        levels = StockLevel.objects.visible_to(access_of(request)).filter(warehouse__archived_at=None)
        for name, prefix in (("merchant", public_ids.MERCHANT), ("warehouse", public_ids.WAREHOUSE)):
            if name in query:
                levels = levels.filter(**{name: public_ids.read_parameter(request, name, prefix)})
        if own is not None:
            levels = levels.filter(warehouse=own)
        if "sku" in query:
            levels = levels.filter(sku=query_text(request, "sku", LONGEST))
        return cursor_page.page(request, levels.select_related("warehouse"), BY_AGE, _written)

    @extend_schema(
        operation_id="report_levels",
        parameters=[],
        request=LevelsBody,
        responses={200: LevelOutcomesAnswer, 207: LevelOutcomesAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Report what is on hand of one merchant's SKUs, up to 5,000 at once.

        Each is known by its `sku`, or an alias of it. What was seen earlier than what is known is `older` and changes
        nothing: send reports in any order, and again if an answer is lost. 200: all are stored, or older. 207: some
        are refused, each with the reason. 422: all are.
        """
        said = validated(LevelsBody, request.data)
        warehouse = warehouse_for(request, said.get("warehouse"))
        merchant, now = _merchant(request, said.get("merchant")), clock.now()
        usual = said.get("observed_at") or now
        rows = (
            Observed(
                each["sku"],
                each["on_hand"],
                each.get("observed_at") or usual,
                sequence=each.get("sequence"),
                orders_off=said["orders_off"],
            )
            for each in said["levels"]
        )
        outcomes = intake.observe(warehouse, merchant, rows, source=Observation.Source.API, now=now)
        if any(outcome.changed for outcome in outcomes):
            affected_carts.tell(warehouse, merchant.pk, now=now)
        refused = [place for place, outcome in enumerate(outcomes) if outcome.verdict is Verdict.REFUSED]
        if len(refused) == len(outcomes):
            raise _all_refused(outcomes)
        return Response({"results": [_result(each) for each in outcomes]}, status=207 if refused else 200)


def _written(levels: list[StockLevel]) -> Any:
    return LevelAnswer(reckon(levels, now=clock.now()), many=True).data


def _merchant(request: Request, named: int | None) -> Merchant:
    """Return whose goods are reported: the one named, else the only one this key sees. Raises Problem, or Http404."""
    seen = Merchant.objects.visible_to(access_of(request)).select_related("organization")
    if named is not None:
        found: Merchant | None = seen.filter(pk=named).first()
        if found is None:
            raise Http404
        return found
    few = list(seen.order_by("pk")[:2])
    if len(few) != 1:
        raise Problem("conflict", "This key is for several merchants: say whose goods they are, as “merchant”.")
    return few[0]


def _result(outcome: Outcome) -> dict[str, Any]:
    ok = outcome.verdict is not Verdict.REFUSED
    return {"sku": outcome.sku, "outcome": outcome.verdict.value, "ok": ok, "detail": outcome.reason}


def _all_refused(outcomes: Sequence[Outcome]) -> Problem:
    faults = [Fault(at("levels", place, "sku"), outcome.reason) for place, outcome in enumerate(outcomes)]
    return Problem("invalid", f"{faults[0].pointer}: {faults[0].detail} Nothing was stored.", faults=faults)
