"""Files that come and go by a real SFTP server: from its settings to the tracking, and whatever breaks between."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from paramiko import SFTPClient

from carts.models import Cart
from core.activity.models import Event
from core.alerts.models import Alert
from core.files.models import FileFolder, KeptFile, SftpServer
from core.files.sftp.sftp_folder import SftpFolder
from integration_manager import tasks
from integration_manager.file_exchange import exchange
from orders.models import Order, OrderStatus
from shipping.alerts import FOLDER_TROUBLE
from shipping.models import Warehouse
from tests.file_exchange.conftest import ORDERS
from tests.sftp_server import HERE, LOOPBACK
from tests.world import World
from tools.ssh_server import SshServer

pytestmark = pytest.mark.django_db
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJvkfQzjyTPU6zCZ1vNbgSSVYkeRLXRUIJ1CLbvDJ6mA"


@pytest.fixture(autouse=True)
def allowed(settings: Any, tmp_path: Path) -> None:
    settings.OUTBOUND_NETWORKS, settings.DATA_DIR, settings.FILES_DIR = LOOPBACK, tmp_path, ""


def said(sshd: SshServer, **fields: object) -> dict[str, object]:
    """What somebody enters."""
    folders = {f"folder_{name}": str(sshd.folder / name) for name in ("in", "out", "done")}
    return {"host": HERE, "port": sshd.port, "user": sshd.user, "private_key": sshd.private_key, **folders, **fields}


def connect(owner: Client, address: str, sshd: SshServer, **fields: object) -> SftpServer:
    """Enter a server, accept its key, use it."""
    owner.post(address, {"do": "save", **said(sshd, **fields)})
    page = owner.get(address)
    assert "Accept this key" in page.content.decode()
    owner.post(address, {"do": "accept", "fingerprint": page.context["offered"]})
    page = owner.get(address)
    assert [check["problem"] for check in page.context["server"].checks if check["problem"]] == []
    owner.post(address, {"do": "use"})
    found: SftpServer = page.context["server"]
    return found


def lay(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(0o777)
    path.write_text(text)
    path.chmod(0o644)


def look(world: World, *, minutes: int = 2) -> None:
    world.later(minutes=minutes)
    for pk in exchange.due(world.now):
        tasks.exchange_files.run(folder_id=pk)


def test_files_go_by_sftp_from_the_client_to_the_warehouse_and_back(
    world: World, cart: Cart, owner: Client, sshd: SshServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse.objects.get()
    (sshd.folder / "in" / "shipped").mkdir()
    (sshd.folder / "in" / "shipped").chmod(0o777)
    server = connect(owner, reverse("orders:sftp", args=[cart.pk]), sshd)
    folders = {"folder_in": str(sshd.folder / "in" / "shipped"), "folder_stock": str(sshd.folder / "stock")}
    connect(owner, reverse("shipping:sftp", args=[warehouse.pk]), sshd, **folders)
    assert b"PRIVATE KEY" not in bytes(server.sealed or b"")
    assert "BEGIN OPENSSH" not in owner.get(reverse("orders:sftp", args=[cart.pk])).content.decode()
    assert Event.objects.filter(kind="files.sftp_key_accepted", subject_id=cart.pk).exists()

    lay(sshd.folder / "in" / "orders.csv", ORDERS.format("W-1"))
    look(world)
    assert not KeptFile.objects.exists()  # it might still be written
    look(world)
    file = KeptFile.objects.get()
    page = owner.get(reverse("orders:order_file", args=[cart.pk, file.pk]))
    form = page.context["form"]
    stands = {name: str(form[name].value() or "") for name in form.fields if form[name].value() not in (None, False)}
    owner.post(page.request["PATH_INFO"], {**stands, "do": "take"})
    lay(sshd.folder / "in" / "orders.csv", ORDERS.format("W-2"))  # the same name every day
    look(world)
    put_away = SftpFolder.put_away

    def dies(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(SftpFolder, "put_away", dies)  # killed between storing a file and moving it
    with pytest.raises(SystemExit):
        look(world)
    monkeypatch.setattr(SftpFolder, "put_away", put_away)
    assert (sshd.folder / "in" / "orders.csv").exists()
    look(world)
    assert sorted(Order.objects.values_list("number", flat=True)) == ["W-1", "W-2"]
    assert len(list((sshd.folder / "done").glob("*orders.csv"))) == 2

    world.deliver()
    rename = SFTPClient.rename

    def loses_its_answer(client: SFTPClient, old: str, new: str) -> None:
        rename(client, old, new)
        raise EOFError

    with monkeypatch.context() as broken:
        broken.setattr(SFTPClient, "rename", loses_its_answer)
        look(world)
    (order_file,) = (sshd.folder / "out").glob("*.csv")
    assert order_file.read_text().count("12 Quay Street") == 2
    assert {order.status for order in Order.objects.all()} == {OrderStatus.NEW}
    order_file.unlink()  # the warehouse took it
    look(world)
    assert {order.status for order in Order.objects.all()} == {OrderStatus.AT_WMS}
    assert not list((sshd.folder / "out").glob("*.csv"))  # and gets it no second time
    assert (
        "gone before the server answered"
        in owner.get(reverse("shipping:warehouse_files", args=[warehouse.pk])).content.decode()
    )
    heads = "Order number,Tracking number,Carrier,Service\n"
    rows = "W-1,1Z999AA10123456784,UPS,Ground\nW-2,1Z999AA10123456793,UPS,Ground\n"
    lay(sshd.folder / "in" / "shipped" / "shipped.csv", heads + rows)
    lay(sshd.folder / "stock" / str(world.merchant.pk) / "stock.csv", "SKU,On hand\nMUG,7\n")
    look(world)
    look(world)
    shipped = KeptFile.objects.get(kind="shipments")
    page = owner.get(reverse("shipping:shipment_file", args=[warehouse.pk, shipped.pk]))
    columns = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    owner.post(page.request["PATH_INFO"], {**columns, "do": "take"})
    look(world)

    tracking = "".join(path.read_text() for path in (sshd.folder / "out").glob("tracking-*.csv"))
    assert [number in tracking for number in ("1Z999AA10123456784", "1Z999AA10123456793")] == [True, True]
    assert {order.status for order in Order.objects.all()} == {OrderStatus.CONFIRMED}
    assert KeptFile.objects.get(kind="stock").done_at is not None
    assert list((sshd.folder / "out").glob(".*")) == []
    assert not Alert.objects.filter(cause=FOLDER_TROUBLE).exists()


def test_another_key_stops_it_until_a_person_accepts_that(
    world: World, cart: Cart, owner: Client, sshd: SshServer
) -> None:
    address = reverse("orders:sftp", args=[cart.pk])
    right = connect(owner, address, sshd).host_key
    SftpServer.objects.update(host_key=OTHER_KEY)
    lay(sshd.folder / "in" / "orders.csv", ORDERS.format("W-1"))

    look(world)
    assert "The key of 127.0.0.1 changed" in Alert.objects.get(cause=FOLDER_TROUBLE, closed_at=None).message
    asked = FileFolder.objects.get().looked_at
    look(world, minutes=30)
    assert FileFolder.objects.get().looked_at == asked  # asking on and on would lock the user out
    owner.post(address, {"do": "test"})
    page = owner.get(address)
    assert "It changed" in page.content.decode()
    owner.post(address, {"do": "accept", "fingerprint": "SHA256:" + "x" * 43})
    assert SftpServer.objects.get().host_key == OTHER_KEY
    owner.post(address, {"do": "accept", "fingerprint": page.context["offered"]})
    assert SftpServer.objects.get().host_key == right
    look(world)
    look(world)
    assert (sshd.folder / "done" / "orders.csv").exists()
    assert not Alert.objects.filter(cause=FOLDER_TROUBLE, closed_at=None).exists()


def test_a_server_that_is_away_for_a_while_is_told_only_when_it_lasts(
    world: World, cart: Cart, owner: Client, sshd: SshServer
) -> None:
    connect(owner, reverse("orders:sftp", args=[cart.pk]), sshd)
    SftpServer.objects.update(port=1)
    for failures in (1, 2, 3):
        look(world, minutes=10)
        assert FileFolder.objects.get().failures == failures
        assert Alert.objects.filter(cause=FOLDER_TROUBLE).exists() is (failures == 3)
    assert "refuses connections" in owner.get(reverse("orders:order_files", args=[cart.pk])).content.decode()


def test_what_was_entered_for_one_server_is_never_sent_to_another(
    world: World, cart: Cart, owner: Client, sshd: SshServer, settings: Any
) -> None:
    address = reverse("orders:sftp", args=[cart.pk])
    connect(owner, address, sshd)
    wrong = {
        "not sent to this one": said(sshd, host="127.0.0.2", private_key=""),
        "not sent to this one ": said(sshd, user="another", private_key=""),
        "Use the port 22": said(sshd, port=25),
        "without .. and unusual signs": said(sshd, folder_in="/in/../../etc"),
        "another folder&#x27;s path": said(sshd, folder_in="/same/", folder_out="/same"),
        "not both": said(sshd, password="x"),
        "no private key": said(sshd, private_key="x"),
    }
    warehouse = reverse("shipping:sftp", args=[Warehouse.objects.get().pk])
    shared = owner.post(warehouse, {"do": "save", **said(sshd)})
    assert (shared.status_code, f"{cart.full_name} uses this folder" in shared.content.decode()) == (422, True)
    for words, entered in wrong.items():
        page = owner.post(address, {"do": "save", **entered})
        assert page.status_code == 422
        assert words.strip() in page.content.decode()
    owner.post(address, {"do": "save", **said(sshd, private_key="", folder_done="/elsewhere")})  # the key stays
    assert SftpServer.objects.get().host_key
    settings.OUTBOUND_NETWORKS = []
    assert "private network" in owner.post(address, {"do": "save", **said(sshd)}).content.decode()
    owner.post(address, {"do": "test"})
    assert "private network" in SftpServer.objects.get().checks[0]["problem"]
    settings.OUTBOUND_NETWORKS = LOOPBACK
    owner.post(address, {"do": "save", **said(sshd, host="127.0.0.2")})
    assert not SftpServer.objects.get().host_key  # another server is another key
