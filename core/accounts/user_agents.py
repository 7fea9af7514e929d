"""What a browser says it is, in the words of whoever uses it: "Chrome on Linux". A guess, for people to know it by.

Each names others beside itself, for sites of long ago: Edge says Chrome, Chrome says Safari, Android says Linux. So the
first that fits, from the most particular on, is what it is.
Source: RFC 9110, 10.1.5, and what each browser's maker writes about its own.
"""

import re

BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\b(?:OPR|OPT|Opera)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Vivaldi", r"\bVivaldi/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|Chromium|CriOS|HeadlessChrome)/"),
    ("Safari", r"\bVersion/[\d.]+.* Safari/"),
    ("Internet Explorer", r"\b(?:MSIE |Trident/)"),
)
SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("Chrome OS", r"\bCrOS\b"),
    ("macOS", r"\b(?:Macintosh|Mac OS X)\b"),
    ("Linux", r"\b(?:Linux|X11)\b"),
)
UNKNOWN = "Another browser or program"
READ = 400  # characters


def describe(user_agent: str) -> str:
    """Return what a person would call it, without its version. It never fails."""
    said = user_agent[:READ]
    browser = _first(BROWSERS, said)
    system = _first(SYSTEMS, said)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else UNKNOWN)


def _first(known: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for name, sign in known if re.search(sign, said)), "")
