"""The simulated 3PL Warehouse Manager: orders as its API takes them, tells them and lets them go."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.extensiv.requests import in_pascal_case
from simulator.extensiv.site import TOKENS, WarehouseSite
from simulator.extensiv.warehouse_world import Credentials, load, save
from tests.simulator.extensiv.warehouse_client import WarehouseClient, escaped, order, told


class Hands:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def site(hands: Hands) -> WarehouseSite:
    return WarehouseSite(clock=hands, sleep=lambda seconds: None)


@pytest.fixture
def client(site: WarehouseSite) -> WarehouseClient:
    return WarehouseClient(site)


def test_a_client_that_is_not_registered_hears_it_in_the_words_of_the_real_one(site: WarehouseSite) -> None:
    http = WarehouseClient(site).http

    answer = http.post(TOKENS, auth=("nobody", "wrong"), json={"grant_type": "client_credentials", "user_login": "1"})

    assert (answer.status_code, answer.json()) == (401, {"Message": "invalid_client: client not registered"})


def test_a_token_ends_after_an_hour(client: WarehouseClient, hands: Hands) -> None:
    assert client.http.get("/orders").status_code == 200
    hands.now += timedelta(minutes=61)
    assert client.http.get("/orders").status_code == 401


def test_an_order_is_created_with_a_version_and_holds_its_units(client: WarehouseClient) -> None:
    answer = client.create("113-1", units=3)

    made = told(answer)
    assert answer.status_code == 201
    assert answer.headers["etag"].startswith('W/"')
    assert (made["readOnly"]["status"], made["readOnly"]["isClosed"], made["readOnly"]["fullyAllocated"]) == (
        0,
        False,
        True,
    )
    summaries = client.http.get("/inventory/stocksummaries", params={"rql": "facilityId==1"}).json()["summaries"]
    mugs = [row for row in summaries if row["itemIdentifier"]["sku"] == "BLUE-MUG-11OZ"]
    assert sorted(row["available"] for row in mugs) == [197, 200]  # of two customers, and no row says whose


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"referenceNum": ""}, "Required", "ReferenceNum"),
        ({"orderItems": []}, "Required", "OrderItems"),
        ({"customerIdentifier": {"id": 99}}, "DoesNotExist", "CustomerIdentifier"),
        ({"facilityIdentifier": {"name": "Nowhere"}}, "DoesNotExist", "FacilityIdentifier"),
        ({"shipTo": {"name": "Ann"}}, "Required", "Address1"),
        ({"orderItems": [{"itemIdentifier": {"sku": "NONE"}, "qty": 1}]}, "DoesNotExist", "ItemIdentifier.Sku"),
    ],
)
def test_what_is_missing_or_unknown_is_named(client: WarehouseClient, change: object, code: str, field: str) -> None:
    answer = client.http.post("/orders", json=order("113-1") | dict(change))  # type: ignore[call-overload]

    body = answer.json()
    assert (answer.status_code, body["ErrorCode"], body["Properties"][0]["Name"]) == (400, code, field)


def test_a_reference_is_taken_once_by_each_customer_unless_it_was_canceled(client: WarehouseClient) -> None:
    first = told(client.create("113-1"))["readOnly"]["orderId"]
    etag = client.http.get(f"/orders/{first}").headers["etag"]

    assert client.create("113-1").json()["ErrorCode"] == "Duplicate"
    assert client.create("113-1", customer=5).status_code == 201
    assert client.act(first, "canceler", {"reason": "changed"}, etag).status_code == 204
    assert client.create("113-1").status_code == 201


def test_names_are_in_pascal_case_unless_hal_is_asked_for(site: WarehouseSite, client: WarehouseClient) -> None:
    client.create("113-1")
    plain = WarehouseClient(site, accept="*/*")

    hal, shown = client.find("referenceNum==113-1", detail="All"), plain.find("referenceNum==113-1", detail="All")

    (inner,) = hal["_embedded"]["http://api.3plCentral.com/rels/orders/order"]
    (outer,) = shown["ResourceList"]
    assert hal["totalResults"] == shown["TotalResults"] == 1
    lines = inner.pop("_embedded")["http://api.3plCentral.com/rels/orders/item"]
    assert outer == in_pascal_case(inner | {"orderItems": lines})


def test_a_list_without_detail_tells_no_lines_no_packages_and_no_saved_elements(client: WarehouseClient) -> None:
    client.create("113-1")

    (row,) = client.find("referenceNum==113-1")["_embedded"]["http://api.3plCentral.com/rels/orders/order"]

    assert "_embedded" not in row
    assert "savedElements" not in row
    assert "packages" not in row["readOnly"]


@pytest.mark.parametrize(
    ("rql", "found"),
    [
        ("referenceNum==113-1", 1),
        ("referenceNum==113-*", 3),
        ("referenceNum=in=(113-1,113-2)", 2),
        ("REFERENCENUM==113-1,referencenum==113-2", 2),
        ("customerIdentifier.id==4;readonly.isclosed==false", 2),
        ("(referenceNum==113-1,referenceNum==113-2);customerIdentifier.id==5", 0),
        ("readOnly.orderId=gt=0;referenceNum!=113-3", 2),
        (f"referenceNum=={escaped('113-(3);x,y*')}", 0),
    ],
)
def test_lists_are_asked_in_rql(client: WarehouseClient, rql: str, found: int) -> None:
    for reference, customer in (("113-1", 4), ("113-2", 4), ("113-3", 5)):
        client.create(reference, customer=customer)

    assert client.find(rql)["totalResults"] == found


@pytest.mark.parametrize("rql", ["referenceNum", "referenceNum=~x", "(referenceNum==1", "a==1;;b==2"])
def test_what_is_no_rql_is_refused(client: WarehouseClient, rql: str) -> None:
    assert client.http.get("/orders", params={"rql": rql}).json()["Parameters"] == [{"Name": "rql"}]


def test_a_page_larger_than_the_largest_is_an_error(client: WarehouseClient) -> None:
    assert client.http.get("/orders", params={"pgsiz": 1000}).status_code == 200
    assert client.http.get("/orders", params={"pgsiz": 1001}).status_code == 400


def test_who_writes_says_which_version_was_seen(client: WarehouseClient) -> None:
    number = told(client.create("113-1"))["readOnly"]["orderId"]
    seen = client.http.get(f"/orders/{number}").headers["etag"]
    body = {"reason": "changed"}

    assert client.http.post(f"/orders/{number}/canceler", json=body).status_code == 428
    assert client.act(number, "routing", {"carrier": "USPS"}, seen, "PUT").status_code == 204
    assert client.act(number, "canceler", body, seen).status_code == 412
    now = client.http.get(f"/orders/{number}").headers["etag"]
    assert client.act(number, "canceler", {"reason": ""}, now).status_code == 400
    assert client.act(number, "canceler", body, now).status_code == 204


def test_what_is_packed_or_closed_is_not_canceled(client: WarehouseClient, site: WarehouseSite) -> None:
    packed, closed = (told(client.create(name))["readOnly"]["orderId"] for name in ("113-1", "113-2"))
    client.http.post(f"/_bench/orders/{packed}/pack", json={"tracking": "1Z999"})
    client.http.post(f"/_bench/orders/{closed}/close", json={"tracking": "1Z888", "carrier": "UPS"})

    for number, code in ((packed, "InUse"), (closed, "OrderConfirmed")):
        etag = client.http.get(f"/orders/{number}").headers["etag"]
        answer = client.act(number, "canceler", {"reason": "changed"}, etag)
        assert (answer.status_code, answer.json()["ErrorCode"]) == (403, code)
    assert [entry["reference"] for entry in site.journal("closed")] == ["113-2"]


def test_what_is_not_allocated_is_not_closed(client: WarehouseClient) -> None:
    number = told(client.create("113-1", units=999))["readOnly"]["orderId"]
    etag = client.http.get(f"/orders/{number}").headers["etag"]

    assert client.act(number, "confirmer", {}, etag).json()["ErrorCode"] == "NotFullyAllocated"


def test_closing_takes_the_units_off_the_shelf_and_opening_again_puts_them_back(client: WarehouseClient) -> None:
    number = told(client.create("113-1", units=3))["readOnly"]["orderId"]

    def there() -> tuple[int, int]:
        query: dict[str, str | int] = {"customerid": 4, "facilityid": 1, "rql": "itemIdentifier.sku==BLUE-MUG-11OZ"}
        (row,) = client.http.get("/inventory/stockdetails", params=query).json()["_embedded"]["item"]
        return row["onHand"], row["available"]

    assert there() == (200, 197)
    client.http.post(f"/_bench/orders/{number}/close", json={"tracking": "1Z"})
    assert there() == (197, 197)
    etag = client.http.get(f"/orders/{number}").headers["etag"]
    assert client.act(number, "unconfirmer", {}, etag).status_code == 204
    assert there() == (200, 197)


def test_an_order_of_another_customer_is_not_there(site: WarehouseSite, client: WarehouseClient) -> None:
    number = told(client.create("113-1", customer=5))["readOnly"]["orderId"]
    site.world.credentials["one"] = Credentials("one", "secret", [4])
    stranger = WarehouseClient(site, client_id="one")

    assert stranger.http.get(f"/orders/{number}").status_code == 404
    assert stranger.find("referenceNum==113-1")["totalResults"] == 0
    assert stranger.http.get("/customers/5/items").status_code == 404


def test_a_lost_answer_leaves_the_order_behind(site: WarehouseSite, client: WarehouseClient) -> None:
    site.fail("POST /orders", "lost_answer")

    assert client.create("113-1").status_code == 504
    assert client.find("referenceNum==113-1")["totalResults"] == 1
    assert len(site.journal("order")) == 1


def test_times_are_told_without_a_zone_as_they_are_at_the_warehouse(client: WarehouseClient) -> None:
    made = told(client.create("113-1"))

    assert made["readOnly"]["creationDate"] == "2026-11-29T04:00:00.000"  # noon UTC in Los Angeles


def test_the_staff_pack_ship_and_close_on_a_page(client: WarehouseClient) -> None:
    number = told(client.create("<b>113</b>"))["readOnly"]["orderId"]
    page = client.http.get("/", headers={"accept": "text/html"}).text
    assert "&lt;b&gt;113&lt;/b&gt;" in page
    assert "Ship and Close" in page

    sent = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking": "1Z42", "charge": "3.50"}
    answer = client.http.post(f"/_bench/orders/{number}/close", data=sent)

    assert answer.status_code == 303
    closed = client.http.get(f"/orders/{number}").json()
    assert closed["readOnly"]["isClosed"]
    assert closed["routingInfo"]["trackingNumber"] == "1Z42"
    assert closed["billing"]["billingCharges"][0]["subtotal"] == 3.5


def test_everything_is_there_after_a_restart(site: WarehouseSite, client: WarehouseClient, tmp_path: Path) -> None:
    client.create("113-1", units=2)
    save(site.world, tmp_path / "wms.json")

    again = WarehouseSite(load(tmp_path / "wms.json"), clock=site.clock)

    assert again.world == site.world
    assert WarehouseClient(again).find("referenceNum==113-1")["totalResults"] == 1
