"""Ship and Close: no carrier, SCAC, service or tracking number that is odd reaches a marketplace unasked."""

from typing import Any

import pytest
from django.test import Client

from core.accounts.models import Organization
from shipping.models import CarrierCode, Package, Shipment
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, errors, said

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def warned(page: Any) -> list[str]:
    return [each.message for each in page.context["dialog"].warnings]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"carrier": "ABC"}, "Amazon doesn't know the carrier “ABC”"),
        ({"carrier": "<script>alert(1)</script>"}, "“<” is not usual in a carrier"),
        ({"carrier": "UPS 🚚"}, "“🚚” is not usual in a carrier"),
        ({"scac": "TOOLONG1"}, "“TOOLONG1” is not a SCAC"),
        ({"scac": "U"}, "“U” is not a SCAC"),
        ({"scac": "UP5N"}, "“UP5N” is not a SCAC"),
        ({"service": "Ground 😀"}, "“😀” is not usual in a service"),
        ({"tracking": "😀😀1"}, "“😀” does not occur in tracking numbers"),
        ({"tracking": "<b>12345</b>", "carrier": "Correos"}, "“<” does not occur in tracking numbers"),
        ({"tracking": "12", "carrier": "Correos"}, "It is too short for a tracking number"),
    ],
)
def test_what_is_odd_is_asked_about(
    owner: Client, at_warehouse: AtWarehouse, fields: dict[str, str], says: str
) -> None:
    order = at_warehouse("1")
    form = said([order]) | {f"tracking_{order.pk}" if k == "tracking" else k: v for k, v in fields.items()}

    page = owner.post(URL, form)

    assert any(says in message for message in warned(page)) or "look like a UPS" in " ".join(warned(page))
    assert not Shipment.objects.exists()
    owner.post(URL, form | {"anyway": page.context["dialog"].warned})
    assert Shipment.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("carrier", "=1+1"),
        ("carrier", "@SUM(A1)"),
        ("carrier", "+UPS"),
        ("carrier", "UP\x07S"),
        ("service", '=HYPERLINK("http://x")'),
        ("service", "-1"),
        ("scac", "😀"),
        ("scac", "=A1"),
        ("scac", "<b>"),
        ("tracking", '=HYPERLINK("http://x")'),
        ("tracking", "@A1"),
        ("tracking", "+1Z999"),
    ],
)
@pytest.mark.parametrize("row", [False, True])
def test_what_can_be_none_is_refused_and_no_button_ships_it(
    owner: Client, at_warehouse: AtWarehouse, field: str, text: str, row: bool
) -> None:
    order, other = at_warehouse("1"), at_warehouse("2")
    name = f"{field}_{order.pk}" if row or field == "tracking" else field

    page = owner.post(URL, said([order, other]) | {name: text})

    assert list(errors(page)) == [name]
    assert b'name="anyway"' not in page.content
    assert not Shipment.objects.exists()


def test_a_carrier_the_house_gave_a_code_is_known(owner: Client, at_warehouse: AtWarehouse, acme: Organization) -> None:
    order = at_warehouse("1")
    CarrierCode.objects.create(organization=acme, kind="amazon", carrier="Blitzkurier", code="Other")

    owner.post(URL, said([order], carrier="blitzkurier"))

    assert Package.objects.get().carrier == "blitzkurier"


def test_one_carrier_for_many_orders_is_asked_about_once(owner: Client, at_warehouse: AtWarehouse) -> None:
    page = owner.post(URL, said([at_warehouse("1"), at_warehouse("2")], carrier="ABC"))

    assert [[link.label for link in links] for _, links in page.context["dialog"].warnings_by_message] == [["1", "2"]]
