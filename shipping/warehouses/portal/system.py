"""No warehouse system: staff ship in the browser, and the portal keeps the count."""

from shipping.warehouses.base import Creating, Delivery, GivenBack, MethodChoice, WarehouseSystem


class Portal(WarehouseSystem):
    kind = "portal"
    label = "This portal"
    help_text = "Your own staff pick, pack and ship in this portal."
    remote = False
    creating = Creating.IDEMPOTENT
    keeps_count = True
    can_recall = True
    methods = (
        MethodChoice("UPS Ground", "UPS", "UPSN", "Ground"),
        MethodChoice("UPS 2nd Day Air", "UPS", "UPSN", "2nd Day Air"),
        MethodChoice("UPS Next Day Air", "UPS", "UPSN", "Next Day Air"),
        MethodChoice("FedEx Ground", "FedEx", "FDEG", "Ground"),
        MethodChoice("USPS Ground Advantage", "USPS", "USPS", "Ground Advantage"),
    )

    def create(self, delivery: Delivery) -> str:
        return delivery.reference

    def recall(self, reference: str, *, order_number: str) -> GivenBack:
        """The order leaves the staff's list: nothing more is to be done."""
        return GivenBack.RECALLED
