from urllib.parse import urlsplit

from carts.marketplaces import APPLICATIONS, kinds
from carts.marketplaces.amazon.places import PLACES, SELLER_CENTRAL_HOSTS, SPAPI_URLS
from carts.marketplaces.amazon.rates import RATES


def test_all_23_marketplaces_are_there_each_under_its_own_id() -> None:
    assert len(PLACES) == 23
    assert all(place_id == place.id for place_id, place in PLACES.items())
    assert len({place.country for place in PLACES.values()}) == 23
    assert len({place.name for place in PLACES.values()}) == 23


def test_every_region_has_its_marketplaces_and_a_server() -> None:
    count = {region: sum(place.region == region for place in PLACES.values()) for region in SPAPI_URLS}

    assert count == {"NA": 4, "EU": 16, "FE": 3}


def test_names_look_like_the_shops() -> None:
    assert PLACES["ATVPDKIKX0DER"].name == "Amazon.com"
    assert PLACES["A1PA6795UKMFR9"].name == "Amazon.de"
    assert PLACES["A1F83G8C2ARO7P"].name == "Amazon.co.uk"
    assert PLACES["A1F83G8C2ARO7P"].country == "GB"


def test_consent_is_asked_for_over_tls_at_a_seller_central() -> None:
    for place in PLACES.values():
        address = urlsplit(place.consent_url)
        assert address.scheme == "https"
        assert address.netloc in SELLER_CENTRAL_HOSTS
        assert address.netloc.startswith("sellercentral")
        assert len(place.currency) == 3


def test_amazon_is_one_of_the_kinds() -> None:
    assert ("amazon", "Amazon") in kinds()
    assert APPLICATIONS["amazon"].places is PLACES


def test_every_rate_is_a_bucket_that_fills() -> None:
    assert all(rate > 0 and burst >= 1 for rate, burst in RATES.values())
    assert RATES["searchOrders"] == (0.0056, 20)
