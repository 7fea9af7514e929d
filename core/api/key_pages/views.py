"""Doors of API keys, for whoever manages Settings. A key is shown on the page that made it, and nowhere again."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.activity import timeline
from core.api import key_owners, keys
from core.api.key_pages.forms import AddressesForm, KeyForm, RotateForm
from core.api.models import ApiCall, ApiKey
from core.common import clock
from core.ui.list_page import listing

MOST_KEYS = 500  # of an organization that have not ended


@require_safe
@door(Ability.SETTINGS)
def show(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    page = listing(request, _keys(request), sorts={"made": "made_at"}, default="-made")
    named = key_owners.warehouses(access_of(request))
    context = {
        "listing": page,
        "keys": [(key, key.status(now), named.get(key.warehouse_id or 0, "")) for key in page.rows],
        "api": f"{settings.PUBLIC_URL}/api/v1",
    }
    return render(request, "core/api/key_pages/keys.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.SETTINGS)
def new(request: HttpRequest) -> HttpResponse:
    access, now = access_of(request), clock.now()
    merchants = Merchant.objects.visible_to(access).order_by("name")
    sent = request.POST if request.method == "POST" else None
    named = key_owners.warehouses(access)
    form = KeyForm(sent, merchants=merchants, warehouses=named, zone=access.organization.zone, now=now)
    if form.is_valid():
        chosen = form.cleaned_data
        if ApiKey.objects.visible_to(access).usable(now).count() >= MOST_KEYS:
            form.add_error(None, f"There are {MOST_KEYS} keys in use. Revoke those that nobody needs.")
        else:
            key, full = keys.issue(
                access.organization,
                name=chosen["name"],
                scopes=chosen["scopes"],
                merchant=chosen["merchant"],
                warehouse_id=chosen["warehouse_id"],
                addresses=chosen["addresses"],
                expires_at=chosen["ends_at"],
                by=person_of(request),
                now=now,
            )
            return _page(request, key, now=now, full=full)
    status = 422 if sent is not None else 200
    return render(request, "core/api/key_pages/new.html", {"form": form}, status=status)


@require_safe
@door(Ability.SETTINGS)
def one(request: HttpRequest, key_id: int) -> HttpResponse:
    return _page(request, _key(request, key_id), now=clock.now())


@never_cache
@require_POST
@door(Ability.SETTINGS)
def rotate(request: HttpRequest, key_id: int) -> HttpResponse:
    found, now, form = _key(request, key_id), clock.now(), RotateForm(request.POST)
    if not form.is_valid():
        return _page(request, found, now=now, form=form)
    try:
        fresh, full = keys.rotate(found, ends_at=now + form.lap, by=person_of(request), now=now)
    except keys.KeyRefused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("api_keys:key", args=[found.pk]))
    return _page(request, fresh, now=now, full=full)


@require_POST
@door(Ability.SETTINGS)
def addresses(request: HttpRequest, key_id: int) -> HttpResponse:
    """Change where a key may come from."""
    found, now, form = _key(request, key_id), clock.now(), AddressesForm(request.POST)
    if not form.is_valid():
        return _page(request, found, now=now, addresses=form)
    try:
        changed = keys.change_addresses(found, form.cleaned_data["addresses"], by=person_of(request), now=now)
    except keys.KeyRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The addresses were saved." if changed else "Nothing was changed.")
    return HttpResponseRedirect(reverse("api_keys:key", args=[found.pk]))


@require_POST
@door(Ability.SETTINGS)
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    found = _key(request, key_id)
    if keys.revoke(found, by=person_of(request), now=clock.now()):
        messages.success(request, f"{found.name} was revoked. Its key opens nothing any more.")
    else:
        messages.error(request, f"{found.name} had been revoked before.")
    return HttpResponseRedirect(reverse("api_keys:key", args=[found.pk]))


# -- Putting the pages together ----------------------------------------------------------------------------------------
def _page(
    request: HttpRequest,
    key: ApiKey,
    *,
    now: datetime,
    full: str = "",
    form: RotateForm | None = None,
    addresses: AddressesForm | None = None,
) -> HttpResponse:
    """The page of a key; with the key itself, in full, just after it was made. The forms, where one was refused."""
    calls = ApiCall.objects.visible_to(access_of(request)).filter(key=key)
    failed_only = request.GET.get("show") == "errors"
    if failed_only:
        calls = calls.filter(status__gte=400)
    page = listing(request, [calls], sorts={"at": "id"}, default="-at")  # nobody waits for their number
    context: dict[str, Any] = {
        "key": key,
        "status": key.status(now),
        "full": full,
        "has_ended": key.has_ended(now),
        "replacement": key.replaced_by.order_by("-pk").first(),
        "warehouse": key_owners.warehouses(access_of(request)).get(key.warehouse_id or 0, ""),
        "form": form or RotateForm(),
        "addresses": addresses or AddressesForm(initial={"addresses": "\n".join(key.addresses)}),
        "log": page,
        "failed_only": failed_only,
        "kept_days": settings.EXCHANGES_KEPT_DAYS,
        "events": timeline.history("apikey", key.pk, access_of(request), most=20),
    }
    return render(request, "core/api/key_pages/key.html", context, status=422 if form or addresses else 200)


def _keys(request: HttpRequest) -> "QuerySet[Any]":
    found: QuerySet[Any] = ApiKey.objects.visible_to(access_of(request)).select_related(
        "merchant", "organization", "made_by"
    )
    return found


def _key(request: HttpRequest, key_id: int) -> ApiKey:
    found: ApiKey = get_object_or_404(_keys(request), pk=key_id)
    return found
