"""The first run: what is still to be done until the first order is confirmed, each with the button that does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from carts.models import Cart
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.accounts.models import Membership
from core.accounts.visible_statements import VisibleStatement
from core.alerts.mail import mail_server
from core.alerts.models import Mail
from orders.models import Order
from orders.statuses import WITH_THE_CART
from shipping.models import CartMethod, Warehouse

CONFIRMED = VisibleStatement(
    Order, lambda orders: orders.filter(status__in=WITH_THE_CART).order_by().values_list("pk")[:1]
)
CAN_WAIT = ("settings:organization", "setup_check:page")  # pages one finds again under Settings


@dataclass(frozen=True, slots=True)
class FirstStep:
    """``url`` is empty for whoever may not do it: they read ``who`` can."""

    label: str
    is_done: bool
    button: str
    url: str
    who: str
    can_wait: bool  # the first order does not need it

    @property
    def state(self) -> tuple[str, str]:
        return ("Done", "good") if self.is_done else ("Can wait", "calm") if self.can_wait else ("To do", "busy")


def of(access: Access, *, is_over: bool) -> Sequence[FirstStep]:
    """Return the steps; none once the first order is confirmed, or when the person put them away. ``is_over``: orders
    that are confirmed were counted already.
    """
    if is_over or CONFIRMED.rows(access):
        return []
    orders = Order.objects.visible_to(access)
    mine = Membership.objects.filter(organization=access.organization, user=access.user_id)
    if mine.filter(first_steps_away=True).exists():
        return []
    house = access.organization
    carts, methods = Cart.objects.visible_to(access), CartMethod.objects.visible_to(access)
    has_mail = (
        mail_server.reaches_mailboxes() and Mail.objects.visible_to(access).filter(sent_at__isnull=False).exists()
    )
    has_order = orders.exists()
    first = carts.exclude(state=Cart.State.ARCHIVED).order_by("pk").first()
    several = (
        ("Say who you are: name, time zone, logo", bool(house.reply_to or house.logo_key or house.time_zone != "UTC"),
         "Organization", "settings:organization", Ability.SETTINGS),
        ("Mail leaves the portal", has_mail, "Set-up check", "setup_check:page", Ability.INSTALLATION),
        ("A warehouse to ship from", Warehouse.objects.visible_to(access).exists(),
         "Add a warehouse", "shipping:new_warehouse", Ability.SETTINGS),
        ("A cart that is connected", bool(first and first.grant_id), "New cart", "carts:new", Ability.CONNECT),
        ("Ship methods mapped, before the cart goes live", methods.filter(ship_method__isnull=False).exists(),
         "Ship methods", "shipping:methods" if first else "carts:new", Ability.MAP),
        ("A cart that is live", carts.filter(state=Cart.State.LIVE).exists(), "Carts", "carts:carts", Ability.CONNECT),
        ("The first order is here", has_order, "Carts", "carts:carts", Ability.LOOK),
        ("The first order is shipped and confirmed", False, "Orders", "orders:orders", Ability.LOOK),
    )  # fmt: skip
    return [
        FirstStep(
            label,
            is_done,
            button,
            _address(route, first) if access.may(ability) else "",
            ability.label,
            can_wait=route in CAN_WAIT,
        )  # fmt: skip
        for label, is_done, button, route, ability in several
    ]


def _address(route: str, cart: Cart | None) -> str:
    return reverse(route, args=[cart.pk]) if cart is not None and route == "shipping:methods" else reverse(route)


@require_POST
@door(Ability.LOOK)
def put_away(request: HttpRequest) -> HttpResponse:
    """Show them no more to this person. Nothing else depends on it."""
    access = access_of(request)
    Membership.objects.filter(organization=access.organization, user=access.user_id).update(first_steps_away=True)
    return HttpResponseRedirect(reverse("dashboard"))
