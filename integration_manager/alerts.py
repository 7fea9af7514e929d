"""What the portal raises an alert for about itself."""

from core.alerts.causes import Cause

SILENT = "portal.silent"

CAUSES = (Cause(SILENT, "Nothing runs in the background", ours_alone=True),)
