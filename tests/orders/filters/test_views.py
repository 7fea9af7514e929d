"""The tab on a cart's filters."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.models import Event
from orders.filters import cart_filters
from orders.filters.forms import LONGEST, MOST_ITEMS, ItemFilterForm
from orders.models import ItemFilter, OrderFilter
from tests.factories import CartFactory, OrderFactory, OrganizationFactory, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

RULE = {"action": "keep", "effect": "restricted", "field": "country", "match": "whole", "values": "US"}
LIST = {"action": "list", "mode": "deny", "by": "sku", "match": "whole", "scope": "line", "values": "MUG-1\nMUG-2"}


@pytest.fixture
def acme(db: None) -> Organization:
    return OrganizationFactory(name="Northwind 3PL")


@pytest.fixture
def cart(acme: Organization) -> Cart:
    return CartFactory(merchant__organization=acme, merchant__name="Blue Mug Co", name="Amazon US")


def logged_in(acme: Organization, role: Role = Role.STAFF, **fields: Any) -> Client:
    client = Client()
    client.force_login(make_person(acme, role, **fields))
    return client


@pytest.fixture
def staff(acme: Organization) -> Client:
    return logged_in(acme)


def address(cart: Cart) -> str:
    return reverse("orders:filters", args=[cart.pk])


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_filter_is_added_changed_and_removed(staff: Client, cart: Cart) -> None:
    added = staff.post(address(cart), RULE | {"values": " us \n\nCA\nUS\n"}, follow=True)
    kept = OrderFilter.objects.get()
    assert kept.values == ["US", "CA"]
    assert "Country is US or CA" in text(added)

    form = text(staff.get(address(cart), {"edit": kept.pk}))
    assert "Change the filter" in form
    assert "US CA</textarea>" in form
    changed = staff.post(address(cart), RULE | {"filter": kept.pk, "effect": "required", "values": "DE"}, follow=True)
    assert OrderFilter.objects.get().values == ["DE"]
    assert "Only if country is DE" in text(changed)

    staff.post(address(cart), {"action": "remove", "filter": kept.pk})
    assert not OrderFilter.objects.exists()
    assert "No filters: every order is taken" in text(staff.get(address(cart)))


def test_what_changed_is_recorded_with_counts_and_no_values(staff: Client, cart: Cart) -> None:
    staff.post(address(cart), RULE | {"field": "postal_code", "values": "89501"})
    staff.post(address(cart), LIST)

    events = Event.objects.filter(kind="filters.changed", subject_kind="cart", subject_id=cart.pk).order_by("pk")
    assert [event.details for event in events] == [
        {"what": "a filter was added", "filters": 1, "items": 0},
        {"what": "the list of items was saved", "filters": 1, "items": 2},
    ]
    assert all(event.actor for event in events)
    assert "Now 1 on orders, 2 items listed" in text(staff.get(reverse("carts:history", args=[cart.pk])))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"values": " \n\0\n\t"}, "Enter at least one value."),
        (
            {"values": "UK\nAtlantis"},
            "“Atlantis” is not a country we know. Enter its name or its two letters, like GB.",
        ),
        ({"field": "currency", "values": "USD\n$"}, "“$” is not a code. Enter currencies as 3 letters, like USD."),
        ({"field": "prime", "values": "maybe"}, "Enter yes or no."),
        ({"field": "number", "values": "x" * (LONGEST + 1)}, "is too long. A value can have up to 255 characters."),
        (
            {"field": "number", "values": "\n".join(map(str, range(1001)))},
            "s 1,001 values. The limit is 1,000",
        ),
        ({"field": "moon"}, "This choice isn&#x27;t offered any more."),
    ],
)
def test_what_cannot_be_a_filter_is_said_at_its_field(
    staff: Client, cart: Cart, fields: dict[str, str], said: str
) -> None:
    answer = staff.post(address(cart), RULE | fields)

    assert answer.status_code == 422
    assert said in text(answer)
    assert not OrderFilter.objects.exists()


def test_prime_is_compared_as_a_whole(staff: Client, cart: Cart) -> None:
    staff.post(address(cart), RULE | {"field": "prime", "match": "starts", "values": "YES"})

    assert OrderFilter.objects.get().match == "whole"


def test_a_filter_removed_meanwhile_is_not_brought_back(
    staff: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people at once: the filter goes between reading it and keeping the change."""
    staff.post(address(cart), RULE)
    kept = OrderFilter.objects.select_related("cart").get()
    OrderFilter.objects.all().delete()

    with pytest.raises(cart_filters.FilterGone):
        cart_filters.change(kept, by=make_person(cart.organization), now=cart.created_at)
    assert staff.post(address(cart), RULE | {"filter": kept.pk}).status_code == 404


def test_there_is_an_end_to_filters(staff: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cart_filters, "MOST_FILTERS", 1)
    staff.post(address(cart), RULE)

    answer = staff.post(address(cart), RULE)

    assert answer.status_code == 422
    assert ". One filter can hold many values." in text(answer)
    assert OrderFilter.objects.count() == 1


# -- The list of items -----------------------------------------------------------------------------------------------
def test_a_list_of_items_is_kept_cleaned_and_removed(staff: Client, cart: Cart) -> None:
    staff.post(address(cart), LIST | {"values": "MUG-1 \r\n\r\n mug-1\nMUG\0-2\n\0\n"})
    assert ItemFilter.objects.get().values == ["MUG-1", "MUG-2"]

    staff.post(address(cart), LIST | {"mode": "allow", "scope": "order", "by": "asin", "values": "B01"})
    kept = ItemFilter.objects.get()
    assert (kept.mode, kept.scope, kept.by, kept.values) == ("allow", "order", "asin", ["B01"])
    assert "Only if ASIN is B01" in text(staff.get(address(cart)))

    staff.post(address(cart), {"action": "take_all"})
    assert not ItemFilter.objects.exists()


def test_ten_thousand_items_are_taken_and_one_more_is_not(staff: Client, cart: Cart) -> None:
    most = [f"SKU-{number}" for number in range(MOST_ITEMS)]

    assert staff.post(address(cart), LIST | {"values": "\n".join(most)}).status_code == 302
    assert len(ItemFilter.objects.get().values) == MOST_ITEMS
    answer = staff.post(address(cart), LIST | {"values": "\n".join([*most, "ONE-MORE"])})

    assert answer.status_code == 422
    assert "s 10,001 values. The limit is 10,000." in text(answer)
    assert len(ItemFilter.objects.get().values) == MOST_ITEMS


def test_an_empty_list_would_stop_everything_and_is_not_taken(staff: Client, cart: Cart) -> None:
    answer = staff.post(address(cart), LIST | {"mode": "allow", "values": " \n "})

    assert answer.status_code == 422
    assert "To send all items, remove the list." in text(answer)
    assert not ItemFilterForm({}).is_valid()


# -- Trying ----------------------------------------------------------------------------------------------------------
def test_trying_shows_the_effect_and_keeps_nothing(staff: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="113-7", is_prime=True)
    OrderFactory(cart=cart, lines={"MUG-1": 1, "LAMP": 1})

    tried = text(staff.post(address(cart), RULE | {"action": "try", "field": "prime", "values": "yes"}))
    assert "Tried, not saved" in tried
    assert "the last 30 days' 2 orders from this cart, <strong>1</strong> would have been left out" in tried
    assert "113-7" in tried

    tried = text(staff.post(address(cart), LIST | {"action": "try_items"}))
    assert "<strong>0</strong> would have been left out, and 1 would have been sent without some lines" in tried
    assert not OrderFilter.objects.exists()
    assert not ItemFilter.objects.exists()


def test_the_page_says_what_the_kept_filters_do(staff: Client, cart: Cart) -> None:
    assert "would have been left out" not in text(staff.get(address(cart)))
    staff.post(address(cart), RULE)
    assert "The cart has downloaded no orders in the last 30 days" in text(staff.get(address(cart)))
    OrderFactory(cart=cart)

    page = text(staff.get(address(cart)))

    assert "<strong>1</strong> would have been left out" in page
    assert "Changing a filter doesn't affect orders that were already taken." in page


def test_the_page_names_what_a_filter_does_as_its_choices_do(staff: Client, cart: Cart) -> None:
    page = text(staff.get(address(cart)))

    for choice in OrderFilter.Effect.labels:
        assert f"“{choice}” filter" in page


# -- Who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
def test_who_may_not_connect_carts_may_look(acme: Organization, cart: Cart, role: Role) -> None:
    client = logged_in(acme, role, merchant=cart.merchant if role == Role.SELLER else None)
    logged_in(acme).post(address(cart), RULE)

    page = client.get(address(cart))

    assert "Country is US" in text(page)
    assert "Your role can view these but not change them." in text(page)
    assert "<textarea" not in text(page)
    for action in ("keep", "try", "remove", "list", "try_items", "take_all"):
        assert client.post(address(cart), RULE | {"action": action}).status_code == 403


def test_a_seller_of_another_merchant_finds_nothing(acme: Organization, cart: Cart) -> None:
    other = CartFactory(merchant__organization=acme).merchant

    assert logged_in(acme, Role.SELLER, merchant=other).get(address(cart)).status_code == 404


def test_the_filter_of_another_cart_is_not_there(staff: Client, cart: Cart) -> None:
    theirs = CartFactory()
    kept = OrderFilter.objects.create(
        organization=theirs.organization, merchant=theirs.merchant, cart=theirs, field="country", values=["US"]
    )

    assert staff.get(address(cart), {"edit": kept.pk}).status_code == 404
    for action in ("keep", "try", "remove"):
        assert staff.post(address(cart), RULE | {"action": action, "filter": kept.pk}).status_code == 404
    assert OrderFilter.objects.get().values == ["US"]


@pytest.mark.parametrize("number", ["x", "0", "-1", "٣", "9" * 30])
def test_what_is_no_filter_is_not_found(staff: Client, cart: Cart, number: str) -> None:
    assert staff.get(address(cart), {"edit": number}).status_code == 404
    assert staff.post(address(cart), RULE | {"filter": number}).status_code == 404


def test_an_action_nobody_knows_does_nothing(staff: Client, cart: Cart) -> None:
    assert staff.post(address(cart), {"action": "explode"}).status_code == 400


def test_more_filters_make_no_more_queries(staff: Client, cart: Cart, django_assert_max_num_queries: Any) -> None:
    def load() -> int:
        with django_assert_max_num_queries(20) as asked:
            staff.get(address(cart))
        return len(asked)

    staff.post(address(cart), RULE)
    OrderFactory(cart=cart)
    few = load()
    for _ in range(10):
        staff.post(address(cart), RULE)
        OrderFactory(cart=cart)

    assert load() == few
