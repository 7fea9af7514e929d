"""Which alerts somebody means: one, or all of a cause that are alike, of one merchant or of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict

from core.accounts.access import Access
from core.alerts.models import Alert, AlertQuerySet
from core.ui.request_values import read_number, read_text


@dataclass(frozen=True, slots=True)
class AlertChoice:
    """``like`` is a fingerprint; None means whatever the sentence says."""

    cause: str = ""
    like: str | None = None
    merchant_id: int | None = None
    alert_id: int | None = None
    is_aside: bool = False  # of those that were set aside; otherwise of those that were not

    @classmethod
    def of_query(cls, query: QueryDict) -> Self:
        """Return what an address names. What is nonsense there is nothing that any alert has."""
        return cls(
            cause=read_text(query, "cause", most=40),
            like=read_text(query, "like", most=16) if "like" in query else None,
            merchant_id=_number(query, "merchant"),
            alert_id=_number(query, "alert"),
            is_aside=bool(query.get("aside")),
        )

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        return cls(**row)

    @property
    def kept(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("cause", "like", "merchant_id", "alert_id", "is_aside")}

    @property
    def query(self) -> str:
        said: dict[str, object] = {"cause": self.cause} if self.cause else {}
        if self.like is not None:
            said["like"] = self.like
        named = {"merchant": self.merchant_id, "alert": self.alert_id, "aside": 1 if self.is_aside else None}
        return urlencode(said | {name: value for name, value in named.items() if value is not None})

    def rows(self, access: Access) -> AlertQuerySet:
        """Return those that are open. A choice of nothing at all has none."""
        return self.narrow(Alert.objects.visible_to(access))

    def narrow(self, rows: AlertQuerySet) -> AlertQuerySet:
        if not self.cause and self.alert_id is None:
            return rows.none()
        said: dict[str, Any] = {"cause": self.cause} if self.cause else {}
        if self.like is not None:
            said["fingerprint"] = self.like
        if self.merchant_id is not None:
            said["merchant"] = self.merchant_id
        if self.alert_id is not None:
            said["pk"] = self.alert_id
        found = rows.filter(**said)
        return found.aside() if self.is_aside else found.calling()


def _number(query: QueryDict, name: str) -> int | None:
    said = query.get(name)
    return (read_number(said) or 0) if said else None
