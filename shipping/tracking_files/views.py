"""Doors of a cart's tracking files: write one, download it, also once more."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from carts.lookup import find_cart
from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.files import kept_files
from core.files.file_answers import download
from core.files.models import FileKind, KeptFile
from shipping.tracking_files import tracking_out

LISTED = 50
HERE = "shipping:tracking_files"


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.SHIP)
def tracking_files(request: HttpRequest, csv_cart_id: int) -> HttpResponse:
    """Show the files; posted, write what was shipped since the last one into another."""
    cart = _cart(request, csv_cart_id)
    if request.method == "POST":
        file = tracking_out.write(cart, now=clock.now(), by=person_of(request))
        if file is None:
            messages.info(request, "Nothing was shipped since the last file.")
        else:
            kept_files.finish(file, file.counts, now=clock.now())
            count = file.counts["packages"]
            said = ngettext("{count} package is in the new file.", "{count} packages are in the new file.", count)
            messages.success(request, said.format(count=count))
        return redirect(HERE, cart.pk)
    files = KeptFile.objects.visible_to(access_of(request)).of(cart, FileKind.TRACKING)
    context = {
        "cart": cart,
        "tabs": tabs(cart, HERE),
        "files": files.select_related("by").defer("sealed").order_by("-at", "-pk")[:LISTED],
        "owed": tracking_out.owed(cart).count(),
    }
    return render(request, "shipping/tracking_files/files.html", context)


@require_safe
@door(Ability.SHIP)
def tracking_file(request: HttpRequest, csv_cart_id: int, tracking_file_id: int) -> HttpResponse:
    cart = _cart(request, csv_cart_id)
    files = KeptFile.objects.visible_to(access_of(request)).of(cart, FileKind.TRACKING)
    return download(get_object_or_404(files, pk=tracking_file_id))


def _cart(request: HttpRequest, csv_cart_id: int) -> Cart:
    cart = find_cart(request, csv_cart_id)
    if not APPLICATIONS[cart.kind].takes_files:
        raise Http404
    return cart
