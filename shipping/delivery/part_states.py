"""What the parts of a split order make of the order: what one warehouse refused needs a person, whatever the others do.

An order that a warehouse refused a part of is in *Error* until that is settled, and the others ship theirs meanwhile;
else it is *At the warehouse* as soon as one has its part. It is shipped when nothing of it is open anywhere.
"""

from collections.abc import Collection

from orders.models import OrderStatus
from orders.statuses import BOUND_FOR_WAREHOUSE, FREE_TO_GO
from shipping.models import Release


def others_refused(release: Release) -> Collection[Release]:
    """Return the other parts of its order that a warehouse refused. None where it is not split: asks nothing."""
    if not release.part:
        return []
    others = Release.objects.filter(order=release.order_id).exclude(pk=release.pk)
    return list(others.stuck().select_related("warehouse").order_by("part"))


def leaving(refused: Collection[Release]) -> Collection[OrderStatus]:
    """Return from where an order comes to the warehouse: out of an error only when no other part is refused."""
    return BOUND_FOR_WAREHOUSE if refused else FREE_TO_GO


def refusal(release: Release, reason: str) -> str:
    """Return why it is refused, and of a part by whom, with what others refused of the order."""
    if not release.part:
        return reason
    said = [f"{release.warehouse} refused its part. {reason}"]
    said += [f"{each.warehouse} refused its part, too. {each.last_error}" for each in others_refused(release)]
    return " ".join(said)
