"""A warehouse system that calls us. Nothing is sent to it: it claims, acknowledges and reports."""

from typing import ClassVar

from shipping.warehouses.base import CallsUs, MethodChoice


class Api(CallsUs):
    kind = "api"
    label = "A WMS that calls our API"
    help_text = "Your WMS, or a script of yours, fetches orders and reports shipments with a key."
    methods: ClassVar = (
        MethodChoice("UPS Ground", "UPS", "UPSN", "Ground"),
        MethodChoice("FedEx Ground", "FedEx", "FDEG", "Ground"),
        MethodChoice("USPS Ground Advantage", "USPS", "USPS", "Ground Advantage"),
    )
