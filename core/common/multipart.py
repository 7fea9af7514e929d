"""One text, two bodies: the HTML of a mail is made of its plain text, so that both say the same.

In the text, empty lines part paragraphs; lines numbered from 1 are steps; a line of two dashes begins the foot.
Addresses of this portal become links, and no others: a mail of ours leads nowhere else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

FOOT = "\n--\n"
NOT_OF_A_LINK = ".,;:!?)”’"  # at its end: the sentence goes on after it


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; with an address it is a link."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list of steps: lines of pieces."""

    lines: Sequence[Sequence[Piece]]
    are_steps: bool = False


def message(
    *,
    subject: str,
    text: str,
    to: Sequence[str],
    sender: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """Return a mail with both bodies."""
    made = EmailMultiAlternatives(subject, text, sender, list(to), headers=dict(headers or {}))
    made.attach_alternative(html(subject, text), "text/html")
    return made


def html(subject: str, text: str) -> str:
    body, _, foot = text.rpartition(FOOT) if FOOT in text else (text, "", "")
    return render_to_string("mail/base.html", {"subject": subject, "body": blocks(body), "foot": blocks(foot)})


def blocks(text: str) -> list[Block]:
    return [_block(part.strip("\n").split("\n")) for part in re.split(r"\n[ \t]*\n", text) if part.strip()]


def _block(lines: Sequence[str]) -> Block:
    numbers = [f"{number}. " for number in range(1, len(lines) + 1)]
    if len(lines) > 1 and all(line.startswith(number) for line, number in zip(lines, numbers, strict=True)):
        steps = [line.removeprefix(number) for line, number in zip(lines, numbers, strict=True)]
        return Block([list(_pieces(step)) for step in steps], are_steps=True)
    return Block([list(_pieces(line)) for line in lines])


def _pieces(line: str) -> Iterator[Piece]:
    # Up to the end of the host it is ours word for word, whatever follows: "https://ours.example.evil.example" is not.
    ours = re.compile(rf"(?<!\S){re.escape(settings.PUBLIC_URL)}(?:[/?#]\S*)?(?=[{re.escape(NOT_OF_A_LINK)}]*(?:\s|$))")
    end = 0
    for found in ours.finditer(line):
        address = found.group().rstrip(NOT_OF_A_LINK)
        if found.start() > end:
            yield Piece(line[end : found.start()])
        yield Piece(address, address)
        end = found.start() + len(address)
    if end < len(line):
        yield Piece(line[end:])
