"""A warehouse's secrets and token, sealed to it. One worker fetches a token, all use it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock, vault
from core.common.remote import Disconnected, OurFault, Throttled
from core.common.sealed_field import bound_to
from shipping.alerts import WAREHOUSE_REFUSED
from shipping.models import Warehouse, WarehouseAccess

BEFORE = timedelta(minutes=5)  # a token is replaced so long before it ends
FETCHING = timedelta(seconds=40)
ASK_AGAIN = timedelta(minutes=5)


def keep(warehouse: Warehouse, secrets: Mapping[str, str]) -> None:
    """Keep these secrets; the token of the former ones is forgotten. In a transaction of the caller's."""
    kept = {"secrets": _vault().seal_json(dict(secrets), bound_to=_bound_to(warehouse, "secrets"))}
    fresh = {"token": None, "token_until": None, "refused_at": None, "organization_id": warehouse.organization_id}
    WarehouseAccess.objects.update_or_create(warehouse=warehouse, defaults={**kept, **fresh})


def secrets_of(warehouse: Warehouse) -> dict[str, str]:
    """Return a warehouse's secrets; none where nobody entered any. Raises OurFault when they can't be decrypted."""
    return opened_secrets(warehouse, access_of(warehouse))


def access_of(warehouse: Warehouse) -> WarehouseAccess | None:
    return WarehouseAccess.objects.filter(warehouse=warehouse).first()


def opened_secrets(warehouse: Warehouse, access: WarehouseAccess | None) -> dict[str, str]:
    if access is None:
        return {}
    return {name: str(value) for name, value in _opened(warehouse, "secrets", access.secrets).items()}


class KeptTokens:
    """Hands out the token on the warehouse's row.

    The first one comes from the row as the caller just read it, the others from the row as it is then.
    """

    def __init__(self, warehouse: Warehouse, access: WarehouseAccess | None = None) -> None:
        self._warehouse, self._read = warehouse, access

    def token(self, fetch: Callable[[], tuple[str, timedelta]], *, refused: str = "") -> str:
        """Return a token that is good as far as anybody knows, and not the ``refused`` one.

        Raises Throttled while another worker fetches one, Disconnected when the credentials are refused.
        """
        access, self._read = self._read or WarehouseAccess.objects.get(warehouse=self._warehouse), None
        now = clock.now()
        if access.refused_at is not None:
            raise Disconnected("The warehouse’s system refused the credentials. Enter others on the warehouse’s page.")
        if access.token and access.token_until and access.token_until > now + BEFORE:
            token = str(_opened(self._warehouse, "token", access.token)["token"])
            if token != refused:
                return token
        mine = WarehouseAccess.objects.filter(pk=access.pk)
        until = now + FETCHING
        if not mine.filter(Q(refreshing_until=None) | Q(refreshing_until__lte=now)).update(refreshing_until=until):
            raise Throttled("Another worker is already fetching the access token.", retry_in=timedelta(seconds=2))
        try:
            token, life = fetch()
        except Disconnected as error:
            self._refused(access, str(error), now)
            raise
        finally:
            mine.filter(refreshing_until=until).update(refreshing_until=None)
        sealed = _vault().seal_json({"token": token}, bound_to=_bound_to(self._warehouse, "token"))
        # Not over credentials that somebody entered meanwhile.
        mine.filter(secrets=access.secrets).update(token=sealed, token_until=now + life)
        close_alerts(self._warehouse, WAREHOUSE_REFUSED, now=now)
        return token

    def _refused(self, access: WarehouseAccess, why: str, now: datetime) -> None:
        """Say so once. Everything owed waits until other credentials are entered."""
        warehouse = self._warehouse
        same = WarehouseAccess.objects.filter(pk=access.pk, secrets=access.secrets, refused_at=None)
        if same.update(refused_at=now, token=None):
            record("warehouse.refused", warehouse, now=now, name=warehouse.name)
            message = f"{warehouse}: {why} Its orders wait until then."
            raise_alert(WAREHOUSE_REFUSED, warehouse, message, now=now, path=warehouse.get_absolute_url())


def _vault() -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS))


def _bound_to(warehouse: Warehouse, what: str) -> str:
    return bound_to(WarehouseAccess(organization_id=warehouse.organization_id, warehouse_id=warehouse.pk), what)


def _opened(warehouse: Warehouse, what: str, sealed: vault.Sealed) -> dict[str, object]:
    try:
        return _vault().open_json(sealed, bound_to=_bound_to(warehouse, what))
    except vault.Unopenable as error:
        raise OurFault(
            f"The stored credentials of {warehouse} can’t be decrypted: {error}. Put the key back, or enter them anew.",
            retry_in=ASK_AGAIN,
        ) from error
