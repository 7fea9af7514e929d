"""What the custom store calls carriers, and the names they go by elsewhere. One it says otherwise stays as it is."""

NAMES = {
    "accessworldwide": "Access Worldwide",
    "amazonshipping": "Amazon Shipping",
    "apc": "APC Postal Logistics",
    "australiapost": "Australia Post",
    "brokersworldwide": "Brokers Worldwide",
    "canadapost": "Canada Post",
    "dhl": "DHL",
    "dhlcanada": "DHL",
    "dhlexpress": "DHL Express",
    "dhlglobalmail": "DHL Global Mail",
    "dhlecommerce": "DHL eCommerce",
    "endicia": "USPS",
    "expressone": "USPS",
    "fedex": "FedEx",
    "fedexcanada": "FedEx",
    "fedexinternationalmailservice": "FedEx",
    "firstmile": "FirstMile",
    "lonestar": "Lone Star Overnight",
    "ontrac": "OnTrac",
    "royalmail": "Royal Mail",
    "stampscom": "USPS",
    "ups": "UPS",
    "upsmi": "UPS Mail Innovations",
    "usps": "USPS",
}


def carrier_name(word: str) -> str:
    """Return the name of a carrier by the desk's word for it."""
    return NAMES.get("".join(sign for sign in word if sign.isalnum()).casefold(), word)
