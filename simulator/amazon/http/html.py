"""The frame of the simulator's pages: plain, accessible, without JavaScript."""

from collections.abc import Iterable
from html import escape

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1c1c1c;background:#fff}
header{background:#232f3e;color:#fff;padding:.75rem 1.5rem}header p{margin:0}
main{padding:1rem 1.5rem;max-width:72rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{text-align:left;border-bottom:1px solid #b8bec6;padding:.35rem .5rem;vertical-align:top}
form.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}td form{display:inline}
label{display:block}input,select,button{font:inherit;padding:.3rem .5rem}
button{cursor:pointer}.message{border-left:4px solid #a60000;padding:.5rem .75rem;background:#fdecec}
.toc{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;list-style:none}
.part{border-top:1px solid #b8bec6;padding:.5rem 0}.part>summary{cursor:pointer}
.part>summary h2{display:inline;font-size:1.2rem}
.said{border-left:4px solid #1a6b2d;padding:.5rem .75rem;background:#e9f6ec}
"""


def page(title: str, body: str) -> str:
    """A whole page. ``body`` is HTML, with everything that needs it already escaped."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        "<header><p><strong>Simulated Seller Central</strong> — not Amazon, and nothing here is real</p></header>"
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def error(code: str, text: str, back: str = "") -> str:
    """Amazon's error pages have a code and little else; ``back`` is the address of a way out."""
    way_out = f'<p><a href="{escape(back)}">Back to the application</a></p>' if back else ""
    return page(f"Error {code}", f"<p>{escape(text)}</p><p>Error code: <strong>{escape(code)}</strong></p>{way_out}")


def options(choices: Iterable[tuple[str, str]], chosen: str = "") -> str:
    """The options of a select."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in choices
    )


def hidden(values: dict[str, str]) -> str:
    """Hidden fields."""
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in values.items()
        if value
    )
