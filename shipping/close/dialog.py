"""The dialog of Ship and Close as it stands: its forms filled in with what was said, and what follows from it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from carts.marketplaces.order_needs import NO_HANDLING, OrderHandling
from orders import packing_notes
from orders.models import Line, Order
from orders.packing_notes import PackingNote
from shipping.close import additional_charges
from shipping.close.additional_charges import ChargeShare, RequestedCharge
from shipping.close.fill_in import charge_count, package_count
from shipping.close.forms import ChargeForm, PackageForm, SharedForm
from shipping.close.preflight import ShippingProblem
from shipping.close.ship_and_close import Closing
from shipping.models import Charge, ShipMethod
from shipping.shipments import ship_date, shipped_packages
from shipping.shipments.shipped_packages import Opening

NAMED = 10  # orders, or lines, in one sentence
SHARED = {"carrier": "carrier", "scac": "scac", "service": "service", "shipped_at": "shipped_on"}  # preflight's: ours


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the dialog with its packages."""

    order: Order
    packages: Sequence[PackageForm]
    split: bool  # it is said package by package what is in them
    open_units: int
    open_lines: int
    left_out: Sequence[Line]  # they are not the warehouse's to ship
    noted: Sequence[tuple[Line, Sequence[PackingNote]]] = ()  # what the packer has to know

    @property
    def left_out_units(self) -> int:
        return sum(line.wanted for line in self.left_out)

    @property
    def left_out_named(self) -> str:
        named = ", ".join(f"{line.wanted} × {line.sku}" for line in self.left_out[:NAMED])
        more = len(self.left_out) - NAMED
        return f"{named} and {more} more" if more > 0 else named


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
        help_text="One per line, in the order of the rows below.",
        max_length=200_000,
    )


class Dialog:
    def __init__(
        self,
        said: QueryDict,
        orders: Sequence[Order],
        methods: "QuerySet[ShipMethod]",
        *,
        handlings: Mapping[int, OrderHandling] = MappingProxyType({}),
        opened: bool = False,
    ) -> None:
        """``handlings`` are what the buyers asked for, by the order's id; in clear where they are ``opened``."""
        self.said, self.orders, self.handlings, self.opened = said, orders, handlings, opened
        flat = said.dict()
        self.shared = SharedForm(flat, methods)
        self.column = ColumnForm(flat)
        openings = shipped_packages.openings(orders)
        self.rows = [self._row(order, openings[order.pk], flat) for order in orders]
        currencies = list(dict.fromkeys(additional_charges.currency_of(order) for order in orders))
        self.charges = [ChargeForm(flat, number, currencies) for number in range(1, charge_count(said) + 1)]
        self.already = additional_charges.charged(orders)
        self.warnings: list[ShippingProblem] = []
        self.unseen_charges = False

    def _row(self, order: Order, lines: Mapping[int, Opening], said: Mapping[str, Any]) -> OrderRow:
        count = package_count(self.said, order)
        still_open = [opening for opening in lines.values() if opening.units]
        left_out = [opening.line for opening in lines.values() if opening.line.left_out and opening.line.wanted]
        coded = [opening for opening in still_open if opening.line.facts.is_transparency]
        packages = [
            PackageForm(
                said,
                order,
                number,
                last=number == max(1, count),
                openings=still_open if count else None,
                left_out=left_out,
                coded=coded,
            )
            for number in range(1, max(1, count) + 1)
        ]
        return OrderRow(
            order,
            packages,
            bool(count),
            sum(each.units for each in still_open),
            len(still_open),
            left_out,
            self._noted(order, still_open),
        )

    def _noted(self, order: Order, still_open: Sequence[Opening]) -> list[tuple[Line, Sequence[PackingNote]]]:
        handling = self.handlings.get(order.pk, NO_HANDLING)
        noted = []
        for line in [opening.line for opening in still_open]:
            if notes := packing_notes.of_line(line.facts, handling.of_line(line.reference), opened=self.opened):
                noted.append((line, notes))
        return noted[:NAMED]

    @property
    def places(self) -> int:
        """How many tracking numbers are asked for."""
        return sum(len(row.packages) for row in self.rows)

    # -- What was said -----------------------------------------------------------------------------------------------
    @property
    def parts(self) -> list[forms.Form]:
        return [self.shared, *chain.from_iterable(row.packages for row in self.rows), *self.charges]

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
        """Return what was said, order by order. All of it must be valid."""
        shared = self.shared.cleaned_data
        return [
            Closing(
                row.order,
                [package.parcel(shared) for package in row.packages],
                ship_date.moment_of(shared["shipped_on"], row.order, now=now, zone=zone),
                self.shares.get(row.order.pk, ()),
                seen_open=row.open_units,
            )
            for row in self.rows
        ]

    # -- What is wrong with it ---------------------------------------------------------------------------------------
    def say(self, problems: Iterable[ShippingProblem]) -> None:
        """Show what preflight found beside the field it is about; what all orders share is said once."""
        rows = {row.order.pk: row for row in self.rows}
        shared: dict[tuple[str, str], list[str]] = {}
        for problem in problems:
            package = rows[problem.order.pk].packages[problem.parcel]
            if problem.warning:
                package.warnings.append(problem.message)
                self.warnings.append(problem)
            elif problem.field in SHARED:
                shared.setdefault((SHARED[problem.field], problem.message), []).append(problem.order.number)
            elif problem.field == "codes":
                package.add_error(f"codes_{problem.line}", problem.message)
            elif problem.field == "units":
                package.add_error(package.place_of(problem.line) or "tracking", problem.message)
            else:
                package.add_error("tracking", problem.message)
        for (name, message), numbers in shared.items():
            concerned = list(dict.fromkeys(numbers))
            only = f" This applies to {', '.join(concerned)}." if len(concerned) < len(self.orders) else ""
            self.shared.add_error(name, f"{message}{only}")

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
