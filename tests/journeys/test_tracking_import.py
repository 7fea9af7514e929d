"""A carrier's list comes in as a sheet, and Amazon has the tracking of each of its orders."""

from django.test import Client

from orders.models import OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from tests.journeys.staff import staff
from tests.tracking_sheets import URL, upload, workbook
from tests.world import World

__all__ = ["staff"]  # a fixture


def test_a_workbook_of_a_carrier_ships_its_orders_as_far_as_amazon(world: World, staff: Client) -> None:
    first, second = world.at_warehouse(), world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    numbers = [ups_number("999AA1", place) for place in range(3)]
    rows = [
        ["UPS shipments"],
        [],
        ["Reference 1", "Tracking No.", "Carrier", "Service"],
        [first.number.replace("-", ""), numbers[0], "UPS", "Ground"],
        [second.number, numbers[1], "UPS", "Ground"],
        [second.number, numbers[2], "UPS", "Ground"],
        ["113-0000000-0000000", ups_number("999AA1", 9), "UPS", "Ground"],
        ["", "", "", "3 shipments"],
    ]
    page = staff.post(URL, {"file": upload(workbook(rows), "ups.xlsx")}, follow=True)
    address, shown = page.redirect_chain[-1][0], page.context["shown"]
    assert [each.order for each in shown.ready] == [first, second]

    result = staff.post(f"{address}ship/", {"seen": shown.seen}, follow=True).content.decode()
    assert "1 order of the sheet did not ship." in result
    assert f'href="{address}"' in result
    world.confirm()

    assert sorted(entry["tracking"] for entry in world.told()) == sorted(numbers)
    assert {world.order(each.number).status for each in (first, second)} == {OrderStatus.CONFIRMED}
