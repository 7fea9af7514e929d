"""What has to be put right or answered before anything ships: each sentence once, with links to its fields."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms

from shipping.close.charge_forms import ChargeForm
from shipping.close.forms import PackageForm


@dataclass(frozen=True, slots=True)
class FieldLink:
    """A field of the dialog: whose it is, and its id on the page."""

    label: str
    anchor: str


Said = Sequence[tuple[str, Sequence[FieldLink]]]


def faults(parts: Iterable[forms.Form]) -> Said:
    """Return what is wrong in these forms, in their order."""
    return by_message(
        (str(message), link_to(form, name))
        for form in parts
        for name, messages in form.errors.items()
        for message in messages
    )


def by_message(said: Iterable[tuple[str, FieldLink]]) -> Said:
    """Return each message once, with its fields."""
    found: dict[str, dict[FieldLink, None]] = {}
    for message, link in said:
        found.setdefault(message, {})[link] = None
    return [(message, list(links)) for message, links in found.items()]


def link_to(form: forms.Form, name: str) -> FieldLink:
    """Return a form's field; of what is wrong with all of the form, its first one."""
    name = name if name in form.fields else next(iter(form.fields))
    return FieldLink(_owner(form, name), form[name].id_for_label)


def _owner(form: forms.Form, name: str) -> str:
    if isinstance(form, PackageForm):
        several = form.number > 1 or not form.last
        return f"{form.order.number}, package {form.number}" if several else form.order.number
    if isinstance(form, ChargeForm):
        return f"Charge {form.number}"
    return str(form.fields[name].label or name)
