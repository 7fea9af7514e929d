"""The port to marketplaces: its verbs. Its words are in values.py. No Django here, nor in any adapter.

An adapter turns every answer into success or one of the three errors of ``core.common.remote``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import ClassVar

from carts.marketplaces.account_figures import AccountReporting
from carts.marketplaces.batches import Batching
from carts.marketplaces.exchange import WireExchange
from carts.marketplaces.values import (
    MOST_AHEAD,
    Blame,
    Check,
    Connection,
    Dispatch,
    Ledger,
    LoginRequest,
    MarketplaceOrder,
    NeededRole,
    Offer,
    OfferPage,
    OrderDocument,
    OrderPage,
    Participation,
    Place,
    Return,
    SentPackage,
    Tokens,
    TokenSource,
)
from core.common.dated_lists import DatedList
from core.common.remote import Rejected

MINUTE = timedelta(minutes=1)


class Marketplace(Batching, AccountReporting):
    """A kind of marketplace, speaking for one seller in one region."""

    kind: ClassVar[str]
    label: ClassVar[str]
    pushed: ClassVar[bool] = False  # its orders are pushed to us (pushed.py): it is neither asked nor told
    service_names: ClassVar[Sequence[str]]  # the ship methods every cart starts with
    service_days: ClassVar[Mapping[str, int]] = {}  # within how many days those that promise something deliver
    rates: ClassVar[Mapping[str, tuple[float, int]]]  # operation: requests a second, burst
    carrier_codes: ClassVar[Sequence[str]]  # carriers it knows by a code of its own
    programs: ClassVar[Mapping[str, str]] = {}  # its words for them, and the names people know
    held_programs: ClassVar[Mapping[str, str]] = {}  # those of which orders must not be shipped like any other: why
    preorder: ClassVar[str] = ""  # the program whose orders are not to be shipped before their date
    other_carrier: ClassVar[str]  # the code of all others: the buyer sees the name told with it
    lists: ClassVar[Sequence[DatedList]] = ()  # what it goes by and others may change

    @property
    def clock_skew(self) -> timedelta | None:
        """The marketplace's clock minus ours, as last seen. None where it does not say."""
        return None

    @property
    def ahead(self) -> timedelta:
        """How far our clock is ahead, in whole minutes: what is asked for must not end in the marketplace's future.

        Whole, so that all pages of a window can be asked for up to the same moment.
        """
        ahead = -(self.clock_skew or timedelta(0))
        return timedelta(0) if ahead < MOST_AHEAD / 2 else -(-ahead // MINUTE) * MINUTE

    # -- reading orders
    @abstractmethod
    def order_page(self, *, since: datetime, until: datetime, place_ids: Sequence[str], token: str = "") -> OrderPage:
        """Return one page of the orders changed in the window. ``token`` continues an earlier page of that window."""

    @abstractmethod
    def unshipped_page(self, *, since: datetime, until: datetime, place_ids: Sequence[str], token: str) -> OrderPage:
        """Return one page of the orders placed in the window that the marketplace calls unshipped, or partly so."""

    @abstractmethod
    def order(self, number: str) -> OrderDocument: ...

    @staticmethod
    @abstractmethod
    def read(document: OrderDocument) -> MarketplaceOrder:
        """Translate. Pure. Raises Strange."""

    @staticmethod
    def order_page_url(place: Place, number: str) -> str:
        """Return where its seller sees an order there in a browser; "" where no such page is known. Pure."""
        return ""

    # -- telling
    @abstractmethod
    def confirm(self, dispatch: Dispatch) -> None:
        """Tell the marketplace that a package is on its way. Returns only when it said yes."""

    @staticmethod
    @abstractmethod
    def compare(dispatch: Dispatch, sent: SentPackage) -> Sequence[str]:
        """Return in words what of a package the marketplace shows otherwise than it was told. Pure."""

    @staticmethod
    def blame(refusal: str) -> Blame:
        """Return what of a package a refusal is about, by its sentence as it was kept. Pure.

        What is to blame is refused again however often the same is told.
        """
        return Blame.UNKNOWN

    @staticmethod
    def untracked_doubt(service: str, *, is_prime: bool) -> str:
        """Return why a package of such an order should not go without a tracking number, as a sentence; else ""."""
        return ""

    @staticmethod
    @abstractmethod
    def guess_carrier(name: str) -> str:
        """Return the code of a carrier by any of its names, else ``other_carrier``. Pure."""

    @staticmethod
    @abstractmethod
    def spell_carrier(code: str) -> str:
        """Return a code somebody wrote as the marketplace spells it; one we do not know stays as it is. Pure."""

    @abstractmethod
    def set_stock(self, *, sku: str, place_id: str, quantity: int, product_type: str = "") -> str:
        """Tell the quantity that can be sold. Returns the marketplace's reference of the submission."""

    # -- looking
    @abstractmethod
    def offers(self, *, place_id: str) -> Iterator[Offer]: ...

    def offer_page(self, *, place_id: str, cursor: str = "") -> OfferPage:
        """Return some of the place's offers. ``cursor`` continues behind an earlier page, also a day later."""
        return OfferPage(tuple(self.offers(place_id=place_id)), "")

    def offers_of(self, skus: Sequence[str], *, place_id: str) -> Mapping[str, Offer]:
        """Return the offers of these SKUs as they are now; one the place does not list is not among them."""
        found = {}
        for sku in skus:
            with suppress(Rejected):
                found[sku] = self.offer(sku=sku, place_id=place_id)
        return found

    @abstractmethod
    def offer(self, *, sku: str, place_id: str) -> Offer: ...

    @abstractmethod
    def stores(self) -> Sequence[Participation]:
        """Return where the seller takes part. Raises Rejected where that may not be asked, or not in this region."""

    @abstractmethod
    def prove(self, *, place_id: str) -> None:
        """Return only when the tokens are those of the seller we speak for. Raises Rejected.

        Whoever brings an authorization also says whose it is; this asks the one who knows.
        """

    @abstractmethod
    def check(self, *, place_id: str, sparing: bool = False) -> Sequence[Check]:
        """Look at everything a working cart needs, for real, and change nothing.

        A failure is an outcome, except that of the seller's authorization: raises Disconnected. ``sparing`` leaves
        scarce requests to whoever works for the cart; what was not looked at because of that is ``away``.
        """

    @abstractmethod
    def close(self) -> None: ...


class CodeSpent(Rejected):
    """The code of a consent was used already, or is too old: the seller has to consent once more."""


class Application(ABC):
    """Our registration with a kind of marketplace: where consent is asked for, and what makes a Marketplace."""

    kind: ClassVar[str]
    label: ClassVar[str]
    marketplace: ClassVar[type[Marketplace]]
    places: ClassVar[Mapping[str, Place]]
    roles: ClassVar[Sequence[NeededRole]] = ()  # to ask the marketplace for, once
    explained: ClassVar[str] = ""  # what a kind is that has a single place, for whoever chooses it
    takes_calls: ClassVar[bool] = False  # its client calls us, with a key of the cart
    takes_files: ClassVar[bool] = False  # its client sends its orders as files, and gets its tracking as files

    @property
    def secret_ends_on(self) -> date | None:
        """The day on which the marketplace stops taking our secret. None where it has no end, or nobody told it."""
        return None

    @abstractmethod
    def consent_url(self, place_id: str, *, state: str, redirect_uri: str) -> str:
        """Where to send the browser of the seller."""

    @abstractmethod
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
        """Where to send a browser that the marketplace sent us to log in.

        Where ``callback_uri`` lacks its host, it is the one where sellers of ``place_id`` consent. Raises Rejected when
        it is not https on a host of the marketplace: it would be an open redirect.
        """

    @abstractmethod
    def read_return(self, params: Mapping[str, str]) -> Return:
        """Read the query the consent page came back with."""

    @abstractmethod
    def read_login(self, params: Mapping[str, str]) -> LoginRequest:
        """Read the query of a browser sent to our log-in page."""

    @abstractmethod
    def exchange(self, code: str, *, redirect_uri: str) -> Tokens:
        """Turn the code of a consent into tokens. Raises CodeSpent, Rejected for anything else, or Unavailable."""

    @abstractmethod
    def refresh(self, refresh_token: str) -> Tokens:
        """Raises Disconnected when, and only when, the seller's grant has ended.

        Unaccepted when our own credentials are refused; Rejected or Unavailable otherwise.
        """

    @abstractmethod
    def connect(
        self,
        connection: Connection,
        *,
        ledger: Ledger,
        tokens: TokenSource,
        on_exchange: Callable[[WireExchange], None] | None = None,
    ) -> Marketplace:
        """Make what speaks for one seller. ``on_exchange`` is told of every request, scrubbed. Not for two threads."""
