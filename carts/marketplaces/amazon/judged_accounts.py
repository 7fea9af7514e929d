"""How Amazon judges a seller, and what it knows of them, in the words of the port."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from carts.marketplaces.account_figures import AccountFigures, AccountReporting, Rate, SellerFacts, Target
from carts.marketplaces.amazon import account_report, translate, wire_values
from carts.marketplaces.amazon.client import Client
from carts.marketplaces.amazon.transport import UNREADABLE
from carts.marketplaces.values import Strange
from core.common.remote import Rejected, Unavailable

WORKING, ENDED = ("IN_QUEUE", "IN_PROGRESS"), "DONE"
ENDED_BADLY = {
    "CANCELLED": "Amazon canceled the report: it has nothing to tell, or somebody canceled it there.",
    "FATAL": "Amazon could not make the report.",
}
PLANS = {"PROFESSIONAL": "Professional", "INDIVIDUAL": "Individual"}
# Reference: businessType of https://developer-docs.amazon.com/sp-api/reference/getaccount
BUSINESSES: Mapping[str, str] = MappingProxyType(
    {
        "CHARITY": "Charity",
        "CRAFTSMAN": "Craftsman",
        "NATURAL_PERSON_COMPANY": "Natural person company",
        "PUBLIC_LISTED": "Publicly listed company",
        "PRIVATE_LIMITED": "Private limited company",
        "SOLE_PROPRIETORSHIP": "Sole proprietorship",
        "STATE_OWNED": "State-owned company",
        "INDIVIDUAL": "Individual, no business",
    }
)


class AmazonJudging(AccountReporting):
    """The half of the adapter that speaks of the seller's account."""

    judges_sellers: ClassVar[bool] = True
    published_targets: ClassVar[Mapping[Rate, Target]] = account_report.PUBLISHED
    targets_source: ClassVar[str] = account_report.PUBLISHED_AT
    good_standing: ClassVar[str] = account_report.GOOD_STANDING
    standings: ClassVar[Mapping[str, tuple[str, str]]] = account_report.STANDINGS

    _client: Client

    def ask_for_figures(self, place_ids: Sequence[str]) -> str:
        return self._client.create_report(account_report.KIND, place_ids=place_ids)

    def figures(self, reference: str) -> Sequence[AccountFigures] | None:
        report = self._client.get_report(reference)
        status, document = report.get("processingStatus"), report.get("reportDocumentId")
        if status in WORKING:
            return None
        if isinstance(status, str) and status in ENDED_BADLY:
            raise Rejected(ENDED_BADLY[status], code=status)
        if status != ENDED or not isinstance(document, str) or not document:
            raise Unavailable(UNREADABLE)
        return account_report.read(self._client.get_report_document(document))

    def seller_facts(self) -> SellerFacts:
        """Amazon tells the seller's business in Europe alone; where it refuses, that is said."""
        try:
            stores = [translate.participation(item) for item in self._client.marketplace_participations()]
        except Strange:
            raise Unavailable(UNREADABLE) from None
        try:
            account = self._client.account()
        except Rejected as refusal:
            return SellerFacts(untold=str(refusal), stores=stores)
        business = wire_values.part(account, "business")
        address = wire_values.part(business, "registeredBusinessAddress")
        form, plan = wire_values.text(account, "businessType"), wire_values.text(account, "sellingPlan")
        told = bool(wire_values.text(business, "name") and wire_values.text(address, "addressLine1"))
        return SellerFacts(
            business=BUSINESSES.get(form, form[:40]),
            is_registered=told if business else None,
            plan=PLANS.get(plan, plan[:40]),
            stores=stores,
        )
