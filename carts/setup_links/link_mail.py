"""What sellers and staff are written about setup links. The words are in templates/mail/carts."""

from carts import store_choice
from carts.alerts import LINK_COMPLETED
from carts.models import Cart, Grant, SetupLink
from core.alerts import wording
from core.alerts.mail.outbox import MailText
from core.alerts.wording import Wording
from core.ui.formats import tell_date

NOT_LIVE_YET = (Cart.State.SETUP, Cart.State.DISCONNECTED)  # Test and OK come after the authorization


def asking(link: SetupLink) -> Wording:
    """The mail that brings the link."""
    zone, grant = link.organization.zone, link.cart.grant
    values = {
        "reason": _reason(link),
        "lapses": tell_date(grant.lapses_at, zone=zone) if grant else "",
        "until": tell_date(link.expires_at, zone=zone),
    }
    return wording.write("carts/setup_link", _both_sides(link) | values)


def _reason(link: SetupLink) -> str:
    """Why the seller is asked, as the template tells them apart."""
    if link.purpose == SetupLink.Purpose.CONNECT:
        return "connect"
    if link.cart.state == Cart.State.DISCONNECTED:
        return "reconnect"
    grant = link.cart.grant
    return "ended" if grant is None or grant.state == Grant.State.ENDED else "renew"


def thanking(link: SetupLink, store_name: str) -> Wording:
    """To the seller, when it is done."""
    return wording.write("carts/setup_link_used", _both_sides(link) | {"store": store_name})


def assuring(link: SetupLink) -> Wording:
    """To the seller who asks for another link, though the one before did its work."""
    at = tell_date(link.used_at, zone=link.organization.zone) if link.used_at else ""
    return wording.write("carts/setup_link_done", _both_sides(link) | {"at": at})


def announcing(link: SetupLink, store_name: str) -> MailText:
    """To the staff, when it is done."""
    cart = link.cart
    values = {
        "cart": str(cart),
        "store": store_name,
        "place": cart.place.name,
        "merchant": str(cart.merchant),
        "is_new": cart.state in NOT_LIVE_YET,
        "is_doubtful": cart.live_at is None and store_choice.is_unlike(cart, store_name),
        "path": cart.get_absolute_url(),
    }
    return MailText("carts/authorized", LINK_COMPLETED, values)


def _both_sides(link: SetupLink) -> dict[str, str]:
    return {
        "warehouse": link.organization.name,
        "place": link.cart.place.name,
        "merchant": link.cart.merchant.name,
        "sender": sender_of(link),
    }


def sender_of(link: SetupLink) -> str:
    """Return the name of the person at the 3PL who sent it; "" for a reminder, or for somebody without a name."""
    return str(link.by.name) if link.by else ""
