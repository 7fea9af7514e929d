"""What may be kept and shown of an exchange: shapes, states, numbers and codes. Never a person, never a token.

Documents are scrubbed by a list of what may stay, so that a field Amazon adds tomorrow is hidden until somebody looks
at it. Sentences are scrubbed by pattern, because Amazon quotes in them what it was sent.
"""

import re

from core.common import allowed_fields
from core.common.allowed_fields import HIDDEN

_SHOWN = frozenset(
    {
        # identifiers
        "orderId", "orderItemId", "packageReferenceId", "marketplaceId", "marketplaceIds", "id", "sku", "sellerSku",
        "asin", "feedId", "feedType", "feedDocumentId", "inputFeedDocumentId", "resultFeedDocumentId", "reportId",
        "reportType", "reportDocumentId", "submissionId", "contentType", "compressionAlgorithm", "productType",
        "fulfillmentChannelCode", "fulfillment_channel_code",
        # states and kinds
        "status", "detailedStatus", "fulfillmentStatus", "fulfilledBy", "fulfillmentServiceLevel", "processingStatus",
        "channelName", "programs", "requester", "cancelledBy", "addressType", "isParticipating",
        "hasSuspendedListings", "countryCode", "domainName", "defaultCurrencyCode", "defaultLanguageCode",
        "sellingPlan", "type", "subtype", "op", "path", "mode", "includedData", "severity", "code", "categories",
        "attributeNames", "fulfillmentStatuses", "conditionType",
        # numbers and money
        "quantity", "quantityOrdered", "quantityFulfilled", "quantityUnfulfilled", "amount", "currencyCode",
        "numberOfResults", "pageSize", "maxResultsPerPage",
        # moments
        "createdTime", "lastUpdatedTime", "lastUpdatedAfter", "lastUpdatedBefore", "createdAfter", "createdBefore",
        "earliestDateTime", "latestDateTime", "shipDate", "shipTime", "processingStartTime", "processingEndTime",
        "dataStartTime", "dataEndTime", "createdDate",
        # the parcel
        "carrier", "carrierCode", "carrierName", "shippingMethod", "shippingService", "trackingNumber",
    }
)  # fmt: skip
_SENTENCES = frozenset({"message", "details", "error", "error_description"})

_PATTERNS = (
    (re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.\w+"), "[e-mail]"),
    (re.compile(r"(?:Atz[a-z]|Atc|amzn1\.oa2-cs|amzn1\.application-oa2-client)[|.][^\s\"',;]+"), "[token]"),
    (re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]*"), r"\1"),
    # A telephone number: a plus sign or brackets give it away. Bare digits are more often an order number.
    (re.compile(r"(?:\+\d|\(\d{2,5}\))[\d\s().-]{5,}\d"), "[telephone]"),
    # What the buyer or the address is said to contain: "… 'name': 'Jane Doe' …"
    (
        re.compile(
            r"(?i)\b((?:\w*name|address\w*|line[123]|phone|city|postal\w*|gift\w*)[\"']?\s*[:=]\s*)[\"'][^\"']*[\"']"
        ),
        r"\1[hidden]",
    ),
)


def sentence(text: object, *, limit: int = 500) -> str:
    """Return what a server said in words, fit to be shown."""
    said = " ".join(str(text)[: 4 * limit].replace("\x00", "").split())
    for pattern, instead in _PATTERNS:
        said = pattern.sub(instead, said)
    return said if len(said) <= limit else said[: limit - 1] + HIDDEN


def document(body: object) -> str:
    """Return a JSON document as text with everything hidden that is not known to be harmless."""
    return allowed_fields.document(body, shown=_SHOWN, told=_told)


def _told(key: str, said: object) -> str | None:
    return sentence(said) if key in _SENTENCES else None
