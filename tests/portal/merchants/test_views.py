"""The 3PL's clients: the list, a new one, the page of one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts import merchant_records
from carts.models import Cart, Grant
from core.accounts.access import Role
from core.accounts.models import Merchant, Organization
from core.activity.models import Event
from core.common import clock
from core.ui import list_page
from orders.models import OrderStatus
from shipping.alerts import MISPACKED
from tests.factories import AlertFactory, CartFactory, GrantFactory, MerchantFactory, OrderFactory, make_person
from tests.order_pages import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LIST = "/merchants/"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page_of(merchant: Merchant) -> str:
    return reverse("merchants:merchant", args=[merchant.pk])


def named(acme: Organization, name: str, **fields: Any) -> Merchant:
    made: Merchant = MerchantFactory(organization=acme, name=name, **fields)
    return made


@pytest.fixture
def five(acme: Organization, cart: Cart) -> dict[str, Merchant]:
    """A merchant in each kind of health. Blue Mug Co, with a live cart, is well."""
    ended, alerted, held = named(acme, "Zebra"), named(acme, "Yellow"), named(acme, "Xylo")
    grant = GrantFactory(merchant=ended, state=Grant.State.ENDED, ended_at=clock.now())
    CartFactory(merchant=ended, grant=grant)
    CartFactory(merchant=ended, state=Cart.State.ARCHIVED)
    AlertFactory(organization=acme, merchant=alerted)
    AlertFactory(organization=acme, merchant=held, closed_at=clock.now())
    OrderFactory(cart=CartFactory(merchant=held), status=OrderStatus.HELD)
    asked = OrderFactory(cart=CartFactory(merchant=held), status=OrderStatus.AT_WMS)
    about = {"cause": MISPACKED, "subject_kind": "order", "subject_id": asked.pk}
    AlertFactory(organization=acme, **about)  # of the 3PL: what was packed is their business
    OrderFactory(cart=cart, placed_at=clock.now() - timedelta(days=3))
    return {"ended": ended, "alerted": alerted, "held": held, "well": cart.merchant, "new": named(acme, "Alpha")}


# -- The list --------------------------------------------------------------------------------------------------------
def test_the_worst_comes_first_and_says_why(owner: Client, five: dict[str, Merchant]) -> None:
    answer = owner.get(LIST)

    rows = [(merchant.name, health.pill[0], health.why) for merchant, health, _ in answer.context["rows"]]
    assert rows == [
        ("Zebra", "Needs authorization", "1 cart without authorization"),
        ("Yellow", "Alerts", "1 alert"),
        ("Xylo", "Needs attention", "2 orders to check"),
        ("Alpha", "No carts yet", ""),
        ("Blue Mug Co", "All good", ""),
    ]


def test_numbers_of_carts_people_and_the_last_order_are_shown(
    owner: Client, five: dict[str, Merchant], acme: Organization
) -> None:
    mugs = five["well"]
    Merchant.objects.filter(pk=mugs.pk).update(email="shop@bluemug.example")
    CartFactory(merchant=mugs, state=Cart.State.PAUSED)
    make_person(acme, Role.SELLER, merchant=mugs)

    answer = owner.get(LIST)
    (row,) = [row for row in answer.context["rows"] if row[0] == mugs]

    assert (row[1].live, row[1].carts, row[2]) == (1, 2, 1)
    assert "1 of 2" in text(answer)
    assert "3 days ago" in text(answer)
    assert "shop@bluemug.example" in text(answer)
    assert answer.context["rows"][0][1].carts == 1  # an archived one is not counted


def test_a_merchant_is_found_by_name_and_contact(owner: Client, five: dict[str, Merchant]) -> None:
    Merchant.objects.filter(pk=five["new"].pk).update(email="shop@alpha.example")

    def found(words: str) -> list[str]:
        return [merchant.name for merchant, _, _ in owner.get(LIST, {"q": words}).context["rows"]]

    assert found("MUG") == ["Blue Mug Co"]
    assert found("shop@al") == ["Alpha"]
    assert found("nobody") == []
    assert found("\0") != []
    assert "Nothing matches" in text(owner.get(LIST, {"q": "nobody"}))


@pytest.mark.parametrize("sort", ["health", "-health", "name", "-name"])
def test_pages_go_on_where_they_ended(
    owner: Client, five: dict[str, Merchant], monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    whole = [merchant.name for merchant, _, _ in owner.get(LIST, {"sort": sort}).context["rows"]]
    defaults = list_page.listing.__kwdefaults__ or {}
    monkeypatch.setattr(list_page.listing, "__kwdefaults__", {**defaults, "per_page": 2})

    seen, query = [], f"?sort={sort}"
    while query:
        answer = owner.get(LIST + query)
        seen += [merchant.name for merchant, _, _ in answer.context["rows"]]
        query = answer.context["listing"].query_older

    assert seen == whole
    assert len(seen) == 5


def test_more_merchants_make_no_more_queries(
    owner: Client, five: dict[str, Merchant], acme: Organization, django_assert_max_num_queries: Any
) -> None:
    def load(path: str) -> int:
        with django_assert_max_num_queries(25) as asked:
            owner.get(path)
        return len(asked)

    few = load(LIST), load(page_of(five["well"]))
    for number in range(10):
        cart = CartFactory(merchant=named(acme, f"More {number}"))
        OrderFactory(cart=cart, status=OrderStatus.HELD)
        AlertFactory(organization=acme, merchant=five["well"])
        make_person(acme, Role.SELLER, merchant=five["well"])
        CartFactory(merchant=five["well"])

    assert (load(LIST), load(page_of(five["well"]))) == few


def test_nothing_yet_teaches_the_next_step(owner: Client) -> None:
    page = text(owner.get(LIST))

    assert "No merchants yet" in page
    assert reverse("merchants:new") in page


def test_the_menu_leads_there(owner: Client, cart: Cart) -> None:
    assert f'<a href="{LIST}" aria-current="page">' in text(owner.get(page_of(cart.merchant)))


# -- A new one, and changing one -------------------------------------------------------------------------------------
def test_a_merchant_is_made_and_changed(owner: Client, acme: Organization) -> None:
    made_page = owner.post(reverse("merchants:new"), {"name": " Red Pot ", "email": "pot@red.example"}, follow=True)
    made = Merchant.objects.get(organization=acme)
    assert (made.name, made.email) == ("Red Pot", "pot@red.example")
    assert "Next, connect their first cart." in text(made_page)

    changed = owner.post(page_of(made), {"name": "Red Pot Ltd", "email": ""}, follow=True)
    made.refresh_from_db()
    assert (made.name, made.email) == ("Red Pot Ltd", "")
    assert "Changed: name and contact email" in text(changed)
    assert "Nothing was changed." in text(owner.post(page_of(made), {"name": "Red Pot Ltd"}, follow=True))

    events = Event.objects.filter(subject_kind="merchant", subject_id=made.pk).order_by("pk")
    assert [event.kind for event in events] == ["merchant.made", "merchant.changed"]
    assert "red.example" not in str([event.details for event in events])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "BLUE MUG CO"}, "There is already a merchant named BLUE MUG CO."),
        ({"name": " "}, "Enter the name."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"name": "\0\u200b"}, "Enter the name."),  # nothing is left of it in one line
        ({"name": "Red Pot", "email": "not an address"}, "Enter an email address like name@example.com."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    owner: Client, cart: Cart, acme: Organization, fields: dict[str, str], said: str
) -> None:
    other = named(acme, "Green Lamp Ltd")

    for path in (reverse("merchants:new"), page_of(other)):
        answer = owner.post(path, fields)
        assert answer.status_code == 422
        assert said in text(answer)

    other.refresh_from_db()
    assert other.name == "Green Lamp Ltd"
    assert Merchant.objects.filter(organization=acme).count() == 2


def test_a_name_of_another_3pls_merchant_is_free(owner: Client, acme: Organization) -> None:
    MerchantFactory(name="Red Pot")

    owner.post(reverse("merchants:new"), {"name": "Red Pot"})

    assert Merchant.objects.filter(organization=acme, name="Red Pot").exists()


def test_of_two_who_take_a_name_at_once_one_has_it(acme: Organization, cart: Cart) -> None:
    person, lamp = make_person(acme), named(acme, "Green Lamp Ltd")
    stale = Merchant(pk=lamp.pk, organization=acme, name="Green Lamp Ltd")
    named(acme, "Red Pot")

    for take in (
        lambda: merchant_records.change(stale, name="RED pot", email="", by=person, now=clock.now()),
        lambda: merchant_records.make(acme, name="red POT", email="", by=person, now=clock.now()),
    ):
        with pytest.raises(merchant_records.NameTaken):
            take()
    assert not Event.objects.filter(kind__startswith="merchant.").exists()


# -- The page of one -------------------------------------------------------------------------------------------------
def test_the_page_shows_carts_people_alerts_and_orders(
    owner: Client, cart: Cart, acme: Organization, client_for: ClientFor
) -> None:
    OrderFactory(cart=cart, status=OrderStatus.HELD)
    AlertFactory(organization=acme, merchant=cart.merchant, message="Mugs are stuck.")
    AlertFactory(organization=acme, merchant=named(acme, "Other"), message="Lamps are stuck.")
    person = make_person(acme, Role.SELLER, merchant=cart.merchant)

    page = text(owner.get(page_of(cart.merchant)))

    assert cart.get_absolute_url() in page
    assert person.email in page
    assert "Mugs are stuck." in page
    assert "Lamps" not in page
    assert "1 alert, 1 order to check" in page
    address = f"{reverse('orders:orders')}?tab=attention&amp;merchant={cart.merchant.pk}"
    assert f'<a class="tile tone-bad" href="{address}"><strong>1</strong>' in page
    assert "1–1 of 1" in text(owner.get(address.replace("&amp;", "&")))


def test_a_cart_that_never_lived_shows_no_download_of_the_carts_it_shares_an_account_with(
    owner: Client, cart: Cart
) -> None:
    now = clock.now()
    assert cart.grant
    Grant.objects.filter(pk=cart.grant.pk).update(pulled_at=now)
    Cart.objects.filter(pk=cart.pk).update(live_at=now - timedelta(hours=1))
    CartFactory(merchant=cart.merchant, grant=cart.grant, place_id="A1PA6795UKMFR9", state=Cart.State.SETUP)

    page = text(owner.get(page_of(cart.merchant)))

    told = [row.split("</td>")[0] for row in page.split('<td data-label="Last download">')[1:]]
    assert sorted("just now" in cell for cell in told) == [False, True]


def test_who_may_not_connect_carts_may_look(client_for: ClientFor, cart: Cart) -> None:
    viewer = client_for(Role.VIEWER)

    page = text(viewer.get(page_of(cart.merchant)))

    assert "Save</button>" not in page
    assert "New cart" not in page
    assert "Invite somebody" not in page
    assert "New merchant" not in text(viewer.get(LIST))
    for path in (page_of(cart.merchant), reverse("merchants:new")):
        assert viewer.post(path, {"name": "Mine"}).status_code == 403


def test_only_who_manages_people_is_led_to_invite(client_for: ClientFor, cart: Cart) -> None:
    assert "Invite somebody" in text(client_for(Role.ADMIN).get(page_of(cart.merchant)))
    assert "Invite somebody" not in text(client_for(Role.STAFF).get(page_of(cart.merchant)))


def test_a_seller_sees_their_own_merchant_only(
    seller: Client, five: dict[str, Merchant], cart: Cart, acme: Organization
) -> None:
    rows = seller.get(LIST).context["rows"]

    assert [merchant for merchant, _, _ in rows] == [cart.merchant]
    assert seller.get(page_of(cart.merchant)).status_code == 200
    assert seller.get(page_of(five["ended"])).status_code == 404
    assert seller.post(page_of(cart.merchant), {"name": "Mine"}).status_code == 403


def test_a_stranger_finds_none(stranger: Client, cart: Cart) -> None:
    assert stranger.get(LIST).context["rows"] == []
    assert stranger.get(page_of(cart.merchant)).status_code == 404
    assert stranger.post(page_of(cart.merchant), {"name": "Mine"}).status_code == 404


def test_strange_names_do_nothing(owner: Client, acme: Organization) -> None:
    strange = named(acme, "<script>alert(1)</script> 🦄")

    for path in (LIST, page_of(strange)):
        assert "<script>alert" not in owner.get(path).content.decode()
