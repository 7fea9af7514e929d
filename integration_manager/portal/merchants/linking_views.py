"""Account-linking check: a merchant's accounts side by side, what people answer, and what became of a request."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from carts.account_health import account_links
from carts.models import Cart, LinkAnswer, LinkOutcome
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.common import clock
from core.common.names import NameInput

SHOWN = 20


class LinkAnswerForm(forms.Form):
    cart = forms.ModelChoiceField(Cart.objects.none(), label="Account")
    verified = forms.ChoiceField(label="Business information", choices=LinkAnswer.Verified.choices, initial="unknown")
    note = NameInput(max_length=200, required=False, help_text="For example what Seller Central says is missing.")

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cart"].queryset = _carts(merchant)  # type: ignore[attr-defined]


class LinkOutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label="What became of it", choices=LinkOutcome.Outcome.choices)
    reason = NameInput(max_length=300, required=False, label="Reason the marketplace gave")
    next_step = NameInput(max_length=300, required=False, label="Next step")


@require_safe
@door(Ability.LOOK)
def show(request: HttpRequest, merchant_id: int) -> HttpResponse:
    return _page(request, _found(request, merchant_id))


@require_POST
@door(Ability.CONNECT)
def answer(request: HttpRequest, merchant_id: int) -> HttpResponse:
    merchant = _found(request, merchant_id)
    form = LinkAnswerForm(request.POST, merchant=merchant)
    if not form.is_valid():
        return _page(request, merchant, answer_form=form)
    said = form.cleaned_data
    account_links.answer(said["cart"], said["verified"], said["note"], by=person_of(request), now=clock.now())
    messages.success(request, "Your answer was kept.")
    return HttpResponseRedirect(reverse("merchants:linking", args=[merchant.pk]))


@require_POST
@door(Ability.CONNECT)
def outcome(request: HttpRequest, merchant_id: int) -> HttpResponse:
    merchant = _found(request, merchant_id)
    form = LinkOutcomeForm(request.POST)
    if not form.is_valid():
        return _page(request, merchant, outcome_form=form)
    account_links.note_outcome(merchant, **form.cleaned_data, by=person_of(request), now=clock.now())
    messages.success(request, "Noted.")
    return HttpResponseRedirect(reverse("merchants:linking", args=[merchant.pk]))


def _found(request: HttpRequest, merchant_id: int) -> Merchant:
    found: Merchant = get_object_or_404(Merchant.objects.visible_to(access_of(request)), pk=merchant_id)
    return found


def _carts(merchant: Merchant) -> Any:
    mine = Cart.objects.filter(organization=merchant.organization_id, merchant=merchant)
    return mine.exclude(state=Cart.State.ARCHIVED).select_related("grant", "merchant").order_by("name", "pk")


def _page(
    request: HttpRequest,
    merchant: Merchant,
    *,
    answer_form: LinkAnswerForm | None = None,
    outcome_form: LinkOutcomeForm | None = None,
) -> HttpResponse:
    access = access_of(request)
    compared = account_links.compare(_carts(merchant))
    rows = [(check.label, list(zip(compared.accounts, check.found, strict=True))) for check in compared.checks]
    outcomes = LinkOutcome.objects.visible_to(access).filter(merchant=merchant).select_related("by")
    context = {
        "merchant": merchant,
        "compared": compared,
        "rows": rows,
        "answers": [each for each in compared.answers if each],
        "outcomes": outcomes.order_by("-at", "-pk")[:SHOWN],
        "may_answer": access.may(Ability.CONNECT),
        "answer_form": answer_form or LinkAnswerForm(merchant=merchant),
        "outcome_form": outcome_form or LinkOutcomeForm(),
        "crumbs": [
            ("Merchants", reverse("merchants:merchants")),
            (merchant.name, reverse("merchants:merchant", args=[merchant.pk])),
        ],
    }
    status = 422 if answer_form or outcome_form else 200
    return render(request, "portal/merchants/linking.html", context, status=status)
