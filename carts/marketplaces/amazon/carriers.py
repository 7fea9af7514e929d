"""What Amazon calls the carriers.

Amazon wants a carrier code with every package, spelled just as it does, and shows the buyer a tracking link only for
one it knows. Its list is not published in one place, and it grows: ``carrier_list.json`` is what could be found of it,
each code with its sources, and ``carrier_names.json`` what else people call those carriers. A carrier in neither goes
as ``Other`` with its name, which Amazon accepts everywhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from carts.marketplaces.values import Dispatch
from core.common import dated_lists

OTHER = "Other"
HERE = Path(__file__).parent
# Reference: https://developer-docs.amazon.com/sp-api/changelog/carriercode-value-required-in-shipment-confirmations-for-br-mx-ca-sg-au-in-jp-marketplaces
LIST = dated_lists.load(HERE / "carrier_list.json")
NAMES = dated_lists.load(HERE / "carrier_names.json")
SOURCES: Mapping[str, list[str]] = LIST.content["codes"]
CODES = tuple(SOURCES)
AMAZONS = {"schema", "dropstream"}  # sources that copy Amazon's own schema; the others are what tools offer


def _plain(name: str) -> str:
    """Return a name as it is looked for: small letters and digits, without accents."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", "", bare).casefold().replace("ı", "i")


def _is_amazons(code: str) -> bool:
    return bool(AMAZONS.intersection(SOURCES[code]))


def _preferred(codes: Iterable[str]) -> dict[str, str]:
    """Return plain name: code. Of codes that differ in capitals or blanks alone: Amazon's, then the one for reading."""
    found: dict[str, str] = {}
    for code in sorted(codes, key=lambda code: (not _is_amazons(code), code.isupper(), "_" in code, " " not in code)):
        found.setdefault(_plain(code), code)
    return found


def _called() -> Iterator[tuple[str, str]]:
    for code, names in NAMES.content["names"].items():
        yield from ((_plain(name), code) for name in names)
    yield from ((_plain(each["name"]), each["code"]) for each in NAMES.content["renamed"])


def _index() -> dict[str, str]:
    """Amazon's codes win over anybody's names for them, and those over what other tools offer."""
    theirs = _preferred(code for code in CODES if _is_amazons(code))
    return _preferred(CODES) | dict(_called()) | theirs


_EXACT = frozenset(code for code in CODES if _is_amazons(code))
_BY_NAME: Mapping[str, str] = MappingProxyType(_index())
_SAME = {code: place for place, codes in enumerate(NAMES.content["same"]) for code in codes}
_SPELLED: Mapping[str, str] = MappingProxyType(_preferred(CODES))
_SERVICES = frozenset(NAMES.content["service_words"])
_WITH_SERVICES = sorted(map(str, NAMES.content["with_services"]), key=len, reverse=True)


def _one_line(name: str) -> str:
    return " ".join(name.replace("\x00", "").split())


def code_of(name: str) -> str:
    """Return Amazon's code of a carrier, however it is written; empty when none is known."""
    name = _one_line(name)
    if name in _EXACT:
        return name
    return _BY_NAME.get(_plain(name)) or _by_service(name)


def _by_service(name: str) -> str:
    """Return the code of a carrier that stands with its service: “FedEx Priority Overnight”."""
    words = re.sub(r"[^\w\s-]", "", name).casefold().replace("-", " ").split()
    for carrier in _WITH_SERVICES:
        first = carrier.casefold().split()
        if words[: len(first)] == first and set(words[len(first) :]) <= _SERVICES:
            return _BY_NAME[_plain(carrier)]
    return ""


def carrier_code(name: str) -> tuple[str, str]:
    """Return the code and the name to send for a carrier, however it is written.

    A carrier Amazon does not know is ``("Other", name)``: the name is then what the buyer sees.
    """
    code = code_of(name)
    return (code, code) if code else (OTHER, _one_line(name) or OTHER)


def spelled(code: str) -> str:
    """Return a code somebody wrote as Amazon spells it, or as it was written: the list may lack it."""
    code = _one_line(code)
    if code in SOURCES:
        return code
    return OTHER if _plain(code) == _plain(OTHER) else _SPELLED.get(_plain(code), code)


def told(dispatch: Dispatch) -> tuple[str, str]:
    """Return the code and the name to send for a package: those somebody chose, else those of its carrier's name.

    With a code that is not on the list goes the name too, as with ``Other``.
    """
    if not dispatch.carrier_code:
        return carrier_code(dispatch.carrier)
    if dispatch.carrier_code in SOURCES:
        return dispatch.carrier_code, dispatch.carrier_code
    return dispatch.carrier_code, _one_line(dispatch.carrier) or dispatch.carrier_code


def shown_as_told(shown: str, dispatch: Dispatch) -> bool:
    """Whether Amazon shows the carrier it was told. It may show one by another of its names, and one it does not
    know as it was told, or as the code of all others."""
    code, name = told(dispatch)
    if _plain(shown) in (_plain(name), _plain(code), _plain(OTHER) if code not in SOURCES else ""):
        return True
    theirs, ours = code_of(shown), code_of(code)
    return bool(theirs) and (theirs == ours or _plain(theirs) == _plain(ours) or _kin(theirs, ours))


def _kin(one: str, other: str) -> bool:
    return one in _SAME and _SAME[one] == _SAME.get(other)
