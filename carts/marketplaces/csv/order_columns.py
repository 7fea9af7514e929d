"""What a column of a sheet of orders may say, under the names people know, and what programs write over it."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

from core.common.sheets.rows import SheetSense


class OrderColumn(StrEnum):
    NUMBER = "number"
    SKU = "sku"
    UNITS = "units"
    NAME = "name"
    COMPANY = "company"
    LINE1 = "line1"
    LINE2 = "line2"
    LINE3 = "line3"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    PHONE = "phone"
    EMAIL = "email"
    SERVICE = "service"
    PLACED_AT = "placed_at"
    SHIP_BY = "ship_by"
    DELIVER_BY = "deliver_by"
    LINE_ID = "line_id"
    TITLE = "title"
    UNIT_PRICE = "unit_price"
    CURRENCY = "currency"
    PURCHASE_ORDER = "purchase_order"
    GIFT_MESSAGE = "gift_message"
    INSTRUCTIONS = "instructions"


NEEDED = (OrderColumn.NUMBER, OrderColumn.SKU, OrderColumn.UNITS)
LABELS: Mapping[OrderColumn, str] = {
    OrderColumn.NUMBER: "Order number",
    OrderColumn.SKU: "SKU",
    OrderColumn.UNITS: "Quantity",
    OrderColumn.NAME: "Recipient",
    OrderColumn.COMPANY: "Company",
    OrderColumn.LINE1: "Address line 1",
    OrderColumn.LINE2: "Address line 2",
    OrderColumn.LINE3: "Address line 3",
    OrderColumn.CITY: "City",
    OrderColumn.STATE: "State or province",
    OrderColumn.POSTAL_CODE: "Postal code",
    OrderColumn.COUNTRY: "Country",
    OrderColumn.PHONE: "Phone",
    OrderColumn.EMAIL: "Email",
    OrderColumn.SERVICE: "Ship method",
    OrderColumn.PLACED_AT: "Order date",
    OrderColumn.SHIP_BY: "Ship by",
    OrderColumn.DELIVER_BY: "Deliver by",
    OrderColumn.LINE_ID: "Line ID",
    OrderColumn.TITLE: "Product name",
    OrderColumn.UNIT_PRICE: "Unit price",
    OrderColumn.CURRENCY: "Currency",
    OrderColumn.PURCHASE_ORDER: "Buyer's purchase order number",
    OrderColumn.GIFT_MESSAGE: "Gift message",
    OrderColumn.INSTRUCTIONS: "Delivery instructions",
}

# The likelier a head means the column, the earlier it stands.
HEADS: Mapping[OrderColumn, Sequence[str]] = {
    OrderColumn.NUMBER: (
        "Order number", "order-id", "Order ID", "Order no", "Order #", "Order", "Order name", "Sales order",
        "Sales order number", "Order reference", "Reference number", "Reference", "cust_ref", "Bestellnummer",
        "Auftragsnummer", "Numéro de commande", "Número de pedido", "注文番号",
    ),
    OrderColumn.SKU: (
        "SKU", "Item SKU", "Seller SKU", "Merchant SKU", "Lineitem sku", "Product SKU", "Item", "Item number",
        "Item no", "Item code", "Product code", "Part number", "Artikelnummer", "Référence article",
        "Código de artículo", "商品コード",
    ),
    OrderColumn.UNITS: (
        "Quantity", "Qty", "quantity-purchased", "Lineitem quantity", "Quantity ordered", "Qty ordered", "Units",
        "Pieces", "Menge", "Anzahl", "Quantité", "Cantidad", "数量",
    ),
    OrderColumn.NAME: (
        "Ship to name", "recipient-name", "Shipping name", "Recipient", "Recipient name", "Ship to", "Name",
        "Full name", "Customer name", "Customer", "Deliver to", "Empfänger", "Destinataire", "Destinatario", "お届け先名",
    ),
    OrderColumn.COMPANY: ("Ship to company", "Shipping company", "Company", "Company name", "Firma", "Société", "Empresa"),
    OrderColumn.LINE1: (
        "ship-address-1", "Ship to address 1", "Shipping address1", "Shipping street", "Address 1", "Address line 1",
        "Address", "Street", "Street address", "Shipping address", "Straße", "Adresse", "Dirección", "住所",
    ),
    OrderColumn.LINE2: ("ship-address-2", "Ship to address 2", "Shipping address2", "Address 2", "Address line 2", "Adresse 2"),
    OrderColumn.LINE3: ("ship-address-3", "Ship to address 3", "Address 3", "Address line 3"),
    OrderColumn.CITY: ("ship-city", "Ship to city", "Shipping city", "City", "Town", "Ort", "Stadt", "Ville", "Ciudad"),
    OrderColumn.STATE: (
        "ship-state", "Ship to state", "Shipping province", "State", "Province", "State or province", "Region",
        "State/Province", "Bundesland", "Provincia", "都道府県",
    ),
    OrderColumn.POSTAL_CODE: (
        "ship-postal-code", "Ship to zip", "Shipping zip", "Postal code", "ZIP", "ZIP code", "Postcode", "PLZ",
        "Code postal", "Código postal", "郵便番号",
    ),
    OrderColumn.COUNTRY: (
        "ship-country", "Ship to country", "Shipping country", "Country", "Country code", "Land", "Pays", "País", "国",
    ),
    OrderColumn.PHONE: (
        "ship-phone-number", "buyer-phone-number", "Shipping phone", "Phone", "Phone number", "Telephone", "Telefon",
        "Téléphone", "Teléfono", "電話番号",
    ),
    OrderColumn.EMAIL: ("Email", "buyer-email", "E-mail", "Email address", "Customer email"),
    OrderColumn.SERVICE: (
        "ship-service-level", "Shipping method", "Ship method", "Ship service", "Service", "Service level", "Carrier",
        "Ship via", "Delivery method", "Versandart", "Mode de livraison", "Método de envío", "配送方法",
    ),
    OrderColumn.PLACED_AT: (
        "purchase-date", "Order date", "Date", "Created at", "Placed at", "Order placed", "Bestelldatum",
        "Date de commande", "Fecha", "注文日",
    ),
    OrderColumn.SHIP_BY: ("Ship by", "latest-ship-date", "Ship by date", "Ship date", "Promised ship date"),
    OrderColumn.DELIVER_BY: ("Deliver by", "latest-delivery-date", "Delivery date", "Must arrive by", "Need by"),
    OrderColumn.LINE_ID: ("order-item-id", "Line ID", "Line number", "Line no", "Line", "Line item ID", "Item ID"),
    OrderColumn.TITLE: (
        "product-name", "Lineitem name", "Product name", "Item name", "Description", "Item description", "Title",
        "Product", "Bezeichnung", "Désignation", "Descripción", "商品名",
    ),
    OrderColumn.UNIT_PRICE: ("Unit price", "item-price", "Lineitem price", "Price", "Price each", "Einzelpreis", "Precio"),
    OrderColumn.CURRENCY: ("Currency", "Currency code", "Währung", "Devise", "Moneda"),
    OrderColumn.PURCHASE_ORDER: ("PO number", "purchase-order-number", "PO #", "PO", "Purchase order", "Customer PO"),
    OrderColumn.GIFT_MESSAGE: ("Gift message", "gift-message-text", "Gift note"),
    OrderColumn.INSTRUCTIONS: (
        "delivery-instructions", "Delivery instructions", "Delivery notes", "Notes", "Shipping notes", "Comments",
    ),
}  # fmt: skip


def plain(head: str) -> str:
    """Return what of a head is compared: letters and digits, without accents; "#" is the word it stands for."""
    parts = unicodedata.normalize("NFKD", head.replace("#", "no")).casefold()
    return "".join(sign for sign in parts if sign.isalnum())


_MEANT: dict[str, tuple[OrderColumn, int]] = {}
for _column, _heads in HEADS.items():
    for _rank, _head in enumerate(_heads):
        _MEANT.setdefault(plain(_head), (_column, _rank))


def meaning(head: str) -> OrderColumn | None:
    """Return what a head means, None for one nobody knows."""
    found = _MEANT.get(plain(head)) if len(head) < 60 else None
    return found[0] if found else None


def guess(heads: Sequence[str]) -> dict[OrderColumn, int]:
    """Return where the columns stand, by their heads: of two that may be meant, the likelier."""
    ranked: dict[OrderColumn, tuple[int, int]] = {}
    for place, head in enumerate(heads):
        if len(head) < 60 and (found := _MEANT.get(plain(head))):
            column, rank = found
            ranked[column] = min(ranked.get(column, (rank, place)), (rank, place))
    return {column: place for column, (_, place) in ranked.items()}


SENSE = SheetSense(meaning)
