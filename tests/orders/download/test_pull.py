from datetime import timedelta
from typing import Any

import pytest

from carts import connections
from carts.marketplaces.amazon import adapter
from carts.marketplaces.values import OrderPage
from carts.models import Cart, Grant
from core.activity.models import Event
from core.alerts.models import Alert
from core.common.remote import Disconnected, Rejected, Throttled, Unavailable
from orders.download import pull, storage
from orders.models import HeldFor, Line, Order, OrderStatus, Recipient
from orders.tasks import import_orders
from tests.world import SELLER, US, World, line, source


def test_an_order_arrives_with_its_lines_and_a_sealed_recipient(world: World) -> None:
    number = world.order_placed(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])

    imported = world.download()

    order = world.order(number)
    assert (imported.new, imported.finished) == (1, True)
    assert order.status == OrderStatus.NEW
    assert [(line.sku, line.ordered) for line in order.lines.all()] == [("MUG-BLUE-11", 2)]
    address, buyer = order.recipient.open()
    assert address
    assert buyer
    assert address.line1.encode() not in bytes(order.recipient.sealed or b"")
    assert address.line1.encode() not in bytes(order.recipient.source or b"")
    assert source(order)["orderId"] == number


def test_importing_again_changes_nothing(world: World) -> None:
    world.order_placed()
    world.download()
    events = Event.objects.count()

    again = world.download()

    assert (again.new, again.changed) == (0, 0)
    assert (Order.objects.count(), Event.objects.count()) == (1, events)


def test_the_cursor_moves_to_what_was_asked_for_and_no_further(world: World) -> None:
    world.order_placed()
    world.download()

    world.cart.refresh_from_db()
    assert world.cart.orders_seen_until == world.now - pull.DELAY


def test_every_page_is_stored_and_the_window_goes_on_where_it_was_cut_off(world: World) -> None:
    world.simulator.bulk_orders(250, seller_id=SELLER, marketplace_id=US)
    world.later(minutes=5)
    world.simulator.fail("searchOrders", "500", after=1)

    with pytest.raises(Unavailable):
        world.download()
    assert Order.objects.count() == 100
    world.cart.refresh_from_db()
    assert world.cart.orders_seen_until is None

    assert world.download().new == 150
    assert Order.objects.count() == 250


@pytest.mark.parametrize("fault", ["429", "500", "503_html", "truncated", "timeout"])
def test_a_page_that_is_no_page_is_refused_whole_and_the_cursor_stays(world: World, fault: str) -> None:
    number = world.order_placed()
    world.simulator.fail("searchOrders", fault)

    with pytest.raises(Unavailable):
        world.download()
    world.cart.refresh_from_db()
    assert (Order.objects.count(), world.cart.orders_seen_until) == (0, None)

    world.later(minutes=10)
    world.download()
    assert world.order(number).status == OrderStatus.NEW


def test_a_page_sent_twice_is_stored_once(world: World) -> None:
    world.simulator.bulk_orders(150, seller_id=SELLER, marketplace_id=US)
    world.later(minutes=5)
    world.simulator.fail("searchOrders", "duplicate_page", after=1)

    try:
        world.download()
    except Unavailable:
        world.download()

    assert Order.objects.count() == 150
    assert Line.objects.values("order", "reference").distinct().count() == Line.objects.count()


@pytest.mark.parametrize("written", ["1" * 61, "111\n222", "111\ud800222"])
def test_an_order_whose_number_cannot_be_kept_is_held_under_a_stand_in(world: World, written: str) -> None:
    number = world.order_placed()
    world.download()
    good = world.order(number)
    later = good.changed_at + timedelta(minutes=1)
    paper = source(good) | {"orderId": written, "lastUpdatedTime": later.isoformat()}
    fresh = source(good) | {"orderId": "111-1-1"}
    documents = [adapter._document(each) for each in (paper, fresh)]

    stored = storage.store_page({US: world.cart}, documents, now=world.now)
    again = storage.store_page({US: world.cart}, documents, now=world.now)

    assert (stored["new"], stored["strange"], again["unchanged"]) == (2, 1, 2)
    held = Order.objects.get(held_for=HeldFor.STRANGE)
    assert "orderId" in held.reason
    assert len(held.number) <= 60
    assert source(held)["orderId"] == written
    assert world.order("111-1-1").status == OrderStatus.NEW


def test_half_a_character_in_a_text_stops_nothing(world: World) -> None:
    address = {"addressLine1": "1 Half\ud800 Street", "countryCode": "\ud800"}
    product = {"sellerSku": "MUG\udc00", "title": "\ud800"}
    number = world.order_placed()
    world.download()
    good = world.order(number)
    paper = source(good) | {
        "orderId": "111-1-1",
        "recipient": {"deliveryAddress": address},
        "orderItems": [line("1\ud800", product=product)],
        "fulfillment": {"fulfillmentStatus": "HALF\ud800"},
    }

    storage.store_page({US: world.cart}, [adapter._document(paper)], now=world.now)

    order = world.order("111-1-1")
    assert (order.native_state, order.lines.get().sku) == ("HALF\ufffd", "MUG\ufffd")
    opened = order.recipient.open()[0]
    assert opened
    assert opened.line1 == "1 Half\ufffd Street"
    assert source(order)["orderItems"][0]["product"] == product


def test_only_one_worker_pulls_for_a_grant(world: World) -> None:
    Grant.objects.update(pulling_until=world.now + timedelta(minutes=1))

    with pytest.raises(pull.PullTaken):
        world.download()

    world.later(minutes=2)
    assert world.download().finished


def test_a_worker_that_was_replaced_stores_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.order_placed()
    grant = Grant.objects.get()

    with connections.marketplace(grant) as marketplace:
        pages = marketplace.order_page

        def page_slowly(**window: Any) -> OrderPage:
            Grant.objects.update(pull_claim="00000000-0000-0000-0000-000000000001")
            return pages(**window)

        monkeypatch.setattr(marketplace, "order_page", page_slowly)
        with pytest.raises(pull.PullTaken):
            pull.import_orders(grant, marketplace, now=world.now)

    assert Order.objects.count() == 0


def test_two_carts_of_a_seller_share_one_request(world: World) -> None:
    sister = Cart.objects.get()
    sister.pk, sister.place_id, sister.name = None, "A2EUQ1WTGCTBG2", "Amazon.ca"
    sister.save()
    world.simulator.place_order(SELLER, "A2EUQ1WTGCTBG2")
    world.order_placed()
    calls = len(world.simulator.journal("call"))

    imported = world.download()

    assert imported.new == 2
    assert {order.cart.name for order in Order.objects.all()} == {"Amazon.com", "Amazon.ca"}
    asked = [call["operation"] for call in world.simulator.journal("call")[calls:]]
    assert asked.count("searchOrders") == 1


def test_a_revoked_grant_is_told_once_and_stops_all_calls(world: World) -> None:
    world.simulator.revoke(SELLER)
    Grant.objects.update(access_token=None)

    for _ in range(2):
        with pytest.raises(Disconnected):
            world.download()

    assert Grant.objects.get().state == Grant.State.ENDED
    assert Alert.objects.filter(cause="grant.ended", closed_at=None).count() == 1
    calls = len(world.simulator.journal("call"))
    with pytest.raises(Disconnected):
        world.download()
    assert len(world.simulator.journal("call")) == calls


def test_the_published_quota_is_kept_without_a_single_429(world: World) -> None:
    for _ in range(20):
        world.download()
    with pytest.raises(Throttled) as error:
        world.download()

    assert error.value.retry_in
    assert timedelta(seconds=100) < error.value.retry_in < timedelta(seconds=180)
    assert 429 not in {call["status"] for call in world.simulator.journal("call")}
    world.later(seconds=error.value.retry_in.total_seconds() + 1)
    assert world.download().finished


def test_a_page_takes_the_same_number_of_statements_whatever_is_on_it(
    world: World, django_assert_max_num_queries: Any
) -> None:
    def statements(count: int) -> int:
        world.simulator.bulk_orders(count, seller_id=SELLER, marketplace_id=US, spread=timedelta(minutes=1))
        world.later(minutes=20)
        with django_assert_max_num_queries(200) as captured:
            world.download()
        writes = [q["sql"] for q in captured if q["sql"].startswith(("INSERT", "UPDATE", "SELECT"))]
        tables = {"orders_order", "orders_line", "orders_recipient", "activity_event"}
        return len([sql for sql in writes if any(f'"{table}"' in sql for table in tables)])

    assert statements(10) <= statements(11)


def test_nothing_personal_is_in_the_events(world: World) -> None:
    number = world.order_placed()
    world.download()
    address, buyer = world.order(number).recipient.open()

    told = str(list(Event.objects.values_list("details", flat=True)))

    assert address
    assert buyer
    assert address.line1 not in told
    assert buyer.name not in told


def test_unreadable_recipient_of_another_order_does_not_open(world: World) -> None:
    first, second = world.order_placed(), world.order_placed()
    world.download()
    theirs = Recipient.objects.get(order__number=second)
    Recipient.objects.filter(order__number=first).update(sealed=theirs.sealed)

    with pytest.raises(Exception, match="another row"):
        world.order(first).recipient.open()


def test_a_look_that_somebody_asked_for_is_kept(world: World) -> None:
    Cart.objects.update(orders_due_at=world.now + timedelta(minutes=3))  # as "Download now" sets it

    pull.schedule(Grant.objects.get(), now=world.now)

    assert Cart.objects.get().orders_due_at == world.now + timedelta(minutes=3)


def test_otherwise_the_next_look_is_by_the_carts_schedule(world: World) -> None:
    Cart.objects.update(orders_due_at=world.now + pull.RING_AGAIN)  # as the sweep leaves it

    pull.schedule(Grant.objects.get(), now=world.now)

    assert Cart.objects.get().orders_due_at == world.now + timedelta(minutes=15)


def test_after_one_failure_it_is_tried_again_within_seconds_and_then_more_and_more_rarely(world: World) -> None:
    number, waits = world.order_placed(), []
    for _ in range(6):
        world.simulator.fail("searchOrders", "500")
        Cart.objects.update(orders_due_at=world.now)
        import_orders(grant_id=Grant.objects.get().pk)
        due = Cart.objects.get().orders_due_at
        assert due
        waits.append(int((due - world.now).total_seconds()))
        world.later(seconds=waits[-1])

    assert waits == [20, 40, 80, 160, 300, 300]
    import_orders(grant_id=Grant.objects.get().pk)
    assert world.order(number)
    assert Grant.objects.get().pull_failed_at is None


def test_what_a_person_has_to_mend_is_not_tried_again_within_seconds(world: World) -> None:
    grant = Grant.objects.get()

    assert pull.wait_after(grant, Rejected("No."), now=world.now) == pull.AFTER_TROUBLE
    assert pull.wait_after(grant, Disconnected("Ended."), now=world.now) == pull.AFTER_TROUBLE
    assert pull.wait_after(grant, Throttled("Quota.", retry_in=timedelta(seconds=7)), now=world.now).seconds == 7
    assert pull.wait_after(grant, Unavailable("Busy.", retry_in=timedelta(0)), now=world.now) == pull.SOON


def test_an_older_page_that_waited_for_a_newer_one_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.order_placed()
    world.download()
    minutes = [world.order(number).changed_at + timedelta(minutes=each) for each in (1, 2)]
    old, new = (source(world.order(number)) | {"lastUpdatedTime": each.isoformat()} for each in minutes)
    found = storage._existing

    def overtaken(*pages: Any) -> Any:
        known = found(*pages)
        monkeypatch.setattr(storage, "_existing", found)
        storage.store_page({US: world.cart}, [adapter._document(new)], now=world.now)
        return known

    monkeypatch.setattr(storage, "_existing", overtaken)
    stored = storage.store_page({US: world.cart}, [adapter._document(old)], now=world.now)

    assert (stored["changed"], stored["unchanged"]) == (0, 1)
    assert source(world.order(number)) == new
    assert world.order(number).changed_at == minutes[1]
