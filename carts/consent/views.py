"""Doors of a consent: to the marketplace, back from it, and its visits in between.

The marketplace sends browsers to ``returned`` and ``login``, logged in here or not: to finish what a person of ours or
a setup link began, or to renew an authorization from the marketplace's side. It takes one of the two for the other
where they were registered the wrong way round, so each does what the query says. Codes and states stand in these
addresses, so their pages keep them to themselves (core/ui/private_pages.py), and have no form in them.
"""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carts import connections
from carts.consent import browser, grants, public_address, requests, visits
from carts.consent.browser import mark, mark_of
from carts.consent.endings import WayOn, answer_refused, connecting, failed, step_of_link, succeeded
from carts.consent.refusals import NotGranted, Why, refused
from carts.consent.visits import Meant, Unclear, Visitor
from carts.lookup import find_cart
from carts.marketplaces import asked_kinds
from carts.marketplaces.values import LoginRequest, Return
from carts.models import Cart, SetupLink
from core.accounts.access import Ability
from core.accounts.doors import door, person_of
from core.accounts.models import User
from core.accounts.rate_limits import limited
from core.common import clock
from core.common.remote import Rejected
from core.row_security import tenant
from core.ui.private_pages import private_page


@private_page
@require_POST
@door(Ability.AUTHORIZE)
def grant(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Send the browser to the marketplace's consent page."""
    cart = find_cart(request, cart_id)
    if cart.state == Cart.State.ARCHIVED or cart.is_pushed:
        raise Http404
    if here := public_address.other_host(request):
        there = str(settings.PUBLIC_URL)
        step = WayOn(f"Go on at {there}", public_address.moved_to(cart.get_absolute_url()))
        return answer_refused(
            request, refused(Why.ELSEWHERE, here=here, there=there), step, ours=connecting(request) is not None
        )
    browser.sent_away(request, cart)
    return to_consent(request, cart, by=person_of(request))


def to_consent(request: HttpRequest, cart: Cart, *, by: User | None, link: SetupLink | None = None) -> HttpResponse:
    if not public_address.is_returned_to():
        step = step_of_link(request, link) if link else WayOn(f"Open {cart}", cart.get_absolute_url())
        error = refused(Why.NO_WAY_BACK, there=str(settings.PUBLIC_URL))
        return answer_refused(request, error, step, ours=by is not None)
    state = requests.begin(cart, browser=mark(request), by=by, link=link, now=clock.now())
    application = connections.application(cart.kind)
    redirect_uri = grants.redirect_uri(cart.kind)
    return _away(request, application.consent_url(cart.place_id, state=state, redirect_uri=redirect_uri))


def _away(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to the marketplace, with its mark."""
    answer = HttpResponseRedirect(address)
    browser.keep_mark(request, answer)
    return answer


@private_page
@limited("consent.returned", most=60, per=timedelta(minutes=10))
@require_safe
@tenant.every_tenant()  # what was begun says whose it is: a person's, a link's, or a seller's who comes by themselves
def returned(request: HttpRequest, kind: str) -> HttpResponse:
    """The browser comes back from the marketplace, with a code or without."""
    return _answer(request, kind)


@private_page
@limited("consent.login", most=60, per=timedelta(minutes=10))
@require_safe
@tenant.every_tenant()
def login(request: HttpRequest, kind: str) -> HttpResponse:
    """The marketplace sends the seller's browser here to log in: in the middle of a consent, or to begin one anew."""
    return _answer(request, kind, visiting=True)


def _answer(request: HttpRequest, kind: str, *, visiting: bool = False) -> HttpResponse:
    application = connections.application(_known(kind))
    if public_address.other_host(request):
        return public_address.moved(request)
    try:
        told = _read(request)
    except NotGranted as error:
        return failed(request, error)
    back, visit = application.read_return(told), application.read_login(told)
    if not (back.code or back.error) and (visiting or visit.callback_uri):
        return _visited(request, kind, visit)
    return _came_back(request, kind, back)


def _read(request: HttpRequest) -> dict[str, str]:
    """Return what stands in the address. Of a name that stands there twice, nobody knows which value is meant."""
    for name, values in request.GET.lists():
        if len(set(values)) > 1:
            raise refused(Why.DOUBLED, name=name if name.isidentifier() else "one name")
    return request.GET.dict()


def _came_back(request: HttpRequest, kind: str, back: Return) -> HttpResponse:
    consent = requests.find(back.state, browser=mark_of(request))
    if consent is not None and visitor_of(request).left_behind(consent):
        return failed(request, visits.switched(consent))
    if consent is None or consent.cart.kind != kind or not visitor_of(request).may_go_on(consent):
        return failed(request, refused(Why.UNKNOWN if back.state or not back.code else Why.NO_STATE))
    try:
        with connections.while_somebody_waits():
            granted = requests.complete(connections.application(kind), consent, back, now=clock.now())
    except NotGranted as error:
        return failed(request, error, consent)
    except connections.Busy:
        return failed(request, refused(Why.BUSY), consent)
    request.session.cycle_key()
    return succeeded(request, consent, granted)


# -- Visits in between -------------------------------------------------------------------------------------------------
def _visited(request: HttpRequest, kind: str, visit: LoginRequest) -> HttpResponse:
    try:
        meant = visits.find_meant(visitor_of(request), visit, kind=kind, now=clock.now())
        return _go_on(request, kind, visit, meant)
    except Unclear:
        page = "carts:choose" if connecting(request) is not None else "setup_links:choose"
        return HttpResponseRedirect(f"{reverse(page)}?visit={browser.keep_visit(request, kind, visit)}")
    except NotGranted as error:
        return failed(request, error)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.AUTHORIZE)
@tenant.every_tenant()  # as where they came from: what was begun for another organization speaks against it too
def choose(request: HttpRequest) -> HttpResponse:
    """Several carts may be meant by a visit of the marketplace: ask which. Its address holds nothing of the visit."""
    return ask_which(request, "carts/consent/choose.html")


def ask_which(request: HttpRequest, template: str) -> HttpResponse:
    """Ask for which of several the marketplace's visit is that waits in this session; with the answer, go on."""
    name = request.GET.get("visit", "")
    kept = browser.visit_of(request, name)
    if kept is None:
        return failed(request, refused(Why.LATE))
    kind, brought = kept
    try:
        choices, reason = [visits.find_meant(visitor_of(request), brought, kind=kind, now=clock.now())], ""
    except Unclear as unclear:
        choices, reason = unclear.choices, str(unclear)
    except NotGranted as refusal:
        return failed(request, refusal)
    # Who was asked answers, even where only one is left meanwhile: it may not be the one they mean.
    chosen = next((each for each in choices if str(each.cart.pk) == request.POST.get("cart")), None)
    if chosen is None:
        error = "Choose one of these carts." if request.method == "POST" else ""
        context = {"choices": choices, "reason": reason, "seller": brought.seller_id, "error": error}
        return render(request, template, context, status=422 if error else 200)
    browser.forget_visit(request, name)
    try:
        return _go_on(request, kind, brought, chosen)
    except NotGranted as refusal:
        return failed(request, refusal)


def _go_on(request: HttpRequest, kind: str, visit: LoginRequest, meant: Meant) -> HttpResponse:
    """Send the browser back to the marketplace, to finish with this cart. Raises NotGranted."""
    if visit.callback_uri and not visit.vendor_state:
        raise refused(Why.NO_VISIT)
    state = requests.begin(
        meant.cart,
        browser=mark(request),
        by=meant.by,
        link=meant.link,
        goes_on=meant.consent,
        seller_id=visit.seller_id,
        now=clock.now(),
    )
    try:
        address = connections.application(kind).login_hop_url(
            callback_uri=visit.callback_uri,
            vendor_state=visit.vendor_state,
            state=state,
            redirect_uri=grants.redirect_uri(kind),
            place_id=meant.cart.place_id,
            is_draft=visit.is_draft,
        )
    except Rejected as error:
        raise refused(Why.STRANGE_ADDRESS, said=str(error)) from error
    return _away(request, address)


def visitor_of(request: HttpRequest) -> Visitor:
    person = person_of(request) if request.user.is_authenticated else None
    return Visitor(mark_of(request), person, request.access)  # type: ignore[attr-defined]


def _known(kind: str) -> str:
    if kind not in asked_kinds():
        raise Http404
    return kind
