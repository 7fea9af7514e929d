"""A field of a form for an amount, as people type it: with a point, or with the comma of most keyboards in Europe."""

from typing import Any

from django import forms


class AmountField(forms.DecimalField):
    """“2,50” is two and a half. Where both signs stand, nobody can tell which one divides thousands: it is refused."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.count(",") == 1 and "." not in value:
            value = value.replace(",", ".")
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # those of a number field would not let a comma in
