"""Seller Central's consent pages: where a seller authorizes the product.

Both of Amazon's ways are here: straight back to the product, and through its login page first.
"""

from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlsplit

from simulator.amazon.http import html
from simulator.amazon.http.wire import Answer, Call, html_answer, redirect
from simulator.amazon.seller_central.lwa import Application, new_code
from simulator.amazon.world.state import Hop, Seller, World
from simulator.amazon.world.stores import REGIONS, region_of_host

_HERE = {"localhost", "127.0.0.1", "::1", "testserver"}
_HOP_LIFE = timedelta(minutes=30)


def consent(world: World, application: Application, call: Call, host: str = "") -> Answer:
    """GET and POST …/apps/authorize/consent"""
    region = region_of_host(host) if host else ""
    if host and not region:
        return html_answer(html.error("404", f"There is no Seller Central at {host}."), 404)
    asked = call.form() if call.method == "POST" else {name: values[0] for name, values in call.query.items()}
    wrong = _wrong(application, asked)
    if wrong:
        return html_answer(wrong, 400)
    if call.method != "POST":
        return html_answer(_form(world, application, call.path, host, region, asked))
    if asked.get("action") == "cancel":
        home = _home(asked.get("redirect_uri") or _first(application))
        return html_answer(html.error("MD9010", "You did not authorize the application.", home))
    seller = world.sellers.get(asked.get("seller_id", ""))
    if seller is None or (region and seller.region != region):
        return html_answer(_form(world, application, call.path, host, region, asked, "Choose a seller account."), 400)
    if asked.get("agree") != "on":
        message = "Tick the box to confirm that you authorize the application."
        return html_answer(_form(world, application, call.path, host, region, asked, message), 400)
    return _confirmed(world, application, call, asked, seller)


def start(world: World, application: Application, call: Call) -> Answer:
    """GET …/apps/authorize/start: "Re-authorize" in Manage Your Apps starts at the product's login page."""
    login_uri = call.one("login_uri") or application.login_uri
    seller = world.sellers.get(call.one("selling_partner_id"))
    if not login_uri or not _known(application, login_uri):
        return html_answer(html.error("MD5101", "The login URI is not registered for this application."), 400)
    if seller is None:
        choices = html.options((account.id, f"{account.name} ({account.region})") for account in world.sellers.values())
        fields = html.hidden({"login_uri": login_uri, "version": call.one("version")})
        return html_answer(
            html.page(
                "Manage Your Apps",
                f'<form method="get" action="{escape(call.path)}">{fields}<p><label>Seller account '
                f'<select name="selling_partner_id">{choices}</select></label></p>'
                "<p><button>Re-authorize</button></p></form>",
            )
        )
    return _to_log_in(world, application, call, seller, login_uri, "", "")


def confirm(world: World, application: Application, call: Call) -> Answer:
    """GET …/apps/authorize/confirm/{application}: the product's login page sends the seller back here."""
    hop = world.hops.pop(call.one("amazon_state"), None)
    if hop is None or hop.expires <= call.now.timestamp():
        return html_answer(html.error("MD9100", "This authorization has expired. Start again."), 400)
    redirect_uri = call.one("redirect_uri") or hop.redirect_uri or _first(application)
    if not _known(application, redirect_uri):
        return html_answer(html.error("MD5101", "The redirect URI is not registered for this application."), 400)
    return _back(world, hop.seller_id, redirect_uri, call.one("state") or hop.state, call.now)


def _wrong(application: Application, asked: dict[str, str]) -> str:
    if asked.get("application_id") != application.id:
        return html.error("MD1000", "Application not found, or it is a draft and the request lacks version=beta.")
    if application.draft and asked.get("version") != "beta":
        return html.error("MD1000", "The application is a draft, and the request lacks version=beta.")
    if not _known(application, asked.get("redirect_uri") or _first(application)):
        return html.error("MD5101", "The redirect URI is not registered for this application.")
    return ""


def _first(application: Application) -> str:
    return application.redirect_uris[0] if application.redirect_uris else ""


def _home(uri: str) -> str:
    """The application's front page, where a seller who said no goes next."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}/" if parts.scheme in {"http", "https"} else ""


def _known(application: Application, uri: str) -> bool:
    if application.redirect_uris:
        return uri in {*application.redirect_uris, application.login_uri}
    return bool(uri) and (urlsplit(uri).hostname in _HERE or uri == application.login_uri)


def _form(
    world: World, application: Application, path: str, host: str, region: str, asked: dict[str, str], message: str = ""
) -> str:
    groups = "".join(
        f'<optgroup label="{name}">'
        + html.options(
            ((seller.id, f"{seller.name} — {seller.id}") for seller in world.sellers.values() if seller.region == name),
            asked.get("seller_id", ""),
        )
        + "</optgroup>"
        for name in REGIONS
        if not region or name == region
    )
    kept = {name: asked.get(name, "") for name in ("application_id", "state", "redirect_uri", "version")}
    said = f'<p class="message" role="alert">{escape(message)}</p>' if message else ""
    return html.page(
        "Authorize an application",
        f"{said}<p>You are at <strong>{escape(host or 'sellercentral')}</strong>. The application "
        f"<strong>{escape(application.id)}</strong> asks to read your orders, confirm shipments and set quantities.</p>"
        f'<form method="post" action="{escape(path)}">{html.hidden(kept)}'
        f'<p><label for="seller">Seller account</label><select id="seller" name="seller_id">{groups}</select></p>'
        '<p><label><input type="checkbox" name="agree" value="on"> I authorize this application.'
        "</label></p>"
        '<p><button name="action" value="confirm">Confirm</button> '
        '<button name="action" value="cancel">Cancel</button></p></form>',
    )


def _confirmed(world: World, application: Application, call: Call, asked: dict[str, str], seller: Seller) -> Answer:
    redirect_uri = asked.get("redirect_uri") or _first(application)
    if application.login_hop and application.login_uri:
        return _to_log_in(world, application, call, seller, application.login_uri, redirect_uri, asked.get("state", ""))
    return _back(world, seller.id, redirect_uri, asked.get("state", ""), call.now)


def _to_log_in(
    world: World, application: Application, call: Call, seller: Seller, login_uri: str, redirect_uri: str, state: str
) -> Answer:
    amazon_state = world.secret("hop")[:24]
    world.hops[amazon_state] = Hop(seller.id, redirect_uri, state, (call.now + _HOP_LIFE).timestamp())
    before = call.path.rpartition("/apps/authorize/")[0]
    callback = f"{call.base_url}{before}/apps/authorize/confirm/{application.id}"
    version = {"version": "beta"} if application.draft else {}
    parameters = {"amazon_callback_uri": callback, "amazon_state": amazon_state, "selling_partner_id": seller.id}
    return redirect(login_uri, {**parameters, **version})


def _back(world: World, seller_id: str, redirect_uri: str, state: str, now: datetime) -> Answer:
    code = new_code(world, seller_id, redirect_uri, now)
    return redirect(redirect_uri, {"state": state, "selling_partner_id": seller_id, "spapi_oauth_code": code})
