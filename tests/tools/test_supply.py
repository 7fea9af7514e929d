"""What the product is made of is listed, and what could not be looked up is no all-clear."""

import json

import pytest

from tools import supply

DJANGO = supply.Locked("django", "5.2.19", ())


def answer(**said: object) -> str:
    return json.dumps({"dependencies": [{"name": "Django", "version": "5.2.19", **said}]})


def test_only_a_package_that_was_looked_up_is_no_fault() -> None:
    assert supply.audit(answer(vulns=[]), [DJANGO]) == []
    flaw = {"id": "PYSEC-2026-1", "fix_versions": ["5.2.20"]}
    assert supply.audit(answer(vulns=[flaw]), [DJANGO]) == ["django 5.2.19: PYSEC-2026-1, mended in 5.2.20"]


@pytest.mark.parametrize("said", [answer(skip_reason="not found on PyPI"), '{"dependencies": []}', "", "null"])
def test_what_nobody_could_look_up_is_said_and_fails(said: str) -> None:
    """pip-audit itself says "No known vulnerabilities found" of these, and ends with 0."""
    (wrong,) = supply.audit(said, [DJANGO])

    assert wrong.startswith("NOT AUDITED")


def test_every_package_of_the_lock_is_in_the_list_with_a_licence_that_may_be_handed_on() -> None:
    packages = list(supply.locked(supply.RUNTIME))
    pinned = [line for line in supply.RUNTIME.read_text().splitlines() if line[:1].isalnum()]

    listed = supply.sbom(packages)["components"]

    assert len(listed) == len(pinned) > 50
    assert all(each["properties"] for each in listed)
    assert supply.unclear(packages) == []
    assert supply.unclear([supply.Locked("django", "1", ())]) == []
