"""A tracking number in its carrier's form, however it was typed, pasted or scanned.

People copy it with blanks, a scanner reads the whole barcode of a label: a ZIP code before it, the number behind what
routes the parcel. It is put into this form where it comes in, and kept, compared, searched and told so. What nobody
recognizes is kept as it was written, but for blanks in a number and signs that show nothing.
"""

import re
from collections.abc import Iterator, Sequence

from core.common.typed_signs import fold_signs
from shipping.carriers.tracking_numbers import FORMATS, Format, family_of, passes

SCANNER = re.compile(r"\](?:[A-Za-z]\d)")  # what a scanner says first: the kind of barcode
POSTAL = ("USPS", "UPS", "FedEx", "DHL")  # hand parcels to the post, under its barcode
ONE_Z, S10, POST = FORMATS["UPS"][0], FORMATS["Royal Mail"][0], Format(r"9[1-5]\d{20}", FORMATS["USPS"][0].check)
JAPANESE = ("Yamato", "Sagawa", "Japan Post")


def tracking_form(number: str, *, carrier: str, scac: str = "") -> str:
    """Return the number as its carrier writes it. Pure, and does nothing to what it returned before."""
    text = SCANNER.sub("", fold_signs(number), count=1).strip()
    family = family_of(carrier, scac)
    if found := _recognized(_bare(text), family) or (_among_words(text) if family else ""):
        return found
    joined = text.replace(" ", "")
    if family and re.fullmatch(r"[\w-]+", joined, re.ASCII):
        return joined.upper() if _is_number(joined) else text
    return joined if _is_number(joined) else text


def search_forms(text: str) -> list[str]:
    """Return the forms of which a tracking number that somebody looks for may be kept: as written, and in its form."""
    forms = [text, fold_signs(text), tracking_form(text, carrier="")]
    forms += [_recognized(_bare(text).replace("-", ""), family) for family in FORMATS]
    return list(dict.fromkeys(filter(None, forms)))


def _bare(text: str) -> str:
    """Return what the shapes are compared with: without blanks, and without what a sheet puts around a number."""
    joined = re.sub(r"[ ()]+", "", fold_signs(text)).strip("'\"=#:;,.").upper()
    return re.sub(r"(\d)\.0", r"\1", joined) if re.fullmatch(r"\d+\.0", joined) else joined


def _among_words(text: str) -> str:
    """Return the one number in a link or a sentence that its check digit proves to be one."""
    words = set(re.split(r"[^0-9A-Z]+", text.upper()))
    found = {word for word in words if any(passes(each, word) for each in (ONE_Z, S10, POST))}
    return found.pop() if len(found) == 1 else ""


def _is_number(joined: str) -> bool:
    """Whether blanks in it were there for the eye: mostly digits. In words they stay."""
    return bool(re.fullmatch(r"[A-Za-z0-9-]+", joined)) and 2 * sum(map(str.isdigit, joined)) >= len(joined)


def _recognized(plain: str, family: str | None) -> str:
    if family is None:
        return next((found for found, sure in _inside(plain, family) if sure), "") or _proven(plain)
    read = list(_inside(plain, family))
    best = next((found for found, sure in read if sure), "") or next((found for found, _ in read), "")
    return best or _shaped(plain, FORMATS[family])


def _shaped(plain: str, formats: Sequence[Format]) -> str:
    """Return a number that has one of the shapes. Hyphens are most often there for the eye; in a few they count."""
    for each in formats:
        for written in (plain.replace("-", ""), plain):
            if re.fullmatch(each.pattern, written, re.ASCII):
                return written
    return ""


def _proven(plain: str) -> str:
    """Return a number that can be no other carrier's: its shape and its check digit say whose it is."""
    written = plain.replace("-", "")
    return written if any(passes(each, written) for each in (ONE_Z, S10, *FORMATS["Amazon"])) else ""


# -- The number inside a longer barcode --------------------------------------------------------------------------------
def _inside(plain: str, family: str | None) -> Iterator[tuple[str, bool]]:
    """Yield numbers that stand in a longer text, and whether their check digit says so too."""
    if family is None or family in POSTAL:
        yield from _after_zip(plain, only_proven=family != "USPS")
    if family in (None, "UPS") and len(plain) > 18:
        yield from ((found, True) for found in re.findall(r"(?=(1Z[0-9A-Z]{16}))", plain) if passes(ONE_Z, found))
    if family == "FedEx":
        yield from _fedex(plain)
    if family == "DPD":
        yield from _dpd(plain)
    if family in JAPANESE and (framed := re.fullmatch(r"[A-D](\d{12})[A-D]", plain, re.ASCII)):
        yield framed[1], True  # the letters begin and end the barcode
    if family is not None and len(plain) > 13 and S10 in FORMATS[family]:
        found = {each for each in re.findall(r"(?=([A-Z]{2}\d{9}[A-Z]{2}))", plain) if passes(S10, each)}
        yield from ((each, True) for each in found if len(found) == 1)


def _after_zip(plain: str, *, only_proven: bool) -> Iterator[tuple[str, bool]]:
    """The post's barcode for packages begins with 420 and the ZIP code it goes to, of five digits or nine."""
    for zip_digits, digits in ((5, 22), (9, 22), (5, 26), (9, 26)):
        pattern = rf"420\d{{{zip_digits}}}(9[1-5]\d{{{digits - 2}}})"
        if whole := re.fullmatch(pattern, plain, re.ASCII):
            sure = passes(FORMATS["USPS"][0], whole[1])
            if sure or not only_proven:
                yield whole[1], sure


def _fedex(plain: str) -> Iterator[tuple[str, bool]]:
    """Express and Ground print 34 digits, Ground also 22: the number of 12 or 15 stands at the end."""
    express, ground = FORMATS["FedEx"][0], FORMATS["FedEx"][1]
    if re.fullmatch(r"(?:96|10)\d{32}", plain, re.ASCII):
        short, long = plain[-12:], plain[-15:]
        yield short, plain[-14:-12] == "00" and passes(express, short)
        yield long, passes(ground, long)
        yield short, passes(express, short)
    elif re.fullmatch(r"\d{32}", plain, re.ASCII) and passes(express, plain[16:28]):
        yield plain[16:28], True
    elif re.fullmatch(r"96\d{20}", plain, re.ASCII):
        yield plain[-15:], passes(ground, plain[-15:])


def _dpd(plain: str) -> Iterator[tuple[str, bool]]:
    """Postal code, parcel number, service and country; the check sign may be missing."""
    check = Format(r"[0-9A-Z]{28}", FORMATS["DPD"][1].check)
    label = re.fullmatch(r"%?((?:[0-9A-Z]{7})(\d{14})\d{6}[0-9A-Z]?)", plain, re.ASCII)
    if label and (len(label[1]) == 27 or passes(check, label[1])):
        yield label[2], True
    elif re.fullmatch(r"\d{14}[0-9A-Z]", plain, re.ASCII) and passes(FORMATS["DPD"][1], plain):
        yield plain[:14], True
