"""What a warehouse's system sends: claims, acknowledgments, answers to cancels and changes, and shipments."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rest_framework import serializers

from core.api import public_ids
from core.api.fields import Amount, Body, Flag, Moment, Text, Whole
from core.api.public_ids import PublicIdField
from core.common.money import is_currency
from shipping.delivery.answers import ChangeAnswer
from shipping.delivery.collection import LONGEST_REASON, MOST
from shipping.models import Untracked
from shipping.warehouses.base import GivenBack

MOST_SHIPMENTS, MOST_PACKAGES, MOST_LINES, MOST_CODES, MOST_CHARGES = 100, 50, 200, 500, 20


def _warehouse() -> PublicIdField:
    return PublicIdField(
        public_ids.WAREHOUSE,
        required=False,
        help_text="Needed where the key is for all warehouses and several fetch orders.",
    )


class ClaimBody(Body):
    warehouse = _warehouse()
    most = Whole(1, MOST, required=False, default=100, help_text="Orders at most.")
    minutes = Whole(1, 120, required=False, default=15, help_text="Within which each is acknowledged or rejected.")


class AcknowledgmentBody(Body):
    order = PublicIdField(public_ids.ORDER)
    accepted = Flag()
    reference = Text(80, required=False, allow_blank=True, default="", help_text="The order's number in your system.")
    reason = Text(LONGEST_REASON, required=False, allow_blank=True, default="", help_text="Why it is rejected.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["accepted"] and not attrs["reason"].strip():
            raise serializers.ValidationError({"reason": ["Say why it is rejected: somebody has to mend it."]})
        return attrs


class AcknowledgmentsBody(Body):
    warehouse = _warehouse()
    orders = serializers.ListField(child=AcknowledgmentBody(), min_length=1, max_length=MOST)

    def validate_orders(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _once(given)


class CancelAnswerBody(Body):
    order = PublicIdField(public_ids.ORDER)
    answer = serializers.ChoiceField([each.name.lower() for each in GivenBack])
    reason = Text(LONGEST_REASON, required=False, allow_blank=True, default="")


class CancelAnswersBody(Body):
    warehouse = _warehouse()
    answers = serializers.ListField(child=CancelAnswerBody(), min_length=1, max_length=MOST)

    def validate_answers(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _once(given)


class ChangeAnswerBody(Body):
    order = PublicIdField(public_ids.ORDER)
    number = Text(80, help_text="The “number” of the change request: what the answer is about.")
    answer = serializers.ChoiceField([each.name.lower() for each in ChangeAnswer])
    reference = Text(80, required=False, allow_blank=True, default="", help_text="The order's number in your system.")
    reason = Text(LONGEST_REASON, required=False, allow_blank=True, default="")


class ChangeAnswersBody(Body):
    warehouse = _warehouse()
    answers = serializers.ListField(child=ChangeAnswerBody(), min_length=1, max_length=MOST)

    def validate_answers(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _once(given)


# -- Shipments ---------------------------------------------------------------------------------------------------------
class PackedLineBody(Body):
    line = Text(70, required=False, allow_blank=True, default="", help_text="The “line” of the claimed order.")
    sku = Text(255, required=False, allow_blank=True, default="")
    units = Whole(1, 1_000_000)
    codes = serializers.ListField(
        child=Text(80), required=False, default=list, max_length=MOST_CODES, help_text="One for each unit."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["line"].strip() and not attrs["sku"].strip():
            raise serializers.ValidationError({"sku": ["Say what it is: its line, its SKU, or both."]})
        return attrs


class PackageBody(Body):
    carrier = Text(60)
    service = Text(60)
    scac = Text(10, required=False, allow_blank=True, default="")
    tracking_number = Text(80, required=False, allow_blank=True, default="")
    untracked = serializers.ChoiceField(Untracked.values, required=False, help_text="Why it has no tracking number.")
    lines = serializers.ListField(
        child=PackedLineBody(),
        required=False,
        min_length=1,
        max_length=MOST_LINES,
        help_text="Left out: everything in the order that is still to be shipped.",
    )


class ChargeBody(Body):
    label = Text(60)  # type: ignore[assignment]
    amount = Amount(min_value=0)
    currency = Text(3, required=False, help_text="ISO 4217. Left out: the order's.")

    def validate_currency(self, said: str) -> str:
        if not is_currency(said):
            raise serializers.ValidationError("This must be a currency's three letters, like USD.")
        return said


class ShipmentBody(Body):
    order = PublicIdField(public_ids.ORDER, required=False)
    order_number = Text(80, required=False, help_text="The “number” of the claimed order, in place of “order”.")
    reference = Text(120, help_text="Your own for this shipment: sent twice, it is stored once.")
    shipped_at = Moment(required=False, help_text="Left out: now.")
    packages = serializers.ListField(child=PackageBody(), min_length=1, max_length=MOST_PACKAGES)
    charges = serializers.ListField(child=ChargeBody(), required=False, max_length=MOST_CHARGES)
    last = Flag(required=False, default=False, help_text="Nothing more of the order will come.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("order" in attrs) == ("order_number" in attrs):
            raise serializers.ValidationError({"order": ["Say which order it is, by “order” or by “order_number”."]})
        return attrs


class ShipmentsBody(Body):
    warehouse = _warehouse()
    shipments = serializers.ListField(child=ShipmentBody(), min_length=1, max_length=MOST_SHIPMENTS)


def _once(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Refuse a list that answers for one order twice: nobody knows which is meant."""
    seen: set[int] = set()
    for place, each in enumerate(given):
        if each["order"] in seen:
            raise serializers.ValidationError({str(place): {"order": ["This order is there twice."]}})
        seen.add(each["order"])
    return given


@cache
def _reader(body: type[Body]) -> Body:
    """Return what reads such bodies. Its fields are made once: nothing of what was sent stays on it."""
    return body()


def validated(body: type[Body], sent: Any) -> Mapping[str, Any]:
    """Return what was sent. Raises ValidationError, which becomes a problem document."""
    reader = _reader(body)
    if sent is None:
        raise serializers.ValidationError({"non_field_errors": [reader.error_messages["invalid"]]})
    found: Mapping[str, Any] = reader.run_validation(sent)
    return found
