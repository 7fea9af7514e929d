"""What a seller offers on Amazon, and its quantities told one by one, in the words of the port."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from carts.marketplaces.amazon import scrub, translate
from carts.marketplaces.amazon.client import LISTINGS_ON_A_PAGE, Client
from carts.marketplaces.amazon.transport import UNREADABLE
from carts.marketplaces.values import Offer, OfferPage, Strange
from core.common.remote import Rejected, Throttled, Unavailable

Json = Mapping[str, Any]

# A list of listings takes many requests; a breath now is cheaper than coming back for the page.
LONGEST_BREATH = timedelta(seconds=1)
MOST_BREATHS = 5  # for one page
MOST_LISTED = 1000
COMMA = ","  # what joins SKUs where several are asked for


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a list goes on. ``newest`` is when the last listing seen was made, as Amazon wrote it."""

    token: str = ""
    created_after: str = ""
    listed: int = 0
    newest: str = ""

    @classmethod
    def read(cls, written: str) -> "_Cursor":
        try:
            token, created_after, listed, newest = json.loads(written) if written else ("", "", 0, "")
        except ValueError:
            return cls()  # of another version: from the start
        return cls(str(token), str(created_after), int(listed), str(newest))

    def __str__(self) -> str:
        return json.dumps([self.token, self.created_after, self.listed, self.newest])

    def without_token(self) -> "_Cursor":
        """Behind what was listed. Its last listing comes again."""
        return _Cursor("", self.newest, 0, self.newest)


class AmazonOffering:
    """The half of the adapter that speaks of listings."""

    _client: Client
    _sleep: Callable[[float], None]

    def set_stock(self, *, sku: str, place_id: str, quantity: int, product_type: str = "") -> str:
        """Never for a listing that Amazon fulfills: this would give it a second, merchant-fulfilled channel."""
        if quantity < 0:
            raise ValueError("Stock can't be negative.")
        verdict = self._client.patch_listings_item(
            sku,
            place_id=place_id,
            product_type=product_type or translate.ANY_PRODUCT,
            patches=[translate.stock_patch(quantity)],
        )
        submission = verdict.get("submissionId")
        if verdict.get("status") == "INVALID":
            raise _invalid(verdict)
        if verdict.get("status") not in ("ACCEPTED", "VALID") or not isinstance(submission, str):
            raise Unavailable(UNREADABLE)
        return submission

    def offers(self, *, place_id: str) -> Iterator[Offer]:
        """Every listing once, oldest first, however many there are."""
        seen: set[str] = set()
        cursor, ended = "", False
        while not ended:
            page = self.offer_page(place_id=place_id, cursor=cursor)
            for offer in page.offers:
                if offer.sku not in seen:
                    seen.add(offer.sku)
                    yield offer
            cursor, ended = page.cursor, not page.cursor

    def offer_page(self, *, place_id: str, cursor: str = "") -> OfferPage:
        at = _Cursor.read(cursor)
        try:
            body = self._listing_page(place_id, at)
        except Rejected:
            if not at.token:
                raise
            at = at.without_token()  # a token lives for a while only
            body = self._listing_page(place_id, at)
        items = _items(body)
        listed, newest = at.listed + len(items), _newest(items, place_id) or at.newest
        token = next_token(body)
        if token and token != at.token:
            on = str(_Cursor(token, at.created_after, listed, newest))
        elif listed >= MOST_LISTED and newest > at.created_after:
            # Amazon ends every list after a thousand: begin another where this one stopped.
            on = str(_Cursor("", newest, 0, newest))
        else:
            on = ""
        return OfferPage(tuple(_offer(item, place_id) for item in items), on)

    def offer(self, *, sku: str, place_id: str) -> Offer:
        return _offer(self._client.get_listings_item(sku, place_id=place_id), place_id)

    def offers_of(self, skus: Sequence[str], *, place_id: str) -> Mapping[str, Offer]:
        """Twenty with one request. What the search leaves out is asked for by itself before it counts as gone."""
        found: dict[str, Offer] = {}
        together = [sku for sku in skus if COMMA not in sku and sku == sku.strip()]
        for start in range(0, len(together), LISTINGS_ON_A_PAGE):
            found |= self._found_together(together[start : start + LISTINGS_ON_A_PAGE], place_id)
        for sku in skus:
            if sku not in found:
                try:
                    found[sku] = _offer(self._breathing(lambda: self._one(place_id, sku)), place_id)  # noqa: B023
                except Rejected as refusal:
                    if refusal.code.replace("_", "").lower() != "notfound":
                        raise
        return {sku: found[sku] for sku in skus if sku in found}

    def _found_together(self, skus: Sequence[str], place_id: str) -> dict[str, Offer]:
        """One search for all. Where it fails, each is asked for by itself: that often works all the same."""
        try:
            body = self._breathing(lambda: self._client.search_listings_items(place_id=place_id, skus=skus))
        except Throttled:
            raise
        except (Rejected, Unavailable):
            return {}
        return {offer.sku: offer for offer in (_offer(item, place_id) for item in _items(body))}

    def _one(self, place_id: str, sku: str) -> Json:
        return self._client.get_listings_item(sku, place_id=place_id)

    def _listing_page(self, place_id: str, at: _Cursor) -> Json:
        return self._breathing(
            lambda: self._client.search_listings_items(
                place_id=place_id, token=at.token, created_after=at.created_after
            )
        )

    def _breathing(self, ask: Callable[[], Json]) -> Json:
        for _ in range(MOST_BREATHS):
            try:
                return ask()
            except Unavailable as problem:
                if problem.retry_in is None or problem.retry_in > LONGEST_BREATH:
                    raise
                self._sleep(max(problem.retry_in.total_seconds(), 0.05))
        return ask()


def next_token(body: Json) -> str | None:
    """Return what continues behind a page, None on the last one."""
    pagination = body.get("pagination")
    if pagination is None:
        return None
    token = pagination.get("nextToken") if isinstance(pagination, dict) else 0
    if token is not None and not isinstance(token, str):
        raise Unavailable(UNREADABLE)
    return token or None


def _invalid(verdict: Json) -> Rejected:
    issues = [issue for issue in verdict.get("issues") or () if isinstance(issue, dict)]
    errors = [issue for issue in issues if issue.get("severity") == "ERROR"] or issues
    said = " ".join(scrub.sentence(issue.get("message") or "") for issue in errors)
    code = errors[0].get("code") if errors else None
    return Rejected(
        said or "Amazon refused the quantity and gave no reason.", code=code if isinstance(code, str) else "INVALID"
    )


def _items(body: Json) -> list[Any]:
    items = body.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unavailable(UNREADABLE)
    return items


def _offer(item: Json, place_id: str) -> Offer:
    try:
        return translate.offer(item, place_id)
    except Strange:
        raise Unavailable(UNREADABLE) from None


def _newest(items: list[Any], place_id: str) -> str:
    """When the last listing of a page was made, as Amazon wrote it."""
    for item in reversed(items):
        for summary in item.get("summaries") or ():
            if summary.get("marketplaceId") == place_id and isinstance(summary.get("createdDate"), str):
                return str(summary["createdDate"])
    return ""
