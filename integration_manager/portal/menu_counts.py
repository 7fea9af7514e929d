"""The counts beside the menu's entries, for pages of which nothing else follows by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.accounts.access import Ability
from core.accounts.doors import door
from core.ui.live_pages import follows
from integration_manager.portal import page_versions


@door(Ability.LOOK)
@require_safe
@follows(page_versions.of_orders)
def show(request: HttpRequest) -> HttpResponse:
    """The menu alone. No page leads here: static/live.js asks for it."""
    return render(request, "core/ui/nav.html")
