"""What a cart or a warehouse with files is called. They lie above: whoever owns them says it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # registered while the models are not there yet
    from core.files.models import OfSubject

NameOf = Callable[[int], str]  # by number; "" for one that takes no files any more
_names: dict[str, NameOf] = {}


def register(subject_kind: str, name_of: NameOf) -> None:
    """Say how those of a kind are called. The last one said counts."""
    _names[subject_kind] = name_of


def called(row: "OfSubject") -> str:
    """Return whose a row is; "" where nobody uses it any more."""
    name_of = _names.get(row.subject_kind)
    return name_of(row.subject_id) if name_of else ""
