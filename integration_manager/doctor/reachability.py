"""Checks of other servers: the mail server, our own address from outside, and Amazon. Nothing is sent to anybody."""

import smtplib
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import ngettext

from carts import connections
from carts.marketplaces import asked_kinds
from core.common import clock
from integration_manager.doctor.registry import Finding, check, error, fine, skipped, warning
from integration_manager.setting_checks import SMTP

PATIENCE = 10  # seconds
SKEW, TOO_MUCH_SKEW = timedelta(seconds=30), timedelta(minutes=5)
CERTIFICATE_DAYS = 14
SECRET_DAYS = 30


@check("mail", remote=True)
def look_at_mail() -> Finding:
    if settings.EMAIL_BACKEND not in SMTP:
        if settings.EMBEDDED:
            return skipped(f"Mail is kept in {settings.EMAIL_FILE_PATH} and never leaves this machine.")
        return warning("Mail goes to nobody: EMAIL_URL names no mail server.", "Set EMAIL_URL.")
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    server = get_connection(timeout=PATIENCE)
    try:
        server.open()  # connects, says EHLO, turns to TLS and logs in, as each mail does
    except smtplib.SMTPAuthenticationError as problem:
        said = f"The mail server {where} refuses our log-in ({problem.smtp_code})."
        return error(said, "Correct user and password in EMAIL_URL. Characters like @ and # are written %40 and %23.")
    except (smtplib.SMTPException, OSError) as problem:
        said = f"The mail server {where} cannot be used: {type(problem).__name__}."
        return error(said, "See that EMAIL_URL names its host, port and kind (smtp+tls, smtp+ssl), and no firewall.")
    finally:
        server.close()
    return fine(f"The mail server {where} takes our log-in.")


# -- Ourselves -------------------------------------------------------------------------------------------------------
@check("public-url", remote=True)
def look_at_public_url() -> Finding:
    """Ask for a page by the address people type, as their browsers would."""
    page = settings.PUBLIC_URL + "/account/login/"
    try:
        # Whether the certificate is good is the next check's to say.
        answer = httpx.get(page, timeout=PATIENCE, verify=False, follow_redirects=False)
    except httpx.HTTPError as problem:
        said = f"{settings.PUBLIC_URL} does not answer from here: {type(problem).__name__}."
        return error(said, "See that the name leads to the proxy, that the proxy runs, and that it reaches the portal.")
    if answer.is_redirect and urljoin(page, answer.headers["location"]) == page:
        return error(
            f"{page} redirects to itself: the portal does not hear that the browser came by https.",
            "Let the proxy send X-Forwarded-Proto, and name its address in TRUSTED_PROXIES.",
        )
    if answer.status_code == httpx.codes.BAD_REQUEST:
        return error(f"{page} answers 400.", "Add its host to ALLOWED_HOSTS, and let the proxy pass Host on.")
    if not answer.is_success:
        said = f"{page} answers {answer.status_code}."
        return error(said, "See that the proxy hands all paths on to the portal, and read the portal's log.")
    return fine(f"{settings.PUBLIC_URL} answers.")


@check("certificate", remote=True)
def look_at_certificate() -> Finding:
    where = urlsplit(settings.PUBLIC_URL)
    if where.scheme != "https" or where.hostname is None:
        return skipped("PUBLIC_URL is not https.")
    renew = "Renew it, or let the proxy do that by itself (docs/running.md)."
    try:
        days = days_left(where.hostname, where.port or 443)
    except ssl.SSLCertVerificationError as problem:
        return error(f"Browsers refuse the certificate of {where.hostname}: {problem.verify_message}.", renew)
    except OSError as problem:
        said = f"{where.hostname} shows no certificate: {type(problem).__name__}."
        return error(said, "See that the proxy runs and speaks TLS.")
    said = f"The certificate of {where.hostname} is good for {days} days."
    return warning(said, renew) if days < CERTIFICATE_DAYS else fine(said)


def days_left(host: str, port: int) -> int:
    """Return how long the certificate that browsers see there is good. Raises OSError, also for one they refuse."""
    with (
        socket.create_connection((host, port), timeout=PATIENCE) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert() or {}
    return (datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC) - clock.now()).days


# -- Amazon ----------------------------------------------------------------------------------------------------------
def _ours() -> dict[str, str]:
    found: dict[str, str] = settings.MARKETPLACES["amazon"]
    return found


@check("amazon", remote=True)
def look_at_amazon() -> Finding:
    """Ask for a token that opens no seller's account, with the application's own credentials."""
    ours = _ours()
    if not ours["client_id"] or not ours["client_secret"]:
        return skipped("No Amazon application is set.")
    form = {
        "grant_type": "client_credentials",
        "scope": "sellingpartnerapi::notifications",
        "client_id": ours["client_id"],
        "client_secret": ours["client_secret"],
    }
    try:
        answer = httpx.post(ours["lwa_url"], data=form, timeout=PATIENCE)
    except httpx.HTTPError as problem:
        said = f"Amazon's token server does not answer: {type(problem).__name__}."
        return error(said, "See that this machine may reach api.amazon.com by https, and that names are resolved.")
    if answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED):
        return error(
            "Amazon refuses the application's client id and secret.",
            "Copy AMAZON_LWA_CLIENT_ID and AMAZON_LWA_CLIENT_SECRET anew from the application's page, and restart.",
        )
    if not answer.is_success:
        return warning(f"Amazon's token server answers {answer.status_code}.", "Try again in some minutes.")
    return fine("Amazon takes the application's client id and secret.")


@check("amazon-clock", remote=True)
def look_at_amazons_clock() -> Finding:
    if not _ours()["client_id"]:
        return skipped("No Amazon application is set.")
    try:
        answer = httpx.get(_ours()["lwa_url"], timeout=PATIENCE)
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, KeyError, ValueError):
        return skipped("Amazon did not say what time it is.")
    off = abs(clock.now() - theirs)
    seconds = round(off.total_seconds())
    said = ngettext(
        "The clock here differs from Amazon's by {count} second.",
        "The clock here differs from Amazon's by {count} seconds.",
        seconds,
    ).format(count=seconds)
    remedy = "Set this machine's clock by a time server (chrony, systemd-timesyncd)."
    if off > TOO_MUCH_SKEW:
        return error(said, remedy)
    return warning(said, remedy) if off > SKEW else fine(said)


@check("amazon-secret")
def look_at_our_secret() -> Finding:
    ends = [day for kind in asked_kinds() if (day := connections.application(kind).secret_ends_on)]
    if not ends:
        return skipped("Nobody says when the application's secret was made: set AMAZON_LWA_SECRET_ROTATED_ON.")
    days = (min(ends) - clock.now().date()).days
    remedy = "Make a new one on the application's page, set AMAZON_LWA_CLIENT_SECRET and its date, and restart."
    if days < 0:
        return error(f"The application's secret ended {-days} days ago.", remedy)
    said = f"The application's secret ends in {days} days."
    return warning(said, remedy) if days < SECRET_DAYS else fine(said)


@check("mail-folder")
def look_at_mail_folder() -> Finding:
    """Where mail is kept in files, there must be room to write them."""
    if settings.EMAIL_BACKEND in SMTP or not settings.EMBEDDED:
        return skipped("Mail is not kept in files.")
    folder = Path(settings.EMAIL_FILE_PATH)
    if folder.exists() and not folder.is_dir():
        return error(f"{folder} is no folder, so no mail can be written.", "Move that file away.")
    return fine(f"Mail is written to {folder}.")
