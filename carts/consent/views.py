"""Doors of a consent: to the marketplace, back from it, and its visits in between.

The marketplace sends browsers to ``returned`` and ``login``, logged in here or not: to finish what a person of ours or
a setup link began, or to renew an authorization from the marketplace's side. Codes and states stand in these addresses,
so their pages keep them to themselves (core/ui/private_pages.py), and have no form in them.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from carts import connections
from carts.consent import grants, requests
from carts.consent.browser import DONE, LINK, mark, mark_of
from carts.consent.refusals import NotGranted, Why, refused
from carts.consent.requests import Granted
from carts.lookup import find_cart
from carts.marketplaces import APPLICATIONS
from carts.models import Cart, Consent, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Ability, Access
from core.accounts.doors import door, person_of
from core.accounts.models import User
from core.accounts.portal_request import PortalRequest
from core.accounts.rate_limits import limited
from core.common import clock, links
from core.common.remote import Rejected
from core.ui.private_pages import private_page


@private_page
@require_POST
@door(Ability.CONNECT)
def grant(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Send the browser to the marketplace's consent page."""
    cart = find_cart(request, cart_id)
    if cart.state == Cart.State.ARCHIVED:
        raise Http404
    return to_consent(request, cart, by=person_of(request))


def to_consent(request: HttpRequest, cart: Cart, *, by: User | None, link: SetupLink | None = None) -> HttpResponse:
    state = requests.begin(cart, browser=mark(request), by=by, link=link, now=clock.now())
    application = connections.application(cart.kind)
    redirect_uri = grants.redirect_uri(cart.kind)
    return HttpResponseRedirect(application.consent_url(cart.place_id, state=state, redirect_uri=redirect_uri))


@private_page
@limited("consent.returned", most=60, per=timedelta(minutes=10))
@require_safe
def returned(request: HttpRequest, kind: str) -> HttpResponse:
    """The browser comes back from the marketplace, with a code or without."""
    application = connections.application(_known(kind))
    back = application.read_return(request.GET.dict())
    consent = requests.find(back.state, browser=mark_of(request))
    if consent is None or consent.cart.kind != kind or not _may_go_on(request, consent):
        return _failed(request, refused(Why.UNKNOWN), None)
    try:
        with connections.while_somebody_waits():
            granted = requests.complete(application, consent, back, now=clock.now())
    except NotGranted as error:
        return _failed(request, error, consent)
    except connections.Busy:
        return _failed(request, refused(Why.BUSY), consent)
    request.session.cycle_key()
    return _succeeded(request, consent, granted)


@private_page
@limited("consent.login", most=60, per=timedelta(minutes=10))
@require_safe
def login(request: HttpRequest, kind: str) -> HttpResponse:
    """The marketplace sends the seller's browser here to log in: in the middle of a consent, or to begin one anew."""
    application = connections.application(_known(kind))
    visit = application.read_login(request.GET.dict())
    meant = _meant(request, kind, visit.seller_id)
    if meant is None:
        return _failed(request, refused(Why.NO_CART), None)
    try:
        address = application.login_hop_url(
            callback_uri=visit.callback_uri,
            vendor_state=visit.vendor_state,
            state=requests.begin(meant.cart, browser=mark(request), by=meant.by, link=meant.link, now=clock.now()),
            redirect_uri=grants.redirect_uri(kind),
        )
    except Rejected as error:
        return _failed(request, refused(Why.STRANGE_ADDRESS, said=str(error)), None)
    return HttpResponseRedirect(address)


# -- Who comes, and for which cart -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Meant:
    cart: Cart
    by: User | None = None
    link: SetupLink | None = None


def _meant(request: HttpRequest, kind: str, seller_id: str) -> Meant | None:
    """Return what this browser began last; else a cart that this seller authorized, among those the person sees."""
    begun = requests.begun_last(mark_of(request), kind=kind, now=clock.now())
    if begun is not None and _may_go_on(request, begun):
        return Meant(begun.cart, by=begun.begun_by, link=begun.link)
    access = _connecting(request)
    if access is None:
        cart = requests.cart_to_renew(kind, seller_id)
        return Meant(cart) if cart else None
    cart = requests.cart_to_renew(kind, seller_id, among=Cart.objects.visible_to(access))
    return Meant(cart, by=person_of(request)) if cart else None


def _may_go_on(request: HttpRequest, consent: Consent) -> bool:
    """A person who began must still be that person, with access to the cart; a link must still be open."""
    if consent.begun_by_id is None:
        return True
    access = _connecting(request)
    if access is None or request.user.pk != consent.begun_by_id:
        return False
    return bool(Cart.objects.visible_to(access).filter(pk=consent.cart_id).exists())


def _connecting(request: HttpRequest) -> Access | None:
    """Return the access of somebody who may connect carts."""
    access = PortalRequest.of(request).access
    return access if access is not None and access.may(Ability.CONNECT) else None


def _known(kind: str) -> str:
    if kind not in APPLICATIONS:
        raise Http404
    return kind


# -- How it ends -------------------------------------------------------------------------------------------------------
def _succeeded(request: HttpRequest, consent: Consent, granted: Granted) -> HttpResponse:
    cart = granted.cart
    if consent.begun_by_id is not None:
        messages.success(request, success(granted))
        return HttpResponseRedirect(cart.get_absolute_url())
    request.session[DONE] = [cart.organization.name, cart.place.name, granted.store_name]
    return HttpResponseRedirect(reverse("setup_links:done"))


def success(granted: Granted) -> str:
    place = granted.cart.place.name
    if granted.store_name:
        return f"{granted.store_name} authorized us for {place}."
    return f"Seller {granted.seller_id} authorized us for {place}. Amazon didn't give the store's name."


@dataclass(frozen=True, slots=True)
class WayOn:
    """The one way on."""

    label: str
    url: str


def _failed(request: HttpRequest, error: NotGranted, consent: Consent | None) -> HttpResponse:
    by_staff = consent is not None and consent.begun_by_id is not None
    ours = by_staff or (consent is None and _connecting(request) is not None)
    context = {
        "title": error.title,
        "reason": str(error) if ours else error.to_seller,
        "step": WayOn(f"Open {consent.cart}", consent.cart.get_absolute_url())
        if consent is not None and by_staff
        else _step_of_seller(request, consent),
    }
    return render(request, "carts/consent/failed.html", context, status=400)


def _step_of_seller(request: HttpRequest, consent: Consent | None) -> WayOn:
    link = consent.link if consent is not None else _link_begun_with(request)
    if link is not None:
        if sent_links.is_usable(link, now=clock.now()):
            try:
                return WayOn("Back to your setup link", link.path)
            except links.Lost:
                pass
        if request.session.get(DONE) and link.used_at:
            return WayOn("See what was connected", reverse("setup_links:done"))
        return WayOn("Ask for a new setup link", reverse("setup_links:new"))
    if request.user.is_authenticated:
        return WayOn("Go to the carts", reverse("carts:carts"))
    return WayOn("Log in", reverse("account_login"))


def _link_begun_with(request: HttpRequest) -> SetupLink | None:
    number = request.session.get(LINK)
    found: SetupLink | None = SetupLink.objects.filter(pk=number).first() if number else None
    return found
