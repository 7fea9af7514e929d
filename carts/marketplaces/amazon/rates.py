"""Amazon's published default quotas: requests a second, and how many may come at once.

They hold for one application and one seller. What Amazon says in an answer's header counts more: see ``Ledger.learn``.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Reference: https://developer-docs.amazon.com/sp-api/docs/usage-plans-and-rate-limits
RATES: Mapping[str, tuple[float, int]] = MappingProxyType(
    {
        "searchOrders": (0.0056, 20),
        "getOrder": (0.5, 30),
        "confirmShipment": (2.0, 10),
        "patchListingsItem": (5.0, 5),
        "getListingsItem": (5.0, 10),
        "searchListingsItems": (5.0, 5),
        "createFeedDocument": (0.5, 15),
        "createFeed": (0.0083, 15),
        "getFeed": (2.0, 15),
        "getFeeds": (0.0222, 10),
        "getFeedDocument": (0.0222, 10),
        "createReport": (0.0167, 15),
        "getReport": (2.0, 15),
        "getReportDocument": (0.0167, 15),
        "getMarketplaceParticipations": (0.016, 15),
        "getAccount": (0.016, 15),
    }
)
