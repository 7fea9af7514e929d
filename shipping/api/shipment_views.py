"""Shipments that a warehouse's system reports: one, or many with an outcome for each."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.api import public_ids
from core.api.base_view import ApiView
from core.api.problems import Fault, Problem, at
from core.api.public_ids import PublicIdField
from core.api.schema import FaultAnswer
from core.api.scopes import Scope
from core.common import clock
from shipping.api.answer_bodies import ShipmentsBody, validated
from shipping.api.calling_warehouse import REFUSALS, warehouse_for
from shipping.close.preflight import ShippingProblem
from shipping.models import Warehouse
from shipping.shipments import reports
from shipping.shipments.reports import ReportAnswer, Taken
from shipping.warehouses.base import ReportedCharge, ReportedLine, ReportedPackage, ReportedShipment

ON_THE_SHIPMENT = {"shipped_at": "shipped_at", "order": "order", "units": "packages"}


class ReportResultAnswer(serializers.Serializer[Any]):
    """What became of one shipment. What is ok is stored for good."""

    reference = serializers.CharField()
    order = PublicIdField(public_ids.ORDER, allow_null=True)
    outcome = serializers.CharField(help_text="stored, again, held, returned, refused, other_content or not_there.")
    ok = serializers.BooleanField()
    detail = serializers.CharField()
    errors = FaultAnswer(many=True, help_text="Why nothing of it was stored.")  # type: ignore[assignment]
    warnings = FaultAnswer(many=True, help_text="What is odd about it. It is stored all the same.")


class ReportResultsAnswer(serializers.Serializer[Any]):
    results = ReportResultAnswer(many=True)


class ReportShipments(ApiView):
    """Report what was shipped, of one order or of many.

    Each shipment is known by your `reference` and stored once. 200: all are stored for good. 207: some are not, each
    with the reason. 422: none is. What is not as ordered, another product or other units, is `held`: it is stored, and
    a person says whether it is shipped as packed or goes back to you; then reporting it again answers `returned`.
    """

    scope = Scope.SHIPMENTS_WRITE

    @extend_schema(
        operation_id="report_shipments",
        request=ShipmentsBody,
        responses={200: ReportResultsAnswer, 207: ReportResultsAnswer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        said = validated(ShipmentsBody, request.data)
        warehouse, access = warehouse_for(request, said.get("warehouse")), access_of(request)
        results, stored = [], []
        for place, each in enumerate(said["shipments"]):
            reported, order_id = _reported(each), _order(warehouse, each)
            taken = (
                Taken(ReportAnswer.NOT_THERE)
                if order_id is None
                else reports.take(warehouse, order_id, reported, now=clock.now(), access=access)
            )
            results.append(_result(place, each, order_id, taken))
            if taken.answer is ReportAnswer.STORED and taken.report is not None:
                stored.append(taken.report.order)
        reports.tell_carts(stored)
        if not any(each["ok"] for each in results):
            raise _all_refused(results)
        return Response({"results": results}, status=200 if all(each["ok"] for each in results) else 207)


def _order(warehouse: Warehouse, said: Mapping[str, Any]) -> int | None:
    if "order" in said:
        return int(said["order"])
    release = reports.find_order(warehouse, said["order_number"])
    return release.order_id if release else None


def _reported(said: Mapping[str, Any]) -> ReportedShipment:
    return ReportedShipment(
        order_number=said.get("order_number", ""),
        reference=said["reference"],
        shipped_at=said.get("shipped_at"),
        packages=[_package(each) for each in said["packages"]],
        charges=[
            ReportedCharge(each["label"], each["amount"], each.get("currency", "")) for each in said.get("charges", [])
        ],
        is_last=said["last"],
    )


def _package(said: Mapping[str, Any]) -> ReportedPackage:
    lines = said.get("lines")
    return ReportedPackage(
        carrier=said["carrier"],
        service=said["service"],
        tracking_number=said["tracking_number"],
        scac=said["scac"],
        untracked=said.get("untracked", ""),
        lines=None
        if lines is None
        else [ReportedLine(each["units"], each["line"], each["sku"], tuple(each["codes"])) for each in lines],
    )


def _result(place: int, said: Mapping[str, Any], order_id: int | None, taken: Taken) -> dict[str, Any]:
    answer = taken.answer
    ok = answer.is_stored or answer is ReportAnswer.RETURNED
    errors = [_fault(place, each).document for each in taken.problems]
    if not ok and not errors:
        name = "order" if "order" in said else "order_number"
        where = name if answer is ReportAnswer.NOT_THERE else "reference"
        errors = [Fault(at("shipments", place, where), f"{_sentence(answer)}").document]
    there = None if answer is ReportAnswer.NOT_THERE or order_id is None else order_id
    return {
        "reference": said["reference"],
        "order": public_ids.write(public_ids.ORDER, there) if there else None,
        "outcome": answer.name.lower(),
        "ok": ok,
        "detail": " ".join(filter(None, (_sentence(answer), taken.why))),
        "errors": errors,
        "warnings": [_fault(place, each).document for each in taken.odd],
    }


def _fault(place: int, problem: ShippingProblem) -> Fault:
    """Return it with a pointer to the value it is about."""
    if problem.field in ON_THE_SHIPMENT:
        return Fault(at("shipments", place, ON_THE_SHIPMENT[problem.field]), problem.message)
    field = "lines" if problem.field == "codes" else problem.field
    return Fault(at("shipments", place, "packages", problem.parcel, field), problem.message)


def _sentence(answer: ReportAnswer) -> str:
    return f"{answer.value[0].upper()}{answer.value[1:]}."


def _all_refused(results: list[dict[str, Any]]) -> Problem:
    faults = [Fault(each["pointer"], each["detail"]) for result in results for each in result["errors"]]
    return Problem("invalid", f"{faults[0].pointer}: {faults[0].detail} Nothing was stored.", faults=faults)
