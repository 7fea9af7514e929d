"""What the log says of requests that were refused."""

import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Organization
from core.common.log_filter import BriefRefusals
from tests.organization import ClientFor, acme, client_for

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
__all__ = ["acme", "client_for"]  # fixtures


def test_whoever_may_not_leaves_a_line_and_no_traceback(
    client_for: ClientFor, acme: Organization, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(BriefRefusals())

    answer = client_for(Role.VIEWER).get(reverse("people:people"))

    (record,) = caplog.records
    assert answer.status_code == 403
    assert record.exc_info is None
    assert "Forbidden" in record.getMessage()


def test_our_own_mistake_keeps_its_traceback() -> None:
    try:
        raise RuntimeError
    except RuntimeError:
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "", (), sys.exc_info())
    record.status_code = 500

    assert BriefRefusals().filter(record)
    assert record.exc_info


def test_whatever_is_written_to_the_console_is_filtered() -> None:
    logging_of: dict[str, Any] = settings.LOGGING
    written = logging_of["handlers"]["console"]["filters"]

    assert [logging_of["filters"][name]["()"] for name in written] == ["core.common.log_filter.BriefRefusals"]
