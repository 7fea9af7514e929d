"""Stock by the API: a WMS reports it, Amazon gets it, and what cannot be is named and stops nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from core.api.scopes import Scope
from core.common.bell import Bell
from inventory.models import Observation, StockLevel
from shipping.models import ItemAlias, Warehouse
from shipping.routing import routes_for
from tests.api_client import Program
from tests.factories import MerchantFactory, OrganizationFactory
from tests.inventory.publish.accounts import work
from tests.world import SELLER, US, World

SKU = "MUG-BLUE-11"


@pytest.fixture
def wms(world: World) -> Program:
    Warehouse.objects.update(kind="api")
    return Program(world.organization, warehouse_id=Warehouse.objects.get().pk)


def level(units: Any, sku: Any = SKU, **said: Any) -> dict[str, Any]:
    return {"sku": sku, "on_hand": units, **said}


def report(world: World, *levels: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"observed_at": world.now.isoformat(), "levels": list(levels), **said}


def outcomes(answer: Any) -> list[str]:
    return [each["outcome"] for each in answer.json()["results"]]


def test_what_a_wms_reports_is_what_amazon_shows(world: World, wms: Program) -> None:
    """By SKU or alias; an order that the WMS may not know yet is taken off, and what is older changes nothing."""
    ItemAlias.objects.create(
        organization=world.organization,
        merchant=world.merchant,
        name="4006381333931",
        sku="MUG-GREEN",
        made_at=world.now,
    )

    answer = wms.post("levels", report(world, level(30), level(5, "4006381333931")))
    assert (answer.status_code, outcomes(answer)) == (200, ["stored", "stored"])
    work(world.cart)
    assert world.simulator.stock(SELLER, SKU, US) == 30
    assert StockLevel.objects.get(sku="MUG-GREEN").on_hand == 5

    world.later(minutes=1)
    world.order_placed(lines=[{"sku": SKU, "quantity": 2}])
    world.download()
    earlier = (world.now - timedelta(hours=1)).isoformat()
    answer = wms.post("levels", report(world, level(99, observed_at=earlier), level(7, "LID", sequence=3)))
    assert (answer.status_code, outcomes(answer)) == (200, ["older", "stored"])
    work(world.cart)
    assert world.simulator.stock(SELLER, SKU, US) == 28
    [there] = wms.get(f"levels?sku={SKU}").json()["data"]
    assert (there["on_hand"], there["available"], there["warehouse"]) == (30, 28, f"wh_{wms.key.warehouse_id}")
    assert Observation.objects.filter(source="api").count() == 3


def test_a_report_sent_again_does_nothing_and_wakes_nobody(
    world: World, wms: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Any] = []
    routes_for([world.cart])
    monkeypatch.setattr(Bell, "ring", lambda bell, **about: rung.append(bell))
    said = report(world, level(30))

    wms.post("levels", said)
    assert rung == [Bell.PUBLISH]
    assert outcomes(wms.post("levels", said)) == ["stored"]
    assert rung == [Bell.PUBLISH]
    assert Observation.objects.count() == 1


def test_of_many_levels_each_has_its_outcome(world: World, wms: Program) -> None:
    tomorrow = (world.now + timedelta(days=1)).isoformat()
    ahead = level(4, "LID", observed_at=tomorrow)

    mixed = wms.post("levels", report(world, level(30), ahead))
    alone = wms.post("levels", report(world, ahead))

    assert (mixed.status_code, outcomes(mixed)) == (207, ["stored", "refused"])
    assert "LID: it was seen in the future" in mixed.json()["results"][1]["detail"]
    assert (alone.status_code, alone.json()["errors"][0]["pointer"]) == (422, "#/levels/0/sku")


BAD = [
    ([level("5")], "#/levels/0/on_hand"),
    ([level(-1)], "#/levels/0/on_hand"),
    ([level(1_000_000)], "#/levels/0/on_hand"),
    ([level(1.5)], "#/levels/0/on_hand"),
    ([level(5, 7)], "#/levels/0/sku"),
    ([level(5, " ")], "#/levels/0/sku"),
    ([level(5, quantity=5)], "#/levels/0/quantity"),
    ([level(5, observed_at="2026-11-29T10:00:00")], "#/levels/0/observed_at"),
    ([level(5), level(6)], "#/levels/1/sku"),
    ([level(5, sequence=2**63)], "#/levels/0/sequence"),
    ([], "#/levels"),
    ([level(1, str(each)) for each in range(5_001)], "#/levels"),
]


def test_what_cannot_be_meant_is_refused_whole(world: World, wms: Program) -> None:
    for levels, pointer in BAD:
        answer = wms.post("levels", report(world, *levels))

        assert answer.status_code == 422, answer.content
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert not StockLevel.objects.exists()


def test_a_level_says_when_it_was_counted_or_has_a_sequence(wms: Program) -> None:
    answer = wms.post("levels", {"levels": [level(5)]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/levels/0/observed_at"


def test_only_ones_own_goods_can_be_reported_and_read(world: World, wms: Program) -> None:
    foreign = MerchantFactory(organization=OrganizationFactory())
    answers = [wms.post("levels", report(world, level(5), merchant=f"mer_{each}")) for each in (foreign.pk, 999_999)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    second = MerchantFactory(organization=world.organization)
    assert wms.post("levels", report(world, level(5))).status_code == 409  # whose?
    assert wms.post("levels", report(world, level(5), merchant=f"mer_{second.pk}")).status_code == 200

    assert wms.get(f"levels?merchant=mer_{world.merchant.pk}").json()["data"] == []
    seller = Program(world.organization, merchant=world.merchant)
    assert seller.get("levels").json()["data"] == []
    assert seller.post("levels", report(world, level(5))).status_code == 409
    assert Program(foreign.organization).get("levels").json()["data"] == []
    assert Program(world.organization, Scope.INVENTORY_READ).post("levels", report(world)).status_code == 403
