"""Keys are changed while the portal runs, and an old one leaves when nothing needs it."""

import base64
from collections.abc import Callable
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db.models import BinaryField
from django.db.models.query import QuerySet

from carts.consent import grants
from carts.models import Grant
from core.accounts.access import Role
from core.accounts.mfa_adapter import SEALED, FactorAdapter
from core.accounts.models import Membership
from core.alerts.models import Alert
from core.api.models import KeptAnswer
from core.common import clock, vault
from core.common.sealed_field import SealedField, bound_to, sealed_fields
from core.files.models import ExportPart, KeptFile, KeptRows, MerchantExport, SftpServer
from core.people.invitations import sent_invitations
from core.upkeep import known_keys
from core.upkeep.models import KnownKey
from core.webhooks.models import Endpoint
from integration_manager import key_rotation
from integration_manager.alerts import KEYS_MISSING
from integration_manager.watch import SilenceWatch
from orders.actions import notes
from orders.models import Order, Recipient
from orders.recipient_marks import RecipientMarks
from shipping.models import TrackingSheet, WarehouseAccess
from tests.api_client import Program
from tests.factories import ADDRESS, GrantFactory, MembershipFactory, OrderFactory, WarehouseFactory
from tests.world import NOON

NEW = "k9:" + base64.urlsafe_b64encode(b"9" * 32).decode()
# Bytes that nobody sealed, and why.
OPEN = {
    ("upkeep", "KnownKey", "proof"): "each key's own, for ever",
    ("accounts", "Logo", "content"): "shown to everybody",
}


@pytest.fixture
def owner(db: None) -> Membership:
    return MembershipFactory()


@pytest.fixture
def order(owner: Membership) -> Order:
    """An order, and beside it a value in every sealed column there is."""
    order: Order = OrderFactory()
    organization = order.organization
    notes.note(order, "Ring Mrs Doe", by=owner.user, now=NOON)
    GrantFactory()
    warehouse = WarehouseFactory(organization=organization)
    WarehouseAccess.objects.create(organization=organization, warehouse=warehouse)
    TrackingSheet.objects.create(organization=organization, by=owner.user, made_at=NOON)
    Endpoint.objects.create(organization=organization, url="https://wms.example/", made_at=NOON, first_event=0)
    KeptAnswer.objects.create(
        key=Program(organization).key, name="x", digest="x", turn=uuid4(), turn_until=NOON, at=NOON
    )
    about: dict[str, Any] = {"organization": organization, "subject_kind": "cart", "subject_id": 1, "kind": "orders"}
    file = KeptFile.objects.create(name="x", digest="x", size=1, at=NOON, **about)
    KeptRows.objects.create(file=file, first_row=2, row_count=1, why="x", at=NOON, **about)
    server = {name: value for name, value in about.items() if name != "kind"}
    SftpServer.objects.create(host="sftp.example", at=NOON, **server)
    merchant = {"organization": organization, "merchant": order.merchant}
    export = MerchantExport.objects.create(**merchant, of_house=True, made_at=NOON, due_at=NOON, table_count=1)
    ExportPart.objects.create(**merchant, export=export, number=1, table="orders")
    secret = FactorAdapter().encrypt("JBSWY3DP")
    Authenticator.objects.create(user=owner.user, type="totp", data={"secret": secret})
    for model, column in sealed_fields():
        for row in model._default_manager.all():
            if not getattr(row, column.attname):
                sealed = ring().seal(b'{"said": "so"}', bound_to=bound_to(row, column.name))
                model._default_manager.filter(pk=row.pk).update(**{column.attname: sealed})
    known_keys.note()
    return order


def ring() -> vault.Vault:
    return vault.ring(tuple(project.VAULT_KEYS))


def rotate(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def opens_everything(order: Order) -> bool:
    """By every door, and each sealed column by what it is bound to."""
    for model, column in sealed_fields():
        rows = list(model._default_manager.all())
        assert rows, f"No row of {model.__name__} here: rotating its {column.name} is not tried."
        for row in rows:
            assert ring().open(getattr(row, column.attname), bound_to=bound_to(row, column.name))
    grant, recipient = Grant.objects.first(), Recipient.objects.get(order=order)
    assert grant is not None
    assert grants.is_readable(grant)
    assert recipient.open()[0] == ADDRESS
    assert recipient.last_mark == RecipientMarks.of(order.organization_id, ADDRESS).last_mark
    assert [each.text for each in notes.notes_of(order)] == ["Ring Mrs Doe"]
    return FactorAdapter().decrypt(Authenticator.objects.get().data["secret"]) == "JBSWY3DP"


# -- What is sealed ----------------------------------------------------------------------------------------------------
def test_every_column_of_bytes_says_what_it_is_bound_to_or_why_it_is_open() -> None:
    ours = [model for model in apps.get_models() if not model.__module__.startswith(("django.", "allauth."))]
    columns = [(model, field) for model in ours for field in model._meta.fields if isinstance(field, BinaryField)]

    found = {(model._meta.app_label, model.__name__, field.name) for model, field in columns}
    unsaid = {key for key in found if not getattr(apps.get_model(*key[:2])._meta.get_field(key[2]), "bound_to", "")}

    assert unsaid == set(OPEN)
    sealed = {(model._meta.app_label, model.__name__, column.name) for model, column in sealed_fields()}
    assert sealed == found - set(OPEN)  # none is left out when keys change
    assert sum(isinstance(field, SealedField) for _, field in columns) >= 10


# -- Changing keys -----------------------------------------------------------------------------------------------------
def test_everything_is_sealed_anew_and_the_old_key_may_go(order: Order, settings: Any) -> None:
    old = settings.VAULT_KEYS
    name = old[0].partition(":")[0]
    settings.VAULT_KEYS = [NEW, *old]

    with pytest.raises(CommandError, match=f"Still needed, so leave them in VAULT_KEYS: {name}"):
        rotate("--report")
    assert f"Nothing needs the key {name}: take it out" in rotate()
    assert " 0 sealed anew" in rotate()  # done once

    settings.VAULT_KEYS = [NEW]
    assert known_keys.fit()
    assert opens_everything(order)
    settings.VAULT_KEYS = old
    assert not known_keys.fit()
    with pytest.raises(vault.Unopenable):
        Recipient.objects.get(order=order).open()


def test_it_goes_on_where_it_was_stopped(order: Order, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        OrderFactory()
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    monkeypatch.setattr(key_rotation, "STEP", 1)
    written: Callable[..., int] = QuerySet.update
    left = [2]

    def dies(rows: Any, **fields: Any) -> int:
        if rows.model is Recipient and "sealed" in fields:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
        return written(rows, **fields)

    monkeypatch.setattr(QuerySet, "update", dies)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    monkeypatch.setattr(QuerySet, "update", written)
    newest = vault.prefix("k9")
    done = [bytes(sealed or b"").startswith(newest) for sealed in Recipient.objects.values_list("sealed", flat=True)]
    assert (done.count(True), done.count(False)) == (2, 2)

    assert "recipients (sealed): 2 sealed anew" in rotate()


def test_a_key_stays_while_an_open_link_or_a_closed_value_needs_it(
    order: Order, owner: Membership, settings: Any
) -> None:
    (old,) = settings.VAULT_KEYS
    name = old.partition(":")[0]
    sent_invitations.invite(owner.organization, "jo@3pl.example", Role.STAFF, None, by=owner, now=clock.now())
    settings.VAULT_KEYS = [NEW, old]
    stray = vault.ring((old,)).seal(b"{}", bound_to="another row")
    Endpoint.objects.update(former_secret=stray)

    with pytest.raises(CommandError, match=f"leave them in VAULT_KEYS: {name}"):
        rotate()
    needs = key_rotation.needs(now=clock.now()).of[name]
    assert needs == {"open invitations": 1, "links in mails that are owed": 1, "endpoints (former secret)": 1}

    settings.VAULT_KEYS = [NEW]
    with pytest.raises(CommandError, match="Put them back first"):
        rotate()
    assert "closed for ever: 1 endpoints (former secret)" in rotate("--forget", name)
    assert known_keys.fit()


# -- A wrong ring ------------------------------------------------------------------------------------------------------
def test_a_ring_that_lacks_a_key_is_told_everybody_until_it_is_back(order: Order, settings: Any) -> None:
    right = settings.VAULT_KEYS
    watch = SilenceWatch()
    settings.VAULT_KEYS = [NEW]
    watch.look()

    alert = Alert.objects.get(cause=KEYS_MISSING, closed_at=None, organization=order.organization)
    assert "VAULT_KEYS are not the keys of this database" in alert.message
    assert not KnownKey.objects.filter(name="k9").exists()  # nothing is learned from a wrong ring

    settings.VAULT_KEYS = [NEW, *right]
    watch.look()
    assert not Alert.objects.filter(cause=KEYS_MISSING, closed_at=None).exists()
    settings.VAULT_KEYS = [NEW, f"{right[0].partition(':')[0]}:" + "A" * 43 + "="]  # another by its name
    assert known_keys.missing() == [right[0].partition(":")[0]]


def test_keys_are_said_by_name_and_never_shown(order: Order, settings: Any) -> None:
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    said = rotate()

    assert not any(key.partition(":")[2] in said for key in settings.VAULT_KEYS)
    assert SEALED not in said
