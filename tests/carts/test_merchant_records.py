"""Merchants that are met: once, whoever meets them, and written down."""

import pytest

from carts import merchant_records
from core.accounts.models import Merchant
from core.activity.models import Event
from core.common import clock
from tests.carts.conftest import at_once
from tests.factories import OrganizationFactory, make_person


@pytest.mark.django_db(transaction=True)
def test_two_who_meet_a_merchant_at_once_meet_the_same_one() -> None:
    acme = OrganizationFactory()
    person = make_person(acme)
    met: list[Merchant] = []

    def meet() -> None:
        met.append(merchant_records.find_or_make(acme, name="Green Lamp Ltd", by=person, now=clock.now()))

    at_once(meet, meet, meet)

    assert met == [Merchant.objects.get()] * 3
    event = Event.objects.get()
    assert (event.kind, event.subject_id, event.actor) == ("merchant.made", met[0].pk, person)
