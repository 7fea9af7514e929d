"""How long it is kept what merchants have who leave."""

from core.accounts.models import Departure
from core.common.lifetimes import Lifetime, register
from integration_manager.off_boarding import deletion, notice

register(
    Lifetime(
        deletion.EVERYTHING,
        notice.NOTICE,
        Departure,
        "asked_at",
        deletion.over,
        rule="after somebody asked for it, unless one of their orders has a legal hold",
        there=Departure.objects.open,
        end=deletion.go_on,
    )
)
