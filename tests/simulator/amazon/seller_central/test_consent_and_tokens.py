"""Seller Central's pages and Login with Amazon."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from simulator.amazon import Application, Simulator
from tests.simulator.amazon.seats import BLUE_MUG, CLIENT, CONSENT, NORDLICHT, Clock, Seat, client_of

EUROPE = "/sellercentral/sellercentral-europe.amazon.com/apps/authorize/consent"
TOKEN = "/auth/o2/token"


def confirmed(client: httpx.Client, path: str = EUROPE, seller_id: str = NORDLICHT, **more: str) -> httpx.Response:
    return client.post(path, data={**CONSENT, "seller_id": seller_id, "agree": "on", "action": "confirm", **more})


def where(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


def exchange(client: httpx.Client, code: str, **more: str) -> httpx.Response:
    return client.post(TOKEN, data={"grant_type": "authorization_code", "code": code, **CLIENT, **more})


def test_the_page_of_a_region_offers_the_sellers_of_that_region(sim: Simulator) -> None:
    page = client_of(sim).get(EUROPE, params=CONSENT).text
    assert "Simulated Seller Central" in page
    assert "sellercentral-europe.amazon.com" in page
    assert NORDLICHT in page
    assert BLUE_MUG not in page
    assert BLUE_MUG in client_of(sim).get("/apps/authorize/consent", params=CONSENT).text


def test_consent_leads_back_with_a_code_that_becomes_tokens(sim: Simulator) -> None:
    client = client_of(sim)
    back, given = where(confirmed(client))
    assert back == "http://testserver/back"
    assert (given["state"], given["selling_partner_id"]) == ("s-1", NORDLICHT)

    tokens = exchange(client, given["spapi_oauth_code"], redirect_uri="http://testserver/back").json()

    assert tokens["refresh_token"].startswith("Atzr|")
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    headers = {"x-amz-access-token": tokens["access_token"]}
    assert client.get("/eu/sellers/v1/marketplaceParticipations", headers=headers).status_code == 200
    assert client.get("/na/sellers/v1/marketplaceParticipations", headers=headers).status_code == 403


def test_a_code_is_good_once_and_for_five_minutes(sim: Simulator, clock: Clock) -> None:
    client = client_of(sim)
    _, given = where(confirmed(client))
    assert exchange(client, given["spapi_oauth_code"]).status_code == 200
    again = exchange(client, given["spapi_oauth_code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    _, given = where(confirmed(client))
    assert exchange(client, given["spapi_oauth_code"], redirect_uri="http://testserver/else").status_code == 400
    clock.forward(minutes=5)
    assert exchange(client, given["spapi_oauth_code"]).json()["error"] == "invalid_grant"


def test_a_wrong_secret_is_an_invalid_client(sim: Simulator) -> None:
    answer = exchange(client_of(sim), "any", client_secret="wrong")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_revoked_grant_ends_refresh_and_access(sim: Simulator, blue_mug: Seat) -> None:
    refresh_token = sim.grant(BLUE_MUG)
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **CLIENT}
    assert blue_mug.client.post(TOKEN, data=form).status_code == 200
    sim.revoke(BLUE_MUG)
    refused = blue_mug.client.post(TOKEN, data=form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    answer = blue_mug.get("/sellers/v1/marketplaceParticipations")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "Unauthorized")


def test_an_access_token_lives_an_hour(blue_mug: Seat, clock: Clock) -> None:
    clock.forward(minutes=59)
    assert blue_mug.get("/sellers/v1/marketplaceParticipations").status_code == 200
    clock.forward(minutes=1)
    assert blue_mug.get("/sellers/v1/marketplaceParticipations").status_code == 403


def test_the_box_must_be_ticked(sim: Simulator) -> None:
    answer = confirmed(client_of(sim), agree="")
    assert answer.status_code == 400
    assert "Tick the box" in answer.text
    assert 'value="s-1"' in answer.text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"application_id": "amzn1.sellerapps.app.other"}, "MD1000"),
        ({"redirect_uri": "https://elsewhere.example/back"}, "MD5101"),
    ],
)
def test_what_is_not_registered_is_an_error_page(sim: Simulator, change: dict[str, str], code: str) -> None:
    answer = client_of(sim).get(EUROPE, params={**CONSENT, **change})
    assert answer.status_code == 400
    assert code in answer.text


def test_cancel_ends_on_a_page_of_amazons(sim: Simulator) -> None:
    answer = confirmed(client_of(sim), action="cancel")
    assert answer.status_code == 200
    assert "did not authorize" in answer.text
    assert '<a href="http://testserver/">Back to the application</a>' in answer.text


def test_a_way_back_is_never_a_script(sim: Simulator) -> None:
    answer = confirmed(client_of(sim), action="cancel", redirect_uri="javascript://testserver/%0aalert(1)")
    assert "did not authorize" in answer.text
    assert "Back to the application" not in answer.text


def test_a_draft_application_needs_version_beta() -> None:
    client = client_of(Simulator(application=Application(draft=True)))
    assert "MD1000" in client.get(EUROPE, params=CONSENT).text
    assert client.get(EUROPE, params={**CONSENT, "version": "beta"}).status_code == 200


def test_consent_can_go_by_the_log_in_page(clock: Clock) -> None:
    application = Application(login_uri="http://testserver/log-in", login_hop=True)
    client = client_of(Simulator(clock=clock, application=application))
    to, asked = where(confirmed(client))
    assert to == "http://testserver/log-in"
    assert asked["selling_partner_id"] == NORDLICHT

    answer = {"amazon_state": asked["amazon_state"], "state": "s-2", "redirect_uri": "http://testserver/back"}
    to, given = where(client.get(asked["amazon_callback_uri"], params=answer))
    assert (to, given["state"]) == ("http://testserver/back", "s-2")
    assert exchange(client, given["spapi_oauth_code"]).status_code == 200
    assert client.get(asked["amazon_callback_uri"], params=answer).status_code == 400


def test_a_seller_can_begin_at_amazon(sim: Simulator) -> None:
    client = client_of(sim)
    start = "/sellercentral/sellercentral.amazon.com/apps/authorize/start"
    assert BLUE_MUG in client.get(start, params={"login_uri": "http://testserver/log-in"}).text
    begun = client.get(start, params={"login_uri": "http://testserver/log-in", "selling_partner_id": BLUE_MUG})
    to, asked = where(begun)
    assert to == "http://testserver/log-in"
    answer = {"amazon_state": asked["amazon_state"], "state": "s-3", "redirect_uri": "http://testserver/back"}
    assert where(client.get(asked["amazon_callback_uri"], params=answer))[1]["selling_partner_id"] == BLUE_MUG
