"""Files that came in or go out, and the rows of them that could not be taken.

What a file is about, a cart or a warehouse, is named by kind and number, as in the history: the ground knows neither.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from core.accounts.models import Merchant, OwedQuerySet, Owned, OwnedByMerchant, OwnedQuerySet, User
from core.activity.event_log import Subject
from core.common import vault
from core.common.errands import OWED, Errand, indexes
from core.common.names import NameField
from core.common.sealed_field import SealedField, bound_to


class FileKind(models.TextChoices):
    """What is in a file."""

    ORDERS = "orders", "Orders"
    TRACKING = "tracking", "Tracking"
    SHIPMENTS = "shipments", "Shipments"
    STOCK = "stock", "Stock"

    @property
    def comes_again(self) -> bool:
        """Whether the same content is news once something else came in between: levels go up and down."""
        return self in COMING_AGAIN


COMING_AGAIN = (FileKind.STOCK,)


class CameBy(models.TextChoices):
    """How a file came or goes."""

    PAGE = "page", "On its page"
    FOLDER = "folder", "Folder"  # one of ours, or on somebody's server: by itself


class PlaceKind(models.TextChoices):
    """Where a folder is."""

    LOCAL = "local", "Folder on this server"
    SFTP = "sftp", "SFTP"


class OfSubjectQuerySet(OwnedQuerySet[Any]):
    def of(self, subject: Subject, kind: str = "") -> "OfSubjectQuerySet":
        found = self.filter(subject_kind=type(subject).__name__.lower(), subject_id=subject.pk)
        return found.filter(kind=kind) if kind else found

    def of_row(self, row: "OfSubject") -> "OfSubjectQuerySet":
        """Return those about the same cart or warehouse as another row."""
        return self.filter(subject_kind=row.subject_kind, subject_id=row.subject_id)


class OfSubject(Owned):
    """A row about a cart or a warehouse. Where it is one merchant's, that merchant is named."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()

    objects: ClassVar = OfSubjectQuerySet.as_manager()

    class Meta:
        abstract = True


class OfKind(OfSubject):
    """One that is about files of a kind alone."""

    kind = models.CharField(max_length=10, choices=FileKind)

    class Meta:
        abstract = True


class Sealing(models.Model):
    """Content that only the vault opens: files of orders hold names and addresses."""

    sealed = SealedField(null=True, bound_to="{row._meta.model_name}:{row.organization_id}:{row.pk}")  # None: erased

    class Meta:
        abstract = True

    def seal(self, content: dict[str, Any]) -> None:
        """Keep the content in the row, which is stored already and is saved by the caller."""
        self.sealed = _ring().seal_json(content, bound_to=bound_to(self, "sealed"))

    def unseal(self) -> dict[str, Any]:
        """Return the content, nothing once it was erased. Raises Unopenable."""
        return {} if self.sealed is None else _ring().open_json(self.sealed, bound_to=bound_to(self, "sealed"))


class KeptFile(Sealing, OfKind):
    """A file. The row stays for good, so that the same file does nothing when it comes again; its content does not."""

    name = NameField(max_length=200)
    digest = models.CharField(max_length=64)  # of its text
    size = models.PositiveIntegerField()  # characters
    is_ours = models.BooleanField(default=False)  # we wrote it
    came_by = models.CharField(max_length=6, choices=CameBy, default=CameBy.PAGE)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)  # one that came in was taken; one of ours is where it belongs
    # One of ours: it was about to be seen where it belongs, and no answer said that it is not.
    shown_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    counts = models.JSONField(default=dict)  # what became of it, in numbers, and orders by their numbers

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "kind", "digest"],
                # The same levels may come again after others, and are news then.
                condition=models.Q(is_ours=False) & ~models.Q(kind="stock"),  # COMING_AGAIN
                name="the_same_file_once",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "name"],
                condition=models.Q(is_ours=True),
                name="one_file_per_name",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="files_of_a_subject"),
            models.Index(fields=["at"], condition=models.Q(sealed__isnull=False), name="files_by_age"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> tuple[str, str]:
        """Return where it is, in a word, and its tone."""
        if self.done_at is not None:
            return ("Taken", "good") if not self.counts.get("apart") else ("Taken in part", "warn")
        return ("Can't be taken", "bad") if self.problem else ("Waits for its columns", "warn")

    @property
    def whereabouts(self) -> str:
        """Return what is to be known of one of ours that goes by a folder; "" where it simply is there."""
        if self.came_by != CameBy.FOLDER:
            return ""
        if self.done_at is None:
            return "Not in its folder yet"
        if self.counts.get("withdrawn"):
            return "Not put there: what it holds comes in another file"
        return "Put there, and gone before the server answered" if self.counts.get("gone") else ""


class KeptRows(Sealing, OfKind):
    """Rows of a file that could not be taken, one order's or one row's, until they are sent again or set aside."""

    file = models.ForeignKey(KeptFile, models.CASCADE, related_name="kept_rows")
    key = NameField(max_length=100, blank=True)  # the order's number, where there is one
    first_row = models.PositiveIntegerField()  # as the file counts, from 1
    row_count = models.PositiveIntegerField()
    why = models.CharField(max_length=500)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # who set them aside

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "first_row"], name="kept_rows_once")]
        indexes = [
            models.Index(
                fields=["subject_kind", "subject_id", "kind", "key"],
                condition=models.Q(settled_at__isnull=True),
                name="rows_to_put_right",
            ),
            models.Index(fields=["at"], name="kept_rows_by_age"),
        ]

    def __str__(self) -> str:
        return f"rows from {self.first_row} of file {self.file_id}"


class FileColumns(OfKind):
    """Which column of a client's files says what, as a person put it right. Files with the same heads go by it."""

    heads = models.JSONField(default=list)  # as they stand there; empty where the files have none
    columns = models.JSONField(default=dict)  # place by what it says
    facts = models.JSONField(default=dict)  # what else was said: how dates are written, the country where none stands
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "kind"], name="columns_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"columns of {self.subject_kind} {self.subject_id}"


class FileFolder(OfSubject):
    """A folder whose files are picked up, and into which ours are put, for a cart or a warehouse."""

    place = models.CharField(max_length=5, choices=PlaceKind, default=PlaceKind.LOCAL)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    asking_until = models.DateTimeField(null=True)  # by a worker that is at it
    looked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)  # rounds in a row that could not be ended
    seen = models.JSONField(default=dict)  # files that may still be written: path, and size, time and since when

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="one_folder_each")]

    def __str__(self) -> str:
        return f"folder of {self.subject_kind} {self.subject_id}"


class SftpServer(Sealing, OfSubject):
    """Somebody's SFTP server and the folders there, for a cart or a warehouse. Its password or key is sealed."""

    host = NameField(max_length=253)
    port = models.PositiveIntegerField(default=22)
    user = NameField(max_length=100)
    folder_in = models.CharField(max_length=200)
    folder_out = models.CharField(max_length=200)
    folder_done = models.CharField(max_length=200)
    folder_stock = models.CharField(max_length=200, blank=True)  # with a folder in it for each merchant's number
    host_key = models.TextField(blank=True)  # the one a person accepted: "ssh-ed25519 AAAA…"
    offered_key = models.TextField(blank=True)  # the one it showed at the last test
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)
    checks = models.JSONField(default=list)  # what the last test found: what, and the problem or ""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="one_sftp_server_each")]

    def __str__(self) -> str:
        return f"SFTP server of {self.subject_kind} {self.subject_id}"


class MerchantExport(Errand, OwnedByMerchant):
    """Everything of a merchant as tables, owed to whoever asked. It goes on where a worker stopped."""

    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    of_house = models.BooleanField()  # asked for by the 3PL: it tells what no seller reads
    made_at = models.DateTimeField()
    table_count = models.PositiveSmallIntegerField()
    tables_done = models.PositiveSmallIntegerField(default=0)
    after = models.BigIntegerField(default=0)  # the last row of the table it is at
    row_count = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "of_house"], condition=models.Q(state__in=OWED), name="one_export_at_a_time"
            )
        ]
        indexes = [*indexes("exports_owed", "organization"), models.Index(fields=["made_at"], name="exports_by_age")]

    def __str__(self) -> str:
        return f"export {self.pk} of merchant {self.merchant_id}"


class ExportPart(Sealing, OwnedByMerchant):
    """Some rows of one table of an export, as they stand in its file."""

    export = models.ForeignKey(MerchantExport, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()  # from 1, over all tables
    table = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="one_export_part_per_number")]

    def __str__(self) -> str:
        return f"part {self.number} of export {self.export_id}"


def _ring() -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS))
