"""The form of Ship and Close: what all chosen orders share, and a tracking number for each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any

from django import forms

from orders.models import Order
from shipping.closing import Closing, Problem
from shipping.models import ShipMethod
from shipping.tracking import Parcel

BY_METHOD = ("carrier", "scac", "service")  # what a ship method fills
SHARED = {"carrier": "carrier", "scac": "scac", "service": "service", "shipped_at": "shipped_on"}  # preflight's: ours


class MethodChoiceField(forms.ModelChoiceField):
    """Ship methods, with what they stand for: nobody should have to know them by heart."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label} ({obj.carrier} · {obj.scac} · {obj.service})"


class AskedField(forms.CharField):
    """A text everybody must give. That it is missing is said by preflight, together with all else that is wrong."""

    def validate(self, value: Any) -> None:
        """Let a blank one pass."""


class CloseForm(forms.Form):
    """Only the shapes are looked at here. What is missing or cannot be is said by closing.preflight."""

    method = MethodChoiceField(
        queryset=ShipMethod.objects.none(),
        required=False,
        label="Fill in from a ship method",
        empty_label="None of them",
    )
    filled_by = forms.IntegerField(required=False, widget=forms.HiddenInput)
    carrier = AskedField(max_length=60)
    scac = AskedField(max_length=10, label="SCAC", help_text="The carrier's four-letter code: UPSN, FDEG, USPS.")
    service = AskedField(max_length=60)
    shipped_on = forms.DateField(label="Ship date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, orders: Sequence[Order], methods: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.orders = orders
        self.fields["method"].queryset = methods  # type: ignore[attr-defined]
        for order in orders:
            label = f"Tracking number of {order.number}"
            field = AskedField(max_length=80, label=label)
            field.widget.attrs.update({"aria-label": label, "autocomplete": "off", "spellcheck": "false"})
            self.fields[tracking_name(order)] = field

    @property
    def shared(self) -> list[forms.BoundField]:
        """The fields that count for all orders."""
        return [self[name] for name in ("method", *BY_METHOD, "shipped_on")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each order with the field of its tracking number."""
        return [{"order": order, "field": self[tracking_name(order)]} for order in self.orders]

    def closings(self, *, now: datetime, zone: tzinfo) -> list[Closing]:
        """Return what was said, order by order. The form must be valid."""
        said = self.cleaned_data
        return [
            Closing(
                order,
                [Parcel(said["carrier"], said["scac"], said["service"], said[tracking_name(order)])],
                _moment(said["shipped_on"], order, now, zone),
            )
            for order in self.orders
        ]

    def say(self, problems: Iterable[Problem]) -> None:
        """Show what preflight found beside the field it is about; what all orders share is said once."""
        numbers: dict[tuple[str, str], list[str]] = {}
        for problem in problems:
            name = SHARED.get(problem.field) or tracking_name(problem.order)
            numbers.setdefault((name, problem.message), []).append(problem.order.number)
        for (name, message), concerned in numbers.items():
            of_some = name in SHARED.values() and len(concerned) < len(self.orders)
            self.add_error(name, f"{message} It is so for {', '.join(concerned)}." if of_some else message)


def tracking_name(order: Order) -> str:
    return f"tracking_{order.pk}"


def filled(said: Mapping[str, str], methods: Iterable[ShipMethod]) -> dict[str, str]:
    """Return carrier, SCAC and service, filled by the ship method that was picked.

    It fills what is blank and what the method picked before had filled; what a person wrote stays.
    """
    by_id = {str(method.pk): method for method in methods}
    method, before = by_id.get(said.get("method", "")), by_id.get(said.get("filled_by", ""))
    values = {name: said.get(name, "") for name in BY_METHOD}
    if method is None:
        return values
    for name, value in values.items():
        if not value.strip() or (before and value == getattr(before, name)):
            values[name] = getattr(method, name)
    return {**values, "filled_by": str(method.pk)}


def _moment(day: date, order: Order, now: datetime, zone: tzinfo) -> datetime:
    """Return when an order was shipped, of which only the day is said: noon of it, but not before it was placed."""
    if day == now.astimezone(zone).date():
        return now
    noon = datetime.combine(day, time(12), zone)
    return max(noon, order.placed_at) if day == order.placed_at.astimezone(zone).date() else noon
