"""Whether each of a merchant's accounts meets what the marketplace asks before it links accounts.

Business information verified, no restrictions, comparable performance. What no program is told, a person answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from carts.account_health import kept_figures, open_places
from carts.account_health.kept_figures import JudgedAccount
from carts.marketplaces import APPLICATIONS
from carts.models import AccountReading, Cart, LinkAnswer, LinkOutcome
from core.accounts.models import Merchant, User
from core.activity.event_log import record
from core.ui.formats import tell_share

MEETS, MISSES, UNTOLD = ("Meets it", "good"), ("Does not", "bad"), ("Not told", "calm")
ASKED_OF_PERSON = "No program is told whether the marketplace verified it. Look in Seller Central, and answer below."


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one account: a word with its tone, and why."""

    status: tuple[str, str]
    why: str = ""


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """One thing that is asked, with what was found of each account, in their order."""

    label: str
    found: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Compared:
    accounts: Sequence[JudgedAccount]
    answers: Sequence[LinkAnswer | None]
    checks: Sequence[LinkCheck]

    @property
    def verdict(self) -> tuple[str, str]:
        """Return whether all is met, as a word and a tone."""
        tones = {found.status[1] for check in self.checks for found in check.found}
        if "bad" in tones:
            return "Something is missing", "bad"
        return ("Something is not known", "warn") if "calm" in tones else ("Everything is met", "good")


def compare(carts: Iterable[Cart]) -> Compared:
    """Put a merchant's accounts side by side. Four statements, however many there are."""
    accounts = kept_figures.accounts(carts)
    grants = [each.cart.grant_id for each in accounts if each.cart.grant_id]
    sellers = dict(AccountReading.objects.filter(grant__in=grants).values_list("grant", "seller"))
    told = [sellers.get(each.cart.grant_id or 0) or {} for each in accounts]
    rows = LinkAnswer.objects.filter(cart__in=[each.cart for each in accounts]).select_related("by")
    by_cart = {row.cart_id: row for row in rows}
    answers = [by_cart.get(each.cart.pk) for each in accounts]
    checks = (
        LinkCheck("Business information given", [_given(seller) for seller in told]),
        LinkCheck("Business information verified", [_verified(answer) for answer in answers]),
        LinkCheck("Professional selling plan", [_plan(seller) for seller in told]),
        LinkCheck("Sells there, listings active", [_sells(s, a.cart) for s, a in zip(told, accounts, strict=True)]),
        LinkCheck("Account in good standing", [_standing(each) for each in accounts]),
        LinkCheck("Performance on target", [_performance(each) for each in accounts]),
    )
    return Compared(accounts, answers, checks)


def _given(seller: dict[str, Any]) -> Found:
    given = seller.get("is_registered")
    if given is None:
        return Found(UNTOLD, "Amazon tells it in Europe alone." if seller else "Not asked yet.")
    return Found(MEETS, seller["business"]) if given else Found(MISSES, "The registered name or address is missing.")


def _verified(answer: LinkAnswer | None) -> Found:
    if answer is None or answer.verified == LinkAnswer.Verified.UNKNOWN:
        return Found(("Can't be known here", "calm"), ASKED_OF_PERSON)
    return Found(MEETS if answer.verified == LinkAnswer.Verified.YES else MISSES, answer.note)


def _plan(seller: dict[str, Any]) -> Found:
    plan = seller.get("plan")
    if not plan:
        return Found(UNTOLD, "Amazon tells it in Europe alone." if seller else "Not asked yet.")
    return Found(MEETS if plan == "Professional" else MISSES, f"{plan} plan")


def _sells(seller: dict[str, Any], cart: Cart) -> Found:
    if not seller:
        return Found(UNTOLD, "Not asked yet.")
    store = open_places.store_in(seller, cart.place_id)
    if store is None:
        return Found(MISSES, "The seller does not sell there.")
    return Found(MISSES, "The listings are inactive.") if store["suspended"] else Found(MEETS)


def _standing(account: JudgedAccount) -> Found:
    if account.row is None or not account.row.standing:
        return Found(UNTOLD, account.why)
    is_good = account.row.standing == APPLICATIONS[account.cart.kind].marketplace.good_standing
    said = [] if is_good else [account.standing[0]]
    if account.warnings:
        said.append(f"Warns of {', '.join(account.warnings)}")
    return Found(MISSES, ". ".join(said)) if said else Found(MEETS)


def _performance(account: JudgedAccount) -> Found:
    told = [rate for rate in account.rates if rate.share is not None]
    if not told:
        return Found(UNTOLD, account.why)
    missed = [f"{rate.rate.label} {tell_share(rate.share or 0)}" for rate in told if rate.is_met is False]
    if missed:
        return Found(MISSES, ", ".join(missed))
    untold = [rate.rate.label for rate in account.rates if rate.share is None]
    return Found(("Met as far as told", "calm"), f"Not told: {', '.join(untold)}.") if untold else Found(MEETS)


# -- What people say ---------------------------------------------------------------------------------------------------
def answer(cart: Cart, verified: str, note: str, *, by: User, now: datetime) -> None:
    """Keep what a person saw there, in place of what was answered before."""
    said = LinkAnswer.Verified(verified)
    fields = {"verified": said, "note": note, "by": by, "at": now}
    owner = {"organization_id": cart.organization_id, "merchant_id": cart.merchant_id}
    with transaction.atomic(durable=True):
        LinkAnswer.objects.update_or_create(cart=cart, defaults={**owner, **fields})
        record("cart.link_answered", cart, now=now, actor=by, answer=str(said.label).lower())


def note_outcome(merchant: Merchant, outcome: str, reason: str, next_step: str, *, by: User, now: datetime) -> None:
    """Keep what became of a request, beside those before."""
    said = LinkOutcome.Outcome(outcome)
    with transaction.atomic(durable=True):
        LinkOutcome.objects.create(
            organization_id=merchant.organization_id,
            merchant=merchant,
            outcome=said,
            reason=reason,
            next_step=next_step,
            by=by,
            at=now,
        )
        record("merchant.linking_noted", merchant, now=now, actor=by, outcome=str(said.label).lower())
