"""What is wrong with a field is said in the house's voice, whichever form it is of, unless the form says it better."""

from typing import Any

import pytest
from django import forms
from django.core.validators import RegexValidator

from core.accounts.models import Merchant
from core.ui.bound_field import named
from tests import factories


class Everything(forms.Form):
    scac = forms.CharField(label="SCAC", max_length=2)
    name = forms.CharField(label="Your name", max_length=20, min_length=3)
    email = forms.EmailField()
    units = forms.IntegerField(min_value=1, max_value=9)
    weight = forms.DecimalField(max_digits=4, decimal_places=2)
    day = forms.DateField(label="Ship date")
    way = forms.ChoiceField(choices=[("", "---------"), ("a", "Air")])
    agreed = forms.BooleanField()
    paper = forms.FileField()
    code = forms.CharField(max_length=9, validators=[RegexValidator("^x", "Begin with x.")])
    own = forms.CharField(max_length=9, error_messages={"required": "Say who you are."})


def said(**sent: Any) -> dict[str, str]:
    form = Everything(sent)
    assert not form.is_valid()
    return {field.name: " ".join(map(str, field.errors)) for field in form if field.errors}


def test_what_is_missing_is_named() -> None:
    assert said() == {
        "scac": "Enter the SCAC.",
        "name": "Enter your name.",
        "email": "Enter the email.",
        "units": "Enter the units.",
        "weight": "Enter the weight.",
        "day": "Enter the ship date.",
        "way": "Choose the way.",
        "agreed": "Tick this box to go on.",
        "paper": "Choose a file.",
        "code": "Enter the code.",
        "own": "Say who you are.",
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("scac", "TOOLONG", "Use at most 2 characters: you entered 7."),
        ("name", "ab", "Use at least 3 characters: you entered 2."),
        ("name", "a\0bc", "Take out the characters that show nothing."),
        ("email", "desk", "Enter an email address like name@example.com."),
        ("units", "many", "Enter a whole number."),
        ("units", "0", "Enter 1 or more."),
        ("units", "10", "Enter 9 or less."),
        ("weight", "heavy", "Enter a number, like 12.50."),
        ("weight", "1.234", "Use at most 2 digits after the point."),
        ("day", "soon", "Enter a date like 2026-11-29."),
        ("way", "sea", "This choice isn't offered any more. Choose again."),
        ("code", "y", "Begin with x."),
    ],
)
def test_what_is_wrong_says_what_is_right(field: str, value: str, words: str) -> None:
    assert said(**{field: value})[field] == words


def test_nothing_chosen_is_no_row_of_dashes() -> None:
    assert "---" not in str(Everything())
    assert "Choose the way" in str(Everything()["way"])


@pytest.mark.django_db
def test_nor_is_it_where_rows_are_chosen() -> None:
    factories.MerchantFactory()

    class Chooses(forms.Form):
        merchant = forms.ModelChoiceField(Merchant.objects.all())
        other = forms.ModelChoiceField(Merchant.objects.all(), required=False)

    page = str(Chooses())

    assert "---" not in page
    assert page.index("Choose the merchant") < page.index("None")


@pytest.mark.parametrize(
    ("label", "part"), [("SKU", "the SKU"), ("Ship method", "the ship method"), ("Your name", "your name")]
)
def test_a_label_is_a_part_of_a_sentence(label: str, part: str) -> None:
    assert named(label) == part
