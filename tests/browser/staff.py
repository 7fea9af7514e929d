"""What happens behind the pages while somebody looks at them."""

from integration_manager.alerts import reporting
from shipping import tasks
from tests.world import World


def workers(world: World, times: int = 1) -> None:
    """What beat and the workers do meanwhile."""
    assert world.cart.grant_id
    for _ in range(times):
        world.later(minutes=3)
        world.download()
        tasks.recall_due()
        tasks.release_due()
        tasks.cancel_orders(grant_id=world.cart.grant_id)
        tasks.confirm_packages(grant_id=world.cart.grant_id)
        reporting.write_alerts(now=world.now)
