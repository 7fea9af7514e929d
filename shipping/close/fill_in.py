"""What the buttons of Ship and Close change in what was said. Nothing is stored: the form comes again, filled in so."""

from collections.abc import Mapping, Sequence

from django.http import QueryDict
from django.utils.translation import ngettext

from orders.models import Order
from shipping.close.forms import LISTED
from shipping.close.method_menu import BY_METHOD, MethodMenu
from shipping.close.pasted_rows import spread_rows
from shipping.close.set_all import copy_method, field, set_all

PACKAGES = 20  # of one order at once
CHARGES = 10
FIELDS = 16_000  # in one page; settings let more pass
PLAIN = 8  # fields of a package of which nobody says what is in it


# -- Counting ----------------------------------------------------------------------------------------------------------
def package_count(said: Mapping[str, object], order: Order) -> int:
    """Return how many packages are told apart; 0 when it is all one."""
    return _count(said.get(f"packages_{order.pk}"), PACKAGES)


def places_of(said: Mapping[str, object], order: Order) -> range:
    """Return the numbers of an order's packages."""
    return range(1, max(1, package_count(said, order)) + 1)


def charge_count(said: Mapping[str, object]) -> int:
    return max(1, _count(said.get("charges"), CHARGES))


def _count(text: object, most: int) -> int:
    digits = str(text or "")
    return min(int(digits), most) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else 0


# -- Packages ----------------------------------------------------------------------------------------------------------
def split(said: QueryDict, order: Order, orders: Sequence[Order]) -> str:
    """Tell one package more apart. Returns why not."""
    count = package_count(said, order)
    if count >= PACKAGES:
        return f"An order can have up to {PACKAGES} packages at a time. Ship these first, then the rest."
    if sum(_field_count(said, each) for each in orders) > FIELDS:
        return "This is all one page can hold. Ship these first, then the others."
    said[f"packages_{order.pk}"] = str(count + 1)
    if count and not any(said.get(field(name, order, count + 1)) for name in ("method", *BY_METHOD)):
        copy_method(said, field("{}", order, 1), field("{}", order, count + 1))
    return ""


def _field_count(said: Mapping[str, object], order: Order) -> int:
    count = package_count(said, order)
    return count * (PLAIN + min(order.line_count, LISTED)) if count else PLAIN


def join(said: QueryDict, order: Order, number: int) -> None:
    """Take a package out; what was said of the later ones moves up. Without the only one the order is whole again."""
    count = package_count(said, order)
    if count <= 1:
        said.pop(f"packages_{order.pk}", None)
        return
    for place in range(number, count + 1):
        for key in [key for key in said if _is_of(key, order, place)]:
            del said[key]
        for key in [key for key in said if _is_of(key, order, place + 1)]:
            stem = key.removesuffix(field("", order, place + 1))
            said[field(stem, order, place)] = str(said[key])
    said[f"packages_{order.pk}"] = str(count - 1)


def _is_of(key: str, order: Order, number: int) -> bool:
    stem = key.removesuffix(field("", order, number))
    return stem != key and (
        stem in ("tracking", "untracked", "contents", "method", "filled_by", *BY_METHOD)
        or stem.rpartition("_")[0] in ("units", "codes")
    )


def spread(said: QueryDict, orders: Sequence[Order]) -> str:
    """Put the lines of the pasted column into the tracking numbers, row after row. Returns why not."""
    numbers = [line.strip() for line in str(said.get("column", "")).rstrip().splitlines()]
    places = [field("tracking", order, number) for order in orders for number in places_of(said, order)]
    if not numbers:
        return "Paste the tracking numbers first, one per line."
    if len(numbers) != len(places):
        lines = ngettext("There is {count} line", "There are {count} lines", len(numbers)).format(count=len(numbers))
        wanted = ngettext("{count} tracking number", "{count} tracking numbers", len(places)).format(count=len(places))
        return f"{lines} for {wanted}. Nothing was filled in."
    for place, number in zip(places, numbers, strict=True):
        said[place] = number[:200]
    said["column"] = ""
    return ""


# -- The buttons -------------------------------------------------------------------------------------------------------
def press(said: QueryDict, orders: Sequence[Order], menus: Mapping[int, MethodMenu]) -> str | None:
    """Do what the pressed button does. Returns a sentence why it could not, if so; None for a button that ships.

    ``menus`` are the ship methods of each order, by its id.
    """
    by_id = {str(order.pk): order for order in orders}
    if "set_all" in said:
        return set_all(said, [(order, places_of(said, order)) for order in orders], menus)
    if "add_charge" in said:
        count = charge_count(said)
        said["charges"] = str(min(count + 1, CHARGES))
        return f"You can add up to {CHARGES} charges at a time." if count >= CHARGES else ""
    if "spread" in said:
        left = spread_rows(said, orders, menus, most_packages=PACKAGES)
        return spread(said, orders) if left is None else left
    if order := by_id.get(str(said.get("split", ""))):
        return split(said, order, orders)
    pk, _, number = str(said.get("join", "")).partition("-")
    if order := by_id.get(pk):
        join(said, order, _count(number, PACKAGES) or 1)
        return ""
    return "" if {"leave_out", "leave_gone", "download", "reckon", "split", "join"} & said.keys() else None
