"""How merchants are, at a glance: what is wrong with each, the worst first, in as many queries for one as for all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Lower
from django.utils.translation import ngettext

from carts.marketplaces import asked_kinds
from carts.models import Cart, Grant
from core.accounts.access import Access, Role
from core.accounts.models import Membership, Merchant
from core.alerts.models import Alert
from integration_manager.portal.order_list.order_search import asked_about
from orders.models import Order
from orders.statuses import NEEDS_ATTENTION

LIVE = Q(state=Cart.State.LIVE)
UNAUTHORIZED = LIVE & (Q(grant=None, kind__in=asked_kinds()) | Q(grant__state=Grant.State.ENDED))


@dataclass(frozen=True, slots=True)
class Health:
    """One merchant's numbers; the pill shows the worst of them."""

    unauthorized: int = 0  # live carts whose seller has to authorize us again
    alerts: int = 0
    attention: int = 0  # orders that are held, were refused, or that a person has to see to for another reason
    live: int = 0
    carts: int = 0

    @property
    def rank(self) -> int:
        """0 is the worst."""
        if self.unauthorized:
            return 0
        if self.alerts:
            return 1
        return 2 if self.attention else 3

    @property
    def pill(self) -> tuple[str, str]:
        match self.rank:
            case 0:
                return "Needs authorization", "bad"
            case 1:
                return "Alerts", "bad"
            case 2:
                return "Needs attention", "warn"
        if not self.carts:
            return "No carts yet", "calm"
        return ("All good", "good") if self.live else ("Not live", "calm")

    @property
    def why(self) -> str:
        """Everything that is wrong, in numbers."""
        said = [
            _count(self.unauthorized, "cart without authorization", "carts without authorization"),
            _count(self.alerts, "alert", "alerts"),
            _count(self.attention, "order to check", "orders to check"),
        ]
        return ", ".join(words for words in said if words)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {ngettext(one, many, number)}" if number else ""


def glance(access: Access) -> dict[int, Health]:
    """Return the health of all merchants that the person may see and that have anything: four queries."""
    carts = Cart.objects.visible_to(access).exclude(state=Cart.State.ARCHIVED).order_by().values("merchant")
    counted = carts.annotate(
        carts=Count("pk"), live=Count("pk", filter=LIVE), unauthorized=Count("pk", filter=UNAUTHORIZED)
    )
    numbers: dict[int, dict[str, int]] = {
        row["merchant"]: {"carts": row["carts"], "live": row["live"], "unauthorized": row["unauthorized"]}
        for row in counted
    }
    orders = Order.objects.visible_to(access)
    for name, rows in (
        ("alerts", Alert.objects.visible_to(access).filter(closed_at=None, merchant__isnull=False)),
        ("attention", orders.filter(status__in=NEEDS_ATTENTION)),
        ("attention", asked_about(orders, access)),
    ):
        for merchant, number in rows.order_by().values_list("merchant").annotate(number=Count("pk")):
            mine = numbers.setdefault(merchant, {})
            mine[name] = mine.get(name, 0) + number
    return {merchant: Health(**found) for merchant, found in numbers.items()}


def ranked(merchants: QuerySet[Any], health: Mapping[int, Health]) -> QuerySet[Any]:
    """Say with each merchant its ``rank``: those with the worst first, then by name."""
    by_rank: dict[int, list[int]] = {}
    for pk, found in health.items():
        by_rank.setdefault(found.rank, []).append(pk)
    bad = [When(pk__in=by_rank[rank], then=Value(str(rank))) for rank in sorted(by_rank) if rank < 3]
    worst = Case(*bad, default=Value("3"), output_field=CharField())
    return merchants.annotate(rank=Concat(worst, Lower("name"), output_field=CharField()))


def people_of(merchants: Iterable[Merchant]) -> dict[int, int]:
    """Return how many people each merchant has here."""
    members = Membership.objects.filter(merchant__in=[merchant.pk for merchant in merchants], role=Role.SELLER)
    return dict(members.order_by().values_list("merchant").annotate(people=Count("pk")))


def with_last_order(merchants: QuerySet[Any]) -> QuerySet[Any]:
    """Say with each merchant when the ``last_order`` was placed."""
    newest = Order.objects.filter(merchant=OuterRef("pk"))
    return merchants.annotate(last_order=Subquery(newest.order_by("-placed_at", "-pk").values("placed_at")[:1]))


def last_order(merchant: Merchant) -> Any:
    return Order.objects.filter(merchant=merchant).aggregate(last=Max("placed_at"))["last"]
