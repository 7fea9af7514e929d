"""Files are kept sealed and known again; what stands in them ends, and that they were taken does not."""

from datetime import timedelta

import pytest

from core.common import clock
from core.files import kept_files
from core.files.csv_text import table
from core.files.models import FileKind, KeptFile
from integration_manager import clean_up
from tests.factories import CartFactory

pytestmark = pytest.mark.django_db


def test_what_stands_in_a_file_ends_and_the_file_is_known_for_good() -> None:
    cart, then = CartFactory(), clock.now() - timedelta(days=31)
    old, _ = kept_files.take_in(cart, FileKind.ORDERS, "a.csv", "Ida Berg", now=then)
    kept_files.finish(old, {"taken": 1}, now=then)
    waiting, _ = kept_files.take_in(cart, FileKind.ORDERS, "w.csv", "Eva", now=then)
    young, _ = kept_files.take_in(cart, FileKind.ORDERS, "b.csv", "Bo", now=clock.now())
    assert b"Ida" not in bytes(old.sealed or b"")

    clean_up.clean_up(now=clock.now())

    old.refresh_from_db()
    young.refresh_from_db()
    assert (kept_files.text_of(old), kept_files.text_of(young)) == ("", "Bo")
    assert kept_files.take_in(cart, FileKind.ORDERS, "c.csv", "Ida Berg", now=clock.now()) == (old, False)
    waiting.refresh_from_db()
    assert kept_files.text_of(waiting) == ""
    again, is_new = kept_files.take_in(cart, FileKind.ORDERS, "w.csv", "Eva", now=clock.now())
    assert (again, is_new, kept_files.text_of(again)) == (waiting, True, "Eva")  # it never was taken


def test_the_same_stock_is_news_once_other_stock_came_between() -> None:
    cart = CartFactory()

    said = [kept_files.take_in(cart, FileKind.STOCK, "s.csv", text, now=clock.now())[1] for text in "aaba"]

    assert said == [True, False, True, True]
    assert KeptFile.objects.count() == 3
    KeptFile.objects.update(done_at=clock.now())
    newest = KeptFile.objects.latest("at")
    again = [newest.at, newest.at + timedelta(seconds=1)]  # the warehouse counted once more, and found the same
    news = [kept_files.take_in(cart, FileKind.STOCK, "s.csv", "a", now=clock.now(), anew_after=at)[1] for at in again]
    assert news == [False, True]


def test_a_cell_that_a_spreadsheet_would_run_is_marked_and_a_phone_stays_one() -> None:
    text = table(["a", "b", "c"], [["=HYPERLINK(1)", "+49 30 123-45", "-MUG"]])

    assert text == "a,b,c\r\n'=HYPERLINK(1),+49 30 123-45,'-MUG\r\n"
