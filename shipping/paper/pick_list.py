"""The pick list: what to bring from the shelves for all chosen orders together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orders.models import Order
from shipping.items.item_names import ItemNames
from shipping.paper.printed_parts import printed_parts


@dataclass(slots=True)
class Pick:
    """One merchant's product: how many units in all, and how many each order wants of them."""

    merchant: str
    code: str
    title: str
    units: int = 0
    orders: list[tuple[str, int]] = field(default_factory=list)


def pick_list(orders: Sequence[Order]) -> list[Pick]:
    """Return what to pick by merchant and code: of kits their components. Two merchants may call different things by
    one code.

    In: orders with cart and merchant joined.
    """
    picks: dict[tuple[int, str], Pick] = {}
    names = ItemNames.of({order.merchant_id for order in orders})
    for each in printed_parts(orders):
        order = each.order
        for line, units in each.units:
            for part in names.parts(order.merchant_id, line.sku):
                own = part.sku == line.sku
                code = part.sku if not own else getattr(line, order.cart.product_code) or line.sku or line.asin
                title = f"For {line.sku}: {line.title}" if names.is_kit(order.merchant_id, line.sku) else line.title
                pick = picks.setdefault((order.merchant_id, code), Pick(order.merchant.name, code, title))
                pick.units += units * part.quantity
                pick.orders.append((order.number, units * part.quantity))
    return sorted(picks.values(), key=lambda pick: (pick.merchant.casefold(), pick.code.casefold()))
