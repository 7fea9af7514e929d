"""What the tags write: safe, linked, and nothing where there is nothing."""

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import TemplateSyntaxError
from django.utils.html import format_html

from core.common.money import Money
from tests.core.ui.conftest import NOW, Render

pytestmark = pytest.mark.one_database


def test_a_pill_escapes_its_word_and_wears_its_tone(render: Render) -> None:
    html = render("{% pill status %}", status=("<b>Held</b>", "warn"))

    assert '<span class="pill tone-warn"><svg' in html
    assert "&lt;b&gt;Held" in html


def test_a_pill_in_no_tone_of_ours_is_a_mistake(render: Render) -> None:
    with pytest.raises(TemplateSyntaxError, match="'red' is no tone"):
        render("{% pill status %}", status=("Held", "red"))


def test_a_time_carries_the_exact_one_in_the_zone_of_the_organization(render: Render, staff_request: Any) -> None:
    staff_request.access.organization.time_zone = "Europe/Berlin"

    html = render("{% ago when %}{% exact nothing %}", when=NOW, nothing=None)

    assert 'datetime="2026-11-21T10:41:00+00:00"' in html
    assert "11:41:00 CET" in html
    assert html.endswith("—")


def test_what_stands_twice_is_rendered_once(render: Render) -> None:
    words = iter("<>")

    html = render("{% keep menu %}<b>{{ words }}</b>{% endkeep %}{{ menu }}, {{ menu }}", words=lambda: next(words))

    assert html == "<b>&lt;</b>, <b>&lt;</b>"


def test_an_amount_may_come_as_money(render: Render) -> None:
    assert render("{% money total %}", total=Money(Decimal("3"), "USD")) == "$3.00"
    assert render("{% money none 'USD' %}", none=None) == "—"


def test_history_trusts_only_what_was_made_safe(render: Render) -> None:
    events = [
        SimpleNamespace(sentence=format_html("<strong>{}</strong>", "a<b"), at=NOW, tone="good", actor_name="<i>"),
        SimpleNamespace(sentence="<script>", at=NOW, tone="", exchanges=[{"summary": "<u>", "request": "<p>"}]),
    ]

    html = render("{% timeline events %}", events=events)

    assert "<strong>a&lt;b</strong>" in html
    assert [tag for tag in ("<script>", "<i>", "<u>", "<pre><p>") if tag in html] == []


class Asked(forms.Form):
    name = forms.CharField(help_text="As on the label.")
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


def test_a_field_is_told_together_with_its_help_and_its_error() -> None:
    html = str(Asked({}))

    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert '<fieldset aria-describedby="id_kind_error">' in html
    above, _, below = html.partition("</div>")
    assert 'role="alert"' in above
    assert re.findall(r'<a href="#(\w+)">(\w+)</a>', above) == [("id_name", "Name"), ("id_kind", "Kind")]
    assert "2 fields need a look" in above
    assert all(f'id="{place}"' in below for place in ("id_name", "id_kind"))
    assert html.count("Enter the name.") == 1
    assert 'role="alert"' not in str(Asked())


def test_the_menu_shows_where_one_is_and_only_what_one_may_see(render: Render) -> None:
    html = render("{% for item in nav %}{{ item.label }}{% if item.active %}!{% endif %} {% endfor %}")

    assert html == "Dashboard Orders! Inventory Carts Merchants Performance Alerts Settings "


def test_simulated_amazon_is_said_on_every_page(render: Render, settings: Any) -> None:
    settings.AMAZON_SIMULATED, settings.SIMULATOR_URL = True, "http://simulator.test"

    html = render("{% extends 'base.html' %}")

    assert "Simulated Amazon: nothing here is real" in html
    assert 'href="http://simulator.test"' in html
