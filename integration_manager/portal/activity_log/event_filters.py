"""Which of what happened an address asks for: by whom, what, of which merchant, cart or order, and when."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.models import Membership, Merchant
from core.activity import event_numbers
from core.activity.models import Event
from core.ui.request_values import read_id, read_text
from integration_manager.portal.activity_log import event_words
from integration_manager.portal.performance import periods
from integration_manager.portal.performance.periods import Period
from orders.models import Order

PORTAL = "portal"  # what nobody did: it happened by itself
LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. What is none of one's own finds nothing, as if it were not there."""

    period: Period
    who: str = ""  # a person's number, or PORTAL
    kind: str = ""  # "order.shipped", or "order" for all that begin so
    merchant: int | None = None
    cart: int | None = None
    order: str = ""  # its number on the cart

    @property
    def query(self) -> dict[str, str]:
        chosen = {"who": self.who, "kind": self.kind, "order": self.order}
        chosen |= {"merchant": str(self.merchant or ""), "cart": str(self.cart or "")}
        return {**self.period.query, **{name: value for name, value in chosen.items() if value}}


def read(query: QueryDict, access: Access, *, now: datetime) -> Asked:
    today = now.astimezone(access.organization.zone).date()
    return Asked(
        periods.read(query, today=today),
        who=read_text(query, "who"),
        kind=read_text(query, "kind"),
        merchant=read_id(read_text(query, "merchant")) if query.get("merchant") else None,
        cart=read_id(read_text(query, "cart")) if query.get("cart") else None,
        order=read_text(query, "order", most=LONGEST_NUMBER),
    )


def find(asked: Asked, access: Access) -> QuerySet[Event]:
    """Return the events, in no order."""
    zone = access.organization.zone
    begin = datetime.combine(asked.period.first, time(), zone)
    end = datetime.combine(asked.period.last + timedelta(days=1), time(), zone)
    found: QuerySet[Event] = Event.objects.visible_to(access).filter(at__gte=begin, at__lt=end)
    found = found.filter(pk__gte=event_numbers.first_since(begin), pk__lt=event_numbers.first_after(end))
    if asked.who:
        found = found.filter(actor=None) if asked.who == PORTAL else found.filter(actor=read_id(asked.who))
    if asked.kind:
        found = found.filter(Q(kind=asked.kind) | Q(kind__startswith=f"{asked.kind}."))
    if asked.order:
        orders = Order.objects.visible_to(access).filter(number=asked.order)
        found = found.filter(subject_kind="order", subject_id__in=list(orders.values_list("pk", flat=True)))
    if asked.merchant is not None:
        found = found.filter(_of_carts(access, merchant=asked.merchant))
    if asked.cart is not None:
        found = found.filter(_of_carts(access, pk=asked.cart))
    return found


def _of_carts(access: Access, **which: Any) -> Q:
    """What happened to these carts, their authorizations and orders; and to the merchant, where asked of."""
    carts = Cart.objects.visible_to(access).filter(**which)
    orders = Order.objects.visible_to(access).filter(cart__in=carts.values("pk"))
    about = Q(subject_kind="order", subject_id__in=orders.values("pk"))
    about |= Q(subject_kind="cart", subject_id__in=carts.values("pk"))
    about |= Q(subject_kind="grant", subject_id__in=carts.filter(grant__isnull=False).values("grant"))
    if merchant := which.get("merchant"):
        own = Merchant.objects.visible_to(access).filter(pk=merchant)
        about |= Q(subject_kind="merchant", subject_id__in=own.values("pk"))
    return about


# -- What there is to choose from --------------------------------------------------------------------------------------
def menus(asked: Asked, access: Access) -> list[dict[str, Any]]:
    """Return the menus, each with its choices."""
    people = Membership.objects.filter(organization=access.organization).select_related("user").order_by("user__email")
    merchants = Merchant.objects.visible_to(access).order_by("name", "pk").values_list("pk", "name")
    carts = Cart.objects.visible_to(access).select_related("merchant").order_by("merchant__name", "name", "pk")
    persons = [(str(each.user_id), str(each.user)) for each in people]
    return [
        _menu("who", "Anybody", [(PORTAL, "The portal itself"), *dict(persons).items()], asked.who),
        {"name": "kind", "all": "Anything", "groups": event_words.groups(), "chosen": asked.kind},
        _menu("merchant", "All merchants", [(str(pk), name) for pk, name in merchants], str(asked.merchant or "")),
        _menu("cart", "All carts", [(str(cart.pk), cart.full_name) for cart in carts], str(asked.cart or "")),
    ]


def _menu(name: str, everything: str, choices: list[tuple[str, str]], chosen: str) -> dict[str, Any]:
    return {"name": name, "all": everything, "choices": choices, "chosen": chosen}
