"""Merchants, as programs read them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.doors import access_of
from core.accounts.models import Merchant
from core.api import cursor_page, public_ids
from core.api.base_view import ApiView
from core.api.public_ids import PublicIdField
from core.api.scopes import Scope
from core.ui.list_page import Sorting

BY_AGE = Sorting("id", "id", descending=False)


class MerchantAnswer(serializers.Serializer[Any]):
    id = PublicIdField(public_ids.MERCHANT, source="pk")
    name = serializers.CharField()


class MerchantList(ApiView):
    """The merchants this key sees, the oldest first."""

    scope = Scope.SETTINGS_READ
    parameters = cursor_page.PARAMETERS

    @extend_schema(parameters=cursor_page.DESCRIBED, responses=cursor_page.schema_of(MerchantAnswer))
    def get(self, request: Request) -> Response:
        merchants = Merchant.objects.visible_to(access_of(request))
        return cursor_page.page(request, merchants, BY_AGE, lambda rows: MerchantAnswer(rows, many=True).data)
