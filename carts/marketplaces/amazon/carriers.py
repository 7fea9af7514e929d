"""What Amazon calls the carriers.

Amazon wants a carrier code with every package, and shows the buyer a tracking link only for one it knows. Its current
list is not published in one place; these are the codes of its order fulfilment schema and later announcements. Any
other carrier goes as ``Other`` with its name, which Amazon accepts everywhere.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from carts.marketplaces.values import Dispatch

OTHER = "Other"

# Reference: https://developer-docs.amazon.com/sp-api/changelog/carriercode-value-required-in-shipment-confirmations-for-br-mx-ca-sg-au-in-jp-marketplaces
CODES = (
    "AFL/Fedex", "Aramex", "Blue Package", "BlueDart", "Canada Post",
    "Chronopost", "City Link", "DHL", "DHL Global Mail", "DPD", "DTDC",
    "Delhivery", "Deutsche Post", "FEDEX_JP", "Fastway", "FedEx", "FedEx SmartPost", "First Flight", "GLS", "GO!",
    "Hermes Logistik Gruppe", "India Post", "JP_EXPRESS", "La Poste", "Lasership", "NITTSU", "Newgistics",
    "NipponExpress", "OSM", "OnTrac", "Overnite Express", "Parcelforce", "Parcelnet", "Poste Italiane", "Professional",
    "Royal Mail", "SAGAWA", "SDA", "SagawaExpress", "Smartmail", "Streamlite", "TNT", "Target", "UPS",
    "UPS Mail Innovations", "UPSMI", "USPS", "YAMATO", "YamatoTransport", "Yodel",
)  # fmt: skip

# Names people and warehouse systems use, SCACs among them.
_ALSO = {
    "UPS": ("United Parcel Service", "UPSN", "UPSS", "UPS Ground", "UPS Freight", "UPGF"),
    "FedEx": ("Federal Express", "FDEG", "FDXG", "FDX", "FDE", "FEDX", "FedEx Ground", "FedEx Express", "FedEx Home"),
    "FedEx SmartPost": ("FedEx Ground Economy", "FDXSP"),
    "USPS": ("United States Postal Service", "US Postal Service", "U.S. Mail", "US Mail"),
    "UPS Mail Innovations": ("UPS MI", "Mail Innovations"),
    "DHL": ("DHL Express", "DHLX", "DHLE", "DHL Paket", "DHL Parcel"),
    "DHL Global Mail": ("DHL eCommerce", "DHL e-Commerce", "DHLGM"),
    "DPD": ("DPD UK", "DPD DE", "Dynamic Parcel Distribution"),
    "GLS": ("General Logistics Systems",),
    "Hermes Logistik Gruppe": ("Hermes", "Hermes DE"),
    "Deutsche Post": ("Deutsche Post AG",),
    "Royal Mail": ("RoyalMail UK", "RM"),
    "Canada Post": ("Postes Canada", "CPC"),
    "La Poste": ("LaPoste",),
    "OnTrac": ("ONTR", "On Trac"),
    "Lasership": ("LSHP", "Laser Ship"),
    "TNT": ("TNT Express",),
    "YAMATO": ("Yamato", "Kuroneko", "Yamato Unyu"),
    "SAGAWA": ("Sagawa",),
    "JP_EXPRESS": ("Japan Post", "JP Express", "JP Post"),
    "BlueDart": ("Blue Dart Express",),
    "Poste Italiane": ("PosteItaliane", "Crono"),
}  # fmt: skip


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _index() -> dict[str, str]:
    found = {_plain(also): code for code, names in _ALSO.items() for also in names}
    # The codes themselves win over anybody's names for them.
    return found | {_plain(code): code for code in CODES}


_BY_NAME: Mapping[str, str] = MappingProxyType(_index())


def carrier_code(name: str) -> tuple[str, str]:
    """Return the code and the name to send for a carrier, however it is written.

    A carrier Amazon does not know is ``("Other", name)``: the name is then what the buyer sees.
    """
    name = " ".join(name.replace("\x00", "").split())
    code = _BY_NAME.get(_plain(name), OTHER)
    return (OTHER, name or OTHER) if code == OTHER else (code, code)


def told(dispatch: Dispatch) -> tuple[str, str]:
    """Return the code and the name to send for a package: those somebody chose, else those of its carrier's name."""
    if not dispatch.carrier_code:
        return carrier_code(dispatch.carrier)
    name = " ".join(dispatch.carrier.replace("\x00", "").split())
    return (OTHER, name or OTHER) if dispatch.carrier_code == OTHER else (dispatch.carrier_code, dispatch.carrier_code)


def shown_as_told(shown: str, dispatch: Dispatch) -> bool:
    """Whether Amazon shows the carrier it was told. It may show one by another of its names, and one it does not
    know as it was told."""
    code, name = told(dispatch)
    if code != OTHER:
        return carrier_code(shown)[0] == carrier_code(code)[0]
    return _plain(shown) in (_plain(name), _plain(OTHER))
