"""The doors of performance: the page, the same as a file, and the rates of currencies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from carts.account_health import kept_figures
from carts.models import Cart, tell_apart
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.activity.event_log import record
from core.common import clock
from core.ui.day_bars import day_bars
from core.ui.request_values import read_id
from integration_manager.portal.order_list.order_search import address
from integration_manager.portal.order_list.table_files import FILES, CsvFile, Row
from integration_manager.portal.performance import divided, periods
from integration_manager.portal.performance.divided import DIVISIONS, Narrowed, Part
from integration_manager.portal.performance.figures import Figures
from integration_manager.portal.performance.periods import PERIODS, Period
from shipping.models import Warehouse
from shipping.performance import day_refresh, durations

MOST_BARS = 92
DURATIONS = {
    durations.TO_WAREHOUSE: "Placed to warehouse",
    durations.TO_SHIP: "Placed to shipped",
    durations.TO_CONFIRM: "Shipped to confirmed",
}
COLUMNS = (
    *("Orders", "Units", "Canceled before shipping", "Shipped", "Late", "On time %", "Packages", "Tracked %"),
    *(f"{label}, {which} (minutes)" for label in DURATIONS.values() for which in ("median", "95 %")),
    *("Currency", "Sales", "Average order", "Charges"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for."""

    period: Period
    by: str
    narrowed: Narrowed
    carts: Sequence[Cart]

    @property
    def chosen_carts(self) -> list[Cart]:
        """Return the carts that it is narrowed to. A warehouse has none of its own."""
        one, of, place = self.narrowed.cart, self.narrowed.merchant, self.narrowed.place
        return [
            cart
            for cart in self.carts
            if one in (0, cart.pk) and of in (0, cart.merchant_id) and place in ("", cart.place.name)
        ]

    @property
    def query(self) -> dict[str, str]:
        chosen = {
            "by": self.by,
            "merchant": self.narrowed.merchant or "",
            "cart": self.narrowed.cart or "",
            "warehouse": self.narrowed.warehouse or "",
            "place": self.narrowed.place,
        }
        return {**self.period.query, **{name: str(value) for name, value in chosen.items() if value}}


@door(Ability.LOOK)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    access, now = access_of(request), clock.now()
    wanted = _read(request.GET, access, now)
    found = divided.divide(access, wanted.by, wanted.period, wanted.narrowed, carts=wanted.carts, now=now)
    figures, before = found.whole, found.before
    shown = wanted.period.end(MOST_BARS)
    file_url = reverse("performance:export")
    context = {
        "period": wanted.period,
        "periods": PERIODS.items(),
        "by": wanted.by,
        "divisions": [(key, each.label) for key, each in DIVISIONS.items()],
        "division": DIVISIONS[wanted.by].label,
        "narrowed": wanted.narrowed,
        "menus": _menus(access, wanted),
        "figures": figures,
        "before": before,
        "durations": _durations(figures, before),
        "rows": _rows(wanted, found.parts),
        "days": day_bars(divided.by_day(access, shown, wanted.narrowed), today=shown.last, days=shown.days),
        "days_cut": shown.days < wanted.period.days,
        "linking_merchant": wanted.narrowed.merchant or access.merchant_id or _only(wanted.chosen_carts),
        "judged": kept_figures.accounts(wanted.chosen_carts),
        "files": [(f.label, f"{file_url}?{urlencode({**wanted.query, 'as': key})}") for key, f in FILES.items()],
        "counted_until": day_refresh.counted_until(access.organization),
        "reporting": access.organization.reporting_currency,
        "may_set": access.may(Ability.SETTINGS),
        "of_house": access.is_of_house,
    }
    return render(request, "portal/performance/performance.html", context)


def _read(query: QueryDict, access: Access, now: datetime) -> Wanted:
    """What is none of one's own finds nothing, as if it were not there."""
    carts = list(Cart.objects.visible_to(access).select_related("merchant").order_by("merchant__name", "name", "pk"))
    place = query.get("place", "")
    narrowed = Narrowed(
        merchant=read_id(query.get("merchant", "")),
        cart=read_id(query.get("cart", "")),
        warehouse=read_id(query.get("warehouse", "")),
        place=place,
        carts=[cart.pk for cart in carts if cart.place.name == place] if place else None,
    )
    by = query.get("by", "")
    usual = "merchant" if access.is_of_house else "cart"
    today = now.astimezone(access.organization.zone).date()
    return Wanted(periods.read(query, today=today), by if by in DIVISIONS else usual, narrowed, carts)


def _only(carts: Sequence[Cart]) -> int:
    """Return the merchant whose carts these are; 0 where they are several merchants'."""
    merchants = {cart.merchant_id for cart in carts}
    return merchants.pop() if len(merchants) == 1 else 0


def _menus(access: Access, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the menus that narrow, where there is more than one to choose from."""
    narrowed = wanted.narrowed
    places = sorted({cart.place.name for cart in wanted.carts})
    warehouses = Warehouse.objects.visible_to(access).order_by("name")
    merchants = list(Merchant.objects.visible_to(access).order_by("name", "pk").values_list("pk", "name"))
    several: list[tuple[str, str, list[tuple[Any, str]], Any]] = [
        ("merchant", "All merchants", merchants, narrowed.merchant),
        (
            "cart",
            "All carts",
            [(cart.pk, tell_apart(cart.merchant.name, cart.name)) for cart in wanted.carts],
            narrowed.cart,
        ),
        ("place", "All marketplaces", [(name, name) for name in places], narrowed.place),
        ("warehouse", "All warehouses", list(warehouses.values_list("pk", "name")), narrowed.warehouse),
    ]
    return [
        {"name": name, "all": everything, "choices": choices, "chosen": chosen}
        for name, everything, choices, chosen in several
        if len(choices) > 1 or chosen
    ]


def _durations(figures: Figures, before: Figures) -> list[tuple[str, timedelta | None, timedelta | None, Any]]:
    return [(label, *figures.took(kind), before.took(kind)[0]) for kind, label in DURATIONS.items()]


def _rows(wanted: Wanted, parts: Sequence[Part]) -> list[dict[str, Any]]:
    placed = {"placed_from": wanted.period.first.isoformat(), "placed_to": wanted.period.last.isoformat()}
    return [
        {
            "part": part,
            "url": address({"tab": "all", **part.query, **placed}) if part.query else "",
            "took": [(label, *part.figures.took(kind)) for kind, label in DURATIONS.items()],
        }
        for part in parts
    ]


@door(Ability.LOOK)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Hand out the table: a row for each part and currency, so that each column can be added up."""
    access, now = access_of(request), clock.now()
    wanted = _read(request.GET, access, now)
    file = FILES.get(request.GET.get("as", "csv"))
    if file is None or wanted.period.refused:
        messages.warning(request, wanted.period.refused or "Choose one of the formats below the table.")
        return redirect("performance:page")
    found = divided.divide(access, wanted.by, wanted.period, wanted.narrowed, carts=wanted.carts, now=now)
    with transaction.atomic():
        record("performance.exported", access.organization, now=now, actor=person_of(request), division=wanted.by)
    exact = isinstance(file, CsvFile) and file.exact
    columns = [DIVISIONS[wanted.by].label, *COLUMNS]
    name = f"performance-{wanted.period.first}-{wanted.period.last}"
    answer = StreamingHttpResponse(
        file.write(columns, _file_rows(found.parts, exact=exact), zone=access.organization.zone, title="Performance"),
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{file.ending}"', "Cache-Control": "no-store"},
    )
    return cast(HttpResponse, answer)  # to a door they are the same


def _file_rows(parts: Sequence[Part], *, exact: bool) -> Iterator[Row]:
    """Yield a row for each currency of a part. What is no amount stands in the first one only: no sum is too high."""
    for part in parts:
        figures = part.figures
        sold = {currency: (amount, average) for currency, amount, average in figures.sold}
        currencies = list(dict.fromkeys([*sold, *dict(figures.charged)])) or [""]
        first: list[Any] = [
            *(figures.orders, figures.units, figures.canceled, figures.shipped, figures.late),
            _share(figures.on_time_share),
            *(figures.numbers["packages"], _share(figures.tracked_share)),
            *(_minutes(took) for kind in DURATIONS for took in figures.took(kind)),
        ]
        for place, currency in enumerate(currencies):
            amount, average = sold.get(currency, (None, None))
            digits = Decimal("0.0001") if exact else Decimal("0.01")
            rounded = None if average is None else average.quantize(digits)
            numbers = first if not place else [None] * len(first)
            yield [part.name, *numbers, currency, amount, rounded, figures.charges.get(currency)]


def _share(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(str(share))


def _minutes(took: timedelta | None) -> int | None:
    return None if took is None else round(took.total_seconds() / 60)
