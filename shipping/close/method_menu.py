"""The ship methods an order can go by, as its row in Ship and Close offers them: those of its warehouse."""

from collections.abc import Iterable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from shipping.models import ShipMethod

BY_METHOD = ("carrier", "scac", "service")  # what a ship method fills


class MethodMenu:
    """Ship methods to choose from. Made once for all orders that offer the same: a thousand rows show the same menu."""

    def __init__(self, methods: Iterable[ShipMethod], *, empty: str) -> None:
        """``empty`` is what is offered in place of a ship method."""
        self.by_id = {str(method.pk): method for method in methods}
        self.choices = [("", empty), *((pk, method.label) for pk, method in self.by_id.items())]
        self._shown: dict[str, SafeString] = {}

    def options(self, chosen: str) -> SafeString:
        """Return the options as a page shows them; each says what it fills in."""
        if chosen not in self._shown:
            self._shown[chosen] = format_html_join(
                "", "{}", ((self._option(pk, label, pk == chosen),) for pk, label in self.choices)
            )
        return self._shown[chosen]

    def _option(self, pk: str, label: str, chosen: bool) -> SafeString:
        mark = SafeString(" selected") if chosen else ""
        if not pk:
            return format_html('<option value=""{}>{}</option>', mark, label)
        fills = filled_by(self.by_id[pk])
        data = [fills[name] for name in BY_METHOD]
        option = '<option value="{}" data-carrier="{}" data-scac="{}" data-service="{}"{}>{}</option>'
        return format_html(option, pk, *data, mark, _worded(label, fills))


def _worded(label: str, fills: Mapping[str, str]) -> str:
    """Return what the menu says of a ship method: carrier and service only where its name does not say them already."""
    carrier, service = fills["carrier"], fills["service"]
    said = label.casefold()
    if said in (service.casefold(), f"{carrier} {service}".casefold()):
        return label
    words = " · ".join(filter(None, (carrier, service)))
    return f"{label} ({words})" if words else label


def filled_by(method: ShipMethod) -> Mapping[str, str]:
    """Return what a ship method fills in."""
    return {name: getattr(method, name) for name in BY_METHOD}
