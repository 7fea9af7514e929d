"""Which alerts of a cause are alike: those whose sentences differ only in names and numbers. Pure.

"Order 111-1: no SKU “MUG”." and "Order 222-2: no SKU “LAMP”." say the same of two orders; a page shows them as one.
"""

import hashlib
import re

LONGEST = 300  # characters of a sentence that are looked at
NAME = re.compile(r"^.{1,160}?: ")  # whose it is, before the colon: "Order 111-1: ", "Blue Mug Co, Amazon US: "
QUOTED = re.compile(r"[“\"'‘][^”\"'’]{0,200}[”\"'’]")
NUMBERED = re.compile(r"\S*\d\S*")


def of(message: str) -> str:
    """Return what alike sentences have in common, as 16 characters."""
    said = NAME.sub("", message[:LONGEST], count=1)
    said = NUMBERED.sub("#", QUOTED.sub("“”", said))
    return hashlib.sha256(" ".join(said.lower().split()).encode()).hexdigest()[:16]
