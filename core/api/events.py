"""What may happen to an API key."""

from core.activity.kinds import Ending, EventKind

KINDS = (
    EventKind("api_key.made", "calm", "Made API key <strong>{name}</strong>, {key}. It may: {scopes}"),
    EventKind(
        "api_key.rotated",
        "calm",
        "Made <strong>{key}</strong> to take the place of {was}",
        (Ending("ends", ", which ends {ends}"),),
    ),
    EventKind("api_key.moved", "calm", "API key <strong>{name}</strong>, {key}, may come from {addresses}"),
    EventKind("api_key.revoked", "warn", "Revoked API key <strong>{name}</strong>, {key}"),
)
