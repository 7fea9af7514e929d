"""How long Amazon waits for a level that changed: by our own rows, from the observation until its answer was stored."""

from collections import defaultdict
from datetime import datetime

from inventory.models import Observation, PublishedNumber, StockUpdate

TOLD_WITHIN = 60.0  # seconds, p95


def told_after(*, since: datetime | None = None) -> list[float]:
    """Return the seconds from each observation to the first number of its SKU that was told and answered afterwards.

    A level that became another one before its number went out is answered by the newer number. ``since``: of what was
    observed from then on.
    """
    answered: dict[tuple[int, str], list[datetime]] = defaultdict(list)
    rows = PublishedNumber.objects.order_by("told_at").values_list("update__merchant", "update__sku", "told_at")
    for merchant_id, sku, told_at in rows:
        answered[merchant_id, sku].append(told_at)
    found = []
    observed = Observation.objects.all() if since is None else Observation.objects.filter(observed_at__gte=since)
    for merchant_id, sku, at in observed.values_list("level__merchant", "level__sku", "observed_at"):
        if later := [each for each in answered[merchant_id, sku] if each >= at]:
            found.append((later[0] - at).total_seconds())
    return found


def untold() -> list[str]:
    """Return the SKUs of which Amazon does not know the newest number."""
    return sorted(StockUpdate.objects.undropped().untold().values_list("sku", flat=True))
