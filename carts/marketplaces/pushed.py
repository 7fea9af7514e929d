"""Kinds whose orders are pushed to us: a client brings them, fetches what was shipped, and reads the stock.

There is nobody to ask and nothing to tell, so there is no authorization either. A kind of this sort says how what its
client brought is read, and how it looks once that client cancels it; what speaks to a server is refused here.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from carts.marketplaces.base import Application, Marketplace
from carts.marketplaces.batches import Batch, Submission, SubmissionReport, Withdrawal
from carts.marketplaces.exchange import WireExchange
from carts.marketplaces.values import (
    Check,
    Connection,
    Dispatch,
    Ledger,
    LoginRequest,
    Offer,
    OrderDocument,
    OrderPage,
    Participation,
    Return,
    SentPackage,
    Tokens,
    TokenSource,
)
from core.common.remote import Rejected

OTHER = "Other"


def nobody() -> Rejected:
    return Rejected("Orders of this cart are pushed by its own client: there is nobody to ask or to tell.")


class PushedMarketplace(Marketplace):
    """What a client brings to us. Only its words are used; its verbs are never called."""

    pushed: ClassVar[bool] = True
    service_names: ClassVar[Sequence[str]] = ()
    rates: ClassVar[Mapping[str, tuple[float, int]]] = {}
    carrier_codes: ClassVar[Sequence[str]] = ()
    other_carrier: ClassVar[str] = OTHER

    @staticmethod
    @abstractmethod
    def canceled(document: OrderDocument, *, at: datetime) -> OrderDocument:
        """Return an order as its client brought it, now canceled by that client. Pure."""

    @staticmethod
    def compare(dispatch: Dispatch, sent: SentPackage) -> Sequence[str]:
        return ()

    @staticmethod
    def guess_carrier(name: str) -> str:
        return OTHER

    @staticmethod
    def spell_carrier(code: str) -> str:
        return code

    # -- Nobody is asked ----------------------------------------------------------------------------------------------
    def order_page(self, *, since: datetime, until: datetime, place_ids: Sequence[str], token: str = "") -> OrderPage:
        raise nobody()

    def unshipped_page(self, *, since: datetime, until: datetime, place_ids: Sequence[str], token: str) -> OrderPage:
        raise nobody()

    def order(self, number: str) -> OrderDocument:
        raise nobody()

    def confirm(self, dispatch: Dispatch) -> None:
        raise nobody()

    def set_stock(self, *, sku: str, place_id: str, quantity: int, product_type: str = "") -> str:
        raise nobody()

    def offers(self, *, place_id: str) -> Iterator[Offer]:
        raise nobody()

    def offer(self, *, sku: str, place_id: str) -> Offer:
        raise nobody()

    def stores(self) -> Sequence[Participation]:
        raise nobody()

    def prove(self, *, place_id: str) -> None:
        raise nobody()

    def check(self, *, place_id: str, sparing: bool = False) -> Sequence[Check]:
        raise nobody()

    def upload_confirmations(self, messages: Mapping[int, Dispatch]) -> str:
        raise nobody()

    def upload_withdrawals(self, messages: Mapping[int, Withdrawal]) -> str:
        raise nobody()

    def submit(self, batch: Batch, document: str, *, place_id: str) -> str:
        raise nobody()

    def submissions(self, batch: Batch, *, place_id: str, since: datetime) -> Sequence[Submission]:
        raise nobody()

    def submission(self, reference: str) -> Submission:
        raise nobody()

    def report(self, submission: Submission) -> SubmissionReport:
        raise nobody()

    def close(self) -> None:
        """Nothing is open."""


class PushedApplication(Application):
    """A kind that nobody has to authorize. It has a single place, named by its kind."""

    def consent_url(self, place_id: str, *, state: str, redirect_uri: str) -> str:
        raise nobody()

    def login_hop_url(
        self,
        *,
        callback_uri: str,
        vendor_state: str,
        state: str,
        redirect_uri: str,
        place_id: str = "",
        is_draft: bool = False,
    ) -> str:
        raise nobody()

    def read_return(self, params: Mapping[str, str]) -> Return:
        raise nobody()

    def read_login(self, params: Mapping[str, str]) -> LoginRequest:
        raise nobody()

    def exchange(self, code: str, *, redirect_uri: str) -> Tokens:
        raise nobody()

    def refresh(self, refresh_token: str) -> Tokens:
        raise nobody()

    def connect(
        self,
        connection: Connection,
        *,
        ledger: Ledger,
        tokens: TokenSource,
        on_exchange: Callable[[WireExchange], None] | None = None,
    ) -> Marketplace:
        raise nobody()
