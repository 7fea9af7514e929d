"""The door of Shipment Upload: sending a cart's tracking before its turn."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from carts.lifecycle import NotReady, Resting
from carts.lookup import find_cart
from core.accounts.access import Ability
from core.accounts.doors import door
from core.common import clock
from shipping.confirmation import send_now


@require_POST
@door(Ability.SHIP)
def send(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    try:
        messages.success(request, send_now.send_now(cart, now=clock.now()))
    except NotReady as error:
        messages.error(request, str(error))
    except Resting as resting:
        messages.info(request, str(resting))
    return HttpResponseRedirect(cart.get_absolute_url())
