"""A sheet reads back as it was written, whoever wrote it, and what cannot be read is refused with the way out."""

import contextlib
import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.common.sheets import rows as sheet_rows
from core.common.sheets import workbook
from core.common.sheets.encodings import decode
from core.common.sheets.sheet_refusal import MOST_ROWS, Unreadable
from core.common.sheets.sheet_text import text_of
from shipping.tracking_import.sheet import table
from tests import tracking_sheets
from tests.tracking_sheets import csv_text

pytestmark = pytest.mark.one_database
HEADS = ["Order number", "Tracking number", "Carrier", "Remark"]
SIGNS = st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from(list("\t\n,;|\"'"))
CELLS = st.text(SIGNS, max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=6)


def filled(rows: list[list[str]]) -> list[list[str]]:
    """Rows as they are read: those that say something, each up to the last cell that does."""
    ended = [row[: max((place + 1 for place, cell in enumerate(row) if cell), default=0)] for row in rows]
    return [row for row in ended if any(cell.strip() for cell in row)]


def cells(text: str) -> list[list[str]]:
    return [list(row.cells) for row in table.read(text)]


@given(rows=ROWS, separator=st.sampled_from(sheet_rows.SEPARATORS))
def test_any_table_reads_back_as_it_was_written(rows: list[list[str]], separator: str) -> None:
    assert cells(csv_text([HEADS, *rows], separator)) == filled([HEADS, *rows])


@given(rows=ROWS)
def test_any_workbook_reads_back_as_it_was_written(rows: list[list[str]]) -> None:
    printable = [["".join(sign for sign in cell if sign.isprintable()) for cell in row] for row in rows]
    data = tracking_sheets.workbook([HEADS, *printable])

    assert cells(text_of(data, table.SENSE)) == filled([HEADS, *printable])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_is_recognized(encoding: str) -> None:
    text = "Numéro de commande;Suivi\n113-1048200-2345678;Größe 注文 łódź\n" * 20

    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Numéro de commande;N° de suivi\n1;éàçùœ€\n", "cp1252"),
        ("Bestellnummer;Empfänger\n1;Größe Äpfel\n", "cp1252"),
        ("Número de pedido;Guía\n1;Ñandú\n", "cp1252"),
        ("注文番号,追跡番号,配送業者\n1,2,ヤマト運輸\n", "cp932"),
        ("注文番号,伝票番号\n1,2\n", "cp932"),
    ],
)
def test_encodings_of_one_country_are_recognized(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_bytes_of_no_encoding_are_read_all_the_same() -> None:
    assert decode(b"Order;Tracking\n1;\x81\x8d\x8f") == "Order;Tracking\n1;\x81\x8d\x8f"


def test_excels_own_word_for_the_separator_counts() -> None:
    assert cells("sep=|\nOrder|Tracking\n1,5|2;3") == [["Order", "Tracking"], ["1,5", "2;3"]]


def test_without_heads_whole_numbers_tell_the_separator() -> None:
    """Both make columns of one width."""
    text = "113-1048200-2345678;1Z1;UPS, Ground\n113-1048200-2345679;1Z2;UPS, Air"

    assert cells(text)[0] == ["113-1048200-2345678", "1Z1", "UPS, Ground"]


def test_blanks_stand_between_where_nothing_else_does() -> None:
    assert cells("113-1048200-2345678 9205 5901 4107 9401 0000 09\n") == [
        ["113-1048200-2345678", "9205 5901 4107 9401 0000 09"]
    ]


def test_a_lost_quotation_mark_swallows_no_rows() -> None:
    rows = "".join(f'{number};"1Z{number};UPS\n' for number in range(50))

    assert len(table.read(f"Order;Tracking;Carrier\n{rows}")) == 51


def test_a_quotation_mark_within_a_cell_is_a_sign() -> None:
    assert cells('Order\tTracking\tRemark\n1\t2\t6" pipe\n3\t4\t"x" y') == [
        ["Order", "Tracking", "Remark"],
        ["1", "2", '6" pipe'],
        ["3", "4", "x y"],
    ]


def test_rows_are_counted_as_the_sheet_counts_them() -> None:
    assert [row.number for row in table.read("Order,Tracking\n\n,\n1,2\n")] == [1, 4]


# -- What is refused ---------------------------------------------------------------------------------------------------
def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        text_of(data, table.SENSE)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", "This is an old Excel file (.xls), or one with a password."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"\n<html><table><tr>", "This is a web page with the name of a sheet."),
        (b"PK\x03\x04 damaged", "This is not an Excel file (.xlsx) or it is damaged."),
        (b"x" * 5_000_001, "It is larger than 5 MB."),
    ],
)
def test_other_files_are_refused_with_the_way_out(data: bytes, said: str) -> None:
    assert refusal(data).startswith(said)


def packed(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return held.getvalue()


def test_a_zip_of_something_else_is_no_workbook() -> None:
    assert refusal(packed(content=b"x")).startswith("This is not an Excel file")


def test_a_bomb_is_not_unpacked() -> None:
    assert refusal(packed(xl__workbook=b"\0" * 70_000_000)).startswith("It is larger than 5 MB.")


def test_entities_that_multiply_are_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><worksheet>&e11;</worksheet>'.encode()
    with zipfile.ZipFile(io.BytesIO(tracking_sheets.workbook([HEADS]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, bomb if name == "xl/worksheets/sheet1.xml" else part)

    assert refusal(held.getvalue()).startswith("This is not an Excel file")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than 10,000 rows"):
        table.read("1,2\n" * (MOST_ROWS + 1))
    assert len(table.read("1,2\n" * MOST_ROWS)) == MOST_ROWS


@pytest.mark.parametrize("nasty", ["," * 50, '"' * 2, " " * 40, "1Z;", "\t\n", "a,\r", "9" * 30, '="'])
def test_no_text_takes_longer_than_its_length(nasty: str) -> None:
    text = nasty * (200_000 // len(nasty))
    began = time.process_time()
    with contextlib.suppress(Unreadable):
        table.read(text)

    assert time.process_time() - began < 5


# -- Workbooks ---------------------------------------------------------------------------------------------------------
def test_numbers_of_a_workbook_read_as_they_were_meant() -> None:
    data = tracking_sheets.workbook([["Order", "Tracking"], [1001, 612345678901], [1001.0, 9.40551e21], [True, 1.5]])

    assert workbook.read(data, table.SENSE)[1:] == [
        ["1001", "612345678901"],
        ["1001", "9.40551E+21"],
        ["TRUE", "1.5"],
    ]


def test_the_sheet_with_known_heads_is_read() -> None:
    data = tracking_sheets.workbook([["Order", "Tracking"], ["1", "2"]], before=[["Read me first", "x"]])

    assert workbook.read(data, table.SENSE) == [["Order", "Tracking"], ["1", "2"]]
