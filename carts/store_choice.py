"""Whether the store that authorized us for a cart is the one that was meant, as far as names tell.

Nobody but people can tell: a store bears whatever name it likes. So what is unlike is asked about, never refused.
"""

import re
import unicodedata

from carts.models import Cart

WORD = re.compile(r"[^\W_]{3,}")
SAID_OF_ANY = frozenset({"the", "and", "com", "www", "inc", "ltd", "llc", "gmbh", "shop", "store", "amazon"})


def may_change(cart: Cart) -> bool:
    """Whether another store may take this one's place: nothing was imported yet, because it never was live."""
    return cart.grant_id is not None and cart.live_at is None and cart.state == Cart.State.SETUP


def is_doubtful(cart: Cart) -> bool:
    """Whether the store that the cart is connected to may be another than was meant, and can still change."""
    return may_change(cart) and is_unlike(cart, cart.store_name)


def is_unlike(cart: Cart, store_name: str) -> bool:
    """Whether a store's name has words, and none of them in common with the merchant's or the cart's."""
    store = _words(store_name)
    return bool(store) and not store & (_words(cart.merchant.name) | (_words(cart.name) - _words(cart.place.name)))


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    folded = "".join(character for character in plain if not unicodedata.combining(character))
    return frozenset(WORD.findall(folded)) - SAID_OF_ANY
