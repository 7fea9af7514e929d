"""Finding orders by their buyer's name or city, which stand sealed: by keyed digests of whole words.

Case and accents are folded, and apostrophes left out, whichever sign is typed for one. Of a name its first and its last
word count, of a city the whole. A digest is of one organization and one kind of word, so that none can be compared with
another's. It is made with the newest key, and looked for by each; ``manage.py rotate_keys`` makes them
anew with what it seals anew.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Q

from carts.marketplaces.values import Address
from orders.models.recipient import keyring

WORD = re.compile(r"[^\W_]+")
APOSTROPHES = re.compile(r"['’‘‛ʼʻ`´′＇]")  # O'Rourke is one word
SHORTEST = 2  # letters of a text worth looking for
FIRST, LAST, CITY = "first", "last", "city"


@dataclass(frozen=True, slots=True)
class RecipientMarks:
    """What a recipient is found by, as its row keeps it."""

    first_mark: str = ""
    last_mark: str = ""
    city_mark: str = ""

    @classmethod
    def of(cls, organization_id: int, address: Address | None) -> "RecipientMarks":
        if address is None:
            return NOTHING
        name, city = words(address.name), words(address.city)
        return cls(
            keyring().mark(_said(organization_id, FIRST, name[:1])) if name else "",
            keyring().mark(_said(organization_id, LAST, name[-1:])) if name else "",
            keyring().mark(_said(organization_id, CITY, city)) if city else "",
        )

    @property
    def fields(self) -> dict[str, str]:
        return {"first_mark": self.first_mark, "last_mark": self.last_mark, "city_mark": self.city_mark}


NOTHING = RecipientMarks()
FIELDS = tuple(NOTHING.fields)


def words(text: str) -> list[str]:
    """Return the words of a text, without case and accents: "São  José" is sao, jose; "O'Rourke" is orourke."""
    return _split(APOSTROPHES.sub("", text or ""))


def _split(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return WORD.findall("".join(character for character in plain if not unicodedata.combining(character)))


def conditions(organization_id: int, text: str) -> list[Q]:
    """Return what recipients have whose name or city the text is, each read off an index of its own."""
    said = words(text)
    if sum(map(len, said)) < SHORTEST:
        return []

    def marks(kind: str, part: list[str]) -> list[str]:
        return keyring().marks(_said(organization_id, kind, part))

    city = Q(city_mark__in=marks(CITY, said))
    first, last = Q(first_mark__in=marks(FIRST, said[:1])), Q(last_mark__in=marks(LAST, said[-1:]))
    found = [city, first, last] if len(said) == 1 else [city, first & last]
    before = _split(APOSTROPHES.sub(" ", text))
    if before != said and before:  # rows that were marked while an apostrophe parted words
        old_first, old_last = Q(first_mark__in=marks(FIRST, before[:1])), Q(last_mark__in=marks(LAST, before[-1:]))
        found += [Q(city_mark__in=marks(CITY, before)), old_last if len(said) == 1 else old_first & old_last]
    return found


def _said(organization_id: int, kind: str, part: list[str]) -> str:
    return f"{organization_id}:{kind}:{' '.join(part)}"
