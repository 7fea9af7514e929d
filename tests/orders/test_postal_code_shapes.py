"""What shape a postal code has in its country, and that Edit address asks for it."""

from dataclasses import replace

import pytest

from carts.marketplaces.values import Address
from orders.actions.forms import AddressForm
from orders.address_needs import odd_postal_code

US = Address(name="Jo", line1="1 Main Street", city="Reno", state="NV", postal_code="89501", country="US")


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("US", "89501"), ("US", "89501-1234"), ("US", " 89501 1234 "), ("PR", "00901"), ("CA", "k1a 0b1"),
        ("GB", "SW1A 1AA"), ("GB", "M1 1AE"), ("DE", "10115"), ("JP", "100-0001"), ("NL", "1012 AB"),
        ("BR", "01310-100"),
        ("PL", "00-001"), ("US", "８９５０１"), ("IE", "anything"), ("US", ""),
    ],
)  # fmt: skip
def test_a_code_of_the_country_is_taken(country: str, code: str) -> None:
    assert odd_postal_code(Address(country=country, postal_code=code)) == ""


@pytest.mark.parametrize(
    ("country", "code"),
    [("US", "ABC"), ("US", "8950"), ("US", "895012"), ("CA", "12345"), ("GB", "12345"), ("DE", "1011"), ("JP", "1000")],
)
def test_another_is_odd(country: str, code: str) -> None:
    assert odd_postal_code(Address(country=country, postal_code=code))


def form(current: Address, **changes: str) -> AddressForm:
    fields = {name: getattr(current, name) for name in AddressForm.base_fields}
    return AddressForm({**fields, **changes}, current=current)


def test_edit_address_names_it_and_leaves_alone_what_the_marketplace_wrote() -> None:
    assert form(US, postal_code="ABC").errors == {
        "postal_code": ["A postal code in United States has five digits, or nine as in 89501-1234. Check it."]
    }
    theirs = replace(US, postal_code="ABC")

    assert form(theirs, city="Sparks").is_valid()
