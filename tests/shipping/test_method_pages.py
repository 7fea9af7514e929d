"""What a cart's ship methods are called at the warehouse, and which a warehouse has."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from carts.models import Cart
from integration_manager.accounts.access import Role
from integration_manager.accounts.models import Organization
from integration_manager.activity.models import Event
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import CartMethod, ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    ShipMethodFactory,
    WarehouseFactory,
    make_person,
)

pytestmark = pytest.mark.django_db
NAMES = ["Standard", "Expedited", "SecondDay", "NextDay"]
UPS = {"label": "UPS Worldwide", "carrier": "UPS", "scac": "upsn", "service": "Worldwide"}


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory()


@pytest.fixture
def warehouse(acme: Organization) -> Warehouse:
    return make_portal_warehouse(acme, "Reno")


@pytest.fixture
def cart(acme: Organization, warehouse: Warehouse) -> Cart:
    return CartFactory(merchant=MerchantFactory(organization=acme), name="Amazon US")


@pytest.fixture
def browse(acme: Organization) -> Callable[..., Client]:
    def client(role: Role = Role.OWNER, organization: Organization | None = None, **fields: object) -> Client:
        browser = Client()
        browser.force_login(make_person(organization or acme, role, **fields))  # type: ignore[arg-type]
        return browser

    return client


@pytest.fixture
def owner(browse: Callable[..., Client]) -> Client:
    return browse()


def address(cart: Cart) -> str:
    return reverse("shipping:methods", args=[cart.pk])


def mapped(client: Client, cart: Cart, **chosen: ShipMethod) -> dict[str, object]:
    """The form's fields, with these ship methods chosen."""
    client.get(address(cart))
    fields: dict[str, object] = {}
    for method in CartMethod.objects.filter(cart=cart):
        fields[f"method_{method.pk}"] = chosen[method.name].pk if method.name in chosen else ""
    return fields


def held(cart: Cart, service: str) -> Order:
    return OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED, service=service)


# -- A cart's ship methods ---------------------------------------------------------------------------------------------
def test_every_cart_starts_with_four_ship_methods_and_shows_those_it_has_seen(owner: Client, cart: Cart) -> None:
    CartMethod.objects.create(organization=cart.organization, merchant=cart.merchant, cart=cart, name="Scheduled")

    form = owner.get(address(cart)).context["form"]

    assert [method.name for method in form.methods] == [*NAMES, "Scheduled"]


def test_mapping_a_method_lets_the_orders_flow_that_waited_for_it(
    owner: Client,
    cart: Cart,
    warehouse: Warehouse,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    waiting, other = held(cart, "SecondDay"), held(cart, "NextDay")
    fields = mapped(owner, cart, SecondDay=warehouse.ship_methods.get(label="UPS 2nd Day Air"))

    with django_capture_on_commit_callbacks() as rung:
        answer = owner.post(address(cart), fields, follow=True)

    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, other.status) == (OrderStatus.NEW, OrderStatus.HELD)
    assert "1 held order flows now" in answer.content.decode()
    assert "shipping.tasks.release_due" in [call.args[0].name for call in rung if hasattr(call, "args")]
    assert Event.objects.filter(kind="ship_method.mapped").count() == 1


def test_saving_without_a_change_writes_nothing_down(owner: Client, cart: Cart) -> None:
    owner.post(address(cart), mapped(owner, cart))

    assert not Event.objects.exists()


def test_a_ship_method_of_another_warehouse_is_no_choice(owner: Client, acme: Organization, cart: Cart) -> None:
    fields = mapped(owner, cart, Standard=ShipMethodFactory(warehouse=WarehouseFactory(organization=acme, name="Oslo")))

    answer = owner.post(address(cart), fields)

    assert answer.status_code == 422
    assert "That is no ship method of the cart&#x27;s warehouse." in answer.content.decode()
    assert not CartMethod.objects.filter(ship_method__isnull=False).exists()


def test_a_ship_method_of_another_organization_is_no_choice(owner: Client, cart: Cart) -> None:
    answer = owner.post(address(cart), mapped(owner, cart, Standard=ShipMethodFactory()))

    assert answer.status_code == 422
    assert not CartMethod.objects.filter(ship_method__isnull=False).exists()


@pytest.mark.parametrize("role", [Role.STAFF, Role.VIEWER, Role.SELLER])
def test_who_may_not_map_may_look(browse: Callable[..., Client], cart: Cart, role: Role) -> None:
    browser = browse(role, merchant=cart.merchant if role == Role.SELLER else None)

    shown = browser.get(address(cart))

    assert shown.status_code == 200
    assert b"SecondDay" in shown.content
    assert b"<select" not in shown.content
    assert browser.post(address(cart), mapped(browser, cart)).status_code == 403


def test_a_cart_of_others_is_not_there(browse: Callable[..., Client], cart: Cart) -> None:
    stranger = browse(organization=OrganizationFactory())

    assert stranger.get(address(cart)).status_code == 404
    assert stranger.post(address(cart)).status_code == 404


# -- A warehouse's ship methods ----------------------------------------------------------------------------------------
def change(client: Client, action: str, prefix: str = "", **fields: object) -> str:
    named = {(f"{prefix}-{name}" if name in UPS else name): value for name, value in fields.items()}
    answer = client.post(reverse("shipping:shipping"), {"action": action, **named}, follow=True)
    return answer.content.decode()


def test_a_ship_method_is_added_changed_and_removed(owner: Client, cart: Cart, warehouse: Warehouse) -> None:
    assert "was added" in change(owner, "add", f"add{warehouse.pk}", warehouse=warehouse.pk, **UPS)
    method = ShipMethod.objects.get(label="UPS Worldwide")
    assert method.scac == "UPSN"

    assert "was changed" in change(
        owner, "edit", f"edit{method.pk}", ship_method=method.pk, **(UPS | {"service": "Saver"})
    )
    method.refresh_from_db()
    assert method.service == "Saver"

    owner.post(address(cart), mapped(owner, cart, Standard=method))
    assert "1 mapping to it is empty now" in change(owner, "remove", ship_method=method.pk)
    assert not ShipMethod.objects.filter(pk=method.pk).exists()


def test_two_ship_methods_of_one_name_are_refused(owner: Client, warehouse: Warehouse) -> None:
    wrong = UPS | {"label": "ups ground"}

    shown = change(owner, "add", f"add{warehouse.pk}", warehouse=warehouse.pk, **wrong)

    assert "has a ship method of this name already" in shown
    assert "ups ground" in shown


def test_without_a_warehouse_the_portal_can_be_one(owner: Client) -> None:
    assert "No warehouse yet" in owner.get(reverse("shipping:shipping")).content.decode()

    assert "UPS Ground" in change(owner, "begin")


def test_the_form_of_a_ship_method_opens_where_it_is_asked_for(owner: Client, warehouse: Warehouse) -> None:
    method = warehouse.ship_methods.get(label="UPS Ground")

    shown = owner.get(reverse("shipping:shipping"), {"edit": method.pk}).content.decode()

    assert f'name="edit{method.pk}-label" value="UPS Ground"' in shown


def test_warehouses_of_others_are_neither_seen_nor_changed(browse: Callable[..., Client], warehouse: Warehouse) -> None:
    stranger = browse(organization=OrganizationFactory())
    method = warehouse.ship_methods.first()
    assert method is not None
    shipping = reverse("shipping:shipping")

    assert "Reno" not in stranger.get(shipping).content.decode()
    assert stranger.post(shipping, {"action": "add", "warehouse": warehouse.pk}).status_code == 404
    assert stranger.post(shipping, {"action": "remove", "ship_method": method.pk}).status_code == 404
    assert stranger.post(shipping, {"action": "burn"}).status_code == 400


@pytest.mark.parametrize("role", [Role.STAFF, Role.VIEWER])
def test_who_may_not_map_changes_no_warehouse(browse: Callable[..., Client], warehouse: Warehouse, role: Role) -> None:
    browser = browse(role)

    assert "Remove" not in browser.get(reverse("shipping:shipping")).content.decode()
    assert browser.post(reverse("shipping:shipping"), {"action": "begin"}).status_code == 403
