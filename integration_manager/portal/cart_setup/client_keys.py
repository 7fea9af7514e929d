"""Keys of a cart whose own client calls us: made and shown once, and ended."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from carts.lookup import find_cart
from carts.marketplaces import APPLICATIONS
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.api import keys
from core.api.models import ApiKey
from core.api.scopes import Scope
from core.common import clock
from integration_manager.portal.cart_setup import pushed_page

AT_ONCE = 5  # keys of one cart that are in use: two while one replaces the other, and some to spare
SCOPES = (Scope.ORDERS_READ, Scope.BUYERS_READ, Scope.ORDERS_WRITE, Scope.INVENTORY_READ, Scope.SETTINGS_READ)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key just made, as its page shows it this once."""

    user: str
    password: str

    @property
    def whole(self) -> str:
        return f"{self.user}.{self.password}"


@never_cache
@require_POST
@door(Ability.CONNECT)
def make(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart, now = find_cart(request, cart_id), clock.now()
    if cart.is_archived or not APPLICATIONS[cart.kind].takes_calls:
        messages.error(request, f"No program calls {cart}, so it needs no key.")
        return HttpResponseRedirect(cart.get_absolute_url())
    if ApiKey.objects.visible_to(access_of(request)).filter(cart_id=cart.pk).usable(now).count() >= AT_ONCE:
        messages.error(request, f"There are {AT_ONCE} keys already. Revoke one that nobody needs.")
        return HttpResponseRedirect(cart.get_absolute_url())
    _, full = keys.issue(
        cart.organization,
        name=cart.name,
        scopes=SCOPES,
        by=person_of(request),
        now=now,
        merchant=cart.merchant,
        cart_id=cart.pk,
    )
    user, _, password = full.partition(".")
    return pushed_page.show(request, cart, made=MadeKey(user, password))


@require_POST
@door(Ability.CONNECT)
def revoke(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    mine = ApiKey.objects.visible_to(access_of(request)).filter(cart_id=cart.pk)
    key = mine.filter(public_id=request.POST.get("key", "")[:24]).first()
    if key is None:
        messages.error(request, f"{cart} has no such key.")
    elif keys.revoke(key, by=person_of(request), now=clock.now()):
        messages.success(request, f"Key {key.public_id} was revoked. It opens nothing any more.")
    else:
        messages.info(request, f"Key {key.public_id} had been revoked before.")
    return HttpResponseRedirect(cart.get_absolute_url())
