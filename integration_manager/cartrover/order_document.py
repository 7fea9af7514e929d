"""An order as clients read it: every field, numbers and booleans as texts, what there is not as null."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django_countries import countries

from carts.marketplaces.values import Address, Buyer
from core.common.vault import Unopenable
from integration_manager.cartrover.order_statuses import is_stopped, status_of
from integration_manager.cartrover.pushed_order import AMOUNTS, DATES, NOTES, PARTS, TEXTS
from integration_manager.cartrover.written_values import number, shown, stamp, yes
from orders.models import Line, Order
from shipping.models import Package, PackageLine, release_of

REMOVED = "**PII Removed**"  # as buyers' data is written once it was erased
ECHOED = (*TEXTS, *NOTES, *DATES, *AMOUNTS, "currency_code", "ship_is_billing", "gift_wrap")  # what the client sent
ECHOED_OF_LINE = ("line_no", "alt_sku", "line_item_id", "lot_number", "line_comment")
ADDRESS = {
    "company": "company",
    "address_1": "line1",
    "address_2": "line2",
    "address_3": "line3",
    "city": "city",
    "state": "state",
    "zip": "postal_code",
    "phone": "phone",
}
PERSONAL = ("first_name", "last_name", "address_1", "address_2", "address_3", "phone", "e_mail")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of an order is shown beyond the rest."""

    buyers: bool = True
    filtered_items: bool = False
    order_extras: bool = False
    line_extras: bool = False
    aliases: bool = False


def whole(orders: "QuerySet[Order]") -> "QuerySet[Order]":
    """Ask for orders with all that is shown of them: the same few statements, however many there are."""
    lines: Prefetch[str] = Prefetch("lines", Line.objects.order_by("pk"))
    packages: Prefetch[str] = Prefetch("packages", Package.objects.select_related("shipment").order_by("number"))
    packed: Prefetch[str] = Prefetch("packages__lines", PackageLine.objects.select_related("line").order_by("pk"))
    return orders.select_related("cart", "recipient").prefetch_related(lines, packages, packed, "releases")


def document(order: Order, wanted: Wanted, names: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """Return an order that was asked for ``whole``. ``names`` are other names of SKUs, where they are wanted."""
    source = _source(order)
    lines = list(order.lines.all())
    packages = list(order.packages.all())
    shipped = sum(each.quantity for package in packages for each in package.lines.all())
    ordered = sum(line.wanted for line in lines)
    said = {name: shown(source.get(name)) for name in ECHOED}
    release = release_of(order)
    status = status_of(order, in_part=bool(packages))
    said |= _people(order, source, wanted)
    return said | {
        "cust_ref": order.number,
        "cust_po_no": source.get("cust_po_no") or order.number,
        "cust_ref_original": order.number,
        "po_number": source.get("cust_po_no") or order.number,
        "record_no": str(order.pk),
        "order_source": order.cart.name,
        "order_status": status,
        "order_date": source.get("order_date") or order.placed_at.date().isoformat(),
        "created_date_time": stamp(order.downloaded_at),
        "updated_date_time": stamp(order.changed_at),
        "delivered_to_wms_date": stamp(release.released_at) if release else None,
        "mark_in_progress_date": None,
        "cancel_date": stamp(order.changed_at) if status == "canceled" else None,
        "latest_ship_date": source.get("latest_ship_date") or stamp(order.ship_by),
        "expected_delivery_date": source.get("expected_delivery_date") or stamp(order.deliver_by),
        "ship_code": shown(order.service),
        "working_ship_code": shown(order.service),
        "grand_total": source.get("grand_total") or number(order.total),
        "currency_code": source.get("currency_code") or shown(order.currency),
        "total_qty": str(ordered),
        "num_shipped": str(shipped),
        "num_to_ship": str(ordered - shipped),
        "error_code": order.held_for or "refused" if status == "error" else None,
        "error_msg": shown(order.reason) if status == "error" else None,
        "error_reason": _why(order, status),
        "num_failed_sends": str(release.attempts if release else 0),
        "on_hold": yes(order.held_for == "person"),
        "sending_canceled": yes(is_stopped(order)),
        "shipping_pickup_canceled": "N",
        "duplicate_sw": "N",
        "changed_by": None,
        "changed_by_user": None,
        "extra_fields": (source.get("extra_fields") or []) if wanted.order_extras else [],
        "items": _items(lines, source, wanted, names or {}),
        "shipments": shipments(packages),
    }


def status(order: Order) -> dict[str, Any]:
    """Return where an order is, and what was shipped of it."""
    packages = list(order.packages.all())
    called = status_of(order, in_part=bool(packages))
    return {
        "cust_ref": order.number,
        "order_status": called,
        "sending_canceled": yes(is_stopped(order)),
        "error_reason": _why(order, called),
        "shipments": shipments(packages),
    }


def _why(order: Order, status: str) -> str | None:
    """Return why an order does not go on; nothing of one that goes its way."""
    return shown(order.reason) if status in ("error", "canceled") or is_stopped(order) else None


def shipments(packages: Iterable[Package]) -> list[dict[str, Any]]:
    """One for each tracking number."""
    return [
        {
            "carrier": package.carrier,
            "method": package.service,
            "scac": shown(package.scac),
            "tracking_no": shown(package.tracking_number),
            "tracking_no_secondary": None,
            "tracking_url": None,
            "sscc_barcode": None,
            "bill_of_lading": None,
            "total_cost": None,
            "package_weight_lbs": None,
            "dim_weight_lbs": None,
            "zone": None,
            "delivery_surcharge_type": None,
            "whs_location": None,
            "box_length_in": None,
            "box_width_in": None,
            "box_height_in": None,
            "custom_1": None,
            "custom_2": None,
            "custom_3": None,
            "date": stamp(package.shipped_at),
            "items": [
                {
                    "item": packed.line.sku,
                    "quantity": str(packed.quantity),
                    "carton_code": None,
                    "carton_num": str(package.number),
                    "lot_code": None,
                }
                for packed in package.lines.all()
            ],
        }
        for package in packages
    ]


def _source(order: Order) -> Mapping[str, Any]:
    """What its client sent; nothing of an order that some marketplace brought, or that was erased."""
    recipient = getattr(order, "recipient", None)
    if recipient is None or not order.cart.is_pushed:
        return {}
    try:
        return recipient.open_source() or {}
    except Unopenable:
        return {}


def _people(order: Order, source: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return where it goes and who pays, as it is by now: an address may have been edited here."""
    blank = {f"{whose}_{part}": None for whose in ("ship", "cust") for part in PARTS}
    recipient = getattr(order, "recipient", None)
    if recipient is None or not wanted.buyers:
        return blank
    if recipient.erased_at is not None:
        return blank | {f"{whose}_{part}": REMOVED for whose in ("ship", "cust") for part in PERSONAL}
    try:
        address, buyer = recipient.open()
    except Unopenable:
        return blank
    ship = _address(address) if address else {}
    billed = source.get("ship_is_billing") == "Y"
    pays = ship if billed else {part: shown(source.get(f"cust_{part}")) for part in PARTS}
    if not source and buyer:
        pays = _buyer(buyer)
    country = pays.get("country")
    pays = pays | {"country": countries.alpha3(country) or country} if country else pays
    ship["e_mail"] = shown(source.get("ship_e_mail"))
    ship["title"] = shown(source.get("ship_title"))
    return (
        blank
        | {f"ship_{part}": value for part, value in ship.items()}
        | {f"cust_{part}": value for part, value in pays.items()}
    )


def _address(address: Address) -> dict[str, str | None]:
    first, _, last = address.name.partition(" ")
    found = {part: shown(getattr(address, name)) for part, name in ADDRESS.items()}
    country = countries.alpha3(address.country) or address.country
    return found | {"first_name": shown(first), "last_name": shown(last), "country": shown(country)}


def _buyer(buyer: Buyer) -> dict[str, str | None]:
    first, _, last = buyer.name.partition(" ")
    return {
        "first_name": shown(first),
        "last_name": shown(last),
        "company": shown(buyer.company),
        "e_mail": shown(buyer.email),
    }


def _items(
    lines: Sequence[Line], source: Mapping[str, Any], wanted: Wanted, names: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    sent = source.get("items") or []
    return [
        _item(line, sent[place] if place < len(sent) else {}, place + 1, wanted, names)
        for place, line in enumerate(lines)
        if wanted.filtered_items or not line.left_out
    ]


def _item(
    line: Line, sent: Mapping[str, Any], place: int, wanted: Wanted, names: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    found: dict[str, Any] = {name: shown(sent.get(name)) for name in ECHOED_OF_LINE}
    found |= {
        "line_no": sent.get("line_no") or str(place),
        "line_item_id": sent.get("line_item_id") or line.reference,
        "item": line.sku,
        "Description": shown(line.title),
        "quantity": str(line.ordered),
        "price": number(line.unit_price),
        "discount": sent.get("discount") or "0",
        "addl_discount": sent.get("addl_discount") or "0",
        "extended_amount": sent.get("extended_amount") or number(line.total),
        "tax": sent.get("tax") or "0",
        "shipping_surcharge": sent.get("shipping_surcharge") or "0",
        "line_location": None,
        "filtered_sku": yes(line.left_out),
        "extra_fields": (sent.get("extra_fields") or []) if wanted.line_extras else [],
    }
    if wanted.aliases:
        found["aliases"] = aliases(names.get(line.sku, ()))
    return found


def aliases(names: Sequence[str]) -> dict[str, str] | list[str]:
    """Return other names of a SKU by a type. Here they have none: they are numbered. None at all is [] (PHP)."""
    return {f"ALIAS_{place}": name for place, name in enumerate(names, 1)} if names else []
