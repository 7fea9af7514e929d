"""What a cart's ship methods are called at the warehouse, and which a warehouse has."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.models import Event
from core.common.bell import Bell
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import CartMethod, MethodRule, Route, ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from tests.factories import (
    CartFactory,
    MerchantFactory,
    MethodRuleFactory,
    OrderFactory,
    OrganizationFactory,
    ShipMethodFactory,
    WarehouseFactory,
    make_person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
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


def mapped(client: Client, cart: Cart, **chosen: ShipMethod | None) -> dict[str, object]:
    """The form's fields, with these ship methods chosen."""
    client.get(address(cart))
    fields: dict[str, object] = {"reject": "on" if routes_for([cart])[cart.pk].reject_unmapped else ""}
    for method in CartMethod.objects.filter(cart=cart):
        fields[f"method_{method.pk}"] = to.pk if (to := chosen.get(method.name)) else ""
    return fields


def held(cart: Cart, service: str) -> Order:
    return OrderFactory(cart=cart, status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED, service=service)


def rejecting(cart: Cart) -> None:
    Route.objects.filter(pk=routes_for([cart])[cart.pk].pk).update(reject_unmapped=True)


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
    rejecting(cart)
    fields = mapped(owner, cart, SecondDay=warehouse.ship_methods.get(label="UPS 2nd Day Air"))

    with django_capture_on_commit_callbacks() as rung:
        answer = owner.post(address(cart), fields, follow=True)

    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, other.status) == (OrderStatus.NEW, OrderStatus.HELD)
    assert "1 held order is on its way" in answer.content.decode()
    assert Bell.RELEASE_DUE in [call.args[0] for call in rung if hasattr(call, "args")]
    assert Event.objects.filter(kind="ship_method.mapped").count() == 1


def test_saving_without_a_change_writes_nothing_down(owner: Client, cart: Cart) -> None:
    owner.post(address(cart), mapped(owner, cart))

    assert not Event.objects.exists()


def test_a_ship_method_of_another_warehouse_is_no_choice(owner: Client, acme: Organization, cart: Cart) -> None:
    fields = mapped(owner, cart, Standard=ShipMethodFactory(warehouse=WarehouseFactory(organization=acme, name="Oslo")))

    answer = owner.post(address(cart), fields)

    assert answer.status_code == 422
    assert "The cart&#x27;s warehouse doesn&#x27;t have this ship method." in answer.content.decode()
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
    asked = owner.get(reverse("shipping:shipping")).content.decode().split(f'id="remove-{method.pk}"')[1]
    asked = asked.split("</form>")[0]
    assert "<li>Standard of Amazon US</li>" in asked  # said before, and there is no button
    assert 'value="remove"' not in asked
    assert "It is still used for Standard of Amazon US." in change(owner, "remove", ship_method=method.pk)
    assert ShipMethod.objects.filter(pk=method.pk).exists()

    owner.post(address(cart), mapped(owner, cart, Standard=None))
    assert "was removed" in change(owner, "remove", ship_method=method.pk)
    assert not ShipMethod.objects.filter(pk=method.pk).exists()


def test_two_ship_methods_of_one_name_are_refused(owner: Client, warehouse: Warehouse) -> None:
    wrong = UPS | {"label": "ups ground"}

    shown = change(owner, "add", f"add{warehouse.pk}", warehouse=warehouse.pk, **wrong)

    assert "already has a ship method with this name" in shown
    assert "ups ground" in shown


def test_without_a_warehouse_the_portal_can_be_one(owner: Client) -> None:
    assert "No warehouses yet" in owner.get(reverse("shipping:shipping")).content.decode()

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


# -- Looking before saving ---------------------------------------------------------------------------------------------
def test_a_preview_shows_what_would_happen_and_saves_nothing(owner: Client, cart: Cart, warehouse: Warehouse) -> None:
    rejecting(cart)
    waiting = held(cart, "SecondDay")
    fields = mapped(owner, cart, SecondDay=warehouse.ship_methods.get(label="UPS 2nd Day Air"))

    shown = owner.post(address(cart), fields | {"action": "preview"}).content.decode()

    assert "1 of 1 order would have gone differently" in shown
    assert waiting.number in shown
    waiting.refresh_from_db()
    assert waiting.status == OrderStatus.HELD
    assert not CartMethod.objects.filter(ship_method__isnull=False).exists()
    assert not Event.objects.exists()


def test_back_from_the_preview_what_was_chosen_is_still_chosen(owner: Client, cart: Cart, warehouse: Warehouse) -> None:
    air = warehouse.ship_methods.get(label="UPS 2nd Day Air")

    back = owner.post(address(cart), mapped(owner, cart, SecondDay=air) | {"action": "back", "reject": "on"})

    assert back.status_code == 200
    assert f'<option value="{air.pk}" selected>' in back.content.decode()
    assert not CartMethod.objects.filter(ship_method__isnull=False).exists()


def test_the_switch_and_the_default_of_a_cart_are_saved_with_its_mapping(
    owner: Client, cart: Cart, warehouse: Warehouse
) -> None:
    ground = warehouse.ship_methods.get(label="UPS Ground")

    owner.post(address(cart), mapped(owner, cart) | {"reject": "on", "default": ground.pk})

    route = Route.objects.get(cart=cart)
    assert (route.reject_unmapped, route.default_method) == (True, ground)


# -- Rules -------------------------------------------------------------------------------------------------------------
def asked(**fields: object) -> dict[str, object]:
    return {"service": "", "prime": "", "country": "", "postal_prefix": "", "least": "", "below": ""} | fields


def new_rule(cart: Cart | None) -> str:
    return reverse("shipping:new_rule") + (f"?cart={cart.pk}" if cart else "")


def test_a_rule_of_a_cart_is_kept_and_listed(owner: Client, cart: Cart, warehouse: Warehouse) -> None:
    ground = warehouse.ship_methods.get(label="UPS Ground")

    shown = owner.post(
        new_rule(cart), asked(country="Deutschland", postal_prefix="10", ship_method=ground.pk), follow=True
    ).content.decode()

    kept = MethodRule.objects.get()
    assert (kept.cart, kept.merchant, kept.country, kept.ship_method) == (cart, cart.merchant, "DE", ground)
    assert "to DE, postal code 10…" in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Enter at least one condition."),
        ({"country": "Atlantis"}, "“Atlantis” is not a country we know."),
        ({"country": "1X"}, "Enter its name or its two letters, like DE."),
        ({"country": "XX"}, "“XX” is not a country we know."),
        ({"least": "-5", "currency": "EUR"}, "Enter a value of 0 or more."),
        ({"postal_prefix": "10"}, "Enter the country, too"),
        ({"least": "5"}, "Enter the value&#x27;s currency."),
        ({"currency": "EUR", "prime": "yes"}, "Enter a value, or leave the currency empty."),
        ({"least": "5", "currency": "QQQ"}, "There is no currency QQQ."),
        ({"below": "5", "currency": "xxx"}, "There is no currency XXX."),
        ({"least": "5.5", "currency": "JPY"}, "JPY has fewer digits after the point."),
        ({"least": "9", "below": "9", "currency": "EUR"}, "No order can match"),
        ({"service": "Teleport"}, "This choice isn&#x27;t offered any more"),
    ],
)
def test_a_rule_that_says_nothing_or_nonsense_is_refused(
    owner: Client, cart: Cart, warehouse: Warehouse, fields: dict[str, object], said: str
) -> None:
    ground = warehouse.ship_methods.get(label="UPS Ground")

    answer = owner.post(new_rule(cart), asked(**fields, ship_method=ground.pk))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not MethodRule.objects.exists()


def test_all_that_is_wrong_with_a_rule_is_said_at_once(owner: Client, cart: Cart, warehouse: Warehouse) -> None:
    ground = warehouse.ship_methods.get(label="UPS Ground")
    fields = {"country": "Atlantis", "least": "-5", "below": "-9", "currency": "QQQ"}

    answer = owner.post(new_rule(cart), asked(**fields, ship_method=ground.pk))

    assert set(answer.context["form"].errors) == set(fields)


def test_a_rule_goes_by_a_ship_method_of_the_carts_warehouse_alone(
    owner: Client, acme: Organization, cart: Cart
) -> None:
    for method in (ShipMethodFactory(), ShipMethodFactory(warehouse=WarehouseFactory(organization=acme))):
        answer = owner.post(new_rule(cart), asked(prime="yes", ship_method=method.pk))

        assert "The cart&#x27;s warehouse doesn&#x27;t have this ship method." in answer.content.decode()


def test_a_rule_for_all_carts_is_changed_and_removed(owner: Client, acme: Organization, cart: Cart) -> None:
    ground = ShipMethod.objects.get(label="UPS Ground", organization=acme)
    owner.post(new_rule(None), asked(prime="no", ship_method=ground.pk))
    kept = MethodRule.objects.get()
    assert (kept.cart, kept.merchant, kept.prime) == (None, None, False)
    page = reverse("shipping:rule", args=[kept.pk])

    owner.post(page, asked(prime="yes", ship_method=ground.pk))
    kept.refresh_from_db()
    assert kept.prime is True

    assert "Without the rule" in owner.post(page, {"action": "preview_remove"}).content.decode()
    assert MethodRule.objects.exists()
    owner.post(page, {"action": "remove"})
    assert not MethodRule.objects.exists()


def test_the_default_for_all_carts_is_tried_and_kept(owner: Client, cart: Cart, warehouse: Warehouse) -> None:
    rejecting(cart)
    held(cart, "Standard")
    ground = warehouse.ship_methods.get(label="UPS Ground")
    fields = {f"default_{warehouse.pk}": ground.pk}

    tried = owner.post(reverse("shipping:rules"), fields | {"action": "preview"}).content.decode()
    kept = owner.post(reverse("shipping:rules"), fields, follow=True).content.decode()

    assert "by the default for all carts" in tried
    assert "1 held order is on its way." in kept
    warehouse.refresh_from_db()
    assert warehouse.default_method == ground


def test_rules_for_all_carts_are_looked_at_by_staff_and_hidden_from_sellers(
    browse: Callable[..., Client], cart: Cart, acme: Organization
) -> None:
    MethodRuleFactory(cart=None, organization=acme, service="FreeEconomy")
    seller = browse(Role.SELLER, merchant=cart.merchant)

    assert "FreeEconomy" in browse(Role.STAFF).get(reverse("shipping:rules")).content.decode()
    assert seller.get(reverse("shipping:rules")).status_code == 404
    assert "FreeEconomy" not in seller.get(address(cart)).content.decode()
    assert browse(Role.STAFF).post(reverse("shipping:rules"), {"x": "y"}).status_code == 403
    assert browse(Role.STAFF).get(new_rule(cart)).status_code == 403


def test_a_rule_of_a_cart_of_others_is_not_made(browse: Callable[..., Client], cart: Cart) -> None:
    stranger = browse(organization=OrganizationFactory())

    assert stranger.get(new_rule(cart)).status_code == 404
    assert stranger.get(reverse("shipping:new_rule") + "?cart=x").status_code == 404
