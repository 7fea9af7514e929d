"""The settings as another environment would have them, without another process."""

import os
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

SETTINGS = Path(__file__).resolve().parent.parent / "integration_manager" / "settings.py"


def load(monkeypatch: pytest.MonkeyPatch, folder: Path, **given: str) -> Any:
    """Return what ``settings`` would be with these variables, and no others, in the environment."""
    with monkeypatch.context() as environment:
        environment.setattr(os, "environ", {"DATA_DIR": str(folder), **given})
        found = runpy.run_path(str(SETTINGS))
    return SimpleNamespace(**{name: value for name, value in found.items() if name.isupper()})
