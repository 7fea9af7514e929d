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
DEED = re.compile(r"[^:.]{1,40}: ")  # "Open the order: "
FACT = re.compile(r"([A-Z][^:]{0,30}:) (\S.*)")  # "Ship by: Sat 21 Nov, 14:00 PST"
NOT_OF_A_LINK = ".,;:!?)”’"  # at its end: the sentence goes on after it


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who a mail is from, at its top: a name on a color, in ink that is read on it."""

    name: str
    color: str
    ink: str
    initial: str
    logo: str = ""  # its whole address


OURS = Letterhead("Integration Manager", "#2f5bd7", "#ffffff", "I")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; with an address it is a link. ``is_button``: what the whole line is for."""

    text: str
    address: str = ""
    is_button: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list of steps: lines of pieces; or facts, each a label and what it says."""

    lines: Sequence[Sequence[Piece]]
    are_steps: bool = False
    facts: Sequence[tuple[str, str]] = ()


def message(
    *,
    subject: str,
    text: str,
    to: Sequence[str],
    sender: str | None = None,
    reply_to: str = "",
    head: Letterhead = OURS,
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """Return a mail with both bodies."""
    answers = [reply_to] if reply_to else None
    made = EmailMultiAlternatives(subject, text, sender, list(to), headers=dict(headers or {}), reply_to=answers)
    made.attach_alternative(html(subject, text, head), "text/html")
    return made


def html(subject: str, text: str, head: Letterhead = OURS) -> str:
    body, _, foot = text.rpartition(FOOT) if FOOT in text else (text, "", "")
    values = {"subject": subject, "head": head, "body": blocks(body), "foot": blocks(foot)}
    return render_to_string("mail/base.html", values)


def blocks(text: str) -> list[Block]:
    return [_block(part.strip("\n").split("\n")) for part in re.split(r"\n[ \t]*\n", text) if part.strip()]


def _block(lines: Sequence[str]) -> Block:
    numbers = [f"{number}. " for number in range(1, len(lines) + 1)]
    if len(lines) > 1 and all(line.startswith(number) for line, number in zip(lines, numbers, strict=True)):
        steps = [line.removeprefix(number) for line, number in zip(lines, numbers, strict=True)]
        return Block([list(_pieces(step)) for step in steps], are_steps=True)
    facts = [FACT.fullmatch(line) for line in lines]
    if len(lines) > 1 and all(facts) and not any(piece.address for line in lines for piece in _pieces(line)):
        return Block([], facts=[(found[1], found[2]) for found in facts if found])
    return Block([list(_pieces(line)) for line in lines])


def _pieces(line: str) -> Iterator[Piece]:
    """Yield the parts of a line. One that names a deed and where to do it is a button."""
    parts = list(_parts(line))
    match parts:
        case [Piece(text=said, address=""), Piece(address=address)] if address and DEED.fullmatch(said):
            yield Piece(said.rstrip(": "), address, is_button=True)
        case _:
            yield from parts


def _parts(line: str) -> Iterator[Piece]:
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
