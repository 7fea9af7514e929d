"""One look into the folders of a cart or a warehouse, wherever they are: files picked up and taken, ours put there.

A file that was picked up moves to *taken*, one that can't be read to *refused*: none is deleted. If a worker dies in
between, the file is found again and known. A file of ours is put before another is written; no name is used twice.
What is wrong with one folder holds up no other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from core.accounts.models import Merchant
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock
from core.common.sheets import rows as sheets
from core.common.sheets.rows import SheetSense
from core.common.sheets.sheet_refusal import Unreadable
from core.common.sheets.sheet_text import text_of
from core.common.vault import Unopenable
from core.files import kept_files, places
from core.files.file_place import REFUSED, TAKEN, FilePlace, FilesIn, FilesOut, FolderTrouble, PlaceBusy
from core.files.models import CameBy, FileFolder, FileKind, KeptFile
from core.upkeep import installation
from inventory.stock_files import stock_in, stock_layout
from orders.order_files import file_intake, order_layout
from orders.order_files.order_heads import WORDS
from orders.pushed.intake import NotTaken
from shipping.alerts import FOLDER_TROUBLE
from shipping.models import Route, Warehouse
from shipping.tracking_files import tracking_out
from shipping.tracking_import.sheet import table
from shipping.warehouse_files import orders_out, shipment_layout, shipments_in

TOLD_AT = 3  # rounds in a row that could not be ended, where that may be over by itself
LONGEST_REST = timedelta(hours=1)
HELD = timedelta(minutes=5)  # by one worker: more than a task may take
MOST_FAILURES = 20
GOING_ON = timedelta(minutes=2)  # in one run; the next one goes on
IN_ANOTHER = "What it held and still waits comes in the next file."
Subject = Cart | Warehouse
Take = Callable[[KeptFile, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Inbox:
    """A folder that files come in by, and what becomes of one."""

    kind: FileKind
    sense: SheetSense
    take: Take
    merchant_id: int | None = None


def due(now: datetime) -> list[int]:
    """Return the folders that are to be looked into."""
    mine = FileFolder.objects.filter(due_at__lte=now, place__in=places.there())
    free = mine.filter(Q(asking_until=None) | Q(asking_until__lte=now))
    return list(free.order_by("due_at").values_list("pk", flat=True)[:200])


def exchange(folder: FileFolder, *, now: datetime) -> None:
    """Look into it, unless another worker does."""
    mine, until = FileFolder.objects.filter(pk=folder.pk), now + HELD
    if not mine.filter(Q(asking_until=None) | Q(asking_until__lte=now)).update(asking_until=until):
        return
    subject, place = subject_of(folder), places.of(folder)
    trouble: FolderTrouble | None = None
    refused: list[str] = []
    try:
        if subject is not None:
            refused = list(_exchange(subject, folder, now))
    except FolderTrouble as error:
        trouble = error
    except PlaceBusy:
        mine.filter(asking_until=until).update(asking_until=None)  # the next sweep asks again
        return
    except BaseException:
        mine.filter(asking_until=until).update(asking_until=None, due_at=now + place.every)
        raise
    failures = min(folder.failures + 1, MOST_FAILURES) if trouble else 0
    said = str(trouble) if trouble else _lying_there(refused)
    mine.filter(asking_until=until).update(
        asking_until=None,
        due_at=now + _rest(place.every, trouble, failures),
        looked_at=now,
        error=said[:500],
        failures=failures,
    )
    if subject is not None and not (trouble and trouble.is_passing and failures < TOLD_AT):
        _tell(subject, said, now)


def _rest(every: timedelta, trouble: FolderTrouble | None, failures: int) -> timedelta:
    """Return how long to leave a place alone: one that does not answer longer each time."""
    if trouble is None or not (trouble.is_passing or trouble.rest):
        return every
    return max(trouble.rest, min(every * 2**failures, LONGEST_REST))


def subject_of(folder: FileFolder) -> Subject | None:
    """Return the cart or the warehouse; None for one that takes no files any more."""
    if folder.subject_kind == "cart":
        cart = Cart.objects.select_related("merchant", "organization").filter(pk=folder.subject_id).first()
        return cart if cart is not None and APPLICATIONS[cart.kind].takes_files and not cart.is_archived else None
    warehouse: Warehouse | None = Warehouse.objects.in_use().filter(pk=folder.subject_id).first()
    return warehouse if warehouse is not None and warehouse.system.by_files else None


def _exchange(subject: Subject, folder: FileFolder, now: datetime) -> Iterator[str]:
    """Do all that is to do; yield the paths of what lies in a folder because it could not be read."""
    running, troubles = clock.running(now), list[FolderTrouble]()
    with places.of(folder).opened(folder, now) as place:
        for inbox in _inboxes(subject):
            came = place.inbox(inbox.kind, inbox.merchant_id)
            if came is None:
                continue
            try:
                for name in came.names():
                    if running() - now > GOING_ON:
                        break
                    _pick_up(subject, came, name, inbox, running(), anew_after=_put_away_until(folder))
                yield from came.refused()
            except FolderTrouble as trouble:
                if trouble.is_passing or trouble.rest:
                    raise
                troubles.append(trouble)
        _put(subject, place, running())
    if troubles:
        raise troubles[0]


def _put_away_until(folder: FileFolder) -> datetime | None:
    """Return until when whatever was picked up lies there no more: so what is there now was sent since."""
    return folder.looked_at if not folder.failures else None


# -- In ----------------------------------------------------------------------------------------------------------------
def _inboxes(subject: Subject) -> Iterator[Inbox]:
    if isinstance(subject, Cart):
        yield Inbox(FileKind.ORDERS, WORDS.sense, _orders_of(subject))
        return
    yield Inbox(FileKind.SHIPMENTS, table.SENSE, _shipments_of(subject))
    served = Route.objects.filter(warehouse=subject, cart__merchant__leaves_at=None).values("cart__merchant")
    for merchant in Merchant.objects.filter(pk__in=served).order_by("pk"):
        yield Inbox(FileKind.STOCK, stock_layout.WORDS.sense, _stock_of(subject, merchant), merchant.pk)


def _pick_up(
    subject: Subject, place: FilesIn, name: str, inbox: Inbox, now: datetime, *, anew_after: datetime | None
) -> None:
    try:
        text = text_of(place.read(name), inbox.sense)
        if not sheets.read(text, inbox.sense):
            raise Unreadable("There are no rows in it.")
    except Unreadable:
        place.put_away(name, REFUSED)
        return
    file, _ = kept_files.take_in(
        subject,
        inbox.kind,
        name,
        text,
        now=now,
        came_by=CameBy.FOLDER,
        merchant_id=inbox.merchant_id,
        anew_after=anew_after,
    )
    if file.done_at is None:
        try:
            inbox.take(file, text, now)
        except NotTaken as why:  # a cart that is archived or disconnected: it lies there until it takes orders again
            raise FolderTrouble(f"{place.path_of(name)}: {why}") from why
        except Unreadable:
            place.put_away(name, REFUSED)
            return
        except Unopenable as why:
            raise FolderTrouble(f"{place.path_of(name)}: {why}") from why
    place.put_away(name, TAKEN)


def _orders_of(cart: Cart) -> Take:
    def take(file: KeptFile, text: str, now: datetime) -> None:
        layout = order_layout.find(order_layout.read(text), file_intake.columns_of(cart))
        if layout.is_confirmed:
            file_intake.take(cart, file, layout, by=None, now=now)
        else:
            file_intake.tell(cart, now=now)

    return take


def _shipments_of(warehouse: Warehouse) -> Take:
    def take(file: KeptFile, text: str, now: datetime) -> None:
        layout, is_confirmed = shipment_layout.find(warehouse, table.read(text))
        if is_confirmed:
            shipments_in.take(warehouse, file, layout, access=None, now=now)
        else:
            shipments_in.tell(warehouse, now=now)

    return take


def _stock_of(warehouse: Warehouse, merchant: Merchant) -> Take:
    def take(file: KeptFile, text: str, now: datetime) -> None:
        layout = stock_layout.find(warehouse, stock_layout.read(text))
        if layout.is_confirmed:
            stock_in.take(file, warehouse, merchant, layout, by=None, now=now)
        else:
            shipments_in.tell(warehouse, now=now)

    return take


# -- Out ---------------------------------------------------------------------------------------------------------------
def _put(subject: Subject, place: FilePlace, now: datetime) -> None:
    """Put what was written and is not there yet, then what is owed now."""
    if installation.why_paused():
        return  # a restored copy hands nothing over
    kind = FileKind.TRACKING if isinstance(subject, Cart) else FileKind.ORDERS
    folder = place.outbox(kind)
    for file in kept_files.waiting_out(subject, kind).order_by("pk"):
        _put_one(subject, folder, file, now)
    if isinstance(subject, Cart):
        file = tracking_out.write(subject, now=now, came_by=CameBy.FOLDER)
    else:
        file = orders_out.write(subject, now=now, came_by=CameBy.FOLDER)
    if file is not None:
        _put_one(subject, folder, file, now)


def _put_one(subject: Subject, folder: FilesOut, file: KeptFile, now: datetime) -> None:
    try:
        text = kept_files.text_of(file)
    except Unopenable as why:
        raise FolderTrouble(f"{file.name} can't be opened: {why}") from why
    if not text:
        kept_files.withdraw(file, now=now)  # told once; the next round goes on with what comes after it
        raise FolderTrouble(f"{file.name} could not be put there for so long that its content was erased. {IN_ANOTHER}")
    try:
        is_there = folder.put(
            file.name,
            text.encode(),
            show=lambda: kept_files.note_shown(file, clock.now()),
            was_shown=file.shown_at is not None,
        )
    except FolderTrouble as why:
        if file.shown_at is not None and not why.is_passing:
            kept_files.note_shown(file, None)  # it answered: the file is not there
        raise
    if not is_there:
        file.counts = {**file.counts, "gone": True}
    if isinstance(subject, Warehouse):
        orders_out.hand_over(file, subject, now=now)
    else:
        tracking_out.hand_over(file, now=now)


# -- Telling -----------------------------------------------------------------------------------------------------------
def _lying_there(paths: list[str]) -> str:
    refused = list(dict.fromkeys(paths))  # several folders may have one place for what can't be read
    if not refused:
        return ""
    more = f" and {len(refused) - 3} more" if len(refused) > 3 else ""
    return f"Can't be read: {', '.join(refused[:3])}{more}. Take them away, or send them as CSV or .xlsx again."


def _tell(subject: Subject, trouble: str, now: datetime) -> None:
    if not trouble:
        close_alerts(subject, FOLDER_TROUBLE, now=now)
        return
    raise_alert(FOLDER_TROUBLE, subject, f"{subject}: {trouble}", now=now, path=subject.get_absolute_url())
