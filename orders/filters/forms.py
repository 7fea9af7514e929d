"""What people write about filters: a rule on orders, and the list of items."""

from typing import Any

from django import forms

from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from core.ui.open_forms import WholeForm
from orders.countries import code_of
from orders.filters.order_rules import fold
from orders.models import ItemFilter, Match, OrderFilter

MOST_VALUES = 1_000
MOST_ITEMS = 10_000
LONGEST = 255  # of one value
# Programs by the names people know: kept as the marketplace writes them.
WORDS = {fold(name): word for each in APPLICATIONS.values() for word, name in each.marketplace.programs.items()}
YES_OR_NO = (OrderFilter.Field.PRIME, OrderFilter.Field.BUSINESS)


class ValuesField(forms.CharField):
    """A list, one value a line. Blanks, empty lines, what cannot be stored and what is said twice are left away."""

    widget = forms.Textarea

    def __init__(self, *, most: int, rows: int, **kwargs: Any) -> None:
        attrs = {"rows": rows, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        super().__init__(widget=forms.Textarea(attrs=attrs), strip=False, **kwargs)
        self._most = most

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        kept: dict[str, str] = {}
        for line in (value or "").replace("\0", "").splitlines():
            kept.setdefault(fold(line), line.strip())  # the first spelling of each stays
        kept.pop("", None)
        return list(kept.values())

    def clean(self, value: Any) -> list[str]:
        values = self.to_python(value)
        if self.required and not values:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(values) > self._most:
            raise forms.ValidationError(f"That's {len(values):,} values. The limit is {self._most:,}.")
        longest = max(values, key=len, default="")
        if len(longest) > LONGEST:
            raise forms.ValidationError(f"“{longest[:30]}…” is too long. A value can have up to {LONGEST} characters.")
        return values

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class OrderFilterForm(WholeForm, forms.ModelForm):
    effect = forms.ChoiceField(label="What to do", choices=OrderFilter.Effect)
    field = forms.ChoiceField(label="For orders whose", choices=OrderFilter.Field)
    match = forms.ChoiceField(label="Compared", choices=Match)
    values = ValuesField(
        most=MOST_VALUES,
        rows=4,
        help_text="One per line; any of them counts. Upper and lower case don't matter.",
        error_messages={"required": "Enter at least one value."},
    )

    class Meta:
        model = OrderFilter
        fields = ("effect", "field", "match", "values")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        values, about = cleaned.get("values"), cleaned.get("field")
        if not values or not about:
            return cleaned
        if about in YES_OR_NO:
            cleaned["match"] = Match.WHOLE
            if not {fold(value) for value in values} <= {"yes", "no"}:
                self.add_error("values", "Enter yes or no.")
        elif about == OrderFilter.Field.COUNTRY and cleaned.get("match") == Match.WHOLE:
            cleaned["values"] = self._codes_of_countries(values)
        elif about == OrderFilter.Field.CURRENCY and cleaned.get("match") == Match.WHOLE:
            self._check_currencies(values)
        elif about == OrderFilter.Field.PROGRAM and cleaned.get("match") == Match.WHOLE:
            cleaned["values"] = [WORDS.get(fold(value), value.upper().replace(" ", "_")) for value in values]
        return cleaned

    def _codes_of_countries(self, values: list[str]) -> list[str]:
        """Marketplaces write a code, people write names: “UK” and “England” are GB. One we don't know matches none."""
        for value in values:
            if not code_of(value):
                self.add_error(
                    "values", f"“{value[:30]}” is not a country we know. Enter its name or its two letters, like GB."
                )
                return values
        return list(dict.fromkeys(map(code_of, values)))

    def _check_currencies(self, values: list[str]) -> None:
        """A name where marketplaces write a code would match no order ever."""
        for value in values:
            if not (len(value) == 3 and value.isascii() and value.isalpha()):
                self.add_error("values", f"“{value[:30]}” is not a code. Enter currencies as 3 letters, like USD.")
                return


class ItemFilterForm(WholeForm, forms.ModelForm):
    mode = forms.ChoiceField(label="Send to the warehouse", choices=ItemFilter.Mode)
    by = forms.ChoiceField(label="List items by", choices=Cart.ProductCode)
    match = forms.ChoiceField(label="Compared", choices=Match)
    scope = forms.ChoiceField(
        label="When an order has other items",
        choices=[
            (ItemFilter.Scope.LINE, "Leave out these lines"),
            (ItemFilter.Scope.ORDER, ItemFilter.Scope.ORDER.label),
        ],
    )
    values = ValuesField(
        label="Items",
        most=MOST_ITEMS,
        rows=12,
        help_text=f"One per line, up to {MOST_ITEMS:,}. Upper and lower case don't matter.",
        error_messages={"required": "List at least one item. To send all items, remove the list."},
    )

    class Meta:
        model = ItemFilter
        fields = ("mode", "by", "match", "scope", "values")

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
