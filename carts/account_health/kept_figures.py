"""The marketplace's figures of an account as they are kept: written from the port's words, and read back into them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from carts.marketplaces import APPLICATIONS
from carts.marketplaces.account_figures import AccountFigures, AccountRate, Rate, Target
from carts.models import AccountDay, AccountReading, Cart

WEEK = timedelta(days=7)
LEFT_OUT = "The marketplace's last report says nothing about this account."


@dataclass(frozen=True, slots=True)
class JudgedRate:
    """A rate beside its target: what was told, or not (``share`` is None)."""

    rate: Rate
    share: Decimal | None
    target: Target | None
    is_published: bool  # the target is the published one: the report named none
    of: int | None = None
    hit: int | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_met(self) -> bool | None:
        return None if self.share is None or self.target is None else self.target.is_met(self.share)

    @property
    def state(self) -> tuple[str, str]:
        """A word and a tone."""
        if self.share is None:
            return "Not told", "calm"
        if self.is_met is None:
            return "No target", "calm"
        return ("On target", "good") if self.is_met else ("Over target" if self._is_below else "Under target", "bad")

    @property
    def _room(self) -> Decimal | None:
        """How far it is from its target."""
        return None if self.target is None or self.share is None else abs(self.target.value - self.share)

    @property
    def _is_below(self) -> bool:
        return self.target is not None and self.target.below

    def worsened_from(self, before: "JudgedRate | None") -> bool:
        """Whether it is still on target, and has used up half of what there was left to it since then."""
        if before is None or not self.is_met or not before.is_met:
            return False
        left, had = self._room, before._room
        return left is not None and had is not None and left * 2 <= had


def store(cart: Cart, figures: AccountFigures, *, now: datetime) -> AccountDay:
    """Keep what was said of a cart's account as the word of this day, in place of an earlier one."""
    day = now.astimezone(cart.organization.zone).date()
    kept, _ = AccountDay.objects.update_or_create(
        cart=cart,
        day=day,
        defaults={
            "organization_id": cart.organization_id,
            "merchant_id": cart.merchant_id,
            "told_at": now,
            "standing": figures.standing,
            "rates": {str(name): _written(rate) for name, rate in figures.rates.items()},
            "warnings": list(figures.warnings),
            "unread": list(figures.unread),
            "source": dict(figures.source),
        },
    )
    return kept


def _written(rate: AccountRate) -> dict[str, Any]:
    target = rate.target
    return {
        "share": str(rate.share),
        "target": None if target is None else str(target.value),
        "below": None if target is None else target.below,
        "of": rate.of,
        "hit": rate.hit,
        "since": rate.since and rate.since.isoformat(),
        "until": rate.until and rate.until.isoformat(),
    }


def judged(row: AccountDay, kind: str) -> list[JudgedRate]:
    """Return every rate there is, also those that were not told. ``kind`` is that of the row's cart."""
    published = APPLICATIONS[kind].marketplace.published_targets
    wanted = [rate for rate in Rate if rate in published or rate in row.rates]
    return [_judged(rate, row.rates.get(rate), published) for rate in wanted]


def _judged(rate: Rate, kept: dict[str, Any] | None, published: Mapping[Rate, Target]) -> JudgedRate:
    if kept is None:
        return JudgedRate(rate, None, published.get(rate), is_published=rate in published)
    told = None if kept["target"] is None else Target(Decimal(kept["target"]), kept["below"])
    return JudgedRate(
        rate,
        Decimal(kept["share"]),
        told or published.get(rate),
        is_published=told is None and rate in published,
        of=kept["of"],
        hit=kept["hit"],
        since=kept["since"] and date.fromisoformat(kept["since"]),
        until=kept["until"] and date.fromisoformat(kept["until"]),
    )


def standing(row: AccountDay, kind: str) -> tuple[str, str]:
    """Return the account's standing as a word and a tone."""
    if not row.standing:
        return "Not told", "calm"
    known = APPLICATIONS[kind].marketplace.standings
    return known.get(row.standing, (row.standing.replace("_", " ").capitalize(), "warn"))


def warning_words(row: AccountDay) -> list[str]:
    """Return what the marketplace warns of."""
    return [_words(name) for name in row.warnings]


def _words(name: str) -> str:
    """Return a name of the marketplace's taken apart: ``lateShipment`` is "late shipment"."""
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in name).strip()


def latest(carts: Collection[int]) -> dict[int, AccountDay]:
    """Return the last word on each of these carts, of those that have one. One statement."""
    newest = AccountDay.objects.filter(cart=OuterRef("cart")).order_by("-day").values("day")[:1]
    rows = AccountDay.objects.filter(cart__in=carts, day=Subquery(newest)).defer("source")
    return {row.cart_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class JudgedAccount:
    """The last word on a cart's account; where there is none, why."""

    cart: Cart
    row: AccountDay | None
    rates: Sequence[JudgedRate]
    standing: tuple[str, str]
    warnings: Sequence[str]
    why: str  # why the last reading brought nothing; "" where it did, or is under way

    @property
    def unread(self) -> list[str]:
        """What was told and could not be read."""
        return [_words(name) for name in self.row.unread] if self.row else []


def accounts(carts: Iterable[Cart]) -> list[JudgedAccount]:
    """Return the last word on each of these whose marketplace judges sellers. Two statements."""
    judging = [cart for cart in carts if APPLICATIONS[cart.kind].marketplace.judges_sellers and not cart.is_archived]
    rows = latest([cart.pk for cart in judging])
    readings = AccountReading.objects.filter(grant__in={cart.grant_id for cart in judging if cart.grant_id})
    last = {grant: (why, told_at) for grant, why, told_at in readings.values_list("grant", "last_error", "told_at")}
    return [_account(cart, rows.get(cart.pk), *last.get(cart.grant_id or 0, ("", None))) for cart in judging]


def _account(cart: Cart, row: AccountDay | None, why: str, read_at: datetime | None) -> JudgedAccount:
    if not why and read_at is not None and (row is None or row.told_at < read_at):
        why = LEFT_OUT
    if row is None:
        return JudgedAccount(cart, None, (), ("Not told", "calm"), (), why)
    return JudgedAccount(cart, row, judged(row, cart.kind), standing(row, cart.kind), warning_words(row), why)


def a_week_before(row: AccountDay) -> AccountDay | None:
    """Return the last word of a week before this one, or of the days before that."""
    earlier = AccountDay.objects.filter(cart=row.cart_id, day__lte=row.day - WEEK, day__gte=row.day - 2 * WEEK)
    return earlier.order_by("-day").first()
