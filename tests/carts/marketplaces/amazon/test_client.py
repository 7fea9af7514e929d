"""What goes over the wire, request by request: the library adds things of its own when it is let."""

import gzip
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest

from carts.marketplaces.amazon import transport
from carts.marketplaces.amazon.client import Client
from carts.marketplaces.amazon.transport import user_agent
from core.common.remote import Unavailable
from tests.carts.marketplaces.amazon import papers
from tests.carts.marketplaces.amazon.amazons import FakeAmazon, ok

SINCE = datetime(2026, 11, 18, 9, 0, 0, 999_999, tzinfo=UTC)
UNTIL = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def client(amazon: FakeAmazon) -> Client:
    return amazon.connect()._client


def query(amazon: FakeAmazon, number: int = -1) -> dict[str, str]:
    return dict(parse_qsl(amazon.seen[number].url.query.decode()))


def test_a_search_asks_for_what_we_need_and_for_nothing_else(amazon: FakeAmazon) -> None:
    amazon.on("/orders", ok({"orders": []}))

    client(amazon).search_orders(since=SINCE, until=UNTIL, place_ids=[papers.GERMANY, papers.BRITAIN], token="a+/b=")

    assert query(amazon) == {
        "lastUpdatedAfter": "2026-11-18T09:00:00Z",
        "lastUpdatedBefore": "2026-11-18T10:00:00Z",
        "marketplaceIds": f"{papers.GERMANY},{papers.BRITAIN}",
        "fulfilledBy": "MERCHANT",
        "includedData": "BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,CANCELLATION,PACKAGES,TAX,PAYMENT",
        "maxResultsPerPage": "100",
        "paginationToken": "a+/b=",
    }


def test_every_request_carries_the_right_host_our_name_and_the_token(amazon: FakeAmazon) -> None:
    amazon.on("/orders", ok({"orders": []}))

    client(amazon).search_orders(since=SINCE)

    headers = amazon.seen[0].headers
    assert headers["host"] == "127.0.0.1:9900"
    said = r"IntegrationManager/[\d.]+ \(Language=Python/3\.\d+\.\d+; Platform=\w+; AppId=amzn1\.[\w.]+\.invented\)"
    assert re.fullmatch(said, headers["user-agent"])
    assert user_agent("amzn1.sp.solution.1").endswith("; AppId=amzn1.sp.solution.1)")
    assert user_agent("a) b; c\r\n").endswith("; AppId=none)")
    assert headers["x-amz-access-token"] == "Atza|invented-1"


def test_a_sku_is_one_step_of_the_path_whatever_it_holds(amazon: FakeAmazon) -> None:
    amazon.on("/A3INVENTED/AB%2FC%20%231%3Fx%C3%A9", ok({"sku": "AB/C #1?xé"}))

    client(amazon).get_listings_item("AB/C #1?xé", place_id=papers.GERMANY)

    assert query(amazon)["marketplaceIds"] == papers.GERMANY


def test_a_patch_sends_the_patch_and_no_more(amazon: FakeAmazon) -> None:
    amazon.on("/MUG", ok({"sku": "MUG", "status": "ACCEPTED", "submissionId": "s1"}))

    client(amazon).patch_listings_item(
        "MUG", place_id=papers.GERMANY, product_type="PRODUCT", patches=[{"op": "merge"}]
    )

    assert amazon.seen[0].method == "PATCH"
    assert amazon.sent() == {"productType": "PRODUCT", "patches": [{"op": "merge"}]}
    assert query(amazon) == {"marketplaceIds": papers.GERMANY, "includedData": "issues"}


def test_a_feed_goes_up_as_bytes_to_the_address_amazon_names_without_our_token(amazon: FakeAmazon) -> None:
    made = {"feedDocumentId": "doc-1", "url": "https://store.example/up?sig=abc"}
    amazon.on("/documents", httpx.Response(201, json=made))
    amazon.on("/up", httpx.Response(200))
    amazon.on("/feeds", httpx.Response(202, json={"feedId": "77"}))
    content, kind = '{"é": 1}'.encode(), "application/json; charset=UTF-8"

    document = client(amazon).create_feed_document(content, content_type=kind)
    feed = client(amazon).create_feed("JSON_LISTINGS_FEED", document_id=document, place_ids=[papers.GERMANY])

    assert feed == "77"
    asked, uploaded, created = amazon.seen
    assert json.loads(asked.content) == {"contentType": kind}
    assert (uploaded.method, uploaded.content, uploaded.headers["content-type"]) == ("PUT", content, kind)
    assert "x-amz-access-token" not in uploaded.headers
    assert json.loads(created.content) == {
        "feedType": "JSON_LISTINGS_FEED",
        "inputFeedDocumentId": "doc-1",
        "marketplaceIds": [papers.GERMANY],
    }
    assert amazon.ledger.spent == ["createFeedDocument", "createFeed"]
    assert "sig=" not in repr(amazon.exchanges)


def test_a_packed_document_comes_down_unpacked(amazon: FakeAmazon) -> None:
    described = {"reportDocumentId": "d", "url": "https://store.example/down?sig=1", "compressionAlgorithm": "GZIP"}
    amazon.on("/documents/d", ok(described))
    amazon.on("/down", httpx.Response(200, content=gzip.compress(b"hello")))

    assert client(amazon).get_report_document("d") == b"hello"
    assert client(amazon).get_feed_document("d") == b"hello"


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>"),
        httpx.Response(200, content=gzip.compress(b"hello" * 1000)[:-9]),
        httpx.Response(200, text="not packed at all"),
    ],
)
def test_a_document_that_does_not_come_whole_is_no_document(amazon: FakeAmazon, reply: httpx.Response) -> None:
    described = {"feedDocumentId": "d", "url": "https://store.example/down", "compressionAlgorithm": "GZIP"}
    amazon.on("/documents/d", ok(described))
    amazon.on("/down", reply)

    with pytest.raises(Unavailable):
        client(amazon).get_feed_document("d")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://store.example/x", "", 5])
def test_a_document_is_fetched_over_http_only(amazon: FakeAmazon, url: object) -> None:
    amazon.on("/documents/d", ok({"feedDocumentId": "d", "url": url}))

    with pytest.raises(Unavailable):
        client(amazon).get_feed_document("d")
    assert len(amazon.seen) == 1


def test_a_report_is_asked_for_and_looked_at(amazon: FakeAmazon) -> None:
    amazon.on("/reports", httpx.Response(202, json={"reportId": "5"}))
    amazon.on("/reports/5", ok({"reportId": "5", "processingStatus": "DONE"}))
    amazon.on("/feeds/6", ok({"feedId": "6", "processingStatus": "DONE"}))

    report = client(amazon).create_report("GET_MERCHANT_LISTINGS_ALL_DATA", place_ids=[papers.GERMANY], since=SINCE)

    assert amazon.sent() == {
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "marketplaceIds": [papers.GERMANY],
        "dataStartTime": "2026-11-18T09:00:00Z",
    }
    assert client(amazon).get_report(report)["processingStatus"] == "DONE"
    assert query(amazon) == {}
    assert client(amazon).get_feed("6")["feedId"] == "6"
    assert query(amazon) == {}


def test_the_environment_cannot_choose_another_region(amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SP_API_DEFAULT_MARKETPLACE", "US")

    with pytest.raises(RuntimeError, match="SP_API_DEFAULT_MARKETPLACE"):
        client(amazon).search_orders(since=SINCE)
    assert amazon.seen == []


def test_the_environments_credentials_and_proxies_are_never_looked_at(
    amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LWA_APP_ID", "LWA_CLIENT_SECRET", "SP_API_REFRESH_TOKEN"):
        monkeypatch.setenv(name, "somebody else's")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    amazon.on("/orders", ok({"orders": []}))

    client(amazon).search_orders(since=SINCE)

    assert "somebody" not in str(amazon.seen[0].headers)
    assert transport.make_http()._client.trust_env is False


def test_one_set_of_connections_serves_the_whole_process() -> None:
    assert transport.make_http() is transport.make_http()


def test_a_document_that_is_a_bomb_is_not_unpacked(amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carts.marketplaces.amazon.client.DOCUMENT_MOST", 1024 * 1024)
    url = "http://127.0.0.1:9900/down"
    amazon.on("/documents/d", ok({"reportDocumentId": "d", "url": url, "compressionAlgorithm": "GZIP"}))
    amazon.on("/down", httpx.Response(200, content=gzip.compress(b"\0" * 32 * 1024 * 1024)))

    with pytest.raises(Unavailable, match="larger than 1 MB"):
        client(amazon).get_report_document("d")
