"""Doors for staff: the setup link of a cart, and the account that two merchants share."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from carts import lifecycle
from carts.consent import grants, hindrances
from carts.lookup import find_cart
from carts.models import Cart, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Ability
from core.accounts.doors import door, person_of
from core.common import clock

REFUSED = "refused_setup_address"  # in the session until the page shows it again: no address stands in an address
LONGEST = SetupLink._meta.get_field("email").max_length or 254
NO_ADDRESS = "Enter the seller's email address, like name@shop.com."


class ShareForm(forms.Form):
    email = forms.EmailField(max_length=LONGEST)


def take_refused(request: HttpRequest, cart: Cart) -> str:
    """Return what was typed for an address and refused just now, once: it stands in the field again."""
    refused = request.session.get(REFUSED) or {}
    if refused.get("cart") != cart.pk:
        return ""
    del request.session[REFUSED]
    return str(refused.get("email", ""))


@require_POST
@door(Ability.CONNECT)
def share(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Mail the seller a setup link."""
    cart = find_cart(request, cart_id)
    form = ShareForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"No link was sent. {NO_ADDRESS}")
        request.session[REFUSED] = {"cart": cart.pk, "email": request.POST.get("email", "")[:LONGEST]}
        return _back(cart)
    try:
        link = sent_links.send(
            cart,
            form.cleaned_data["email"],
            purpose=sent_links.purpose_of(cart),
            by=person_of(request),
            now=clock.now(),
        )
    except sent_links.LinkNotSent as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _sent(link))
    return _back(cart)


@require_POST
@door(Ability.CONNECT)
def again(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    try:
        link = sent_links.again(cart, by=person_of(request), now=clock.now())
    except sent_links.LinkNotSent as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{_sent(link)} The previous link no longer works.")
    return _back(cart)


@require_POST
@door(Ability.CONNECT)
def revoke(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    if sent_links.revoke(cart, by=person_of(request), now=clock.now()):
        messages.success(request, "The setup link was revoked. It no longer works.")
    else:
        messages.info(request, "There is no open setup link to revoke.")
    return _back(cart)


@require_POST
@door(Ability.SHARE_ACCOUNTS)
def allow(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Let a cart use the account that was refused to it because another merchant's carts use it."""
    cart = find_cart(request, cart_id)
    seller_id = request.POST.get("seller_id", "")
    if grants.SELLER_ID.match(seller_id) and hindrances.allow(cart, seller_id, by=person_of(request), now=clock.now()):
        messages.success(request, f"{cart} can use seller {seller_id} now. Press Grant us API access again.")
    else:
        messages.error(request, "Nothing was changed: that seller account is no longer waiting for permission.")
    return _back(cart, part="")


@require_POST
@door(Ability.CONNECT)
def other_store(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Let another seller account take the place of the one that authorized us, while the cart never was live."""
    cart = find_cart(request, cart_id)
    seller_id = request.POST.get("seller_id", "")
    if lifecycle.leave_store(cart, seller_id, by=person_of(request), now=clock.now()):
        messages.success(
            request,
            f"Seller {seller_id} is not connected to {cart} any more. Send the setup link to the right account, or "
            "press Grant us API access.",
        )
    else:
        messages.error(request, "Nothing was changed: the cart is live, or connected to another account by now.")
    return _back(cart, part="")


def _sent(link: SetupLink) -> str:
    return f"The setup link is on its way to {link.email}. It works once, within {sent_links.LINK_LIVES.days} days."


def _back(cart: Cart, part: str = "#share") -> HttpResponse:
    return HttpResponseRedirect(cart.get_absolute_url() + part)
