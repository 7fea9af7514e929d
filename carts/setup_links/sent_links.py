"""Setup links: a seller without an account here is mailed a link, and authorizes one cart by it.

A link lives seven days and is used up by the authorization it brought; a new one ends the older one. Opening it changes
nothing: mail scanners open everything. Who was mailed stands on the link and nowhere else, not even in an event.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from carts.alerts import LINK_ASKED, LINK_COMPLETED, LINK_SENT
from carts.models import Cart, SetupLink
from carts.setup_links import link_mail
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.mail import outbox
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock, links
from core.row_security import tenant

LINK_LIVES = timedelta(days=7)


class LinkNotSent(Exception):
    """No link was sent. The message says why."""


# -- Sending -----------------------------------------------------------------------------------------------------------
def send(
    cart: Cart,
    email: str,
    *,
    purpose: SetupLink.Purpose = SetupLink.Purpose.CONNECT,
    by: User | None,
    now: datetime,
) -> SetupLink:
    """Owe the seller a mail with a fresh link; the older one ends. Raises NotSent."""
    made = links.make()
    # Not durable: a reminder sends its link in the transaction that notes the reminder.
    with transaction.atomic():
        held = Cart.objects.select_for_update().get(pk=cart.pk)  # two at once: one after the other
        if held.is_pushed:
            raise LinkNotSent(f"{cart} needs no authorization: its orders are pushed.")
        if held.state == Cart.State.ARCHIVED:
            raise LinkNotSent(f"{cart} is {held.get_state_display().lower()}, so it can't be connected.")
        _end(cart, reason="A newer link was sent.", now=now)
        link: SetupLink = SetupLink.objects.create(
            organization_id=cart.organization_id,
            merchant_id=cart.merchant_id,
            cart=cart,
            purpose=purpose,
            email=email.strip().lower(),
            nonce=made.nonce,
            digest=made.digest,
            by=by,
            created_at=now,
            expires_at=now + LINK_LIVES,
        )
        _mail(link, now=now)
        record("setup_link.sent", cart, now=now, actor=by, purpose=purpose.value)
        close_alerts(cart, LINK_ASKED, now=now)
    return link


def purpose_of(cart: Cart) -> SetupLink.Purpose:
    """What a seller who opens a link for this cart is asked for: to connect it, or to authorize us once more.

    Who never went live here, with an authorization that was given for another cart, did not give it for this one.
    """
    grant = cart.grant
    if grant is None or (cart.live_at is None and grant.is_connected and grant.authorized_at < cart.created_at):
        return SetupLink.Purpose.CONNECT
    return SetupLink.Purpose.RENEW


def again(cart: Cart, *, by: User | None, now: datetime) -> SetupLink:
    """Send a fresh link to whom the last one went. Raises NotSent."""
    last = _latest(cart)
    if last is None:
        raise LinkNotSent("No link has been sent for this cart yet. Enter the email address first.")
    return send(cart, last.email, purpose=purpose_of(cart), by=by, now=now)


def revoke(cart: Cart, *, by: User | None, now: datetime) -> bool:
    """End the cart's open link. False when it has none."""
    with transaction.atomic(durable=True):
        ended = _end(cart, reason="The link was revoked.", now=now)
        if ended:
            record("setup_link.revoked", cart, now=now, actor=by)
    return bool(ended)


def left(cart: Cart, *, now: datetime) -> None:
    """End the open link of a cart that was put away: whoever has it would connect the cart again unasked."""
    _end(cart, reason="The cart was disconnected.", now=now)


def _end(cart: Cart, *, reason: str, now: datetime) -> int:
    ended = 0
    for link in SetupLink.objects.filter(cart=cart).unspent():
        ended += link.revoke(now=now)
        outbox.drop(link.kept, reason, now=now)
    return ended


def _mail(link: SetupLink, *, now: datetime) -> None:
    letter = link_mail.asking(link)
    link.mail = outbox.owe(
        organization_id=link.organization_id,
        merchant_id=link.merchant_id,
        to=link.email,
        subject=letter.subject,
        text=letter.text,
        cause=LINK_SENT,
        link=link.kept,
        link_path=link.PATH,
        now=now,
    )
    link.save(update_fields=["mail"])


# -- Opening and using -------------------------------------------------------------------------------------------------
def find(token: str, *, now: datetime) -> SetupLink | None:
    """Return the link of this token while it can be used, and nothing about any other."""
    usable = SetupLink.objects.usable(now).select_related("organization", "cart__grant", "cart__merchant", "by")
    return tenant.find(usable.of_token(token))


def find_used(token: str) -> SetupLink | None:
    """Return the link of this token when it brought an authorization to a cart that is still in use."""
    used = SetupLink.objects.filter(used_at__isnull=False).exclude(cart__state=Cart.State.ARCHIVED)
    return tenant.find(used.select_related("organization", "cart__grant").of_token(token))


def is_usable(link: SetupLink, *, now: datetime) -> bool:
    """Whether it can be used this moment: it may have been used, or its cart put away, since the row was read."""
    return bool(SetupLink.objects.usable(now).filter(pk=link.pk).exists())


def opened(link: SetupLink, *, now: datetime) -> None:
    SetupLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)


def tell_both(link: SetupLink, *, store_name: str, now: datetime) -> None:
    """Owe both sides a mail that it is done. In the same transaction."""
    to_seller, to_staff = link_mail.thanking(link, store_name), link_mail.announcing(link, store_name)
    outbox.owe(
        organization_id=link.organization_id,
        merchant_id=link.merchant_id,
        to=link.email,
        subject=to_seller.subject,
        text=to_seller.text,
        cause=LINK_COMPLETED,
        now=now,
    )
    outbox.tell(link.organization, to_staff, now=now)


# -- Asking for another ------------------------------------------------------------------------------------------------
def ask(email: str, *, now: datetime) -> None:
    """Somebody who says to have this address asks for a link. What becomes of it is mailed, never shown.

    Who lost the mail, or came too late, gets it by mail again: the address was good a week ago. Who is connected
    already is told so. A link that was revoked, or replaced by another person's, or whose authorization has ended
    since, is for the staff to decide about.
    """
    asked = SetupLink.objects.filter(email=email.strip().lower()).exclude(cart__state=Cart.State.ARCHIVED)
    for cart in Cart.objects.filter(pk__in=asked.values("cart")).select_related("grant").order_by("pk"):
        latest = _latest(cart)
        if latest is not None and latest.email == email.strip().lower() and not latest.is_spent:
            _once_more(latest, now=now)
        elif latest is not None and latest.email == email.strip().lower() and latest.used_at and cart.is_authorized:
            _tell_connected(latest, now=now)
        else:
            with transaction.atomic(durable=True):
                raise_alert(
                    LINK_ASKED,
                    cart,
                    f"The seller of {cart} ({cart.merchant}) has asked for a new setup link.",
                    now=now,
                    path=cart.get_absolute_url(),
                )


def _tell_connected(link: SetupLink, *, now: datetime) -> None:
    """Nothing is wrong, so nobody here needs to hear of it: the seller reads that nothing is left to do."""
    said = link_mail.assuring(link)
    with transaction.atomic(durable=True):
        outbox.owe(
            organization_id=link.organization_id,
            merchant_id=link.merchant_id,
            to=link.email,
            subject=said.subject,
            text=said.text,
            cause=LINK_COMPLETED,
            now=now,
        )


def _once_more(link: SetupLink, *, now: datetime) -> None:
    """The same link while it lives: whoever has it already must not lose it because somebody typed an address."""
    if link.expires_at <= now:
        send(link.cart, link.email, purpose=purpose_of(link.cart), by=None, now=now)
        return
    with transaction.atomic(durable=True):
        if is_usable(link, now=now):
            _mail(link, now=now)


# -- Showing -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Life:
    """A cart's latest setup link as the cart's page shows it. ``link`` is None when none was ever sent."""

    link: SetupLink | None
    email: str  # what the form starts with
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.link is not None and self.link.is_open(self.now)

    @property
    def status(self) -> tuple[str, str]:
        """A word and a tone."""
        link = self.link
        if link is None:
            return "Not sent", "calm"
        if link.used_at:
            return "Completed", "good"
        if link.revoked_at:
            return "Revoked", "calm"
        if link.expires_at <= self.now:
            return "Expired", "warn"
        return ("Opened", "busy") if link.opened_at else ("Sent", "busy")

    @property
    def mail_failed(self) -> str:
        """Why the mail did not go out, when it did not."""
        mail = self.link.mail if self.link else None
        return str(mail.last_error) if mail and mail.is_stuck else ""

    @property
    def address(self) -> str:
        """The link itself, for whoever may connect carts. "" when it has ended or cannot be made again."""
        if self.link is None or not self.is_open:
            return ""
        try:
            return self.link.url
        except links.Lost:
            return ""


def life_of(cart: Cart) -> Life:
    """Return what the cart's page shows of its setup link."""
    latest = _latest(cart)
    return Life(latest, latest.email if latest else cart.merchant.email, clock.now())


def _latest(cart: Cart) -> SetupLink | None:
    latest: SetupLink | None = (
        SetupLink.objects.filter(cart=cart)
        .select_related("mail", "organization", "by", "cart__merchant")
        .order_by("-pk")
        .first()
    )
    return latest
