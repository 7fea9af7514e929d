"""Saved views: kept by name, alone or for the team, changed by who may, and what the list opens with."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from integration_manager.portal.order_list import saved_filters
from orders.models import SavedFilter
from tests.factories import OrderFactory, SavedFilterFactory
from tests.order_pages import ClientFor

pytestmark = pytest.mark.django_db
LIST = "/orders/"


def save(client: Client, query: str, name: str, **said: str) -> list[str]:
    page = client.post(reverse("orders:save_filter") + query, {"name": name, **said}, follow=True)
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def views(client: Client, query: str = "?tab=all") -> list[Any]:
    found: list[Any] = client.get(LIST + query).context["views"]
    return found


def change(client: Client, view: SavedFilter, **said: str) -> list[str]:
    page = client.post(reverse("orders:change_filter", args=[view.pk]) + "?tab=all", said, follow=True)
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def test_a_view_is_saved_used_replaced_and_deleted(owner: Client, cart: Cart) -> None:
    assert save(owner, "?tab=new&prime=yes&sort=due&after=x", " My   Prime ") == ["Saved as “My Prime”."]
    (kept,) = views(owner, "?tab=new&prime=yes&sort=due")
    assert (kept.name, kept.url, kept.active) == ("My Prime", "/orders/?tab=new&prime=yes&sort=due", True)

    save(owner, "?tab=all&prime=no", "My Prime")
    (kept,) = views(owner)
    assert (kept.url, kept.active) == ("/orders/?tab=all&prime=no", False)
    assert '<a href="/orders/?tab=all&amp;prime=no">My Prime</a>' in owner.get(LIST).content.decode()

    page = owner.post(kept.delete_url + "?tab=all", follow=True)
    assert page.redirect_chain == [("/orders/?tab=all", 302)]
    assert page.context["views"] == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_wants_a_name(owner: Client, cart: Cart, name: str) -> None:
    assert save(owner, "?tab=all", name) == ["Give the view a name of up to 60 characters."]
    assert not SavedFilter.objects.exists()

    save(owner, "?tab=all", "Mine")
    assert change(owner, SavedFilter.objects.get(), name=name) == ["Give the view a name of up to 60 characters."]
    assert SavedFilter.objects.get().name == "Mine"


def test_somebody_keeps_no_more_views_than_fit(owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)
    save(owner, "?tab=all", "One")

    assert save(owner, "?tab=all", "Two") == ["You already have 1 saved views. Delete one first."]


def test_a_view_is_ones_own_until_it_is_shared(owner: Client, seller: Client, client_for: ClientFor) -> None:
    save(owner, "?tab=all", "Mine")
    kept = SavedFilter.objects.get()
    colleague = client_for(Role.STAFF)

    assert views(colleague) == []
    for name in ("change_filter", "delete_filter"):
        assert colleague.post(reverse(f"orders:{name}", args=[kept.pk]), {"name": "Ours"}).status_code == 404
    assert seller.post(reverse("orders:save_filter"), {"name": "Theirs"}).status_code == 404

    change(owner, kept, name="Everybody's", shared="yes")

    assert [(view.name, view.shared, view.may_change) for view in views(colleague)] == [("Everybody's", True, False)]
    assert [view.may_change for view in views(client_for(Role.ADMIN))] == [True]
    assert views(seller) == []
    change(colleague, kept, name="Mine now")
    assert colleague.post(reverse("orders:delete_filter", args=[kept.pk])).status_code == 404
    kept.refresh_from_db()
    assert kept.name == "Everybody's"


def test_a_view_is_renamed_but_not_to_a_name_one_has_already(owner: Client, cart: Cart) -> None:
    for name in ("One", "Two"):
        save(owner, "?tab=all", name)
    one = SavedFilter.objects.get(name="One")

    assert change(owner, one, name="Two") == ["There is already a view called “Two”. Choose a different name."]
    assert change(owner, one, name="First") == ["The view was saved."]
    assert sorted(SavedFilter.objects.values_list("name", flat=True)) == ["First", "Two"]


def test_the_list_opens_with_the_view_somebody_chose(owner: Client, cart: Cart, client_for: ClientFor) -> None:
    OrderFactory(cart=cart, number="prime", is_prime=True)
    OrderFactory(cart=cart, number="other")
    save(owner, "?tab=new&prime=yes", "Prime", shared="yes")
    kept = SavedFilter.objects.get()
    colleague = client_for(Role.STAFF)
    change(colleague, kept, opens="yes")

    assert colleague.get(LIST)["Location"] == "/orders/?tab=new&prime=yes"
    assert owner.get(LIST).status_code == 200
    assert colleague.get(LIST, {"tab": "new"}).status_code == 200
    assert "tab=" in colleague.get(LIST, {"prime": "yes"}).context["clear_url"]

    change(owner, kept, name="Prime")  # no longer shared
    assert colleague.get(LIST).status_code == 200

    change(owner, kept, name="Prime", opens="yes")
    owner.post(reverse("orders:delete_filter", args=[kept.pk]))
    assert owner.get(LIST).status_code == 200


def test_a_view_of_another_3pl_is_not_there(owner: Client, cart: Cart) -> None:
    foreign = SavedFilterFactory(shared=True)

    assert views(owner) == []
    assert owner.post(reverse("orders:change_filter", args=[foreign.pk]), {"opens": "yes"}).status_code == 404


def test_each_person_puts_the_views_in_an_order_of_their_own(owner: Client, client_for: ClientFor, cart: Cart) -> None:
    for name in ("Bench", "Late", "Prime"):
        save(owner, "?tab=all", name, shared="yes")
    late = SavedFilter.objects.get(name="Late")

    def shown(client: Client) -> list[str]:
        return [view.name for view in views(client)]

    def move(where: str) -> None:
        change(owner, late, move=where)

    move("left")
    assert shown(owner) == ["Late", "Bench", "Prime"]
    move("left")
    assert shown(owner) == ["Late", "Bench", "Prime"]
    move("right")
    move("right")
    assert shown(owner) == ["Bench", "Prime", "Late"]
    save(owner, "?tab=all", "Again")
    assert shown(owner) == ["Bench", "Prime", "Late", "Again"]
    assert shown(client_for(Role.STAFF)) == ["Bench", "Late", "Prime"]
