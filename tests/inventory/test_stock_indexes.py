"""No page of the stock goes through a whole table, whatever it is narrowed to."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carts.models import Listing
from core.accounts.access import Role
from core.common import clock
from inventory import stock_filters
from inventory.items import unmatched
from inventory.models import StockLevel
from tests import factories

pytestmark = pytest.mark.django_db
LARGE = ("inventory_stocklevel", "carts_listing", "inventory_stockupdate")


@pytest.fixture
def staff() -> Client:
    """A thousand levels and as many listings, half of them of one merchant; some of each kind that is looked for."""
    warehouse = factories.WarehouseFactory()
    owner = {"organization": warehouse.organization}
    for merchant in (factories.MerchantFactory(**owner), factories.MerchantFactory(**owner)):
        cart = factories.CartFactory(merchant=merchant)
        of_merchant = {**owner, "merchant": merchant}
        StockLevel.objects.bulk_create(
            StockLevel(**of_merchant, warehouse=warehouse, sku=f"MUG-{number:04}", title="A mug", on_hand=number % 40)
            for number in range(600)
        )
        Listing.objects.bulk_create(
            Listing(
                **of_merchant, cart=cart, sku=f"MUG-{number:04}", seen_at=clock.now(),
                fulfilled_by_marketplace=number % 50 == 0,
            )
            for number in range(610)
        )  # fmt: skip
        unmatched.mark(merchant.pk)
    factories.WarehouseFactory(**owner)
    browser = Client()
    browser.force_login(factories.make_person(warehouse.organization, Role.STAFF))
    return browser


def scans(statement: str) -> Iterator[str]:
    """Yield the large tables that a statement can only go through from end to end."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # these tables are small: it would not care
            cursor.execute(f"EXPLAIN {statement}")
            lines = [line for (line,) in cursor.fetchall()]
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            lines = [row[3].replace("SCAN", "Seq Scan on") for row in cursor.fetchall() if "USING" not in row[3]]
    yield from (table for table in LARGE for line in lines if f"Seq Scan on {table}" in line)


def test_each_page_reads_large_tables_off_an_index(staff: Client) -> None:
    pages = {key: {"show": key} for key in ("", *stock_filters.FILTERS)}
    pages |= {"a word": {"q": "mug 0042"}, "what there is not": {"q": "sofa"}, "backwards": {"sort": "-sku"}}
    merchant, warehouse = StockLevel.objects.values_list("merchant", "warehouse")[0]
    pages |= {f"{key} of one": {**query, "merchant": str(merchant)} for key, query in pages.items()}
    pages["a warehouse"] = {"warehouse": str(warehouse)}
    path = reverse("inventory:inventory")
    staff.get(path)

    found = {}
    for name, query in pages.items():
        with CaptureQueriesContext(connection) as asked:
            answer = staff.get(path, query)
        found[name] = (len(asked), str(answer.context["listing"].total), len(answer.context["listing"].rows))
        read = [each["sql"] for each in asked.captured_queries if each["sql"].startswith("SELECT")]
        assert [table for sql in read for table in scans(sql)] == [], name

    totals = {name: total for name, (_, total, _) in found.items()}
    assert (totals[""], totals[" of one"], totals["unmatched"]) == ("1,000+", "600", "18")
    assert (totals["zero"], totals["low"], totals["uncounted"], totals["fba"]) == ("30", "150", "0", "24")
    assert (totals["a word"], totals["what there is not"], totals["a warehouse"]) == ("2", "0", "1,000+")
    assert max(statements for statements, _, _ in found.values()) <= 21
