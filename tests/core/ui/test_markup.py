"""Small pieces of HTML: escaped like Django's own."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from core.ui.markup import fill

values = st.one_of(st.text(), st.integers(), st.none(), st.text().map(SafeString))


@given(values, values)
def test_what_comes_from_outside_is_escaped_as_django_does(first: object, second: object) -> None:
    markup = '<b title="{}">{}</b>'

    assert fill(markup, first, second) == format_html(markup, first, second)
    assert isinstance(fill(markup, first, second), SafeString)
