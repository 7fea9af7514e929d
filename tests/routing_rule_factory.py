"""Routing rules for tests, beside the other factories."""

import factory

from core.common import clock
from shipping.models import RoutingRule
from tests.factories import ModelFactory, WarehouseFactory


class RoutingRuleFactory(ModelFactory[RoutingRule]):
    """A rule of the warehouse's organization, about all its carts until one is given."""

    class Meta:
        model = RoutingRule

    warehouse = factory.SubFactory(WarehouseFactory)
    organization = factory.SelfAttribute("warehouse.organization")
    made_at = factory.LazyFunction(clock.now)
