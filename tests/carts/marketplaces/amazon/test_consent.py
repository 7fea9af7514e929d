from datetime import date
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from carts.marketplaces.amazon.application import AmazonApplication
from core.common.remote import Disconnected, Rejected, RemoteError, Throttled, Unaccepted, Unavailable
from tests.carts.marketplaces.amazon import papers

HERE = "https://portal.example/carts/amazon/callback"
CALLBACK = "https://sellercentral.amazon.com/apps/authorize/confirm/amzn1.sellerapps.app.invented"


def make(answer: httpx.Response | Exception | None = None, **settings: object) -> AmazonApplication:
    seen: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer or httpx.Response(404)

    made = AmazonApplication(
        app_id="amzn1.sellerapps.app.invented",
        client_id="client",
        client_secret="s3cret-invented",
        transport=httpx.MockTransport(reply),
        **settings,  # type: ignore[arg-type]
    )
    made.seen = seen  # type: ignore[attr-defined]
    return made


def hop(application: AmazonApplication, callback: str = CALLBACK) -> str:
    return application.login_hop_url(callback_uri=callback, vendor_state="theirs", state="ours", redirect_uri=HERE)


def test_consent_is_asked_for_at_the_marketplaces_own_seller_central() -> None:
    url = urlsplit(make().consent_url(papers.BRITAIN, state="a b&c", redirect_uri=HERE))

    assert url.netloc == "sellercentral-europe.amazon.com"
    assert url.path == "/apps/authorize/consent"
    assert parse_qs(url.query) == {
        "application_id": ["amzn1.sellerapps.app.invented"],
        "state": ["a b&c"],
        "redirect_uri": [HERE],
    }


def test_a_draft_says_that_it_is_one() -> None:
    application = make(draft=True)

    assert "version=beta" in application.consent_url(papers.STATES, state="s", redirect_uri=HERE)
    assert "version=beta" in hop(application)
    assert "version" not in make().consent_url(papers.STATES, state="s", redirect_uri=HERE)


def test_a_simulator_plays_every_seller_central_under_its_own_address() -> None:
    application = make(seller_central_url="http://127.0.0.1:9900/")

    url = application.consent_url(papers.STATES, state="s", redirect_uri=HERE)

    assert url.startswith("http://127.0.0.1:9900/sellercentral/sellercentral.amazon.com/apps/authorize/consent?")


def test_the_log_in_hop_goes_back_to_amazon_with_both_states() -> None:
    url = urlsplit(hop(make(), CALLBACK + "?kept=1&state=planted#part"))

    assert f"{url.scheme}://{url.netloc}{url.path}" == CALLBACK
    assert url.fragment == ""
    assert parse_qsl(url.query) == [
        ("kept", "1"),
        ("redirect_uri", HERE),
        ("amazon_state", "theirs"),
        ("state", "ours"),
    ]


@pytest.mark.parametrize(
    "callback",
    [
        "http://sellercentral.amazon.com/apps",
        "https://sellercentral.amazon.com.evil.example/apps",
        "https://evil.example/sellercentral.amazon.com",
        "https://sellercentral.amazon.com@evil.example/",
        "https://evil.example\\@sellercentral.amazon.com/",
        "https://user@sellercentral.amazon.com/",
        "https://sellercentral.amazon.com:8443/",
        "https://sellercentral.amazon.com:port/",
        "//sellercentral.amazon.com/apps",
        "javascript:alert(1)//sellercentral.amazon.com",
        "https:// sellercentral.amazon.com/",
        "https://sellercentral.amazon.com/\r\nSet-Cookie: a=b",
        "https://sellercentral.amazon.com./",
        "https://[sellercentral.amazon.com/",
        "http://127.0.0.1:9900/apps",
        "",
    ],
)
def test_a_strangers_address_is_never_gone_to(callback: str) -> None:
    with pytest.raises(Rejected, match="not Amazon's"):
        hop(make(), callback)


def test_the_simulators_address_is_gone_to_only_where_it_is_set() -> None:
    application = make(seller_central_url="http://127.0.0.1:9900")

    assert hop(application, "http://127.0.0.1:9900/apps").startswith("http://127.0.0.1:9900/apps?")
    for other in ("http://127.0.0.1:9901/apps", "https://127.0.0.1:9900/apps", "http://127.0.0.1/apps"):
        with pytest.raises(Rejected):
            hop(application, other)


def test_a_code_becomes_tokens() -> None:
    body = {"access_token": "Atza|a", "refresh_token": "Atzr|r", "expires_in": 3600, "token_type": "bearer"}
    application = make(httpx.Response(200, json=body))

    tokens = application.exchange("c0de", redirect_uri=HERE)

    assert (tokens.access_token, tokens.refresh_token, tokens.expires_in) == ("Atza|a", "Atzr|r", 3600)
    assert "Atz" not in repr(tokens)
    request = application.seen[0]  # type: ignore[attr-defined]
    assert str(request.url) == "https://api.amazon.com/auth/o2/token"
    assert dict(parse_qsl(request.content.decode())) == {
        "grant_type": "authorization_code",
        "code": "c0de",
        "redirect_uri": HERE,
        "client_id": "client",
        "client_secret": "s3cret-invented",
    }


def test_a_refresh_that_brings_no_new_refresh_token_says_so_with_an_empty_one() -> None:
    application = make(httpx.Response(200, json={"access_token": "Atza|a", "expires_in": 3600}))

    assert application.refresh("Atzr|r").refresh_token == ""


def test_only_a_refused_refresh_token_means_disconnected() -> None:
    ended = httpx.Response(400, json={"error": "invalid_grant", "error_description": "User may have revoked"})

    with pytest.raises(Disconnected):
        make(ended).refresh("Atzr|r")
    with pytest.raises(Rejected, match="five minutes") as refused:
        make(ended).exchange("c0de", redirect_uri=HERE)
    assert refused.value.code == "invalid_grant"


def test_a_wrong_secret_names_the_setting() -> None:
    application = make(httpx.Response(401, json={"error": "invalid_client"}))

    with pytest.raises(Unaccepted, match="AMAZON_LWA_CLIENT_SECRET") as waits:
        application.refresh("Atzr|r")
    with pytest.raises(Rejected, match="AMAZON_LWA_CLIENT_SECRET") as refused:
        application.exchange("c0de", redirect_uri=HERE)
    assert waits.value.retry_in
    assert refused.value.code == "invalid_client"


def test_a_secret_ends_half_a_year_after_it_was_made() -> None:
    made = AmazonApplication(app_id="a", client_id="c", client_secret="s", secret_rotated_on=date(2026, 6, 1))

    assert made.secret_ends_on == date(2026, 11, 28)
    assert AmazonApplication(app_id="a", client_id="c", client_secret="s").secret_ends_on is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(503, text="<html>busy</html>"), Unavailable),
        (httpx.Response(400, text="<html>bad</html>"), Unavailable),
        (httpx.Response(500, json={"error": "invalid_grant"}), Unavailable),
        (httpx.Response(429, json={"error": "slow_down"}), Throttled),
        (httpx.Response(200, text="{"), Unavailable),
        (httpx.Response(200, json=[]), Unavailable),
        (httpx.Response(200, json={"access_token": "", "expires_in": 3600}), Unavailable),
        (httpx.Response(200, json={"access_token": "Atza|a", "expires_in": "soon"}), Unavailable),
        (httpx.Response(302, headers={"location": "https://evil.example"}), Unavailable),
        (httpx.Response(400, json={"error": "invalid_scope", "error_description": "no"}), Rejected),
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ReadTimeout("slow"), Unavailable),
    ],
)
def test_no_other_answer_disconnects_anybody(answer: httpx.Response | Exception, error: type[RemoteError]) -> None:
    with pytest.raises(error) as raised:
        make(answer).refresh("Atzr|r")

    assert "Atzr" not in str(raised.value)
    assert "s3cret" not in str(raised.value)
