"""Settings of REST framework and of what writes the API's schema."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.bearer.BearerKey"],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.bearer.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.json_body.JsonBody"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "core.api.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR: dict[str, Any] = {
    "TITLE": "Integration Manager",
    "VERSION": "1",
    "DESCRIPTION": (
        "For warehouse systems, order systems and scripts. Send a key as Bearer token; each operation names the scope "
        "it needs. What goes wrong is a problem document (RFC 9457) that says how to mend it."
    ),
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SERVE_URLCONF": None,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SORT_OPERATIONS": False,
}
