"""What a change touches: by imports, templates, addresses and fixtures."""

from pathlib import Path

import pytest

from tools import affected

HOUSE = {
    "orders/actions/holds.py": "",
    "orders/pages.py": "from orders import holding\nTEMPLATE = 'portal/order_list/list.html'\n",
    "orders/urls.py": "from orders import pages\nurlpatterns = [path('', pages.show, name='list_of_orders')]\n",
    "carts/alone.py": "",
    "templates/orders/list.html": "{% include 'parts/row.html' %}",
    "templates/parts/row.html": "",
    "tests/conftest.py": "",
    "tests/orders/conftest.py": "",
    "tests/orders/test_holding.py": "from orders.actions.holds import hold\n",
    "tests/orders/test_pages.py": "URL = reverse('orders:list_of_orders')\n",
    "tests/carts/test_alone.py": "from carts import alone\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in HOUSE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("orders/actions/holds.py", {"tests/orders/test_holding.py": 1, "tests/orders/test_pages.py": 2}),
        ("orders/pages.py", {"tests/orders/test_pages.py": 1}),
        ("templates/orders/list.html", {"tests/orders/test_pages.py": 2}),
        ("templates/parts/row.html", {"tests/orders/test_pages.py": 3}),
        ("tests/carts/test_alone.py", {"tests/carts/test_alone.py": 0}),
        ("tests/orders/conftest.py", {"tests/orders/test_holding.py": 1, "tests/orders/test_pages.py": 1}),
        ("README.md", {}),
        ("orders/gone.py", {}),
    ],
)
def test_the_nearest_tests_of_a_change_come_first(house: Path, changed: str, tests: dict[str, int]) -> None:
    assert list(affected.touched([changed], house).items()) == list(tests.items())


def test_a_test_taken_away_is_not_run(house: Path) -> None:
    (house / "tests/carts/test_alone.py").unlink()

    assert affected.touched(["tests/carts/test_alone.py", "carts/alone.py"], house) == {}


def test_of_the_house_itself_what_stands_on_a_changed_file_is_found() -> None:
    beside = Path(__file__).relative_to(affected.ROOT).as_posix()

    assert affected.touched(["tools/affected.py"])[beside] == 1
