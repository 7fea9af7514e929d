"""What clients write over the columns of their orders, in the languages of the marketplaces."""

from collections.abc import Mapping, Sequence

from django.db import models

from core.common.sheets.head_words import HeadWords


class OrderColumn(models.TextChoices):
    """What a column of a file of orders may say, under the names people know."""

    NUMBER = "number", "Order number"
    SKU = "sku", "SKU"
    UNITS = "units", "Units"
    NAME = "name", "Recipient's name"
    FIRST_NAME = "first_name", "First name"
    LAST_NAME = "last_name", "Last name"
    COMPANY = "company", "Company"
    LINE1 = "line1", "Address"
    LINE2 = "line2", "Address, second line"
    LINE3 = "line3", "Address, third line"
    CITY = "city", "City"
    STATE = "state", "State"
    POSTAL_CODE = "postal_code", "Postal code"
    COUNTRY = "country", "Country"
    PHONE = "phone", "Phone"
    EMAIL = "email", "Email"
    SERVICE = "service", "Ship method"
    ORDERED_ON = "ordered_on", "Order date"
    SHIP_BY = "ship_by", "Ship by"
    DELIVER_BY = "deliver_by", "Deliver by"
    TITLE = "title", "Product's name"
    PRICE = "price", "Price of one"
    CURRENCY = "currency", "Currency"
    TOTAL = "total", "Order total"
    PURCHASE_ORDER = "purchase_order", "Purchase order"
    INSTRUCTIONS = "instructions", "Instructions for the carrier"
    GIFT_MESSAGE = "gift_message", "Gift message"


NEEDED = (OrderColumn.NUMBER, OrderColumn.SKU, OrderColumn.UNITS, OrderColumn.LINE1, OrderColumn.CITY)
NAMES = (OrderColumn.NAME, OrderColumn.FIRST_NAME, OrderColumn.LAST_NAME, OrderColumn.COMPANY)  # one of them is needed
OF_LINE = (OrderColumn.SKU, OrderColumn.UNITS, OrderColumn.TITLE, OrderColumn.PRICE)
DATES = (OrderColumn.ORDERED_ON, OrderColumn.SHIP_BY, OrderColumn.DELIVER_BY)

HEADS: Mapping[OrderColumn, Sequence[str]] = {
    OrderColumn.NUMBER: (
        "amazon-order-id", "order-id", "Order number", "Order no", "Order #", "order_number", "cust_ref", "Order ref",
        "Order reference", "Order", "Reference", "Reference number", "Sales order", "Web order number",
        "External order ID", "Bestellnummer", "Bestell-Nr", "Auftragsnummer", "Auftrags-Nr", "Auftrag",
        "Numéro de commande", "N° de commande", "N° commande", "Commande", "Référence commande", "Número de pedido",
        "Nº de pedido", "Pedido", "注文番号", "受注番号",
    ),
    OrderColumn.SKU: (
        "SKU", "Seller SKU", "Item SKU", "Lineitem sku", "Line item SKU", "Product SKU", "Variant SKU", "MSKU", "Item",
        "Item number", "Item no", "Item code", "Product code", "Part number", "Artikelnummer", "Artikel-Nr", "Artikel",
        "Référence article", "Code article", "Código de artículo", "Referencia del artículo", "商品コード", "品番",
    ),
    OrderColumn.UNITS: (
        "Quantity", "Qty", "quantity-purchased", "Quantity ordered", "Lineitem quantity", "Line item quantity",
        "Ordered", "Units", "Pieces", "Pcs", "Menge", "Anzahl", "Stück", "Stückzahl", "Quantité", "Qté", "Cantidad",
        "Unidades", "数量", "個数",
    ),
    OrderColumn.NAME: (
        "recipient-name", "Recipient", "Ship to name", "Shipping name", "Ship name", "Delivery name", "Customer name",
        "Full name", "Ship to", "Customer", "Contact", "Contact name", "Name", "Empfänger", "Empfängername", "Kunde",
        "Destinataire", "Nom du destinataire", "Destinatario", "Nombre del destinatario", "お届け先名", "受取人",
    ),
    OrderColumn.FIRST_NAME: (
        "ship_first_name", "Ship to first name", "Shipping first name", "First name", "Vorname", "Prénom", "Nombre",
    ),
    OrderColumn.LAST_NAME: (
        "ship_last_name", "Ship to last name", "Shipping last name", "Last name", "Surname", "Nachname", "Nom",
        "Nom de famille", "Apellido", "Apellidos",
    ),
    OrderColumn.COMPANY: (
        "ship_company", "Ship to company", "Shipping company", "Ship company", "Company", "Company name", "Firma",
        "Société", "Entreprise", "Empresa", "会社名",
    ),
    OrderColumn.LINE1: (
        "ship-address-1", "Ship to address 1", "Shipping address 1", "Shipping address1", "Shipping street",
        "Ship to address", "Shipping address", "Delivery address", "Address line 1", "Address 1", "Address1", "Street",
        "Street address", "Address", "Straße", "Strasse", "Straße und Hausnummer", "Anschrift", "Adresse", "Adresse 1",
        "Rue", "Dirección", "Dirección 1", "Calle", "住所", "住所1",
    ),
    OrderColumn.LINE2: (
        "ship-address-2", "Ship to address 2", "Shipping address 2", "Shipping address2", "Address line 2", "Address 2",
        "Address2", "Apartment", "Adresszusatz", "Adresse 2", "Complément d'adresse", "Dirección 2", "住所2",
    ),
    OrderColumn.LINE3: (
        "ship-address-3", "Ship to address 3", "Shipping address 3", "Address line 3", "Address 3", "Address3", "住所3",
    ),
    OrderColumn.CITY: (
        "ship-city", "Ship to city", "Shipping city", "Delivery city", "City", "Town", "Ort", "Stadt", "Ville",
        "Ciudad", "Población", "市区町村",
    ),
    OrderColumn.STATE: (
        "ship-state", "Ship to state", "Shipping state", "Shipping province", "State", "Province", "Region", "County",
        "Bundesland", "Région", "Provincia", "Estado", "都道府県",
    ),
    OrderColumn.POSTAL_CODE: (
        "ship-postal-code", "ship_zip", "Ship to zip", "Ship to postal code", "Shipping zip", "Shipping postal code",
        "Shipping postcode", "Zip", "Zip code", "Postal code", "Postcode", "PLZ", "Postleitzahl", "Code postal",
        "Código postal", "CP", "郵便番号",
    ),
    OrderColumn.COUNTRY: (
        "ship-country", "Ship to country", "Shipping country", "Shipping country code", "Delivery country",
        "Country code", "Country", "Land", "Ländercode", "Pays", "Code pays", "País", "国",
    ),
    OrderColumn.PHONE: (
        "ship-phone-number", "ship_phone", "Ship to phone", "Shipping phone", "Phone", "Phone number", "Telephone",
        "Mobile", "Telefon", "Telefonnummer", "Téléphone", "Teléfono", "電話番号",
    ),
    OrderColumn.EMAIL: ("buyer-email", "cust_e_mail", "Customer email", "Email", "E-mail", "Email address", "Courriel"),
    OrderColumn.SERVICE: (
        "ship-service-level", "ship_code", "Ship method", "Shipping method", "Shipping service", "Service level",
        "Service", "Delivery method", "Ship via", "Versandart", "Mode de livraison", "Método de envío", "配送方法",
    ),
    OrderColumn.ORDERED_ON: (
        "purchase-date", "order_date", "Order date", "Date ordered", "Created at", "Date", "Bestelldatum", "Datum",
        "Date de commande", "Fecha de pedido", "Fecha", "注文日",
    ),
    OrderColumn.SHIP_BY: (
        "latest-ship-date", "Ship by", "Ship by date", "Latest ship date", "Ship no later than", "Versand bis",
        "Expédier avant", "Enviar antes de",
    ),
    OrderColumn.DELIVER_BY: (
        "latest-delivery-date", "Deliver by", "Deliver by date", "Delivery date", "Due date", "Lieferdatum",
        "Date de livraison", "Fecha de entrega",
    ),
    OrderColumn.TITLE: (
        "product-name", "Product name", "Lineitem name", "Item name", "Title", "Description", "Product", "Bezeichnung",
        "Artikelbezeichnung", "Désignation", "Descripción", "Producto", "商品名",
    ),
    OrderColumn.PRICE: (
        "Unit price", "Lineitem price", "Price", "Item unit price", "Einzelpreis", "Preis", "Prix unitaire", "Prix",
        "Precio", "Precio unitario", "単価",
    ),
    OrderColumn.CURRENCY: ("currency", "Currency code", "Währung", "Devise", "Moneda", "通貨"),
    OrderColumn.TOTAL: ("Order total", "grand_total", "Total", "Gesamtsumme", "Gesamtbetrag", "Montant total", "合計"),
    OrderColumn.PURCHASE_ORDER: ("purchase-order-number", "PO number", "PO #", "PO", "cust_po_no", "Customer PO"),
    OrderColumn.INSTRUCTIONS: (
        "delivery-Instructions", "shipping_instructions", "Shipping instructions", "Delivery notes", "Notes",
    ),
    OrderColumn.GIFT_MESSAGE: ("gift-message-text", "gift_message", "Gift message", "Gift note"),
}  # fmt: skip

WORDS = HeadWords(HEADS)
