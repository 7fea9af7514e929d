"""Editing an order in the browser: asked for, checked field by field, and never over what somebody else saved."""

from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.activity.models import Event
from core.common import clock
from orders.models import HeldFor, Order, OrderStatus, Recipient
from shipping.models import ChosenMethod, Release, ShipMethod
from tests.address_edits import address_of
from tests.factories import ADDRESS, OrderFactory, PackageFactory, ShipMethodFactory
from tests.order_pages import AtWarehouse

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def url_of(order: Order, name: str = "edit_address") -> str:
    return reverse(f"orders:{name}", args=[order.pk])


def opened(client: Client, order: Order) -> dict[str, str]:
    """The form as it is shown, to be sent back."""
    answer = client.post(url_of(order))
    form = answer.context["form"]
    return {"save": "1", "seen": answer.context["seen"], **{name: form[name].value() or "" for name in form.fields}}


def looks() -> int:
    return Event.objects.filter(kind="recipient.looked_at").count()


@pytest.mark.parametrize("word", ["UK", "Great Britain", "gbr"])
def test_a_country_may_be_sent_by_any_of_its_names(owner: Client, cart: Cart, word: str) -> None:
    order = OrderFactory(cart=cart)

    owner.post(url_of(order), {**opened(owner, order), "country": word, "postal_code": "SW1A 1AA"})

    assert address_of(order).country == "GB"
    assert Recipient.objects.get(order=order).country == "GB"


def test_a_postal_code_is_kept_in_plain_digits(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    owner.post(url_of(order), {**opened(owner, order), "country": "JP", "postal_code": "１００－０００１"})

    assert address_of(order).postal_code == "100-0001"


# -- The address -----------------------------------------------------------------------------------------------------
def test_the_address_is_shown_after_asking_and_saved(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    asked = owner.get(url_of(order))
    assert "Show and edit" in asked.content.decode()
    assert "1 Main Street" not in asked.content.decode()
    assert looks() == 0
    form = opened(owner, order)
    assert (form["line1"], form["phone"], looks()) == (ADDRESS.line1, ADDRESS.phone, 1)

    saved = owner.post(url_of(order), {**form, "line1": "9 Elm Street", "name": "Zoë O’Neil 🦄"}, follow=True)

    assert "Changed: name, address line 1." in saved.content.decode()
    assert "Edited: name, address line 1" in saved.content.decode()
    assert asdict(address_of(order)) == {**asdict(ADDRESS), "line1": "9 Elm Street", "name": "Zoë O’Neil 🦄"}
    assert "Elm" not in str(list(Event.objects.values()))
    assert "Nothing was changed" in owner.post(url_of(order), opened(owner, order), follow=True).content.decode()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", " ", "Name is empty. Enter who the order is for."),
        ("line1", "", "Address line 1 is empty. Enter the street and house number."),
        ("city", "", "City is empty. Enter one."),
        ("postal_code", "", "Postal code is empty, and addresses in United States have one. Enter it."),
        ("country", "", "Country is empty. Choose one."),
        ("country", "XX", "We don't know this country. Choose one from the list."),
        ("line2", "x" * 101, "Address line 2 has 101 characters; the limit is 100. Shorten it."),
        ("city", "Re\0no", "City contains a control character"),
        ("phone", "1\n2", "Phone contains a control character"),
    ],
)
def test_what_is_not_fit_is_named_and_nothing_is_lost(
    owner: Client, cart: Cart, name: str, value: str, said: str
) -> None:
    order = OrderFactory(cart=cart)
    form = {**opened(owner, order), "company": "" if name == "name" else "Blue & Co", name: value}

    answer = owner.post(url_of(order), form)

    assert answer.status_code == 422
    assert [str(error) for error in answer.context["form"].errors[name]][0].startswith(said)
    assert len(answer.context["form"].errors) == 1
    assert ("Blue &amp; Co" in answer.content.decode()) == (name != "name")  # a company may stand for a name
    assert address_of(order) == ADDRESS


def test_countries_without_postal_codes_ask_for_none(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    owner.post(url_of(order), {**opened(owner, order), "country": "HK", "city": "", "postal_code": ""})

    address = address_of(order)
    assert (address.country, address.city, address.postal_code) == ("HK", "", "")


def test_the_second_of_two_people_sees_both_and_may_save_again(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    mine = {**opened(owner, order), "city": "Carson City"}
    owner.post(url_of(order), {**opened(owner, order), "city": "Sparks"})

    answer = owner.post(url_of(order), mine)

    assert answer.status_code == 409
    assert "somebody else changed the address in the meantime" in answer.content.decode()
    assert answer.context["both"] == [("city", "Sparks", "Carson City")]
    assert answer.context["form"]["city"].value() == "Carson City"
    assert address_of(order).city == "Sparks"
    owner.post(url_of(order), {**mine, "seen": answer.context["seen"]})
    assert address_of(order).city == "Carson City"


def test_a_missing_address_is_entered_and_the_order_goes_on(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.ADDRESS, reason="It has no address")
    Recipient.objects.filter(order=order).delete()
    page = owner.get(reverse("orders:order", args=[order.pk]))
    assert page.context["problem"].action_label == "Enter the address"

    asked = owner.get(url_of(order))
    assert asked.context["form"].initial == {"country": "US"}
    owner.post(url_of(order), {**asdict(ADDRESS), "save": "1", "seen": asked.context["seen"]})

    order.refresh_from_db()
    assert order.status == OrderStatus.NEW
    assert address_of(order) == ADDRESS


def test_what_cannot_be_edited_says_why(owner: Client, cart: Cart, settings: Any) -> None:
    shipped, erased, lost = (OrderFactory(cart=cart) for _ in range(3))
    PackageFactory(shipment__order=shipped)
    Recipient.objects.filter(order=erased).update(erased_at=clock.now(), sealed=None)
    assert "at least in part" in owner.get(url_of(shipped), follow=True).content.decode()
    assert "at least in part" in owner.get(url_of(shipped, "edit_method"), follow=True).content.decode()
    assert "was erased" in owner.get(url_of(erased), follow=True).content.decode()

    settings.VAULT_KEYS = ["k9:" + "A" * 43]
    assert "be decrypted" in owner.get(url_of(lost), follow=True).content.decode()


@pytest.mark.parametrize("name", ["edit_address", "edit_method"])
def test_only_who_ships_edits(viewer: Client, seller: Client, stranger: Client, cart: Cart, name: str) -> None:
    order = OrderFactory(cart=cart)

    assert {client.get(url_of(order, name)).status_code for client in (viewer, seller)} == {403}
    assert {client.post(url_of(order, name)).status_code for client in (viewer, seller)} == {403}
    assert stranger.get(url_of(order, name)).status_code == 404
    assert "Edit address" not in viewer.get(reverse("orders:order", args=[order.pk])).content.decode()


# -- The ship method -------------------------------------------------------------------------------------------------
def test_one_order_gets_a_ship_method_of_its_own(owner: Client, at_warehouse: AtWarehouse, method: ShipMethod) -> None:
    order, air = at_warehouse("1"), ShipMethodFactory(warehouse=method.warehouse, label="UPS Air")
    elsewhere = ShipMethodFactory(warehouse__organization=method.organization, label="Another's")

    page = owner.get(url_of(order, "edit_method"))
    assert "UPS Air" in page.content.decode()
    assert "Another&#x27;s" not in page.content.decode()
    form = {"save": "1", "seen": page.context["seen"]}

    assert owner.post(url_of(order, "edit_method"), {**form, "ship_method": elsewhere.pk}).status_code == 422
    assert owner.post(url_of(order, "edit_method"), {**form, "ship_method": ""}).status_code == 422
    saved = owner.post(url_of(order, "edit_method"), {**form, "ship_method": air.pk}, follow=True).content.decode()

    assert "Ship method changed for this order." in saved
    assert "Edited: ship method, now <strong>UPS Air</strong>" in saved
    assert Release.objects.get(order=order).ship_method == air


def test_a_method_slower_than_the_buyer_asked_for_is_saved_when_a_person_says_so(
    owner: Client, at_warehouse: AtWarehouse, method: ShipMethod
) -> None:
    order = at_warehouse("1", service="NextDay")
    slow = ShipMethodFactory(warehouse=method.warehouse, label="Slow", carrier="UPS", service="Ground Saver")
    form = {"seen": owner.get(url_of(order, "edit_method")).context["seen"], "ship_method": slow.pk}

    asked = owner.post(url_of(order, "edit_method"), {**form, "save": "1"})

    assert "Asked for NextDay, and Slow is slower." in asked.content.decode()
    assert not ChosenMethod.objects.exists()
    owner.post(url_of(order, "edit_method"), {**form, "save": asked.context["anyway"]})
    assert ChosenMethod.objects.get().ship_method == slow


def test_the_second_to_choose_is_told_what_it_is_now(owner: Client, cart: Cart, method: ShipMethod) -> None:
    order, air = OrderFactory(cart=cart), ShipMethodFactory(warehouse=method.warehouse, label="UPS Air")
    first = {"save": "1", "seen": "", "ship_method": method.pk}
    owner.post(url_of(order, "edit_method"), first)

    answer = owner.post(url_of(order, "edit_method"), {**first, "ship_method": air.pk})

    assert answer.status_code == 409
    assert "It is now UPS Ground, and you chose UPS Air." in answer.content.decode()
    assert ChosenMethod.objects.get().ship_method == method
    owner.post(url_of(order, "edit_method"), {"save": "1", "seen": answer.context["seen"], "ship_method": air.pk})
    assert ChosenMethod.objects.get().ship_method == air


def test_an_unmapped_order_offers_a_choice_for_itself(owner: Client, cart: Cart, method: ShipMethod) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED, reason="Not mapped")

    problem = owner.get(reverse("orders:order", args=[order.pk])).context["problem"]
    assert (problem.also_label, problem.also_url) == ("Only for this order", url_of(order, "edit_method"))
    assert "As the cart" in owner.post(problem.also_url).content.decode()
    owner.post(url_of(order, "edit_method"), {"save": "1", "seen": "", "ship_method": method.pk})

    order.refresh_from_db()
    assert order.status == OrderStatus.NEW


# -- From outside ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seen", ["9" * 5000, "9" * 19, "²", "\x00", "-1", "🦄"])
def test_whatever_is_said_to_have_been_seen_is_a_conflict_and_no_crash(
    owner: Client, cart: Cart, method: ShipMethod, seen: str
) -> None:
    order = OrderFactory(cart=cart)
    chosen = {"save": "1", "seen": "", "ship_method": method.pk}
    owner.post(url_of(order, "edit_method"), chosen)

    assert owner.post(url_of(order, "edit_method"), {**chosen, "seen": seen}).status_code == 409


def test_an_order_without_a_recipient_that_was_seen_otherwise_is_shown_again(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    form = opened(owner, order)
    Recipient.objects.filter(order=order).delete()

    assert owner.post(url_of(order), {**form, "line1": "9 Elm Street"}).status_code == 409
