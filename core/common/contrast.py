"""Colors that people choose: what may be written on them, so that everybody can read it (WCAG 2.2, 1.4.3)."""

import re

HEX = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
WHITE, BLACK = "#ffffff", "#000000"


def ink_on(color: str) -> str:
    """Return the color of text on a color like ``#2f5bd7``: white or black, whichever is read better.

    One of the two always has a contrast of 4.5 or more, which text of any size needs.
    """
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, color))


def contrast(one: str, other: str) -> float:
    """Return how much two colors differ in brightness: from 1, the same, to 21."""
    darker, lighter = sorted((_brightness(one), _brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _brightness(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
