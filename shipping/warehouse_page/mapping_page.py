"""The Mapping page of a warehouse's system: merchants and accounts, ship methods, and what goods are called there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.accounts.doors import access_of
from core.accounts.models import Merchant
from shipping.connection import look
from shipping.connection.catalogs import Catalog
from shipping.connection.forms import AccountForm
from shipping.models import Warehouse, WarehouseAccess, WarehouseAccount
from shipping.warehouse_page import warehouse_standing
from shipping.warehouse_page.page_tabs import tabs


@dataclass(frozen=True, slots=True)
class MerchantGoods:
    merchant: Merchant
    catalog: Catalog


def show(
    request: HttpRequest, warehouse: Warehouse, *, form: AccountForm | None = None, status: int = 200
) -> HttpResponse:
    access, entry = access_of(request), WarehouseAccess.objects.filter(warehouse=warehouse).first()
    known = {label.casefold() for label in warehouse.ship_methods.values_list("label", flat=True)}
    offered = look.methods(entry) if entry else []
    context = {
        "warehouse": warehouse,
        "tabs": tabs(warehouse, "shipping:warehouse_mapping", access),
        "pill": warehouse_standing.pill_of(warehouse),
        "access": entry,
        "account_form": form or (account_form(request, warehouse) if entry else None),
        "has_accounts": bool(entry and look.accounts(entry)),
        "new_methods": [each for each in offered if each.label.casefold() not in known],
        "methods": list(warehouse.ship_methods.order_by("label")),
        "goods": _goods(request, entry) if entry else [],
    }
    return render(request, "shipping/warehouse_page/mapping.html", context, status=status)


def account_form(request: HttpRequest, warehouse: Warehouse, data: Any = None) -> AccountForm:
    entry = WarehouseAccess.objects.filter(warehouse=warehouse).first()
    merchants = list(Merchant.objects.visible_to(access_of(request)).order_by("name", "pk"))
    mine = WarehouseAccount.objects.filter(warehouse=warehouse)
    return AccountForm(
        data,
        merchants=merchants,
        accounts=look.accounts(entry) if entry else [],
        matched=dict(mine.values_list("merchant", "account")),
    )


def _goods(request: HttpRequest, entry: WarehouseAccess) -> list[MerchantGoods]:
    found = look.catalogs(entry)
    merchants = Merchant.objects.visible_to(access_of(request)).filter(pk__in=found).order_by("name", "pk")
    return [MerchantGoods(each, found[each.pk]) for each in merchants]
