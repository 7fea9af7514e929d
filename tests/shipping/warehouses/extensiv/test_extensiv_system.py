"""The adapter of 3PL Warehouse Manager against its simulator: what it creates, finds, asks back and hears."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from carts.marketplaces.order_needs import LineFacts
from carts.marketplaces.values import Address
from core.common.bounded_http import BoundedHttp
from core.common.remote import Disconnected, Rejected, RemoteError, Throttled, Unavailable
from shipping.warehouses.base import Delivery, DeliveryLine, GivenBack, MethodChoice, ReportedShipment
from shipping.warehouses.extensiv import system as extensiv
from shipping.warehouses.extensiv.system import Extensiv
from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import Credentials, shelf
from tests.simulator.extensiv.warehouse_client import WarehouseClient

NOON = datetime(2026, 11, 29, 20, tzinfo=UTC)  # noon where the warehouse is
ADDRESS = Address(
    name="Ann Lee", line1="1 Main St", line2="Apt 4", city="Reno", state="NV", postal_code="89501", country="US"
)


class Hands:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Counted:
    def __init__(self) -> None:
        self.calls = self.sent = self.received = self.failed = 0

    def __call__(self, *, calls: int = 0, sent: int = 0, received: int = 0, failed: int = 0) -> None:
        self.calls += calls
        self.sent += sent
        self.received += received
        self.failed += failed


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def site(hands: Hands) -> WarehouseSite:
    return WarehouseSite(clock=hands, sleep=lambda seconds: None)


def connected(site: WarehouseSite, **settings: object) -> Extensiv:
    said = {
        "base_url": "http://wms",
        "client_id": "demo-client",
        "client_secret": "demo-secret",
        "user_login": "1",
        "facility": 1,
        "account": "4",
        **settings,
    }
    return Extensiv(said, Counted(), http=BoundedHttp(httpx.WSGITransport(app=site)))


@pytest.fixture
def wms(site: WarehouseSite) -> Extensiv:
    return connected(site)


def delivery(reference: str = "113-1", units: int = 2, **more: object) -> Delivery:
    lines = [DeliveryLine("line-1", "BLUE-MUG-11OZ", units), DeliveryLine("line-2", "RED-MUG-11OZ", 1)]
    said: dict[str, object] = {
        "reference": reference,
        "source": "Amazon.com",
        "ship_method": MethodChoice("UPS Ground", "UPS", "UPSN", "Ground"),
        "service": "Standard",
        "ship_by": NOON + timedelta(days=1),
        "recipient": ADDRESS,
        "lines": lines,
        **more,
    }
    return Delivery(**said)  # type: ignore[arg-type]


def staff(site: WarehouseSite, number: str, act: str, **told: object) -> None:
    answer = WarehouseClient(site).http.post(f"/_bench/orders/{number}/{act}", json=told)
    assert answer.status_code == 204, answer.text


def shipped(wms: Extensiv, cursor: str = "") -> list[ReportedShipment]:
    return list(wms.shipped_since(cursor).shipments)


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


# -- what it shipped ---------------------------------------------------------------------------------------------------
def test_ship_and_close_there_is_a_shipment_here(site: WarehouseSite, wms: Extensiv, hands: Hands) -> None:
    number = wms.create(delivery())
    hands.now += timedelta(hours=3)
    staff(site, number, "close", carrier="FedEx", scac="FDEG", service="2Day", tracking=" 794 ", charge="3.50")

    (report,) = shipped(wms)

    assert (report.order_number, report.is_last) == ("113-1", True)
    assert report.shipped_at == NOON + timedelta(hours=3)
    (package,) = report.packages
    assert (package.carrier, package.service, package.scac, package.tracking_number) == ("FedEx", "2Day", "FDEG", "794")
    assert package.lines is None  # nobody packed it box by box
    assert [(each.amount, each.currency) for each in report.charges] == [(Decimal("3.5"), "")]


def test_boxes_tell_what_is_in_them(site: WarehouseSite, wms: Extensiv) -> None:
    number = wms.create(delivery())
    first, second = (each["readOnly"]["orderItemId"] for each in site.world.orders[int(number)]["orderItems"])
    staff(site, number, "pack", tracking="1Z1", contents={first: 2})
    staff(site, number, "pack", tracking="1Z2", contents={second: 1})
    staff(site, number, "close")

    (report,) = shipped(wms)

    told = {
        each.tracking_number: [(line.reference, line.units) for line in each.lines or []] for each in report.packages
    }
    assert told == {"1Z1": [("line-1", 2)], "1Z2": [("line-2", 1)]}


def test_a_box_without_a_number_of_its_own_has_the_orders(site: WarehouseSite, wms: Extensiv) -> None:
    number = wms.create(delivery())
    staff(site, number, "pack")
    staff(site, number, "close", tracking="1Z9")

    assert [each.tracking_number for each in shipped(wms)[0].packages] == ["1Z9"]


def test_only_what_is_closed_of_this_customer_is_told(site: WarehouseSite, wms: Extensiv) -> None:
    other = connected(site, account="5")
    staff(site, other.create(delivery()), "close", tracking="1Z5")
    wms.create(delivery("113-open"))
    wms.recall(wms.create(delivery("113-gone")), order_number="113-gone")

    assert shipped(wms) == []


def test_the_same_report_has_the_same_reference_and_closed_again_another(
    site: WarehouseSite, wms: Extensiv, hands: Hands
) -> None:
    number = wms.create(delivery())
    staff(site, number, "close", tracking="1Z1")
    first = shipped(wms)[0].reference
    assert shipped(wms)[0].reference == first

    api = WarehouseClient(site)
    etag = api.http.get(f"/orders/{number}").headers["etag"]
    api.act(int(number), "unconfirmer", {}, etag)
    hands.now += timedelta(minutes=5)
    staff(site, number, "close", tracking="1Z2")

    assert shipped(wms)[0].reference != first


def test_pages_step_over_nothing_while_orders_are_touched(
    site: WarehouseSite, wms: Extensiv, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensiv, "ORDERS_PAGE", 3)
    numbers = []
    for number in range(10):
        hands.now += timedelta(seconds=number % 2)  # two share a moment
        numbers.append(wms.create(delivery(f"113-{number}")))
        staff(site, numbers[-1], "close", tracking=f"1Z{number}")

    seen, page = set(), wms.shipped_since("")
    while True:
        seen |= {each.order_number for each in page.shipments}
        if not page.has_more:
            break
        hands.now += timedelta(seconds=1)
        etag = WarehouseClient(site).http.get(f"/orders/{numbers[0]}").headers["etag"]
        WarehouseClient(site).act(int(numbers[0]), "routing", {"trailerNumber": "7"}, etag, "PUT")  # moves to the end
        page = wms.shipped_since(page.cursor)

    assert seen == {f"113-{number}" for number in range(10)}


def test_a_page_of_one_moment_ends(site: WarehouseSite, wms: Extensiv, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensiv, "ORDERS_PAGE", 2)
    for number in range(7):
        staff(site, wms.create(delivery(f"113-{number}")), "close", tracking=f"1Z{number}")

    seen, page, asked = set(), wms.shipped_since(""), 1
    while page.has_more:
        seen |= {each.order_number for each in page.shipments}
        page, asked = wms.shipped_since(page.cursor), asked + 1
        assert asked < 20
    seen |= {each.order_number for each in page.shipments}

    assert len(seen) == 7
    assert shipped(wms, page.cursor)  # the next look begins at that moment: told twice, never missed


# -- what it has -------------------------------------------------------------------------------------------------------
def test_what_can_be_sold_is_what_is_free_less_what_waits(site: WarehouseSite, wms: Extensiv) -> None:
    site.world.on_hand[shelf(4, 1, "BLUE-MUG-11OZ")] = 10
    site.world.on_hand[shelf(4, 1, "RED-MUG-11OZ")] = 1
    wms.create(delivery(units=4))
    wms.create(delivery("113-2", units=2))  # of RED there is none left for it

    levels = {level.product_code: level.available for level in wms.stock()}

    assert levels == {"BLUE-MUG-11OZ": 4, "RED-MUG-11OZ": 0}


def test_another_customers_stock_of_the_same_sku_is_not_counted(site: WarehouseSite, wms: Extensiv) -> None:
    site.world.on_hand[shelf(4, 1, "BLUE-MUG-11OZ")] = 7

    assert {each.product_code: each.available for each in wms.stock()}["BLUE-MUG-11OZ"] == 7


def test_products_come_with_their_other_names(site: WarehouseSite, wms: Extensiv) -> None:
    site.world.items[4]["BLUE-MUG-11OZ"].update(upc="012345678905", aliases=["MUG-B"])

    found = {each.product_code: each for each in wms.items()}

    assert found["BLUE-MUG-11OZ"].aliases == ("012345678905", "MUG-B")
    assert found["RED-MUG-11OZ"].aliases == ()


def test_carriers_and_services_are_ship_methods_to_choose_from(wms: Extensiv) -> None:
    found = {choice.label: choice for choice in wms.ship_methods()}

    assert found["UPS 2nd Day Air"] == MethodChoice("UPS 2nd Day Air", "UPS", "UPSN", "2nd Day Air")


def test_bytes_are_counted_as_they_come(site: WarehouseSite, wms: Extensiv) -> None:
    for number in range(40):
        staff(site, wms.create(delivery(f"113-{number}")), "close", tracking=f"1Z{number}")
    counted = wms.meter
    assert isinstance(counted, Counted)
    before = counted.received

    assert len(shipped(wms)) == 40

    assert counted.received - before < 40 * 6_000  # gzip, and only what changed
    assert counted.sent > 0


def test_credentials_of_one_customer_see_no_other(site: WarehouseSite, wms: Extensiv) -> None:
    wms.create(delivery())
    site.world.credentials["five"] = Credentials("five", "secret", [5])
    stranger = connected(site, client_id="five", client_secret="secret", account="5")

    assert stranger.find("113-1") is None
    assert stranger.recall(str(next(iter(site.world.orders))), order_number="113-1") is GivenBack.UNKNOWN
