"""How a consent ends on a page: what it brought, or why it bound nothing and the one way on."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from carts.consent.browser import AT_AMAZON, DONE, came_back, link_begun_with
from carts.consent.refusals import NotGranted, Why
from carts.consent.requests import Granted
from carts.models import Cart, Consent, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Ability, Access
from core.accounts.portal_request import PortalRequest
from core.common import clock, links


def connecting(request: HttpRequest) -> Access | None:
    """Return the access of somebody who may connect carts."""
    access = PortalRequest.of(request).access
    return access if access is not None and access.may(Ability.CONNECT) else None


def left(request: HttpRequest) -> HttpResponse | None:
    """Lead staff who left the marketplace without authorizing back to the cart they came from, which says so."""
    access = connecting(request)
    cart_id = came_back(request) if access is not None else None
    cart = Cart.objects.visible_to(access).filter(pk=cart_id).first() if access is not None and cart_id else None
    if cart is None:
        return None
    messages.warning(
        request,
        "You left Amazon without confirming, so nothing was connected and nothing was changed. Press Grant us API "
        "access to start again.",
    )
    return HttpResponseRedirect(cart.get_absolute_url())


def succeeded(request: HttpRequest, consent: Consent, granted: Granted) -> HttpResponse:
    cart = granted.cart
    request.session.pop(AT_AMAZON, None)
    if consent.begun_by_id is not None:
        messages.success(request, _success(granted))
        if granted.left:
            messages.warning(
                request,
                f"Amazon says that this seller no longer sells on {cart.place.name}. Nothing will come in from there: "
                "press Test, and archive this cart if the seller has left for good.",
            )
        return HttpResponseRedirect(cart.get_absolute_url())
    request.session[DONE] = [cart.organization.name, cart.place.name, granted.store_name]
    return HttpResponseRedirect(reverse("setup_links:done"))


def _success(granted: Granted) -> str:
    place = granted.cart.place.name
    if granted.store_name:
        return f"{granted.store_name} authorized us for {place}."
    return f"Seller {granted.seller_id} authorized us for {place}. Amazon didn't give the store's name."


@dataclass(frozen=True, slots=True)
class WayOn:
    """The one way on."""

    label: str
    url: str


def failed(request: HttpRequest, error: NotGranted, consent: Consent | None = None) -> HttpResponse:
    request.session.pop(AT_AMAZON, None)
    by_person = consent is not None and consent.begun_by_id is not None
    ours = connecting(request) is not None and (by_person or consent is None)
    if consent is not None and by_person:
        step = WayOn(f"Open {consent.cart}", consent.cart.get_absolute_url())
    else:
        step = _step_of_seller(request, error, consent)
    return answer_refused(request, error, step, ours=ours)


def answer_refused(request: HttpRequest, error: NotGranted, step: WayOn, *, ours: bool) -> HttpResponse:
    """Return the page of a consent that came to nothing. ``ours``: staff read it, not a seller."""
    context = {"title": error.title, "reason": str(error) if ours else error.to_seller, "step": step, "no_forms": True}
    return render(request, "carts/consent/failed.html", context, status=400)


def _step_of_seller(request: HttpRequest, error: NotGranted, consent: Consent | None) -> WayOn:
    if request.user.is_authenticated and consent is None:
        return WayOn("Go to the carts", reverse("carts:carts"))
    if error.why == Why.SEVERAL:  # which of the links is the right one, only their mails tell
        return WayOn("Have your setup link emailed again", reverse("setup_links:new"))
    link = consent.link if consent is not None else link_begun_with(request)
    if link is not None:
        return step_of_link(request, link)
    if consent is not None:  # a renewal that began at the marketplace: nobody who could log in here
        return WayOn("Ask for a setup link", reverse("setup_links:new"))
    return WayOn("Log in", reverse("account_login"))


def step_of_link(request: HttpRequest, link: SetupLink) -> WayOn:
    """Return where the seller goes on who came by this link."""
    if sent_links.is_usable(link, now=clock.now()):
        try:
            return WayOn("Back to your setup link", link.path)
        except links.Lost:
            pass
    if request.session.get(DONE) and link.used_at:
        return WayOn("See what was connected", reverse("setup_links:done"))
    return WayOn("Ask for a new setup link", reverse("setup_links:new"))
