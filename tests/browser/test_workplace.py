"""Two tabs and two organizations, as a person sees them; and what an invitation asks for."""

import pytest
from playwright.sync_api import expect

from core.accounts.models import Membership, Merchant
from tests.browser.page_text import Look, read
from tests.factories import MembershipFactory, MerchantFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(transactional_db: None) -> Membership:
    northwind = MembershipFactory(organization__name="Northwind 3PL")
    MembershipFactory(organization__name="Zebra 3PL", user=northwind.user)
    MerchantFactory(organization=northwind.organization, name="Blue Mug Co")
    return northwind


def test_an_old_tab_says_where_it_belongs_and_what_was_typed_goes_there(look: Look, house: Membership) -> None:
    old = look("/merchants/new/")
    new = old.context.new_page()
    new.goto("/people/organizations/")
    new.get_by_role("button", name="Switch to Zebra 3PL").click()
    expect(new.get_by_role("heading", name="Dashboard")).to_be_visible()

    old.get_by_label("Name").fill("Red Cup Co")
    old.get_by_role("button", name="Create merchant").click()
    expect(old.get_by_role("heading", name="Another organization")).to_be_visible()
    assert not Merchant.objects.filter(name="Red Cup Co").exists()
    read(old, "another-organization")
    old.get_by_role("button", name="Go back to Northwind 3PL and submit it there").click()

    expect(old.get_by_role("heading", name="Red Cup Co")).to_be_visible()
    assert Merchant.objects.get(name="Red Cup Co").organization == house.organization


def test_only_a_seller_is_asked_for_a_merchant(look: Look, house: Membership) -> None:
    page = look("/people/invite/")
    merchant = page.get_by_label("Merchant")
    expect(merchant).to_be_hidden()
    read(page, "invite")

    page.get_by_label("Role").select_option("seller")
    expect(merchant).to_be_visible()
    page.get_by_label("Email address").fill("jo@seller.example")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Choose the merchant this person sells for.")).to_be_visible()
    page.get_by_label("Role").select_option("staff")
    expect(merchant).to_be_visible()  # what is wrong with it stays in sight
