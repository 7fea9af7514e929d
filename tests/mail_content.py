"""Reading a mail's HTML as a person does, to compare it with the text."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said = ""
        self.links: list[str] = []
        self._in_body = False
        self._in_head = False
        self._step = 0
        self._button = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._in_body = True
        elif tag == "ol":
            self._step = 0
        elif tag == "li":
            self._step += 1
            self.said += f" {self._step}. "
        elif tag == "footer":
            self.said += " -- "
        elif tag == "header":  # who it is from: what the From line says
            self._in_head = True
        elif tag in ("br", "p", "td"):
            self.said += " "
        elif tag == "a":
            self.links.append(dict(attrs)["href"] or "")
            self._button = self.links[-1] if dict(attrs).get("class") == "button" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "header":
            self._in_head = False
        if tag == "a" and self._button:  # the text has the address that the button leads to
            self.said += f": {self._button}"
            self._button = ""
        if tag in ("p", "li", "td"):
            self.said += " "

    def handle_data(self, data: str) -> None:
        if self._in_body and not self._in_head:
            self.said += data


def words_of(html: str) -> list[str]:
    """Return what is read, word by word: as ``text.split()`` does for the text."""
    return _read(html).said.split()


def links_of(html: str) -> list[str]:
    return _read(html).links


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader
