"""Products by their titles, and by parts of their SKUs, as the carts list them.

A title is looked for among the listings, of which there are as many as products, not among the lines of a million
orders; the lines are then found by their SKUs, off an index. What no cart lists is found by the beginning of its SKU.
"""

from dataclasses import dataclass

from django.db.models import Q

from carts.models import Listing
from core.accounts.access import Access

SHORTEST = 3  # signs worth looking for within a title
MOST = 200  # SKUs


@dataclass(frozen=True, slots=True)
class ListedProducts:
    skus: list[str]
    more: bool = False

    @property
    def note(self) -> str:
        return (
            f"More than {MOST} products match; these are orders of {MOST} of them. Type more of the title." * self.more
        )


def find(access: Access, text: str) -> ListedProducts:
    """Return the SKUs that have the text within them, or whose titles have all its words.

    Those that begin with it are left out where that is certain: the lines are asked for them anyway.
    """
    words = text.split()
    if len(text) < SHORTEST or not words:
        return ListedProducts([])
    titled = Q()
    for word in words:
        titled &= Q(title__icontains=word)
    found = Listing.objects.visible_to(access).filter(titled | Q(sku__icontains=text)).order_by("sku")
    skus = list(found.values_list("sku", flat=True).distinct()[: MOST + 1])
    begun = text.upper() if text.isascii() else None
    others = [sku for sku in skus[:MOST] if not (begun and sku.isascii() and sku.upper().startswith(begun))]
    return ListedProducts(others, len(skus) > MOST)
