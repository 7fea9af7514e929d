"""Keeping files: one that came in is known by what stands in it, one of ours by its name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import ngettext

from core.accounts.models import User
from core.common import vault
from core.common.one_line import fold
from core.files.models import CameBy, FileFolder, FileKind, KeptFile, KeptRows

LONGEST_WHY = 500
ERASED = "What stood in this file was erased, 30 days after it came. Send it again: it is taken as new."
TOLD_OF = timedelta(days=90)  # a file whose content was erased before it was taken


class FileSubject(Protocol):
    """What a file is about: a cart, a warehouse."""

    pk: Any
    name: str

    @property
    def organization_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class KeptApart:
    """Rows that could not be taken: of which order, where they stand, why, and what they say."""

    key: str
    numbers: Sequence[int]
    why: str
    cells: Sequence[Sequence[str]]


def whose(subject: FileSubject) -> dict[str, Any]:
    return {
        "organization_id": subject.organization_id,
        "merchant_id": getattr(subject, "merchant_id", None),
        "subject_kind": type(subject).__name__.lower(),
        "subject_id": subject.pk,
    }


# -- In ----------------------------------------------------------------------------------------------------------------
def take_in(
    subject: FileSubject,
    kind: FileKind,
    name: str,
    text: str,
    *,
    now: datetime,
    by: User | None = None,
    came_by: CameBy = CameBy.PAGE,
    merchant_id: int | None = None,
    anew_after: datetime | None = None,
) -> tuple[KeptFile, bool]:
    """Keep what came in. Returns the file, and False where it is one that came before.

    Stock is news whenever other levels came in between, so it is compared with the newest alone; and when the newest
    was taken before ``anew_after``: the warehouse counted once more, and found the same.
    """
    digest = vault.digest(text)
    owner = whose(subject) | ({"merchant_id": merchant_id} if merchant_id else {})
    with transaction.atomic():
        known = KeptFile.objects.of(subject, kind).filter(is_ours=False)
        if merchant_id:
            known = known.filter(merchant_id=merchant_id)
        newest = known.order_by("-at", "-pk").first()
        if newest is not None and newest.digest == digest and not _is_counted_anew(newest, kind, anew_after):
            return newest, _came_again(newest, text, now)
        fields = {
            "name": fold(name)[:200] or "file",
            "size": len(text),
            "came_by": came_by,
            "by": by,
            "at": now,
            **owner,
        }
        if kind.comes_again:
            file, is_new = KeptFile.objects.create(kind=kind, digest=digest, **fields), True
        else:
            key = {name: fields.pop(name) for name in ("subject_kind", "subject_id")}
            file, is_new = KeptFile.objects.get_or_create(
                kind=kind, digest=digest, is_ours=False, **key, defaults=fields
            )
        if not is_new:
            return file, _came_again(file, text, now)
        file.seal({"text": text})
        file.save(update_fields=["sealed"])
    return file, True


def _came_again(file: KeptFile, text: str, now: datetime) -> bool:
    """What waited for its columns until its content was erased is as new when it comes again."""
    if file.done_at is not None or file.sealed is not None:
        return False
    file.at = now
    file.seal({"text": text})
    file.save(update_fields=["at", "sealed"])
    return True


def _is_counted_anew(newest: KeptFile, kind: FileKind, anew_after: datetime | None) -> bool:
    was_before = anew_after is not None and newest.at < anew_after
    return kind.comes_again and newest.done_at is not None and was_before


def text_of(file: KeptFile) -> str:
    """Return what stands in a file, "" once it was erased. Raises Unopenable."""
    return str(file.unseal().get("text", ""))


def finish(file: KeptFile, counts: dict[str, Any], *, now: datetime) -> None:
    """It was taken: said once, whoever was at it, too."""
    if KeptFile.objects.filter(pk=file.pk, done_at=None).update(done_at=now, counts=counts, problem=""):
        file.done_at, file.counts, file.problem = now, counts, ""


def note_problem(file: KeptFile, problem: str) -> None:
    """Say why it could not be taken yet."""
    KeptFile.objects.filter(pk=file.pk, done_at=None).update(problem=problem[:LONGEST_WHY])
    file.problem = problem[:LONGEST_WHY]


def columns_unsaid(subject: FileSubject, kind: str = "", *, now: datetime) -> str:
    """Return how many files wait for their columns, as sentences; "" where none does."""
    files = KeptFile.objects.of(subject, kind).filter(is_ours=False, done_at=None)
    waiting = files.filter(sealed__isnull=False).count()
    erased = files.filter(sealed=None, at__gt=now - TOLD_OF).count()
    said = []
    if waiting:
        unknown = ngettext(
            "{count} file waits for you to say what its columns are.",
            "{count} files wait for you to say what their columns are.",
            waiting,
        )
        said.append(unknown.format(count=waiting))
    if erased:
        gone = ngettext(
            "{count} file waited 30 days for its columns and was erased: have it sent again.",
            "{count} files waited 30 days for their columns and were erased: have them sent again.",
            erased,
        )
        said.append(gone.format(count=erased))
    return " ".join(said)


# -- Rows that wait ----------------------------------------------------------------------------------------------------
def keep_rows(file: KeptFile, heads: Sequence[str], apart: Collection[KeptApart], *, now: datetime) -> None:
    """Keep rows that could not be taken, with the heads above them. Kept once, however often the file is read."""
    for each in apart:
        kept, _ = KeptRows.objects.update_or_create(
            file=file,
            first_row=each.numbers[0],
            defaults={
                "organization_id": file.organization_id,
                "merchant_id": file.merchant_id,
                "subject_kind": file.subject_kind,
                "subject_id": file.subject_id,
                "kind": file.kind,
                "key": each.key[:100],
                "row_count": len(each.numbers),
                "why": each.why[:LONGEST_WHY],
                "at": now,
            },
        )
        kept.seal({"heads": list(heads), "numbers": list(each.numbers), "cells": [list(row) for row in each.cells]})
        kept.save(update_fields=["sealed"])


def settle(subject: FileSubject, kind: FileKind, keys: Collection[str], *, now: datetime) -> int:
    """What these rows are about came in after all. Returns how many had waited."""
    waiting = KeptRows.objects.of(subject, kind).filter(settled_at=None, key__in=[key[:100] for key in keys if key])
    return waiting.update(settled_at=now)


def set_aside(rows: KeptRows, *, by: User, now: datetime) -> bool:
    """A person says that nothing is to come of them. False where that was settled before."""
    return bool(KeptRows.objects.filter(pk=rows.pk, settled_at=None).update(settled_at=now, settled_by=by))


# -- Out ---------------------------------------------------------------------------------------------------------------
def write_out(
    subject: FileSubject,
    kind: FileKind,
    text: str,
    *,
    now: datetime,
    by: User | None = None,
    came_by: CameBy = CameBy.PAGE,
    counts: dict[str, Any],
) -> KeptFile:
    """Keep a file of ours under a name that no other of the subject has. Within the transaction of what it says."""
    file = KeptFile.objects.create(
        kind=kind,
        name=f"{now:%Y%m%d-%H%M%S%f}",
        digest=vault.digest(text),
        size=len(text),
        is_ours=True,
        came_by=came_by,
        by=by,
        at=now,
        counts=counts,
        **whose(subject),
    )
    called = slugify(subject.name)[:60] or file.subject_kind
    file.name = f"{kind}-{called}-{now:%Y%m%d-%H%M%S}-{file.pk}.csv"
    file.seal({"text": text})
    file.save(update_fields=["name", "sealed"])
    return file


def note_shown(file: KeptFile, at: datetime | None) -> None:
    """Note that one of ours is about to be seen where it belongs; None: that it is surely not there."""
    KeptFile.objects.filter(pk=file.pk).update(shown_at=at)
    file.shown_at = at


def withdraw(file: KeptFile, *, now: datetime) -> None:
    """One of ours is put nowhere: what it says comes in another one."""
    finish(file, {**file.counts, "withdrawn": True}, now=now)


def waiting_out(subject: FileSubject, kind: FileKind) -> Any:
    """Return ours that are to be put into a folder and are not there yet."""
    return KeptFile.objects.of(subject, kind).filter(is_ours=True, done_at=None, came_by=CameBy.FOLDER)


def is_to_be_put(subject: FileSubject) -> bool:
    """Whether anything is put into a folder for it: where that was stopped, what waits is put nowhere."""
    return FileFolder.objects.of(subject).exists()
