"""How long it is kept what was on hand."""

from datetime import timedelta

from core.common.lifetimes import Lifetime, older, register
from inventory.models import Observation

register(
    Lifetime(
        "What was on hand, and when",
        timedelta(days=60),
        Observation,
        "stored_at",
        older(Observation, "stored_at"),
    )
)
