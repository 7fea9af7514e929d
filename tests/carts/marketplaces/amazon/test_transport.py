import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import httpx
import pytest

from core.common.remote import Disconnected, Rejected, RemoteError, Throttled, Unavailable
from tests.carts.marketplaces.amazon import papers
from tests.carts.marketplaces.amazon.amazons import FakeAmazon, Reply, ok

SINCE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
PAGE = "/orders/2026-01-01/orders"
CONFIRMED = "/shipmentConfirmation"
PACKAGE = {"packageReferenceId": "1"}


def search(amazon: FakeAmazon) -> object:
    return amazon.connect()._client.search_orders(since=SINCE, place_ids=[papers.GERMANY])


def confirm(amazon: FakeAmazon) -> None:
    amazon.connect()._client.confirm_shipment(papers.NUMBER, place_id=papers.GERMANY, package=PACKAGE)


def test_a_well_formed_answer_is_handed_on_as_it_is(amazon: FakeAmazon) -> None:
    amazon.on(PAGE, ok({"orders": [], "new": {"field": 1}}))

    assert search(amazon) == {"orders": [], "new": {"field": 1}}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (httpx.Response(503, html="<html>Service Unavailable</html>"), Unavailable),
        (httpx.Response(500, json={}), Unavailable),
        (httpx.Response(502), Unavailable),
        (httpx.Response(500, json=papers.refusal("InternalFailure", "We had a problem")), Unavailable),
        (httpx.Response(200, html="<html>Sign in</html>"), Unavailable),
        (httpx.Response(200, text='{"orders": [{"orderId": "1'), Unavailable),
        (httpx.Response(200, text='{"orders": NaN}'), Unavailable),
        (httpx.Response(200, text="[" * 100_000), Unavailable),
        (httpx.Response(200, json=[]), Unavailable),
        (httpx.Response(200, json=papers.refusal("InvalidInput", "No")), Unavailable),
        (httpx.Response(200, content=b"\xff\xfe"), Unavailable),
        (httpx.Response(204), Unavailable),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), Unavailable),
        (httpx.Response(404, html="<html>Not here</html>"), Unavailable),
        (httpx.Response(408, json={}), Unavailable),
        (httpx.Response(400, json=papers.refusal("QuotaExceeded", "Slow down")), Throttled),
        (httpx.Response(429, json=papers.refusal("QuotaExceeded", "Slow down")), Throttled),
        (httpx.Response(429), Throttled),
        (httpx.Response(400, json={}), Rejected),
        (httpx.Response(400, json=papers.refusal("InvalidInput", "Too young")), Rejected),
        (httpx.Response(404, json=papers.refusal("NotFound", "No such order")), Rejected),
        (httpx.Response(409, json=papers.refusal("Conflict", "Twice")), Rejected),
        (httpx.Response(413, json=papers.refusal("TooLarge", "Large")), Rejected),
        (httpx.Response(415, json=papers.refusal("UnsupportedMediaType", "What")), Rejected),
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ConnectTimeout("slow"), Unavailable),
        (httpx.ReadTimeout("slow"), Unavailable),
        (httpx.RemoteProtocolError("peer closed connection without sending complete message body"), Unavailable),
        (httpx.DecodingError("bad gzip"), Unavailable),
    ],
)
def test_whatever_is_not_an_answer_is_one_of_our_errors(
    amazon: FakeAmazon, reply: Reply, error: type[RemoteError]
) -> None:
    amazon.on(PAGE, reply)

    with pytest.raises(error) as raised:
        search(amazon)

    assert type(raised.value) is error
    assert "Atza" not in str(raised.value)


def test_a_refusal_carries_amazons_code_and_words(amazon: FakeAmazon) -> None:
    amazon.on(PAGE, httpx.Response(400, json=papers.refusal("InvalidInput", "lastUpdatedBefore is too young")))

    with pytest.raises(Rejected, match="too young") as refused:
        search(amazon)

    assert refused.value.code == "InvalidInput"


def test_a_refusal_leaves_persons_and_tokens_out(amazon: FakeAmazon) -> None:
    said = (
        "Buyer erika@example.com, 'name': 'Erika Beispiel', phone +49 221 5550199 refused with Atza|abc "
        f"for order {papers.NUMBER}, see https://s3.example/doc?X-Amz-Signature=abc"
    )
    amazon.on(PAGE, httpx.Response(400, json=papers.refusal("InvalidInput", said)))

    with pytest.raises(Rejected) as refused:
        search(amazon)

    for secret in ("erika@", "Erika", "5550199", "Atza|", "Signature"):
        assert secret not in str(refused.value)
    assert papers.NUMBER in str(refused.value)


def test_a_confirmation_succeeds_on_204_and_on_nothing_else(amazon: FakeAmazon) -> None:
    amazon.on(CONFIRMED, httpx.Response(204))
    confirm(amazon)

    for almost in (ok({}), ok({"payload": {}}), httpx.Response(200), httpx.Response(202)):
        amazon.on(CONFIRMED, almost)
        with pytest.raises(Unavailable):
            confirm(amazon)


def test_too_many_requests_empties_the_bucket(amazon: FakeAmazon) -> None:
    amazon.on(PAGE, httpx.Response(429))

    with pytest.raises(Throttled) as throttled:
        search(amazon)

    assert amazon.ledger.drained == ["searchOrders"]
    assert throttled.value.retry_in is None


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("12", timedelta(seconds=12)),
        ("0", timedelta(0)),
        ("99999999999999999999", timedelta(hours=1)),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC)), timedelta(0)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_amazon_may_say_how_long_to_wait(amazon: FakeAmazon, said: str, wait: timedelta | None) -> None:
    amazon.on(PAGE, httpx.Response(503, headers={"Retry-After": said}))

    with pytest.raises(Unavailable) as away:
        search(amazon)

    assert away.value.retry_in == wait


def test_the_rate_amazon_tells_is_learned(amazon: FakeAmazon) -> None:
    amazon.on(PAGE, ok({"orders": []}, **{"x-amzn-RateLimit-Limit": "0.0167"}))
    search(amazon)
    assert amazon.ledger.learned == [("searchOrders", 0.0167)]

    for nonsense in ("", "fast", "nan", "inf", "-1", "0"):
        amazon.on(PAGE, ok({"orders": []}, **{"x-amzn-RateLimit-Limit": nonsense}))
        search(amazon)
    assert len(amazon.ledger.learned) == 1


@pytest.mark.parametrize(("seconds", "known"), [(0.2, True), (12.0, False)])
def test_an_answer_that_was_long_on_its_way_says_nothing_about_the_time(
    amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch, seconds: float, known: bool
) -> None:
    passed = iter([0.0, seconds])
    monkeypatch.setattr("carts.marketplaces.amazon.transport.time", SimpleNamespace(monotonic=lambda: next(passed)))
    amazon.on(PAGE, ok({"orders": []}))
    connected = amazon.connect()

    connected._client.search_orders(since=SINCE, place_ids=[papers.GERMANY])

    assert (connected.clock_skew is not None) is known


def test_a_refused_token_is_forgotten_and_the_request_sent_once_more(amazon: FakeAmazon) -> None:
    expired = papers.refusal("Unauthorized", "Access is denied.", "The access token you provided has expired.")
    amazon.on(PAGE, httpx.Response(403, json=expired), ok({"orders": []}))

    search(amazon)

    assert [request.headers["x-amz-access-token"] for request in amazon.seen] == [
        "Atza|invented-1",
        "Atza|invented-2",
    ]
    assert amazon.ledger.spent == ["searchOrders", "searchOrders"]


def test_a_403_that_stays_names_the_role_and_never_disconnects(amazon: FakeAmazon) -> None:
    amazon.on(PAGE, httpx.Response(403, json=papers.refusal("Unauthorized", "Access to requested resource is denied.")))

    with pytest.raises(Rejected, match="Inventory and Order Tracking") as refused:
        search(amazon)

    assert not isinstance(refused.value, Disconnected)
    assert refused.value.code == "Unauthorized"
    assert len(amazon.seen) == 2


def test_a_403_about_something_else_costs_no_new_token(amazon: FakeAmazon) -> None:
    missing = papers.refusal("Unauthorized", "Access is denied.", "The application lacks a role.")
    amazon.on(PAGE, httpx.Response(403, json=missing))

    with pytest.raises(Rejected):
        search(amazon)

    assert len(amazon.seen) == 1
    assert amazon.tokens.made == 1


def test_the_quota_is_asked_before_anything_is_sent(amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch) -> None:
    def empty(operation: str) -> None:
        raise Throttled("Wait.", retry_in=timedelta(seconds=3))

    monkeypatch.setattr(amazon.ledger, "spend", empty)

    with pytest.raises(Throttled):
        search(amazon)

    assert amazon.seen == []


def test_an_exchange_is_told_without_persons_and_without_tokens(amazon: FakeAmazon) -> None:
    amazon.on("/" + papers.NUMBER, ok({"order": papers.order()}, **{"x-amzn-RequestId": "req-1"}))

    amazon.connect().order(papers.NUMBER)

    (exchange,) = amazon.exchanges
    assert (exchange.operation, exchange.method, exchange.status) == ("getOrder", "GET", 200)
    assert exchange.path == f"/eu/orders/2026-01-01/orders/{papers.NUMBER}"
    assert exchange.request_id == "req-1"
    assert '"orderId": "114-5550001-5550002"' in exchange.answer
    assert '"quantityOrdered": 3' in exchange.answer
    told = repr(exchange)
    for secret in ("Erika", "Beispiel", "Straße", "50667", "5550199", "marketplace.amazon.de", "Atza", "Alles Gute"):
        assert secret not in told


def test_an_exchange_is_short_and_also_told_when_no_answer_came(amazon: FakeAmazon) -> None:
    amazon.on(PAGE, ok({"orders": [papers.order(str(number)) for number in range(100)]}), httpx.ReadTimeout("slow"))

    search(amazon)
    with pytest.raises(Unavailable):
        search(amazon)

    long, lost = amazon.exchanges
    assert len(long.answer) <= 4000
    assert (lost.status, lost.answer) == (None, "")
    assert "lastUpdatedAfter" in lost.request


def test_neither_httpx_nor_the_library_logs_addresses_or_tokens(
    amazon: FakeAmazon, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    amazon.on(PAGE, ok({"orders": []}))

    search(amazon)

    assert [record for record in caplog.records if record.name.startswith(("httpx", "httpcore", "sp_api"))] == []
