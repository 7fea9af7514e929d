"""What is taken as a logo, and what is left of it."""

import zlib

import pytest

from core.people.brand.logo_files import LARGEST, LogoRefused, read
from tests.core.people.brand.pictures import chunk, jpeg, png


def test_a_png_is_kept_as_its_pixels_alone() -> None:
    sent = png(extra=chunk(b"tEXt", b"Author\0Maria Ortiz")) + b"<script>alert(1)</script>"

    kept = read(sent)

    assert (kept.media_type, kept.content) == ("image/png", png())


def test_a_jpeg_loses_where_it_was_taken() -> None:
    kept = read(jpeg(place=b"39.5296 N") + b"<?php")

    assert (kept.media_type, kept.content) == ("image/jpeg", jpeg())


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 50,
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n<html>",
        png()[:-20],
        png().replace(b"IDAT", b"JDAT"),
        b"\xff\xd8",
        b"\xff\xd8\xff",
        jpeg()[:20],
        jpeg()[:-2],
        jpeg().replace(b"\xff\xc0", b"\xff\xc4"),  # says nowhere how large it is
        png() + b"\0" * LARGEST,
        png(4_000, 16),
        png(8, 8),
        jpeg(9_000, 9_000),
    ],
    ids=range(17),
)
def test_anything_else_is_refused_in_a_sentence(sent: bytes) -> None:
    with pytest.raises(LogoRefused, match=r"\.$"):
        read(sent)


def test_a_picture_that_unpacks_without_end_is_refused() -> None:
    bomb = png().replace(png()[33:], b"") + chunk(b"IDAT", _packed(40_000_000)) + chunk(b"IEND", b"")

    with pytest.raises(LogoRefused):
        read(bomb)


def _packed(zeros: int) -> bytes:
    return zlib.compress(b"\0" * zeros, 9)
