"""A migrated database for the processes of a test, migrated once and copied."""

import shutil
from pathlib import Path

import pytest

from tests.running import processes


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("migrated")
    processes.migrate(made)
    return made


@pytest.fixture(scope="module")
def folder(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes of a module keep their data."""
    return Path(shutil.copytree(migrated, tmp_path_factory.mktemp("portal") / "data"))
