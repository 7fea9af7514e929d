"""How long what belongs to connecting a cart is kept."""

from datetime import timedelta

from carts.models import AccountDay, Consent, LinkRequest, Press
from core.common.lifetimes import Lifetime, older, register

DAY = timedelta(days=1)

register(
    Lifetime("Requests for a setup link", DAY, LinkRequest, "asked_at", older(LinkRequest, "asked_at")),
    Lifetime("When a button was pressed", DAY, Press, "at", older(Press, "at")),
    Lifetime("What marketplaces say of accounts", 1100 * DAY, AccountDay, "told_at", older(AccountDay, "told_at")),
    Lifetime("Consents that were begun", 30 * DAY, Consent, "begun_at", older(Consent, "begun_at")),
)
