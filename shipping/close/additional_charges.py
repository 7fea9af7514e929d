"""Additional Charges: what an order is charged for on top, decided when it is shipped.

An amount is charged to each order, or divided between them to the last coin. Only the orders of its currency share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.accounts.models import User
from core.activity.event_log import record
from core.common.money import Money, divide
from orders.models import Order
from shipping.models import Charge


@dataclass(frozen=True, slots=True)
class RequestedCharge:
    """One charge as somebody asked for it."""

    label: str
    amount: Money
    divided: bool  # between the orders of its currency; otherwise each is charged all of it


@dataclass(frozen=True, slots=True)
class ChargeShare:
    """What one order is charged of it."""

    label: str
    amount: Money


def currency_of(order: Order) -> str:
    """Return what an order is paid in: where the marketplace named no amount, what is paid in there."""
    return order.currency or order.cart.place.currency


def shares(asked: Iterable[RequestedCharge], orders: Sequence[Order]) -> dict[int, list[ChargeShare]]:
    """Return order id: what it is charged. Shares of nothing, a cent between three, are left out."""
    found: dict[int, list[ChargeShare]] = {order.pk: [] for order in orders}
    for charge in asked:
        concerned = [order for order in orders if currency_of(order) == charge.amount.currency]
        if not concerned:
            continue
        amounts = divide(charge.amount, len(concerned)) if charge.divided else [charge.amount] * len(concerned)
        for order, amount in zip(concerned, amounts, strict=True):
            if amount.amount:
                found[order.pk].append(ChargeShare(charge.label, amount))
    return found


def charge(order: Order, shares: Iterable[ChargeShare], *, by: User | None, now: datetime) -> None:
    """Keep what an order is charged, in the transaction that ships it."""
    shares = list(shares)
    Charge.objects.bulk_create(
        Charge(
            organization_id=order.organization_id,
            merchant_id=order.merchant_id,
            order=order,
            label=share.label,
            amount=share.amount.amount,
            currency=share.amount.currency,
            by=by,
            at=now,
        )
        for share in shares
    )
    for currency, amount in total(shares).items():
        record("order.charged", order, now=now, actor=by, amount=str(amount), currency=currency)


def total(shares: Iterable[ChargeShare]) -> dict[str, Decimal]:
    """Return currency: amount."""
    sums: dict[str, Decimal] = {}
    for share in shares:
        sums[share.amount.currency] = sums.get(share.amount.currency, Decimal(0)) + share.amount.amount
    return sums


def charged(orders: Iterable[Order]) -> Mapping[int, list[Charge]]:
    """Return order id: what it is charged already."""
    found: dict[int, list[Charge]] = {}
    for each in Charge.objects.filter(order__in=[order.pk for order in orders]).order_by("at", "pk"):
        found.setdefault(each.order_id, []).append(each)
    return found
