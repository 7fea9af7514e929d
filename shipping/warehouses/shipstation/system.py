"""A shipping desk that speaks the ShipStation custom store: it fetches orders as XML and reports what it shipped."""

from collections.abc import Mapping
from typing import Any

from shipping.warehouses.base import Delivery, MethodChoice, WarehouseSystem
from shipping.warehouses.shipstation.store_words import StoreWords


class ShipStation(WarehouseSystem):
    kind = "shipstation"
    label = "ShipStation"
    calls_us = True
    settings_page = "shipping:custom_store"
    methods = (
        MethodChoice("UPS Ground", "UPS", "UPSN", "Ground"),
        MethodChoice("UPS 2nd Day Air", "UPS", "UPSN", "2nd Day Air"),
        MethodChoice("FedEx Ground", "FedEx", "FDEG", "Ground"),
        MethodChoice("USPS Ground Advantage", "USPS", "USPS", "Ground Advantage"),
        MethodChoice("USPS Priority Mail", "USPS", "USPS", "Priority Mail"),
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self.words = StoreWords.of(settings)

    def create(self, delivery: Delivery) -> str:
        """Never asked for: the desk fetches what is offered to it."""
        return delivery.reference
