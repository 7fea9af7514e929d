"""What sellers and staff are written about setup links: plain text, with the steps in order."""

from dataclasses import dataclass

from django.conf import settings

from carts.models import Cart, Grant, SetupLink
from core.alerts.mail.outbox import LINK
from core.ui.formats import tell_date

NOT_LIVE_YET = (Cart.State.SETUP, Cart.State.DISCONNECTED)  # Test and OK come after the authorization


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def asking(link: SetupLink) -> Letter:
    """The letter that brings the link."""
    warehouse, place = link.organization.name, link.cart.place.name
    renew = link.purpose == SetupLink.Purpose.RENEW
    subject = f"Renew {warehouse}'s access to {place}" if renew else f"Connect {place} to {warehouse}"
    return Letter(subject, f"{_reason(link)}\n\n{_steps(link)}\n\n{_small_print(link)}\n")


def _reason(link: SetupLink) -> str:
    warehouse, place = link.organization.name, link.cart.place.name
    if link.purpose == SetupLink.Purpose.CONNECT:
        return (
            f"{warehouse} will ship your orders from {place}. To read them, and to send tracking and stock back, "
            f"{warehouse} needs your permission at Amazon. It takes two minutes."
        )
    if link.cart.state == Cart.State.DISCONNECTED:
        return (
            f"{warehouse} was disconnected from your seller account at {place}, and is to ship your orders from there "
            "again. Once you give your permission anew, what waited goes on. It takes two minutes."
        )
    grant = link.cart.grant
    if grant is None or grant.state == Grant.State.ENDED:
        return (
            f"{warehouse} can no longer reach your seller account at {place}: Amazon says that the permission has "
            "ended. Until you give it again, orders and tracking wait; nothing is lost. It takes two minutes."
        )
    until = tell_date(grant.lapses_at, zone=link.organization.zone)
    return (
        f"Amazon asks sellers to renew a permission every year. The one you gave {warehouse} for {place} ends on "
        f"{until}; after that, orders and tracking would wait. Renewing it takes two minutes."
    )


def _steps(link: SetupLink) -> str:
    account = "the account you sell with" if link.purpose == SetupLink.Purpose.CONNECT else "the same account as before"
    return "\n".join(
        [
            f"1. Open this link: {LINK}",
            "2. Press “Grant API Access”. Amazon's Seller Central opens.",
            f"3. Sign in with {account} at {link.cart.place.name}, as its primary user.",
            "4. Tick the box and press “Confirm”. You come back to a page that says “Success”.",
        ]
    )


def _small_print(link: SetupLink) -> str:
    until = tell_date(link.expires_at, zone=link.organization.zone)
    return (
        f"The link works once, until {until}. You need no account with {link.organization.name}, and nobody there "
        "learns your Amazon password.\n\n"
        "If you did not expect this mail, do nothing: without you nothing happens. If you do not know "
        f"{link.organization.name}, do not open the link."
    )


def thanking(link: SetupLink, store_name: str) -> Letter:
    """To the seller, when it is done."""
    warehouse, place = link.organization.name, link.cart.place.name
    whose = f"your store {store_name}" if store_name else "your seller account"
    return Letter(
        f"{place} is connected to {warehouse}",
        f"Thank you. You permitted {warehouse} to work with {whose} at {place}. There is nothing more to do.\n\n"
        "You can take the permission back at any time: in Seller Central, Apps and Services, Manage Your Apps.\n\n"
        f"If this was not you, take it back there and tell {warehouse}.\n",
    )


def announcing(link: SetupLink, store_name: str) -> Letter:
    """To the staff, when it is done."""
    cart = link.cart
    who = store_name or "The seller"
    next_step = "Press Test there, then OK." if cart.state in NOT_LIVE_YET else "What waited for it flows again."
    return Letter(
        f"{cart}: {who} authorized us",
        f"{who} authorized us for {cart.place.name} ({cart.merchant}) by the setup link. {next_step}\n"
        f"{settings.PUBLIC_URL}{cart.get_absolute_url()}\n",
    )
