"""A picture that somebody sends as a logo, checked and written anew: only what draws pixels is kept.

PNG and JPEG, which every mail program shows. SVG may carry a script, so it is none. What cameras and editors write
beside the pixels, a place or a name, is left out, and so is whatever stands behind the picture's end.
Sources: PNG, W3C Recommendation, 5 and 11; JPEG, ITU-T T.81, B.1 and B.2.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST = 300_000  # bytes
MOST, LEAST = 2_000, 16  # pixels a side
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"})
UNPACKED = 8 * MOST * MOST + MOST  # bytes: no picture within our limits has more
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # segments that say how large it is
SCAN = 0xDA
JPEG_LEFT_OUT = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})  # not Adobe's, EE: how colors mix

BROKEN = "This file can't be read as a picture. Save it again as PNG or JPEG."


class LogoRefused(Exception):
    """It is not a picture we take. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class LogoFile:
    content: bytes
    media_type: str


def read(sent: bytes) -> LogoFile:
    """Return the picture as it is kept. Raises LogoRefused."""
    if len(sent) > LARGEST:
        raise LogoRefused(f"The file is larger than {LARGEST // 1000} kB. Make the picture smaller.")
    try:
        if sent.startswith(PNG):
            return LogoFile(_png(sent), "image/png")
        if sent.startswith(JPEG):
            return LogoFile(_jpeg(sent), "image/jpeg")
    except (struct.error, IndexError, zlib.error) as error:
        raise LogoRefused(BROKEN) from error
    raise LogoRefused("Choose a PNG or JPEG file. Others, like SVG, don't show in every mail program.")


def _png(sent: bytes) -> bytes:
    kept, packed = [PNG], b""
    for place, (kind, body) in enumerate(_chunks(sent)):
        if (place == 0) != (kind == b"IHDR"):
            raise LogoRefused(BROKEN)
        if kind == b"IHDR":
            _check_size(*struct.unpack(">II", body[:8]))
        if kind == b"IDAT":
            packed += body
        if kind in PNG_KEPT:
            kept.append(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    pixels = zlib.decompressobj()
    if not packed or not pixels.decompress(packed, UNPACKED) or pixels.unconsumed_tail:
        raise LogoRefused(BROKEN)
    return b"".join(kept)


def _chunks(sent: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield what a PNG is made of, up to its end. Each part must be as its checksum says."""
    at = len(PNG)
    while True:
        length, kind = struct.unpack(">I4s", sent[at : at + 8])
        body = sent[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", sent[at + 8 + length : at + 12 + length])
        if check != zlib.crc32(kind + body):
            raise LogoRefused(BROKEN)
        yield kind, body
        if kind == b"IEND":
            return
        at += 12 + length


def _jpeg(sent: bytes) -> bytes:
    kept, at, sized = [JPEG], len(JPEG), False
    while True:
        mark, kind, length = struct.unpack(">BBH", sent[at : at + 4])
        end = at + 2 + length
        if mark != 0xFF or length < 2 or end > len(sent):
            raise LogoRefused(BROKEN)
        if kind in FRAMES:
            height, width = struct.unpack(">HH", sent[at + 5 : at + 9])
            _check_size(width, height)
            sized = True
        if kind == SCAN:  # what follows are pixels, up to the mark of the end
            end = sent.rfind(b"\xff\xd9")
            if end < at or not sized:
                raise LogoRefused(BROKEN)
            return b"".join([*kept, sent[at : end + 2]])
        if kind not in JPEG_LEFT_OUT:
            kept.append(sent[at:end])
        at = end


def _check_size(width: int, height: int) -> None:
    if not (LEAST <= width <= MOST and LEAST <= height <= MOST):
        raise LogoRefused(f"The picture is {width} × {height} pixels. Each side must have {LEAST} to {MOST:,} pixels.")
