"""Doors of a consent: to the marketplace, back from it, and its visits in between.

Codes and states stand in these addresses. No answer here is kept by a browser, and none tells the next page where it
came from. Nor has one a form in it: browsers that tell nothing send forms without the origin that guards them.
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from carts import connecting, granting
from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from integration_manager.accounts.access import Ability, Access, door
from integration_manager.accounts.models import User
from integration_manager.lib import clock, vault
from integration_manager.lib.remote import Rejected

BROWSER = "consent_browser"  # the session's own random value, to which a consent is bound


def unwatched(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the address of a page to itself."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return answer


@unwatched
@require_POST
@door(Ability.CONNECT)
def grant(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Send the browser to the marketplace's consent page."""
    cart = get_object_or_404(Cart.objects.visible_to(_access(request)), pk=cart_id)
    application = connecting.application(cart.kind)
    state = _begin(request, cart)
    redirect_uri = granting.redirect_uri(cart.kind)
    return HttpResponseRedirect(application.consent_url(cart.place_id, state=state, redirect_uri=redirect_uri))


@unwatched
@require_safe
@door(Ability.CONNECT)
def returned(request: HttpRequest, kind: str) -> HttpResponse:
    """The browser comes back from the marketplace, with a code or without."""
    application = connecting.application(_known(kind))
    back = application.read_return(request.GET.dict())
    asked = Cart.objects.visible_to(_access(request)).filter(
        kind=kind, consents__state_digest=vault.digest(back.state or "-")
    )
    cart = asked.first()
    try:
        cart = granting.complete(
            application,
            state=back.state if cart else "",  # a consent for a cart of others is as good as none
            code=back.code,
            seller_id=back.seller_id,
            browser=request.session.get(BROWSER, ""),
            by=_person(request),
            now=clock.now(),
        )
    except granting.NotGranted as error:
        return _failed(request, str(error), cart)
    request.session.cycle_key()
    messages.success(request, f"Seller {back.seller_id} authorized us for {cart.place.name}.")
    return HttpResponseRedirect(cart.get_absolute_url())


@unwatched
@require_safe
@door(Ability.CONNECT)
def login(request: HttpRequest, kind: str) -> HttpResponse:
    """The marketplace sends the seller's browser here to log in: in the middle of a consent, or to begin one anew."""
    application = connecting.application(_known(kind))
    visit = application.read_login(request.GET.dict())
    cart = _cart_meant(request, kind, visit.seller_id)
    if cart is None:
        return _failed(
            request,
            "We cannot tell which cart this authorization is for. Open the cart, or make a new one, and press "
            "Grant Us API Access.",
            None,
        )
    try:
        address = application.login_hop_url(
            callback_uri=visit.callback_uri,
            vendor_state=visit.vendor_state,
            state=_begin(request, cart),
            redirect_uri=granting.redirect_uri(kind),
        )
    except Rejected as error:
        return _failed(request, str(error), cart)
    return HttpResponseRedirect(address)


def _known(kind: str) -> str:
    if kind not in APPLICATIONS:
        raise Http404
    return kind


def _begin(request: HttpRequest, cart: Cart) -> str:
    browser = request.session.setdefault(BROWSER, secrets.token_urlsafe(32))
    return granting.begin(cart, browser=browser, by=_person(request), now=clock.now())


def _cart_meant(request: HttpRequest, kind: str, seller_id: str) -> Cart | None:
    """Return the cart whose consent was begun last in this browser, else the first that this seller authorized."""
    carts = Cart.objects.visible_to(_access(request)).filter(kind=kind).exclude(state=Cart.State.ARCHIVED)
    begun = carts.filter(
        consents__browser_digest=vault.digest(request.session.get(BROWSER) or "-"),
        consents__begun_at__gte=clock.now() - granting.CONSENT_LIVES,
        consents__used_at=None,
    )
    cart: Cart | None = begun.order_by("-consents__begun_at").first()
    return cart or carts.filter(grant__seller_id=seller_id or "-").order_by("pk").first()


def _failed(request: HttpRequest, reason: str, cart: Cart | None) -> HttpResponse:
    return render(request, "carts/consent_failed.html", {"reason": reason, "cart": cart}, status=400)


def _access(request: HttpRequest) -> Access:
    access: Access = request.access  # type: ignore[attr-defined]
    return access


def _person(request: HttpRequest) -> User:
    person: User = request.user  # type: ignore[assignment]
    return person
