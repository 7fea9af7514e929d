"""Orders for a warehouse's system: claimed, acknowledged or rejected, and what it is asked about them."""

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import public_ids
from core.api.base_view import ApiView
from core.api.public_ids import PublicIdField
from core.api.scopes import Scope
from core.common import clock
from core.common.remote import Rejected
from core.common.vault import Unopenable
from shipping.api.answer_bodies import (
    AcknowledgmentsBody,
    CancelAnswersBody,
    ChangeAnswersBody,
    ClaimBody,
    validated,
)
from shipping.api.calling_warehouse import IN_QUERY, REFUSALS, named_in_query, warehouse_for
from shipping.api.claimed_order import ClaimAnswer, ClaimedOrderAnswer, written
from shipping.delivery import answers, collection
from shipping.delivery.answers import ChangeAnswer, Settled
from shipping.delivery.collection import Answer
from shipping.models import Recall, Release
from shipping.routing import number_known
from shipping.warehouses.base import GivenBack

MOST_CHANGES = 100
BAD_ANSWERS = (Answer.OTHER_REFERENCE, Answer.NOT_CLAIMED, Answer.NOT_THERE)
BAD_SETTLED = (Settled.NOT_ASKED, Settled.CHANGED_AGAIN)


class OutcomeAnswer(serializers.Serializer[Any]):
    """What became of one order that was answered for."""

    order = PublicIdField(public_ids.ORDER)
    outcome = serializers.CharField(help_text="One word.")
    ok = serializers.BooleanField(help_text="False: nothing was changed, and the sentence says why.")
    detail = serializers.CharField()


class OutcomesAnswer(serializers.Serializer[Any]):
    results = OutcomeAnswer(many=True)


class CancelRequestAnswer(serializers.Serializer[Any]):
    order = PublicIdField(public_ids.ORDER)
    number = serializers.CharField(help_text="What the warehouse knows it by.")
    reference = serializers.CharField(allow_blank=True, help_text="Your own number of it, where you told us.")
    asked_at = serializers.DateTimeField()


class CancelRequestsAnswer(serializers.Serializer[Any]):
    data = CancelRequestAnswer(many=True)  # type: ignore[assignment]


class ChangeRequestsAnswer(serializers.Serializer[Any]):
    data = ClaimedOrderAnswer(many=True)  # type: ignore[assignment]


class ClaimOrders(ApiView):
    """Claim orders, the most urgent first. Each is this warehouse's to answer for until the claim ends: acknowledge it
    once you have stored it, or reject it. What is neither comes back under its number."""

    scope = Scope.ORDERS_CLAIM

    @extend_schema(operation_id="claim_orders", request=ClaimBody, responses={200: ClaimAnswer, **REFUSALS})
    def post(self, request: Request) -> Response:
        asked = validated(ClaimBody, request.data)
        warehouse = warehouse_for(request, asked.get("warehouse"))
        limit = timedelta(minutes=asked["minutes"])
        claimed = collection.claim(warehouse, most=asked["most"], limit=limit, now=clock.now())
        orders = [written(each.release, each.delivery) for each in claimed.orders]
        return Response({"until": claimed.until, "orders": orders})


class Acknowledge(ApiView):
    """Say of claimed orders that you have stored them, or reject them with a reason that people read on the order's
    page. Answer for each by itself; all that is ok is stored for good. Sent again, nothing is done twice."""

    scope = Scope.ORDERS_CLAIM

    @extend_schema(
        operation_id="acknowledge_orders", request=AcknowledgmentsBody, responses={200: OutcomesAnswer, **REFUSALS}
    )
    def post(self, request: Request) -> Response:
        said = validated(AcknowledgmentsBody, request.data)
        warehouse, now = warehouse_for(request, said.get("warehouse")), clock.now()
        taken = {each["order"]: each["reference"].strip() for each in said["orders"] if each["accepted"]}
        became = collection.acknowledge(warehouse, taken, now=now) if taken else {}
        for each in said["orders"]:
            if not each["accepted"]:
                became[each["order"]] = collection.reject(warehouse, each["order"], each["reason"], now=now)
        return _outcomes((each["order"], became[each["order"]], BAD_ANSWERS) for each in said["orders"])


class CancelRequests(ApiView):
    """Orders that must not be shipped and wait for your answer, the oldest first. Ask often, a parcel may leave."""

    scope = Scope.ORDERS_CLAIM
    parameters = frozenset({"warehouse"})

    @extend_schema(
        operation_id="cancel_requests", parameters=[IN_QUERY], responses={200: CancelRequestsAnswer, **REFUSALS}
    )
    def get(self, request: Request) -> Response:
        warehouse = warehouse_for(request, named_in_query(request))
        rows = list(answers.cancel_requests(warehouse))[: collection.MOST]
        return Response({"data": [CancelRequestAnswer(_asked(each)).data for each in rows]})


class AnswerCancels(ApiView):
    """Say what became of cancel requests: `recalled`, `too_late`, or `unknown` where you never had the order."""

    scope = Scope.ORDERS_CLAIM

    @extend_schema(
        operation_id="answer_cancels", request=CancelAnswersBody, responses={200: OutcomesAnswer, **REFUSALS}
    )
    def post(self, request: Request) -> Response:
        said = validated(CancelAnswersBody, request.data)
        warehouse, now = warehouse_for(request, said.get("warehouse")), clock.now()
        became = [
            answers.answer_cancel(
                warehouse, each["order"], GivenBack[each["answer"].upper()], reason=each["reason"], now=now
            )
            for each in said["answers"]
        ]
        orders = [each["order"] for each in said["answers"]]
        return _outcomes((order, settled, BAD_SETTLED) for order, settled in zip(orders, became, strict=True))


class ChangeRequests(ApiView):
    """Orders you have, or may have, that are others by now: as each is now, with the number it `replaces`."""

    scope = Scope.ORDERS_CLAIM
    parameters = frozenset({"warehouse"})

    @extend_schema(
        operation_id="change_requests", parameters=[IN_QUERY], responses={200: ChangeRequestsAnswer, **REFUSALS}
    )
    def get(self, request: Request) -> Response:
        warehouse = warehouse_for(request, named_in_query(request))
        found = list(answers.change_requests(warehouse)[:MOST_CHANGES])
        return Response({"data": [document for each in found if (document := _changed(each))]})


class AnswerChanges(ApiView):
    """Say what you do about a change: `taken_over` in place of what you had; `recalled`, and it comes to be claimed;
    or `too_late`, and what you had is shipped."""

    scope = Scope.ORDERS_CLAIM

    @extend_schema(
        operation_id="answer_changes", request=ChangeAnswersBody, responses={200: OutcomesAnswer, **REFUSALS}
    )
    def post(self, request: Request) -> Response:
        said = validated(ChangeAnswersBody, request.data)
        warehouse, now = warehouse_for(request, said.get("warehouse")), clock.now()
        became = [
            (
                each["order"],
                answers.answer_change(
                    warehouse,
                    each["order"],
                    ChangeAnswer[each["answer"].upper()],
                    number=each["number"],
                    reference=each["reference"].strip(),
                    reason=each["reason"],
                    now=now,
                ),
                BAD_SETTLED,
            )
            for each in said["answers"]
        ]
        return _outcomes(became)


def _asked(asked: Recall) -> dict[str, Any]:
    release = asked.release
    return {
        "order": asked.order_id,
        "number": number_known(release) if release else asked.order.number,
        "reference": release.reference if release else "",
        "asked_at": asked.made_at,
    }


def _changed(release: Release) -> dict[str, Any] | None:
    try:
        return written(release, answers.changed_order(release))
    except (Rejected, Unopenable):
        return None  # somebody edits it: it lacks something for now


def _outcomes(became: Any) -> Response:
    results = [
        {
            "order": public_ids.write(public_ids.ORDER, order),
            "outcome": answer.name.lower(),
            "ok": answer not in bad,
            "detail": f"{answer.value[0].upper()}{answer.value[1:]}.",
        }
        for order, answer, bad in became
    ]
    return Response({"results": results})
