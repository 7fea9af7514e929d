"""The wall behind ``visible_to``: what PostgreSQL leaves out by itself while a request runs."""

import time
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from psycopg.errors import FeatureNotSupported

from core.accounts.access import Access, Role
from core.accounts.models import Merchant, OwnedQuerySet
from core.activity import event_numbers
from core.activity.event_log import event, record_all
from core.api import keys
from core.api.models import KeptAnswer
from core.common import bulk_insert, clock
from core.row_security import policies, roles, tenant
from core.row_security.middleware import RowSecurityMiddleware
from orders.models import Order, OrderStatus
from shipping.models import Release
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def wall() -> None:
    assert roles.are_made(), "These tests need a PostgreSQL where they may make roles."


@pytest.fixture
def ours() -> Merchant:
    return factories.MerchantFactory(name="Blue Mug Co")


@pytest.fixture
def theirs() -> Merchant:
    return factories.MerchantFactory(name="Red Cup Ltd")


def seen() -> set[str]:
    return set(Merchant.objects.values_list("name", flat=True))


def copied() -> None:
    with connection.cursor() as cursor, cursor.copy("COPY accounts_merchant FROM STDIN") as copy:
        copy.write("")


def break_transaction() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def raise_having_seen(count: int, *, of: Merchant | None = None) -> None:
    if of:
        tenant.work_for(of.organization_id)
    assert len(seen()) == count
    raise ZeroDivisionError


# -- What is shown -----------------------------------------------------------------------------------------------------
def test_a_request_sees_nobodys_rows_until_it_is_somebodys(ours: Merchant, theirs: Merchant) -> None:
    with tenant.behind_wall():
        assert seen() == set()
        tenant.work_for(ours.organization_id)
        assert seen() == {"Blue Mug Co"}
        with tenant.every_tenant():
            assert seen() == {"Blue Mug Co", "Red Cup Ltd"}
        assert seen() == {"Blue Mug Co"}
        tenant.work_for(None)
        assert seen() == set()
    assert seen() == {"Blue Mug Co", "Red Cup Ltd"}, "workers see all"


def test_a_request_within_a_request_leaves_the_outer_one_where_it_was(ours: Merchant, theirs: Merchant) -> None:
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        with tenant.behind_wall():
            assert seen() == set()
            tenant.work_for(theirs.organization_id)
            assert seen() == {"Red Cup Ltd"}
        assert seen() == {"Blue Mug Co"}


def test_every_table_with_an_owner_has_its_policy() -> None:
    assert policies.missing() == []
    tables = {policy.table for policy in policies.policies()}
    assert {"accounts_organization", "orders_order", "orders_recipient", "activity_event"} <= tables
    assert {"carts_bucket", "carts_consent", "api_keptanswer"} <= tables, "owned by what they hang on"
    print(f"row-level security on {len(tables)} tables")


def test_what_a_row_hangs_on_decides_where_it_names_no_organization(ours: Merchant, theirs: Merchant) -> None:
    for merchant in (ours, theirs):
        key, _ = keys.issue(merchant.organization, name="WMS", scopes=[], by=None, now=clock.now())
        KeptAnswer.objects.create(key=key, name="a", digest="x", turn=uuid4(), turn_until=clock.now(), at=clock.now())
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM api_keptanswer")
            assert cursor.fetchall() == [(1,)]


# -- What is written ---------------------------------------------------------------------------------------------------
def test_a_request_changes_and_deletes_nothing_of_others(ours: Merchant, theirs: Merchant) -> None:
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        assert Merchant.objects.update(email="new@shop.example") == 1
        assert Merchant.objects.filter(pk=theirs.pk).update(email="x@shop.example") == 0
        assert not Merchant.objects.filter(pk=theirs.pk).exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Merchant.objects.create(organization_id=theirs.organization_id, name="Sneaked in")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Merchant.objects.filter(pk=ours.pk).update(organization_id=theirs.organization_id)
        assert seen() == {"Blue Mug Co"}, "and the wall stands after an error"


def test_rows_in_bulk_are_looked_at_before_they_go_past_the_wall(ours: Merchant, theirs: Merchant) -> None:
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        mine = [event("organization.changed", ours.organization, now=clock.now(), fields="name") for _ in range(9)]
        record_all(mine)
        with pytest.raises(tenant.OtherTenant):
            bulk_insert.insert(
                [*mine, event("organization.changed", theirs.organization, now=clock.now(), fields="name")]
            )
        with pytest.raises(FeatureNotSupported, match="COPY FROM"), transaction.atomic():
            copied()
        assert seen() == {"Blue Mug Co"}


# -- Where it could be lost --------------------------------------------------------------------------------------------
def test_what_is_rolled_back_leaves_the_wall_where_it_was(ours: Merchant, theirs: Merchant) -> None:
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        with pytest.raises(ZeroDivisionError), transaction.atomic(), tenant.every_tenant():
            raise_having_seen(2)
        assert seen() == {"Blue Mug Co"}
        with pytest.raises(DatabaseError), transaction.atomic(), tenant.every_tenant():
            break_transaction()
        assert seen() == {"Blue Mug Co"}
        with tenant.every_tenant():
            with pytest.raises(DatabaseError), transaction.atomic():
                break_transaction()
            assert len(seen()) == 2
        assert seen() == {"Blue Mug Co"}


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_was_told_goes_with_it_and_is_said_again(ours: Merchant, theirs: Merchant) -> None:
    with tenant.behind_wall():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise_having_seen(0)  # the first statement of all
        assert seen() == set()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise_having_seen(1, of=ours)
        assert seen() == {"Blue Mug Co"}
        with transaction.atomic():
            tenant.work_for(theirs.organization_id)
            assert seen() == {"Red Cup Ltd"}
            with pytest.raises(DatabaseError), transaction.atomic(), tenant.every_tenant():
                break_transaction()
            assert seen() == {"Red Cup Ltd"}
        assert seen() == {"Red Cup Ltd"}


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_comes_back_behind_the_wall(ours: Merchant, theirs: Merchant) -> None:
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        assert seen() == {"Blue Mug Co"}
        connection.close()
        assert seen() == {"Blue Mug Co"}
    assert len(seen()) == 2


def cut_off() -> None:
    """End this thread's session on the server, as a restart of PostgreSQL does: nobody here knows it yet."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])


@pytest.mark.django_db(transaction=True)
def test_the_first_request_after_a_restart_of_postgresql_is_answered(ours: Merchant) -> None:
    key, full = keys.issue(ours.organization, name="WMS", scopes=[], by=None, now=clock.now())
    cut_off()
    connection.close_if_unusable_or_obsolete()  # a request begins

    with tenant.behind_wall():
        found = keys.find(full, address="", now=clock.now())
        assert seen() == {"Blue Mug Co"}

    assert found == key


@pytest.mark.django_db(transaction=True)
def test_an_answer_stands_where_the_database_goes_away_behind_it(ours: Merchant) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        tenant.work_for(ours.organization_id)
        answer = HttpResponse(" ".join(seen()))
        cut_off()
        return answer

    answer = RowSecurityMiddleware(view)(RequestFactory().get("/"))

    assert isinstance(answer, HttpResponse)
    assert answer.content == b"Blue Mug Co"
    assert seen() == {"Blue Mug Co"}


@pytest.mark.django_db(transaction=True)
def test_a_page_that_asks_no_database_needs_none(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError

    connection.close()
    monkeypatch.setattr(roles._Seen, "made", False)
    monkeypatch.setattr(roles._Seen, "again", 0.0)
    monkeypatch.setattr(connection, "ensure_connection", away)
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_a_process_that_began_before_the_roles_looks_again(
    ours: Merchant, theirs: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles._Seen, "made", False)
    monkeypatch.setattr(roles._Seen, "again", time.monotonic() + roles.AGAIN)
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        assert len(seen()) == 2
    monkeypatch.setattr(roles._Seen, "again", 0.0)
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        assert seen() == {"Blue Mug Co"}


def test_what_is_read_while_it_is_sent_is_read_behind_the_wall(ours: Merchant, theirs: Merchant) -> None:
    def rows() -> Iterator[bytes]:
        yield " ".join(sorted(seen())).encode()

    def view(request: HttpRequest) -> StreamingHttpResponse:
        tenant.work_for(ours.organization_id)
        return StreamingHttpResponse(rows())

    answer = RowSecurityMiddleware(view)(RequestFactory().get("/"))

    assert isinstance(answer, StreamingHttpResponse)
    assert len(seen()) == 2
    assert answer.getvalue() == b"Blue Mug Co"
    assert len(seen()) == 2


def test_a_view_that_fails_leaves_no_wall_behind(ours: Merchant) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RowSecurityMiddleware(view)(RequestFactory().get("/"))
    assert seen() == {"Blue Mug Co"}


# -- What it would slow down ------------------------------------------------------------------------------------------
def test_where_a_day_begins_among_events_is_looked_up_among_everybodys(ours: Merchant, theirs: Merchant) -> None:
    """Behind the wall each look would go through all events of others until it meets one that is shown."""
    now = clock.now()
    record_all([event("organization.changed", theirs.organization, now=now, fields="name") for _ in range(9)])
    since = event_numbers.first_since(now)
    with tenant.behind_wall():
        tenant.work_for(ours.organization_id)
        assert event_numbers.first_since(now) == since
        assert event_numbers.first_after(now) > since
        assert seen() == {"Blue Mug Co"}


# -- The reason for it -------------------------------------------------------------------------------------------------
def test_pages_whose_queries_forgot_whom_they_are_for_show_no_others(
    ours: Merchant, theirs: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every ``visible_to`` lets everybody's through: what is left is the wall."""
    order, foreign = factories.OrderFactory(cart__merchant=ours), factories.OrderFactory(cart__merchant=theirs)
    monkeypatch.setattr(
        OwnedQuerySet,
        "visible_to",
        lambda rows, access: rows.filter(Q(organization=access.organization.pk) | Q(pk__gt=0)),
    )
    browser = Client()
    browser.force_login(factories.make_person(ours.organization, Role.ADMIN))

    assert browser.get(reverse("orders:order", args=[order.pk])).status_code == 200
    assert browser.get(reverse("orders:order", args=[foreign.pk])).status_code == 404
    listed = browser.get(reverse("orders:orders"), {"tab": "all"}).content.decode()
    assert foreign.number not in listed
    assert browser.get(reverse("merchants:merchant", args=[theirs.pk])).status_code == 404
    assert "Red Cup Ltd" not in browser.get(reverse("merchants:merchants")).content.decode()


def test_a_request_of_nobody_sees_nothing(ours: Merchant) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(" ".join(seen()))

    answer = RowSecurityMiddleware(view)(RequestFactory().get("/"))

    assert isinstance(answer, HttpResponse)
    assert answer.content == b""


def test_no_plan_begins_with_the_policy(ours: Merchant) -> None:
    """While a table has no statistics, any index looks like the best."""
    warehouse = factories.WarehouseFactory(organization=ours.organization)
    asked = Release.objects.filter(warehouse=warehouse, order__status__in=[OrderStatus.NEW])
    with tenant.behind_wall(), connection.cursor() as cursor:
        tenant.work_for(ours.organization_id)
        cursor.execute("SET LOCAL enable_seqscan = off")
        statement, values = asked.query.sql_with_params()
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = [line for (line,) in cursor.fetchall()]
    assert any("CASE WHEN" in line for line in plan), plan
    assert not [line for line in plan if "Index Cond" in line and "organization_id" in line], plan


def test_searches_read_their_index_behind_the_wall(ours: Merchant) -> None:
    assert roles.searches_are_quick()
    cart = factories.CartFactory(merchant=ours)
    Order.objects.bulk_create(
        factories.OrderFactory.build(cart=cart, status=OrderStatus.CONFIRMED)  # type: ignore[attr-defined]
        for _ in range(400)
    )
    access = Access(0, ours.organization, Role.ADMIN)
    orders = Order.objects.visible_to(access).filter(number__begins="114-")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")
    with tenant.behind_wall(), connection.cursor() as cursor:
        tenant.work_for(ours.organization_id)
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is small: it would not care
        statement, values = orders.query.sql_with_params()
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = [line for (line,) in cursor.fetchall()]
    assert any("Index Cond" in line and "~>=~" in line for line in plan), plan
