"""The page on which a package's tracking is corrected."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Access, Role
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.close.preflight import doubts
from shipping.confirmation import dispatches
from shipping.models import Confirmation, Package
from shipping.shipments.shipped_packages import Parcel
from tests.factories import ConfirmationFactory, OrderFactory, PackageFactory, PackageLineFactory
from tests.organization import ClientFor

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
    assert "Corrected. Amazon.com is being sent the correction for the same package." in text
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
        ("tracking_number", "🦄" * 40),
        ("tracking_number", "?!"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_changed(owner: Client, package: Package, field: str, text: str) -> None:
    page = owner.post(url(package), said(**{field: text}))

    assert list(page.context["form"].errors) == [field]
    assert Package.objects.get(pk=package.pk).corrected_at is None


@pytest.mark.parametrize(
    ("field", "text"),
    [*product(["carrier", "scac", "service", "tracking_number"], ["=A1", "@SUM(A1)", "+1Z999"]), ("scac", "😀")],
)
def test_a_formula_is_no_correction(owner: Client, package: Package, field: str, text: str) -> None:
    page = owner.post(url(package), said(**{field: text}))

    assert list(page.context["form"].errors) == [field]


@pytest.mark.parametrize(("field", "text"), [("carrier", "ABC"), ("scac", "TOOLONG1"), ("service", "Ground 😀")])
def test_an_odd_word_is_asked_about(owner: Client, package: Package, field: str, text: str) -> None:
    page = owner.post(url(package), said(**{field: text}))

    assert page.context["warnings"]
    assert Package.objects.get(pk=package.pk).corrected_at is None


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "🦄 أهلاً", "a'\";--"])
def test_strange_texts_are_kept_as_they_are(owner: Client, package: Package, text: str) -> None:
    form = said(carrier="Correos", tracking_number=text)

    page = owner.post(url(package), form)
    assert "does not occur in tracking numbers" in " ".join(page.context["warnings"])
    owner.post(url(package), form | {"anyway": page.context["warned"]})

    assert Package.objects.get(pk=package.pk).tracking_number == text
    assert b"<script>alert" not in owner.get(package.order.get_absolute_url()).content


def test_sending_it_twice_changes_nothing_more(owner: Client, package: Package) -> None:
    owner.post(url(package), said())
    again = owner.post(url(package), said(), follow=True)

    assert "Nothing was changed: the package is just so already." in again.content.decode()


def test_an_order_that_ended_says_so(owner: Client, package: Package) -> None:
    package.order.status = OrderStatus.CANCELED
    package.order.save()

    page = owner.post(url(package), said())

    assert b"there is nobody to tell" in page.content


def test_a_strangers_package_is_not_there(stranger: Client, package: Package) -> None:
    assert stranger.get(url(package)).status_code == 404
    assert stranger.post(url(package), said()).status_code == 404
    assert Package.objects.get(pk=package.pk).corrected_at is None


# -- Contents, ship date, and packages without a number ---------------------------------------------------------------
def units(package: Package, number: int) -> dict[str, int]:
    return {f"units_{package.lines.get().line_id}": number}


def test_what_is_in_it_is_corrected_on_its_page(owner: Client, package: Package) -> None:
    line = package.lines.get().line
    line.ordered = 3
    line.save()

    owner.post(url(package), said(**units(package, 2)))

    assert package.lines.get().quantity == 2
    assert owner.get(url(package)).context["form"][f"units_{line.pk}"].value() == 2


def test_more_than_it_can_hold_is_named_beside_the_line(owner: Client, package: Package) -> None:
    page = owner.post(url(package), said(**units(package, 5000)))

    assert list(page.context["form"].errors) == [f"units_{package.lines.get().line_id}"]
    assert Package.objects.get(pk=package.pk).corrected_at is None


def test_an_emptied_package_is_not_stored(owner: Client, package: Package) -> None:
    page = owner.post(url(package), said(**units(package, 0)))

    assert b"Nothing is left in it. If it was packed by mistake, withdraw it below." in page.content
    assert package.lines.get().quantity == 1


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(owner: Client, package: Package) -> None:
    seen = owner.get(url(package)).context["form"]["seen"].value()
    owner.post(url(package), said())

    page = owner.post(url(package), said(tracking_number="1Z999AA10000000004", seen=seen))

    assert b"Somebody else saved this after you opened the page" in page.content
    assert Package.objects.get(pk=package.pk).tracking_number == RIGHT


def test_the_ship_date_is_corrected_and_cannot_be_before_the_purchase(owner: Client, package: Package) -> None:
    placed = package.order.placed_at
    early = said(shipped_on=(placed - timedelta(days=2)).date().isoformat())
    assert list(owner.post(url(package), early).context["form"].errors) == ["shipped_on"]

    owner.post(url(package), said(shipped_on=placed.date().isoformat()))

    moved = Package.objects.get(pk=package.pk)
    assert moved.shipped_at.date() == placed.date()
    assert moved.shipped_at >= placed


@pytest.mark.parametrize(("number", "untracked", "fits"), [("", "letter", True), (RIGHT, "letter", False)])
def test_a_package_has_a_number_or_a_reason_why_it_has_none(
    owner: Client, package: Package, number: str, untracked: str, fits: bool
) -> None:
    page = owner.post(url(package), said(tracking_number=number, untracked=untracked), follow=True)

    stored = Package.objects.get(pk=package.pk)
    assert (stored.untracked == untracked) is fits
    assert ("No tracking number" in page.content.decode()) is True
    assert ("marked as having none" in page.content.decode()) is not fits


def test_an_order_of_somebody_elses_merchant_is_not_named(
    client_for: ClientFor, package: Package, others_order: Order, cart: Cart
) -> None:
    PackageFactory(shipment__order=others_order, tracking_number=RIGHT)
    owner = client_for(Role.OWNER)
    assert others_order.number in owner.post(url(package), said()).content.decode()
    access = Access(0, cart.organization, Role.SELLER, cart.merchant_id)

    told = doubts(package.order, Parcel("UPS", "UPSN", "Ground", RIGHT), now=clock.now(), access=access)

    assert told == ["Another order was shipped with this tracking number. Continue if both orders are in one box."]


# -- Refused, and packed by mistake -----------------------------------------------------------------------------------
def refuse(package: Package, reason: str) -> None:
    package.confirmation.state, package.confirmation.last_error = "stuck", reason
    package.confirmation.save()
    package.order.status, package.order.reason = OrderStatus.ERROR, f"Tracking was refused: {reason}"
    package.order.shipped_at = clock.now()
    package.order.save()


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("shipDate must not be before the order was placed.", "Correct the ship date first."),
        ("The quantity of order item 1 is more than what is left to ship.", "Correct what is in the package first."),
        ("carrierName is required when carrierCode is Other.", "Correct the carrier first."),
        ("Invalid request: missing or invalid [packageDetail.trackingNumber]", "Correct the tracking number first."),
        ("The order cannot be confirmed: its status is PENDING.", "Check the order at the marketplace first"),
    ],
)
def test_what_would_be_refused_again_is_said_and_leads_to_the_package(
    owner: Client, package: Package, reason: str, remedy: str
) -> None:
    refuse(package, reason)
    again = reverse("orders:send_again", args=[package.order_id])

    page = owner.get(package.order.get_absolute_url()).content.decode()
    pressed = owner.post(again, follow=True)

    assert remedy in page
    assert url(package) in page
    assert "Send again anyway" in page
    assert pressed.redirect_chain[-1][0] == url(package)
    assert "Nothing was sent." in pressed.content.decode()
    assert Confirmation.objects.get(package=package).is_stuck


def test_somebody_may_send_it_again_all_the_same(owner: Client, package: Package) -> None:
    refuse(package, "shipDate must not be before the order was placed.")

    owner.post(reverse("orders:send_again", args=[package.order_id]) + "?anyway=1")

    assert Confirmation.objects.get(package=package).is_owed


def test_a_refusal_nobody_can_read_is_sent_again_at_once(owner: Client, package: Package) -> None:
    refuse(package, "Something went wrong. Please try again.")

    owner.post(reverse("orders:send_again", args=[package.order_id]))

    assert Confirmation.objects.get(package=package).is_owed


def test_a_refused_package_of_an_order_still_at_the_warehouse_is_shown_as_the_problem(
    owner: Client, package: Package
) -> None:
    refuse(package, "shipDate must not be before the order was placed.")
    Order.objects.filter(pk=package.order_id).update(status=OrderStatus.AT_WMS, reason="1 unit still to be shipped")

    page = owner.get(package.order.get_absolute_url()).content.decode()

    assert "The tracking was refused: shipDate must not be before the order was placed." in page
    assert url(package) in page


def test_a_package_is_withdrawn_from_its_page(owner: Client, package: Package) -> None:
    refuse(package, "Bad tracking")
    assert b"Withdraw package" in owner.get(url(package)).content

    page = owner.post(reverse("shipping:withdraw", args=[package.pk]), follow=True)

    assert "Withdrawn." in page.content.decode()
    assert not Package.objects.filter(pk=package.pk).exists()


def test_one_the_cart_has_says_what_can_be_done_instead(owner: Client, package: Package) -> None:
    shown = owner.get(url(package)).content.decode()
    pressed = owner.post(reverse("shipping:withdraw", args=[package.pk]), follow=True).content.decode()

    assert "already has this package, and none can be taken back there" in shown
    assert "The package was not withdrawn." in pressed
    assert Package.objects.filter(pk=package.pk).exists()


def test_only_who_ships_withdraws_and_nobody_a_strangers(viewer: Client, stranger: Client, package: Package) -> None:
    there = reverse("shipping:withdraw", args=[package.pk])

    assert viewer.post(there).status_code == 403
    assert stranger.post(there).status_code == 404
    assert Package.objects.filter(pk=package.pk).exists()
