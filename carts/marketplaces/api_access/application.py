"""API Access as a kind that can be chosen: one place, nobody to authorize us, and a key of the cart."""

from collections.abc import Mapping
from typing import ClassVar

from carts.marketplaces.api_access.adapter import ApiAccess
from carts.marketplaces.base import Marketplace
from carts.marketplaces.pushed import PushedApplication
from carts.marketplaces.values import Place

PLACE = Place(id=ApiAccess.kind, name=ApiAccess.label, country="", region="", currency="USD", consent_url="")


class ApiAccessApplication(PushedApplication):
    kind: ClassVar[str] = ApiAccess.kind
    label: ClassVar[str] = ApiAccess.label
    marketplace: ClassVar[type[Marketplace]] = ApiAccess
    places: ClassVar[Mapping[str, Place]] = {PLACE.id: PLACE}
    explained: ClassVar[str] = "A shop's own program sends its orders"
    takes_calls: ClassVar[bool] = True
