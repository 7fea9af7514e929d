"""Calls about orders: pushing them, canceling, where they are, reading them, and taking their tracking."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet

from core.api.scopes import Scope
from integration_manager.cartrover import order_document, order_statuses, pushed_order
from integration_manager.cartrover.endpoint import Asked, call
from integration_manager.cartrover.envelope import FAILURE, Answer, Refused
from integration_manager.cartrover.order_document import Wanted
from integration_manager.cartrover.pages import page_of, window_of
from integration_manager.cartrover.pushed_order import PushedOrder, Unfit
from orders.models import Order
from orders.pushed import intake
from orders.statuses import AT_WMS
from shipping.confirmation import client_receipt
from shipping.items.item_names import ItemNames
from shipping.models import is_with_warehouse

DUPLICATE = "OrderDuplicate"
NO_SUCH = "There is no order {reference}."


# -- Pushing -----------------------------------------------------------------------------------------------------------
@call(Scope.ORDERS_WRITE, posted=True, limited=False)
def create(asked: Asked) -> Answer:
    """One order, as an object or as a list of one. Of a longer list each is taken or refused by itself."""
    body = asked.body
    if isinstance(body, list) and len(body) != 1:
        return _answer_many(asked, body)
    taken, failed = _take(asked, body if isinstance(body, list) else [body])
    if failed:
        raise Refused(failed[0]["message"])
    order, number = taken[0], _number_here(asked, taken[0])
    beside = {"cust_ref": order.cust_ref, "order_number": number}
    return Answer(beside=beside | ({"warnings": order.warnings} if order.warnings else {}))


@call(Scope.ORDERS_WRITE, posted=True, limited=False)
def create_batch(asked: Asked) -> Answer:
    body = asked.body
    if not isinstance(body, list):
        raise Refused("Send a list of orders.")
    return _answer_many(asked, body)


def _answer_many(asked: Asked, body: Sequence[Any]) -> Answer:
    if not body:
        raise Refused("The list of orders is empty.")
    taken, failed = _take(asked, body)
    success = [{"cust_ref": order.cust_ref, "cust_po_no": order.cust_po_no} for order in taken]
    for said, order in zip(success, taken, strict=True):
        if order.warnings:
            said["warnings"] = order.warnings  # type: ignore[assignment]
    return Answer({"success": success, "failed": failed})


def _take(asked: Asked, body: Sequence[Any]) -> tuple[list[PushedOrder], list[dict[str, Any]]]:
    """Store what can be taken. Returns that, and each of the others by its place in the list, with what is wrong."""
    if len(body) > intake.MOST:
        raise Refused(f"Send at most {intake.MOST} orders at once.")
    cart, failed, fit = asked.cart, [], dict[str, tuple[int, PushedOrder]]()
    for place, sent in enumerate(body):
        try:
            order = pushed_order.read(sent, cart, now=asked.now)
        except Unfit as unfit:
            failed.append(_failure(place, unfit.cust_ref, unfit.cust_po_no, str(unfit)))
            continue
        if order.cust_ref in fit:
            failed.append(_failure(place, order.cust_ref, order.cust_po_no, DUPLICATE))
        else:
            fit[order.cust_ref] = (place, order)
    try:
        documents = [order.document for _, order in fit.values()]
        known = intake.take(cart, documents, now=asked.now, only_new=True).known if documents else []
    except intake.NotTaken as why:
        raise Refused(str(why), code=FAILURE) from None
    for reference in known:
        place, order = fit.pop(reference)
        failed.append(_failure(place, reference, order.cust_po_no, DUPLICATE))
    return [order for _, order in fit.values()], sorted(failed, key=lambda one: one["index_pos"])


def _failure(place: int, reference: str, ordered_as: str, message: str) -> dict[str, Any]:
    return {"cust_ref": reference, "cust_po_no": ordered_as, "index_pos": place, "message": message}


def _number_here(asked: Asked, order: PushedOrder) -> str:
    return str(Order.objects.filter(cart=asked.cart, number=order.cust_ref).values_list("pk", flat=True).get())


# -- Canceling ---------------------------------------------------------------------------------------------------------
@call(Scope.ORDERS_WRITE, basic_only=True)
def cancel_anywhere(asked: Asked, cust_ref: str) -> Answer:
    """Cancel it, also where a warehouse has it: then that is asked to give it back. A GET that changes state."""
    order = _one(asked, cust_ref, of_cart=True)
    try:
        order = intake.cancel(order, now=asked.now)
    except intake.NotTaken as why:
        return Answer({"success": False, "message": str(why)})
    if order_statuses.status_of(order, in_part=False) == "canceled":
        return Answer({"success": True, "message": f"Order {order.number} is canceled."})
    said = f"Order {order.number} is stopped, and its warehouse is asked to give it back. Ask for its status."
    return Answer({"success": True, "message": said})


@call(Scope.ORDERS_WRITE, posted=True)
def cancel_new(asked: Asked) -> Answer:
    """Cancel an order that no warehouse has yet."""
    body = asked.body
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    reference = body.get("cust_ref") if isinstance(body, dict) else None
    if not isinstance(reference, (str, int)) or isinstance(reference, bool) or reference == "":
        raise Refused("Order missing required field(s): cust_ref")
    order = _one(asked, str(reference), of_cart=True)
    if is_with_warehouse(order) or order.status == AT_WMS:
        raise Refused(f"Order {order.number} is at its warehouse. Use /v1/cart/orders/wms_cancel/ to ask it back.")
    try:
        order = intake.cancel(order, now=asked.now)
    except intake.NotTaken as why:
        raise Refused(str(why)) from None
    return Answer(beside={"cust_ref": order.number, "order_number": str(order.pk)})


# -- Reading -----------------------------------------------------------------------------------------------------------
def _read(asked: Asked, cust_ref: str, *, of_cart: bool) -> Answer:
    wanted = _wanted(asked)
    order = _one(asked, cust_ref, of_cart=of_cart)
    return Answer(order_document.document(order, wanted, _names(asked, [order], wanted)))


def _status(asked: Asked, cust_ref: str, *, of_cart: bool) -> Answer:
    return Answer(order_document.status(_one(asked, cust_ref, of_cart=of_cart)))


def _list(asked: Asked, status: str, *, of_cart: bool) -> Answer:
    wanted = _wanted(asked)
    try:
        orders = order_statuses.listed(_orders(asked, of_cart=of_cart), status)
    except KeyError:
        raise Refused(f"There is no status {status[:40]}. Use {', '.join(order_statuses.LISTS)}.") from None
    since, until = window_of(asked)
    if since is not None:
        orders = orders.filter(dated__gte=since)  # type: ignore[misc]  # an annotation of listed()
    if until is not None:
        orders = orders.filter(dated__lte=until)  # type: ignore[misc]
    if source := asked.said("order_source"):
        orders = orders.filter(cart__name=source)
    total = orders.count()
    found = list(page_of(asked, order_document.whole(orders.order_by(F("dated").asc(nulls_first=True), "pk"))))
    names = _names(asked, found, wanted)
    return Answer([order_document.document(order, wanted, names) for order in found], total=total)


@call(Scope.ORDERS_READ)
def cart_order(asked: Asked, cust_ref: str) -> Answer:
    return _read(asked, cust_ref, of_cart=True)


@call(Scope.ORDERS_READ)
def merchant_order(asked: Asked, cust_ref: str) -> Answer:
    return _read(asked, cust_ref, of_cart=False)


@call(Scope.ORDERS_READ)
def cart_status(asked: Asked, cust_ref: str) -> Answer:
    return _status(asked, cust_ref, of_cart=True)


@call(Scope.ORDERS_READ)
def merchant_status(asked: Asked, cust_ref: str) -> Answer:
    return _status(asked, cust_ref, of_cart=False)


@call(Scope.ORDERS_READ)
def cart_list(asked: Asked, status: str) -> Answer:
    return _list(asked, status, of_cart=True)


@call(Scope.ORDERS_READ)
def merchant_list(asked: Asked, status: str) -> Answer:
    return _list(asked, status, of_cart=False)


def _orders(asked: Asked, *, of_cart: bool) -> "QuerySet[Order]":
    """Return the orders that this key may see: of its cart, or of its merchant."""
    cart = asked.cart if of_cart else asked.caller.cart
    orders: QuerySet[Order] = Order.objects.visible_to(asked.access)
    return orders.filter(cart=cart) if cart else orders


def _one(asked: Asked, cust_ref: str, *, of_cart: bool) -> Order:
    """Raises Refused: what is somebody else's is not there, in the same words."""
    reference = cust_ref.strip()
    found = None
    if "\0" not in reference and len(reference) <= pushed_order.LONGEST_REFERENCE:
        mine = _orders(asked, of_cart=of_cart).filter(number=reference).order_by("-pk")
        found = order_document.whole(mine).first()
    if found is None:
        raise Refused(NO_SUCH.format(reference=reference[: pushed_order.LONGEST_REFERENCE]))
    return found


def _wanted(asked: Asked) -> Wanted:
    def said(name: str) -> bool:
        value = asked.said(name).upper()
        if value not in ("", "Y", "N"):
            raise Refused(f"{name} has to be Y or N.")
        return value == "Y"

    return Wanted(
        buyers=asked.key.may(Scope.BUYERS_READ),
        filtered_items=said("include_filtered_items"),
        order_extras=said("include_order_extras"),
        line_extras=said("include_line_extras"),
        aliases=said("include_aliases"),
    )


def _names(asked: Asked, orders: Sequence[Order], wanted: Wanted) -> Mapping[str, Sequence[str]]:
    """Return other names of the SKUs of these orders, where they are wanted."""
    if not wanted.aliases:
        return {}
    skus = {line.sku for order in orders for line in order.lines.all()}
    return names_of(asked.merchant.pk, skus)


def names_of(merchant_id: int, skus: set[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for (_, name), sku in ItemNames.behind([merchant_id], skus).aliases.items():
        found.setdefault(sku, []).append(name)
    return found


# -- Taking the tracking -----------------------------------------------------------------------------------------------
@call(Scope.ORDERS_WRITE, posted=True)
def update(asked: Asked, cust_ref: str) -> Answer:
    """The client has the tracking: of the packages it names, or of all."""
    body = asked.body
    if not isinstance(body, dict) or body.get("order_status") != "confirmed":
        raise Refused("The only update there is: order_status “confirmed”, once the cart has the tracking.")
    order = _one(asked, cust_ref, of_cart=True)
    packages = {package.tracking_number for package in order.packages.all()}
    if not packages:
        raise Refused(f"Nothing of order {order.number} was shipped yet.")
    numbers = _numbers(body.get("shipments"))
    if numbers is not None and (strange := sorted(numbers - packages)):
        raise Refused(f"Order {order.number} has no package with the number {', '.join(strange)[:200]}.")
    client_receipt.acknowledge(order, now=asked.now, tracking_numbers=numbers)
    return Answer(beside={"cust_ref": order.number, "order_number": str(order.pk)})


def _numbers(shipments: Any) -> set[str] | None:
    """Return the tracking numbers that are named; None for all there are."""
    if shipments in (None, []):
        return None
    fine = isinstance(shipments, list) and all(
        isinstance(each, dict) and isinstance(each.get("tracking_no"), str) and each["tracking_no"].strip()
        for each in shipments
    )
    if not fine:
        raise Refused("shipments has to be a list of objects, each with its tracking_no.")
    return {each["tracking_no"].strip() for each in shipments}
