"""Template tags for what every page shows: states, times, amounts, history. A built-in library: no load needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BaseForm
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from core.accounts import user_agents, workplace
from core.accounts.organization import Organization
from core.common.money import Money
from core.ui import formats, told
from core.ui.list_page import ListPage, RowCount
from core.ui.markup import fill

register = template.Library()

TONES = frozenset({"calm", "busy", "good", "warn", "bad"})
NOTHING = "—"
SOON = timedelta(hours=24)  # what is due within it wears the tone of a warning


def zone_of(context: Context) -> tzinfo:
    """Return the organization's time zone; where nobody is logged in, the one in use."""
    access = getattr(context.get("request"), "access", None)
    name = str(getattr(getattr(access, "organization", None), "time_zone", "") or "")
    return ZoneInfo(name) if name else timezone.get_current_timezone()


@register.simple_tag(takes_context=True)
def time_zone(context: Context) -> str:
    """Name the time zone that times are told in, for what is drawn by a script: data-zone="{% time_zone %}"."""
    return str(zone_of(context))


@register.simple_tag(takes_context=True)
def may(context: Context, ability: str) -> bool:
    """Tell whether the person who looks may do this: {% may "share_accounts" as allowed %}."""
    access = getattr(context.get("request"), "access", None)
    return bool(access and access.may(ability))


@register.simple_tag(takes_context=True)
def working_in(context: Context) -> str:
    """Say in a form that searches which organization it is about: {% working_in %} (core/accounts/workplace.py).

    Nothing for somebody who has only one. Forms that are posted always say so, by their {% csrf_token %}.
    """
    mark = workplace.mark_for_address(context.get("request"))
    return _mark(mark[workplace.MARK]) if mark else ""


def _mark(organization_id: int | str) -> str:
    return fill('<input type="hidden" name="{}" value="{}">', workplace.MARK, organization_id)


class MarkedTokenNode(CsrfTokenNode):
    """Django's hidden field, and beside it the organization the form was shown in: no form can lack one of them."""

    def render(self, context: Context) -> SafeString:
        access = getattr(context.get("request"), "access", None)
        return SafeString(f"{super().render(context)}{_mark(access.organization.pk) if access else ''}")


@register.tag
def csrf_token(parser: Any, token: Any) -> MarkedTokenNode:
    return MarkedTokenNode()


class KeptNode(template.Node):
    def __init__(self, name: str, nodes: template.NodeList) -> None:
        self.name, self.nodelist = name, nodes

    def render(self, context: Context) -> str:
        context[self.name] = self.nodelist.render(context)
        return ""


@register.tag
def keep(parser: Any, token: Any) -> KeptNode:
    """Render once what stands on a page twice: {% keep menu %}…{% endkeep %}, and {{ menu }} in each place."""
    _, name = token.split_contents()
    nodes = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeptNode(name, nodes)


@register.simple_tag
def told_with(message: Any) -> told.More:
    """Return what stands under a message's sentence: {% told_with message as more %}."""
    return told.more_of(message)


@register.simple_tag
@lru_cache(maxsize=512)  # a list shows the same few again and again
def icon(name: str, label: str = "") -> str:
    """Draw ui/icons/<name>.svg: hidden from screen readers, unless it says something by itself."""
    return render_to_string(f"core/ui/icons/{name}.svg", {"label": label})


@register.simple_tag
def pill(status: Any) -> str:
    """Show a state: glyph and word in its tone. Takes what has .label and .tone (and maybe .glyph), or (word, tone)."""
    if not status:
        return ""
    if isinstance(status, tuple | list):
        word, tone = status
    else:
        word, tone = status.label, status.tone
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"{tone!r} is no tone; there are {', '.join(sorted(TONES))}")
    return _pill(str(word), str(tone), getattr(status, "glyph", "") or f"tone-{tone}")


@lru_cache(maxsize=512)
def _pill(word: str, tone: str, glyph: str) -> SafeString:
    return fill('<span class="pill tone-{}">{}{}</span>', tone, SafeString(icon(glyph)), word)


def time_element(when: datetime | None, words: str, *, zone: tzinfo) -> str:
    """Return a time as these words, with the exact one in the title."""
    if when is None:
        return NOTHING
    title = formats.tell_moment_fully(when, zone=zone)
    return fill('<time datetime="{}" title="{}">{}</time>', when.isoformat(), title, words)


@register.simple_tag(takes_context=True)
def ago(context: Context, when: datetime | None) -> str:
    """Tell how long ago or ahead, with the exact time in the title."""
    zone = zone_of(context)
    words = formats.tell_distance(when, now=timezone.now(), zone=zone) if when else NOTHING
    return time_element(when, words, zone=zone)


@register.simple_tag(takes_context=True)
def due(context: Context, when: datetime | None) -> str:
    """Tell how much time is left, or how late it is, in the tone it deserves; the exact time in the title."""
    return due_element(when, now=timezone.now(), zone=zone_of(context))


def due_element(when: datetime | None, *, now: datetime, zone: tzinfo) -> str:
    """Return how much time is left, or how late it is: late in the tone of what is wrong, soon in that of a warning."""
    if when is None:
        return NOTHING
    tone = "bad" if when < now else "warn" if when < now + SOON else "calm"
    told = time_element(when, formats.tell_due(when, now=now, zone=zone), zone=zone)
    return fill('<span class="due tone-{}">{}</span>', tone, SafeString(told))


@register.simple_tag
def days_left(until: datetime, *, warn: int = 60, bad: int = 7) -> str:
    """Show how many days are left, a day begun counted, in the tone that so few deserve."""
    days = max(0, -((timezone.now() - until) // timedelta(days=1)))
    tone = "bad" if days <= bad else "warn" if days <= warn else "calm"
    return str(pill((ngettext("{count} day left", "{count} days left", days).format(count=days), tone)))


@register.simple_tag(takes_context=True)
def exact(context: Context, when: datetime | None) -> str:
    """Tell the moment: "21 Nov 10:29 UTC"."""
    zone = zone_of(context)
    words = formats.tell_moment(when, now=timezone.now(), zone=zone) if when else NOTHING
    return time_element(when, words, zone=zone)


@register.simple_tag(takes_context=True)
def clock(context: Context, when: datetime | None) -> str:
    """Tell the time of day to the second, with the date unless it is today's. For histories."""
    zone = zone_of(context)
    words = formats.tell_clock(when, now=timezone.now(), zone=zone) if when else NOTHING
    return time_element(when, words, zone=zone)


@register.simple_tag
def money(amount: Money | Decimal | int | str | None, currency: str = "") -> str:
    """Tell an amount with the digits its currency has; also takes a Money alone."""
    if amount is None or amount == "":
        return NOTHING
    if isinstance(amount, Money):
        return formats.tell_money(amount.amount, amount.currency)
    return formats.tell_money(amount, currency)


@register.filter
def duration(took: timedelta | None) -> str:
    """Tell how long something took."""
    return NOTHING if took is None else formats.tell_duration(took)


@register.filter
def share(of_all: float | Decimal | None) -> str:
    """Tell a share in per cent."""
    return NOTHING if of_all is None else formats.tell_share(of_all)


@register.filter
def grouped(number: int | None) -> str:
    """Tell a whole number with its thousands apart: "2,500,000". What was not counted to its end says so: "1,000+"."""
    if number is None:
        return NOTHING
    return str(number) if isinstance(number, RowCount) else formats.tell_number(number)


@register.simple_tag
def number_cells(numbers: Iterable[int | None]) -> str:
    """Tell whole numbers, each in a cell of a table: {% number_cells hour.numbers %}. A loop in a template takes five
    times as long, which a table of a hundred cells feels.
    """
    return SafeString("".join(fill('<td class="num">{}</td>', grouped(number)) for number in numbers))


@register.filter
def browser(user_agent: str) -> str:
    """Tell a browser by its name: "Chrome on Linux"."""
    return user_agents.describe(user_agent or "")


@register.inclusion_tag("core/ui/brand.html")
def brand(organization: Organization) -> dict[str, Any]:
    """Show an organization's logo or what stands for it. Its name belongs beside it."""
    return {"organization": organization}


@register.inclusion_tag("core/ui/timeline.html", takes_context=True)
def timeline(context: Context, events: Iterable[Any]) -> dict[str, Any]:
    """Show what happened. An event has sentence (safe), at, tone, actor_name and maybe exchanges."""
    return {"events": events, "zone": zone_of(context), "request": context.get("request")}


@register.inclusion_tag("core/ui/form_errors.html")
def form_errors(form: BaseForm, lead: str = "") -> dict[str, Any]:
    """Say on top of a form that it was refused, with a link to each field that says why: {% form_errors form %}.

    ``lead`` says what was not done. Nothing where nothing is wrong; of a single field it says all there is.
    """
    if not form.errors:
        return {}
    fields = form.visible_fields()
    wrong = [field for field in fields if field.errors] if len(fields) > 1 else []
    hidden = [error for field in form.hidden_fields() for error in field.errors]
    return {"lead": lead, "whole": [*form.non_field_errors(), *hidden], "wrong": wrong}


@register.inclusion_tag("core/ui/steps.html")
def steps(steps: Iterable[Any]) -> dict[str, Any]:
    """Show how far something is. A step has label, tone (good, busy, bad, warn or todo) and note."""
    return {"steps": steps}


@dataclass(frozen=True)
class SortHeader:
    """One column head: what it says, which way it is sorted now and what a click makes of it."""

    label: str
    aria: str
    query: str
    css: str


@register.inclusion_tag("core/ui/sort_header.html")
def sort_header(listing: ListPage, key: str, label: str, css: str = "") -> dict[str, Any]:
    """A <th> that sorts the list by key. The key must be one of the listing's sorts."""
    aria = ("descending" if listing.descending else "ascending") if listing.sorted_by == key else ""
    return {"header": SortHeader(label=label, aria=aria, query=listing.query_sorted_by(key), css=css)}
