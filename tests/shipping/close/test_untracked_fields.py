"""Letters without a tracking number, in Ship and Close."""

import pytest
from django.test import Client

from orders.models import OrderStatus
from shipping.models import Package, Shipment
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, errors, said

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_a_letter_is_shipped_without_a_number(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1", service="Standard", lines={"MUG": 1})

    owner.post(URL, said([order], **{f"tracking_{order.pk}": "", f"untracked_{order.pk}": "letter"}))

    package = Package.objects.get(order=order)
    assert (package.tracking_number, package.untracked) == ("", "letter")
    page = owner.get(order.get_absolute_url()).content.decode()
    assert "No tracking number" in page
    assert "Letter without tracking" in page


def test_a_number_that_is_missing_without_a_reason_is_an_error(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1", lines={"MUG": 1})

    page = owner.post(URL, said([order], **{f"tracking_{order.pk}": ""}))

    assert errors(page) == {f"tracking_{order.pk}": ["The tracking number is missing."]}


def test_a_number_and_a_reason_for_none_contradict_each_other(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1", lines={"MUG": 1})

    page = owner.post(URL, said([order], **{f"untracked_{order.pk}": "letter"}))

    assert "marked as having none" in errors(page)[f"tracking_{order.pk}"][0]
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("fields", "says"), [({"is_prime": True}, "Prime orders"), ({"service": "NextDay"}, "NextDay")]
)
def test_where_amazon_expects_a_number_it_is_asked_about_and_no_wall(
    owner: Client, at_warehouse: AtWarehouse, fields: dict[str, object], says: str
) -> None:
    order = at_warehouse("1", **{"service": "Standard", "lines": {"MUG": 1}, **fields})
    letter = said([order], **{f"tracking_{order.pk}": "", f"untracked_{order.pk}": "letter"})

    page = owner.post(URL, letter)

    dialog = page.context["dialog"]
    assert says in dialog.warnings[0].message
    assert not Shipment.objects.exists()
    owner.post(URL, letter | {"anyway": dialog.warned})
    assert Shipment.objects.count() == 1


def test_a_second_letter_of_an_order_is_asked_about(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1", service="Standard", lines={"MUG": 3})
    unit = {f"packages_{order.pk}": 1, f"units_{order.lines.get().pk}_{order.pk}": 1}
    letter = said([order], **{f"tracking_{order.pk}": "", f"untracked_{order.pk}": "letter", **unit})
    owner.post(URL, letter)
    order.refresh_from_db()
    assert order.status == OrderStatus.AT_WMS

    again = owner.post(URL, letter)

    assert Package.objects.count() == 1
    assert "has no tracking number either" in again.context["dialog"].warnings[0].message
    owner.post(URL, letter | {"anyway": again.context["dialog"].warned})
    assert Package.objects.count() == 2
