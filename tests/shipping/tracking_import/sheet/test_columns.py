"""Columns are found by their heads, in the languages of the marketplaces, or by what stands in them."""

import pytest

from core.common.sheets import cells
from shipping.tracking_import.sheet import sheet_columns, table
from shipping.tracking_import.sheet.heads import HEADS, Column, meaning

pytestmark = pytest.mark.one_database
UPS = "1Z999AA10123456784"


def places(text: str) -> dict[str, int]:
    return {column.value: place for column, place in sheet_columns.find(table.read(text)).places.items()}


@pytest.mark.parametrize(
    "heads",
    [
        "Order ID,Carrier,Service,Tracking #",
        "amazon-order-id,carrier-name,ship-method,tracking-number",
        "ORDER_NUMBER,SHIPPING CARRIER,Shipping Service,TRACKING_NUMBER",
        "PO #,Courier,Service Level,AWB No.",
        "Reference 1,Ship Carrier,Service Type,Tracking No.",
        "Bestellnummer,Versanddienstleister,Versandart,Sendungsnummer",
        "Bestell-Nr.,Paketdienst,Versandart,Paketnummer",
        "N° de commande,Transporteur,Mode de livraison,N° de suivi",
        "Référence commande,Transporteur,Type de service,Numéro de colis",
        "Nº de pedido,Transportista,Servicio,Nº de seguimiento",
        "Número de orden,Paquetería,Método de envío,Guía",
        "注文番号,配送業者,配送方法,追跡番号",
        "受注番号,運送会社,便種,お問い合わせ番号",
        "ご注文番号,配送会社,配送サービス,送り状番号",
    ],
)
def test_heads_of_the_trade_are_known(heads: str) -> None:
    assert places(f"{heads}\n1,UPS,Ground,{UPS}") == {"order": 0, "carrier": 1, "service": 2, "tracking": 3}


def test_case_blanks_and_accents_of_a_head_do_not_count() -> None:
    assert places("  oRDER   nUMBER ;NUMERO DE SUIVI\n1;2") == {"order": 0, "tracking": 1}


def test_the_likelier_of_two_heads_wins() -> None:
    assert places(f"Reference,Shipment ID,Order ID,Tracking Number\nx,y,1,{UPS}")["order"] == 2
    assert places(f"Reference,Shipment ID,Order ID,Tracking Number\nx,y,1,{UPS}")["tracking"] == 3


def test_rows_above_the_heads_are_titles() -> None:
    text = f"Tracking report,,\nWarehouse Reno,29 Nov,\n,,\nOrder no,Carrier,Tracking no\n1,UPS,{UPS}"
    layout = sheet_columns.find(table.read(text))

    assert layout.head is not None
    assert layout.head.number == 4
    assert [row.number for row in layout.body(table.read(text))] == [5]


def test_without_heads_the_cells_tell() -> None:
    text = f"{UPS}\tUPS\t113-1048200-2345678\tGround\n{UPS}\tFedEx\t113-1048200-2345679\tHome Delivery"

    assert places(text) == {"tracking": 0, "carrier": 1, "order": 2, "service": 3}


def test_of_two_columns_of_plain_numbers_the_orders_stand_first() -> None:
    assert places("113-1048200-2,JD014600003GB\n113-1048200-3,JD014600004GB") == {"order": 0, "tracking": 1}


def test_a_head_nobody_knows_is_made_up_for_by_its_cells() -> None:
    assert places(f"Tracking number,Whatever\n{UPS},113-1048200-2345678") == {"tracking": 0, "order": 1}


def test_a_person_puts_columns_right() -> None:
    layout = sheet_columns.find(table.read(f"Order,Tracking,Carrier,Ours\n1,{UPS},x,2"))

    mended = sheet_columns.chosen(layout, {Column.ORDER: 3, Column.CARRIER: None})

    assert dict(mended.places) == {Column.ORDER: 3, Column.TRACKING: 1}


def test_no_head_stands_for_two_columns() -> None:
    for column, heads in HEADS.items():
        told = {head: meaning(head) for head in heads}
        assert {head for head, found in told.items() if found is None or found[0] is not column} == set()


# -- Numbers -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "written",
    [
        '="113-1048200-2345678"',
        "'113-1048200-2345678",
        '"113-1048200-2345678"',
        " 113-1048200-2345678\u00a0",
        "113‑1048200‑2345678",
    ],
)
def test_what_stands_around_a_number_is_left_out(written: str) -> None:
    assert cells.clean(written) == "113-1048200-2345678"


def test_an_amount_is_a_number_again() -> None:
    assert cells.clean("612345678901.0") == "612345678901"


@pytest.mark.parametrize(
    "written", ["9.40E+21", "9,40551E+21", "1.13105E+16", "9.4E21", "9E+21", "94055118995600000000"]
)
def test_what_excel_rounded_is_seen(written: str) -> None:
    assert cells.is_destroyed(cells.clean(written))


@pytest.mark.parametrize("written", [UPS, "9405511899560441234567", "12E45678", "113-1048200-2345678", "612345678900"])
def test_a_number_is_not_taken_for_rounded(written: str) -> None:
    assert not cells.is_destroyed(cells.clean(written))
