"""Addresses that lead into our own network, however they are spelled, and names that stand for another each time.

For every address that somebody can enter: of webhooks and chats, of warehouses' systems, of SFTP servers.
"""

import socket
from typing import Any

import pytest

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "192.88.99.1",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
    "2001:db8::1", "100::1", "3fff::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
REFUSED = [
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/",
    "https://0177.0.0.1/", "https://017700000001/", "https://0/", "https://127.0.0.1./", "https://localhost/",
    "https://LOCALHOST:8443/", "https://localhost./", "https://a.localhost/", "https://[::1]/", "https://[::]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:169.254.169.254]/",
    "https://[fe80::1%25eth0]/", "https://[fd00:ec2::254]/", "https://169.254.169.254/latest/meta-data/",
    "https://user@wms.example/", "https://user:key@wms.example/", "https://wms.example@127.0.0.1/", "https://@a.example/",
    "https://wms.example\\@127.0.0.1/", "https://wms.example/#@127.0.0.1", "https://wms.example#", "https:///hooks",
    "https://", "https:wms.example", "//wms.example/", "wms.example", "file:///etc/passwd", "gopher://127.0.0.1:6379/_",
    "ftp://wms.example/", "javascript:alert(1)", "http://wms.example/", "HTTP://wms.example/", "https://wms.example:22/",
    "https://wms.example:6379999/", "https://wms.example:x/", "https://wms.example:0/", "https://１２７.0.0.1/",
    "https://①②⑦.0.0.1/", "https://wms。example/", "https://wms.example/\r\nHost: x", "https://wms.example/\x00",
    "https://wms .example/", " https://wms.example/", "https://127.0.0.1%2ewms.example/", "https://%31%32%37.0.0.1/",
    "https://wms_.-/", "https://-wms.example/", "https://[::1", "https://1.2.3.4.5\t/", "https://wms.example/<script>",
    "https://" + "a" * 600 + ".example/",
]  # fmt: skip
FINE = [
    "https://wms.example/", "https://wms.example:8443/hooks?key=abc&x=1", "https://8.8.8.8/hooks",
    "https://[2606:4700:4700::1111]/", "https://xn--bcher-kva.example/", "https://wms.example./", "HTTPS://WMS.EXAMPLE/",
    "https://a-b_c.wms.example/%20",
]  # fmt: skip
DISGUISED = ["2130706433", "0x7f.1", "0177.0.0.1", "127.1"]  # hosts


def no_lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let nothing be connected to. Returns the addresses that would have been."""
    to: list[str] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> None:
        to.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return to


def answers(monkeypatch: pytest.MonkeyPatch, *each: list[str]) -> list[str]:
    """Let a name stand for these addresses, one list after another. Returns the names that were looked up."""
    asked: list[str] = []
    left = list(each)

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
