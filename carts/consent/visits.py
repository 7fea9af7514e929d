"""Which begun consent a visit of the marketplace's is for.

In the middle of a consent, and to begin a renewal, the marketplace sends the browser to our log-in page. It names the
seller there, and not the consent. So a browser that began several is led on only where what it names tells them apart:
the seller is the cart's, or the merchant's. Never the last one for being the last: seller and cart of two merchants
would be bound together. Whoever began them is asked instead, a seller with setup links among those links' carts.

One that came to nothing still counts for a day: its tab may be at the marketplace yet, or go back there, and what it
brings must not be taken for another's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from carts.consent import hindrances, requests
from carts.consent.grants import SELLER_ID
from carts.consent.refusals import NotGranted, Why, refused
from carts.consent.requests import CONSENT_KEPT, CONSENT_LIVES
from carts.marketplaces.values import LoginRequest
from carts.models import Cart, Consent, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Ability, Access
from core.accounts.models import Membership, User
from core.common import vault

AT_THE_MARKETPLACE = timedelta(hours=1)  # so long, a visit is taken for what was begun rather than for a renewal


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose browser the marketplace sent."""

    browser: str  # its mark, "" where it has none
    person: User | None  # who is logged in
    access: Access | None  # what they may do

    @property
    def may_connect(self) -> bool:
        """Sellers, too: they authorize their own carts."""
        return self.access is not None and self.access.may(Ability.AUTHORIZE)

    def may_go_on(self, consent: Consent) -> bool:
        """A person who began must still be that person, with access to the cart."""
        if consent.begun_by_id is None:
            return True
        if not self.may_connect or self.person is None or self.person.pk != consent.begun_by_id:
            return False
        return self.sees(consent.cart)

    def left_behind(self, consent: Consent) -> bool:
        """Whether this person began it for another organization of theirs than the one they work for now."""
        if self.person is None or consent.begun_by_id != self.person.pk or self.access is None:
            return False
        owner = consent.cart.organization_id
        theirs = Membership.objects.filter(user=self.person, organization=owner)
        return self.access.organization.pk != owner and theirs.exists()

    def sees(self, cart: Cart) -> bool:
        if self.access is None:
            return False
        return bool(Cart.objects.visible_to(self.access).filter(pk=cart.pk).exists())


@dataclass(frozen=True, slots=True)
class Meant:
    """What the browser goes on with. Without ``consent`` it is a renewal that begins at the marketplace."""

    cart: Cart
    by: User | None = None
    link: SetupLink | None = None
    consent: Consent | None = None


class Unclear(Exception):
    """Nothing tells which of these carts is meant, so the person is asked. The message says why."""

    def __init__(self, said: str, choices: list[Meant]) -> None:
        super().__init__(said)
        self.choices = choices


def find_meant(visitor: Visitor, visit: LoginRequest, *, kind: str, now: datetime) -> Meant:
    """Return what the visit is for. Raises Unclear where a person can choose, and NotGranted."""
    named = requests.find(visit.state, browser=visitor.browser)
    if named is not None and named.cart.kind == kind and named.used_at is None and visitor.may_go_on(named):
        return _fresh(named, now)
    seller_id = visit.seller_id if SELLER_ID.match(visit.seller_id) else ""
    begun = _begun(visitor, kind, now)
    told = _of_seller(begun, seller_id) if seller_id else None
    if told is not None and visitor.may_go_on(told):
        return _fresh(told, now)
    only = begun.only
    stranded = told or only
    if stranded is not None and visitor.left_behind(stranded):
        raise switched(stranded)
    if not begun.open or (only is not None and not visitor.may_go_on(only)):
        return _renewal(visitor, kind, seller_id)
    if only is not None:
        return _only(visitor, only, seller_id, now)
    raise _several(visitor, begun, kind, seller_id, now)


# -- What was begun ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser began and did not finish.

    Also what is too old to be taken, and what was begun for another organization or by who was logged in before.
    """

    open: list[Consent]  # the last of each cart, the newest first: one of them may be gone on with
    astray: list[Consent]  # of other carts: came back with nothing, or long ago. Any may still bring something

    @property
    def only(self) -> Consent | None:
        """The one that nothing else can be taken for."""
        return self.open[0] if len(self.open) == 1 and not self.astray else None


def _begun(visitor: Visitor, kind: str, now: datetime) -> Begun:
    if not visitor.browser:
        return Begun([], [])
    rows = Consent.objects.filter(
        Q(begun_by__isnull=False) | Q(link__isnull=False),
        browser_digest=vault.digest(visitor.browser),
        cart__kind=kind,
        begun_at__gte=now - CONSENT_KEPT,
        granted_at=None,
    )
    found: dict[int, Consent] = {}
    others: dict[int, Consent] = {}
    for consent in rows.select_related(*requests.READ_WITH).order_by("-begun_at", "-pk"):
        recent = now - consent.begun_at <= AT_THE_MARKETPLACE
        goes_on = recent and consent.used_at is None and not _is_done(consent)
        (found if goes_on else others).setdefault(consent.cart_id, consent)
    return Begun(list(found.values()), [each for each in others.values() if each.cart_id not in found])


def _is_done(consent: Consent) -> bool:
    """Whether its cart was connected since it was begun, by another attempt."""
    grant = consent.cart.grant
    return grant is not None and grant.is_connected and grant.authorized_at >= consent.begun_at


def _of_seller(begun: Begun, seller_id: str) -> Consent | None:
    """Return the one that the seller tells from the others: its cart is theirs, else its merchant is."""
    every = [*begun.open, *begun.astray]
    theirs = [each for each in every if each.cart.grant is not None and each.cart.grant.seller_id == seller_id]
    if theirs:  # one authorization serves several carts: whichever renews it
        same = len({each.cart.grant_id for each in theirs}) == 1
        return theirs[0] if same and theirs[0] in begun.open else None
    at_home = [each for each in every if _is_of_merchant(each.cart, seller_id)]
    return at_home[0] if len(at_home) == 1 and at_home[0] in begun.open else None


def _is_of_merchant(cart: Cart, seller_id: str) -> bool:
    known = Grant.objects.filter(merchant=cart.merchant_id, kind=cart.kind, seller_id=seller_id)
    return cart.grant is None and known.exists() and hindrances.find(cart, seller_id) is None


# -- Going on ----------------------------------------------------------------------------------------------------------
def _only(visitor: Visitor, consent: Consent, seller_id: str, now: datetime) -> Meant:
    """Go on with the one that is open, unless the seller speaks against it."""
    why = hindrances.find(consent.cart, seller_id) if seller_id else None
    if why is None or (why != Why.OTHER_SELLER and consent.link_id is not None):
        # Who has a link is told nothing of other merchants' accounts before it is proved whose this one is.
        return _fresh(consent, now)
    error = hindrances.refusal(why, consent.cart, seller_id)
    hindrances.report(consent.cart, why, seller_id=seller_id, now=now)
    renewal = _cart_seen(visitor, consent.cart.kind, seller_id)
    if renewal is None:
        raise error
    raise Unclear(str(error), [Meant(renewal, by=visitor.person)])


def _several(visitor: Visitor, begun: Begun, kind: str, seller_id: str, now: datetime) -> Exception:
    """Return what to raise: the person is asked, or has to begin again where nothing is left to choose."""
    choices = [
        _of(each)
        for each in begun.open
        if now - each.begun_at <= CONSENT_LIVES and _may_choose(visitor, each, seller_id, now)
    ]
    renewal = _cart_seen(visitor, kind, seller_id)
    if renewal is not None and renewal.pk not in {each.cart.pk for each in choices}:
        choices.append(Meant(renewal, by=visitor.person))
    return Unclear("", choices) if choices else refused(Why.SEVERAL)


def _may_choose(visitor: Visitor, consent: Consent, seller_id: str, now: datetime) -> bool:
    if not visitor.may_go_on(consent):
        return False
    if visitor.may_connect:
        return visitor.sees(consent.cart) and not (seller_id and hindrances.find(consent.cart, seller_id))
    # Came by the link, and is told nothing of what else speaks against this seller.
    return consent.link is not None and sent_links.is_usable(consent.link, now=now)


def _renewal(visitor: Visitor, kind: str, seller_id: str) -> Meant:
    """Return a cart that this seller authorized before: among those the person sees, where there is one."""
    if visitor.may_connect:
        cart = _cart_seen(visitor, kind, seller_id)
        by = visitor.person
    else:
        cart, by = requests.cart_to_renew(kind, seller_id), None
    if cart is None:
        raise refused(Why.NO_CART)
    return Meant(cart, by=by)


def _cart_seen(visitor: Visitor, kind: str, seller_id: str) -> Cart | None:
    if visitor.access is None or not visitor.may_connect:
        return None
    return requests.cart_to_renew(kind, seller_id, among=Cart.objects.visible_to(visitor.access))


def switched(consent: Consent) -> NotGranted:
    return refused(Why.SWITCHED, organization=consent.cart.organization.name)


def _fresh(consent: Consent, now: datetime) -> Meant:
    if now - consent.begun_at > CONSENT_LIVES:
        raise refused(Why.LATE)
    return _of(consent)


def _of(consent: Consent) -> Meant:
    return Meant(consent.cart, by=consent.begun_by, link=consent.link, consent=consent)
