"""What a text finds: the first few of every kind, and where the rest is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from carts.models import Cart, Listing
from core.accounts.access import Access
from core.accounts.models import Merchant
from integration_manager.portal.order_list import order_search
from integration_manager.portal.search import portal_pages
from orders.models import Order

SHOWN = 8  # of a kind
LONGEST_NOTE = 90  # characters


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    label: str
    hits: list[Hit]
    more_url: str = ""  # where all of them are


def find(access: Access, text: str, *, now: datetime) -> list[Kind]:
    """Return what the text finds, by kind; kinds without a hit are left out. A handful of statements."""
    kinds = (_orders(access, text, now), _products(access, text), _carts(access, text), _merchants(access, text))
    pages = Kind("Pages", [Hit(label, url) for label, url in portal_pages.find(access, text)][:SHOWN])
    return [kind for kind in (*kinds, pages) if kind.hits or kind.more_url]


def only_order(access: Access, text: str) -> Order | None:
    """Return the one order that has just this number; with two, each cart's own is listed."""
    found: list[Order] = list(Order.objects.visible_to(access).filter(number=text)[:2])
    return found[0] if len(found) == 1 else None


def only_hit(kinds: Sequence[Kind]) -> Hit | None:
    """Return what was found where it is just one thing, and nothing else may be meant."""
    hits = [hit for kind in kinds for hit in kind.hits]
    return hits[0] if len(hits) == 1 and not any(kind.more_url for kind in kinds) else None


def _orders(access: Access, text: str, now: datetime) -> Kind:
    asked = QueryDict(mutable=True)
    asked["q"] = text
    wanted = order_search.read(asked, access, now=now)
    if wanted.refused:
        return Kind("Orders", [])
    listed = order_search.address({"tab": "all", **wanted.query})
    ids = order_search.search(access, wanted).ids
    if ids is None:
        return Kind("Orders", [], listed)
    newest = Order.objects.visible_to(access).filter(pk__in=ids).order_by("-placed_at", "-pk")
    rows = newest.select_related("cart", "merchant").only("number", "status", "cart__name", "merchant__name")
    hits = [
        Hit(each.number, each.get_absolute_url(), f"{each.merchant.name} · {each.cart.name} · {each.state.label}")
        for each in rows[:SHOWN]
    ]
    return Kind("Orders", hits, listed if len(ids) > SHOWN else "")


def _products(access: Access, text: str) -> Kind:
    titled = Q()
    for word in text.split():
        titled &= Q(title__icontains=word)
    listed = Listing.objects.visible_to(access).filter(titled | Q(sku__icontains=text)).order_by("sku")
    titles = dict(listed.values_list("sku", "title")[: SHOWN * 4])  # a SKU may be listed on several carts
    hits = [Hit(sku, _stock(sku), title[:LONGEST_NOTE]) for sku, title in list(titles.items())[:SHOWN]]
    return Kind("Products", hits, _stock(text) if len(titles) > SHOWN else "")


def _stock(text: str) -> str:
    return f"{reverse('inventory:inventory')}?{urlencode({'q': text})}"


def _carts(access: Access, text: str) -> Kind:
    named = Q(name__icontains=text) | Q(merchant__name__icontains=text) | Q(store_name__icontains=text)
    rows = Cart.objects.visible_to(access).filter(named).select_related("merchant", "grant")
    found = rows.order_by("merchant__name", "name", "pk")[:SHOWN]
    hits = [Hit(cart.full_name, cart.get_absolute_url(), cart.status[0]) for cart in found]
    return Kind("Carts", hits, reverse("carts:carts") if len(hits) == SHOWN else "")


def _merchants(access: Access, text: str) -> Kind:
    rows = Merchant.objects.visible_to(access).filter(Q(name__icontains=text) | Q(email__icontains=text))
    found = rows.order_by("name", "pk")[:SHOWN]
    hits = [Hit(each.name, reverse("merchants:merchant", args=[each.pk]), each.email) for each in found]
    more = f"{reverse('merchants:merchants')}?{urlencode({'q': text})}" if len(hits) == SHOWN else ""
    return Kind("Merchants", hits, more)
