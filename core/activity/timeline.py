"""What happened, in sentences for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import bidirectional

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.activity.kept_exchanges import Shown
from core.activity.models import Event

# kind: (tone, sentence over the event's details). Bold is what one looks for.
WORDS: dict[str, tuple[str, str]] = {
    "order.downloaded": ("calm", "Downloaded from <strong>{cart}</strong>"),
    "order.changed": ("calm", "Changed on the cart: now {state} there"),
    "order.moved": ("calm", "Became <strong>{to}</strong>: {reason}"),
    "order.held": ("warn", "Held. {reason}"),
    "order.let_go": ("calm", "Released from hold"),
    "order.sent_again": ("calm", "Sent again"),
    "order.edited": ("warn", "Edited: {fields}"),
    "order.noted": ("calm", "Wrote a note"),
    "order.sending_canceled": ("warn", "Sending canceled"),
    "order.handed_again": ("calm", "Sent to <strong>{warehouse}</strong> again"),
    "order.not_changed": ("bad", "<strong>{warehouse}</strong> did not take the change: {reason}"),
    "order.change_known": ("calm", "The warehouse was told by hand"),
    "order.tracking_sent_again": ("calm", "Tracking sent again, of {packages} packages"),
    "order.released": ("good", "Handed to <strong>{warehouse}</strong>, to go by {method}"),
    "order.not_released": ("bad", "Not handed to the warehouse: {reason}"),
    "order.shipped": ("good", "Shipped by <strong>{carrier}</strong> {service}, tracking {tracking}"),
    "order.charged": ("calm", "Charged {amount} {currency} on top"),
    "package.corrected": ("warn", "Tracking corrected from {old} to <strong>{new}</strong>, {carrier}"),
    "package.confirmed": ("good", "Tracking {tracking} sent to <strong>{cart}</strong>"),
    "package.seen": ("good", "Tracking {tracking} seen on Amazon"),
    "package.not_seen": ("bad", "{tracking} was accepted and is not to be seen on the cart"),
    "package.not_confirmed": ("bad", "Tracking {tracking} was refused: {reason}"),
    "package.not_owed": ("warn", "Tracking {tracking} is not told any more: {reason}"),
    "feed.made": ("calm", "{packages} trackings go by one feed: the quota would carry them too late"),
    "feed.read": ("good", "A feed told {packages} trackings, {refused} were refused"),
    "feed.failed": ("bad", "A feed of {packages} trackings failed: {reason}"),
    "order.differs": ("warn", "{place} says otherwise: {what}"),
    "order.kept_ours": ("calm", "Kept as it is here: {what}"),
    "order.took_theirs": ("warn", "Taken over from {place}: {what}"),
    "order.taken": ("warn", "Taken after all. It had been skipped: {reason}"),
    "order.lines_taken": ("warn", "{count} lines that were left out go, too"),
    "order.canceled": ("calm", "Canceled on {place}"),
    "order.canceled_late": ("bad", "{place} canceled it after it was shipped"),
    "order.partly_canceled": ("warn", "{units} × {sku} canceled on {place}"),
    "order.cancel_refused": ("warn", "The buyer asked to cancel, and it ships all the same"),
    "order.cancel_wanted": ("warn", "To be canceled at {place}: {reason}"),
    "order.cancel_sent": ("calm", "{place} was asked to cancel it"),
    "order.not_canceled": ("bad", "{place} did not cancel it: {reason}"),
    "order.recalled": ("good", "Back from <strong>{warehouse}</strong>"),
    "order.not_recalled": ("bad", "<strong>{warehouse}</strong> did not give it back: {reason}"),
    "order.seen_to": ("calm", "Seen to: {what}"),
    "order.read_again": ("calm", "Read again from the cart, where it stood otherwise"),
    "package.told_again": ("warn", "Tracking {tracking} is told again: the cart does not have it"),
    "cart.reconciled": ("calm", "Compared with the cart: {seen} unshipped there, {mended} mended, {open} for a person"),
    "orders.exported": ("calm", "{count} orders taken along as a file"),
    "recipient.looked_at": ("calm", "Looked at the recipient"),
    "cart.granted": ("good", "Seller <strong>{seller}</strong> authorized us for {place}"),
    "cart.account_allowed": ("calm", "Allowed to use seller <strong>{seller}</strong>, also of another merchant"),
    "setup_link.sent": ("calm", "Setup link sent to the seller"),
    "setup_link.revoked": ("warn", "Setup link revoked"),
    "cart.tested": ("calm", "Tested"),
    "cart.checks_failed": ("bad", "Something a working cart needs is missing: {what}"),
    "cart.checks_passed": ("good", "What was missing is there again"),
    "cart.turned_on": ("good", "Turned on"),
    "cart.paused": ("warn", "Paused"),
    "cart.disconnected": ("warn", "Disconnected. What is owed waits"),
    "cart.archived": ("calm", "Archived"),
    "cart.made": ("calm", "Made for <strong>{place}</strong>"),
    "cart.changed": ("calm", "Settings changed: {fields}"),
    "grant.given_back": ("calm", "The seller's authorization was given back: no cart uses it any more"),
    "filters.changed": ("calm", "Filters: {what}. Now {filters} on orders, {items} items listed"),
    "grant.reminded": ("warn", "The seller was reminded: {days} days left"),
    "mail.sent_again": ("calm", "Mail sent again"),
    "mail.given_up": ("calm", "Mail given up"),
    "party.added": ("calm", "Party {party} is told of {what}"),
    "party.changed": ("calm", "Party {party} is told of {what} from now on"),
    "party.removed": ("calm", "Party {party} is told nothing any more"),
    "party.stopped": ("warn", "Party {party} asked for no more mail"),
    "merchant.made": ("calm", "Made"),
    "merchant.changed": ("calm", "Changed: {fields}"),
    "grant.ended": ("bad", "The seller's authorization ended"),
    "order.method_found": ("calm", "Its ship method is known now: it flows"),
    "method_rule.kept": ("calm", "Orders {rule} go by <strong>{to}</strong>"),
    "method_rule.removed": ("calm", "No rule any more for orders {rule}"),
    "method_default.changed": ("calm", "The rest that goes to {warehouse} goes by <strong>{to}</strong>"),
    "carrier.code_changed": ("calm", "Carrier {carrier} is told as <strong>{to}</strong>"),
    "ship_method.added": ("calm", "Ship method <strong>{name}</strong> added to {warehouse}"),
    "ship_method.changed": ("calm", "Ship method <strong>{name}</strong> of {warehouse} changed: {fields}"),
    "ship_method.removed": ("warn", "Ship method <strong>{name}</strong> removed from {warehouse}"),
    "ship_method.mapped": ("calm", "Ship method {name} mapped to <strong>{to}</strong>"),
    "route.changed": ("calm", "Orders go to <strong>{warehouse}</strong>. Changed: {fields}"),
    "person.invited": ("calm", "Invited somebody as <strong>{role}</strong>"),
    "person.invitation_revoked": ("calm", "Revoked an invitation"),
    "person.joined": ("good", "Joined as <strong>{role}</strong>"),
    "person.role_changed": ("warn", "Changed the role of person {person} from {was} to <strong>{to}</strong>"),
    "person.removed": ("warn", "Removed person {person}, who was {role}"),
    "person.mail_on": ("calm", "Person {person} gets mail about what needs somebody"),
    "person.mail_off": ("calm", "Person {person} gets no mail about what needs somebody"),
    "person.second_factor_removed": ("warn", "Whoever runs the portal removed the second factor of person {person}"),
    "organization.second_factor_required": ("good", "Asks a second factor of everybody"),
    "organization.second_factor_optional": ("warn", "No longer asks a second factor of everybody"),
    "stock.counted": ("calm", "{sku} counted: {to}"),
    "stock.told": ("good", "{quantity} of {sku} told to the cart"),
    "stock.not_told": ("bad", "The stock of {sku} was refused: {reason}"),
}


# Kinds of characters that write, or make others be written, against the direction of the sentence.
TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})

# What the sentence goes on with when the event holds this detail, too.
MORE = {
    "order.downloaded": ("reason", ": {reason}"),
    "order.changed": ("what", ": {what}"),
    "order.edited": ("to", ", now <strong>{to}</strong>"),
    "order.released": ("how", ", {how}"),
    "order.shipped": ("left", ", {left} units still to come"),
}


class _Known(dict[str, object]):
    """Details an older event may lack are shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the timeline shows it."""

    sentence: SafeString
    tone: str
    at: datetime
    actor_name: str
    kind: str = ""
    tracking: str = ""  # of the package it is about, if it is about one
    exchanges: Sequence[Shown] = ()  # what was sent and answered


def tell(event: Event) -> Told:
    tone, sentence = WORDS.get(event.kind, ("calm", event.kind.replace(".", " ").replace("_", " ")))
    details = _Known((name, _set_apart(value)) for name, value in event.details.items())
    detail, more = MORE.get(event.kind, ("", ""))
    if event.details.get(detail):
        sentence += more
    if event.kind == "cart.granted" and event.details.get("way") == "setup_link":
        sentence += ", by the setup link"
    actor = str(event.actor) if event.actor else ""
    tracking = str(event.details.get("tracking") or "")
    return Told(SafeString(sentence.format_map(details)), tone, event.at, actor, event.kind, tracking)


def _set_apart(value: object) -> SafeString:
    """Return a detail fit for a sentence: one written from right to left must not turn what follows it around."""
    turns = any(bidirectional(character) in TURNING for character in str(value))
    return format_html("<bdi>{}</bdi>" if turns else "{}", value)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a history, oldest first. ``older`` is what ``page`` takes for the part before it."""

    events: Sequence[Told]
    older: int | None
    is_newest: bool


def page(
    subject_kind: str, subject_id: int, organization_id: int, *, before: int | None = None, most: int = 100
) -> Page:
    """Return the latest that happened to a thing, or the latest before an event."""
    events = Event.objects.filter(organization=organization_id, subject_kind=subject_kind, subject_id=subject_id)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.select_related("actor").order_by("-pk")[: most + 1])
    shown = found[:most]
    older = shown[-1].pk if len(found) > most else None
    return Page([tell(event) for event in reversed(shown)], older, before is None)


def history(subject_kind: str, subject_id: int, organization_id: int, *, most: int = 200) -> Iterable[Told]:
    """Return what happened to a thing, oldest first, the latest ``most``."""
    events = Event.objects.filter(organization=organization_id, subject_kind=subject_kind, subject_id=subject_id)
    latest = list(events.select_related("actor").order_by("-pk")[:most])
    return [tell(event) for event in reversed(latest)]
