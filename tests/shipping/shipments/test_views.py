"""The page on which a package's tracking is corrected."""

from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from orders.models import OrderStatus
from shipping.confirmation import dispatches
from shipping.models import Package
from tests.factories import ConfirmationFactory, OrderFactory, PackageFactory, PackageLineFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
RIGHT = "1Z999AA10123456784"


@pytest.fixture
def package(cart: Cart) -> Package:
    order = OrderFactory(cart=cart, number="1", status=OrderStatus.CONFIRMED)
    made: Package = ConfirmationFactory(package__shipment__order=order, state="done").package
    PackageLineFactory(package=made)
    return made


def said(**changes: Any) -> dict[str, Any]:
    return {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "tracking_number": RIGHT, **changes}


def url(package: Package) -> str:
    return reverse("shipping:correct", args=[package.pk])


def test_a_person_corrects_it_and_the_cart_is_told_at_once(
    owner: Client, package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(dispatches, "ring_for_orders", lambda orders: rung.append(list(orders)))

    page = owner.post(url(package), said(), follow=True)

    package.refresh_from_db()
    assert package.tracking_number == RIGHT
    assert rung == [[(package.order.cart.grant_id, package.order_id)]]
    text = page.content.decode()
    assert "Corrected. Amazon.com is being sent the new tracking for the same package." in text
    assert "Being sent" in text
    assert f"<strong>{RIGHT}</strong>" in text


def test_the_form_shows_the_package_and_the_order_page_leads_there(owner: Client, package: Package) -> None:
    assert owner.get(url(package)).context["form"]["tracking_number"].value() == package.tracking_number
    assert url(package) in owner.get(package.order.get_absolute_url()).content.decode()


def test_who_may_only_look_is_not_led_there(viewer: Client, package: Package) -> None:
    assert url(package) not in viewer.get(package.order.get_absolute_url()).content.decode()
    assert viewer.get(url(package)).status_code == 403
    assert viewer.post(url(package), said()).status_code == 403


def test_an_odd_number_is_asked_about_first(owner: Client, package: Package, cart: Cart) -> None:
    PackageFactory(shipment__order=OrderFactory(cart=cart, number="OTHER"), tracking_number="1Z5R89390357567128")
    odd = said(tracking_number="1Z5R89390357567128")

    page = owner.post(url(package), odd)

    assert b"Its check digit is wrong for UPS" in page.content
    assert b"Order OTHER was shipped with this tracking number." in page.content
    assert Package.objects.get(pk=package.pk).tracking_number == package.tracking_number

    owner.post(url(package), odd | {"anyway": page.context["warned"]})

    assert Package.objects.get(pk=package.pk).tracking_number == "1Z5R89390357567128"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *product(["carrier", "scac", "service", "tracking_number"], ["x" * 200, "\0"]),
        *product(["carrier", "service", "tracking_number"], ["", " "]),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_changed(owner: Client, package: Package, field: str, text: str) -> None:
    page = owner.post(url(package), said(**{field: text}))

    assert list(page.context["form"].errors) == [field]
    assert Package.objects.get(pk=package.pk).corrected_at is None


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "🦄 أهلاً", "'\";--"])
def test_strange_texts_are_kept_as_they_are(owner: Client, package: Package, text: str) -> None:
    owner.post(url(package), said(carrier="Correos", tracking_number=text))

    assert Package.objects.get(pk=package.pk).tracking_number == text
    assert b"<script>alert" not in owner.get(package.order.get_absolute_url()).content


def test_sending_it_twice_changes_nothing_more(owner: Client, package: Package) -> None:
    owner.post(url(package), said())
    again = owner.post(url(package), said(), follow=True)

    assert "Nothing was changed: the package already has this tracking." in again.content.decode()


def test_an_order_that_ended_says_so(owner: Client, package: Package) -> None:
    package.order.status = OrderStatus.CANCELED
    package.order.save()

    page = owner.post(url(package), said())

    assert b"there is nobody to tell" in page.content


def test_a_strangers_package_is_not_there(stranger: Client, package: Package) -> None:
    assert stranger.get(url(package)).status_code == 404
    assert stranger.post(url(package), said()).status_code == 404
    assert Package.objects.get(pk=package.pk).corrected_at is None
