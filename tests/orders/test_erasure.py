"""What is known of buyers is erased in time, provably, and does not come back."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.common import clock
from core.common.vault import Vault
from integration_manager import tasks
from orders import erasure, legal_holds
from orders.actions import notes
from orders.models import LegalHold, Note, Order, OrderStatus, Recipient
from shipping.tracking_import import kept_sheets
from shipping.tracking_import.kept_sheets import SheetContent
from tests.factories import OrderFactory, make_person
from tests.world import World, source

CANARY = "Call Ottilie Vogelsang about the blue door"
MONTH = {"days": 30, "hours": 1}


@pytest.fixture
def glass(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sealed stands in the clear, so that whatever is kept of it is found by looking for it."""
    monkeypatch.setattr(Vault, "seal", lambda self, clear, *, bound_to: b"glass" + clear)
    monkeypatch.setattr(Vault, "open", lambda self, sealed, *, bound_to: bytes(sealed).removeprefix(b"glass"))


def everything() -> str:
    """All that the database holds, of every table."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                said += [bytes(each).decode(errors="replace") if isinstance(each, bytes | memoryview) else str(each)
                         for each in row]  # fmt: skip
    return "\n".join(said)


def texts(document: Any) -> Iterator[str]:
    for each in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        if isinstance(each, str):
            yield each
        yield from texts(each)


def canaries(world: World, number: str) -> set[str]:
    """What stands in an order's document about its buyer: name, street, telephone, email address."""
    kept = source(world.order(number))
    said = [each for part in ("recipient", "buyer") for each in texts(kept.get(part, {}))]
    found = {each for each in said if len(each) > 6 and not each.isupper()}  # codes name nobody
    assert len(found) >= 4
    return found


def later(world: World, **time: float) -> None:
    world.later(**(time or MONTH))
    tasks.clean_up_due.run()


def recipient(order: Order) -> Recipient:
    found: Recipient = Recipient.objects.get(order=order)
    return found


def test_nothing_about_a_buyer_is_left_a_month_after_shipment(
    glass: None, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.renew()  # its tokens are sealed with glass as well
    order = world.at_warehouse()
    told = canaries(world, order.number) | {CANARY}
    notes.note(order, CANARY, by=world.person, now=world.now)
    content = SheetContent(text=f"{order.number}\t{CANARY}\n")
    kept_sheets.keep(content, organization=world.organization, by=world.person, now=world.now)
    world.ship(order)
    world.confirm()
    before = everything()
    assert {each for each in told if each not in before} == set()

    later(world)

    after = everything()
    assert {each for each in told if each in after} == set()
    assert {each for each in told if each in "".join(capfd.readouterr())} == set()
    assert order.number in after


def test_an_erased_order_is_read_as_before_and_says_since_when(world: World) -> None:
    order = world.at_warehouse()
    notes.note(order, CANARY, by=world.person, now=world.now)
    world.ship(order)
    later(world)
    client = Client()
    client.force_login(world.person)

    page = client.get(reverse("orders:order", args=[order.pk])).content.decode()
    assert "Erased on 20 Dec 2026" in page
    assert notes.ERASED.replace("'", "&#x27;") in page
    assert "was erased, as the marketplace requires" in page
    assert client.post(reverse("orders:look", args=[order.pk])).status_code in {200, 302}
    assert order.number in client.get("/orders/", {"q": order.number, "tab": "all"}, follow=True).content.decode()
    file = client.get(reverse("orders:export"), {"q": order.number, "tab": "all"})
    assert order.number in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    slip = client.post(reverse("shipping:paper"), {"order": order.pk, "what": "slips"})
    assert "Address erased on 20 Dec 2026" in slip.content.decode()


@pytest.mark.parametrize("what", ["shipped there", "canceled"])
def test_what_ended_otherwise_is_erased_a_month_after_that(world: World, what: str) -> None:
    number = world.order_placed()
    world.download()
    world.later(days=20)
    world.simulator.cancel(number) if what == "canceled" else world.simulator.ship(number)
    world.later(minutes=5)
    world.download()
    later(world, days=29)
    assert recipient(world.order(number)).erased_at is None

    later(world, days=2)
    assert recipient(world.order(number)).erased_at == world.now


def test_what_never_ships_is_erased_half_a_year_after_it_was_placed(world: World) -> None:
    waiting, shipped = OrderFactory(cart=world.cart, status=OrderStatus.HELD), OrderFactory(cart=world.cart)
    Order.objects.filter(pk__in=[waiting.pk, shipped.pk]).update(placed_at=world.now)
    later(world, days=179)
    assert recipient(waiting).erased_at is None

    later(world, days=2)
    assert recipient(waiting).sealed is None
    assert recipient(waiting).erased_at == world.now


def test_what_the_cart_sends_again_does_not_come_back(glass: None, world: World) -> None:
    order = world.at_warehouse()
    told = canaries(world, order.number)
    world.ship(order)
    world.confirm()
    later(world)
    world.simulator.unship(order.number)  # the order changes, with all its buyer's data
    world.later(minutes=5)
    world.download()

    order.refresh_from_db()
    kept = recipient(order)
    assert order.changed_at > world.now - timedelta(hours=1)
    assert (kept.sealed, kept.source, kept.first_mark, kept.last_mark, kept.city_mark) == (None, None, "", "", "")
    assert kept.erased_at is not None
    assert {each for each in told if each in everything()} == set()


def test_a_hold_keeps_the_data_until_somebody_ends_it(world: World) -> None:
    held, other = world.at_warehouse(), world.at_warehouse()
    for order in (held, other):
        notes.note(order, CANARY, by=world.person, now=world.now)
        world.ship(order, tracking=f"1Z999AA{order.pk}")
    client = Client()
    client.force_login(world.person)
    answer = client.post("/retention/", {"number": held.number, "reason": "A claim"}, follow=True)
    assert "kept until you end the hold" in answer.content.decode()
    later(world)
    assert recipient(held).sealed is not None
    assert recipient(other).sealed is None
    assert Note.objects.exclude(sealed=b"").count() == 1
    assert "already" in client.post("/retention/", {"number": other.number, "reason": "x"}).content.decode()
    assert client.post("/retention/", {"number": "nobody's", "reason": "x"}).status_code == 422

    client.post(reverse("retention:end_hold", args=[LegalHold.objects.get().pk]))
    tasks.clean_up_due.run()
    assert recipient(held).sealed is None
    assert not Note.objects.exclude(sealed=b"").exists()


def test_a_note_on_an_erased_order_is_erased_too(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    later(world)
    notes.note(order, CANARY, by=world.person, now=world.now)
    later(world, days=29)
    assert bytes(Note.objects.get().sealed) != b""

    later(world, days=2)
    assert bytes(Note.objects.get().sealed) == b""


def test_units_that_were_added_are_still_shipped(world: World) -> None:
    order = world.at_warehouse()
    Order.objects.filter(pk=order.pk).update(shipped_at=world.now - timedelta(days=90))  # and is at the warehouse again
    later(world, days=1)

    assert recipient(order).erased_at is None


def test_steps_may_end_anywhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "STEP", 2)
    for _ in range(5):
        OrderFactory(cart=world.cart, status=OrderStatus.CONFIRMED, shipped_at=world.now - timedelta(days=31))
    erase, calls = erasure._erase, []

    def dies(*how: Any) -> int:
        calls.append(how)
        if len(calls) == 2:
            raise ConnectionError
        return erase(*how)

    monkeypatch.setattr(erasure, "_erase", dies)
    with pytest.raises(ConnectionError):
        tasks.clean_up_due.run()
    assert Recipient.objects.filter(erased_at=None).count() == 3

    tasks.clean_up_due.run()
    assert not Recipient.objects.filter(erased_at=None).exists()


def test_the_command_and_the_page_prove_it(world: World) -> None:
    OrderFactory(cart=world.cart, status=OrderStatus.CONFIRMED, shipped_at=world.now - timedelta(days=40))
    theirs = OrderFactory(status=OrderStatus.CONFIRMED, shipped_at=world.now - timedelta(days=40))
    said = StringIO()
    with pytest.raises(CommandError, match="longer than it may"):
        call_command("erase", "--report", stdout=said)
    assert "overdue 2" in said.getvalue()
    client = Client()
    client.force_login(make_person(theirs.organization, Role.ADMIN))
    assert "tone-bad" in client.get("/retention/").content.decode()

    said = StringIO()
    call_command("erase", stdout=said)
    assert "Buyers' names, addresses and messages: 2" in said.getvalue()
    assert "overdue 0" in said.getvalue()
    page = client.get("/retention/").content.decode()
    assert "tone-bad" not in page
    assert "30 days after the order was shipped or canceled" in page
    assert clock.now() == world.now


def test_a_hold_is_put_once(world: World) -> None:
    order = world.at_warehouse()
    hold = legal_holds.put(order, "A claim", by=world.person, now=world.now)

    with pytest.raises(legal_holds.HoldRefused):
        legal_holds.put(order, "Another", by=world.person, now=world.now)
    assert legal_holds.end(hold, by=world.person, now=world.now)
    assert not legal_holds.end(hold, by=world.person, now=world.now)
