"""Test data with plain defaults: the test says what matters.

``OrderFactory(cart=cart, lines={"MUG-BLUE": 2})`` has its lines and a sealed recipient. What a merchant owns takes
organization and merchant from what it belongs to; give the parent, not the tenant.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import factory
from django.conf import settings
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from carts.consent import grants
from carts.marketplaces.values import Address, Buyer, OrderState
from carts.models import Cart, Grant, Listing
from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization, User
from core.alerts import fingerprints
from core.alerts.models import Alert
from core.common import clock, vault
from core.common.errands import ErrandState
from inventory.models import StockLevel
from orders.models import Line, Order, OrderStatus, Recipient, SavedFilter, bound_to
from shipping.models import (
    CartMethod,
    Confirmation,
    MethodRule,
    Package,
    PackageLine,
    Release,
    Route,
    Shipment,
    ShipMethod,
    Warehouse,
)

ADDRESS = Address(
    name="Jane Doe",
    line1="1 Main Street",
    city="Reno",
    state="NV",
    postal_code="89501",
    country="US",
    phone="+1 775 555 0100",
)
BUYER = Buyer(name="Jane Doe", email="jane@buyers.example")
PASSWORD = "a long and boring password"
TOO_LONG = f"a@{'.'.join(['b' * 60] * 5)}.example"  # an address that is one, and longer than a row holds
T = TypeVar("T")

if TYPE_CHECKING:

    class ModelFactory(Generic[T]):
        """A factory as its caller sees it: calling OrderFactory makes an Order."""

        def __new__(cls, **fields: Any) -> T: ...  # type: ignore[misc]

else:
    ModelFactory = DjangoModelFactory


# -- People ----------------------------------------------------------------------------------------------------------
class OrganizationFactory(ModelFactory[Organization]):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Northwind 3PL {n}")


class MerchantFactory(ModelFactory[Merchant]):
    class Meta:
        model = Merchant

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Blue Mug Co {n}")


class UserFactory(ModelFactory[User]):
    """A person who logs in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@northwind.example")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class MembershipFactory(ModelFactory[Membership]):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER


def make_person(organization: Organization, role: Role = Role.OWNER, *, merchant: Merchant | None = None) -> User:
    """A user who has this role in the organization."""
    return MembershipFactory(organization=organization, role=role, merchant=merchant).user


# -- Carts -----------------------------------------------------------------------------------------------------------
class OfMerchantFactory(ModelFactory[T]):
    """A row that belongs to a merchant, in the merchant's organization."""

    class Meta:
        abstract = True

    merchant = factory.SubFactory(MerchantFactory)
    organization = factory.SelfAttribute("merchant.organization")


class GrantFactory(OfMerchantFactory[Grant]):
    """An authorization that stands, with an access token good for an hour, sealed as carts/consent/grants.py does."""

    class Meta:
        model = Grant
        skip_postgeneration_save = True

    kind = "amazon"
    region = "NA"
    seller_id = factory.Sequence(lambda n: f"A1SELLER{n:05}")
    authorized_at = factory.LazyFunction(clock.now)
    refresh_token = b""

    @factory.post_generation
    def tokens(grant: Grant, create: bool, extracted: tuple[str, str] | None, **_: Any) -> None:  # noqa: N805
        refresh, access = extracted or ("Atzr|test", "Atza|test")
        grant.refresh_token = grants._seal(grant, "refresh", refresh)
        grant.access_token = grants._seal(grant, "access", access)
        grant.access_token_until = clock.now() + timedelta(hours=1)
        if create:
            grant.save(update_fields=["refresh_token", "access_token", "access_token_until"])


class CartFactory(OfMerchantFactory[Cart]):
    class Meta:
        model = Cart

    kind = "amazon"
    place_id = "ATVPDKIKX0DER"  # Amazon.com
    name = factory.Sequence(lambda n: f"Amazon US {n}")
    grant = factory.SubFactory(GrantFactory, merchant=factory.SelfAttribute("..merchant"))
    state = Cart.State.LIVE
    live_at = factory.LazyFunction(clock.now)


def the_grant(cart: Cart) -> Grant:
    """Return the grant of a cart that surely has one."""
    assert cart.grant is not None
    return cart.grant


class OfCartFactory(ModelFactory[T]):
    class Meta:
        abstract = True

    cart = factory.SubFactory(CartFactory)
    merchant = factory.SelfAttribute("cart.merchant")
    organization = factory.SelfAttribute("cart.organization")


class ListingFactory(OfCartFactory[Listing]):
    class Meta:
        model = Listing

    sku = factory.Sequence(lambda n: f"MUG-{n}")
    asin = factory.Sequence(lambda n: f"B0{n:08}")
    title = "A blue mug"
    product_type = "DRINKING_CUP"
    seen_at = factory.LazyFunction(clock.now)


# -- Orders ----------------------------------------------------------------------------------------------------------
class OrderFactory(OfCartFactory[Order]):
    """An order with its lines (``lines={"MUG-BLUE": 2}``) and a sealed recipient (``recipient=Address(…)``, and of the
    buyer ``recipient__purchase_order="4711"``)."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"113-{n:07}-0000001")
    status = OrderStatus.NEW
    state_there = OrderState.OPEN
    service = "Standard"
    placed_at = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
    changed_at = factory.SelfAttribute("placed_at")
    downloaded_at = factory.LazyFunction(clock.now)
    ship_by = factory.LazyFunction(lambda: clock.now() + timedelta(days=2))
    deliver_by = factory.LazyFunction(lambda: clock.now() + timedelta(days=5))
    total = Decimal("19.99")
    currency = "USD"
    line_count = 1
    unit_count = 1
    digest = "0" * 32

    @factory.post_generation
    def lines(order: Order, create: bool, extracted: Mapping[str, int] | None, **_: Any) -> None:  # noqa: N805
        units = {"MUG-BLUE": 1} if extracted is None else extracted
        if create:
            for place, (sku, ordered) in enumerate(units.items(), start=1):
                LineFactory(order=order, reference=f"{order.number}-{place}", sku=sku, ordered=ordered)
            order.line_count, order.unit_count = len(units), sum(units.values())
            order.save(update_fields=["line_count", "unit_count"])

    @factory.post_generation
    def recipient(order: Order, create: bool, extracted: Address | None, **buyer: Any) -> None:  # noqa: N805
        address = extracted or ADDRESS
        if create:
            ring = vault.ring(tuple(settings.VAULT_KEYS))
            clear = {"address": asdict(address), "buyer": asdict(BUYER) | buyer}
            Recipient.objects.create(
                organization=order.organization,
                order=order,
                country=address.country,
                sealed=ring.seal_json(clear, bound_to=bound_to(order, "recipient")),
            )


class OfOrderFactory(ModelFactory[T]):
    class Meta:
        abstract = True

    order = factory.SubFactory(OrderFactory)
    merchant = factory.SelfAttribute("order.merchant")
    organization = factory.SelfAttribute("order.organization")


class LineFactory(OfOrderFactory[Line]):
    class Meta:
        model = Line

    reference = factory.Sequence(lambda n: f"line-{n}")
    sku = "MUG-BLUE"
    asin = "B000000001"
    title = "A blue mug"
    ordered = 1
    unit_price = Decimal("19.99")
    total = factory.LazyAttribute(lambda line: line.unit_price * line.ordered)
    currency = "USD"


class SavedFilterFactory(ModelFactory[SavedFilter]):
    class Meta:
        model = SavedFilter

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.LazyAttribute(lambda saved: make_person(saved.organization))
    name = factory.Sequence(lambda n: f"Filter {n}")
    query = "tab=all"


# -- Shipping --------------------------------------------------------------------------------------------------------
class WarehouseFactory(ModelFactory[Warehouse]):
    class Meta:
        model = Warehouse

    organization = factory.SubFactory(OrganizationFactory)
    kind = "portal"
    name = factory.Sequence(lambda n: f"Reno {n}")


class ShipMethodFactory(ModelFactory[ShipMethod]):
    class Meta:
        model = ShipMethod

    warehouse = factory.SubFactory(WarehouseFactory)
    organization = factory.SelfAttribute("warehouse.organization")
    label = factory.Sequence(lambda n: f"UPS Ground {n}")
    carrier = "UPS"
    scac = "UPSN"
    service = "Ground"


class RouteFactory(OfCartFactory[Route]):
    class Meta:
        model = Route

    warehouse = factory.SubFactory(WarehouseFactory, organization=factory.SelfAttribute("..organization"))


class CartMethodFactory(OfCartFactory[CartMethod]):
    class Meta:
        model = CartMethod

    name = "Standard"


class MethodRuleFactory(ModelFactory[MethodRule]):
    """A rule of a cart; with ``cart=None`` and an organization, one of all its carts."""

    class Meta:
        model = MethodRule

    cart = factory.SubFactory(CartFactory)
    merchant = factory.LazyAttribute(lambda rule: rule.cart.merchant if rule.cart else None)
    organization = factory.LazyAttribute(lambda rule: rule.cart.organization)
    ship_method = factory.SubFactory(
        ShipMethodFactory, warehouse__organization=factory.SelfAttribute("...organization")
    )
    made_at = factory.LazyFunction(clock.now)


class ReleaseFactory(OfOrderFactory[Release]):
    """An order handed to its warehouse."""

    class Meta:
        model = Release

    warehouse = factory.SubFactory(WarehouseFactory, organization=factory.SelfAttribute("..organization"))
    state = ErrandState.DONE
    due_at = factory.LazyFunction(clock.now)
    released_at = factory.LazyFunction(clock.now)
    reference = factory.SelfAttribute("order.number")


class ShipmentFactory(OfOrderFactory[Shipment]):
    class Meta:
        model = Shipment

    warehouse = factory.SubFactory(WarehouseFactory, organization=factory.SelfAttribute("..organization"))
    shipped_at = factory.LazyFunction(clock.now)
    created_at = factory.LazyFunction(clock.now)


class PackageFactory(ModelFactory[Package]):
    class Meta:
        model = Package

    shipment = factory.SubFactory(ShipmentFactory)
    order = factory.SelfAttribute("shipment.order")
    merchant = factory.SelfAttribute("shipment.merchant")
    organization = factory.SelfAttribute("shipment.organization")
    number = factory.LazyAttribute(lambda package: package.order.packages.count() + 1)
    carrier = "UPS"
    scac = "UPSN"
    service = "Ground"
    tracking_number = factory.Sequence(lambda n: f"1Z999AA1{n:010}")


class PackageLineFactory(ModelFactory[PackageLine]):
    class Meta:
        model = PackageLine

    package = factory.SubFactory(PackageFactory)
    organization = factory.SelfAttribute("package.organization")
    line = factory.LazyAttribute(lambda packed: packed.package.order.lines.first())
    quantity = 1


class ConfirmationFactory(ModelFactory[Confirmation]):
    """A package's tracking owed to the cart."""

    class Meta:
        model = Confirmation

    package = factory.SubFactory(PackageFactory)
    cart = factory.SelfAttribute("package.order.cart")
    merchant = factory.SelfAttribute("package.merchant")
    organization = factory.SelfAttribute("package.organization")
    due_at = factory.LazyFunction(clock.now)
    due_by = factory.LazyFunction(lambda: clock.now() + timedelta(days=2))


# -- Stock -----------------------------------------------------------------------------------------------------------
class StockLevelFactory(OfMerchantFactory[StockLevel]):
    class Meta:
        model = StockLevel

    warehouse = factory.SubFactory(WarehouseFactory, organization=factory.SelfAttribute("..organization"))
    sku = "MUG-BLUE"
    on_hand = 10
    observed_at = factory.LazyFunction(clock.now)


# -- The rest --------------------------------------------------------------------------------------------------------
class AlertFactory(ModelFactory[Alert]):
    """Something wrong now. It belongs to nobody in particular until a merchant is given."""

    class Meta:
        model = Alert

    organization = factory.SubFactory(OrganizationFactory)
    cause = "orders.not_downloaded"
    subject_kind = "grant"
    subject_id = factory.Sequence(lambda n: n + 1)
    message = "Orders cannot be downloaded."
    fingerprint = factory.LazyAttribute(lambda alert: fingerprints.of(alert.message))
    path = "/carts/"
    opened_at = factory.LazyFunction(clock.now)
    seen_at = factory.LazyFunction(clock.now)
