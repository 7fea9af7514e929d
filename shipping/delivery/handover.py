"""Handing one order to a warehouse behind a wire: an errand, safe to repeat whatever became of the answer.

The warehouse knows an order by its number. What changed on the way is recalled and handed over under the next one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from carts.marketplaces.order_needs import GIFT, LineHandling
from core.activity.event_log import record
from core.activity.models import Event
from core.alerts.raised import close_alerts, raise_alert
from core.common.jobs import Job
from core.common.remote import Rejected, Unavailable
from orders import address_needs
from orders.alerts import CANCEL_AT_WAREHOUSE
from orders.countries import as_code
from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import BOUND_FOR_WAREHOUSE
from shipping.alerts import CANCELED_THERE, NOT_CHANGED, NOT_RELEASED
from shipping.connection.systems import system_of
from shipping.delivery import part_states, recall
from shipping.items.item_names import ItemNames
from shipping.models import Release
from shipping.routing import next_number, ship_from
from shipping.shipments import release_parts
from shipping.shipments.release_parts import Opening
from shipping.shipments.shipped_packages import openings
from shipping.warehouses.base import Creating, Delivery, DeliveryLine, GivenBack, WarehouseSystem


def called(release: Release) -> dict[str, Any]:
    """Return where an order goes, by what and by which rule, for its history."""
    called = release.ship_method.label if release.ship_method else release.order.service
    return {"warehouse": release.warehouse.name, "method": called, "how": release.chosen_by}


class ReleaseJob(Job[Release, tuple[str, Delivery]]):
    """Hand one order over. Each may go to another warehouse."""

    one_quota = one_connection = False
    ends_after = 3

    def do(self, release: Release, /, *, now: datetime) -> tuple[str, Delivery]:
        return _create(release, now)

    def done(self, release: Release, handed: tuple[str, Delivery], /, *, now: datetime) -> None:
        _done(release, *handed, now)

    def stuck(self, release: Release, reason: str, /, *, now: datetime) -> None:
        refused(release, reason, now)

    def lock_first(self, release: Release, /) -> None:
        Order.objects.locked_version(release.order_id)


def _create(release: Release, now: datetime) -> tuple[str, Delivery]:
    """Hand it over. One that the warehouse has as it was before it was edited or changed comes back first."""
    system = system_of(release.warehouse, release.merchant_id, order_id=release.order_id)
    if is_outdated(release):
        release.replaces, release.number = release.number_there, next_number(release)
        release.keep(replaces=release.replaces, number=release.number)
    if release.replaces:
        if system.recall(release.reference, order_number=release.replaces) is GivenBack.TOO_LATE:
            raise Rejected(recall.TOO_LATE)
        # From now on it is not there: `refused` asks.
        release.forgive(replaces="", reference="", released_at=None)
    told = delivery(release)
    return _create_once(system, release, told, now), told


def _create_once(system: WarehouseSystem, release: Release, told: Delivery, now: datetime) -> str:
    """Hand it over such that it is there once. Raises Rejected where only a person can find out whether it is."""
    before = release.told_at is not None or release.failing_since is not None
    if before and system.creating is Creating.LOOK_UP and (there := system.find(told.reference)):
        return there
    if system.creating is Creating.NEITHER and release.failing_since is not None:
        raise Rejected(
            f"The answer of {release.warehouse} was lost, so it may have the order. Look for {told.reference} there, "
            "then say on the order's page whether it is there."
        )
    if not release.keep(told_at=now):
        raise Unavailable("Another worker is at it.")  # it took so long that it is theirs
    return system.create(told)


def is_outdated(release: Release) -> bool:
    """Whether the warehouse may have taken it, the answer was lost, and the cart changed the order since."""
    if release.replaces or release.released_at or not release.failing_since:
        return False
    changes = Event.objects.filter(subject_kind="order", subject_id=release.order_id, kind="order.changed")
    return changes.filter(at__gte=release.failing_since, details__has_key="what").exists()


def numbers_anew(release: Release) -> dict[str, Any]:
    """Return by which number a release goes that is handed over anew. Under one that the warehouse knows, it would find
    what it had before, and do nothing."""
    if release.released_at:
        return {"released_at": None, "told_at": None, "number": next_number(release), "replaces": ""}
    if is_outdated(release):  # said now: owed again, it is not known any more since when it failed
        return {"number": next_number(release), "replaces": release.number_there}
    return {}


def delivery(release: Release) -> Delivery:
    """Return what the warehouse is told. Raises Rejected when the order lacks something."""
    opened = release_parts.mine(release, openings([release.order])[release.order_id])
    return delivery_of(release, opened, names_of([release.order], [opened]))


def names_of(orders: Iterable[Order], opened: Iterable[Mapping[int, Opening]]) -> ItemNames:
    """Return what the warehouse calls what is in these orders."""
    skus = {opening.line.sku for each in opened for opening in each.values() if opening.units}
    return ItemNames.of({order.merchant_id for order in orders}, names=skus)


def delivery_of(release: Release, opened: Mapping[int, Opening], names: ItemNames) -> Delivery:
    """Return the same, where what is open of its lines is known. Raises Rejected, or vault.Unopenable."""
    order = release.order
    clear = order.recipient.unseal()
    address, buyer, handling = clear.address, clear.buyer, clear.handling
    if order.recipient.erased_at is not None:
        raise Rejected("The buyer's address was erased, so the order can't be shipped any more.")
    if address is None:
        raise Rejected("The order has no address.")
    if lacks := address_needs.missing(address, vital=True):
        raise Rejected(f"The address is without {address_needs.tell(lacks)}. Edit it on the order's page.")
    lines = [
        line
        for opening in opened.values()
        if opening.units
        for line in _lines(opening, release, names, handling.of_line(opening.line.reference))
    ]
    if not lines:
        raise Rejected("Nothing in the order is left to ship.")
    if any(not line.product_code.strip() for line in lines):
        raise Rejected(f"A line has no {order.cart.product_code.upper()}: the warehouse would not know what to ship.")
    return Delivery(
        reference=release.number_there,
        source=order.cart.name,
        ship_method=release.ship_method.choice if release.ship_method else None,
        service=order.service,
        ship_by=order.ship_by,
        recipient=replace(address, country=as_code(address.country)),  # a warehouse knows GB, and not UK
        lines=lines,
        programs=[word for word in order.program_words if word != GIFT],  # a gift is named at its lines
        deliver_by=order.deliver_by,
        purchase_order=buyer.purchase_order if buyer else "",
        handling=handling,
        ship_from=ship_from(order, release.warehouse_id),
    )


def _lines(opening: Opening, release: Release, names: ItemNames, asked: LineHandling) -> Iterator[DeliveryLine]:
    """Return a line as the warehouse knows it: a kit as its components, where it doesn't take kits."""
    line, order = opening.line, release.order
    parts = names.parts(order.merchant_id, line.sku, whole_kits=release.warehouse.system.knows_kits)
    is_kit = names.is_kit(order.merchant_id, line.sku) and not release.warehouse.system.knows_kits
    for number, part in enumerate(parts, start=1):
        # By the code its cart goes by, unless somebody said what it stands for.
        code = getattr(line, order.cart.product_code) if part.sku == line.sku else part.sku
        yield DeliveryLine(
            reference=f"{line.reference}.{number}" if is_kit else line.reference,
            product_code=code,
            quantity=opening.units * part.quantity,
            gift=asked.is_gift,
            gift_message=asked.gift_message,
            gift_wrap=asked.gift_wrap,
            customization_url=asked.customization_url,
            facts=line.facts,
            kit=line.sku if is_kit else "",
            per_kit=part.quantity,
        )


def _done(release: Release, reference: str, told: Delivery, now: datetime) -> None:
    untouched = Order.objects.locked_version(release.order_id) == release.order.version
    taken(release, reference, now)
    if not untouched and _is_changed(release, told):
        release.reopen(now=now, number=next_number(release), replaces=release.number_there)


def taken(release: Release, reference: str, now: datetime) -> None:
    """The warehouse has it. In the transaction that settles the release, its order locked."""
    Release.objects.filter(pk=release.pk).update(reference=reference, released_at=now)
    record("order.released", release.order, now=now, **called(release))
    refused_too = part_states.others_refused(release)
    if not refused_too:
        close_alerts(release.order, NOT_RELEASED, NOT_CHANGED, CANCELED_THERE, now=now)
    # What was left out meanwhile went before.
    frm = [*part_states.leaving(refused_too), OrderStatus.SKIPPED]
    if not release.order.advance(frm=frm, to=OrderStatus.AT_WMS, now=now):
        stopped_meanwhile(release, now)


def stopped_meanwhile(release: Release, now: datetime) -> None:
    """The warehouse has what was not to go any more by the time it answered."""
    order = release.order
    reason = "Canceled while it was being handed over: do not ship"
    order.advance(frm=[OrderStatus.CANCELED], to=OrderStatus.HELD, now=now, reason=reason, held_for=HeldFor.CANCELED)
    order.refresh_from_db(fields=["status", "reason", "held_for"])
    if order.is_held_for(HeldFor.PERSON):
        recall.owe(order, release, what=f"Order {order.number} was held while it was being handed over", now=now)
    elif order.is_held_for(HeldFor.BUYER):
        message = f"Order {order.number}: {order.reason}, and {release.warehouse} has it."
        raise_alert(CANCEL_AT_WAREHOUSE, order, message, now=now, path=order.get_absolute_url())


def _is_changed(release: Release, told: Delivery) -> bool:
    """Whether the order, which is locked, is another one than was handed over: a page stored meanwhile just applied."""
    gone = release.order.status != OrderStatus.HELD and not release.order.can_be_packed
    if gone or release_parts.began_to_ship(release):
        return False
    try:
        fresh = delivery(Release.objects.select_related(*Release.beside).get(pk=release.pk))
    except Rejected:
        return True
    # Dates, programs and what else is written about an order change nothing of the parcel: gifts and goods do.
    same = {name: getattr(told, name) for name in ("ship_by", "deliver_by", "handling", "programs", "ship_from")}
    return replace(fresh, **same) != told


def refused(release: Release, reason: str, now: datetime) -> None:
    """The warehouse does not take it, or not as it is now. In the transaction that settles, its order locked."""
    order = release.order
    release.refresh_from_db(fields=["replaces", "released_at"])
    if release.replaces or release.released_at is not None:
        _not_changed(release, reason, now)
        return
    if release.part and not _has_left(release):  # it was shipped or canceled meanwhile: there is nothing to refuse
        part_states.end(release, order, reason, now=now)
        return
    Release.objects.filter(pk=release.pk, failing_since=None).update(told_at=None)  # no answer was lost: it isn't there
    order.advance(frm=BOUND_FOR_WAREHOUSE, to=OrderStatus.ERROR, now=now, reason=reason)
    record("order.not_released", order, now=now, reason=reason)
    said = part_states.refusal(release, reason)
    raise_alert(NOT_RELEASED, order, f"Order {order.number}: {said}", now=now, path=order.get_absolute_url())


def _has_left(release: Release) -> bool:
    opened = release_parts.mine(release, openings([release.order])[release.order_id])
    return any(opening.units for opening in opened.values())


def _not_changed(release: Release, reason: str, now: datetime) -> None:
    """The warehouse has it, as it was before: it may ship it like that, so the order stays there and a person calls."""
    order, warehouse = release.order, release.warehouse.name
    said = (
        f"{warehouse} did not accept it again"
        if not release.replaces
        else f"{warehouse} still has the previous version"
    )
    frm = part_states.leaving(part_states.others_refused(release))
    order.advance(frm=frm, to=OrderStatus.AT_WMS, now=now, reason=said)
    Release.objects.filter(pk=release.pk, released_at=None).update(released_at=now)  # it got there, as we hear now
    record("order.not_changed", order, now=now, warehouse=warehouse, reason=reason)
    message = (
        f"Order {order.number}: {said}. {reason} Call {warehouse}, then press The warehouse knows on the order's page."
    )
    raise_alert(NOT_CHANGED, order, message, now=now, path=order.get_absolute_url())
