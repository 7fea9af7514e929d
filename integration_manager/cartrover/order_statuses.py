"""The statuses of CartRover: which of our orders each of them means, and which date a list of it goes by."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import DateTimeField, Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import AT_WMS, CANCELED, CLOSED, CONFIRMED, ERROR, HELD, NEW, PARTLY, PENDING, SHIPPED, SKIPPED
from shipping.models import Package

PERSONS = (HeldFor.PERSON, HeldFor.CANCELED)  # held, and nothing is wrong with it
IN_PART = Q(Exists(Package.objects.filter(order=OuterRef("pk"))))

_new = Q(status__in=(PENDING, NEW)) | Q(status=HELD, held_for__in=PERSONS, released_to=None)
_there = Q(status=AT_WMS) | Q(status=HELD, held_for__in=PERSONS, released_to__isnull=False)
_at_wms, _partial = _there & ~IN_PART, _there & IN_PART
_error = Q(status=ERROR) | (Q(status=HELD) & ~Q(held_for__in=PERSONS))
_shipped, _confirmed = Q(status=SHIPPED), Q(status__in=(CONFIRMED, PARTLY, CLOSED))


@dataclass(frozen=True, slots=True)
class Listed:
    which: Q
    dated: str  # the name of a date in DATES


CREATED, DELIVERED, LOADED, SENT, CHANGED = "created", "delivered", "loaded", "sent", "changed"
LISTS: Mapping[str, Listed] = {
    "new": Listed(_new, CREATED),
    "new_or_at_wms": Listed(_new | _at_wms | _partial, CREATED),
    "at_wms": Listed(_at_wms, DELIVERED),
    "partial": Listed(_partial, LOADED),
    "shipped": Listed(_shipped, LOADED),
    "shipped_or_confirmed": Listed(_shipped | _confirmed, LOADED),
    "confirmed": Listed(_confirmed, SENT),
    "error": Listed(_error, CHANGED),
    "canceled": Listed(Q(status=CANCELED), CHANGED),
    "any": Listed(~Q(status=SKIPPED), CREATED),
}
DATES: Mapping[str, Combinable] = {
    CREATED: F("downloaded_at"),
    DELIVERED: F("first_release__released_at"),
    LOADED: Max("shipments__created_at", output_field=DateTimeField()),
    SENT: F("confirmed_at"),
    CHANGED: F("changed_at"),  # when an order became this is not kept: as its cart last changed it
}


def listed(orders: "QuerySet[Order]", status: str) -> "QuerySet[Order]":
    """Return those of a status, with the date its list goes by. Raises KeyError for a status there is not."""
    found = LISTS[status]
    first = FilteredRelation("release", condition=Q(release__part__lte=1))  # a split order is listed once
    return orders.filter(found.which).annotate(first_release=first).annotate(dated=DATES[found.dated])


def status_of(order: Order, *, in_part: bool) -> str:
    """Return what CartRover calls it. ``in_part``: something of it was shipped."""
    match order.state:
        case OrderStatus.SHIPPED:
            return "shipped"
        case OrderStatus.CONFIRMED | OrderStatus.PARTLY | OrderStatus.CLOSED:
            return "confirmed"
        case OrderStatus.CANCELED:
            return "canceled"
        case OrderStatus.ERROR:
            return "error"
        case OrderStatus.HELD if order.held_for not in PERSONS:
            return "error"
        case OrderStatus.AT_WMS:
            return "partial" if in_part else "at_wms"
        case OrderStatus.HELD if order.released_to is not None:
            return "partial" if in_part else "at_wms"
    return "new"


def is_stopped(order: Order) -> bool:
    """Whether it will not be sent as it stands."""
    return order.status == SKIPPED or order.is_held_for(*PERSONS)
