"""The pages on which an order is edited before it is shipped: who gets it, and by which ship method it goes.

An address is shown, and the look recorded, only when somebody asks for it: the page asks first, unless there is none.
Who saves over what somebody else saved meanwhile is told, and sees both.
"""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from carts.marketplaces import APPLICATIONS
from carts.marketplaces.values import Address
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.vault import Unopenable
from core.ui.request_values import read_number
from integration_manager.portal.order_page import recipient_panel
from integration_manager.portal.order_page.order_access import find_order
from orders.actions import address_edit
from orders.actions.address_edit import EditedMeanwhile, NotEditable
from orders.actions.forms import AddressForm
from orders.countries import NAMES
from orders.models import Order
from shipping.delivery import amendment
from shipping.methods.service_speed import is_slower
from shipping.models import Release, ShipMethod, release_of
from shipping.routing import warehouse_of

VERBS = ("GET", "HEAD", "POST")
ANYWAY = "anyway"  # saved though it was said to be slow


# -- The address -----------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_http_methods(VERBS)
def edit_address(request: HttpRequest, order_id: int) -> HttpResponse:
    """Ask whether to show the address; show it in a form; save it."""
    order = find_order(request, order_id)
    if not access_of(request).may(Ability.SEE_BUYERS):
        raise PermissionDenied("Your role can't see buyers' names and addresses.")
    if why := amendment.hindrance_of_address(order):
        return _refused(request, order, why)
    try:
        if "save" in request.POST:
            return _save_address(request, order)
        address = _address(order)
        if address is None:
            form = AddressForm(initial={"country": order.cart.place.country})
            return _address_page(request, order, form, seen=address_edit.mark_of(None))
        if request.method != "POST":
            return _address_page(request, order, None)
        return _address_page(request, order, _filled(address), seen=_looked(request, order))
    except Unopenable:
        return _refused(request, order, "The address can't be decrypted: the key it was encrypted with is missing.")


def _save_address(request: HttpRequest, order: Order) -> HttpResponse:
    seen, current = request.POST.get("seen", ""), _address(order)
    form = AddressForm(request.POST, current=current)
    if not form.is_valid():
        return _address_page(request, order, form, seen=seen, status=422)
    try:
        changed = amendment.change_address(order, form.address, seen=seen, by=person_of(request), now=clock.now())
    except NotEditable as error:
        return _refused(request, order, str(error))
    except EditedMeanwhile:
        order = find_order(request, order.pk)
        return _address_page(
            request, order, form, seen=_looked(request, order), both=_both(_address(order), form.address), status=409
        )
    if not changed:
        messages.info(request, "Nothing was changed: the order already has this address.")
        return redirect(order)
    messages.success(request, f"Changed: {', '.join(changed)}. {_what_next(order)}")
    return redirect(order)


def _address(order: Order) -> Address | None:
    recipient = getattr(order, "recipient", None)
    address: Address | None = recipient.open()[0] if recipient is not None else None
    return address


def _looked(request: HttpRequest, order: Order) -> str:
    """Record that the person sees the address, and return its mark. There may be none."""
    recipient = getattr(order, "recipient", None)
    clear = recipient_panel.look_at(recipient, by=person_of(request), now=clock.now()) if recipient else None
    return address_edit.mark_of(clear.address if clear else None)


def _filled(address: Address) -> AddressForm:
    return AddressForm(initial=asdict(address), current=address)


def _both(theirs: Address | None, wanted: Address) -> list[tuple[str, str, str]]:
    """Return (field, as it is by now, as the person wants it) of what differs."""
    theirs = theirs or Address()
    _, names = address_edit.merge(theirs, wanted)
    rows = [(name, getattr(theirs, name), getattr(wanted, name)) for name in names]
    told = {"country": lambda code: NAMES.get(code, code)}
    return [
        (address_edit.LABELS[name], told.get(name, str)(one) or "nothing", told.get(name, str)(other) or "nothing")
        for name, one, other in rows
    ]


def _address_page(
    request: HttpRequest,
    order: Order,
    form: AddressForm | None,
    *,
    seen: str = "",
    both: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {**_context(order), "form": form, "seen": seen, "conflict": both is not None, "both": both}
    if form is None:
        context["recipient"] = recipient_panel.show_recipient(request, order, opened=False)
    response = render(request, "portal/order_page/edit_address.html", context, status=status)
    add_never_cache_headers(response)
    return response


# -- The ship method -------------------------------------------------------------------------------------------------
class MethodForm(forms.Form):
    """One of the ship methods of the warehouse that has the order, or gets it."""

    ship_method = forms.ModelChoiceField(
        ShipMethod.objects.none(),
        label="Ship method",
        error_messages={
            "required": "Ship method is empty. Choose one.",
            "invalid_choice": "The warehouse no longer has this ship method. Choose a different one.",
        },
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ship_method"]
        field.queryset = ShipMethod.objects.filter(warehouse=warehouse_of(order)).order_by("label")
        if release_of(order) is None:
            field.required, field.empty_label = False, "As the cart's ship methods are mapped"
        else:
            field.empty_label = "Choose a ship method"


@door(Ability.SHIP)
@require_http_methods(VERBS)
def edit_method(request: HttpRequest, order_id: int) -> HttpResponse:
    """Choose how this one order goes, whatever its ship method is mapped to."""
    order = find_order(request, order_id)
    if why := amendment.hindrance_of_method(order):
        return _refused(request, order, why)
    current = amendment.method_of(order)
    saving = "save" in request.POST
    form = MethodForm(request.POST if saving else None, order=order, initial={"ship_method": current})
    conflict = None
    if saving and form.is_valid():
        seen, wanted = read_number(request.POST.get("seen", "")), form.cleaned_data["ship_method"]
        if wanted and wanted != current and request.POST["save"] != ANYWAY and _is_slower(order, wanted):
            return _method_page(request, order, form, current, slower=wanted)
        try:
            changed = amendment.change_method(order, wanted, seen=seen, by=person_of(request), now=clock.now())
        except NotEditable as error:
            return _refused(request, order, str(error))
        except EditedMeanwhile:
            current = amendment.method_of(order)
            conflict = (current.label if current else "as mapped", wanted.label if wanted else "as mapped")
        else:
            if changed:
                messages.success(request, f"Ship method changed for this order. {_what_next(order)}")
            else:
                messages.info(request, "Nothing was changed: the order already has this ship method.")
            return redirect(order)
    return _method_page(request, order, form, current, conflict=conflict)


def _is_slower(order: Order, method: ShipMethod) -> bool:
    """Whether a ship method is slower than what the buyer asked for."""
    promises = APPLICATIONS[order.cart.kind].marketplace.service_days
    return is_slower(order.service, method.service, promises=promises)


def _method_page(
    request: HttpRequest,
    order: Order,
    form: MethodForm,
    current: ShipMethod | None,
    *,
    conflict: tuple[str, str] | None = None,
    slower: ShipMethod | None = None,
) -> HttpResponse:
    context = {
        **_context(order),
        "form": form,
        "seen": current.pk if current else "",
        "conflict": conflict,
        "slower": slower,
        "anyway": ANYWAY,
        "warehouse": warehouse_of(order),
    }
    status = 409 if conflict else 422 if form.errors or slower else 200
    return render(request, "portal/order_page/edit_method.html", context, status=status)


# -- Both ------------------------------------------------------------------------------------------------------------
def _context(order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "crumbs": [("Orders", reverse("orders:orders")), (order.number, order.get_absolute_url())],
    }


def _refused(request: HttpRequest, order: Order, why: str) -> HttpResponse:
    messages.warning(request, f"{order.number} was not changed. {why}")
    return redirect(order)


def _what_next(order: Order) -> str:
    """Return what becomes of it now."""
    warehouses = [each.warehouse for each in Release.objects.filter(order=order).select_related("warehouse")]
    if not warehouses:
        return "It goes to the warehouse with this change."
    said = [f"{each} has the change." for each in warehouses if not each.system.remote]
    said += [
        f"{each} is asked to give it back, and then gets it with this change."
        for each in warehouses
        if each.system.remote
    ]
    return " ".join(said)
