"""What the portal raises an alert for about itself."""

from core.alerts.causes import Cause

SILENT = "portal.silent"
ERASURE_LATE = "portal.erasure_late"
KEYS_MISSING = "portal.keys"

CAUSES = (
    Cause(SILENT, "Nothing runs in the background", ours_alone=True),
    Cause(KEYS_MISSING, "Encryption keys are missing", ours_alone=True),
    Cause(ERASURE_LATE, "Data is kept for longer than it may be", ours_alone=True, button="Data retention"),
)
