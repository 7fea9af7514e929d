"""A merchant's aliases and kits: by hand, as a sheet with a preview, and suggested for listings without a SKU."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Merchant
from inventory.items import unmatched
from inventory.models import StockLevel
from shipping.models import ItemAlias, KitComponent
from tests.factories import (
    CartFactory,
    ListingFactory,
    MerchantFactory,
    OrganizationFactory,
    StockLevelFactory,
    make_person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def merchant() -> Merchant:
    return MerchantFactory(organization=OrganizationFactory())


@pytest.fixture
def browse(merchant: Merchant) -> Callable[[Role], Client]:
    def client(role: Role) -> Client:
        browser = Client()
        browser.force_login(make_person(merchant.organization, role))
        return browser

    return client


@pytest.fixture
def staff(browse: Callable[[Role], Client]) -> Client:
    return browse(Role.STAFF)


def address(merchant: Merchant, name: str = "items") -> str:
    return reverse(f"inventory:{name}", args=[merchant.pk])


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def upload(client: Client, merchant: Merchant, text: str, **more: str) -> Any:
    file = SimpleUploadedFile("items.csv", text.encode())
    return client.post(address(merchant, "item_import"), {"file": file, **more})


def aliases() -> dict[str, str]:
    return dict(ItemAlias.objects.values_list("name", "sku"))


def kits() -> set[tuple[str, str, int]]:
    return set(KitComponent.objects.values_list("kit", "sku", "quantity"))


def test_an_alias_and_a_kit_are_made_changed_and_removed(staff: Client, merchant: Merchant) -> None:
    staff.post(address(merchant), {"name": "MUG-FBM", "sku_1": "MUG"})
    staff.post(address(merchant), {"name": "SET", "sku_1": "MUG", "quantity_1": "2", "sku_2": "LID", "quantity_2": "1"})
    assert (aliases(), kits()) == ({"MUG-FBM": "MUG"}, {("SET", "MUG", 2), ("SET", "LID", 1)})

    page = said(staff.get(address(merchant)))
    assert "2 × MUG, 1 × LID" in page

    staff.post(address(merchant), {"name": "SET", "sku_1": "MUG"})  # an alias now
    staff.post(address(merchant), {"forget": "MUG-FBM"})
    assert (aliases(), kits()) == ({"SET": "MUG"}, set())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": "MUG-FBM", "sku_1": "MUG-FBM"}, "MUG-FBM can&#x27;t stand for itself."),
        ({"name": "OTHER", "sku_1": "OLD-NAME"}, "OLD-NAME is itself an alias. Enter MUG instead."),
        ({"name": "MUG", "sku_1": "CUP"}, "MUG is counted as an item of its own"),
        ({"name": "MUG2", "sku_1": "CUP", "sku_2": "LID"}, "an alias stands for one SKU"),
        ({"name": "BOX", "sku_1": "SET", "quantity_1": "2"}, "SET is itself an alias or a kit"),
        ({"name": "LID", "sku_1": "CUP"}, "LID is what SET stands for"),
        (
            {"name": "X", "sku_1": "MUG", "quantity_1": "1", "sku_2": "MUG", "quantity_2": "1"},
            "a component stands twice",
        ),
    ],
)
def test_what_would_go_in_circles_or_hide_an_item_is_refused_by_its_name(
    staff: Client, merchant: Merchant, fields: dict[str, str], why: str
) -> None:
    StockLevelFactory(merchant=merchant, warehouse__organization=merchant.organization, sku="MUG", on_hand=1)
    staff.post(address(merchant), {"name": "OLD-NAME", "sku_1": "MUG"})
    staff.post(address(merchant), {"name": "SET", "sku_1": "LID", "quantity_1": "2"})
    before = (aliases(), kits())

    answer = staff.post(address(merchant), fields)

    assert answer.status_code == 422
    assert why in said(answer)
    assert (aliases(), kits()) == before


def test_what_was_to_be_counted_by_the_name_is_counted_as_what_it_stands_for(staff: Client, merchant: Merchant) -> None:
    StockLevelFactory(
        merchant=merchant, warehouse__organization=merchant.organization, sku="MUG-FBM", on_hand=None, observed_at=None
    )

    staff.post(address(merchant), {"name": "MUG-FBM", "sku_1": "MUG"})

    assert not StockLevel.objects.exists()


def test_a_sheet_shows_what_changes_and_changes_nothing_before_it_is_saved(staff: Client, merchant: Merchant) -> None:
    staff.post(address(merchant), {"name": "OLD", "sku_1": "MUG"})
    staff.post(address(merchant), {"name": "SAME", "sku_1": "MUG"})
    sheet = "name,stands_for,quantity\nSAME,MUG,\nOLD,CUP,\nSET,MUG,2\nSET,LID,1\n"

    shown = upload(staff, merchant, sheet)

    assert "3 aliases and kits change" not in said(shown)
    assert "2 aliases and kits change, 1 as before." in said(shown)
    assert aliases() == {"OLD": "MUG", "SAME": "MUG"}

    staff.post(address(merchant, "item_import"), {"sheet": shown.context["sheet"]})

    assert aliases() == {"OLD": "CUP", "SAME": "MUG"}
    assert kits() == {("SET", "MUG", 2), ("SET", "LID", 1)}


def test_the_file_that_is_downloaded_changes_nothing_when_it_comes_back(staff: Client, merchant: Merchant) -> None:
    for name, sku in (("=1+1", "MUG"), ('55" TV', "TV"), ("ü 漢 /%+#", "MUG,BLUE"), ("0123", "MUG")):
        staff.post(address(merchant), {"name": name, "sku_1": sku})
    staff.post(address(merchant), {"name": "SET", "sku_1": "MUG", "quantity_1": "2"})

    file = staff.get(address(merchant, "item_file")).content.decode("utf-8-sig")
    shown = upload(staff, merchant, file, whole="1")

    assert "'=1+1" in file
    assert (shown.context["plan"].changes, shown.context["plan"].same) == ([], 5)


def test_a_whole_sheet_removes_what_is_not_in_it(staff: Client, merchant: Merchant) -> None:
    for name in ("KEPT", "GONE"):
        staff.post(address(merchant), {"name": name, "sku_1": "MUG"})

    shown = upload(staff, merchant, "name,stands_for\nKEPT,MUG\n", whole="1")
    staff.post(address(merchant, "item_import"), {"sheet": shown.context["sheet"], "whole": "1"})

    assert aliases() == {"KEPT": "MUG"}


@pytest.mark.parametrize(
    ("sheet", "why"),
    [
        ("a,b\n1,2\n", "no column name and stands_for"),
        ("", "The file is empty."),
        ("name,stands_for,quantity\nSET,MUG,-2\n", "Row 2: -2 is no whole number of units."),
        ("name,stands_for\nSET,\n", "Row 2: enter both"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why_and_saves_nothing(
    staff: Client, merchant: Merchant, sheet: str, why: str
) -> None:
    answer = upload(staff, merchant, sheet)

    assert answer.status_code == 422
    assert why in said(answer)
    assert "Save changes" not in said(answer)


def test_listings_without_a_sku_are_listed_with_what_they_probably_are(staff: Client, merchant: Merchant) -> None:
    cart = CartFactory(merchant=merchant)
    for sku in ("MUG-BLUE", "B0LAMP", "MATCHED"):
        StockLevelFactory(merchant=merchant, warehouse__organization=merchant.organization, sku=sku)
    for sku, asin, fba in (
        ("mug_blue-FBM", "B1", False),
        ("LAMP-1", "B0LAMP", False),
        ("ODD", "B2", False),
        ("MATCHED", "B3", False),
        ("FBA-ONE", "B4", True),
    ):
        ListingFactory(cart=cart, sku=sku, asin=asin, fulfilled_by_marketplace=fba, title=f"Title {sku}")
    unmatched.mark(merchant.pk)

    found = {each.listing.sku: each.likely for each in staff.get(address(merchant)).context["unmatched"]}

    assert found == {"mug_blue-FBM": "MUG-BLUE", "LAMP-1": "B0LAMP", "ODD": ""}


def test_who_may_not_count_may_look(browse: Callable[[Role], Client], merchant: Merchant) -> None:
    viewer = browse(Role.VIEWER)

    assert viewer.get(address(merchant)).status_code == 200
    assert viewer.post(address(merchant), {"name": "A", "sku_1": "B"}).status_code == 403
    assert not aliases()
