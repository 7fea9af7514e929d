"""A field on a page: what is wrong with it in the house's voice, and no row of dashes where nothing is chosen.

Django says the same of every field ("This field is required."). Here the sentence names the field and the next step. A
form that says it better itself is left alone: only Django's own words are put otherwise.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.utils.functional import Promise
from django.utils.translation import ngettext

DASHES = "---------"
CHOICES = (forms.ChoiceField, forms.ModelChoiceField)
Words = Callable[[forms.Field, str, Mapping[str, Any]], str]


def _missing(field: forms.Field, label: str, params: Mapping[str, Any]) -> str:
    if isinstance(field, forms.BooleanField):
        return "Tick this box to go on."
    if isinstance(field, forms.FileField):
        return "Choose a file."
    return f"Choose {label}." if isinstance(field, CHOICES) else f"Enter {label}."


def _too_long(field: forms.Field, label: str, params: Mapping[str, Any]) -> str:
    most, has = params["limit_value"], params["show_value"]
    signs = ngettext("{most} character", "{most} characters", most).format(most=most)
    return f"Use at most {signs}: you entered {has}."


def _too_short(field: forms.Field, label: str, params: Mapping[str, Any]) -> str:
    least, has = params["limit_value"], params["show_value"]
    signs = ngettext("{least} character", "{least} characters", least).format(least=least)
    return f"Use at least {signs}: you entered {has}."


def _kind(field: forms.Field, label: str, params: Mapping[str, Any]) -> str:
    """What is written in the wrong form: the sentence says the right one."""
    match field:
        case forms.EmailField():
            return "Enter an email address like name@example.com."
        case forms.IntegerField() if not isinstance(field, forms.DecimalField):
            return "Enter a whole number."
        case forms.DecimalField():
            return "Enter a number, like 12.50."
        case forms.DateTimeField():
            return "Enter a date and time like 2026-11-29 14:30."
        case forms.DateField():
            return "Enter a date like 2026-11-29."
    return f"Check {label}: it can't be read as it is."


def _digits(unit: str, plural: str) -> Words:
    def words(field: forms.Field, label: str, params: Mapping[str, Any]) -> str:
        most = params["max"]
        return f"Use at most {most} {ngettext(unit, plural, most)}."

    return words


def _limit(words: str) -> Words:
    return lambda field, label, params: words.format(params["limit_value"])


def _just(words: str) -> Words:
    return lambda field, label, params: words


OURS: Mapping[str, Words] = {
    "required": _missing,
    "max_length": _too_long,
    "min_length": _too_short,
    "max_value": _limit("Enter {} or less."),
    "min_value": _limit("Enter {} or more."),
    "max_digits": _digits("digit", "digits"),
    "max_decimal_places": _digits("digit after the point", "digits after the point"),
    "max_whole_digits": _digits("digit before the point", "digits before the point"),
    "invalid_choice": _just("This choice isn't offered any more. Choose again."),
    "invalid": _kind,
    "null_characters_not_allowed": _just("Take out the characters that show nothing."),
    "empty": _just("The file is empty. Choose another one."),
}


class HouseBoundField(BoundField):
    """Set by the form renderer, for every form."""

    def __init__(self, form: Any, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        nothing = f"Choose {named(self.label)}" if field.required else "None"
        if getattr(field, "empty_label", None) == DASHES:
            field.empty_label = nothing  # type: ignore[attr-defined]
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
            if choices and choices[0] == ("", DASHES):
                field.choices = [("", nothing), *choices[1:]]

    @property
    def errors(self) -> ErrorList:
        said = super().errors
        for error in said.as_data():
            if (words := OURS.get(error.code or "")) and _is_djangos(error):
                error.message, error.params = words(self.field, named(self.label), error.params or {}), None
        return said


def named(label: Any) -> str:
    """Return a field's label as a part of a sentence: "the country", "your name", "the SKU"."""
    text = str(label).strip()
    first = text.partition(" ")[0]
    if not first.isupper():  # SKU, SCAC
        text = text[:1].lower() + text[1:]
    return text if first.lower() in {"your", "this", "their"} else f"the {text}"


def _is_djangos(error: ValidationError) -> bool:
    """Whether nobody here chose the words. Django's own are told late, in the language that is wanted then."""
    return isinstance(error.message, Promise)
