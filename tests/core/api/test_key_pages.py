"""Whoever manages Settings makes keys, sees what they did, replaces them and ends them; nobody else does."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.models import Event
from core.api import keys
from core.api.models import ApiKey
from core.common import clock
from tests.api_client import Program
from tests.factories import MerchantFactory, WarehouseFactory
from tests.organization import ClientFor, acme, client_for, owner, stranger

__all__ = ["acme", "client_for", "owner", "stranger"]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NEW = {"name": "Reno WMS", "scopes": ["orders:read", "shipments:write"]}


def shown(page: bytes) -> str:
    found = re.search(r"im_[a-z0-9]{10}\.[\w-]{43}", page.decode())
    assert found
    return found[0]


def test_a_key_is_made_shown_once_and_works(owner: Client, acme: Organization) -> None:
    page = owner.post(reverse("api_keys:new"), NEW)

    full = shown(page.content)
    key = ApiKey.objects.get()
    assert (key.name, key.scopes, key.merchant) == ("Reno WMS", ["orders:read", "shipments:write"], None)
    assert keys.find(full, address="", now=clock.now()) == key
    assert "no-store" in page.headers["Cache-Control"]
    for address in (reverse("api_keys:keys"), reverse("api_keys:key", args=[key.pk])):
        again = owner.get(address).content.decode()
        assert key.public_id in again
        assert full not in again
    made = Event.objects.get(kind="api_key.made")
    assert made.actor is not None
    assert full.partition(".")[2] not in str(made.details)


def test_a_key_may_be_narrow(owner: Client, acme: Organization) -> None:
    merchant, day = MerchantFactory(organization=acme), clock.now().date() + timedelta(days=3)
    narrow = {**NEW, "merchant": merchant.pk, "addresses": "192.0.2.7\n2001:db8::/48", "ends_on": f"{day:%Y-%m-%d}"}

    owner.post(reverse("api_keys:new"), narrow)

    key = ApiKey.objects.get()
    assert (key.merchant, key.addresses) == (merchant, ["192.0.2.7/32", "2001:db8::/48"])
    assert key.expires_at is not None
    assert key.expires_at.date() == day + timedelta(days=1)


def test_a_key_may_be_one_warehouses_where_its_system_calls_us(owner: Client, acme: Organization) -> None:
    wms, other = WarehouseFactory(organization=acme, kind="api"), WarehouseFactory(organization=acme, kind="portal")
    elsewhere, merchant = WarehouseFactory(kind="api"), MerchantFactory(organization=acme)

    for wrong in ({"warehouse": other.pk}, {"warehouse": elsewhere.pk}, {"warehouse": wms.pk, "merchant": merchant.pk}):
        assert owner.post(reverse("api_keys:new"), {**NEW, **wrong}).status_code == 422
    page = owner.post(reverse("api_keys:new"), {**NEW, "warehouse": wms.pk}).content.decode()

    assert ApiKey.objects.get().warehouse_id == wms.pk
    assert wms.name in page
    assert wms.name in owner.get(reverse("api_keys:keys")).content.decode()


def test_where_a_key_may_come_from_can_be_changed(owner: Client, acme: Organization) -> None:
    program = Program(acme)
    here, page = reverse("api_keys:addresses", args=[program.key.pk]), reverse("api_keys:key", args=[program.key.pk])

    owner.post(here, {"addresses": "192.0.2.7"})
    assert program.get("merchants").status_code == 403
    assert "192.0.2.7/32" in owner.get(page).content.decode()
    assert owner.post(here, {"addresses": "nowhere"}).status_code == 422
    owner.post(here, {"addresses": ""})
    assert program.get("merchants").status_code == 200
    assert Event.objects.filter(kind="api_key.moved").count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Say what will use the key."),
        ({"scopes": []}, "Tick at least one."),
        ({"scopes": ["everything"]}, "scopes"),
        ({"addresses": "everywhere"}, "is not an address"),
        ({"ends_on": "2001-01-01"}, "Choose a day from today on"),
        ({"ends_on": "9999-12-31"}, "Choose a day from today on"),
        ({"merchant": "999999"}, "merchant"),
    ],
)
def test_what_is_wrong_with_a_new_key_is_said(owner: Client, wrong: dict[str, str], said: str) -> None:
    page = owner.post(reverse("api_keys:new"), {**NEW, **wrong})

    assert page.status_code == 422
    assert said in page.content.decode().replace("&#x27;", "'")
    assert not ApiKey.objects.exists()


def test_a_key_of_another_3pls_merchant_cannot_be_made(owner: Client) -> None:
    page = owner.post(reverse("api_keys:new"), {**NEW, "merchant": MerchantFactory().pk})

    assert page.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_second_key_takes_the_place_of_the_first(owner: Client, acme: Organization) -> None:
    program = Program(acme)
    page = owner.post(reverse("api_keys:rotate", args=[program.key.pk]), {"ends": "1"})

    full = shown(page.content)
    assert program.get("merchants").status_code == 200
    assert program.get("merchants", Authorization=f"Bearer {full}").status_code == 200
    old = owner.get(reverse("api_keys:key", args=[program.key.pk])).content.decode()
    assert full.partition(".")[0] in old
    assert "Ends soon" in old


def test_a_revoked_key_is_refused_from_its_next_request_on(owner: Client, acme: Organization) -> None:
    program = Program(acme)
    assert program.get("merchants").status_code == 200

    page = owner.post(reverse("api_keys:revoke", args=[program.key.pk]), follow=True)

    assert "was revoked" in page.content.decode()
    assert program.get("merchants").status_code == 401


def test_the_page_shows_what_a_key_asked(owner: Client, acme: Organization) -> None:
    program = Program(acme)
    well, badly = program.get("merchants"), program.get("merchants?limit=0")
    address = reverse("api_keys:key", args=[program.key.pk])

    page, errors = owner.get(address).content.decode(), owner.get(f"{address}?show=errors").content.decode()

    assert well.headers["X-Request-Id"] in page
    assert badly.headers["X-Request-Id"] in errors
    assert well.headers["X-Request-Id"] not in errors


@pytest.mark.parametrize("role", [Role.STAFF, Role.VIEWER, Role.SELLER])
def test_only_owners_and_admins_see_keys(client_for: ClientFor, acme: Organization, role: Role) -> None:
    merchant = MerchantFactory(organization=acme) if role == Role.SELLER else None
    browser = client_for(role, merchant=merchant)

    assert browser.get(reverse("api_keys:keys")).status_code == 403
    assert client_for(Role.ADMIN).get(reverse("api_keys:keys")).status_code == 200


def test_a_stranger_finds_no_key(stranger: Client, acme: Organization) -> None:
    program = Program(acme)
    for name in ("key", "rotate", "addresses", "revoke"):
        address = reverse(f"api_keys:{name}", args=[program.key.pk])
        assert stranger.post(address, {"ends": "0"}).status_code in {404, 405}
    assert stranger.get(reverse("api_keys:key", args=[program.key.pk])).status_code == 404
    assert program.get("merchants").status_code == 200
