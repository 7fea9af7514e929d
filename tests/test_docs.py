"""What the page for newcomers tells them to type must be what the product reads."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from carts.consent import grants
from carts.marketplaces.amazon.errors import ROLES

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("carts", "core", "integration_manager", "inventory", "orders", "shipping", "simulator", "tools")
CONNECTING = (ROOT / "docs" / "connecting.md").read_text()


@pytest.mark.parametrize("address", [grants.redirect_uri, grants.login_uri])
def test_the_addresses_to_register_are_the_ones_we_answer(address: object) -> None:
    assert callable(address)
    path = str(address("amazon")).removeprefix(settings.PUBLIC_URL)

    assert f"`PUBLIC_URL{path}`" in CONNECTING
    assert f"`https://portal.example.com{path}`" in CONNECTING


def test_every_setting_it_names_is_read_and_explained() -> None:
    named = set(re.findall(r"\b(?:AMAZON|EMAIL|DEFAULT)_[A-Z_]+[A-Z]\b", CONNECTING))
    read = (ROOT / "integration_manager" / "settings.py").read_text()
    explained = (ROOT / ".env.example").read_text()

    assert "AMAZON_LWA_SECRET_ROTATED_ON" in named
    assert [name for name in sorted(named) if f'"{name}"' not in read or f"{name}=" not in explained] == []


def test_it_names_every_role_that_a_refusal_asks_for() -> None:
    asked = {role.lower() for text in ROLES.values() for role in re.findall("“([^”]+)”", text)}

    assert [role for role in sorted(asked) if role not in CONNECTING.lower()] == []


def test_every_page_it_leads_to_is_there() -> None:
    for page in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]:
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name


def test_the_architecture_page_describes_each_folder_in_its_own_words() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text()
    rooms = [path for folder in ROOMS for path in sorted((ROOT / folder).rglob("__init__.py"))]
    said = {
        path.parent.relative_to(ROOT).as_posix(): " ".join((ast.get_docstring(tree) or "").split("\n\n")[0].split())
        for path in rooms
        if "migrations" not in path.parts
        for tree in [ast.parse(path.read_text())]
    }

    assert [folder for folder, words in said.items() if not words or f"| `{folder}/` | {words} |" not in plan] == []
