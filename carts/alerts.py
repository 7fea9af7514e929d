"""What alerts are raised for about carts and sellers' authorizations, and what sellers are written about."""

from core.alerts.causes import Cause, Occasion

CREDENTIALS_REFUSED = "application.credentials"
SECRET_ENDS = "application.secret"
CHECKS_FAILED = "cart.checks"
GRANT_ENDED = "grant.ended"
GRANT_LAPSES = "grant.lapsing"
OTHER_MERCHANT = "grant.other_merchant"
OTHER_SELLER = "grant.other_seller"
LINK_ASKED = "setup_link.asked"
LINK_SENT = "setup_link.sent"
LINK_COMPLETED = "setup_link.completed"

CAUSES = (
    Cause(CREDENTIALS_REFUSED, "Amazon does not accept the portal's own credentials"),
    Cause(SECRET_ENDS, "The portal's secret at Amazon has to be renewed", "warn"),
    Cause(CHECKS_FAILED, "A cart lacks something it needs to work"),
    Cause(GRANT_ENDED, "A seller's authorization ended"),
    Cause(GRANT_LAPSES, "A seller's authorization lapses soon", "warn"),
    Cause(OTHER_MERCHANT, "A seller account that another merchant uses", ours_alone=True),
    Cause(OTHER_SELLER, "Another seller authorized us than before"),
    Cause(LINK_ASKED, "A seller asks for a setup link", "warn"),
    Occasion(LINK_SENT, "A setup link"),
    Occasion(LINK_COMPLETED, "A seller authorized us by a setup link"),
)
