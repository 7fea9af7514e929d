"""Where Amazon sells: its marketplaces, and the Seller Central where a seller of each gives consent.

Currencies and hosts are Amazon's of 2021 to 2026; what no page of Amazon's own confirmed is marked.
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from carts.marketplaces.values import Place

# Reference: https://developer-docs.amazon.com/sp-api/docs/marketplace-ids
# Reference: https://developer-docs.amazon.com/sp-api/docs/seller-central-urls
_PLACES = (
    Place("A2EUQ1WTGCTBG2", "Amazon.ca", "CA", "NA", "CAD", "https://sellercentral.amazon.ca"),
    Place("ATVPDKIKX0DER", "Amazon.com", "US", "NA", "USD", "https://sellercentral.amazon.com"),
    Place("A1AM78C64UM0Y8", "Amazon.com.mx", "MX", "NA", "MXN", "https://sellercentral.amazon.com.mx"),
    Place("A2Q3Y263D00KWC", "Amazon.com.br", "BR", "NA", "BRL", "https://sellercentral.amazon.com.br"),
    # Host and domain not confirmed by Amazon:
    Place("A28R8C7NBKEWEA", "Amazon.ie", "IE", "EU", "EUR", "https://sellercentral.amazon.ie"),
    Place("A1RKKUPIHCS9HS", "Amazon.es", "ES", "EU", "EUR", "https://sellercentral-europe.amazon.com"),
    Place("A1F83G8C2ARO7P", "Amazon.co.uk", "GB", "EU", "GBP", "https://sellercentral-europe.amazon.com"),
    Place("A13V1IB3VIYZZH", "Amazon.fr", "FR", "EU", "EUR", "https://sellercentral-europe.amazon.com"),
    # Host not confirmed by Amazon:
    Place("AMEN7PMS3EDWL", "Amazon.com.be", "BE", "EU", "EUR", "https://sellercentral.amazon.com.be"),
    Place("A1805IZSGTT6HS", "Amazon.nl", "NL", "EU", "EUR", "https://sellercentral.amazon.nl"),
    Place("A1PA6795UKMFR9", "Amazon.de", "DE", "EU", "EUR", "https://sellercentral-europe.amazon.com"),
    Place("APJ6JRA9NG5V4", "Amazon.it", "IT", "EU", "EUR", "https://sellercentral-europe.amazon.com"),
    Place("A2NODRKZP88ZB9", "Amazon.se", "SE", "EU", "SEK", "https://sellercentral.amazon.se"),
    # Host and domain not confirmed by Amazon:
    Place("AE08WJ6YKNBMC", "Amazon.co.za", "ZA", "EU", "ZAR", "https://sellercentral.amazon.co.za"),
    Place("A1C3SOZRARQ6R3", "Amazon.pl", "PL", "EU", "PLN", "https://sellercentral.amazon.pl"),
    # Host not confirmed by Amazon:
    Place("ARBP9OOSHTCHU", "Amazon.eg", "EG", "EU", "EGP", "https://sellercentral.amazon.eg"),
    Place("A33AVAJ2PDY3EV", "Amazon.com.tr", "TR", "EU", "TRY", "https://sellercentral.amazon.com.tr"),
    # Host not confirmed: sources disagree between amazon.sa and amazon.com.sa:
    Place("A17E79C6D8DWNP", "Amazon.sa", "SA", "EU", "SAR", "https://sellercentral.amazon.sa"),
    Place("A2VIGQ35RCS4UG", "Amazon.ae", "AE", "EU", "AED", "https://sellercentral.amazon.ae"),
    Place("A21TJRUUN4KGV", "Amazon.in", "IN", "EU", "INR", "https://sellercentral.amazon.in"),
    Place("A19VAU5U5O7RUS", "Amazon.sg", "SG", "FE", "SGD", "https://sellercentral.amazon.sg"),
    Place("A39IBJ37TRP1C6", "Amazon.com.au", "AU", "FE", "AUD", "https://sellercentral.amazon.com.au"),
    Place("A1VC38T7YXB528", "Amazon.co.jp", "JP", "FE", "JPY", "https://sellercentral.amazon.co.jp"),
)

PLACES: Mapping[str, Place] = MappingProxyType({place.id: place for place in _PLACES})

# Where a browser may be sent when somebody else names the address: nowhere but here.
SELLER_CENTRAL_HOSTS = frozenset(urlsplit(place.consent_url).netloc for place in _PLACES) | {
    # Seller Central answers there, too, in the language of the country.
    "sellercentral.amazon.co.uk",
    "sellercentral.amazon.de",
    "sellercentral.amazon.es",
    "sellercentral.amazon.fr",
    "sellercentral.amazon.it",
    "sellercentral-japan.amazon.com",
}
# Amazon's own page about the workflow shows a visit that is to go on here.
# Reference: https://developer-docs.amazon.com/sp-api/docs/selling-partner-appstore-authorization-workflow
SHOP_HOSTS = frozenset({"amazon.com", "www.amazon.com"})

SPAPI_URLS: Mapping[str, str] = MappingProxyType(
    {
        "NA": "https://sellingpartnerapi-na.amazon.com",
        "EU": "https://sellingpartnerapi-eu.amazon.com",
        "FE": "https://sellingpartnerapi-fe.amazon.com",
    }
)
