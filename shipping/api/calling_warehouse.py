"""Which warehouse a program speaks for: its key's own, else the one it names. Only one that fetches its orders."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.accounts.doors import access_of
from core.accounts.visible_statements import house_of
from core.api import public_ids
from core.api.bearer import key_of
from core.api.problems import MEDIA_TYPE, Problem, in_query
from core.api.schema import ProblemAnswer
from core.common.kept_statements import KeptStatement
from shipping import warehouses
from shipping.models import Warehouse

IN_QUERY = OpenApiParameter(
    "warehouse",
    {"type": "string", "pattern": "^wh_[1-9][0-9]{0,17}$", "example": "wh_12"},
    description="Needed where the key is for all warehouses and several fetch orders.",
)
# How asking for another warehouse may be refused, for the schema.
REFUSALS = {(404, MEDIA_TYPE): ProblemAnswer, (409, MEDIA_TYPE): ProblemAnswer}

# What every request of a key of the house asks first.
NAMED = KeptStatement(lambda house, pk: Warehouse.objects.visible_to(house_of(house)).filter(pk=pk))
CALLING = KeptStatement(
    lambda house, kinds: Warehouse.objects.visible_to(house_of(house)).in_use().filter(kind__in=kinds)[:2]
)


def warehouse_for(request: Request, named: int | None) -> Warehouse:
    """Return it. ``named`` is the number in the request, where there is one. Raises Problem, or Http404.

    What another organization or merchant owns is not there, and neither is another warehouse than the key's.
    """
    own, access = key_of(request).warehouse_id, access_of(request)
    wanted = own if named is None else named
    if wanted is None:
        return _only_one(request)
    if own is not None and wanted != own:
        raise Http404
    if not access.is_of_house:
        found: Warehouse | None = Warehouse.objects.visible_to(access).filter(pk=wanted).first()
    else:
        found = NAMED.first(access.organization.pk, wanted)
    if found is None:
        raise Http404
    if not found.system.calls_us or found.system.by_files:
        raise Problem("conflict", f"{found} does not fetch its orders: its system is “{found.system.label}”.")
    return found


def _only_one(request: Request) -> Warehouse:
    """Return the warehouse that fetches its orders, where there is one alone. Raises Problem."""
    access, kinds = access_of(request), list(warehouses.calling_by_api())
    if not access.is_of_house:
        found: list[Warehouse] = list(Warehouse.objects.visible_to(access).in_use().filter(kind__in=kinds)[:2])
    else:
        found = CALLING.rows(access.organization.pk, kinds)
    if len(found) != 1:
        raise Problem("conflict", "This key is for all warehouses: say which one it speaks for, as “warehouse”.")
    return found[0]


def named_in_query(request: Request) -> int | None:
    if "warehouse" not in request._request.GET:
        return None
    try:
        return public_ids.read(public_ids.WAREHOUSE, request._request.GET["warehouse"])
    except ValueError as error:
        raise in_query("warehouse", str(error)) from None
