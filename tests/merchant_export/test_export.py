"""Everything of a merchant as a zip: made in steps, taken up by another worker, and told to whoever may read it."""

import csv
import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.alerts import CHECKS_FAILED, QUOTA_SPENT
from carts.models import Listing
from core.accounts.access import Role
from core.activity.event_log import record
from core.activity.models import Event
from core.alerts.raised import raise_alert
from core.common import clock
from core.files.lifetimes import EXPORT_KEPT
from core.files.models import ExportPart, MerchantExport
from integration_manager import tasks
from integration_manager.merchant_export import export_run
from orders.models import Order
from shipping.models import Charge
from tests import factories

pytestmark = pytest.mark.django_db


def pressed(client: Client, order: Order) -> str:
    answer = client.post(reverse("merchants:export", args=[order.merchant_id]), follow=True)
    return str(answer.content.decode())


def taken(client: Client, export: MerchantExport) -> dict[str, list[dict[str, str]]]:
    answer: Any = client.get(reverse("merchants:export_download", args=[export.pk]))
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        }


@pytest.fixture
def order() -> Order:
    """One of five of a merchant, beside another merchant's."""
    found = factories.OrderFactory(lines={"MUG": 2, "=1+1": 1})
    cart = found.cart
    for _ in range(4):
        factories.OrderFactory(cart=cart)
    factories.OrderFactory(cart__merchant=factories.MerchantFactory(organization=found.organization))
    factories.PackageFactory(order=found, shipment=factories.ShipmentFactory(order=found), tracking_number="+1Z9")
    owner = {"organization": found.organization, "merchant": found.merchant}
    now = clock.now()
    Charge.objects.create(**owner, order=found, label="@Freight", amount=Decimal("2.50"), currency="USD", at=now)
    Listing.objects.create(**owner, cart=cart, sku="MUG", title="A mug", seen_at=now)
    factories.StockLevelFactory(merchant=found.merchant, sku="MUG")
    raise_alert(CHECKS_FAILED, cart, "Press Test.", now=now)
    raise_alert(QUOTA_SPENT, cart, "Other programs use it.", now=now)
    result: Order = found
    return result


def test_a_merchants_everything_is_made_by_two_workers_and_read_by_spreadsheets(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_run, "AT_ONCE", 2)
    person = factories.make_person(order.organization)
    staff = Client()
    staff.force_login(person)
    record("cart.tested", order.cart, now=clock.now(), actor=person, passed=True)

    assert "Being made" in pressed(staff, order)
    pressed(staff, order)  # twice is once
    export = MerchantExport.objects.get()
    waiting = staff.get(reverse("merchants:export_download", args=[export.pk]))
    assert waiting.status_code == 302

    monkeypatch.setattr(export_run, "GOING_ON", timedelta(seconds=-1))
    tasks.export_due()  # a worker that has to leave at once
    monkeypatch.setattr(export_run, "GOING_ON", timedelta(seconds=20))
    tasks.export_due()

    export.refresh_from_db()
    found = taken(staff, export)
    assert export.is_done
    assert list(found) == [f"{table.name}.csv" for table in export_run.TABLES]
    assert len(found["orders.csv"]) == 5  # the other merchant's is not among them
    assert {row["Order"] for row in found["lines.csv"]} == {row["Order"] for row in found["orders.csv"]}
    assert {"MUG", "'=1+1"} <= {row["SKU"] for row in found["lines.csv"]}
    (package,), (charge,) = found["shipments.csv"], found["charges.csv"]
    assert (package["Tracking number"], charge["Label"], charge["Amount"]) == ("'+1Z9", "'@Freight", "2.5")
    assert [row["SKU"] for row in found["listings.csv"] + found["stock.csv"]] == ["MUG", "MUG"]
    assert {row["What it says"] for row in found["alerts.csv"]} == {"Press Test.", "Other programs use it."}
    assert ("Tested", str(person)) in {(row["What happened"], row["By"]) for row in found["history.csv"]}
    assert sum(map(len, found.values())) == export.row_count
    said = set(Event.objects.filter(subject_kind="merchant").values_list("kind", flat=True))
    assert {"merchant.export_asked", "merchant.exported", "merchant.export_taken"} <= said
    secret = bytes(ExportPart.objects.order_by("number")[1].sealed or b"")
    assert order.number.encode() not in secret  # at rest, it is sealed


def test_a_seller_takes_their_own_and_learns_no_more_than_from_their_pages(order: Order) -> None:
    house, seller = Client(), Client()
    house.force_login(factories.make_person(order.organization))
    seller.force_login(factories.make_person(order.organization, Role.SELLER, merchant=order.merchant))
    pressed(house, order)
    tasks.export_due()
    theirs = MerchantExport.objects.get()
    assert seller.get(reverse("merchants:export_download", args=[theirs.pk])).status_code == 404

    pressed(seller, order)
    tasks.export_due()

    found = taken(seller, MerchantExport.objects.exclude(pk=theirs.pk).get())
    assert len(found["orders.csv"]) == 5
    assert [row["What it says"] for row in found["alerts.csv"]] == [
        "Your Amazon account lacks something that this connection needs. The warehouse has been told."
    ]
    assert timedelta(days=7) == EXPORT_KEPT
