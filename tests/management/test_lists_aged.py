"""``manage.py lists_aged``: how old the lists are, and which carriers they lack."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command

from core.common import clock
from integration_manager.doctor import aged_lists
from shipping.models import CarrierCode, Shipment
from tests.factories import PackageFactory

pytestmark = pytest.mark.django_db


def run(**options: int) -> str:
    out = io.StringIO()
    call_command("lists_aged", **options, stdout=out)
    return out.getvalue()


def test_each_list_says_when_it_was_read_and_how_sure_it_is() -> None:
    said = run(months=1200)

    assert "ok  Carrier codes of Amazon: read 2026-11-28" in said
    assert "Amazon publishes no list in one place." in said
    assert "Words people use for countries" in said
    assert "!!" not in said


def test_a_list_has_aged_a_year_after_somebody_read_it() -> None:
    read = [each.read for each in aged_lists.every_list()]

    assert aged_lists.aged(min(read) + timedelta(days=365)) == []
    assert len(aged_lists.aged(max(read) + timedelta(days=366))) == len(read) >= 4


def test_what_was_sent_by_name_most_stands_first() -> None:
    for _ in range(2):
        PackageFactory(carrier="Mule & Sons")
    PackageFactory(carrier="Pigeon Post")
    PackageFactory(carrier="UPS Ground")
    entered = PackageFactory(carrier="Zeppelin")
    CarrierCode.objects.create(organization=entered.organization, kind="amazon", carrier="Zeppelin", code="TNT")
    long_ago = PackageFactory(carrier="Stage Coach")
    Shipment.objects.filter(pk=long_ago.shipment_id).update(created_at=clock.now() - timedelta(days=91))

    named = [line.strip() for line in run().splitlines() if "package" in line]

    assert named == ["Mule & Sons (Amazon): 2 packages", "Pigeon Post (Amazon): 1 package"]


def test_nothing_sent_by_name_is_said_too() -> None:
    assert "every carrier was sent by a code" in run()
