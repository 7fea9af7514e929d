"""What happened, as programs read it: from a cursor on, so that whoever was away misses nothing."""

from typing import Any

from django.utils.html import strip_tags
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.activity import timeline
from core.activity.models import Event
from core.api import cursor_page, public_ids
from core.api.base_view import ApiView
from core.api.bearer import key_of
from core.api.public_ids import PublicIdField
from core.api.query_values import query_text, text_parameter
from core.api.scopes import Scope
from core.ui.list_page import Sorting

OLDEST_FIRST = Sorting("id", "id", descending=False)
LONGEST_KIND = 40


class EventAnswer(serializers.Serializer[Any]):
    """Something that happened to one thing. It never holds a buyer's data."""

    id = PublicIdField(public_ids.EVENT, source="pk")
    kind = serializers.CharField(help_text="order.downloaded, order.held, …")
    about_kind = serializers.CharField(source="subject_kind")
    about_number = serializers.IntegerField(source="subject_id", help_text="The number in its ID.")
    at = serializers.DateTimeField()
    sentence = serializers.SerializerMethodField()

    def get_sentence(self, event: Event) -> str:
        return strip_tags(timeline.tell(event).sentence)


class EventList(ApiView):
    """Events, the oldest first. Keep the last `next_cursor`, or the last ID as `after`, and go on from it."""

    scope = Scope.EVENTS_READ
    parameters = cursor_page.PARAMETERS | {"kind", "after"}

    @extend_schema(
        parameters=[
            *cursor_page.DESCRIBED,
            text_parameter("kind", LONGEST_KIND, "order.held, …"),
            public_ids.parameter("after", public_ids.EVENT, "Those after this event."),
        ],
        responses=cursor_page.schema_of(EventAnswer),
    )
    def get(self, request: Request) -> Response:
        query = request._request.GET
        events = Event.objects.visible_to(access_of(request)).select_related("actor")
        key = key_of(request)
        if key.warehouse_id is not None or key.cart_id is not None:
            events = events.none()  # events name things, and no warehouse or cart
        if "kind" in query:
            events = events.filter(kind=query_text(request, "kind", LONGEST_KIND))
        if "after" in query:
            events = events.filter(pk__gt=public_ids.read_parameter(request, "after", public_ids.EVENT))
        return cursor_page.page(request, events, OLDEST_FIRST, lambda rows: EventAnswer(rows, many=True).data)
