"""For how many days what is there will do, by what buyers ordered lately."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Coalesce

from inventory.models import StockLevel
from inventory.promised import Key
from orders.models import Line
from shipping.items.item_names import ItemNames
from shipping.models import ReleaseLine

LATELY = timedelta(days=30)
LONGEST = 999  # days: beyond that it is as good as for ever


def ordered_lately(levels: Sequence[StockLevel], names: ItemNames, *, now: datetime) -> Counter[Key]:
    """Return how many units of each level were ordered lately, canceled ones aside. Two statements.

    ``names`` are what stands for them; a kit's order takes its components.
    """
    found: Counter[Key] = Counter()
    if not levels:
        return found
    skus = {level.sku for level in levels} | names.names
    house = {"organization__in": {level.organization_id for level in levels}, "order__placed_at__gt": now - LATELY}
    of_them = {**house, "merchant__in": {level.merchant_id for level in levels}, "sku__in": skus, "left_out": False}
    warehouse = Coalesce(
        "order__release__warehouse_id", "order__cart__route__warehouse_id", output_field=BigIntegerField()
    )
    lines = Line.objects.filter(**of_them).annotate(from_warehouse=warehouse, part=Coalesce("order__release__part", 0))
    grouped = lines.filter(part=0).order_by().values_list("from_warehouse", "merchant", "sku")
    split = ReleaseLine.objects.filter(
        release__part__gt=0, **{f"line__{name}": value for name, value in of_them.items()}
    ).order_by()
    by_part = split.values_list("release__warehouse", "line__merchant", "line__sku").annotate(units=Sum("quantity"))
    whole_kits = {level.warehouse_id for level in levels if level.warehouse.system.knows_kits}
    ordered = chain(grouped.annotate(units=Sum(F("ordered") - F("canceled"))), by_part)
    for warehouse_id, merchant_id, sku, units in ordered:
        for part in names.parts(merchant_id, sku, whole_kits=warehouse_id in whole_kits):
            found[warehouse_id, merchant_id, part.sku] += units * part.quantity
    return found


def days(can_be_sold: int | None, ordered: int) -> int | None:
    """Return for how many whole days it will do. None where nothing was counted, or nothing ordered."""
    if can_be_sold is None or ordered <= 0:
        return None
    return min(can_be_sold * LATELY.days // ordered, LONGEST)
