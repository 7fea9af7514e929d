"""Orders are found by their buyer's name and city, which are sealed: whole words, for those who may see buyers."""

import base64
import dataclasses
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from carts.marketplaces.values import Address
from carts.models import Cart
from core.accounts.access import Role
from orders.actions import address_edit
from orders.models import Order, Recipient
from orders.recipient_marks import FIELDS, RecipientMarks, words
from tests.factories import ADDRESS, OrderFactory, make_person
from tests.order_pages import ClientFor, acme, cart, client_for, owner, seller, stranger, viewer
from tests.world import World, simulator, still, world

__all__ = ["acme", "cart", "client_for", "owner", "seller", "simulator", "still", "stranger", "viewer", "world"]
pytestmark = pytest.mark.django_db
JOSE = dataclasses.replace(ADDRESS, name="José  da Silva-Núñez", city="São Paulo")


def marked(cart: Cart, number: str, address: Address) -> Order:
    order: Order = OrderFactory(cart=cart, number=number, recipient=address)
    Recipient.objects.filter(order=order).update(**RecipientMarks.of(order.organization_id, address).fields)
    return order


def found(client: Client, text: str) -> set[str]:
    page = client.get("/orders/", {"tab": "all", "q": text})
    return {order.number for order in page.context["listing"].rows}


def test_words_are_folded() -> None:
    assert words(" São  JOSÉ, d'Ávila ") == ["sao", "jose", "davila"]
    assert words("") == []


@pytest.mark.parametrize(
    "text", ["jose", "José", "NUNEZ", "jose nunez", "são paulo", "Sao Paulo", "José da Silva-Núñez"]
)
def test_an_order_is_found_by_name_and_city_whatever_their_case_and_accents(
    owner: Client, cart: Cart, text: str
) -> None:
    marked(cart, "113-1", JOSE)
    marked(cart, "113-2", dataclasses.replace(ADDRESS, name="Ann Lee", city="Reno"))

    assert found(owner, text) == {"113-1"}


@pytest.mark.parametrize("text", ["O'Rourke", "o’rourke", "ORourke", "Ellen O`Rourke", "l'aquila"])
def test_a_name_with_an_apostrophe_is_found_by_whichever_sign_is_typed(owner: Client, cart: Cart, text: str) -> None:
    marked(cart, "113-1", dataclasses.replace(ADDRESS, name="Ellen O'Rourke", city="L’Aquila"))

    assert found(owner, text) == {"113-1"}


def test_a_row_marked_while_an_apostrophe_parted_words_is_found_as_well(owner: Client, cart: Cart) -> None:
    marked(cart, "113-1", dataclasses.replace(ADDRESS, name="Ellen O Rourke", city="L Aquila"))

    for text in ("O'Rourke", "Ellen O’Rourke", "L'Aquila"):
        assert found(owner, text) == {"113-1"}


@pytest.mark.parametrize("text", ["jos", "paulo nunez", "ann nunez", "j", "silva"])
def test_parts_of_words_and_others_find_nothing(owner: Client, cart: Cart, text: str) -> None:
    marked(cart, "113-1", JOSE)

    assert found(owner, text) == set()


def test_only_who_may_see_buyers_finds_them(
    client_for: ClientFor, owner: Client, viewer: Client, seller: Client, stranger: Client, cart: Cart
) -> None:
    marked(cart, "113-1", JOSE)

    assert found(owner, "nunez") == found(client_for(Role.STAFF), "nunez") == {"113-1"}
    assert found(viewer, "nunez") == found(seller, "nunez") == found(stranger, "nunez") == set()


def test_no_organization_has_anothers_marks_and_none_says_what_it_is_of(cart: Cart) -> None:
    ours, theirs = RecipientMarks.of(1, JOSE), RecipientMarks.of(2, JOSE)
    namesake = RecipientMarks.of(1, dataclasses.replace(JOSE, name="Paulo Paulo", city="Paulo"))

    assert not set(ours.fields.values()) & set(theirs.fields.values())
    assert len(set(namesake.fields.values())) == 3
    assert all("nunez" not in mark.lower() for mark in ours.fields.values())


def test_a_download_an_edit_and_what_changes_at_amazon_keep_the_marks(world: World) -> None:
    number = world.order_placed()
    world.download()
    order = world.order(number)
    address, _ = order.recipient.open()
    assert address
    kept = {name: getattr(order.recipient, name) for name in FIELDS}
    assert kept == RecipientMarks.of(order.organization_id, address).fields
    assert all(kept.values())

    wanted = dataclasses.replace(address, name="Maria Ortiz", city="Sparks")
    seen = address_edit.mark_of(address)
    address_edit.change_address(order, wanted, seen=seen, by=make_person(world.organization), now=world.now)

    row = Recipient.objects.get(order=order)
    assert {name: getattr(row, name) for name in FIELDS} == RecipientMarks.of(order.organization_id, wanted).fields


def test_orders_from_before_are_marked_in_steps_and_anew_after_a_new_key(
    owner: Client, cart: Cart, settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        OrderFactory(cart=cart, number=f"113-{number}", recipient=JOSE)
    Recipient.objects.update(**dict.fromkeys(FIELDS, ""))
    monkeypatch.setattr("integration_manager.management.commands.recipients_marked.AT_ONCE", 2)

    assert found(owner, "nunez") == set()
    call_command("recipients_marked")
    assert len(found(owner, "nunez")) == 3
    call_command("recipients_marked")

    settings.VAULT_KEYS = [f"k9:{base64.urlsafe_b64encode(b'9' * 32).decode()}", *settings.VAULT_KEYS]
    assert len(found(owner, "nunez")) == 3  # by the older key
    call_command("recipients_marked", "--all")
    assert len(found(owner, "nunez")) == 3
    assert "3 orders can be found" in capsys.readouterr().out
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    assert len(found(owner, "nunez")) == 3  # by the newer one alone
