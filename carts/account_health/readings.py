"""Reading a seller account's figures, once a day: a report is asked for, waited for, read and kept.

One report says it for all of a seller's marketplaces. Where it can't be had, that is said on the page, and it is asked
for again some hours later; the alert that stands is left as it is.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from carts import marketplaces
from carts.account_health import figure_alerts, kept_figures
from carts.marketplaces.account_figures import AccountFigures, SellerFacts
from carts.marketplaces.base import Marketplace
from carts.models import AccountReading, Cart, Grant
from core.common import jobs
from core.common.jobs import Job, NotYet, Outcome
from core.common.remote import Rejected

EVERY = timedelta(hours=20)
AGAIN = timedelta(hours=4)  # where there was no report
LOOK = timedelta(minutes=2)  # how soon it is asked whether a report is written
TOO_LONG = timedelta(hours=12)  # a report that is still not written is asked for anew
SWEEP = 20


@dataclass(frozen=True, slots=True)
class Read:
    """What came of it: the figures by place, and what is known of the seller."""

    figures: Sequence[AccountFigures]
    facts: SellerFacts


def claim_due(now: datetime) -> list[int]:
    """Owe what has its turn, and return the grants to read now, fairly between organizations."""
    asked = Cart.objects.asked().filter(kind__in=marketplaces.judging_kinds()).order_by().values("grant")
    new = Grant.objects.filter(pk__in=asked, account_reading=None).order_by("pk")[:SWEEP]
    AccountReading.objects.bulk_create(
        [
            AccountReading(organization_id=each.organization_id, merchant_id=each.merchant_id, grant=each, due_at=now)
            for each in new
        ],
        ignore_conflicts=True,
    )
    mine = AccountReading.objects.filter(grant__in=asked)
    mine.done().filter(due_at__lte=now - EVERY).reopen(now=now, reference="")
    mine.stuck().filter(due_at__lte=now - AGAIN).reopen(now=now, reference="")
    return list(mine.due(now).fairly(within="organization", order_by="due_at").values_list("grant", flat=True)[:SWEEP])


def run(reading: AccountReading, marketplace: Marketplace, *, now: datetime) -> Outcome:
    """Bring one as far as it goes now. Raises Throttled or Disconnected, settled."""
    return jobs.run(reading, ReadingJob(marketplace), now=now)


@dataclass(frozen=True)
class ReadingJob(Job[AccountReading, Read]):
    marketplace: Marketplace

    def do(self, mine: AccountReading, /, *, now: datetime) -> Read:
        if not mine.reference or mine.asked_at is None or now - mine.asked_at > TOO_LONG:
            places = sorted({cart.place_id for cart in carts_of(mine.grant_id)})
            mine.keep(reference=self.marketplace.ask_for_figures(places), asked_at=now)
            raise NotYet(LOOK)
        found = self.marketplace.figures(mine.reference)
        if found is None:
            raise NotYet(LOOK)
        return Read(found, _facts(self.marketplace))

    def done(self, mine: AccountReading, result: Read, /, *, now: datetime) -> None:
        said = {figures.place_id: figures for figures in result.figures}
        for cart in carts_of(mine.grant_id):
            if figures := said.get(cart.place_id):
                kept_figures.store(cart, figures, now=now)
            if said:
                figure_alerts.tell(cart, now=now)
        missing = "" if said else "Amazon's report was empty."
        AccountReading.objects.filter(pk=mine.pk).note(missing, told_at=now, seller=asdict(result.facts))

    def stuck(self, mine: AccountReading, reason: str, /, *, now: datetime) -> None:
        """The page says why; it is asked for again."""


def carts_of(grant_id: int) -> list[Cart]:
    """Return the carts whose account is read by this grant."""
    found = Cart.objects.asked().filter(grant=grant_id, kind__in=marketplaces.judging_kinds())
    return list(found.select_related("organization", "merchant").order_by("pk"))


def _facts(marketplace: Marketplace) -> SellerFacts:
    try:
        return marketplace.seller_facts()
    except Rejected as refusal:
        return SellerFacts(untold=str(refusal))
