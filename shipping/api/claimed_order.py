"""An order as the warehouse's system is handed it: who gets it, what is in it, by what it goes and until when."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from rest_framework import serializers

from core.api import public_ids
from core.api.public_ids import PublicIdField
from shipping.models import Release
from shipping.warehouses.base import Delivery, DeliveryLine


class ShipToAnswer(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    line1 = serializers.CharField(allow_blank=True)
    line2 = serializers.CharField(allow_blank=True)
    line3 = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    district = serializers.CharField(allow_blank=True)
    state = serializers.CharField(allow_blank=True)
    postal_code = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True, help_text="Two letters.")
    phone = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(allow_blank=True, help_text="residential, commercial or pickup_point, where known.")
    instructions = serializers.CharField(allow_blank=True)


class ClaimedMethodAnswer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    carrier = serializers.CharField()
    scac = serializers.CharField(allow_blank=True)
    service = serializers.CharField()


class ClaimedLineAnswer(serializers.Serializer[Any]):
    line = serializers.CharField(help_text="Send it back with what is packed of it.")
    sku = serializers.CharField(help_text="As the warehouse knows it.")
    units = serializers.IntegerField()
    kit = serializers.CharField(allow_blank=True, help_text="Of a component: the kit it belongs to.")
    needs_codes = serializers.BooleanField(help_text="Each unit has a Transparency code to be scanned.")
    serial_numbers = serializers.BooleanField(help_text="They must be noted.")
    gift = serializers.BooleanField()
    gift_message = serializers.CharField(allow_blank=True)
    gift_wrap = serializers.CharField(allow_blank=True)
    customization_url = serializers.CharField(allow_blank=True)
    door = serializers.ListField(child=serializers.CharField(), help_text="What the carrier must do, in words.")


class ClaimedOrderAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.ORDER)
    number = serializers.CharField(help_text="What the warehouse knows it by. Changed orders come under a new one.")
    replaces = serializers.CharField(allow_blank=True, help_text="Of a change: the number it had before.")
    reference = serializers.CharField(allow_blank=True, help_text="Your own number of it, where you told us.")
    merchant = PublicIdField(public_ids.MERCHANT)
    cart = serializers.CharField()
    ship_by = serializers.DateTimeField(allow_null=True)
    deliver_by = serializers.DateTimeField(allow_null=True)
    ship_from = serializers.DateTimeField(allow_null=True, help_text="Not to be shipped before.")
    service = serializers.CharField(allow_blank=True, help_text="What the marketplace calls the ship method.")
    ship_method = ClaimedMethodAnswer(allow_null=True)
    programs = serializers.ListField(child=serializers.CharField())
    purchase_order = serializers.CharField(allow_blank=True, help_text="The buyer's own, for the packing slip.")
    ship_to = ShipToAnswer()
    lines = ClaimedLineAnswer(many=True)


class ClaimAnswer(serializers.Serializer[Any]):
    until = serializers.DateTimeField(help_text="When what is neither acknowledged nor rejected is offered again.")
    orders = ClaimedOrderAnswer(many=True)


def written(release: Release, told: Delivery) -> dict[str, Any]:
    """Return the document of an order. Its lines and its address stand in it as the port has them."""
    address = told.recipient
    return {
        "id": public_ids.write(public_ids.ORDER, release.order_id),
        "number": told.reference,
        "replaces": release.replaces,
        "reference": release.reference,
        "merchant": public_ids.write(public_ids.MERCHANT, release.merchant_id),
        "cart": told.source,
        "ship_by": _moment(told.ship_by),
        "deliver_by": _moment(told.deliver_by),
        "ship_from": _moment(told.handling.ships_from),
        "service": told.service,
        "ship_method": _method(told),
        "programs": list(told.programs),
        "purchase_order": told.purchase_order,
        "ship_to": {field.name: getattr(address, field.name) for field in fields(address)},
        "lines": [_line(each) for each in told.lines],
    }


def _method(told: Delivery) -> dict[str, str] | None:
    by = told.ship_method
    return None if by is None else {"label": by.label, "carrier": by.carrier, "scac": by.scac, "service": by.service}


def _line(line: DeliveryLine) -> dict[str, Any]:
    return {
        "line": line.reference,
        "sku": line.product_code,
        "units": line.quantity,
        "kit": line.kit,
        "needs_codes": line.facts.is_transparency,
        "serial_numbers": line.facts.serial_numbers,
        "gift": line.gift,
        "gift_message": line.gift_message,
        "gift_wrap": line.gift_wrap,
        "customization_url": line.customization_url,
        "door": line.facts.door,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
