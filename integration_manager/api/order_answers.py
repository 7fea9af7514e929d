"""An order as programs read it: what was bought, where it stands, and what was shipped. Nothing of the buyer."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from core.api import public_ids
from core.api.public_ids import PublicIdField
from orders.models import Line, Order, OrderStatus
from shipping.models import Package, PackageLine, Release, ReleaseLine, release_of

FIRST_DELIVERY = "Null before it is bound for a warehouse. Of an order split over several, the first of them."

PART = "Of a split order what goes to this warehouse, and no other unit of it. Empty: all of the order does."


def _amount() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)


class NamedCartAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.CART, source="pk")
    name = serializers.CharField()


class NamedMerchantAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.MERCHANT, source="pk")
    name = serializers.CharField()


class LineAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.LINE, source="pk")
    reference = serializers.CharField(help_text="The marketplace's own ID of the line.")
    sku = serializers.CharField()
    product_code = serializers.CharField(source="asin", allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    ordered = serializers.IntegerField()
    canceled = serializers.IntegerField()
    to_ship = serializers.IntegerField(source="wanted", help_text="Ordered without what was canceled.")
    left_out = serializers.BooleanField(help_text="A filter keeps it from the warehouse.")
    unit_price = _amount()
    total = _amount()
    currency = serializers.CharField(allow_blank=True)


class PackedAnswer(serializers.Serializer[Any]):
    line = PublicIdField(public_ids.LINE, source="line_id")
    sku = serializers.CharField(source="line.sku")
    quantity = serializers.IntegerField()


class PackageAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.PACKAGE, source="pk")
    shipment = PublicIdField(public_ids.SHIPMENT, source="shipment_id")
    number = serializers.IntegerField(help_text="1, 2, … within the order.")
    carrier = serializers.CharField(allow_blank=True)
    scac = serializers.CharField(allow_blank=True)
    service = serializers.CharField(allow_blank=True)
    tracking_number = serializers.CharField(allow_blank=True)
    shipped_at = serializers.DateTimeField()
    confirmed_at = serializers.SerializerMethodField(help_text="When the marketplace took its tracking.")
    lines = PackedAnswer(many=True)

    def get_confirmed_at(self, package: Package) -> str | None:
        confirmation = getattr(package, "confirmation", None)
        moment = confirmation.confirmed_at if confirmation else None
        return moment.isoformat().replace("+00:00", "Z") if moment else None


class ReleasedAnswer(serializers.Serializer[Any]):
    line = PublicIdField(public_ids.LINE, source="line_id")
    sku = serializers.CharField(source="line.sku")
    quantity = serializers.IntegerField()


class DeliveryAnswer(serializers.Serializer[Any]):
    """The warehouse it was handed to, or is about to be."""

    warehouse = PublicIdField(public_ids.WAREHOUSE, source="warehouse_id")
    warehouse_name = serializers.CharField(source="warehouse.name")
    number = serializers.CharField(source="number_there", help_text="What the warehouse knows the order by.")
    reference = serializers.CharField(allow_blank=True, help_text="The warehouse's own.")
    ship_method = serializers.CharField(source="ship_method.label", default="", help_text="Empty: none is mapped.")
    delivered_at = serializers.DateTimeField(source="released_at", allow_null=True)
    lines = ReleasedAnswer(many=True, help_text=PART)


class OrderAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.ORDER, source="pk")
    number = serializers.CharField(help_text="The marketplace's.")
    status = serializers.ChoiceField(OrderStatus.choices)
    held_for = serializers.CharField(allow_blank=True, help_text="Why it waits, as the filter “held” names it.")
    reason = serializers.CharField(allow_blank=True, help_text="Why it is where it is, as a sentence.")
    marketplace_status = serializers.CharField(source="state_there", help_text="As the marketplace last said.")
    merchant = NamedMerchantAnswer()
    cart = NamedCartAnswer()
    service = serializers.CharField(allow_blank=True, help_text="The ship method, as the marketplace calls it.")
    placed_at = serializers.DateTimeField()
    ship_by = serializers.DateTimeField(allow_null=True)
    deliver_by = serializers.DateTimeField(allow_null=True)
    is_prime = serializers.BooleanField()
    is_business = serializers.BooleanField()
    programs = serializers.ListField(child=serializers.CharField(), source="program_words")
    total = _amount()
    currency = serializers.CharField(allow_blank=True)
    units = serializers.IntegerField(source="unit_count")
    downloaded_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(source="touched_at", help_text="When anything of it last changed here.")
    shipped_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    delivery = DeliveryAnswer(source="first_release", allow_null=True, help_text=FIRST_DELIVERY)
    deliveries = DeliveryAnswer(source="releases", many=True, help_text="To each of its warehouses.")
    lines = LineAnswer(many=True)
    packages = PackageAnswer(many=True)


def with_all(orders: "QuerySet[Order]") -> "QuerySet[Order]":
    """Return orders with all that an answer says of them: the same number of statements, however many they are."""
    packed = PackageLine.objects.select_related("line").order_by("pk")
    lines = Line.objects.order_by("pk")
    packages = Package.objects.select_related("shipment", "confirmation").order_by("number", "pk")
    packages = packages.prefetch_related(Prefetch("lines", packed))
    parts: list[Any] = [Prefetch("lines", lines), Prefetch("packages", packages)]
    given = Prefetch("lines", ReleaseLine.objects.select_related("line").order_by("line"))
    releases = Release.objects.select_related("warehouse", "ship_method").prefetch_related(given)
    parts.append(Prefetch("releases", releases.order_by("part")))
    return orders.select_related("merchant", "cart").prefetch_related(*parts)


def written(orders: Iterable[Order]) -> list[dict[str, Any]]:
    return [_written(order) for order in orders]


def _written(order: Order) -> dict[str, Any]:
    order.first_release = release_of(order)  # type: ignore[attr-defined]
    return dict(OrderAnswer(order).data)
