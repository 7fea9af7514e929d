"""Stock by the API: reported in thousands with an outcome for each, and read as it can be sold."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from core.accounts.models import Merchant
from core.api.scopes import Scope
from core.common import clock
from inventory.models import StockLevel
from shipping.models import ItemAlias, Warehouse
from tests.api_client import Program
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    RouteFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
Row = Mapping[str, Any]


@pytest.fixture
def merchant() -> Merchant:
    return MerchantFactory(organization=OrganizationFactory())


@pytest.fixture
def warehouse(merchant: Merchant) -> Warehouse:
    return WarehouseFactory(organization=merchant.organization)


@pytest.fixture
def wms(merchant: Merchant, warehouse: Warehouse) -> Program:
    return Program(merchant.organization, warehouse_id=warehouse.pk)


def report(program: Program, merchant: Merchant, *rows: Row, **fields: Any) -> Any:
    return program.post("inventory/levels", {"merchant": f"mer_{merchant.pk}", "levels": list(rows), **fields})


def outcomes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.content
    return [(each["sku"], each["outcome"]) for each in answer.json()["data"]]


def on_hand() -> dict[str, int | None]:
    return dict(StockLevel.objects.values_list("sku", "on_hand"))


def test_each_row_has_an_outcome_and_a_wrong_one_stops_no_other(wms: Program, merchant: Merchant) -> None:
    owner = {"organization": merchant.organization, "merchant": merchant, "made_at": clock.now()}
    ItemAlias.objects.create(name="0123456789012", sku="LID", **owner)
    wrong: list[Row] = [
        {"sku": "NEG", "on_hand": -1},
        {"sku": "TEXT", "on_hand": "5"},
        {"sku": "TRUE", "on_hand": True},
        {"sku": "BOTH", "on_hand": 1, "available": 1},
        {"sku": "NONE"},
        {"sku": "MORE", "on_hand": 1, "qty": 2},
        {"sku": "ZONE", "on_hand": 1, "observed_at": "2026-11-29T08:30:00"},
        {"sku": 5, "on_hand": 1},
        {"on_hand": 1},
    ]

    answer = report(wms, merchant, {"sku": "MUG", "on_hand": 5}, *wrong, {"sku": "0123456789012", "available": 2})

    assert [outcome for _, outcome in outcomes(answer)] == ["stored", *["refused"] * len(wrong), "stored"]
    assert answer.json()["data"][1]["detail"] == "NEG: -1 is below zero. Send 0 if there is none."
    assert (answer.json()["stored"], answer.json()["refused"]) == (2, len(wrong))
    assert on_hand() == {"MUG": 5, "LID": 2}


def test_an_older_report_never_replaces_a_newer_one(wms: Program, merchant: Merchant) -> None:
    now = clock.now()
    before = (now - timedelta(hours=1)).isoformat()

    assert outcomes(report(wms, merchant, {"sku": "MUG", "on_hand": 5})) == [("MUG", "stored")]
    assert outcomes(report(wms, merchant, {"sku": "MUG", "on_hand": 9, "observed_at": before})) == [("MUG", "older")]
    assert outcomes(report(wms, merchant, {"sku": "LID", "on_hand": 3, "sequence": 8})) == [("LID", "stored")]
    assert outcomes(report(wms, merchant, {"sku": "LID", "on_hand": 4, "sequence": 7})) == [("LID", "older")]
    assert on_hand() == {"MUG": 5, "LID": 3}


def test_what_is_free_and_what_lies_on_the_shelf_are_two_things(
    wms: Program, merchant: Merchant, warehouse: Warehouse
) -> None:
    cart = CartFactory(merchant=merchant)
    RouteFactory(cart=cart, warehouse=warehouse)
    OrderFactory(cart=cart, lines={"MUG": 2, "LID": 2})
    report(wms, merchant, {"sku": "MUG", "on_hand": 5}, {"sku": "LID", "available": 5})

    rows = {row["sku"]: row for row in wms.get("inventory/levels").json()["data"]}

    assert {sku: (row["on_hand"], row["promised"], row["available"]) for sku, row in rows.items()} == {
        "MUG": (5, 2, 3),
        "LID": (5, 2, 3),  # nobody handed the order over yet
    }


def test_the_carts_are_told(
    wms: Program,
    merchant: Merchant,
    warehouse: Warehouse,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    RouteFactory(cart=CartFactory(merchant=merchant), warehouse=warehouse)
    with django_capture_on_commit_callbacks() as rung:
        report(wms, merchant, {"sku": "MUG", "on_hand": 5})
    with django_capture_on_commit_callbacks() as not_rung:
        report(wms, merchant, {"sku": "MUG", "on_hand": -5})

    assert len(rung) > len(not_rung)


def test_what_is_anothers_is_neither_written_nor_read(wms: Program, merchant: Merchant, warehouse: Warehouse) -> None:
    other = MerchantFactory(organization=OrganizationFactory())
    elsewhere = WarehouseFactory(organization=merchant.organization)
    theirs = StockLevelFactory(merchant=other, warehouse=WarehouseFactory(organization=other.organization))
    beside = StockLevelFactory(merchant=merchant, warehouse=elsewhere, sku="BESIDE")

    foreign = report(wms, other, {"sku": "MUG", "on_hand": 5})
    not_mine = report(wms, merchant, {"sku": "MUG", "on_hand": 5}, warehouse=f"wh_{elsewhere.pk}")

    assert [answer.status_code for answer in (foreign, not_mine)] == [404, 404]
    assert StockLevel.objects.count() == 2
    seen = wms.get("inventory/levels").content.decode()
    assert theirs.sku not in seen
    assert beside.sku not in seen


def test_a_key_without_a_warehouse_says_which(merchant: Merchant, warehouse: Warehouse) -> None:
    program = Program(merchant.organization, Scope.INVENTORY_WRITE)

    assert report(program, merchant, {"sku": "MUG", "on_hand": 5}).status_code == 404
    assert outcomes(report(program, merchant, {"sku": "MUG", "on_hand": 5}, warehouse=f"wh_{warehouse.pk}"))
    assert program.get("inventory/levels").status_code == 403


@pytest.mark.parametrize("levels", [[], "x", None, [{"sku": "A", "on_hand": 1}] * 5001])
def test_a_report_is_a_list_of_one_to_five_thousand_rows(wms: Program, merchant: Merchant, levels: Any) -> None:
    answer = wms.post("inventory/levels", {"merchant": f"mer_{merchant.pk}", "levels": levels})

    assert answer.status_code == 422
    assert not StockLevel.objects.exists()


def test_fifty_rows_are_read_as_often_as_five(wms: Program, merchant: Merchant, warehouse: Warehouse) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert wms.get("inventory/levels").status_code == 200
        return len(queries)

    for number in range(5):
        StockLevelFactory(merchant=merchant, warehouse=warehouse, sku=f"A{number}")
    asked()
    few = asked()
    for number in range(45):
        StockLevelFactory(merchant=merchant, warehouse=warehouse, sku=f"B{number}")

    assert asked() == few
