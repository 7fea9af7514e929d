"""The 23 marketplaces and where their sellers log in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One marketplace."""

    id: str
    country: str
    name: str
    region: str
    currency: str
    language: str
    domain: str
    host: str


def _places() -> dict[str, Place]:
    rows = [line.split() for line in _TABLE.strip().splitlines()]
    return {
        row[0]: Place(row[0], row[1], f"Amazon{row[5][10:]}", row[2], row[3], row[4], row[5], row[6]) for row in rows
    }


_TABLE = """
ATVPDKIKX0DER  US NA USD en_US www.amazon.com    sellercentral.amazon.com
A2EUQ1WTGCTBG2 CA NA CAD en_CA www.amazon.ca     sellercentral.amazon.ca
A1AM78C64UM0Y8 MX NA MXN es_MX www.amazon.com.mx sellercentral.amazon.com.mx
A2Q3Y263D00KWC BR NA BRL pt_BR www.amazon.com.br sellercentral.amazon.com.br
A1PA6795UKMFR9 DE EU EUR de_DE www.amazon.de     sellercentral-europe.amazon.com
A1F83G8C2ARO7P GB EU GBP en_GB www.amazon.co.uk  sellercentral-europe.amazon.com
A13V1IB3VIYZZH FR EU EUR fr_FR www.amazon.fr     sellercentral-europe.amazon.com
APJ6JRA9NG5V4  IT EU EUR it_IT www.amazon.it     sellercentral-europe.amazon.com
A1RKKUPIHCS9HS ES EU EUR es_ES www.amazon.es     sellercentral-europe.amazon.com
A1805IZSGTT6HS NL EU EUR nl_NL www.amazon.nl     sellercentral.amazon.nl
AMEN7PMS3EDWL  BE EU EUR fr_BE www.amazon.com.be sellercentral.amazon.com.be
A28R8C7NBKEWEA IE EU EUR en_IE www.amazon.ie     sellercentral.amazon.ie
A2NODRKZP88ZB9 SE EU SEK sv_SE www.amazon.se     sellercentral.amazon.se
A1C3SOZRARQ6R3 PL EU PLN pl_PL www.amazon.pl     sellercentral.amazon.pl
AE08WJ6YKNBMC  ZA EU ZAR en_ZA www.amazon.co.za  sellercentral.amazon.co.za
ARBP9OOSHTCHU  EG EU EGP ar_EG www.amazon.eg     sellercentral.amazon.eg
A33AVAJ2PDY3EV TR EU TRY tr_TR www.amazon.com.tr sellercentral.amazon.com.tr
A17E79C6D8DWNP SA EU SAR ar_SA www.amazon.sa     sellercentral.amazon.sa
A2VIGQ35RCS4UG AE EU AED en_AE www.amazon.ae     sellercentral.amazon.ae
A21TJRUUN4KGV  IN EU INR en_IN www.amazon.in     sellercentral.amazon.in
A1VC38T7YXB528 JP FE JPY ja_JP www.amazon.co.jp  sellercentral.amazon.co.jp
A39IBJ37TRP1C6 AU FE AUD en_AU www.amazon.com.au sellercentral.amazon.com.au
A19VAU5U5O7RUS SG FE SGD en_SG www.amazon.sg     sellercentral.amazon.sg
"""

PLACES: dict[str, Place] = _places()
REGIONS = ("NA", "EU", "FE")


def of_region(region: str) -> list[Place]:
    """The marketplaces one grant of a region covers."""
    return [place for place in PLACES.values() if place.region == region]


def region_of_host(host: str) -> str:
    """The region whose sellers log in at this host, or nothing when no marketplace has it."""
    same = [
        place.region
        for place in PLACES.values()
        if host in {place.host, place.host.replace("amazon.sa", "amazon.com.sa")}
    ]
    return same[0] if same else ""
