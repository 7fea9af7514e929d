"""One's own name, as others read it in the history and in the mails one sends. One for all organizations."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.accounts.doors import person_of
from core.accounts.models import User
from core.ui.open_forms import WholeForm


class NameForm(WholeForm, forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": "Your name"}
        help_texts = {"name": "Your colleagues see it in the history, and whoever you invite or send a setup link."}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].error_messages["required"] = "Enter your name."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def name(request: HttpRequest) -> HttpResponse:
    """Not behind a door: it is about nobody else, and whoever belongs to no organization yet has a name, too."""
    person = person_of(request)
    shown = User.objects.get(pk=person.pk)  # a form writes into it, also what is wrong
    form = NameForm(request.POST if request.method == "POST" else None, instance=shown)
    if form.is_valid():
        changed = User.objects.filter(pk=person.pk).exclude(name=form.cleaned_data["name"]).update(**form.cleaned_data)
        messages.success(request, "Your name was saved." if changed else "Nothing was changed.")
        return HttpResponseRedirect(request.path)
    return render(request, "core/people/name.html", {"form": form}, status=422 if form.is_bound else 200)
