"""What can be done with one order: the buttons of its page, and those that solve what keeps it."""

from dataclasses import dataclass, replace

from django.urls import reverse

from core.accounts.access import Ability, Access
from core.alerts.raised import find_alert
from integration_manager.portal.order_page import cancel_views
from integration_manager.portal.order_page.explanation import ProblemBar, release_url, sentence
from orders.models import HeldFor, Order, OrderStatus
from shipping.alerts import CANCELED_THERE, NOT_CHANGED
from shipping.cancellation import order_hold
from shipping.delivery import amendment, retry
from shipping.models import Recall, Release
from shipping.paper.views import paper_url
from shipping.shipments import held_reports

SEND_TO_WAREHOUSE = "Send to warehouse again"


# -- The row of buttons ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Button:
    """A button: a link, a form that is sent at once, or one that asks first what ``title`` and ``text`` say."""

    label: str
    url: str
    post: bool = True
    title: str = ""
    text: str = ""
    confirm_label: str = ""
    tone: str = ""

    @property
    def anchor(self) -> str:
        return "offer-" + self.label.lower().replace(" ", "-")


def offers(order: Order, release: Release | None, access: Access) -> list[Button]:
    """Return what makes sense now: the deed of the day first, what ends the order last."""
    if not access.may(Ability.SHIP):
        return []
    place = order.cart.place.name
    found = []
    # How its parcel left: until that is answered, nothing else of it does.
    asked = order.can_be_packed and held_reports.held(order).exists()
    if order.can_be_packed and not asked:
        url = f"{reverse('shipping:close')}?order={order.pk}"
        found.append(Button("Ship and Close", url, post=False, tone="primary"))
    if order_hold.hindrance(order) is None:
        found.append(Button("Hold", _url("hold", order)))
    found.append(Button("Print", paper_url([order]), post=False))
    if retry.can_tell_again(order):
        text = f"Sends every package's tracking to {place} again. It updates existing packages and creates no new ones."
        found.append(_asking("Send tracking again", "tell_again", order, text, "Send it again"))
    if release is not None and not asked and retry.can_hand_over_again(order):
        warehouses = " or ".join(each.warehouse.name for each in retry.parts_there(order))
        text = (
            f"For an order {warehouses} lost. It is asked about the order's number first: "
            "if it already has the order, nothing is created twice."
        )
        found.append(_asking(SEND_TO_WAREHOUSE, "hand_over_again", order, text, "Send it again"))
    if cancel_views.can_cancel(order, access):
        found.append(Button(f"Cancel on {place}", reverse("orders:cancel", args=[order.pk]), post=False, tone="danger"))
    return found


def _asking(label: str, name: str, order: Order, text: str, confirm_label: str) -> Button:
    return Button(label, _url(name, order), title=f"{label}?", text=text, confirm_label=confirm_label)


def _url(name: str, order: Order) -> str:
    return reverse(f"orders:{name}", args=[order.pk])


# -- How it goes -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Way:
    """By which ship method it goes, as far as that is known, and where that is changed."""

    label: str
    change_url: str


def way_of(order: Order, access: Access) -> Way:
    method = amendment.method_of(order)
    may_change = access.may(Ability.SHIP) and not amendment.hindrance_of_method(order)
    return Way(method.label if method else "", _url("edit_method", order) if may_change else "")


# -- The problem -----------------------------------------------------------------------------------------------------
def problem_of(order: Order, access: Access) -> ProblemBar | None:
    """Return what an edit or a cancel of sending asks of a person, or what an edit would solve."""
    if alert := find_alert(NOT_CHANGED, order):
        problem = ProblemBar(alert.message, "", "bad")
        return _with(problem, access, _url("known", order), "The warehouse knows")
    if order.status == OrderStatus.ERROR and find_alert(CANCELED_THERE, order):
        return _canceled_there(order, access)
    if order.status != OrderStatus.HELD:
        return _part_not_given_back(order, access) if order.parts else None
    match order.held_for:
        case HeldFor.PERSON:
            return _asked_back(order, access)
        case HeldFor.ADDRESS:
            return _address(order, access)
        case HeldFor.UNMAPPED:
            return _unmapped(order, access)
    return None


def _with(problem: ProblemBar, access: Access, url: str, label: str) -> ProblemBar:
    if not access.may(Ability.SHIP):
        return problem
    return replace(problem, action_url=url, action_label=label, action_method="post")


def _canceled_there(order: Order, access: Access) -> ProblemBar:
    """Somebody at the warehouse canceled it: it goes there once more, or nobody ships it."""
    problem = ProblemBar(sentence(order.reason), "Ask the warehouse why, then send it again or cancel it.", "bad")
    if not cancel_views.can_cancel(order, access):
        return _with(problem, access, _url("send_again", order), SEND_TO_WAREHOUSE)
    return replace(
        problem,
        action_url=_url("cancel", order),
        action_label=f"Cancel on {order.cart.place.name}",
        also_url=_url("send_again", order),
        also_label=SEND_TO_WAREHOUSE,
    )


def _asked_back(order: Order, access: Access) -> ProblemBar | None:
    recall = Recall.objects.filter(order=order).unfinished()
    # What a person has to see to first, where several warehouses are asked.
    under_way: Recall | None = recall.select_related("warehouse").order_by("-state", "pk").first()
    if under_way is None:
        return None
    title, let_go = sentence(order.reason), release_url(order)
    if not under_way.is_stuck:
        waits = f"{under_way.warehouse} is asked to give it back. {under_way.last_error}".strip()
        return _with(ProblemBar(title, waits), access, let_go, "Release")
    problem = ProblemBar(title, f"{under_way.last_error} Call {under_way.warehouse}.", "bad")
    problem = _with(problem, access, _url("stopped", order), "The warehouse stopped it")
    return replace(problem, also_url=let_go, also_label="Ship it anyway") if problem.action_url else problem


def _part_not_given_back(order: Order, access: Access) -> ProblemBar | None:
    """Nothing is wanted any more of what one warehouse has, and it keeps it; the rest of the order goes on."""
    kept = (
        Recall.objects.filter(order=order, is_of_part=True).stuck().select_related("warehouse").order_by("pk").first()
    )
    if kept is None:
        return None
    title = f"{kept.warehouse}’s part must not be shipped"
    problem = ProblemBar(title, f"{kept.last_error} Call {kept.warehouse}.", "bad")
    return _with(problem, access, _url("stopped", order), "The warehouse stopped it")


def _address(order: Order, access: Access) -> ProblemBar | None:
    if not (access.may(Ability.SHIP) and access.may(Ability.SEE_BUYERS)):
        return None
    return ProblemBar(
        sentence(order.reason or "It has no address"),
        "Enter it, or wait: each download checks again. Press Release if the warehouse knows where to send it.",
        action_url=_url("edit_address", order),
        action_label="Enter the address",
        also_url=release_url(order),
        also_label="Release",
    )


def _unmapped(order: Order, access: Access) -> ProblemBar | None:
    if not access.may(Ability.SHIP):
        return None
    title, here = sentence(order.reason or "Its ship method is not mapped"), _url("edit_method", order)
    if not access.may(Ability.MAP):
        text = "An owner or admin can map it for all orders. For this one, choose it here."
        return ProblemBar(title, text, action_url=here, action_label="Choose a ship method")
    return ProblemBar(
        title,
        "Choose what the warehouse calls it and the order goes out by itself.",
        action_url=reverse("shipping:methods", args=[order.cart_id]),
        action_label="Map ship method",
        also_url=here,
        also_label="Only for this order",
    )
