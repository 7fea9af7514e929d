"""The adapter of 3PL Warehouse Manager against its simulator: what it creates, finds and asks back."""

from datetime import timedelta

import pytest

from carts.marketplaces.order_needs import LineFacts
from carts.marketplaces.values import Address
from core.common.remote import Disconnected, Rejected, RemoteError, Throttled, Unavailable
from shipping.warehouses.base import DeliveryLine, GivenBack
from shipping.warehouses.extensiv.system import Extensiv
from simulator.extensiv.site import WarehouseSite
from tests.shipping.warehouses.extensiv.played_extensiv import Hands, connected, delivery, hands, site, staff, wms

__all__ = ["hands", "site", "wms"]  # fixtures


# -- creating ----------------------------------------------------------------------------------------------------------
def test_an_order_arrives_with_all_that_the_bench_needs(site: WarehouseSite, wms: Extensiv) -> None:
    gift = DeliveryLine(
        "line-1",
        "BLUE-MUG-11OZ",
        2,
        gift=True,
        gift_message="Happy birthday",
        facts=LineFacts(programs=("TRANSPARENCY",)),
    )
    number = wms.create(delivery(lines=[gift], purchase_order="PO 7", programs=("PRIME",)))

    there = site.world.orders[int(number)]
    assert there["referenceNum"] == "113-1"
    assert there["poNum"] == "PO 7"
    assert there["routingInfo"] == {"carrier": "UPS", "mode": "Ground", "scacCode": "UPSN"}
    assert there["shipTo"]["address1"] == "1 Main St"
    assert there["shipTo"]["address2"] == "Apt 4"
    assert there["orderItems"][0]["externalId"] == "line-1"
    assert there["fulfillInvInfo"] == {"fulfillInvGiftMessage": "Happy birthday"}
    saved = {each["name"]: each["value"] for each in there["savedElements"]}
    assert saved["Cart"] == "Amazon.com"
    assert saved["Ship by"] == "2026-11-30T12:00:00"  # as the clock at the warehouse says
    assert saved["Programs"] == "PRIME"
    assert saved["Transparency codes needed"] == "BLUE-MUG-11OZ"


def test_an_address_without_a_first_line_gets_its_second(site: WarehouseSite, wms: Extensiv) -> None:
    number = wms.create(
        delivery(recipient=Address(name="A", line2="Dorf 3", city="Ulm", postal_code="89073", country="DE"))
    )

    assert site.world.orders[int(number)]["shipTo"]["address1"] == "Dorf 3"


@pytest.mark.parametrize("kind", ["lost_answer", "truncated"])
def test_an_answer_that_was_lost_makes_no_second_order(site: WarehouseSite, wms: Extensiv, kind: str) -> None:
    site.fail("POST /orders", kind)
    with pytest.raises(Unavailable):
        wms.create(delivery())

    found = wms.find("113-1")

    assert found is not None
    assert wms.create(delivery()) == found  # refused as a duplicate, and found
    assert len(site.journal("order")) == 1


def test_a_warehouse_that_takes_a_reference_twice_is_asked_first(site: WarehouseSite, wms: Extensiv) -> None:
    site.world.refuses_duplicates = False
    site.fail("POST /orders", "lost_answer")
    with pytest.raises(Unavailable):
        wms.create(delivery())

    assert wms.find("113-1") == str(next(iter(site.world.orders)))


def test_what_is_found_is_the_merchants_own_exact_and_not_canceled(site: WarehouseSite, wms: Extensiv) -> None:
    connected(site, account="5").create(delivery())
    wms.create(delivery("113-10"))
    assert wms.find("113-1") is None

    number = wms.create(delivery())
    assert wms.find("113-1") == number
    wms.recall(number, order_number="113-1")
    assert wms.find("113-1") is None


@pytest.mark.parametrize("reference", ["113-(1);x,y", "50% off", "a*b", "ü 漢", "x==y", "a&b+c"])
def test_odd_references_are_found_again(wms: Extensiv, reference: str) -> None:
    number = wms.create(delivery(reference))

    assert wms.find(reference) == number


def test_a_refusal_names_the_field_and_no_buyer(wms: Extensiv) -> None:
    with pytest.raises(Rejected) as unknown:
        wms.create(delivery(lines=[DeliveryLine("line-1", "NOBODY-HAS-IT", 1)]))
    with pytest.raises(Rejected) as lacking:
        wms.create(delivery(recipient=Address(name="Ann Lee", line1="1 Main St", country="US")))

    assert str(unknown.value) == "3PL Warehouse Manager: ItemIdentifier.Sku “NOBODY-HAS-IT” doesn’t exist there."
    assert str(lacking.value) == "3PL Warehouse Manager: City is required."


def test_a_merchant_without_a_customer_is_said_so(site: WarehouseSite) -> None:
    with pytest.raises(Rejected, match="Choose one"):
        connected(site, account="").create(delivery())


# -- errors ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "error"),
    [("429", Throttled), ("500", Unavailable), ("503", Unavailable), ("html_200", Unavailable), ("403", Rejected)],
)
def test_every_answer_is_a_success_or_one_of_the_errors(
    site: WarehouseSite, wms: Extensiv, kind: str, error: type[RemoteError]
) -> None:
    site.fail("GET /orders", kind)

    with pytest.raises(error):
        wms.find("113-1")


def test_a_token_that_ended_is_replaced_without_a_word(site: WarehouseSite, wms: Extensiv, hands: Hands) -> None:
    wms.create(delivery())
    hands.now += timedelta(hours=2)

    assert wms.find("113-1")
    assert len(site.journal("token")) == 2


def test_one_token_serves_many_calls(site: WarehouseSite, wms: Extensiv) -> None:
    for number in range(5):
        wms.create(delivery(f"113-{number}"))

    assert len(site.journal("token")) == 1


def test_a_wrong_secret_is_said_without_it(site: WarehouseSite) -> None:
    with pytest.raises(Disconnected) as refusal:
        connected(site, client_secret="s3cr3t-value").find("113-1")

    assert "Manage Credentials" in str(refusal.value)
    assert "s3cr3t-value" not in f"{refusal.value}{refusal.value.__cause__}"


# -- asking back -------------------------------------------------------------------------------------------------------
def test_an_order_is_asked_back_once_and_twice(wms: Extensiv) -> None:
    number = wms.create(delivery())

    assert wms.recall(number, order_number="113-1") is GivenBack.RECALLED
    assert wms.recall(number, order_number="113-1") is GivenBack.RECALLED


def test_what_was_never_there_is_unknown(wms: Extensiv) -> None:
    assert wms.recall("999999", order_number="113-9") is GivenBack.UNKNOWN
    assert wms.recall("", order_number="113-9") is GivenBack.UNKNOWN


def test_one_whose_answer_was_lost_is_asked_back_by_our_number(site: WarehouseSite, wms: Extensiv) -> None:
    site.fail("POST /orders", "lost_answer")
    with pytest.raises(Unavailable):
        wms.create(delivery())

    assert wms.recall("", order_number="113-1") is GivenBack.RECALLED
    assert len(site.journal("canceled")) == 1


@pytest.mark.parametrize("act", ["pack", "close"])
def test_what_is_packed_or_shipped_is_too_late(site: WarehouseSite, wms: Extensiv, act: str) -> None:
    number = wms.create(delivery())
    staff(site, number, act, tracking="1Z")

    assert wms.recall(number, order_number="113-1") is GivenBack.TOO_LATE
