"""What of an account's numbers waits for a person: the brake, and carts that want different numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import ngettext

from carts.models import Cart, Grant
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, close_alerts_about, raise_alert
from inventory.alerts import BOTH_CHANNELS, CONFLICT, HELD, SHARED
from inventory.models import AccountStock
from inventory.publish import brake
from inventory.publish.account_numbers import SILENT, Reckoned
from inventory.publish.brake import Verdict
from inventory.publish.known_numbers import KnownNumber

LET_GO = timedelta(hours=1)  # how long somebody's word holds that the numbers are right
NAMED = 3  # SKUs in one alert


def account_of(grant: Grant) -> AccountStock:
    of = {"organization_id": grant.organization_id, "merchant_id": grant.merchant_id}
    account, _ = AccountStock.objects.get_or_create(grant=grant, defaults=of)
    return account


# -- The brake -------------------------------------------------------------------------------------------------------
def judge(
    account: AccountStock, carts: Sequence[Cart], found: Reckoned, rows: Mapping[str, KnownNumber], *, now: datetime
) -> Verdict:
    """Return what may be told now. Puts the brake on, with an alert, or takes it off again."""
    wanted = {sku: number.quantity for sku, number in found.wanted.items()}
    stands = {sku: row.told for sku, row in rows.items() if row.told is not None and sku not in found.barred}
    policies = {cart.brake for cart in carts}
    policy = next(each for each in (brake.ASK, brake.KEEP, brake.ZERO) if each in policies)
    if account.let_go_at is not None and now - account.let_go_at < LET_GO:
        verdict = Verdict(wanted)
    else:
        verdict = brake.judge(stands, wanted, silent=found.silent, policy=policy)
    # What is owed as zero already goes out: it was judged before.
    held = frozenset(sku for sku in verdict.held if sku not in rows or rows[sku].wanted != wanted[sku])
    verdict = Verdict(verdict.go, held, verdict.emptied if held else 0, verdict.stocked)
    _note(account, carts, verdict, found, asks=policy == brake.ASK, now=now)
    return verdict


def _note(
    account: AccountStock, carts: Sequence[Cart], verdict: Verdict, found: Reckoned, *, asks: bool, now: datetime
) -> None:
    why = _why(verdict, found) if verdict.held else ""
    if why == account.held_because and not (verdict.held and asks):
        return
    with transaction.atomic():
        since = (account.held_at or now) if verdict.held else None
        AccountStock.objects.filter(pk=account.pk).update(held_at=since, held_because=why)
        account.held_at, account.held_because = since, why
        if verdict.held and asks:
            cart = carts[0]
            message = (
                f"{cart.merchant}, {cart}: {why} Check the stock, or open the cart's Inventory and send it anyway."
            )
            raise_alert(HELD, cart, message, now=now, path=page_of(cart))
        elif not verdict.held:
            for cart in carts:
                close_alerts(cart, HELD, now=now)


def _why(verdict: Verdict, found: Reckoned) -> str:
    if verdict.is_for_zeros:
        of = ngettext("{count} SKU", "{count} SKUs", verdict.stocked).format(count=verdict.stocked)
        return f"{verdict.emptied} of {of} would go to zero at once. What is shown stays until somebody decides."
    hours = SILENT // timedelta(hours=1)
    names = ", ".join(sorted(found.silent_warehouses))
    return f"{names} has reported no stock for more than {hours} hours. Higher numbers wait until somebody decides."


def let_go(account: AccountStock, cart: Cart, *, by: User, now: datetime) -> bool:
    """Somebody says that the numbers are right. False when nothing was held any more."""
    with transaction.atomic(durable=True):
        held = AccountStock.objects.filter(pk=account.pk, held_at__isnull=False)
        released = held.update(held_at=None, held_because="", let_go_at=now)
        if released:
            record("stock.let_go", cart, now=now, actor=by)
            for each in Cart.objects.filter(grant=account.grant_id):
                close_alerts(each, HELD, now=now)
    return bool(released)


# -- Conflicts -------------------------------------------------------------------------------------------------------
def tell_conflicts(account: AccountStock, carts: Sequence[Cart], found: Reckoned, *, now: datetime) -> None:
    """Say which carts want different numbers, unless somebody chose between them; and what is on both channels."""
    differing = {sku: number for sku, number in found.wanted.items() if number.numbers}
    first, said = carts[0], {}
    if differing and account.deciding_cart_id not in {cart.pk for cart in carts}:
        said[CONFLICT] = _conflict(carts, {sku: number.numbers for sku, number in differing.items()})
    if found.both:
        names = _names(sorted(found.both))
        said[BOTH_CHANNELS] = (
            f"{first.merchant}, {first}: {names} {ngettext('is', 'are', len(found.both))} offered both by "
            f"{first.place.name} and by the merchant. No stock is sent for that until one of the two offers is ended."
        )
    if found.doubled:
        names = _names(sorted(found.doubled))
        said[SHARED] = (
            f"{first.merchant}, {first}: {names} sell the same units, and each shows all of them, so more may be sold "
            "than is there. Choose how they share on the merchant's Shared stock page."
        )
    paths = {SHARED: reverse("inventory:shared_stock", args=[first.merchant_id])}
    with transaction.atomic():
        for cause in (CONFLICT, BOTH_CHANNELS, SHARED):
            if cause in said:
                raise_alert(cause, first, said[cause], now=now, path=paths.get(cause) or page_of(first))
            close_alerts_about(carts[1:] if cause in said else carts, cause, now=now)


def _conflict(carts: Sequence[Cart], differing: Mapping[str, Mapping[str, int]]) -> str:
    sku, numbers = next(iter(sorted(differing.items())))
    wants = ", ".join(f"{cart} {numbers[str(cart.pk)]}" for cart in carts if str(cart.pk) in numbers)
    skus = ngettext("{count} SKU", "{count} SKUs", len(differing)).format(count=len(differing))
    return (
        f"{carts[0].merchant}: {carts[0].place.name} keeps one quantity for a seller account, but its carts want "
        f"different ones for {skus}. For {sku}: {wants}. The lowest is sent until you choose a cart on its Inventory "
        "page."
    )


def decide(account: AccountStock, cart: Cart | None, *, about: Cart, by: User, now: datetime) -> None:
    """Let one cart's settings count where the account's carts differ; None: the lowest number."""
    with transaction.atomic(durable=True):
        AccountStock.objects.filter(pk=account.pk).update(deciding_cart=cart)
        record("stock.decided", about, now=now, actor=by, by=cart.name if cart else "the lowest number")
        for each in Cart.objects.filter(grant=account.grant_id):
            close_alerts(each, CONFLICT, now=now)


def page_of(cart: Cart) -> str:
    return reverse("inventory:cart", args=[cart.pk])


def _names(skus: Sequence[str]) -> str:
    more = len(skus) - NAMED
    return ", ".join(skus[:NAMED]) + (f" and {more} more" if more > 0 else "")
