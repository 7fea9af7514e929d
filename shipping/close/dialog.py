"""The dialog of Ship and Close as it stands: its forms filled in with what was said, and what follows from it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import QueryDict

from carts.marketplaces.order_needs import NO_HANDLING, OrderHandling
from core.ui.request_values import read_id
from orders.models import Order
from shipping.close import additional_charges, faults
from shipping.close.additional_charges import ChargeShare, RequestedCharge
from shipping.close.charge_forms import ChargeForm
from shipping.close.faults import FieldLink, Said
from shipping.close.fill_in import charge_count
from shipping.close.forms import PackageForm, SharedForm
from shipping.close.method_menu import MethodMenu
from shipping.close.order_row import OrderRow, row_of
from shipping.close.preflight import ShippingProblem
from shipping.close.ship_and_close import Closing
from shipping.models import Charge
from shipping.shipments import ship_date, shipped_packages

NAMED = 10  # orders in one sentence
BY_ORDER = ("carrier", "scac", "service")  # said above only where it counts for all
UNSAID = "Choose a ship method, or enter a carrier and a service."
SHARED = {"carrier": "carrier", "scac": "scac", "service": "service", "shipped_at": "shipped_on"}  # preflight's: ours


@dataclass(frozen=True, slots=True)
class Charged:
    """An order in the grid of charges."""

    order: Order
    already: Sequence[Charge]
    now: Sequence[ChargeShare]

    @property
    def totals(self) -> list[tuple[Any, str]]:
        """Amounts with their currencies, of both together."""
        sums = additional_charges.total(self.now)
        for each in self.already:
            sums[each.currency] = sums.get(each.currency, 0) + each.amount
        return [(amount, currency) for currency, amount in sums.items()]


class ColumnForm(forms.Form):
    """Tracking numbers as they stand in a column of somebody's sheet."""

    column = forms.CharField(
        required=False,
        label="Paste a column of tracking numbers",
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text="One per line, in the order of the rows below; or rows of a sheet with order numbers.",
        max_length=200_000,
    )


class Dialog:
    def __init__(
        self,
        said: QueryDict,
        orders: Sequence[Order],
        menu: MethodMenu,
        *,
        menus: Mapping[int, MethodMenu],
        handlings: Mapping[int, OrderHandling] = MappingProxyType({}),
        opened: bool = False,
    ) -> None:
        """``menu`` are the ship methods all orders can be set to, ``menus`` those of each order by its id.

        ``handlings`` are what the buyers asked for, by the order's id; in clear where they are ``opened``.
        """
        self.said, self.orders = said, orders
        flat = said.dict()
        self.shared = SharedForm(flat, menu)
        self.column = ColumnForm(flat)
        chosen = {order.pk: read_id(said.get(f"part_{order.pk}", "")) for order in orders if order.parts}
        openings, self.parts_shipped = shipped_packages.openings_at_desk(orders, chosen)
        self.rows: Sequence[OrderRow] = [
            row_of(
                order,
                openings[order.pk],
                flat,
                menus[order.pk],
                handling=handlings.get(order.pk, NO_HANDLING),
                opened=opened,
                part=self.parts_shipped.get(order.pk),
            )
            for order in orders
        ]
        currencies = list(dict.fromkeys(additional_charges.currency_of(order) for order in orders))
        self.charges = [ChargeForm(flat, number, currencies) for number in range(1, charge_count(said) + 1)]
        self.already = additional_charges.charged(orders)
        self.warnings: list[ShippingProblem] = []
        self.unseen_charges = False

    @property
    def places(self) -> int:
        """How many tracking numbers are asked for."""
        return sum(len(row.packages) for row in self.rows)

    @property
    def scanned(self) -> int:
        """How many of them are there, or are not needed."""
        packages = chain.from_iterable(row.packages for row in self.rows)
        return sum(bool(each.sent("tracking").strip() or each.sent("untracked")) for each in packages)

    @property
    def units(self) -> int:
        return sum(row.open_units for row in self.rows)

    def begin_scanning(self) -> None:
        """Put the cursor where the first number is to be scanned, when the dialog opens."""
        for package in chain.from_iterable(row.packages for row in self.rows):
            if not package.sent("tracking").strip() and not package.sent("untracked"):
                package.fields["tracking"].widget.attrs["autofocus"] = True
                return

    @property
    def sets_all(self) -> bool:
        """Whether there is anything to be set for all: one order has it all in its row."""
        return len(self.rows) > 1 or self.shared.says_carrier

    @property
    def sets_all_now(self) -> bool:
        """Whether the fields for all stand open: something is in them, or no order comes with a ship method."""
        wrong = any(name in self.shared.errors for name in ("method", *BY_ORDER))
        mapped = any(package.sent("method") for row in self.rows for package in row.packages)
        return wrong or self.shared.says_carrier or not mapped

    # -- What was said -----------------------------------------------------------------------------------------------
    @property
    def parts(self) -> list[forms.Form]:
        return [self.shared, *chain.from_iterable(row.packages for row in self.rows), *self.charges]

    @property
    def typed(self) -> dict[str, object]:
        """What was typed, by the names of the fields: as a draft keeps it, to be shown again."""
        sent = {form.add_prefix(name) for form in self.parts for name in form.fields}
        counts = {f"packages_{row.order.pk}" for row in self.rows if row.split}
        counts |= {f"part_{row.order.pk}" for row in self.rows if row.part}
        kept: dict[str, object] = {"order": [order.pk for order in self.orders]}
        return kept | {name: self.said[name] for name in (*sent, *counts) if self.said.get(name)}

    def is_valid(self) -> bool:
        return not any(form.errors for form in self.parts)

    @property
    def errors(self) -> dict[str, list[str]]:
        """All that is wrong, by the names of the fields as they are sent."""
        return {
            form.add_prefix(name) if name != "__all__" else name: [str(each) for each in said]
            for form in self.parts
            for name, said in form.errors.items()
        }

    def closings(self, *, now: datetime, zone: tzinfo) -> list[Closing]:
        """Return what was said, order by order, of those it was well said of; none where what all share is wrong."""
        if not self.shared.is_valid():
            return []
        shared = self.shared.cleaned_data
        return [
            Closing(
                row.order,
                [package.parcel(shared) for package in row.packages],
                ship_date.moment_of(shared["shipped_on"], row.order, now=now, zone=zone),
                self.shares.get(row.order.pk, ()),
                seen_open=row.open_units,
                part=row.part.pk if row.part else None,
            )
            for row in self.rows
            if all(package.is_valid() for package in row.packages)
        ]

    # -- What is wrong with it ---------------------------------------------------------------------------------------
    def say(self, problems: Iterable[ShippingProblem]) -> None:
        """Show what preflight found beside the field it is about; what all orders share is said once."""
        rows = {row.order.pk: row for row in self.rows}
        shared: dict[tuple[str, str], list[ShippingProblem]] = {}
        for problem in problems:
            package = rows[problem.order.pk].packages[problem.parcel]
            if problem.warning:
                package.warnings.append(problem.message)
                if problem.field in BY_ORDER:
                    package.method_warnings.append(problem.message)
                self.warnings.append(problem)
            elif problem.field in BY_ORDER and not (package.says_carrier or self.shared.says_carrier):
                if "method" not in package.errors:  # said once, where it is chosen
                    package.add_error("method", UNSAID)
            elif problem.field in SHARED:
                shared.setdefault((SHARED[problem.field], problem.message), []).append(problem)
            elif problem.field == "codes":
                package.add_error(f"codes_{problem.line}", problem.message)
            elif problem.field == "units":
                package.add_error(package.place_of(problem.line) or "tracking", problem.message)
            else:
                package.add_error("tracking", problem.message)
        for (name, message), found in shared.items():
            self._say_once(name, message, found)

    def _say_once(self, name: str, message: str, problems: Sequence[ShippingProblem]) -> None:
        """Say above what counts for all orders. What only some of them lack stands in their rows."""
        concerned = list(dict.fromkeys(problem.order.number for problem in problems))
        everybody = len(concerned) == len(self.orders)
        if name in BY_ORDER and not (everybody and self.sets_all):
            rows = {row.order.pk: row for row in self.rows}
            for problem in problems:
                rows[problem.order.pk].packages[problem.parcel].add_error(name, message)
            return
        only = "" if everybody else f" This applies to {', '.join(concerned)}."
        self.shared.add_error(name, f"{message}{only}")

    @property
    def faults(self) -> Said:
        """All that is wrong, each sentence once, with the fields it is about."""
        return faults.faults(self.parts)

    @property
    def warnings_by_message(self) -> Said:
        """Each warning once, with the fields it is about."""
        rows = {row.order.pk: row for row in self.rows}
        return faults.by_message(
            (each.message, self._field_of(each, rows[each.order.pk].packages[each.parcel])) for each in self.warnings
        )

    def _field_of(self, problem: ShippingProblem, package: PackageForm) -> FieldLink:
        if problem.field == "shipped_at":
            return replace(faults.link_to(self.shared, "shipped_on"), label=problem.order.number)
        return faults.link_to(package, "method" if problem.field in BY_ORDER else "tracking")

    @property
    def warned(self) -> str:
        """What stands for these warnings and no others: sent back by whoever ships all the same."""
        return _digest([(each.order.pk, each.parcel, each.message) for each in self.warnings])

    def is_agreed(self) -> bool:
        """Whether somebody saw the warnings, and what each order is charged, as they are now."""
        self.unseen_charges = bool(self.charged_as) and self.said.get("charges_seen") != self.charged_as
        return not self.unseen_charges and (not self.warnings or self.said.get("anyway") == self.warned)

    # -- Charges -----------------------------------------------------------------------------------------------------
    @cached_property
    def asked(self) -> list[RequestedCharge]:
        return [asked for form in self.charges if form.is_valid() and (asked := form.asked())]

    @cached_property
    def shares(self) -> dict[int, list[ChargeShare]]:
        """Return order id: what it is charged now. What was shipped just so before is charged no more."""
        known = shipped_packages.known_numbers(self.orders) if self.asked else set()
        new = [
            row.order
            for row in self.rows
            if any((row.order.pk, package.tracking_number(self.shared.data)) not in known for package in row.packages)
        ]
        return additional_charges.shares(self.asked, new)

    @property
    def grid(self) -> list[Charged]:
        if not self.asked and not self.already:
            return []
        return [Charged(each, self.already.get(each.pk, ()), self.shares.get(each.pk, ())) for each in self.orders]

    @property
    def charged_as(self) -> str:
        """What stands for the grid as it is shown: nothing is charged that nobody saw."""
        if not any(self.shares.values()):
            return ""
        return _digest([(each.order.pk, [str(c) for c in each.already], list(each.now)) for each in self.grid])

    @property
    def charge_notes(self) -> list[str]:
        """Return who does not share a charge, because of the currency."""
        notes = []
        for charge in self.asked:
            currency = charge.amount.currency
            others = [order.number for order in self.orders if additional_charges.currency_of(order) != currency]
            if others:
                named = ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
                notes.append(
                    f"“{charge.label}” is in {currency}, so it is not charged to {named}, paid in another currency."
                )
        return notes


def _digest(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:24]
