"""Addresses that programs ask, with a key and no session: no page, no form, and no way back to one for them."""

from django.conf import settings
from django.http import HttpRequest


def is_for_machines(request: HttpRequest) -> bool:
    return request.path_info.startswith(tuple(settings.MACHINE_PATHS))
