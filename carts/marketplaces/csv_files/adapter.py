"""CSV files, in the words of the port. An order read from a file is the document that API Access would get."""

from typing import ClassVar

from carts.marketplaces.api_access.adapter import ApiAccess


class CsvFiles(ApiAccess):
    kind: ClassVar[str] = "csv"
    label: ClassVar[str] = "CSV files"
