"""Buyers, their addresses, the seller accounts and what they sell. All invented."""

from dataclasses import dataclass

# country: names of people
NAMES: dict[str, tuple[str, ...]] = {
    "US": ("Dana Whitfield", "Marcus Ortega", "Priya Raman", "Hannah Kowalski", "Jerome Banks", "Ellen O'Rourke"),
    "CA": ("Olivia Tremblay", "Noah MacLeod", "Chloé Gagnon", "Liam Sandhu"),
    "MX": ("María Fernanda López", "José Ángel Ramírez", "Lucía Hernández"),
    "BR": ("Ana Beatriz Souza", "João Pedro Lima"),
    "GB": ("Imogen Clarke", "Callum Fraser", "Zara Hussain", "Rhys Davies"),
    "DE": ("Annika Schröder", "Jürgen Weiß", "Mehmet Yıldız", "Lea Hoffmann", "Tobias Krüger"),
    "FR": ("Élodie Marchand", "Bastien Lefèvre", "Inès Garnier"),
    "IT": ("Giulia Ferrari", "Niccolò De Santis"),
    "ES": ("Lucía Muñoz", "Íñigo Etxeberria"),
    "NL": ("Sanne de Vries", "Bram van den Berg"),
    "JP": ("佐藤 美咲", "鈴木 健太", "高橋 陽子", "田中 翔"),
    "AU": ("Mia Robertson", "Jack Nguyen", "Ruby Walsh"),
}
# country: street and number, city, state, postal code, phone
ADDRESSES: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {
    "US": (
        ("482 Birchwood Ave Apt 3B", "Portland", "OR", "97214", "+1 503-555-0142"),
        ("1907 Maple Hollow Rd", "Columbus", "OH", "43215-2210", "+1 614-555-0117"),
        ("77 Harbor View Dr", "Charleston", "SC", "29401", "+1 843-555-0190"),
        ("3310 W Cactus Wren Ln", "Phoenix", "AZ", "85029", "+1 602-555-0155"),
    ),
    "CA": (
        ("1240 Rue Saint-Denis", "Montréal", "QC", "H2X 3J6", "+1 514-555-0133"),
        ("88 Lakeshore Blvd W", "Toronto", "ON", "M5V 2V9", "+1 416-555-0184"),
    ),
    "MX": (("Av. Insurgentes Sur 1602, Int. 4", "Ciudad de México", "CDMX", "03940", "+52 55 5550 0142"),),
    "BR": (("Rua das Laranjeiras, 210", "Rio de Janeiro", "RJ", "22240-003", "+55 21 5550-0142"),),
    "GB": (
        ("14 Canal Row", "Leeds", "West Yorkshire", "LS1 4AP", "+44 113 496 0142"),
        ("Flat 2, 9 Merchant Street", "Glasgow", "", "G1 1QR", "+44 141 496 0118"),
    ),
    "DE": (
        ("Lindenstraße 42", "Hamburg", "", "20095", "+49 40 555 0142"),
        ("Am Brühl 7", "Leipzig", "Sachsen", "04109", "+49 341 555 0177"),
        ("Schloßallee 3 c/o Werkstatt", "München", "Bayern", "80331", "+49 89 555 0120"),
    ),
    "FR": (("12 rue de la République", "Lyon", "", "69002", "+33 4 55 50 01 42"),),
    "IT": (("Via Garibaldi 25", "Torino", "TO", "10122", "+39 011 555 0142"),),
    "ES": (("Calle Mayor 18, 3º B", "Zaragoza", "Zaragoza", "50001", "+34 976 55 01 42"),),
    "NL": (("Oudegracht 112-bis", "Utrecht", "", "3511 AW", "+31 30 555 0142"),),
    "JP": (
        ("梅田2丁目4-9 サクラビル 302号", "大阪市北区", "大阪府", "530-0001", "06-5555-0142"),
        ("神宮前3-15-8", "渋谷区", "東京都", "150-0001", "03-5555-0118"),
    ),
    "AU": (("5/22 Rathdowne Street", "Carlton", "VIC", "3053", "+61 3 5550 0142"),),
}
ELSEWHERE = (("1 Market Square", "Capital City", "", "10000", "+000 5550 0142"),)


@dataclass(frozen=True, slots=True)
class Product:
    """Something a seller sells; the price is in US dollars."""

    sku: str
    title: str
    dollars: str
    type: str
    fba: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A seller account the simulator starts with."""

    id: str
    name: str
    region: str
    country: str
    homes: tuple[str, ...]
    products: tuple[Product, ...]


_MUGS = (
    Product("MUG-BLUE-11", "Blue Mug 11 oz, stoneware", "14.99", "DRINKING_CUP"),
    Product("MUG-RED-11", "Red Mug 11 oz, stoneware", "14.99", "DRINKING_CUP"),
    Product("MUG/SET OF 4", "Blue Mug set of four", "49.00", "DRINKING_CUP"),
    Product("TEAPOT-BLUE", "Blue Teapot 1 l with strainer", "39.50", "TEAPOT"),
    Product("SAUCER-BLUE", "Blue Saucer", "6.25", "SAUCER"),
    Product("MUG-BLUE-11-FBA", "Blue Mug 11 oz, stoneware (Prime)", "15.99", "DRINKING_CUP", fba=True),
)
_CANDLES = (
    Product("KERZE-HONIG-L", "Bienenwachskerze Honig, groß", "18.90", "CANDLE"),
    Product("KERZE-HONIG-S", "Bienenwachskerze Honig, klein", "9.90", "CANDLE"),
    Product("TEELICHT-24", "Teelichter, 24 Stück", "7.50", "CANDLE"),
    Product("KERZE-WEISS-4ER", "Stumpenkerzen weiß, 4er-Set", "16.40", "CANDLE"),
    Product("HALTER-MESSING", "Kerzenhalter aus Messing", "24.00", "CANDLE_HOLDER"),
    Product("TEELICHT-24-FBA", "Teelichter, 24 Stück (Prime)", "8.50", "CANDLE", fba=True),
)
_TEAS = (
    Product("SENCHA-100", "煎茶 100g", "12.00", "TEA"),
    Product("MATCHA-30", "抹茶 30g 缶入り", "22.00", "TEA"),
    Product("HOJICHA-200", "ほうじ茶 200g", "11.00", "TEA"),
    Product("GENMAI-200", "玄米茶 200g", "10.00", "TEA"),
    Product("CHASEN-80", "茶筅 八十本立", "19.00", "KITCHEN_TOOLS"),
    Product("SENCHA-100-FBA", "煎茶 100g (Prime)", "13.00", "TEA", fba=True),
)
_ROPES = (
    Product("ROPE-8MM-10M", "Braided Rope 8 mm, 10 m", "21.00", "ROPE"),
    Product("ROPE-8MM-30M", "Braided Rope 8 mm, 30 m", "48.00", "ROPE"),
    Product("CLEAT-CHROME", "Chrome Dock Cleat", "17.75", "BOAT_HARDWARE"),
    Product("FENDER-L", "Boat Fender, large", "33.00", "BOAT_HARDWARE"),
    Product("KNOT-BOOK", "The Little Book of Knots", "11.20", "BOOK"),
    Product("CLEAT-CHROME-FBA", "Chrome Dock Cleat (Prime)", "18.75", "BOAT_HARDWARE", fba=True),
)

ACCOUNTS: tuple[Account, ...] = (
    Account("A1BLUEMUGCO01", "Blue Mug Co", "NA", "US", ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"), _MUGS),
    Account("A2HARBORROPE1", "Harbor Rope Works", "NA", "US", ("ATVPDKIKX0DER", "A1AM78C64UM0Y8"), _ROPES),
    Account("A1NORDLICHT01", "Nordlicht Kerzen", "EU", "DE", ("A1PA6795UKMFR9", "A13V1IB3VIYZZH"), _CANDLES),
    Account("A2BLUEMUGEU01", "Blue Mug Europe", "EU", "GB", ("A1F83G8C2ARO7P", "A1PA6795UKMFR9"), _MUGS),
    Account("A1SAKURATEA01", "Sakura Tea", "FE", "JP", ("A1VC38T7YXB528", "A39IBJ37TRP1C6"), _TEAS),
    Account("A2HARBORROPE2", "Harbor Rope Australia", "FE", "AU", ("A39IBJ37TRP1C6", "A1VC38T7YXB528"), _ROPES),
)
