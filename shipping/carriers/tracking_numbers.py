"""What the tracking numbers of a carrier look like, and their check digits.

Only the carrier somebody named is asked: a number of twelve digits may be several carriers'. One we do not know is not
checked, and no format is a proof: carriers add new ones. So what is found here is a warning, never a refusal.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Check = Callable[[str], bool]  # over the number, with its check digit


@dataclass(frozen=True, slots=True)
class Format:
    """One shape of tracking number. ``check`` is handed the group ``checked``, or the whole number."""

    pattern: str
    check: Check | None = None


# -- Check digits ------------------------------------------------------------------------------------------------------
def _value(sign: str) -> int:
    """Return what a sign counts: letters as UPS does it, A for 2, B for 3 and on, over again after nine."""
    return int(sign) if sign.isdigit() else (ord(sign) - 3) % 10


def _tens(serial: str, even: int, odd: int) -> int:
    total = sum(_value(sign) * (odd if place % 2 else even) for place, sign in enumerate(serial))
    return -total % 10


def _mod10(even: int, odd: int, before: str = "") -> Check:
    """Weights take turns from the left; ``before`` is put in front of the number."""
    return lambda number: str(_tens(before + number[:-1], even, odd)) == number[-1]


def _weighted(*weights: int) -> Check:
    def check(number: str) -> bool:
        total = sum(int(digit) * weight for digit, weight in zip(number[:-1], weights, strict=True))
        return str(total % 11 % 10) == number[-1]

    return check


def _mod7(number: str) -> bool:
    return str(int(number[:-1]) % 7) == number[-1]


def _mod37(number: str) -> bool:
    """ISO 7064, MOD 37,36: digits and letters, the last of them the check."""
    rest = 36
    for sign in number[:-1]:
        rest = (rest + int(sign, 36)) % 36 or 36
        rest = rest * 2 % 37
    return (rest + int(number[-1], 36)) % 36 == 1


def _s10(number: str) -> bool:
    """The Universal Postal Union's, over eight digits."""
    rest = (
        11 - sum(int(digit) * weight for digit, weight in zip(number[:-1], (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    )
    return str({10: 0, 11: 5}.get(rest, rest)) == number[-1]


# -- The carriers ------------------------------------------------------------------------------------------------------
_EXPRESS = _weighted(3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
_EXPRESS_LONG = _weighted(1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
_FROM_THREE, _FROM_ONE, _UPS = _mod10(3, 1), _mod10(1, 3), _mod10(1, 2)
_S10 = Format(r"[A-Z]{2}(?P<checked>\d{9})[A-Z]{2}", _s10)
_POSTAL = (
    Format(r"(?:420\d{5}(?:\d{4})?)?(?P<checked>9[1-5]\d{20}|9[1-5]\d{24})", _FROM_THREE),
)  # the Intelligent Mail barcode for packages, with or without the ZIP code it goes to
# The same where another carrier hands its parcels to the post. Labels that are bought from the post begin 94 or 95.
_BY_POST = (Format(r"(?:420\d{5}(?:\d{4})?)?(?P<checked>9[1-3]\d{20}|9[1-3]\d{24})", _FROM_THREE),)
_ELEVEN = Format(r"\d{12}", _mod7)  # of Japan: eleven digits and one to check
_POSTS = (
    "Royal Mail", "Deutsche Post", "Australia Post", "China Post", "Correios", "Correos", "Hongkong Post",
    "India Post", "La Poste", "Poste Italiane", "Singapore Post", "Swiss Post", "Austrian Post", "bpost", "Polish Post",
)  # fmt: skip
_PLAIN = ("GLS", "Evri", "Purolator", "Yodel", "TNT", "Aramex", "4PX", "Yun Express", "Seur", "InPost")

FORMATS: Mapping[str, Sequence[Format]] = {
    "UPS": (
        Format(r"1Z(?P<checked>[0-9A-Z]{15}\d)", _UPS),
        Format(r"[AHJKTV]\d{10}"),  # waybills
        Format(r"\d{9}"),  # freight
        *_BY_POST,  # SurePost and Mail Innovations
    ),
    "FedEx": (
        Format(r"\d{12}", _EXPRESS),
        Format(r"\d{15}", _FROM_ONE),
        Format(r"\d{2}(?P<checked>\d{16})", _FROM_THREE),
        Format(r"\d{20}", _mod10(3, 1, before="92")),
        Format(r"96\d{5}(?P<checked>\d{15})", _FROM_ONE),
        Format(r"92\d{20}", _FROM_THREE),
        Format(r"100\d{17}(?P<checked>\d{14})", _EXPRESS_LONG),
        Format(r"96\d{18}(?P<checked>\d{14})", _EXPRESS_LONG),
        Format(r"DT\d{12}"),  # door tags
    ),
    "USPS": (
        *_POSTAL,
        Format(r"\d{20}", _FROM_THREE),
        Format(r"\d{20}", _mod10(3, 1, before="91")),
        _S10,
    ),
    "DHL": (
        Format(r"\d{10,11}", _mod7),
        Format(r"J[A-Z]{1,3}\d{9,20}"),
        Format(r"3S[A-Z0-9]{8,18}"),  # of the Benelux
        Format(r"(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)\d{10,39}"),
        Format(r"00(?P<checked>\d{18})", _FROM_THREE),  # a shipping unit's number, as GS1 has it
        Format(r"\d{12}|\d{14}|(?!00)\d{20}"),  # parcels within Europe and eCommerce, without a digit we could check
        *_BY_POST,
        _S10,
    ),
    "OnTrac": (
        Format(r"C(?P<checked>\d{14})", _mod10(1, 2, before="4")),
        Format(r"D(?P<checked>\d{14})", _mod10(1, 2, before="5")),
        Format(r"1LS7\d{11}|1LS7\d{12}-1"),  # LaserShip's, which it took over
    ),
    "LaserShip": (
        Format(r"L[AIEHNX][1-3]\d{7}|LX\d{8}"),
        Format(r"1LS7\d{11}|1LS7\d{12}-1"),
    ),
    "Amazon": (Format(r"TB[ACM]\d{12}"),),
    "DPD": (Format(r"\d{14}"), Format(r"\d{14}[0-9A-Z]", _mod37)),
    "Canada Post": (Format(r"\d{16}", _FROM_THREE), _S10),
    "Yamato": (_ELEVEN,),
    "Sagawa": (_ELEVEN,),
    "Japan Post": (_ELEVEN, _S10),
    "PostNL": (Format(r"3S[A-Z0-9]{8,18}"), _S10),
    **dict.fromkeys(_POSTS, (_S10,)),
    **dict.fromkeys(_PLAIN, ()),
}
# What can be one carrier's alone, by its shape and its check digit: the first that fits.
_SIGNS: Sequence[tuple[str, Format]] = (
    ("UPS", FORMATS["UPS"][0]),
    ("USPS", Format(r"(?:420\d{5}(?:\d{4})?)?(?P<checked>9[45]\d{20}|9[45]\d{24})", _FROM_THREE)),
    ("USPS", Format(r"[A-Z]{2}(?P<checked>\d{9})US", _s10)),
    ("Amazon", FORMATS["Amazon"][0]),
    ("DHL", Format(r"JJ?D\d{9,20}|GM\d{10,39}")),
    ("FedEx", FORMATS["FedEx"][4]),
    ("FedEx", FORMATS["FedEx"][6]),
    ("FedEx", FORMATS["FedEx"][7]),
)
_PERHAPS: Sequence[tuple[str, Format]] = (  # shapes that others have too: they count where the carrier has none like it
    ("FedEx", FORMATS["FedEx"][0]),
    ("FedEx", FORMATS["FedEx"][1]),
    ("USPS", _POSTAL[0]),
    ("USPS", FORMATS["USPS"][1]),
)
# Of the others we do not know every shape: there only a check digit raises a doubt.
LONGEST = 80  # signs of a number that is kept
WHOLE = ("UPS", "FedEx", "USPS", "DHL", "OnTrac", "LaserShip", "Amazon")


def plain_name(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


# What people and warehouses call them, the SCAC too. Letters and digits only, in small letters.
_CALLED = {
    "UPS": ("ups", "upsn", "upss", "upsground", "unitedparcelservice"),
    "FedEx": (
        "fedex", "fdeg", "fden", "fdxg", "fdx", "fde", "fedexground", "fedexexpress", "fedexhome", "federalexpress",
    ),
    "USPS": ("usps", "unitedstatespostalservice", "uspostalservice", "usmail"),
    "DHL": ("dhl", "dhlexpress", "dhlecommerce", "dhlglobalmail", "dhlparcel", "dhlpaket", "dhle", "dhlg", "dhlx"),
    "OnTrac": ("ontrac", "ontr", "ontc"),
    "LaserShip": ("lasership", "lshp"),
    "Amazon": ("amazon", "amazonshipping", "amazonlogistics", "amzl", "amzlus"),
    "Evri": ("hermes", "hermesuk", "hermeslogistikgruppe", "hermesde"),
    "Japan Post": ("jpexpress", "jppost", "日本郵便", "ゆうパック"),
    "Yamato": ("yamatotransport", "kuroneko", "ヤマト運輸"),
    "Sagawa": ("sagawaexpress", "佐川急便"),
    "Swiss Post": ("schweizerpost", "dieschweizerischepost"),
    "Austrian Post": ("atpost", "österreichischepost"),
    "La Poste": ("colissimo", "laposte"),
    "Polish Post": ("pocztapolska",),
    "Hongkong Post": ("hongkongpost",),
    "Singapore Post": ("singpost",),
    "Australia Post": ("auspost",),
    "Royal Mail": ("rm", "parcelforce", "parcelforceworldwide"),
    "Canada Post": ("postescanada",),
    "Deutsche Post": ("deutschepostag",),
    "DPD": ("dpduk", "dpdde", "dpdlocal"),
}  # fmt: skip
CARRIERS = {plain_name(carrier): carrier for carrier in FORMATS} | {
    name: carrier for carrier, names in _CALLED.items() for name in names
}


def carrier_of(*names: str) -> str | None:
    """Return the carrier we know the formats of, by the first name or code that is one's."""
    return next((CARRIERS[name] for name in map(plain_name, names) if name in CARRIERS), None)


def family_of(carrier: str, scac: str = "") -> str | None:
    """Return the carrier whose form a number has, also where its name stands with a service: “UPS Ground”.

    The SCAC speaks only where no carrier is named.
    """
    if known := carrier_of(carrier) or (None if carrier.strip() else carrier_of(scac)):
        return known
    words = carrier.replace("-", " ").split()
    begun = (plain_name("".join(words[:count])) for count in (2, 1))
    return next((CARRIERS[name] for name in begun if name in CARRIERS), None)


def passes(shape: Format, number: str) -> bool:
    """Whether a number has this shape, and its check digit is right."""
    found = re.fullmatch(shape.pattern, number, re.ASCII)
    return found is not None and _checks(shape, found)


def _checks(shape: Format, found: "re.Match[str]") -> bool:
    return shape.check is None or shape.check(found.groupdict().get("checked") or found[0])


def impossible(number: str) -> str:
    """Return why no tracking number can be like this, in its carrier's form, as a sentence. Empty when one can."""
    if number and not any(sign.isalnum() for sign in number):
        return "A tracking number has letters or digits. Scan or enter it again."
    if len(number) > LONGEST:
        return f"It has {len(number)} characters, and no tracking number has more than {LONGEST}. Scan the label again."
    return ""


def doubt(number: str, *, carrier: str, scac: str = "") -> str:
    """Return what is odd about a tracking number, as a sentence. Empty when nothing is, or when nobody knows."""
    known = family_of(carrier, scac)
    plain = re.sub(r"\s+", "", number).upper()
    if known is None or not plain:
        return ""
    shaped = False
    for each in FORMATS[known]:
        # Hyphens are most often there for the eye; in a few formats they count.
        found = re.fullmatch(each.pattern, plain.replace("-", ""), re.ASCII) or re.fullmatch(
            each.pattern, plain, re.ASCII
        )
        if not found:
            continue
        shaped = True
        if _checks(each, found):
            return ""
    if other := _other_than(known, plain.replace("-", ""), shaped=shaped):
        return f"This is a number of {other}, and the package goes by {known}. Change one of the two."
    if shaped:
        return f"Its check digit is wrong for {known}. A digit was probably mistyped."
    if known not in WHOLE:
        return ""
    return f"It doesn't look like a {known} tracking number."


def _other_than(known: str, plain: str, *, shaped: bool) -> str:
    """Return the carrier that a number tells it is of, where it can't be ``known``'s; "" where nobody can tell."""
    if known not in WHOLE and shaped:
        return ""
    signs = _SIGNS if known not in WHOLE or shaped else (*_SIGNS, *_PERHAPS)
    return next((carrier for carrier, shape in signs if carrier != known and passes(shape, plain)), "")


def ups_number(shipper: str, package: int, service: str = "03") -> str:
    """Return a whole UPS number: its shipper's six signs, the service and a package, with the check digit."""
    serial = f"{shipper}{service}{package:07d}"
    return f"1Z{serial}{_tens(serial, 1, 2)}"
