"""Addresses that programs ask, with a key and no session: no page, no form, and no way back to one for them."""

from django.conf import settings
from django.http import HttpRequest

OWN_ANSWERS = ("/v1/", "/shipstation/")  # shapes of others, in which also a refusal is written


def answers_by_itself(request: HttpRequest) -> bool:
    """Whether what is asked says itself, in its own form, that too much was sent."""
    return request.path_info.startswith(OWN_ANSWERS)


def is_for_machines(request: HttpRequest) -> bool:
    return request.path_info.startswith(tuple(settings.MACHINE_PATHS))
