"""The schema of the API (OpenAPI), as exact as its answers: each endpoint says what it needs and how it may refuse."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.api import public_ids
from core.api.idempotency import HEADER, LONGEST
from core.api.problems import MEDIA_TYPE
from core.api.request_ids import HEADER as REQUEST_ID

READING = {"401": "not_authenticated, key_ended", "403": "wrong_scope, wrong_address", "429": "too_many_requests"}
WRITING = {
    **READING,
    "400": "unreadable",
    "409": "conflict, in_flight",
    "413": "too_large",
    "415": "wrong_media_type",
    "422": "invalid, key_reused",
}


class FaultAnswer(serializers.Serializer[Any]):
    pointer = serializers.CharField(help_text="A JSON pointer as a fragment: “#/lines/0/sku”.")
    detail = serializers.CharField()
    locals()["in"] = serializers.ChoiceField(["body", "query", "path", "header"])


class ProblemAnswer(serializers.Serializer[Any]):
    """What is wrong with a request (RFC 9457)."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Which problem it is, in one word.")
    doc_url = serializers.URLField(help_text="How to mend it.")
    errors = FaultAnswer(many=True)  # type: ignore[assignment]


class ApiSchema(AutoSchema):
    def get_operation_id(self) -> str:
        named = super().get_operation_id()
        is_list = "cursor" in getattr(self.view, "parameters", ())
        return named.removesuffix("_retrieve") + "_list" if is_list and self.method == "GET" else named

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        found += [public_ids.in_path(name) for name in re.findall(r"{(\w+)}", self.path) if name in public_ids.IN_PATHS]
        if self.method not in {"GET", "HEAD"}:
            needed = bool(getattr(self.view, "needs_idempotency_key", False))
            described = "Sent again with the same key, a request is done once. Kept for 7 days."
            schema = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"}
            found.append(OpenApiParameter(HEADER, schema, "header", required=needed, description=described))
        return found

    def get_summary(self) -> str:
        """The beginning of what it says of itself, to stand beside its path."""
        said = " ".join(super().get_description().split())
        return re.split(r"[.:;](?:\s|$)", said, maxsplit=1)[0]

    def get_description(self) -> str:  # type: ignore[override]
        scope = self.view.scope_for(self.method) if hasattr(self.view, "scope_for") else None
        said = super().get_description()
        return f"{said}\n\nNeeds the scope `{scope.value}`." if scope else said

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        found = super()._get_response_bodies(direction)
        refusals = dict(READING if self.method == "GET" else WRITING)
        if "{" in self.path or "cursor" in getattr(self.view, "parameters", ()):
            refusals["404"] = "not_found"
        if getattr(self.view, "parameters", ()):
            refusals["422"] = refusals.get("422", "invalid")
        for status, codes in refusals.items():
            if status not in found:
                answer = self._get_response_for_code(ProblemAnswer, status, [MEDIA_TYPE], direction)
                found[status] = {**answer, "description": codes}
        for answer in found.values():
            answer.setdefault("headers", {})[REQUEST_ID] = {"schema": {"type": "string"}}
        return found


class BearerKeyScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.bearer.BearerKey"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        described = "A key from Settings, API keys: “im_….…”. Its page says what it may do."
        return {"type": "http", "scheme": "bearer", "description": described}
