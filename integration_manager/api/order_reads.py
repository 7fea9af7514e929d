"""Orders as programs read them: the list by the filters of the page, one order, and who gets it."""

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.api import cursor_page, entity_tags, public_ids
from core.api.base_view import ApiView
from core.api.bearer import key_of
from core.api.problems import in_query
from core.api.query_values import choice_parameter, moment_parameter, query_moment, query_text, text_parameter
from core.api.scopes import Scope
from core.common import clock
from core.ui.list_page import Sorting
from integration_manager.api.order_answers import OrderAnswer, with_all, written
from integration_manager.portal.order_list.order_filters import DUE, PLACED, OrderFilters
from orders.api import key_limits, recipient_answer
from orders.api.recipient_answer import RecipientAnswer
from orders.models import HeldFor, Order, OrderStatus

NEWEST_FIRST = Sorting("placed", "placed_at", descending=True)
BY_CHANGE = Sorting("changed", "touched_at", descending=False)
YES_OR_NO = ("yes", "no")
# By ID: what of the order it is, and how its ID begins.
IDS = {
    "merchant": ("merchant", public_ids.MERCHANT),
    "cart": ("cart", public_ids.CART),
    "warehouse": ("", public_ids.WAREHOUSE),  # of a split order each of them
}
TEXTS = {"number": "number", "method": "service"}
LONGEST = 60
SHARED = ("status", "held", "due", "placed", "prime", "business")  # as the page's filters keep them
FILTERS = [
    choice_parameter("status", OrderStatus.values),
    moment_parameter(
        "changed_since",
        "Of which anything changed here since, in the order of that. Ask a minute earlier than last time.",
    ),
    *(public_ids.parameter(name, prefix) for name, (_, prefix) in IDS.items()),
    text_parameter("number", LONGEST, "Just this order number."),
    text_parameter("method", LONGEST, "Just this ship method, as the marketplace calls it."),
    choice_parameter("held", HeldFor.values, "Held, and for this."),
    choice_parameter("due", DUE, "When open ones have to be shipped."),
    choice_parameter("placed", PLACED, "In the last so many days."),
    choice_parameter("prime", YES_OR_NO),
    choice_parameter("business", YES_OR_NO),
]


class OrderList(ApiView):
    """Orders, the newest first; with `changed_since` in the order in which they changed."""

    scope = Scope.ORDERS_READ
    parameters = cursor_page.PARAMETERS | {"changed_since", *IDS, *TEXTS, *SHARED}

    @extend_schema(parameters=[*cursor_page.DESCRIBED, *FILTERS], responses=cursor_page.schema_of(OrderAnswer))
    def get(self, request: Request) -> Response:
        orders, by = _filtered(request), NEWEST_FIRST
        if since := query_moment(request, "changed_since"):
            orders, by = orders.filter(touched_at__gte=since), BY_CHANGE
        return cursor_page.page(request, with_all(orders), by, written)


class OneOrder(ApiView):
    """One order. Send its ETag as If-None-Match to learn whether it changed."""

    scope = Scope.ORDERS_READ

    @extend_schema(responses={200: OrderAnswer, 304: None})
    def get(self, request: Request, order_id: int) -> Response:
        return entity_tags.answer(request, written([_found(with_all(key_limits.orders_of(request)), order_id)])[0])


class OrderRecipient(ApiView):
    """Who gets an order. Each look is written into the order's history."""

    scope = Scope.BUYERS_READ

    @extend_schema(responses=RecipientAnswer)
    def get(self, request: Request, order_id: int) -> Response:
        order = _found(key_limits.orders_of(request).select_related("recipient"), order_id)
        return Response(recipient_answer.look_at([order], key=key_of(request), now=clock.now())[order.pk])


def _found(orders: "QuerySet[Order]", order_id: int) -> Order:
    found = orders.filter(pk=order_id).first()
    if found is None:
        raise Http404
    return found


def _filtered(request: Request) -> "QuerySet[Order]":
    """Return the orders that the key sees and the query asks for. Raises Problem for what is none of a filter's."""
    query = request._request.GET
    asked = {name: query[name] for name in SHARED if name in query}
    filters = OrderFilters(asked, access=access_of(request), now=clock.now(), offers=False)
    filters.form.full_clean()
    if refused := list(filters.form.errors) or [name for name, value in asked.items() if not value]:
        raise in_query(refused[0], "This is none of its values.")
    found: QuerySet[Order] = filters.qs.filter(key_limits.limits_of(key_of(request)))
    for name, (field, prefix) in IDS.items():
        if name in query:
            wanted = public_ids.read_parameter(request, name, prefix)
            found = found.filter(**{field: wanted}) if field else found.filter(key_limits.at(wanted))
    for name, field in TEXTS.items():
        if name in query:
            found = found.filter(**{field: query_text(request, name, LONGEST)})
    return found
