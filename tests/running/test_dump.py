"""A dump of PostgreSQL, restored elsewhere: the keys open what is sealed in it, and it sends nothing until told."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.running import processes
from tools import postgres

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(400)]

FILLED = """
from django.utils import timezone
from carts.models import Grant
from core.accounts.models import Merchant, Organization
from core.alerts.mail import outbox
from core.upkeep import installation
from carts.consent import grants
now = timezone.now()
organization = Organization.objects.create(name="Northwind 3PL")
merchant = Merchant.objects.create(organization=organization, name="Blue Mug Co")
grant = Grant(organization=organization, merchant=merchant, kind="amazon", region="NA", seller_id="A1BLUEMUGCO01",
              authorized_at=now)
grant.refresh_token = grants._seal(grant, "refresh", "Atzr|secret")
grant.save()
outbox.owe(organization_id=organization.pk, to="a@b.example", subject="x", text="x", cause="alerts", now=now)
print("PAUSED" if installation.why_paused() else "SENDS")
"""
ASKED = """
from django.conf import settings
from carts.models import Grant
from carts.consent import grants
from core.alerts.mail import outbox
from core.alerts.models import Mail
from core.upkeep import installation
from django.utils import timezone
grant = Grant.objects.get()
print("PAUSED" if installation.why_paused() else "SENDS")
print("OPENS" if grants.is_readable(grant) else "CLOSED")
keys, settings.VAULT_KEYS = settings.VAULT_KEYS, ["k1:" + "A" * 43 + "="]
print("OPENS" if grants.is_readable(grant) else "CLOSED")
settings.VAULT_KEYS = keys
Mail.objects.update(due_at=timezone.now())
outbox.send_due(now=timezone.now())
print(Mail.objects.get().state)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Two servers' worth of databases: what is restored lies in another database of the same one, the harder case."""
    if postgres.find() is None:
        pytest.skip("NO POSTGRESQL on this machine: run `make test`")
    with postgres.private_server(durable=False) as address:
        yield address


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dump")


@pytest.fixture(scope="module")
def migrated(server: str, folder: Path) -> str:
    """The name of a database with its tables made, once for all who begin with a copy of it."""
    manage(database(server, "migrated"), folder, "migrate", "--no-input", "--verbosity", "0")
    return "migrated"


def database(server: str, name: str, like: str = "template1") -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return server.rpartition("/")[0] + "/" + name


def manage(url: str, folder: Path, *arguments: str, said: str = "", **given: str) -> str:
    env = processes.environment(folder, **{**processes.CONTAINERS, "DATABASE_URL": url, **given})
    env |= {"EMAIL_URL": f"filemail://{folder}/mail", "EMBEDDED": "true"}
    command = [sys.executable, str(processes.ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, env=env, input=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def program(name: str) -> str:
    return shutil.which(name) or str((postgres.find() or Path()) / name)


def restore(dump: Path, url: str, *how: str) -> None:
    subprocess.run([program("pg_restore"), "--no-owner", *how, f"--dbname={url}", str(dump)], check=True)


@dataclass(frozen=True, slots=True)
class Portal:
    """A filled database with the roles that the container of PostgreSQL makes."""

    owner: str
    app: str


@pytest.fixture(scope="module")
def portal(server: str, folder: Path) -> Portal:
    where = psycopg.conninfo.conninfo_to_dict(server)
    env = {"PATH": os.environ["PATH"], "PGHOST": str(where["host"]), "PGPORT": str(where["port"])}
    env |= {"POSTGRES_USER": "postgres", "OWNER_PASSWORD": "it's-secret", "APP_PASSWORD": 'so"is-this'}
    env |= {"ROLES_SQL": str(processes.ROOT / "core" / "row_security" / "roles.sql")}
    for _ in range(2):  # it may be run again
        subprocess.run(["sh", str(processes.ROOT / "tools" / "postgres-role.sh")], env=env, check=True)
    there = f"{where['host']}:{where['port']}/portal"
    made = Portal(f"postgresql://portal@{there}", f"postgresql://portal_app@{there}")
    manage(made.owner, folder, "migrate", "--no-input", "--verbosity", "0")
    assert "SENDS" in manage(made.app, folder, "shell", said=FILLED)
    return made


def test_the_portals_roles_may_do_what_they_need_and_no_more(server: str, folder: Path, portal: Portal) -> None:
    looked = manage(portal.app, folder, "doctor", "--only", "database-role", "--only", "row-security")

    assert "ok  database-role" in looked
    assert "ok  row-security" in looked
    with psycopg.connect(portal.app) as working, pytest.raises(psycopg.errors.InsufficientPrivilege):
        working.execute("DROP TABLE accounts_merchant")
    with psycopg.connect(server, dbname="portal") as reading:
        reading.execute("SET ROLE portal_read")
        assert reading.execute("SELECT count(*) FROM accounts_merchant").fetchone() == (0,)
        reading.execute("SET portal.organization = '1'")
        assert reading.execute("SELECT name FROM accounts_merchant").fetchall() == [("Blue Mug Co",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reading.execute("DELETE FROM accounts_merchant")


def test_an_encrypted_backup_of_postgresql_is_proven_in_an_empty_database(
    server: str, folder: Path, portal: Portal
) -> None:
    there = database(server, "drilled")
    backup, path = folder / "portal.backup", f"{Path(program('pg_dump')).parent}:{os.environ['PATH']}"

    assert "encrypted" in manage(portal.app, folder, "backup", str(backup), PATH=path)
    drilled = manage(portal.app, folder, "restore_drill", str(backup), "--into", there, PATH=path)

    assert "sealed  opens with VAULT_KEYS" in drilled
    assert "sends   nothing: This looks like a copy" in drilled


def test_a_dump_restored_elsewhere_opens_and_sends_nothing_until_told(
    server: str, folder: Path, portal: Portal
) -> None:
    dump = folder / "portal.dump"
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={dump}", portal.owner], check=True)

    there = database(server, "restored")
    restore(dump, there)
    restore(dump, portal.owner, "--clean", "--if-exists")  # as good as another: what was sent since is not in it

    for restored in (portal.app, there):
        assert "PAUSED\nOPENS\nCLOSED\ndue" in manage(restored, folder, "shell", said=ASKED)

    assert "1 mails" in manage(there, folder, "resume", "--yes")
    assert "SENDS\nOPENS\nCLOSED\ndone" in manage(there, folder, "shell", said=ASKED)
