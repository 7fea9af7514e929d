"""How long requests of programs, and the answers to them, are kept."""

from datetime import timedelta

from django.conf import settings

from core.api import idempotency
from core.api.models import ApiCall, KeptAnswer
from core.common.lifetimes import Lifetime, older, register

register(
    Lifetime(
        "Answers to requests with an Idempotency-Key", idempotency.KEPT, KeptAnswer, "at", older(KeptAnswer, "at")
    ),
    Lifetime("Requests to the API", timedelta(days=settings.EXCHANGES_KEPT_DAYS), ApiCall, "at", older(ApiCall, "at")),
)
