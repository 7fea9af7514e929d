"""An export as it is handed out: a zip of its tables, written while it is sent."""

import zipfile
from collections.abc import Iterator
from itertools import groupby

from core.files.models import ExportPart, MerchantExport
from integration_manager.portal.order_list.table_files import CHUNK, Outlet


def stream(export: MerchantExport) -> Iterator[bytes]:
    """Yield the file, one part of the export in memory at a time."""
    outlet = Outlet()
    parts = ExportPart.objects.filter(export=export).order_by("number").iterator(chunk_size=1)
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, of_table in groupby(parts, key=lambda part: part.table):
            with archive.open(f"{table}.csv", "w", force_zip64=True) as file:
                for part in of_table:
                    file.write(str(part.unseal().get("text", "")).encode())
                    if outlet.held > CHUNK:
                        yield outlet.take()
    yield outlet.take()
