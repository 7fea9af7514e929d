"""The ship method of each package, and setting that of all orders at once.

A ship method stands for a carrier, its SCAC and a service. One that is chosen replaces what was typed; typing over what
a ship method filled in lets go of the method. Which of the two came last is told by ``filled_by``, the method that
filled the fields in when the page was shown. So nothing is ever sent that is half of each.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.http import QueryDict
from django.utils.translation import ngettext

from orders.models import Order
from shipping.close.method_menu import BY_METHOD, MethodMenu, filled_by
from shipping.models import ShipMethod

Places = Sequence[tuple[Order, range]]  # the orders, and the numbers of their packages


def field(name: str, order: Order, number: int = 1) -> str:
    """Return the name of a package's field as the form sends it."""
    return f"{name}_{order.pk}_{number}" if number > 1 else f"{name}_{order.pk}"


# -- One package -------------------------------------------------------------------------------------------------------
def settle(said: QueryDict, pattern: str, menu: MethodMenu) -> bool:
    """Have the ship method and the three fields agree. True when what was typed let go of the method.

    ``pattern`` makes the names of the fields: ``{}_17``, or ``{}`` of those for all orders.
    """
    chosen, before = said.get(pattern.format("method"), ""), said.get(pattern.format("filled_by"), "")
    method = menu.by_id.get(chosen)
    if method is None:
        if chosen == "" and before:
            said[pattern.format("filled_by")] = ""
        return False
    typed = {name: said.get(pattern.format(name), "").strip() for name in BY_METHOD}
    if before == chosen and any(typed.values()) and typed != filled_by(method):
        said[pattern.format("method")] = said[pattern.format("filled_by")] = ""
        return True
    choose(said, pattern, method)
    return False


def choose(said: QueryDict, pattern: str, method: ShipMethod) -> None:
    """Put a ship method, and what it fills in, into the fields."""
    values = {"method": str(method.pk), "filled_by": str(method.pk), **filled_by(method)}
    for name, value in values.items():
        said[pattern.format(name)] = value


def copy_method(said: QueryDict, frm: str, to: str) -> None:
    for name in ("method", "filled_by", *BY_METHOD):
        said[to.format(name)] = said.get(frm.format(name), "")


def settle_all(said: QueryDict, places: Places, menus: Mapping[int, MethodMenu], shared: MethodMenu) -> str:
    """Have every ship method agree with its fields. Returns what the page has to say before anything is shipped."""
    settle(said, "{}", shared)
    typed = [
        order
        for order, numbers in places
        for number in numbers
        if settle(said, field("{}", order, number), menus[order.pk])
    ]
    if not typed:
        return ""
    orders = list(dict.fromkeys(order.number for order in typed))
    what = ngettext(
        "{orders}: its carrier was typed over its ship method, so it goes as typed.",
        "{orders}: their carriers were typed over their ship methods, so they go as typed.",
        len(orders),
    )
    return f"{what.format(orders=_named(orders))} Nothing was shipped yet. Check the rows, then press again."


# -- All of them -------------------------------------------------------------------------------------------------------
def set_all(said: QueryDict, places: Places, menus: Mapping[int, MethodMenu]) -> str:
    """Set every order to what stands above: a ship method, or what is typed. Returns why not, or for which not."""
    chosen = said.get("method", "")
    if not chosen and not any(said.get(name, "").strip() for name in BY_METHOD):
        return "Choose a ship method, or enter a carrier and a service, to set all orders to."
    others = []
    for order, numbers in places:
        method = menus[order.pk].by_id.get(chosen)
        if chosen and method is None:
            others.append(order.number)
            continue
        for number in numbers:
            if method is not None:
                choose(said, field("{}", order, number), method)
            else:
                copy_method(said, "{}", field("{}", order, number))
    for name in ("method", "filled_by", *BY_METHOD):
        said[name] = ""
    return f"Not set, because another warehouse ships it: {_named(others)}." if others else ""


def unset(said: QueryDict, places: Places) -> str:
    """Return that what stands above is not what the orders go by, as a sentence; "" where it is, or nothing does."""
    above = {name: said.get(name, "").strip() for name in BY_METHOD}
    if not any(above.values()) and not said.get("method"):
        return ""
    differing = {
        order.number
        for order, numbers in places
        for number in numbers
        if said.get(field("method", order, number))
        and any(said.get(field(name, order, number), "").strip() != value for name, value in above.items())
    }
    if not differing:
        return ""
    orders = ngettext(
        "{count} order goes by its own ship method, not by what you entered for all.",
        "{count} orders go by their own ship methods, not by what you entered for all.",
        len(differing),
    )
    return (
        f"{orders.format(count=len(differing))} Nothing was shipped. Press “Set all”, or empty the fields next to it."
    )


NAMED = 5  # orders in one sentence


def _named(numbers: Iterable[str]) -> str:
    numbers = list(numbers)
    more = [f"{len(numbers) - NAMED} more"] if len(numbers) > NAMED else []
    return ", ".join([*numbers[:NAMED], *more])
