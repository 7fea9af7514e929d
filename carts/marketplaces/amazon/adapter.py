"""Amazon, in the words of the port."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, ClassVar
from urllib.parse import quote

from carts.marketplaces.amazon import carriers, package_refusals, probe, translate, wire_values
from carts.marketplaces.amazon.carriers import CODES, OTHER, carrier_code, shown_as_told, told
from carts.marketplaces.amazon.client import Client, iso
from carts.marketplaces.amazon.feeds import AmazonFeeding
from carts.marketplaces.amazon.judged_accounts import AmazonJudging
from carts.marketplaces.amazon.listed_offers import AmazonOffering, next_token
from carts.marketplaces.amazon.programs import HELD, NAMES, PREORDER
from carts.marketplaces.amazon.rates import RATES
from carts.marketplaces.amazon.transport import UNREADABLE
from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import (
    Blame,
    Check,
    Dispatch,
    DispatchLine,
    MarketplaceOrder,
    OrderDocument,
    OrderPage,
    Participation,
    Place,
    SentPackage,
    Strange,
    TokenSource,
)
from core.common.clock import now
from core.common.dated_lists import DatedList
from core.common.remote import Rejected, Unavailable
from core.common.typed_signs import bare

Json = Mapping[str, Any]

# Amazon refuses a window that ends less than two minutes ago.
# Reference: https://developer-docs.amazon.com/sp-api/reference/searchorders
YOUNGEST = timedelta(minutes=2)
SCANNED = 12  # signs a tracking number has at least that is read out of a longer barcode
ALREADY_SHIPPED = "PackageToUpdateNotFound"
# How a buyer pays the carrier: the only way the model knows, and only in Japan.
# Reference: codCollectionMethod of https://developer-docs.amazon.com/sp-api/reference/confirmshipment
JAPAN, COLLECTED = "A1VC38T7YXB528", "DirectPayment"
UNSHIPPED = ("UNSHIPPED", "PARTIALLY_SHIPPED")


class Amazon(AmazonFeeding, AmazonOffering, AmazonJudging, Marketplace):
    kind: ClassVar[str] = "amazon"
    label: ClassVar[str] = "Amazon"
    service_names: ClassVar[Sequence[str]] = ("Standard", "Expedited", "SecondDay", "NextDay")
    # What Amazon sells buyers by these names; how long exactly differs by country and stands in each order's deadline.
    service_days: ClassVar[Mapping[str, int]] = {
        "SameDay": 0,
        "NextDay": 1,
        "SecondDay": 2,
        "Priority": 2,
        "Expedited": 3,
        "Standard": 8,
        "FreeEconomy": 12,
    }
    carrier_codes: ClassVar[Sequence[str]] = CODES
    other_carrier: ClassVar[str] = OTHER
    lists: ClassVar[Sequence[DatedList]] = (carriers.LIST, carriers.NAMES)
    programs: ClassVar[Mapping[str, str]] = NAMES
    held_programs: ClassVar[Mapping[str, str]] = HELD
    preorder: ClassVar[str] = PREORDER
    rates: ClassVar[Mapping[str, tuple[float, int]]] = RATES

    def __init__(
        self,
        client: Client,
        *,
        tokens: TokenSource,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._clock = clock
        self._sleep = sleep

    @property
    def clock_skew(self) -> timedelta | None:
        return self._client.last_skew

    # -- reading orders

    def order_page(self, *, since: datetime, until: datetime, place_ids: Sequence[str], token: str = "") -> OrderPage:
        """``until`` should be three minutes old: a younger one is moved back, and then differs from page to page."""
        until = min(until, self._youngest())
        if since >= until:
            return OrderPage((), None, None)
        body = self._client.search_orders(since=since, until=until, place_ids=place_ids, token=token)
        return OrderPage(
            documents=_documents(body),
            next_token=_next_token(body, token),
            seen_until=wire_values.moment(body.get("lastUpdatedBefore")) or until,
        )

    def _youngest(self) -> datetime:
        """The last moment whose orders Amazon lists, by Amazon's clock."""
        return self._clock() + min(self.clock_skew or timedelta(0), timedelta(0)) - YOUNGEST

    def unshipped_page(self, *, since: datetime, until: datetime, place_ids: Sequence[str], token: str) -> OrderPage:
        """By creation, which no change moves: an order that changes between two pages is not passed over."""
        body = self._client.search_orders(
            since=since, until=until, place_ids=place_ids, statuses=UNSHIPPED, token=token, by="created"
        )
        return OrderPage(documents=_documents(body), next_token=_next_token(body, token), seen_until=None)

    def order(self, number: str) -> OrderDocument:
        return _document(self._client.get_order(number))

    @staticmethod
    def read(document: OrderDocument) -> MarketplaceOrder:
        return translate.order(document.source)

    # -- telling

    def confirm(self, dispatch: Dispatch) -> None:
        """A package number used before updates that package, so that saying it twice does no harm."""
        if not dispatch.tracking_number.strip() or not dispatch.lines:
            raise Rejected("Amazon accepts no package without a tracking number and its lines.", code="Incomplete")
        try:
            self._client.confirm_shipment(
                dispatch.order_number,
                place_id=dispatch.place_id,
                package=_package_detail(dispatch, latest=self._youngest() + YOUNGEST),
                collected=COLLECTED if dispatch.cash_on_delivery and dispatch.place_id == JAPAN else "",
            )
        except Rejected as refusal:
            if not _says_already_shipped(refusal):
                raise
            self._make_sure_it_is_there(dispatch)

    @staticmethod
    def compare(dispatch: Dispatch, sent: SentPackage) -> Sequence[str]:
        wrong = []
        if not bare(dispatch.tracking_number) and sent.reference != str(dispatch.package_number):
            return ["no such package"]  # without a number, only its own tells ours from another's
        if not _is_same(sent.tracking_number, dispatch.tracking_number):
            wrong.append(f"tracking {sent.tracking_number or 'none'}")
        if sent.carrier and not shown_as_told(sent.carrier, dispatch):
            wrong.append(f"carrier {sent.carrier}")
        packed = {line.reference: line.quantity for line in dispatch.lines}
        shown = {line.reference: line.quantity for line in sent.lines}
        if shown and shown != packed:
            wrong.append(f"{sum(shown.values())} units instead of {sum(packed.values())}")
        return wrong

    @staticmethod
    def blame(refusal: str) -> Blame:
        return package_refusals.blame(refusal)

    @staticmethod
    def order_page_url(place: Place, number: str) -> str:
        return f"{place.consent_url}/orders-v3/order/{quote(number, safe='')}"

    @staticmethod
    def untracked_doubt(service: str, *, is_prime: bool) -> str:
        return package_refusals.untracked_doubt(service, is_prime=is_prime)

    @staticmethod
    def guess_carrier(name: str) -> str:
        return carrier_code(name)[0]

    @staticmethod
    def spell_carrier(code: str) -> str:
        return carriers.spelled(code)

    def _make_sure_it_is_there(self, dispatch: Dispatch) -> None:
        """Amazon has no open package left. If that is because of ours, then all is well."""
        source = self._client.get_order(dispatch.order_number, parts=("FULFILLMENT", "PACKAGES"))
        try:
            known = translate.packages(source)
        except Strange:
            raise Unavailable(UNREADABLE) from None
        if not any(_is_same(package.tracking_number, dispatch.tracking_number) for package in known):
            raise Rejected(
                "Amazon has nothing left to ship for this order, and doesn't have this tracking number: "
                "the order was shipped another way, or canceled.",
                code=ALREADY_SHIPPED,
            )

    # -- looking

    def stores(self) -> Sequence[Participation]:
        try:
            return [translate.participation(item) for item in self._client.marketplace_participations()]
        except Strange:
            raise Unavailable(UNREADABLE) from None

    def prove(self, *, place_id: str) -> None:
        """Listings stand under the seller's ID in the address, and Amazon shows them to that seller's tokens only."""
        self._client.search_listings_items(place_id=place_id, limit=1)

    def check(self, *, place_id: str, sparing: bool = False) -> Sequence[Check]:
        return probe.check(self._client, self._tokens, place_id=place_id, now=self._clock(), sparing=sparing)

    def close(self) -> None:
        """Nothing of its own to close: the connections belong to the process."""


def _documents(body: Json) -> tuple[OrderDocument, ...]:
    """All or nothing: an order passed over here would never be asked for again."""
    listed = body.get("orders")
    if not isinstance(listed, list):
        raise Unavailable(UNREADABLE)
    return tuple(_document(source) for source in listed)


def _document(source: Any) -> OrderDocument:
    number = source.get("orderId") if isinstance(source, dict) else None
    changed_at = wire_values.moment(source.get("lastUpdatedTime")) if isinstance(source, dict) else None
    if not isinstance(number, str) or not number.strip("\x00 ") or changed_at is None:
        raise Unavailable(UNREADABLE)
    channel = source.get("salesChannel")
    place_id = channel.get("marketplaceId") if isinstance(channel, dict) else ""
    return OrderDocument(
        number=number if translate.is_order_number(number) else _stand_in(number),
        place_id=wire_values.storable(place_id) if isinstance(place_id, str) else "",
        changed_at=changed_at,
        source=source,
    )


def _stand_in(number: str) -> str:
    """A number to keep an order under whose own we cannot keep. ``read`` refuses it, so that it waits for a person."""
    start = "".join(character if "!" <= character <= "~" else "\ufffd" for character in number[:40])
    return f"{start}~{blake2b(number.encode(errors='surrogatepass'), digest_size=8).hexdigest()}"


def _next_token(body: Json, before: str) -> str | None:
    """Return what continues after this page. A page that continues at itself would never end."""
    token = next_token(body)
    if before and token == before:
        raise Unavailable("Amazon sent the same page twice.")
    return token


def _package_detail(dispatch: Dispatch, *, latest: datetime) -> Json:
    """``latest``: nothing is shipped in what Amazon takes for the future."""
    code, name = told(dispatch)
    detail: dict[str, Any] = {
        "packageReferenceId": str(dispatch.package_number),  # as a number it is refused
        "carrierCode": code,
        "trackingNumber": dispatch.tracking_number.strip(),
        "shipDate": iso(min(dispatch.shipped_at, latest)),
        "orderItems": [_order_item(line) for line in dispatch.lines],
    }
    if name != code or code == OTHER:
        detail["carrierName"] = name
    if dispatch.service:
        detail["shippingMethod"] = dispatch.service
    if dispatch.ship_from:
        detail["shipFromSupplySourceId"] = dispatch.ship_from
    return detail


def _order_item(line: DispatchLine) -> Json:
    item: dict[str, Any] = {"orderItemId": line.reference, "quantity": line.quantity}
    if line.codes:
        item["transparencyCodes"] = list(line.codes)
    return item


def _says_already_shipped(refusal: Rejected) -> bool:
    said = f"{refusal.code} {refusal}".lower()
    return ALREADY_SHIPPED.lower() in said or "already fulfilled" in said or "already shipped" in said


def _is_same(one: str, other: str) -> bool:
    """Whether two tracking numbers are one. Amazon may show it as it was told once: with blanks, or as it was scanned,
    with what stood before it in the barcode."""
    one, other = sorted((bare(one), bare(other)), key=len)
    return one == other or (len(one) >= SCANNED and other.endswith(one))
