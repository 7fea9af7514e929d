"""Amazon's published request quotas: a token bucket for every seller and operation."""

from dataclasses import dataclass
from datetime import datetime

# operation: requests a second, burst
PUBLISHED: dict[str, tuple[float, int]] = {
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2, 10),
    "getOrders": (0.0167, 20),
    "getOrderV0": (0.5, 30),
    "getOrderItems": (0.5, 30),
    "getOrderAddress": (0.5, 30),
    "getOrderBuyerInfo": (0.5, 30),
    "createFeedDocument": (0.5, 15),
    "createFeed": (0.0083, 15),
    "createFeed:JSON_LISTINGS_FEED": (5 / 300, 5),
    "getFeed": (2, 15),
    "getFeeds": (0.0222, 10),
    "cancelFeed": (2, 15),
    "getFeedDocument": (0.0222, 10),
    "createReport": (0.0167, 15),
    "getReport": (2, 15),
    "getReports": (0.0222, 10),
    "getReportDocument": (0.0167, 15),
    "patchListingsItem": (5, 5),
    "getListingsItem": (5, 10),
    "searchListingsItems": (5, 5),
    "getMarketplaceParticipations": (0.016, 15),
    "getAccount": (0.016, 15),
}


@dataclass(slots=True)
class Bucket:
    """What is left of one quota."""

    left: float
    filled_at: datetime


class Quotas:
    """All buckets. They start full, and full again after a restart."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self.buckets: dict[tuple[str, str], Bucket] = {}

    def spend(self, seller_id: str, operation: str, now: datetime) -> bool:
        """Take one request; False when there is none left."""
        if not self.enabled or operation not in PUBLISHED:
            return True
        rate, burst = PUBLISHED[operation]
        bucket = self.buckets.setdefault((seller_id, operation), Bucket(burst, now))
        waited = max((now - bucket.filled_at).total_seconds(), 0.0)
        bucket.left, bucket.filled_at = min(burst, bucket.left + waited * rate), max(now, bucket.filled_at)
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    @staticmethod
    def header(operation: str) -> list[tuple[str, str]]:
        """The header that tells the rate."""
        if operation not in PUBLISHED:
            return []
        return [("x-amzn-RateLimit-Limit", f"{PUBLISHED[operation][0]:.4f}".rstrip("0").rstrip("."))]
