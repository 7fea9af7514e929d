"""What is wrong with an order and what solves it, and how far it is. Reads what it is handed; asks no database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext

from carts.marketplaces.base import Marketplace
from core.accounts.access import Ability, Access
from core.activity.kept_exchanges import ShownExchange, nearest
from core.activity.timeline import TimelineEntry
from core.common.money import Money
from core.ui.formats import tell_distance, tell_moment
from orders.models import HeldFor, Order, OrderAction, OrderStatus
from shipping.carriers import tracking_pages
from shipping.confirmation import dispatches, refused_packages
from shipping.delivery import retry
from shipping.models import Charge, Package, PackageLine, Release, Shipment

PULLED = "Pulled from packing"  # the button of what lies at packing and must not


# -- The problem -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ProblemBar:
    """What core/ui/problem.html shows: what is wrong, and the button that solves it."""

    title: str
    text: str
    tone: str = "warn"
    action_url: str = ""
    action_label: str = ""
    action_method: str = "get"
    action_name: str = ""  # and its value: sent with a form
    action_value: str = ""
    also_url: str = ""  # a second way out, always posted
    also_label: str = ""


HELD_TEXTS = {
    HeldFor.STRANGE: "Nothing was changed. Check it at the marketplace; each download reads it again.",
    HeldFor.STATE: (
        "It goes on by itself when the marketplace releases it. Check it there, or press Release to ship it anyway."
    ),
    HeldFor.ADDRESS: "Each download checks again. Press Release if the warehouse knows where to send it.",
    HeldFor.PROGRAM: "It is not handed to the warehouse. If it is to go like any other order, ship it anyway.",
    HeldFor.ITEMS: "Each download checks again. Correct it at the marketplace, or press Release to ship it anyway.",
    HeldFor.PERSON: "It stays here until somebody releases it.",
}


def problem_of(order: Order, access: Access) -> ProblemBar | None:
    """Return what keeps the order from going on by itself, but for cancels: those are in cancel_views.py."""
    if order.status == OrderStatus.ERROR or (_is_with_packages(order) and refused_packages.refused_of(order)):
        return _error(order, access)
    if order.status == OrderStatus.CLOSED and order.reason.startswith(dispatches.REFUSED):
        return ProblemBar(sentence(order.reason), "", "bad")
    if order.status == OrderStatus.SKIPPED:
        return _skipped(order, access)
    if order.status != OrderStatus.HELD:
        return None
    title = sentence(order.reason or str(HeldFor(order.held_for).label if order.held_for else "It is held"))
    if order.held_for == HeldFor.UNMAPPED:
        return _unmapped(order, access, title)
    if order.held_for == HeldFor.UNROUTED:
        return _unrouted(order, access, title)
    text = HELD_TEXTS.get(HeldFor(order.held_for), "") if order.held_for else HELD_TEXTS[HeldFor.PERSON]
    tone = "bad" if order.held_for == HeldFor.STRANGE else "warn"
    if order.held_for == HeldFor.STRANGE or not access.may(Ability.SHIP):
        return ProblemBar(title, text, tone)
    label = "Ship it anyway" if order.held_for == HeldFor.PROGRAM else "Release"
    return ProblemBar(title, text, tone, release_url(order), label, "post")


def _is_with_packages(order: Order) -> bool:
    """Whether some of it was shipped while it goes on: a package of it may be refused, and the order not know."""
    return order.is_at_warehouse or order.is_shipped


def told_to_seller(order: Order, problem: ProblemBar | None) -> ProblemBar | None:
    """Return a problem as the merchant's own people read it: why the order waits, not what the 3PL has to do."""
    if problem is None:
        return None
    title = sentence(order.reason_to_seller or order.state.label)
    return ProblemBar(title, "The warehouse has been told.", problem.tone)


def release_url(order: Order) -> str:
    """Return where a press ends this hold, and no other that came meanwhile."""
    return f"{reverse('orders:let_go', args=[order.pk])}?{urlencode({'held_for': order.held_for})}"


def _unmapped(order: Order, access: Access, title: str) -> ProblemBar:
    if not access.may(Ability.MAP):
        return ProblemBar(
            title, "An owner or admin of your organization can map it. Then the order goes out by itself."
        )
    text = "Choose what the warehouse calls it and the order goes out by itself."
    return ProblemBar(title, text, "warn", reverse("shipping:methods", args=[order.cart_id]), "Map ship method")


def _unrouted(order: Order, access: Access, title: str) -> ProblemBar:
    """No rule names a warehouse. Checking again lets it go, and it is held anew where still none does."""
    text = "It goes out by itself as soon as a rule fits it."
    if not access.may(Ability.MAP):
        return ProblemBar(title, f"An owner or admin of your organization can add one. {text}")
    bar = ProblemBar(title, text, "warn", reverse("shipping:routing"), "Routing rules")
    if not access.may(Ability.SHIP):
        return bar
    return replace(bar, also_url=release_url(order), also_label="Check again")


def _skipped(order: Order, access: Access) -> ProblemBar | None:
    """A rule left it out: nothing is wrong with that, but a person may know better."""
    if not access.may(Ability.SHIP) or order.hindrance_to(OrderAction.TAKE):
        return None
    text = "It won't go to the warehouse. If you accept it anyway, filters and dates no longer apply to it."
    url = reverse("orders:take", args=[order.pk])
    return ProblemBar(sentence(order.reason or "It was skipped"), text, "warn", url, "Accept anyway", "post")


def _error(order: Order, access: Access) -> ProblemBar:
    refused = refused_packages.refused_of(order)
    tracking = f"The tracking was refused: {refused[0].said}" if refused else ""
    title = sentence((tracking if _is_with_packages(order) else order.reason) or tracking or "It was refused")
    if not access.may(Ability.SHIP):
        return ProblemBar(title, "Somebody who ships orders has to fix this.", "bad")
    again = reverse("orders:send_again", args=[order.pk])
    hopeless = next((each for each in refused if each.is_hopeless), None)
    if hopeless:
        text = f"{order.cart.place.name} would refuse the same again. {hopeless.remedy}"
        url = reverse("shipping:correct", args=[hopeless.package.pk])
        bar = ProblemBar(title, text, "bad", url, "Correct package")
        return replace(bar, also_url=f"{again}?anyway=1", also_label="Send again anyway")
    if retry.may_be_there(order):
        bar = ProblemBar(
            title, "Sent again though it is there, it would be shipped twice.", "bad", again, action_method="post"
        )
        there = reverse("orders:found_there", args=[order.pk])
        return replace(bar, action_label="It is not there: send it", also_url=there, also_label="It is there")
    return ProblemBar(title, "Fix what it says, then send it again.", "bad", again, "Send again", "post")


def sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


# -- The steps -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ProgressStep:
    """What core/ui/steps.html shows. The tone "todo" is a step to come."""

    label: str
    tone: str
    note: str = ""


def steps_of(
    order: Order, release: Release | None, packages: Sequence[Package], *, now: datetime, zone: tzinfo
) -> list[ProgressStep]:
    """Return how far the order is: Downloaded, At the warehouse, Shipped, Confirmed."""

    def moment(when: datetime) -> str:
        return tell_moment(when, now=now, zone=zone)

    due_by = f"due by {moment(order.ship_by)}" if order.ship_by and not order.is_ended_otherwise else ""
    return [
        ProgressStep("Downloaded", "good", moment(order.downloaded_at)),
        _at_wms(order, release, moment(release.released_at) if release and release.released_at else "", now, zone),
        _shipped(order, packages, moment(order.shipped_at) if order.shipped_at else "", due_by),
        _confirmed(order, packages, moment(order.confirmed_at) if order.confirmed_at else "", due_by),
    ]


def _at_wms(order: Order, release: Release | None, released: str, now: datetime, zone: tzinfo) -> ProgressStep:
    label = "At the warehouse"
    if release and release.is_stuck:
        note = f"stuck, {_tries(release.attempts)}" if release.attempts else "needs a person"
        return ProgressStep(label, "bad", note)
    if order.status == OrderStatus.HELD:
        return ProgressStep(label, "warn", f"handed over {released}, now held" if released else "held")
    if released or order.shipped_at:
        return ProgressStep(label, "good", released)
    if release and release.is_owed:
        again = tell_distance(release.due_at, now=now, zone=zone)
        return ProgressStep(label, "busy", f"next try {again}" if release.attempts else "on its way")
    return ProgressStep(label, "todo", "" if order.is_ended_otherwise else "to be handed over")


def _shipped(order: Order, packages: Sequence[Package], shipped: str, due_by: str) -> ProgressStep:
    if shipped:
        return ProgressStep("Shipped", "good", shipped)
    if packages:
        return ProgressStep("Shipped", "busy", f"in part, {due_by}" if due_by else "in part")
    return ProgressStep("Shipped", "busy" if order.is_at_warehouse else "todo", due_by)


def _confirmed(order: Order, packages: Sequence[Package], confirmed: str, due_by: str) -> ProgressStep:
    if confirmed:
        return ProgressStep("Confirmed", "good", confirmed)
    if order.status == OrderStatus.PARTLY:
        return ProgressStep("Confirmed", "busy", "in part")
    told = [package.confirmation for package in packages if hasattr(package, "confirmation")]
    stuck = [each for each in told if each.is_stuck]
    if stuck:
        return ProgressStep("Confirmed", "bad", f"refused, {_tries(max(each.attempts for each in stuck))}")
    if told and all(each.is_dropped for each in told):
        return ProgressStep("Confirmed", "bad", "refused")
    if told:
        done = sum(each.is_done for each in told)
        return ProgressStep(
            "Confirmed", "busy", f"{done} of {len(told)} sent" if len(told) > 1 else "tracking on its way"
        )
    return ProgressStep("Confirmed", "todo", due_by)


def _tries(attempts: int) -> str:
    return ngettext("{count} try", "{count} tries", attempts).format(count=attempts)


# -- The packages ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Parceled:
    """A package and what the cart knows of it: a word with its tone, and why."""

    package: Package
    told: tuple[str, str]
    why: str = ""
    lines: Sequence[PackageLine] = ()  # the first of them
    more: int = 0  # how many others there are
    units: int = 0

    @property
    def tracking_url(self) -> str:
        return tracking_pages.page_of(self.package.carrier, self.package.tracking_number)


def parceled(package: Package, *, lines: Sequence[PackageLine] = (), line_count: int = 0, units: int = 0) -> Parceled:
    told, why = _told(package)
    return Parceled(package, told, why, lines, max(0, line_count - len(lines)), units)


def _told(package: Package) -> tuple[tuple[str, str], str]:
    confirmation = getattr(package, "confirmation", None)
    if confirmation is None or confirmation.is_dropped:
        return ("Not sent", "calm"), confirmation.last_error if confirmation else ""
    if confirmation.is_done:
        return ("Shows on Amazon" if confirmation.seen_at else "Sent", "good"), ""
    if confirmation.is_stuck:
        return ("Refused", "bad"), confirmation.last_error
    return ("Being sent", "busy"), confirmation.last_error


@dataclass(frozen=True, slots=True)
class Shipped:
    """What was shipped at once, and what was charged for it."""

    shipment: Shipment
    packages: Sequence[Parceled]
    charges: Sequence[Charge]

    @property
    def sums(self) -> list[Money]:
        return sums_of(self.charges)


def shipments_of(packages: Sequence[Parceled], charges: Sequence[Charge]) -> list[Shipped]:
    """Put together what was shipped at once. Its charges were stored in the same moment."""
    by_shipment: dict[int, list[Parceled]] = {}
    for each in packages:
        by_shipment.setdefault(each.package.shipment_id, []).append(each)
    found = []
    for together in by_shipment.values():
        shipment = together[0].package.shipment
        found.append(Shipped(shipment, together, [each for each in charges if each.at == shipment.created_at]))
    return found


def sums_of(charges: Sequence[Charge]) -> list[Money]:
    sums: dict[str, Decimal] = {}
    for each in charges:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.amount
    return [Money(amount, currency) for currency, amount in sums.items()]


# -- The history -----------------------------------------------------------------------------------------------------
# What an event came of, in the port's words; an adapter names each operation as its marketplace does.
CONFIRM, READ = "confirm_operation", "read_operation"
CAME_OF = {
    "package.confirmed": CONFIRM,
    "package.not_confirmed": CONFIRM,
    "package.seen": READ,
    "package.not_seen": READ,
    "order.read_again": READ,
}
# What ends a talk with the warehouse's system: what was said since the last of them belongs to it.
ENDS_TALK = frozenset(
    {
        "order.released",
        "order.not_released",
        "order.not_changed",
        "order.found_there",
        "order.recalled",
        "order.not_recalled",
    }
)
LONGEST_TALK = timedelta(minutes=5)


def with_exchanges(
    events: Sequence[TimelineEntry], exchanges: Sequence[ShownExchange], spoken: type[Marketplace]
) -> list[TimelineEntry]:
    """Put under each event what was sent and answered, where it is known."""
    theirs = sorted((each for each in exchanges if each.whom), key=lambda each: each.at)
    talks = _talks([event for event in events if event.kind in ENDS_TALK], theirs)
    return [
        replace(event, exchanges=talks[event.at])
        if event.kind in ENDS_TALK and talks.get(event.at)
        else _with_exchange(event, exchanges, spoken)
        for event in events
    ]


def _talks(ends: Sequence[TimelineEntry], theirs: Sequence[ShownExchange]) -> dict[datetime, list[ShownExchange]]:
    """Return what was said to the warehouse, first to last, by when the event that came of it happened. An event bears
    the time at which its run began: what it came of was said after it, and before the next one."""
    talks: dict[datetime, list[ShownExchange]] = {}
    for each in theirs:
        begun = [event.at for event in ends if event.at <= each.at <= event.at + LONGEST_TALK]
        if begun:
            talks.setdefault(max(begun), []).append(each)
    return talks


def _with_exchange(
    event: TimelineEntry, exchanges: Sequence[ShownExchange], spoken: type[Marketplace]
) -> TimelineEntry:
    verb = CAME_OF.get(event.kind)
    if verb is None:
        return event
    naming = event.tracking if verb == CONFIRM else ""
    found = nearest(exchanges, operation=getattr(spoken, verb), at=event.at, naming=naming)
    return replace(event, exchanges=[found]) if found else event
