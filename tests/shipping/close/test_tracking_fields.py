"""Ship and Close: what is no tracking number is refused, and nothing of it is cut off."""

import pytest
from django.test import Client

from shipping.models import Package
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, said, sent_back

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize(
    ("number", "said_of_it"),
    [
        ("x" * 300, "It has 300 characters, and no tracking number has more than 80."),
        ("🦄" * 300, "A tracking number has letters or digits."),
        ("?!", "A tracking number has letters or digits."),
    ],
)
def test_what_can_be_no_tracking_number_is_refused_and_not_cut(
    owner: Client, at_warehouse: AtWarehouse, number: str, said_of_it: str
) -> None:
    order = at_warehouse("1")

    page = owner.post(URL, said([order], **{f"tracking_{order.pk}": number}))

    assert said_of_it in page.content.decode()
    assert sent_back(page)[f"tracking_{order.pk}"] == number
    assert b'name="anyway"' not in page.content
    assert b"maxlength" not in page.content.split(b'name="tracking_')[1].split(b">")[0]
    assert not Package.objects.exists()
