"""Doors of the mail: what was written to whom, and what became of it. For who manages people: it names addresses."""

from collections.abc import Mapping
from dataclasses import dataclass

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.alerts import causes, wording
from core.alerts.mail import letterhead, mail_server, outbox, refused_mail
from core.alerts.models import Mail
from core.common import clock, multipart
from core.common.bell import Bell
from core.common.errands import ErrandState
from core.common.remote import Rejected
from core.ui.list_page import listing
from core.ui.request_values import read_text

PILLS: Mapping[str, tuple[str, str]] = {
    ErrandState.DUE: ("Waiting", "busy"),
    ErrandState.RUNNING: ("Being sent", "busy"),
    ErrandState.DONE: ("Sent", "good"),
    ErrandState.STUCK: ("Refused", "bad"),
    ErrandState.DROPPED: ("Not sent", "calm"),
}
HIDDEN = "[personal link]"
OF_LINKS = "setup_link."
# A mail brings its own styles, runs nothing and sends nothing anywhere; it shows the organization's logo.
AS_MAIL = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", settings.PUBLIC_URL],
    "frame-ancestors": ["'self'"],
}
KEPT_HERE = ("Kept here", "calm")  # sent to no mailbox: no mail server is set up


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as the page shows it: its text around the personal link, which only the embedded run shows."""

    mail: Mail
    pill: tuple[str, str]
    before: str
    link: str
    after: str

    @property
    def about(self) -> str:
        return causes.say(self.mail.cause)

    @property
    def stuck(self) -> bool:
        return bool(self.mail.is_stuck)


@require_safe
@door(Ability.CONNECT)
def mails(request: HttpRequest) -> HttpResponse:
    """Who manages people sees all of it; who connects carts, the mails with setup links, and what became of them."""
    text, rows = read_text(request.GET), _readable(access_of(request))
    if text:
        rows = rows.filter(Q(to__icontains=text) | Q(subject__icontains=text))
    page = listing(request, rows, sorts={"written": "created_at"}, default="-written")
    context = {
        "listing": page,
        "rows": [_written(mail) for mail in page.rows],
        "q": text,
        "hidden": HIDDEN,
        "unsent": not mail_server.reaches_mailboxes(),
        "whole": access_of(request).may(Ability.PEOPLE),
        "crumbs": [("Settings", reverse("settings:area"))],
    }
    return render(request, "core/alerts/mail/mails.html", context)


@csp_replace(AS_MAIL)  # type: ignore[arg-type]  # it is typed for views without a number in their address
@require_safe
@door(Ability.CONNECT)
@xframe_options_sameorigin
def look(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Show a mail as mail programs do, for the frame in the list of them."""
    access = access_of(request)
    mail = get_object_or_404(_readable(access), pk=mail_id)
    written = _written(mail)
    link = (written.link or HIDDEN) if mail.link_path else ""
    said = f"{written.before}{link}{written.after}"
    return HttpResponse(multipart.html(mail.subject, said, letterhead.of(access.organization)))


@require_POST
@door(Ability.PEOPLE)
def send_again(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = _mail(request, mail_id)
    if refused_mail.send_again(mail, by=person_of(request), now=clock.now()):
        Bell.MAIL_DUE.ring()
        messages.success(request, "On its way again. If it is refused again, this page and an alert will say why.")
    else:
        messages.warning(request, "It was not sent again, because it is no longer refused.")
    return _back(request)


@require_POST
@door(Ability.PEOPLE)
def give_up(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = _mail(request, mail_id)
    if refused_mail.give_up(mail, by=person_of(request), now=clock.now()):
        messages.success(request, "It won't be sent. Its alert is closed.")
    else:
        messages.warning(request, "Nothing was changed, because it is no longer refused.")
    return _back(request)


def _readable(access: Access) -> "QuerySet[Mail]":
    """Return the mails in somebody's sight: who connects carts sees those with setup links."""
    rows: QuerySet[Mail] = Mail.objects.visible_to(access)
    return rows if access.may(Ability.PEOPLE) else rows.filter(cause__startswith=OF_LINKS)


def _written(mail: Mail) -> Written:
    text = wording.OUTSIDE.sub(HIDDEN, mail.text).replace(wording.OVERVIEW, HIDDEN)
    before, _, after = text.partition(wording.LINK) if mail.link_path else (text, "", "")
    kept_here = mail.is_done and not mail_server.reaches_mailboxes()
    return Written(mail, KEPT_HERE if kept_here else PILLS[mail.state], before, _link(mail), after)


def _link(mail: Mail) -> str:
    """Return the personal link of a mail. It is shown in the embedded run alone, whose mail goes nowhere else."""
    if not (mail.link_path and settings.EMBEDDED):
        return ""
    try:
        return outbox.address(mail)
    except Rejected:
        return ""


def _mail(request: HttpRequest, mail_id: int) -> Mail:
    return get_object_or_404(Mail.objects.visible_to(access_of(request)), pk=mail_id)


def _back(request: HttpRequest) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse("alerts:mails") + (f"?{query}" if query else ""))
