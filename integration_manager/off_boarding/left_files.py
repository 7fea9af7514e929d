"""Files of a merchant who left, in folders on this server: they go with what they were about."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from carts.models import Cart
from core.accounts.models import Merchant
from core.files import folder_records
from shipping.models import Warehouse


def remove_of_carts(carts: Iterable[Cart]) -> None:
    for cart in carts:
        _remove(*folder_records.parts_of(cart))


def remove_stock(merchant: Merchant) -> None:
    for warehouse in Warehouse.objects.filter(organization=merchant.organization_id).order_by("pk"):
        _remove(*folder_records.parts_of(warehouse), "stock", str(merchant.pk))


def _remove(*parts: str) -> None:
    """Remove a folder below the operator's with all that is in it. A link is not followed. Safe to do twice."""
    if settings.FILES_DIR and parts:
        path = Path(settings.FILES_DIR).joinpath(*parts)
        if path.is_dir() and path.resolve() == Path(settings.FILES_DIR).resolve().joinpath(*parts):
            shutil.rmtree(path)
