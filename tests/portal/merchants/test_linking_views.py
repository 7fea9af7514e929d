"""Account-linking check: what each account meets, what nobody tells us, and what people say of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carts.account_health import kept_figures
from carts.marketplaces.account_figures import AccountFigures, AccountRate, Rate
from carts.models import AccountReading, Cart, LinkAnswer, LinkOutcome
from core.accounts.access import Role
from core.activity.models import Event
from core.common import clock
from tests import factories

pytestmark = pytest.mark.django_db
FACTS = {"business": "Private limited company", "is_registered": True, "plan": "Professional", "untold": ""}


def read(
    cart: Cart,
    *,
    late: str,
    standing: str = "NORMAL",
    warnings: tuple[str, ...] = (),
    suspended: bool = False,
    **facts: Any,
) -> None:
    now, rates = clock.now(), {Rate.LATE: AccountRate(Decimal(late))}
    kept_figures.store(cart, AccountFigures(cart.place_id, standing, rates, warnings), now=now)
    store = {"place_id": cart.place_id, "participating": True, "suspended": suspended}
    owner = {"organization": cart.organization, "merchant": cart.merchant, "grant": cart.grant}
    AccountReading.objects.create(**owner, due_at=now, seller={**FACTS, **facts, "stores": [store]})


@pytest.fixture
def cart() -> Cart:
    made: Cart = factories.CartFactory(name="Amazon US")
    return made


@pytest.fixture
def staff(cart: Cart) -> Client:
    client = Client()
    client.force_login(factories.make_person(cart.organization))
    return client


def address(cart: Cart, page: str = "linking") -> str:
    return reverse(f"merchants:{page}", args=[cart.merchant_id])


def test_accounts_stand_side_by_side_and_what_no_program_is_told_a_person_answers(staff: Client, cart: Cart) -> None:
    other = factories.CartFactory(merchant=cart.merchant, name="Amazon DE")
    read(cart, late="1")
    judged: dict[str, Any] = {"standing": "AT_RISK", "warnings": ("lateShipment",)}
    read(other, late="9", **judged, suspended=True, is_registered=None, plan="", untold="Not allowed.")

    compared = staff.get(address(cart)).context["compared"]
    found = {check.label: [each.status[0] for each in check.found] for check in compared.checks}
    assert [each.cart.name for each in compared.accounts] == ["Amazon DE", "Amazon US"]
    assert found == {
        "Business information given": ["Not told", "Meets it"],
        "Business information verified": ["Can't be known here", "Can't be known here"],
        "Professional selling plan": ["Not told", "Meets it"],
        "Sells there, listings active": ["Does not", "Meets it"],
        "Account in good standing": ["Does not", "Meets it"],
        "Performance on target": ["Does not", "Met as far as told"],
    }
    assert compared.checks[4].found[0].why == "At risk. Warns of late shipment"
    assert compared.verdict == ("Something is missing", "bad")

    said = {"cart": cart.pk, "verified": "yes", "note": "Seen under Account Info"}
    assert staff.post(address(cart, "link_answer"), said).status_code == 302
    noted = {"outcome": "refused", "reason": "Names differ", "next_step": "The seller corrects the name"}
    assert staff.post(address(cart, "link_outcome"), noted).status_code == 302

    page = " ".join(staff.get(address(cart)).content.decode().split())
    assert "“Verified” was answered" in page
    assert "Names differ" in page
    assert "The seller corrects the name" in page
    assert LinkAnswer.objects.get().by == LinkOutcome.objects.get().by
    assert {"cart.link_answered", "merchant.linking_noted"} <= set(Event.objects.values_list("kind", flat=True))


def test_nobody_answers_for_an_account_of_another_merchant(staff: Client, cart: Cart) -> None:
    elsewhere = factories.CartFactory()
    said = {"cart": elsewhere.pk, "verified": "yes"}

    assert staff.post(address(cart, "link_answer"), said).status_code == 422
    assert staff.post(address(elsewhere, "link_answer"), said).status_code == 404
    viewer = Client()
    viewer.force_login(factories.make_person(cart.organization, Role.VIEWER))
    assert viewer.post(address(cart, "link_answer"), {"cart": cart.pk, "verified": "yes"}).status_code == 403
    assert not LinkAnswer.objects.exists()


def test_more_accounts_need_no_more_statements(staff: Client, cart: Cart) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            staff.get(address(cart))
        return len(found)

    read(cart, late="1")
    counted()
    before = counted()
    for _ in range(3):
        read(factories.CartFactory(merchant=cart.merchant), late="2")

    assert counted() == before
