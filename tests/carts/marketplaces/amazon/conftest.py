import pytest

from tests.carts.marketplaces.amazon.amazons import FakeAmazon


@pytest.fixture
def amazon() -> FakeAmazon:
    return FakeAmazon()
