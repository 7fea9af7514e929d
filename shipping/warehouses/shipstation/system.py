"""A shipping desk that speaks the ShipStation custom store: it fetches orders as XML and reports what it shipped."""

from collections.abc import Mapping
from typing import Any, ClassVar

from shipping.warehouses.base import CallsUs, Meter, MethodChoice, unmetered
from shipping.warehouses.shipstation.store_words import StoreWords


class ShipStation(CallsUs):
    kind = "shipstation"
    label = "ShipStation"
    help_text = "Your shipping desk fetches orders and reports tracking by ShipStation's custom store."
    can_recall = False  # the custom store has no word for it
    fetches_changes = True
    settings_page = "shipping:custom_store"
    methods: ClassVar = (
        MethodChoice("UPS Ground", "UPS", "UPSN", "Ground"),
        MethodChoice("UPS 2nd Day Air", "UPS", "UPSN", "2nd Day Air"),
        MethodChoice("FedEx Ground", "FedEx", "FDEG", "Ground"),
        MethodChoice("USPS Ground Advantage", "USPS", "USPS", "Ground Advantage"),
        MethodChoice("USPS Priority Mail", "USPS", "USPS", "Priority Mail"),
    )

    def __init__(self, settings: Mapping[str, Any], meter: Meter = unmetered) -> None:
        super().__init__(settings, meter)
        self.words = StoreWords.of(settings)
