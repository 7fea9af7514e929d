"""Telling who wants to know which orders came in, and which failed to.

Failed is what came and cannot go on as it is: not to be read, in a status nobody knows, without an address. The mail
names numbers, contents, the day to ship and the reason, and nothing of the buyer. What was left out by a rule, or
shipped elsewhere, is no news.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from carts.models import Cart
from core.alerts.audience.recipients import MailScope
from core.alerts.mail import notices
from core.alerts.mail.notices import News, NewsItem
from core.alerts.models import Topic
from orders.download.order_documents import ReadDocument
from orders.models import Order
from orders.statuses import BEFORE_RELEASE, DOWNLOAD_DECIDES, UNFIT_TO_GO

LISTED = 3  # lines of one order


def announce(
    new: Iterable[ReadDocument], changed: Iterable[tuple[Order, ReadDocument]], *, pull: uuid.UUID | None, now: datetime
) -> int:
    """Owe what a page brought. Call it in the transaction that stores it, before known orders take their new status.

    ``pull`` is the download that the page is of. Returns how many rows are owed.
    """
    items: dict[tuple[Cart, Topic], list[NewsItem]] = defaultdict(list)
    for each in new:
        if _failed(each):
            items[each.cart, Topic.FAILED].append(_why(each))
        elif each.verdict and each.verdict.status in BEFORE_RELEASE:
            items[each.cart, Topic.CREATED].append(_what(each))
    for order, each in changed:
        if _failed(each) and order.status in DOWNLOAD_DECIDES and order.held_for not in UNFIT_TO_GO:
            items[each.cart, Topic.FAILED].append(_why(each))
    news = [_news(cart, topic, lines) for (cart, topic), lines in items.items()]
    return notices.gather(news, pull=pull or uuid.uuid4(), now=now) if news else 0


def _failed(each: ReadDocument) -> bool:
    return each.verdict is not None and each.verdict.held_for in UNFIT_TO_GO


def _why(each: ReadDocument) -> NewsItem:
    return NewsItem(f"{each.document.number}: {each.verdict.reason if each.verdict else ''}", _due(each))


def _what(each: ReadDocument) -> NewsItem:
    """The number, and what is in it."""
    lines = each.read.lines if each.read else ()
    contents = [f"{line.ordered} × {line.sku}" for line in lines if line.ordered]
    more = len(contents) - LISTED
    told = [*contents[:LISTED], *([f"{more} more"] if more > 0 else [])]
    return NewsItem(f"{each.document.number}: {', '.join(told)}" if told else each.document.number, _due(each))


def _due(each: ReadDocument) -> datetime | None:
    return each.read.ship_by if each.read else None


def _news(cart: Cart, topic: Topic, items: Sequence[NewsItem]) -> News:
    query = {"tab": "attention" if topic == Topic.FAILED else "all", "cart": cart.pk}
    path = f"{reverse('orders:orders')}?{urlencode(query)}"
    scope = MailScope(cart.organization_id, cart.merchant_id, cart.pk)
    return News(scope, topic, f"{cart.name} of {cart.merchant.name}", path, items)
