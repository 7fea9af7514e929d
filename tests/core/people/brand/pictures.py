"""Small pictures, made here byte by byte."""

import struct
import zlib


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 32, height: int = 32, *, extra: bytes = b"") -> bytes:
    """A red picture; ``extra`` chunks stand before its pixels."""
    pixels = (b"\0" + b"\xd0\x20\x20" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int = 32, height: int = 32, *, place: bytes = b"") -> bytes:
    """The frame of a JPEG: what its header says, and some pixels."""
    frame = segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00")
    exif = segment(0xE1, b"Exif\0\0" + place) if place else b""
    return b"\xff\xd8" + exif + frame + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34" + b"\xff\xd9"
