"""Where carriers show how far a package is: their own pages, of those that take its number in their address."""

import re
from collections.abc import Mapping
from urllib.parse import quote

PAGES: Mapping[str, str] = {
    "ups": "https://www.ups.com/track?tracknum={number}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "canadapost": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={number}",
    "purolator": "https://www.purolator.com/en/shipping/tracker?pin={number}",
    "royalmail": "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
}


def page_of(carrier: str, tracking_number: str) -> str:
    """Return the carrier's page of a package; "" where the carrier has none that we know, or there is no number."""
    page = PAGES.get(re.sub(r"[^a-z]", "", carrier.casefold()))
    return page.format(number=quote(tracking_number, safe="")) if page and tracking_number else ""
