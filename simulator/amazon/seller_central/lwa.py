"""Login with Amazon: codes and refresh tokens become access tokens."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.amazon.http.wire import Answer, Call, json_answer, stamp
from simulator.amazon.world.state import AccessToken, Code, Grant, World

CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Application:
    """The product, as registered at Amazon."""

    id: str = "amzn1.sellerapps.app.simulated"
    client_id: str = "amzn1.application-oa2-client.simulated"
    client_secret: str = "simulated-secret"
    redirect_uris: tuple[str, ...] = ()  # empty: whatever is on this machine
    login_uri: str = ""
    login_hop: bool = False  # after Confirm, go by the product's log-in page, as Amazon's pages do today
    draft: bool = False  # a draft application needs version=beta


def token(world: World, application: Application, call: Call) -> Answer:
    """POST /auth/o2/token"""
    form = call.form()
    if form.get("client_id") != application.client_id or not hmac.compare_digest(
        form.get("client_secret", "").encode(), application.client_secret.encode()
    ):
        return _refusal("invalid_client", "Client authentication failed", 401)
    match form.get("grant_type", ""):
        case "authorization_code":
            return _exchange(world, form, call.now)
        case "refresh_token":
            return _refresh(world, form.get("refresh_token", ""), call.now)
        case "client_credentials":
            if not form.get("scope"):
                return _refusal("invalid_scope", "The request has an invalid parameter : scope")
            return json_answer(_access(world, "", "", call.now))
        case _:
            return _refusal("unsupported_grant_type", "The authorization grant type is not supported")


def new_code(world: World, seller_id: str, redirect_uri: str, now: datetime) -> str:
    """A code for the product to exchange."""
    code = "AN" + world.secret("code")[:18]
    world.codes[code] = Code(seller_id, redirect_uri, (now + CODE_LIFE).timestamp())
    return code


def new_grant(world: World, seller_id: str, now: datetime) -> Grant:
    """A seller's consent. Grants given before stay good, as at Amazon."""
    grant = Grant("Atzr|" + world.secret("refresh"), seller_id)
    world.grants[grant.refresh_token] = grant
    world.journal.effect("grant", stamp(now), seller_id=seller_id)
    return grant


def revoke(world: World, seller_id: str, now: datetime) -> int:
    """The seller takes all consents back; access tokens die with them."""
    grants = [grant for grant in world.grants.values() if grant.seller_id == seller_id and not grant.revoked]
    for grant in grants:
        grant.revoked = True
    world.changes += 1
    world.journal.effect("revocation", stamp(now), seller_id=seller_id, grants=len(grants))
    return len(grants)


def seller_of(world: World, access_token: str, now: datetime) -> str | None:
    """Who speaks with this access token; None when it is not good."""
    access = world.access.get(access_token)
    if access is None or access.expires <= now.timestamp():
        return None
    if access.refresh_token and world.grants[access.refresh_token].revoked:
        return None
    return access.seller_id


def _exchange(world: World, form: dict[str, str], now: datetime) -> Answer:
    code = world.codes.get(form.get("code", ""))
    told = form.get("redirect_uri", "")
    if code is None or code.used or code.expires <= now.timestamp() or (told and told != code.redirect_uri):
        return _refusal("invalid_grant", "The request has an invalid grant parameter : code")
    code.used = True
    grant = new_grant(world, code.seller_id, now)
    answer = _access(world, grant.refresh_token, grant.seller_id, now)
    return json_answer({**answer, "refresh_token": grant.refresh_token})


def _refresh(world: World, refresh_token: str, now: datetime) -> Answer:
    grant = world.grants.get(refresh_token)
    if grant is None or grant.revoked:
        return _refusal(
            "invalid_grant",
            "The request has an invalid grant parameter : refresh_token. "
            "User may have revoked or didn't grant the permission.",
        )
    answer = _access(world, refresh_token, grant.seller_id, now)
    return json_answer({**answer, "refresh_token": refresh_token})


def _access(world: World, refresh_token: str, seller_id: str, now: datetime) -> dict[str, str | int]:
    for token in [token for token, access in world.access.items() if access.expires <= now.timestamp()]:
        del world.access[token]
    text = "Atza|" + world.secret("access")
    world.access[text] = AccessToken(refresh_token, seller_id, (now + ACCESS_LIFE).timestamp())
    return {"access_token": text, "token_type": "bearer", "expires_in": int(ACCESS_LIFE.total_seconds())}


def _refusal(error: str, description: str, status: int = 400) -> Answer:
    return json_answer({"error": error, "error_description": description}, status)
