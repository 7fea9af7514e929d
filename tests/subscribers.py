"""Subscriptions for tests: who is told by mail."""

from collections.abc import Collection

from carts.models import Cart
from core.accounts.models import Merchant, Organization, User
from core.alerts.models import Subscription, Topic
from core.common import clock, links

ADDRESS = "ops@elsewhere.example"


def make_subscription(
    place: Organization | Merchant | Cart,
    topics: Collection[Topic] = tuple(Topic),
    *,
    address: str = ADDRESS,
    person: User | None = None,
) -> Subscription:
    """Somebody on the list of an organization, a merchant or a cart, as if put there some time ago."""
    link = links.make()
    merchant = place if isinstance(place, Merchant) else place.merchant if isinstance(place, Cart) else None
    made: Subscription = Subscription.objects.create(
        organization_id=place.organization_id,
        merchant=merchant,
        cart_id=place.pk if isinstance(place, Cart) else None,
        user=person,
        address="" if person else address,
        nonce=link.nonce,
        digest=link.digest,
        created_at=clock.now(),
        **{f"wants_{topic}": topic in topics for topic in Topic},
    )
    return made
