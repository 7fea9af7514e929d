"""What the trade writes over its columns, in the languages of the marketplaces. The only place where it stands.

The likelier a head means the column, the earlier it stands (core/common/sheets/head_words.py).
"""

from collections.abc import Mapping, Sequence

from django.db import models

from core.common.sheets.head_words import HeadWords


class Column(models.TextChoices):
    """What a column of a sheet may say, under the names people know."""

    ORDER = "order", "Order number"
    TRACKING = "tracking", "Tracking number"
    CARRIER = "carrier", "Carrier"
    SCAC = "scac", "SCAC"
    SERVICE = "service", "Service or ship method"
    SKU = "sku", "SKU"
    UNITS = "units", "Units"


HEADS: Mapping[Column, Sequence[str]] = {
    Column.ORDER: (
        "amazon-order-id", "Amazon order number", "Amazon order no", "Amazon order", "order-id", "Order number",
        "Order no", "Order #", "Order Nr", "Order num", "Order", "Orders", "order_number", "Order reference",
        "Order ref", "Sales order", "Sales order number", "Sales order no", "SO number", "SO #", "Web order",
        "Web order number", "Marketplace order ID", "Marketplace order number", "Channel order ID",
        "Channel order number", "Customer order number", "Customer order no", "Client order number",
        "Merchant order ID", "Merchant order number", "Seller order ID", "External order ID", "External order number",
        "External ID", "Original order number", "Shop order number", "PO number", "PO #", "PO", "Purchase order",
        "Purchase order number", "Customer PO", "Customer reference", "Customer ref", "Your reference",
        "Reference number",
        "Reference no", "Reference", "Reference 1", "Reference number 1", "Ref", "Ref 1", "Ref no", "Ref #",
        "Package reference no 1", "Package reference number 1", "Shipment reference", "Shipper reference",
        "Sender reference", "Invoice number", "Our number", "Our reference", "WMS order number",
        "Bestellnummer", "Amazon-Bestellnummer", "Bestell-Nr", "Bestell Nr", "Bestellnr", "Bestellung", "Bestell-ID",
        "Auftragsnummer", "Auftrags-Nr", "Auftragsnr", "Auftrag", "Auftrag Nr", "Referenz", "Referenznummer",
        "Referenz-Nr", "Kundenreferenz", "Sendungsreferenz", "Empfängerreferenz", "Belegnummer",
        "Numéro de commande", "N° de commande", "No de commande", "N° commande", "No commande", "Num commande",
        "Commande", "Numero de commande", "Référence commande", "Référence de commande", "Réf commande", "Référence",
        "Référence client", "Réf", "ID de commande",
        "Número de pedido", "N.º de pedido", "Nº de pedido", "No. de pedido", "Num pedido", "Nº pedido", "N° pedido",
        "Pedido", "ID de pedido", "ID del pedido", "Número del pedido", "Orden", "Número de orden", "Referencia",
        "Referencia del pedido", "Referencia pedido", "Referencia cliente",
        "注文番号", "注文ID", "ご注文番号", "受注番号", "Amazon注文番号", "アマゾン注文番号", "注文No", "受注No",
        "管理番号",
        "お客様管理番号", "お客様管理ナンバー", "出荷番号",
    ),
    Column.TRACKING: (
        "Tracking number", "tracking-number", "Tracking no", "Tracking #", "Tracking Nr", "Tracking num", "Tracking",
        "Trackings", "Tracking numbers", "Tracking ID", "Tracking code", "Tracking ref", "Tracking reference",
        "Package tracking number", "Shipment tracking number", "Master tracking number", "Lead tracking number",
        "Carrier tracking number", "Carrier tracking", "Shipping tracking number", "Track number", "Track no",
        "Trk #",
        "Trk no", "Trk", "Tracking barcode", "Waybill", "Waybill number", "Waybill no", "Air waybill",
        "Air waybill number", "AWB", "AWB number", "AWB no", "HAWB", "PRO number", "PRO #", "PRO",
        "Consignment number",
        "Consignment no", "Consignment", "Consignment note", "Consignment ID", "Con note", "Connote", "Parcel number",
        "Parcel no", "Parcel ID", "Parcel code", "Label number", "Label barcode", "Shipment number", "Shipment no",
        "Shipment ID", "Express number", "Logistics number", "Logistic number", "PIC",
        "Sendungsnummer", "Sendungs-Nr", "Sendungsnr", "Sendung", "Sendungsverfolgung", "Sendungsverfolgungsnummer",
        "Sendungs-ID", "Paketnummer", "Paket-Nr", "Paketnr", "Paketscheinnummer", "Trackingnummer", "Tracking-Nr",
        "Trackingnr", "Trackingcode", "Frachtbriefnummer", "Frachtbrief", "Identcode",
        "Numéro de suivi", "N° de suivi", "No de suivi", "N° suivi", "Num suivi", "Suivi", "Code de suivi",
        "Numéro de colis", "N° de colis", "N° colis", "Colis", "Numéro de tracking", "Bordereau",
        "Numéro d'expédition",
        "N° d'expédition", "Numéro d'envoi", "N° d'envoi",
        "Número de seguimiento", "N.º de seguimiento", "Nº de seguimiento", "Nº seguimiento", "No. de seguimiento",
        "Num seguimiento", "Seguimiento", "Código de seguimiento", "Número de guía", "No. de guía", "Nº de guía",
        "Guía", "Guia", "Número de envío", "Nº de envío", "Nº envío", "Número de rastreo", "Rastreo",
        "Localizador", "Número de expedición", "Expedición",
        "追跡番号", "お問い合わせ番号", "お問合せ番号", "お問い合せ番号", "問い合わせ番号", "問合せ番号", "伝票番号",
        "送り状番号",
        "送り状No", "送り状ナンバー", "お問い合わせ送り状番号", "お問い合せ送り状No", "配送伝票番号",
        "お荷物伝票番号", "荷物番号",
        "トラッキング番号", "追跡No", "問い合わせNo", "お問い合わせNo", "原票No", "お問い合わせ送り状No",
    ),
    Column.CARRIER: (
        "carrier-name", "Carrier name", "Carrier", "Carrier code", "carrier-code", "Shipping carrier", "Ship carrier",
        "Courier", "Courier name", "Courier company", "Shipping company", "Shipping provider", "Provider",
        "Delivery company", "Delivery carrier", "Transport company", "Transporter", "Haulier", "Forwarder",
        "Logistics company", "Logistics provider", "Parcel carrier", "Shipped with", "Shipped by", "Carrier used",
        "Versanddienstleister", "Versender", "Paketdienst", "Paketdienstleister", "Frachtführer", "Spediteur",
        "Spedition", "Zusteller", "Transporteur", "Dienstleister", "Versandunternehmen", "Logistiker", "KEP",
        "Transporteur name", "Nom du transporteur", "Société de transport", "Compagnie de transport", "Prestataire",
        "Transportista", "Nombre del transportista", "Empresa de transporte", "Agencia de transporte", "Agencia",
        "Mensajería", "Mensajero", "Paquetería", "Empresa de mensajería", "Compañía de transporte", "Transporte",
        "配送業者", "配送会社", "運送会社", "運送業者", "宅配業者", "宅配会社", "配送業者名", "運送会社名",
        "出荷会社", "配送キャリア",
        "キャリア",
    ),
    Column.SCAC: ("SCAC", "SCAC code", "carrier SCAC", "Standard carrier alpha code"),
    Column.SERVICE: (
        "ship-method", "Ship method", "Shipping method", "Ship service", "Shipping service", "Service",
        "Service level",
        "Service type", "Service name", "Service code", "Carrier service", "Carrier service level",
        "Delivery service",
        "Delivery method", "Mail class", "Mail service", "Class of service", "Shipment method", "Method", "Ship via",
        "Shipvia", "Via", "Shipped via", "Shipping option", "Delivery option", "Service used",
        "Versandart", "Versandmethode", "Versandservice", "Service-Level", "Versandprodukt", "Lieferart",
        "Mode de livraison", "Mode d'expédition", "Mode d'envoi", "Méthode d'expédition", "Méthode de livraison",
        "Niveau de service", "Type de service", "Prestation",
        "Método de envío", "Servicio", "Servicio de envío", "Tipo de servicio", "Modo de envío", "Forma de envío",
        "Método de entrega", "Nivel de servicio",
        "配送方法", "出荷方法", "配送サービス", "サービス", "サービス種別", "送り状種類", "送り状種別", "配送種別",
        "便種",
    ),
    Column.SKU: (
        "SKU", "Seller SKU", "Merchant SKU", "Item SKU", "MSKU", "Product SKU", "Item number", "Item no", "Item #",
        "Item code", "Part number", "Product code", "Stock code",
        "Artikelnummer", "Artikel-Nr", "Artikelnr", "Händler-SKU", "Référence article", "Code article", "SKU vendeur",
        "Código de artículo", "SKU del vendedor", "Referencia del artículo", "商品コード", "商品番号", "出品者SKU",
        "品番",
    ),
    Column.UNITS: (
        "Quantity shipped", "Shipped quantity", "Qty shipped", "Shipped qty", "Units shipped", "Quantity", "Qty",
        "Units", "Pieces", "Pcs", "Menge", "Versandmenge", "Stückzahl", "Anzahl", "Stück", "Quantité", "Qté",
        "Quantité expédiée", "Unités", "Cantidad", "Cant", "Unidades", "Uds", "Cantidad enviada", "数量", "出荷数",
        "個数",
        "出荷数量",
    ),
}  # fmt: skip


_WORDS = HeadWords(HEADS)
meaning, told = _WORDS.meaning, _WORDS.told
