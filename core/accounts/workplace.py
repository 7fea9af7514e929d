"""Which organization a page was opened in, said by the page itself, and compared with the one its person works in now.

The organization a person works in stands in the session, and one session serves every tab. A tab that was opened before
the person switched would otherwise act on another 3PL. So every form carries the organization it was shown in (beside
its CSRF token, which no form can lack), and so do the addresses of searches and files. What doesn't agree is refused
before any view is called: nothing is written, and what was typed can be submitted again in the right place.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape

from core.accounts.middleware import SESSION_KEY, work_in
from core.accounts.models import Membership
from core.accounts.portal_request import PortalRequest

MARK = "working_in"  # in forms and addresses
HEADER = "X-Working-In"  # of what htmx asks for
AGAIN = "working_in_again"  # whoever was refused wants it done there after all
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OURS = frozenset({"csrfmiddlewaretoken", MARK, AGAIN})
SECRETS = frozenset({"password", "refresh_token"})  # no page gives them back: they are asked for again


class WorkplaceMiddleware:
    """Stands after AccessMiddleware, which knows where the person works."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PortalRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse what was opened in another organization. Only what is behind a door is about one."""
        if request.access is None or not hasattr(view, "ability"):
            return None
        marks = marks_of(request)
        if not marks and (request.method in SAFE or len(request.memberships) == 1):
            return None
        if marks == {str(request.access.organization.pk)}:
            return None
        there = _membership(request, marks)
        if there and request.method not in SAFE and request.POST.get(AGAIN):
            request.session[SESSION_KEY] = there.organization_id
            work_in(request)
            return None
        return _refuse(request, there)


def mark_for_address(request: HttpRequest | None) -> dict[str, str]:
    """Return what to add to an address, so that it says which organization it is about: for somebody of several."""
    access, memberships = getattr(request, "access", None), getattr(request, "memberships", ())
    return {MARK: str(access.organization.pk)} if access and len(memberships) > 1 else {}


def marks_of(request: HttpRequest) -> set[str]:
    """Return the organizations a request says it is about: one, unless it was put together by hand."""
    said = {request.GET.get(MARK), request.headers.get(HEADER)}
    if request.method not in SAFE:
        said.add(request.POST.get(MARK))
    return {mark for mark in said if mark}


def _membership(request: PortalRequest, marks: set[str]) -> Membership | None:
    """Return the person's place in the organization the page was opened in, if it is one and they still have one."""
    found = [each for each in request.memberships if {str(each.organization_id)} == marks]
    return found[0] if found else None


def _refuse(request: PortalRequest, there: Membership | None) -> HttpResponse:
    assert request.access is not None
    here = request.access.organization
    if request.htmx:
        return _refuse_part(here.name, there.organization.name if there else "")
    query = request.GET.copy()
    query.pop(MARK, None)
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in OURS and not SECRETS.intersection({name, name.rpartition("-")[2]})
        for value in values
    ]
    context = {
        "here": here,
        "there": there.organization if there else None,
        "address": address,
        "typed": typed,
        "sent": request.method not in SAFE,
    }
    answer = render(request, "409.html", context, status=409)
    answer["Cache-Control"] = "no-store"  # it holds what was typed
    return answer


def _refuse_part(here: str, there: str) -> HttpResponse:
    """Return the sentence alone, for the place of messages: the page stays as it is, with what was typed."""
    of = f"in {there}" if there else "in another organization"
    said = f"Nothing was changed. This page was opened {of}, and you now work in {here}. Reload the page to go on here."
    text = f'<div class="messages" id="messages" role="status"><p class="message tone-warn">{escape(said)}</p></div>'
    where = {"HX-Retarget": "#messages", "HX-Reswap": "outerHTML", "HX-Reselect": "#messages"}
    return HttpResponse(text, status=409, headers={**where, "Cache-Control": "no-store"})
