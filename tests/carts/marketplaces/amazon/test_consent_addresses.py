"""Where the sellers of each marketplace give consent, written down a second time from Amazon's own list."""

from urllib.parse import parse_qs, urlsplit

import pytest

from carts.marketplaces.amazon.application import AmazonApplication
from carts.marketplaces.amazon.places import PLACES

# country, marketplace, host; "?" where no page of Amazon's own names the host
LISTED = """
CA A2EUQ1WTGCTBG2 sellercentral.amazon.ca
US ATVPDKIKX0DER  sellercentral.amazon.com
MX A1AM78C64UM0Y8 sellercentral.amazon.com.mx
BR A2Q3Y263D00KWC sellercentral.amazon.com.br
IE A28R8C7NBKEWEA sellercentral.amazon.ie ?
ES A1RKKUPIHCS9HS sellercentral-europe.amazon.com
GB A1F83G8C2ARO7P sellercentral-europe.amazon.com
FR A13V1IB3VIYZZH sellercentral-europe.amazon.com
BE AMEN7PMS3EDWL  sellercentral.amazon.com.be ?
NL A1805IZSGTT6HS sellercentral.amazon.nl
DE A1PA6795UKMFR9 sellercentral-europe.amazon.com
IT APJ6JRA9NG5V4  sellercentral-europe.amazon.com
SE A2NODRKZP88ZB9 sellercentral.amazon.se
ZA AE08WJ6YKNBMC  sellercentral.amazon.co.za ?
PL A1C3SOZRARQ6R3 sellercentral.amazon.pl
EG ARBP9OOSHTCHU  sellercentral.amazon.eg ?
TR A33AVAJ2PDY3EV sellercentral.amazon.com.tr
SA A17E79C6D8DWNP sellercentral.amazon.sa ?
AE A2VIGQ35RCS4UG sellercentral.amazon.ae
IN A21TJRUUN4KGV  sellercentral.amazon.in
SG A19VAU5U5O7RUS sellercentral.amazon.sg
AU A39IBJ37TRP1C6 sellercentral.amazon.com.au
JP A1VC38T7YXB528 sellercentral.amazon.co.jp
"""
ROWS = [line.split()[:3] for line in LISTED.strip().splitlines()]
RETURN = "https://portal.example/carts/amazon/returned/"


def test_every_marketplace_is_listed_here() -> None:
    assert {place_id for _, place_id, _ in ROWS} == set(PLACES)
    assert len(ROWS) == 23


@pytest.mark.parametrize(("country", "place_id", "host"), ROWS, ids=[row[0] for row in ROWS])
def test_consent_is_asked_for_where_the_marketplaces_sellers_are(country: str, place_id: str, host: str) -> None:
    application = AmazonApplication(app_id="amzn1.sellerapps.app.ours", client_id="c", client_secret="s")

    address = urlsplit(application.consent_url(place_id, state="s t+te/&", redirect_uri=RETURN))

    assert PLACES[place_id].country == country
    assert (address.scheme, address.netloc, address.path) == ("https", host, "/apps/authorize/consent")
    assert parse_qs(address.query) == {
        "application_id": ["amzn1.sellerapps.app.ours"],
        "state": ["s t+te/&"],
        "redirect_uri": [RETURN],
    }
