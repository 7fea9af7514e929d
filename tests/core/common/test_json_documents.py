"""Documents are read and written as the standard library would, whoever does it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.common import json_documents

WHOLE = st.integers(-(2**63), 2**64 - 1)
texts = st.text(st.characters(), max_size=20)  # halves of characters, too
plain = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | texts
documents = st.recursive(plain, lambda part: st.lists(part, max_size=4) | st.dictionaries(texts, part, max_size=4))


@given(documents)
def test_what_is_read_is_what_the_library_reads(document: Any) -> None:
    written = json.dumps(document).encode()

    assert json_documents.read(written) == json.loads(written) == document


@given(documents)
def test_what_is_written_is_read_again(document: Any) -> None:
    assert json.loads(json_documents.write(document)) == document


@given(st.dictionaries(texts, documents, min_size=2, max_size=6))
def test_the_order_of_fields_is_no_difference(document: dict[str, Any]) -> None:
    backwards = dict(reversed(document.items()))

    assert json_documents.write(backwards) == json_documents.write(document)


@pytest.mark.parametrize("document", ["half \ud83d", {"\ud83d": 2**70}, [-(2**63) - 1]])
def test_what_orjson_does_not_write_is_written_all_the_same(document: Any) -> None:
    assert json.loads(json_documents.write(document)) == document


def test_it_may_be_nested_deep() -> None:
    document: list[Any] = []
    for _ in range(400):
        document = [document]

    assert json_documents.read(json_documents.write(document)) == document


@pytest.mark.parametrize("written", [b"", b"NaN", b"[Infinity]", b"{", b"<html>", b"\xff", b"[1,]", b'{"a": 1} x'])
def test_what_is_no_json_is_refused(written: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        json_documents.read(written)


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(RecursionError):
        json_documents.read(b"[" * 100_000)
