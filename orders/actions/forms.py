"""What people write about one order: who gets it, and notes."""

from typing import Any

from django import forms

from carts.marketplaces.values import Address
from core.common.typed_signs import fold_signs
from orders import address_needs
from orders.actions.notes import LONGEST, is_strange
from orders.countries import NAMES, code_of

OFF = {"autocomplete": "off"}  # what a browser knows are the addresses of our staff, not of buyers

# What a person is told of a field that is empty and must not be.
ASKED = {
    "name": "Name is empty. Enter who the order is for.",
    "line1": "Address line 1 is empty. Enter the street and house number.",
    "country": "Country is empty. Choose one.",
    "city": "City is empty. Enter one.",
    "postal_code": "Postal code is empty, and addresses in {country} have one. Enter it.",
    "state": "State or province is empty, and addresses in {country} have one. Enter it.",
}


class CleanField(forms.CharField):
    """A text without control characters. Every other character is kept as it was typed."""

    def __init__(self, *, kept: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kept = kept  # control characters that belong there: the ends of lines
        self.validators = []  # its own sentences are below, NUL among them

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: a browser would cut off what is pasted, and tell nobody

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace("\r\n", "\n").replace("\r", "\n")
        if any(is_strange(character, within=self.kept) for character in text):
            raise forms.ValidationError(
                f"{self.label} contains a control character, probably from copying. Type it instead of pasting it."
            )
        if self.max_length and len(text) > self.max_length:
            most = f"{self.max_length:,}"
            raise forms.ValidationError(f"{self.label} has {len(text):,} characters; the limit is {most}. Shorten it.")
        return text


class WhereAskedField(CleanField):
    """One that most countries ask for: it is not called optional, and the form says where it is missing."""

    def validate(self, value: Any) -> None:
        """Nothing is missing before the country is known."""


def _text(label: str, most: int, *, asked: str = "") -> CleanField:
    widget = forms.TextInput(attrs=OFF)
    return CleanField(
        label=label, max_length=most, required=bool(asked), widget=widget, error_messages={"required": asked}
    )


class CountryField(forms.ChoiceField):
    """A country of the list, by any of its names: what is posted or pasted may say “UK”."""

    def to_python(self, value: Any) -> str:
        word = super().to_python(value)
        return word if self.valid_value(word) else code_of(word) or word


class AddressForm(forms.Form):
    """Who gets an order, as the warehouse is told."""

    use_required_attribute = False

    name = WhereAskedField(label="Name", max_length=100, widget=forms.TextInput(attrs=OFF))
    company = _text("Company", 100)
    line1 = WhereAskedField(label="Address line 1", max_length=100, widget=forms.TextInput(attrs=OFF))
    line2 = _text("Address line 2", 100)
    line3 = _text("Address line 3", 100)
    city = WhereAskedField(label="City", max_length=60, widget=forms.TextInput(attrs=OFF))
    district = _text("District", 60)
    state = _text("State or province", 60)
    postal_code = WhereAskedField(label="Postal code", max_length=20, widget=forms.TextInput(attrs=OFF))
    country = CountryField(
        label="Country",
        error_messages={
            "required": "Country is empty. Choose one.",
            "invalid_choice": "We don't know this country. Choose one from the list.",
        },
    )
    phone = _text("Phone", 40)
    instructions = _text("Delivery note", 250)

    def __init__(self, *args: Any, current: Address | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        self._kept_code = current.postal_code.strip() if current else ""
        choices = [("", "Choose a country"), *NAMES.items()]
        if current and current.country and current.country not in NAMES:
            choices.append((current.country, current.country))  # the marketplace's own: nobody has to lose it
        self.fields["country"].choices = choices  # type: ignore[attr-defined]

    def clean_postal_code(self) -> str:
        """In plain letters and digits, as carriers print it; what nobody touched stays as the marketplace wrote it."""
        code: str = self.cleaned_data["postal_code"]
        return code if code == self._kept_code else fold_signs(code)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        wanted = Address(**{**told, **dict.fromkeys(self.errors, "?")})  # what has an error already says so
        empty = address_needs.missing(self.current) if self.current else []
        country = NAMES.get(wanted.country, wanted.country)
        for name in address_needs.missing(wanted):
            # What was empty at the marketplace may stay empty, in the country it is in.
            if name not in empty or not self.current or self.current.country != wanted.country:
                self.add_error(name, ASKED[name].format(country=country))
        moved = self.current is None or self.current.country != wanted.country
        touched = "postal_code" not in self.errors and (moved or wanted.postal_code != self._kept_code)
        if touched and (shape := address_needs.odd_postal_code(wanted)):
            self.add_error("postal_code", f"A postal code in {country} has {shape}. Check it.")
        return told

    @property
    def address(self) -> Address:
        return Address(**self.cleaned_data)


class NoteForm(forms.Form):
    """A note on an order."""

    text = CleanField(
        label="Note",
        max_length=LONGEST,
        kept="\n\t",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Note is empty. Write something first."},
        help_text="Owners, admins and staff can read it. Viewers and the merchant's people can't.",
    )
