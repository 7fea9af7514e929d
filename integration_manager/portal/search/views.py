"""The page behind the search box that every page has; for htmx only what was found."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door
from core.accounts.portal_request import PortalRequest
from core.common import clock
from core.ui.request_values import read_text
from integration_manager.portal.order_list.order_search import LONGEST_LIST
from integration_manager.portal.search import search_results


@door(Ability.LOOK)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what the text finds. Whoever pressed Enter gets the order of that whole number, or the only thing found."""
    access = access_of(request)
    text = read_text(request.GET, most=LONGEST_LIST)
    part = bool(PortalRequest.of(request).htmx)
    if text and not part and (order := search_results.only_order(access, text)):
        return redirect(order)
    kinds = search_results.find(access, text, now=clock.now()) if text else []
    if not part and (hit := search_results.only_hit(kinds)):
        return redirect(hit.url)
    context = {"text": text, "kinds": kinds}
    response = render(request, "portal/search/results.html" if part else "portal/search/search.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
