"""The seller's own pages, for who was mailed a setup link and has no account here.

They show names, of the warehouse, who sent the link, the merchant and the marketplace, and nothing else. A link that
cannot be used is answered with the same bytes as one that never was: no page here says whether somebody guessed well.
Only one that was used says so: nobody guesses a link, so whoever opens it a second time was mailed it.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from carts.consent import public_address
from carts.consent.browser import DONE, LINK, link_begun_with
from carts.consent.endings import WayOn, step_of_link
from carts.consent.views import ask_which, to_consent
from carts.models import SetupLink
from carts.setup_links import asked_links, link_mail, sent_links
from core.accounts import rate_limits
from core.accounts.rate_limits import limited
from core.common import clock
from core.row_security import tenant
from core.ui.private_pages import no_such_link, private_page

TEN_MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)
VISITS = 120  # of one link in ten minutes: mail scanners open it many times


class AskForm(forms.Form):
    email = forms.EmailField(
        label="Your email address",
        help_text="The one our email was sent to.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter your email address.", "invalid": "Enter an address like name@shop.com."},
    )


def by_link(view: Callable[[HttpRequest, SetupLink, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the door the link that its address names, while it can be used. Whoever has one that was used reads that."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        if not rate_limits.within("setup.link", token, most=VISITS, per=TEN_MINUTES):
            return rate_limits.too_often(request)
        link = sent_links.find(token, now=clock.now())
        if link is not None:
            return view(request, link, token)
        used = sent_links.find_used(token)
        return ended() if used is None else was_used(request, used)

    return answer


def ended() -> HttpResponse:
    """Return the one page for every link that cannot be used."""
    return no_such_link("carts/setup_links/ended.html")


def was_used(request: HttpRequest, link: SetupLink) -> HttpResponse:
    """Say to whoever has a link that was used up that it was, and what helps. Only the mail's reader knows it."""
    context = {"connected": link.cart.is_authorized, "at": link.used_at, "renew_url": reverse("setup_links:new")}
    with timezone.override(link.organization.zone):
        return render(request, "carts/setup_links/used.html", context)


# The address itself is the secret that a forged form would lack, and the pages of dead links hold no CSRF token.
@csrf_exempt
@private_page
@limited("setup.pages", most=300, per=TEN_MINUTES)
@by_link
def link(request: HttpRequest, link: SetupLink, token: str) -> HttpResponse:
    """What is asked for, and the one button. Opening it changes nothing but that it was opened."""
    if public_address.other_host(request):
        return public_address.moved(request)
    if request.method == "GET":
        sent_links.opened(link, now=clock.now())
    context = {
        "organization": link.organization,
        "merchant": link.cart.merchant.name,
        "sender": link_mail.sender_of(link),
        "place": link.cart.place.name,
        "renew": link.purpose == SetupLink.Purpose.RENEW,
        "grant_url": public_address.still_moved(request, reverse("setup_links:grant", args=[token])),
    }
    return render(request, "carts/setup_links/link.html", context)


@csrf_exempt
@private_page
@limited("setup.grant", most=60, per=TEN_MINUTES)
@by_link
def grant(request: HttpRequest, link: SetupLink, token: str) -> HttpResponse:
    """Send the seller's browser to the marketplace's consent page."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("setup_links:link", args=[token]))
    if public_address.other_host(request):  # the session that comes back from the marketplace is of PUBLIC_URL
        return HttpResponseRedirect(public_address.moved_to(reverse("setup_links:link", args=[token])))
    request.session[LINK] = link.pk
    return to_consent(request, link.cart, by=None, link=link)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("setup.choose", most=60, per=TEN_MINUTES)
@tenant.every_tenant()  # links of several organizations may have been opened in this browser
def choose(request: HttpRequest) -> HttpResponse:
    """Several links were opened in this browser, and Amazon does not say which one it is about: ask who has them."""
    return ask_which(request, "carts/consent/choose_by_seller.html")


@private_page
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    names = request.session.get(DONE)
    if not names:
        return ended()
    organization, place, store = names
    return render(
        request, "carts/setup_links/done.html", {"organization": organization, "place": place, "store": store}
    )


def left(request: HttpRequest) -> HttpResponse:
    """What our front page says to a seller who left Amazon without authorizing us: how to begin again."""
    found = link_begun_with(request)
    step = step_of_link(request, found) if found else WayOn("Ask for a setup link", reverse("setup_links:new"))
    return render(request, "carts/setup_links/left.html", {"link": found, "step": step})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for another link. The answer is the same whoever asks: what becomes of it is mailed.

    Unlike the others this page tells where it was: its form needs that, and its address holds no secret.
    """
    form = AskForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return render(request, "carts/setup_links/new.html", {"form": form})
    if not rate_limits.within("setup.new", rate_limits.address(request), most=20, per=HOUR):
        return rate_limits.too_often(request)
    if not form.is_valid():
        return render(request, "carts/setup_links/new.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    if rate_limits.within("setup.new.email", email.lower(), most=3, per=HOUR):
        asked_links.ask(email, now=clock.now())
    return HttpResponseRedirect(reverse("setup_links:asked"))


@never_cache
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "carts/setup_links/asked.html")
