import pytest

from tests.carts.amazon.amazons import FakeAmazon


@pytest.fixture
def amazon() -> FakeAmazon:
    return FakeAmazon()
