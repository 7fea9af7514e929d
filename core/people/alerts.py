"""What people are written about by this app. It raises no alerts."""

from core.alerts.causes import Occasion

INVITED = "person.invited"

CAUSES = (Occasion(INVITED, "An invitation"),)
