"""What a warehouse's system says it has: many SKUs at once, each with the moment or the number of its observation."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from core.api import public_ids
from core.api.fields import Body, Flag, Moment, Text, Whole
from core.api.public_ids import PublicIdField
from inventory.intake import LARGEST, LONGEST
from inventory.models import MOST_ON_HAND

MOST = 5_000  # levels in one report: what is read of it at once bounds the memory


class LevelBody(Body):
    sku = Text(LONGEST, help_text="As the warehouse knows it, or an alias.")
    on_hand = Whole(0, MOST_ON_HAND, help_text="Units.")
    observed_at = Moment(required=False, help_text="When it was counted. Left out: the report's.")
    sequence = Whole(0, LARGEST, required=False, help_text="A number of yours that rises with each observation.")


class LevelsBody(Body):
    warehouse = PublicIdField(
        public_ids.WAREHOUSE,
        required=False,
        help_text="Needed where the key is for all warehouses and several report to us.",
    )
    merchant = PublicIdField(
        public_ids.MERCHANT, required=False, help_text="Whose goods they are. Needed where there are several merchants."
    )
    observed_at = Moment(required=False, help_text="When all were counted that say nothing of their own.")
    orders_off = Flag(
        required=False,
        default=False,
        help_text="True: units for orders that you hold are taken off. False: it is what lies on the shelf.",
    )
    levels = serializers.ListField(child=LevelBody(), min_length=1, max_length=MOST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        at: datetime | None = attrs.get("observed_at")
        seen: set[str] = set()
        wrong: dict[str, Any] = {}
        for place, each in enumerate(attrs["levels"]):
            if each["sku"] in seen:
                wrong[str(place)] = {"sku": ["This SKU is there twice."]}
            elif at is None and "observed_at" not in each and "sequence" not in each:
                wrong[str(place)] = {"observed_at": ["Say when it was counted, or give it a sequence."]}
            seen.add(each["sku"])
        if wrong:
            raise serializers.ValidationError({"levels": wrong})
        return attrs
