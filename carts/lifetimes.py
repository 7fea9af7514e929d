"""How long what belongs to connecting a cart is kept."""

from datetime import timedelta

from carts.models import AccountDay, Consent, LinkRequest, Listing, Press, SetupLink
from core.common.lifetimes import OTHER_DATA, Lifetime, older, register

DAY = timedelta(days=1)

register(
    Lifetime("Requests for a setup link", DAY, LinkRequest, "asked_at", older(LinkRequest, "asked_at")),
    Lifetime("When a button was pressed", DAY, Press, "at", older(Press, "at")),
    # Who authorized us last is reminded by it after a year.
    Lifetime("Setup links", OTHER_DATA, SetupLink, "created_at", older(SetupLink, "created_at")),
    Lifetime(
        "Listings the marketplace no longer has",
        OTHER_DATA,
        Listing,
        "gone_at",
        older(Listing, "gone_at"),
        rule="since they were gone",
        there=lambda: Listing.objects.filter(gone_at__isnull=False),
    ),
    Lifetime("What marketplaces say of accounts", OTHER_DATA, AccountDay, "told_at", older(AccountDay, "told_at")),
    Lifetime("Consents that were begun", 30 * DAY, Consent, "begun_at", older(Consent, "begun_at")),
)
