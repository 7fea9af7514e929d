"""What may happen to the record of what happened: somebody takes a copy of it with them."""

from core.activity.kinds import EventKind

KINDS = (EventKind("activity.exported", "calm", "Activity exported as a file", ours_alone=True),)
