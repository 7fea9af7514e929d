"""CSV files, in the words of the port. Nothing is sent by us: a file is written, and its orders are there by that."""

from typing import ClassVar

from shipping.warehouses.base import CallsUs, MethodChoice


class CsvFiles(CallsUs):
    kind = "csv"
    label = "CSV files"
    help_text = "Its orders go out as files. It sends back files of what it shipped, and of its stock."
    settings_page = "shipping:warehouse_files"
    by_files = True
    methods: ClassVar = (
        MethodChoice("UPS Ground", "UPS", "UPSN", "Ground"),
        MethodChoice("UPS 2nd Day Air", "UPS", "UPSN", "2nd Day Air"),
        MethodChoice("FedEx Ground", "FedEx", "FDEG", "Ground"),
        MethodChoice("USPS Ground Advantage", "USPS", "USPS", "Ground Advantage"),
        MethodChoice("USPS Priority Mail", "USPS", "USPS", "Priority Mail"),
    )
