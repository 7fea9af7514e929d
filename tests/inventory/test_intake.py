"""Observations taken in: the newest stands, whatever comes when, and what cannot be is refused by its name."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from core.accounts.models import Merchant
from core.common import bulk_insert, clock
from inventory.intake import Observed, Outcome, Verdict, observe
from inventory.models import Observation, StockLevel
from shipping.models import ItemAlias, KitComponent, Warehouse
from tests.factories import MerchantFactory, OrganizationFactory, WarehouseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def merchant() -> Merchant:
    return MerchantFactory(organization=OrganizationFactory())


@pytest.fixture
def warehouse(merchant: Merchant) -> Warehouse:
    return WarehouseFactory(organization=merchant.organization)


@pytest.fixture
def now() -> datetime:
    return clock.now()


def told(warehouse: Warehouse, merchant: Merchant, *rows: Observed, now: datetime) -> list[Outcome]:
    return observe(warehouse, merchant, rows, source=Observation.Source.API, now=now)


def on_hand(sku: str = "MUG") -> int | None:
    return StockLevel.objects.get(sku=sku).on_hand


def verdicts(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.verdict.value for outcome in outcomes]


def test_the_newest_stands_in_whatever_order_they_come(warehouse: Warehouse, merchant: Merchant, now: datetime) -> None:
    seen = [Observed("MUG", units, now - timedelta(minutes=units)) for units in range(10)]
    random.Random(4).shuffle(seen)

    for each in seen:
        told(warehouse, merchant, each, now=now)

    assert on_hand() == 0


def test_an_older_one_is_named_and_replaces_nothing(warehouse: Warehouse, merchant: Merchant, now: datetime) -> None:
    told(warehouse, merchant, Observed("MUG", 7, now), now=now)

    [late] = told(warehouse, merchant, Observed("MUG", 9, now - timedelta(seconds=1)), now=now)

    assert late.verdict is Verdict.OLDER
    assert late.reason.startswith("MUG: it was seen at")
    assert on_hand() == 7


def test_a_sequence_goes_before_the_time(warehouse: Warehouse, merchant: Merchant, now: datetime) -> None:
    """A warehouse's clock is set back, or a message waits: what it counted later is later."""
    told(warehouse, merchant, Observed("MUG", 7, now, sequence=5), now=now)

    outcomes = [
        *told(warehouse, merchant, Observed("MUG", 9, now, sequence=4), now=now),
        *told(warehouse, merchant, Observed("MUG", 7, now, sequence=5), now=now),  # the same once more
        *told(warehouse, merchant, Observed("MUG", 8, now, sequence=5), now=now),
        *told(warehouse, merchant, Observed("MUG", 3, now - timedelta(hours=1), sequence=6), now=now),
    ]

    assert verdicts(outcomes) == ["older", "stored", "older", "stored"]
    assert on_hand() == 3


def test_of_several_in_one_batch_the_newest_stands(warehouse: Warehouse, merchant: Merchant, now: datetime) -> None:
    before = now - timedelta(minutes=5)

    outcomes = told(
        warehouse, merchant, Observed("MUG", 4, before), Observed("MUG", 6, now), Observed("MUG", 5, before), now=now
    )

    assert verdicts(outcomes) == ["stored", "stored", "older"]
    assert on_hand() == 6


def test_of_two_in_the_same_second_the_later_report_stands_and_one_report_says_one_thing(
    warehouse: Warehouse, merchant: Merchant, now: datetime
) -> None:
    owner = {"organization": merchant.organization, "merchant": merchant, "made_at": now}
    ItemAlias.objects.create(name="0123456789012", sku="MUG", **owner)
    told(warehouse, merchant, Observed("MUG", 7, now), now=now)
    told(warehouse, merchant, Observed("MUG", 5, now), now=now)
    assert on_hand() == 5

    outcomes = told(
        warehouse,
        merchant,
        Observed("MUG", 6, now),
        Observed("MUG", 6, now),
        Observed("0123456789012", 9, now),
        now=now,
    )

    assert verdicts(outcomes) == ["stored", "stored", "refused"]
    assert outcomes[2].reason.startswith("0123456789012: the report tells of 6 and 9 units of MUG at the same time.")
    assert on_hand() == 6


@pytest.mark.parametrize(
    ("sku", "units", "minutes", "said"),
    [
        ("MUG", -3, 0, "MUG: -3 is below zero"),
        ("MUG", 1_000_000, 0, "MUG: 1000000 is more than 999999"),
        ("MUG", 1, 60, "MUG: it was seen in the future"),
        ("MUG", 1, -60 * 24 * 365 * 40, "before the year 2000"),
        ("", 1, 0, "The SKU is empty"),
        (" MUG", 1, 0, "MUG: the SKU begins or ends with a blank"),
        ("M\0UG", 1, 0, "cannot be printed"),
        ("M" * 256, 1, 0, "at most 255 characters"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name_and_stops_nothing_else(
    warehouse: Warehouse, merchant: Merchant, now: datetime, sku: str, units: int, minutes: int, said: str
) -> None:
    wrong = Observed(sku, units, now + timedelta(minutes=minutes))

    outcomes = told(warehouse, merchant, Observed("POT", 2, now), wrong, Observed("LID", 3, now), now=now)

    assert verdicts(outcomes) == ["stored", "refused", "stored"]
    assert said in outcomes[1].reason
    assert (on_hand("POT"), on_hand("LID")) == (2, 3)
    assert StockLevel.objects.count() == 2


def test_a_clock_that_is_a_little_fast_blocks_nothing_that_comes_later(
    warehouse: Warehouse, merchant: Merchant, now: datetime
) -> None:
    told(warehouse, merchant, Observed("MUG", 7, now + timedelta(minutes=9)), now=now)

    told(warehouse, merchant, Observed("MUG", 5, now + timedelta(minutes=1)), now=now + timedelta(minutes=1))

    assert on_hand() == 5


def test_history_holds_what_changed_and_not_what_was_said_again(
    warehouse: Warehouse, merchant: Merchant, now: datetime
) -> None:
    for minute, units in enumerate([4, 4, 4, 9]):
        at = now + timedelta(minutes=minute)
        told(warehouse, merchant, Observed("MUG", units, at), now=at)

    history = Observation.objects.order_by("pk").values_list("before", "on_hand")
    assert list(history) == [(None, 4), (4, 9)]
    assert StockLevel.objects.get().observed_at == now + timedelta(minutes=3)


def test_an_alias_is_the_item_and_a_kit_is_not_counted(warehouse: Warehouse, merchant: Merchant, now: datetime) -> None:
    owner = {"organization": merchant.organization, "merchant": merchant, "made_at": now}
    ItemAlias.objects.create(name="0123456789012", sku="MUG", **owner)
    KitComponent.objects.create(kit="SET", sku="MUG", quantity=2, **owner)

    outcomes = told(warehouse, merchant, Observed("0123456789012", 6, now), Observed("SET", 3, now), now=now)

    assert verdicts(outcomes) == ["stored", "refused"]
    assert outcomes[1].reason == "SET is a kit: its components are counted, and not the kit."
    assert [level.sku for level in StockLevel.objects.all()] == ["MUG"]


def test_merchants_who_call_their_goods_alike_share_nothing(
    warehouse: Warehouse, merchant: Merchant, now: datetime
) -> None:
    other = MerchantFactory(organization=merchant.organization)

    told(warehouse, merchant, Observed("MUG", 1, now), now=now)
    told(warehouse, other, Observed("MUG", 2, now), now=now)

    assert set(StockLevel.objects.values_list("merchant", "on_hand")) == {(merchant.pk, 1), (other.pk, 2)}


def test_sixty_ask_the_database_no_more_often_than_six(warehouse: Warehouse, merchant: Merchant, now: datetime) -> None:
    def asked(skus: range, at: datetime) -> int:
        with CaptureQueriesContext(connection) as queries:
            told(warehouse, merchant, *(Observed(f"SKU-{number}", number, at) for number in skus), now=now)
        return len(queries)

    six, sixty = asked(range(6), now), asked(range(100, 160), now)

    assert six == sixty
    assert asked(range(100, 160), now + timedelta(seconds=1)) < sixty


def test_a_sku_that_somebody_else_makes_at_the_same_moment_is_that_one(
    warehouse: Warehouse, merchant: Merchant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = bulk_insert.insert

    def late(rows: Sequence[models.Model], *, keyed: bool = False) -> None:
        if isinstance(rows[0], StockLevel):
            StockLevel.objects.create(
                organization=merchant.organization, merchant=merchant, warehouse=warehouse, sku="MUG"
            )
        insert(rows, keyed=keyed)

    monkeypatch.setattr(bulk_insert, "insert", late)
    told(warehouse, merchant, Observed("MUG", 7, now), Observed("LID", 3, now), now=now)

    assert sorted(StockLevel.objects.values_list("sku", "on_hand")) == [("LID", 3), ("MUG", 7)]
