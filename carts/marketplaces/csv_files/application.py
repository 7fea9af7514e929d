"""CSV files as a kind that can be chosen: one place, and nobody to authorize us."""

from collections.abc import Mapping
from typing import ClassVar

from carts.marketplaces.base import Marketplace
from carts.marketplaces.csv_files.adapter import CsvFiles
from carts.marketplaces.pushed import PushedApplication
from carts.marketplaces.values import Place

PLACE = Place(id=CsvFiles.kind, name=CsvFiles.label, country="", region="", currency="USD", consent_url="")


class CsvApplication(PushedApplication):
    kind: ClassVar[str] = CsvFiles.kind
    label: ClassVar[str] = CsvFiles.label
    marketplace: ClassVar[type[Marketplace]] = CsvFiles
    places: ClassVar[Mapping[str, Place]] = {PLACE.id: PLACE}
    explained: ClassVar[str] = "A client sends its orders as files"
    takes_files: ClassVar[bool] = True
