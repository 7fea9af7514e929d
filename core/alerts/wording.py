"""What mails say: a subject and a text, from a pair of templates under templates/mail.

They are plain text, in which nothing is escaped. What is sent as HTML is made of the text (core/common/multipart.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, Engine

LINK = "{link}"  # in a kept text: where the personal link goes, which is made when the mail is sent
OUTSIDE = re.compile(r"\{look:(\d+):(\d+)\}")  # a signed link to one alert: of this subscription, about that alert
OVERVIEW = "{overview}"  # where the address of a merchant's overview goes, made of the same link
MARK = "\0link\0"  # the same while the text is written, so that no name can pretend to be it
OVERVIEW_MARK = "\0overview\0"
OUTSIDE_MARK = re.compile("\0look:([0-9:]+)\0")


def outside_mark(subscription_id: int, alert_id: int) -> str:
    """Return what stands for the link of somebody without an account to an alert, until the mail is sent."""
    return f"\0look:{subscription_id}:{alert_id}\0"


@dataclass(frozen=True, slots=True)
class Wording:
    subject: str
    text: str


def write(template: str, values: Mapping[str, Any]) -> Wording:
    """Fill in mail/<template>_subject.txt and mail/<template>.txt. They also know {{ portal }} and {{ link }}."""
    known = {"portal": settings.PUBLIC_URL, **values, "link": MARK, "overview": OVERVIEW_MARK}
    subject = " ".join(_filled(f"mail/{template}_subject.txt", known).split())
    return Wording(subject, _tidy(_filled(f"mail/{template}.txt", known)))


def _filled(name: str, values: Mapping[str, Any]) -> str:
    text = Engine.get_default().get_template(name).render(Context(dict(values), autoescape=False))
    said = OUTSIDE.sub("(link)", str(text).replace(LINK, "(link)").replace(OVERVIEW, "(link)"))
    said = said.replace(MARK, LINK).replace(OVERVIEW_MARK, OVERVIEW)
    return OUTSIDE_MARK.sub(r"{look:\1}", said)


def _tidy(text: str) -> str:
    """Let templates be written with more space than the mail has."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<![ \t])[ \t]+\n", "\n", text)).strip() + "\n"
