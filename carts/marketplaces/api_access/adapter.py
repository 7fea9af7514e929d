"""API Access, in the words of the port."""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from carts.marketplaces.api_access import translate
from carts.marketplaces.pushed import PushedMarketplace
from carts.marketplaces.values import MarketplaceOrder, OrderDocument


class ApiAccess(PushedMarketplace):
    kind: ClassVar[str] = "api_access"
    label: ClassVar[str] = "API Access"

    @staticmethod
    def read(document: OrderDocument) -> MarketplaceOrder:
        return translate.read(document)

    @staticmethod
    def canceled(document: OrderDocument, *, at: datetime) -> OrderDocument:
        said = {**document.source, translate.STATUS: translate.CANCELED, "cancel_date": at.isoformat()}
        return replace(document, source=said, changed_at=at)
