"""Who is told: the lists of an organization, a merchant and a cart. They name addresses: for who manages people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carts.lookup import find_cart
from carts.models import Cart
from core.accounts import rate_limits
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Membership, Merchant, User
from core.accounts.portal_request import PortalRequest
from core.alerts.audience import recipients, subscriptions
from core.alerts.audience.subscriptions import SubscriptionScope
from core.alerts.models import Subscription, Topic
from core.common import clock
from core.common.bell import Bell
from core.ui.open_forms import WholeForm

VERBS = ("GET", "HEAD", "POST")
MOST_ADDED = 200  # a day: each may be a mail to somebody who did not ask for it


class TopicsForm(forms.Form):
    """What somebody is told."""

    topics = forms.MultipleChoiceField(
        label="Told about",
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing to be told about."},
    )

    def __init__(self, *args: Any, place: SubscriptionScope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if place.merchant is None or place.cart_id:
            topics: Any = self.fields["topics"]
            topics.choices = [choice for choice in Topic.choices if choice[0] != Topic.OVERVIEW]

    def clean_topics(self) -> list[Topic]:
        return [Topic(each) for each in self.cleaned_data["topics"]]


class TopicsChangeForm(WholeForm, TopicsForm):
    """What somebody who is on a list is told from now on."""


class SubscriptionForm(TopicsForm):
    person = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="None of these", help_text="Somebody who logs in here."
    )
    address = forms.EmailField(
        label="Or an email address",
        required=False,
        max_length=Subscription._meta.get_field("address").max_length,
        help_text="It gets an email right away, and every email has a link to unsubscribe.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("person", "address", "topics")

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = User.objects.filter(pk__in=[each.pk for each in people]).order_by("name", "email")
        person.label_from_instance = lambda user: f"{user.name} ({user.email})" if user.name else user.email


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription as the list shows it."""

    subscription: Subscription
    place: str = ""

    @property
    def may_know(self) -> bool:
        user = self.subscription.user
        return user is None or (user.is_active and getattr(self.subscription, "belongs", False))

    @property
    def status(self) -> tuple[str, str]:
        if self.subscription.stopped_at:
            return "Unsubscribed", "warn"
        return ("Subscribed", "good") if self.may_know else ("No access", "calm")

    @property
    def topics(self) -> str:
        return subscriptions.say(self.subscription.topics).capitalize()


# -- The lists -------------------------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.PEOPLE)
def of_organization(request: HttpRequest) -> HttpResponse:
    organization = access_of(request).organization
    return _list(request, SubscriptionScope(organization, organization, str(organization)))


@require_http_methods(VERBS)
@door(Ability.PEOPLE)
def of_merchant(request: HttpRequest, merchant_id: int) -> HttpResponse:
    merchants = Merchant.objects.visible_to(access_of(request)).select_related("organization")
    return _list(request, _place_of_merchant(get_object_or_404(merchants, pk=merchant_id)))


@require_http_methods(VERBS)
@door(Ability.PEOPLE)
def of_cart(request: HttpRequest, cart_id: int) -> HttpResponse:
    return _list(request, _place_of_cart(find_cart(request, cart_id)))


def _list(request: HttpRequest, place: SubscriptionScope) -> HttpResponse:
    said = request.POST if request.method == "POST" else None
    people = list(subscriptions.people(place))
    form = SubscriptionForm(said, place=place, people=people, initial={"topics": [Topic.ATTENTION]})
    if form.is_valid():
        if not rate_limits.within("subscription", str(place.organization.pk), most=MOST_ADDED, per=timedelta(days=1)):
            return rate_limits.too_often(request)
        try:
            subscription = subscriptions.subscribe(place, **form.cleaned_data, by=person_of(request), now=clock.now())
        except subscriptions.SubscriptionRefused as error:
            form.add_error(None, str(error))
        else:
            Bell.MAIL_DUE.ring()
            messages.success(request, f"{subscription.user or subscription.address} was added to the list.")
            return HttpResponseRedirect(address_of(place))
    return _page(request, place, form)


def _page(request: HttpRequest, place: SubscriptionScope, form: SubscriptionForm) -> HttpResponse:
    access = access_of(request)
    members = Membership.objects.visible_to(access).filter(role__in=recipients.TOLD, user__is_active=True)
    visible = Subscription.objects.visible_to(access).select_related("user", "merchant")
    every = list(visible.annotate(belongs=recipients.belongs()).order_by("created_at", "pk"))
    here = (place.merchant_id, place.cart_id)
    wider = [(None, None), (place.merchant_id, None)] if place.cart_id else [(None, None)] if place.merchant else []
    names = _names(request, every)
    context = {
        "place": place,
        "crumbs": _crumbs(place),
        "rows": [SubscriptionRow(each) for each in every if _at(each) == here],
        "wider": [SubscriptionRow(each, names[_at(each)]) for each in every if _at(each) in wider],
        "narrower": [] if place.merchant else _narrower(every, names),
        "members": members.select_related("user").order_by("user__name", "user__email"),
        "form": form,
        "whole_url": reverse("subscriptions:organization"),
    }
    return render(request, "portal/subscriptions/subscriptions.html", context, status=422 if form.is_bound else 200)


# -- One of them -----------------------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.PEOPLE)
def subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    found, place = _subscription(request, subscription_id)
    PortalRequest.of(request).lies_under = "carts" if place.cart_id else "merchants" if place.merchant else "settings"
    said = request.POST if request.method == "POST" else None
    form = TopicsChangeForm(said, place=place, initial={"topics": found.topics})
    if form.is_valid():
        try:
            changed = subscriptions.change(
                found, form.cleaned_data["topics"], subject=place.subject, by=person_of(request), now=clock.now()
            )
        except subscriptions.SubscriptionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return HttpResponseRedirect(address_of(place))
    context = {
        "row": SubscriptionRow(found),
        "form": form,
        "place": place,
        "place_url": address_of(place),
        "crumbs": [*_crumbs(place), ("Notifications", address_of(place))],
    }
    return render(request, "portal/subscriptions/subscription.html", context, status=422 if form.is_bound else 200)


@require_POST
@door(Ability.PEOPLE)
def remove(request: HttpRequest, subscription_id: int) -> HttpResponse:
    found, place = _subscription(request, subscription_id)
    subscriptions.remove(found, subject=place.subject, by=person_of(request), now=clock.now())
    messages.success(request, f"{found.user or found.address} was removed from the list of {place.name}.")
    return HttpResponseRedirect(address_of(place))


# -- Places ----------------------------------------------------------------------------------------------------------
def address_of(place: SubscriptionScope) -> str:
    """Return where the list of a place is."""
    if place.cart_id:
        return reverse("subscriptions:cart", args=[place.cart_id])
    return (
        reverse("subscriptions:merchant", args=[place.merchant_id])
        if place.merchant
        else reverse("subscriptions:organization")
    )


def _place_of_merchant(merchant: Merchant) -> SubscriptionScope:
    return SubscriptionScope(merchant.organization, merchant, merchant.name, merchant)


def _place_of_cart(cart: Cart) -> SubscriptionScope:
    return SubscriptionScope(cart.organization, cart, f"{cart.name} of {cart.merchant}", cart.merchant, cart.pk)


def _subscription(request: HttpRequest, subscription_id: int) -> tuple[Subscription, SubscriptionScope]:
    access = access_of(request)
    rows = Subscription.objects.visible_to(access).select_related("user", "organization", "merchant__organization")
    found: Subscription = get_object_or_404(rows.annotate(belongs=recipients.belongs()), pk=subscription_id)
    if found.cart_id:
        return found, _place_of_cart(find_cart(request, found.cart_id))
    if found.merchant:
        return found, _place_of_merchant(found.merchant)
    return found, SubscriptionScope(found.organization, found.organization, str(found.organization))


def _crumbs(place: SubscriptionScope) -> list[tuple[str, str]]:
    if place.cart_id:
        return [("Carts", reverse("carts:carts")), (place.name, reverse("carts:cart", args=[place.cart_id]))]
    if place.merchant:
        merchant_url = reverse("merchants:merchant", args=[place.merchant_id])
        return [("Merchants", reverse("merchants:merchants")), (place.name, merchant_url)]
    return [("Settings", reverse("settings:area"))]


def _at(each: Subscription) -> tuple[int | None, int | None]:
    return each.merchant_id, each.cart_id


def _names(request: HttpRequest, subscribed: Sequence[Subscription]) -> dict[tuple[int | None, int | None], str]:
    """Return what the places are called that these subscribed are told about."""
    carts = Cart.objects.visible_to(access_of(request)).filter(
        pk__in={each.cart_id for each in subscribed if each.cart_id}
    )
    called = {cart.pk: str(cart) for cart in carts}
    names = {}
    for each in subscribed:
        merchant = str(each.merchant) if each.merchant else str(access_of(request).organization)
        names[_at(each)] = f"{called.get(each.cart_id, '')} of {merchant}" if each.cart_id else merchant
    return names


def _narrower(
    subscribed: Sequence[Subscription], names: dict[tuple[int | None, int | None], str]
) -> list[tuple[str, str, int]]:
    """Return the merchants and carts with a list of their own: name, address, how many."""
    counts: dict[tuple[int | None, int | None], int] = {}
    for each in subscribed:
        if each.merchant_id:
            counts[_at(each)] = counts.get(_at(each), 0) + 1
    found = []
    for (merchant_id, cart_id), count in counts.items():
        url = (
            reverse("subscriptions:cart", args=[cart_id])
            if cart_id
            else reverse("subscriptions:merchant", args=[merchant_id])
        )
        found.append((names[merchant_id, cart_id], url, count))
    return sorted(found)
