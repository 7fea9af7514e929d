"""What was said to a server, for the tests that show it."""

import factory

from core.activity.models import Exchange
from core.common import clock
from tests.factories import ModelFactory, OrganizationFactory


class ExchangeFactory(ModelFactory[Exchange]):
    """What was said to a server and answered, about nothing in particular until a subject is given."""

    class Meta:
        model = Exchange

    organization = factory.SubFactory(OrganizationFactory)
    connection = "grant-1"
    operation = "getOrder"
    method = "GET"
    path = "/orders/1"
    status = 200
    milliseconds = 12
    request_id = "request-1"
    at = factory.LazyFunction(clock.now)
