"""Alerts, as programs read them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.alerts.models import Alert
from core.alerts.views import told_to
from core.api import cursor_page, public_ids
from core.api.base_view import ApiView
from core.api.bearer import key_of
from core.api.public_ids import PublicIdField
from core.api.query_values import choice_parameter, query_choice
from core.api.scopes import Scope
from core.ui.list_page import Sorting

NEWEST_FIRST = Sorting("opened", "opened_at", descending=True)
STATES = ("open", "closed")


class AlertAnswer(serializers.Serializer[Any]):
    """Something that is, or was, wrong. It closes by itself when its cause is gone."""

    id = PublicIdField(public_ids.ALERT, source="pk")
    cause = serializers.CharField()
    severity = serializers.CharField(source="severity_word", help_text="urgent or soon.")
    owner = serializers.CharField(help_text="Whose turn it is: us, warehouse, seller or marketplace.")
    message = serializers.CharField(help_text="A sentence, with what to do.")
    about_kind = serializers.CharField(source="subject_kind", help_text="order, cart, warehouse, …")
    about_number = serializers.IntegerField(source="subject_id", help_text="The number in its ID.")
    merchant = PublicIdField(public_ids.MERCHANT, source="merchant_id", allow_null=True)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class AlertList(ApiView):
    """Alerts, the newest first: those that are open, or that were closed."""

    scope = Scope.ALERTS_READ
    parameters = cursor_page.PARAMETERS | {"state"}

    @extend_schema(
        parameters=[
            *cursor_page.DESCRIBED,
            choice_parameter("state", STATES, "open, unless said otherwise."),
        ],
        responses=cursor_page.schema_of(AlertAnswer),
    )
    def get(self, request: Request) -> Response:
        state = query_choice(request, "state", STATES) or "open"
        access, key = access_of(request), key_of(request)
        alerts = Alert.objects.visible_to(access).filter(closed_at__isnull=state == "open")
        if key.cart_id is not None:
            alerts = alerts.filter(cart_id=key.cart_id)
        return cursor_page.page(
            request, alerts, NEWEST_FIRST, lambda rows: AlertAnswer(told_to(access, rows), many=True).data
        )
