"""The part of the port that tells many things at once: uploaded, submitted, worked off there, and reported on.

A submission is asynchronous. Its end is not its success: the report says what became of each message.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from carts.marketplaces.values import Dispatch


class Batch(StrEnum):
    """What a submission is about."""

    CONFIRMATIONS = "confirmations"
    CANCELLATIONS = "cancellations"
    STOCK = "stock"


class Stage(StrEnum):
    """How far a submission is."""

    WORKING = "working"
    ENDED = "ended"  # worked off: the report says what became of it
    FAILED = "failed"  # given up there: some, all or none of it may have been done


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission as the marketplace knows it."""

    reference: str
    stage: Stage
    made_at: datetime
    report: str = ""  # the report's own reference, "" while there is none


@dataclass(frozen=True, slots=True)
class SubmissionReport:
    """What became of a submission, message by message: what is not refused was done."""

    processed: int
    refused: Mapping[int, str] = field(default_factory=dict)  # message: the marketplace's sentence
    fatal: str = ""  # why none of it was looked at
    refusals: int = 0  # how many it says were refused, whether or not it names them


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An order to be canceled by the seller, with one of the marketplace's reasons."""

    order_number: str
    reason: str
    lines: Sequence[str]  # the marketplace's own ids


@dataclass(frozen=True, slots=True)
class StockNumber:
    """A quantity to be told of a SKU."""

    sku: str
    quantity: int
    product_type: str = ""


class Batching(ABC):
    """What a marketplace can do that takes submissions. Numbers of messages are ours, and stay the same in a retry."""

    takes_batches: ClassVar[bool] = False
    most_stock_numbers: ClassVar[int] = 0  # in one submission; 0 where quantities are told singly alone
    cancel_reasons: ClassVar[Mapping[str, str]] = {}  # the marketplace's word: what people read
    buyer_asked: ClassVar[str] = ""  # the reason to give when the buyer asked for it
    confirm_operation: ClassVar[str] = ""  # whose quota a confirmation told singly is taken from
    list_operation: ClassVar[str] = ""  # whose quota a page of orders is taken from
    read_operation: ClassVar[str] = ""  # and one order read by itself

    @staticmethod
    def settled_there(refusal: str) -> bool:
        """Whether a refusal may come of what became of the order there: shipped, canceled, or fewer units left.

        Then the order itself is to be looked at before a person is asked.
        """
        return False

    @abstractmethod
    def upload_confirmations(self, messages: Mapping[int, Dispatch]) -> str:
        """Upload, and return the document to submit. Nothing is told by it yet."""

    @abstractmethod
    def upload_withdrawals(self, messages: Mapping[int, Withdrawal]) -> str:
        """The same for orders to be canceled."""

    def upload_stock(self, messages: Mapping[int, StockNumber]) -> str:
        """The same for quantities, each of a SKU of its own."""
        raise NotImplementedError

    @abstractmethod
    def submit(self, batch: Batch, document: str, *, place_id: str) -> str:
        """Submit what was uploaded and return the reference. When the answer is lost, look in ``submissions``."""

    @abstractmethod
    def submissions(self, batch: Batch, *, place_id: str, since: datetime) -> Sequence[Submission]:
        """Return what was submitted since then, the oldest first."""

    @abstractmethod
    def submission(self, reference: str) -> Submission: ...

    @abstractmethod
    def report(self, submission: Submission) -> SubmissionReport:
        """Read the report of a submission that ended or failed."""
