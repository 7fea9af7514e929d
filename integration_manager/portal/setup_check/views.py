"""The Set-up check of an owner. No other server is asked here: a worker does, and the page follows."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from carts import presses
from core.accounts.access import Ability
from core.accounts.doors import access_of, door
from core.common import clock
from core.common.bell import Bell
from core.ui.request_values import read_number
from core.upkeep import installation
from integration_manager.portal.setup_check import sections

MOST_ASKED = 30  # times that a page asks whether a worker has answered, every two seconds


@never_cache
@require_safe
@door(Ability.INSTALLATION)
def show(request: HttpRequest) -> HttpResponse:
    found = _outside(request)
    parts = list(sections.here())
    rows = [*found["outside"], *(row for part in parts for row in part.rows)]
    context = {
        "wrong": [row for row in rows if row.is_wrong],
        "sections": parts,
        "registrations": sections.registrations(),
        "roles": sections.roles(access_of(request)),
        **found,
    }
    return render(request, "portal/setup_check/page.html", context)


@never_cache
@require_safe
@door(Ability.INSTALLATION)
def outside(request: HttpRequest) -> HttpResponse:
    """What other servers say, alone: the page asks for it until a worker has looked."""
    return render(request, "portal/setup_check/outside.html", _outside(request))


@require_POST
@door(Ability.INSTALLATION)
def look(request: HttpRequest) -> HttpResponse:
    """Have a worker ask the other servers."""
    now, back = clock.now(), reverse("setup_check:page")
    if installation.said_paused():
        messages.error(request, "The portal is paused, so no other server is asked. manage.py resume lets it go on.")
        return HttpResponseRedirect(back)
    past = presses.press("look outside", access_of(request).organization, now=now)
    if past is not None:
        messages.info(request, f"This was checked {presses.ago(past)}. Try again {presses.wait(past)}.")
        return HttpResponseRedirect(f"{back}#outside")
    Bell.LOOK_OUTSIDE.ring()
    return HttpResponseRedirect(f"{back}?since={int(now.timestamp())}#outside")


def _outside(request: HttpRequest) -> dict[str, Any]:
    """Return what the part about other servers shows. ``since``: when somebody had them asked."""
    rows = sections.outside()
    since, asked = read_number(request.GET.get("since", "")), read_number(request.GET.get("asked", "")) or 0
    waiting = since is not None and any(not _is_fresh(row.at, since) for row in rows)
    return {
        "outside": rows,
        "since": since,
        "waiting": waiting and asked < MOST_ASKED,
        "unanswered": waiting and asked >= MOST_ASKED,
        "ask_again": asked + 1,
    }


def _is_fresh(at: datetime | None, since: int) -> bool:
    return at is not None and at.timestamp() >= since
