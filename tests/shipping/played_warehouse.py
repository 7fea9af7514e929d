"""A warehouse system behind a wire, played: it takes orders, and gives them back or not."""

from typing import ClassVar

from core.common.remote import Rejected
from shipping.warehouses.base import Creating, Delivery, GivenBack, WarehouseSystem


class Distant(WarehouseSystem):
    kind = "distant"
    label = "Distant WMS"
    creating = Creating.IDEMPOTENT
    can_recall = True
    created: ClassVar[list[str]] = []
    recalled: ClassVar[list[str]] = []
    answers: ClassVar[list[Exception | None]] = []  # to the next requests to give one back

    def create(self, delivery: Delivery) -> str:
        self.created.append(delivery.reference)
        return f"WMS-{delivery.reference}"

    def recall(self, reference: str, *, order_number: str) -> GivenBack:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.recalled.append(reference)
        return GivenBack.RECALLED


class Deaf(Distant):
    """One that cannot be asked."""

    kind = "deaf"
    label = "Deaf WMS"
    can_recall = False

    def recall(self, reference: str, *, order_number: str) -> GivenBack:
        raise Rejected("Nobody should ask.")
