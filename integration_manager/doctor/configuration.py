"""Checks of the settings, and of the folders and files they name."""

import shutil
import stat
import time
from pathlib import Path

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management import call_command
from django.http.request import validate_host
from django.utils.translation import ngettext

from core.common import vault
from core.upkeep.installation import LOOPBACK
from integration_manager import data_folder
from integration_manager.doctor.registry import Finding, check, error, fine, skipped, warning

GOOD_KEY = 50  # characters
LITTLE, TOO_LITTLE = 2_000, 200  # megabytes on the disk
MEGABYTE = 1_000_000
BACKUP_HOURS = 26
KEPT_SECRETS = ("secret_key", "vault_secret", "demo_password")
CHECKED_ALONE = ("portal.E011", "portal.E012", "portal.E016", "portal.E028", "portal.W014")


@check("settings")
def look_at_settings() -> Finding:
    """What Django's checks and ours say, but for what has a check of its own below."""
    found = [message for message in run_checks() if message.id not in CHECKED_ALONE]
    said = " ".join(message.msg for message in sorted(found, key=lambda message: -message.level))
    if any(message.level >= ERROR for message in found):
        return error(said, "Correct these settings in the environment or .env, and restart.")
    if found:
        return warning(said, "Correct these settings in the environment or .env, and restart.")
    return fine("Every setting can be read, and none contradicts another.")


@check("debug")
def look_at_debug() -> Finding:
    if settings.DEBUG and not (settings.EMBEDDED and settings.AMAZON_SIMULATED):
        return error("DEBUG is on: faults show settings and data to everybody.", "Take DEBUG out, and restart.")
    return fine("DEBUG is off." if not settings.DEBUG else "DEBUG is on, and Amazon is only simulated.")


@check("secret-key")
def look_at_secret_key() -> Finding:
    if len(settings.SECRET_KEY) < GOOD_KEY:
        return warning(
            f"SECRET_KEY has {len(settings.SECRET_KEY)} characters; {GOOD_KEY} cannot be guessed.",
            "Set a longer one (.env.example holds the command). Everybody logs in again after that.",
        )
    return fine("SECRET_KEY is long enough.")


@check("vault-keys")
def look_at_vault_keys() -> Finding:
    try:
        vault.Vault(settings.VAULT_KEYS)
    except ValueError:
        return error("VAULT_KEYS holds a key that is none.", "Write each as id:key; .env.example holds the command.")
    count = len(settings.VAULT_KEYS)
    return fine(ngettext("VAULT_KEYS holds {count} key.", "VAULT_KEYS holds {count} keys.", count).format(count=count))


@check("allowed-hosts")
def look_at_allowed_hosts() -> Finding:
    if not validate_host(settings.PUBLIC_HOST, settings.ALLOWED_HOSTS):
        said = f"ALLOWED_HOSTS leaves out {settings.PUBLIC_HOST or 'the host'} of PUBLIC_URL: every page answers 400."
        return error(said, "Add it to ALLOWED_HOSTS, or leave that setting out.")
    return fine(f"{settings.PUBLIC_HOST} is answered.")


@check("https")
def look_at_https() -> Finding:
    if settings.PUBLIC_URL.startswith("https://"):
        return fine("PUBLIC_URL is https.")
    if settings.PUBLIC_HOST in LOOPBACK:
        return skipped("PUBLIC_URL leads to this machine alone.")
    return warning(
        "PUBLIC_URL is http: passwords cross the network in the clear, and Amazon sends nobody back.",
        "Put a proxy with TLS in front (docs/running.md), and write https:// in PUBLIC_URL.",
    )


@check("static-files")
def look_at_static_files() -> Finding:
    if settings.STATIC_ROOT is None:
        return skipped("Files are served as they lie.")
    if (
        "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]
        and not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file()
    ):
        return error(
            "Styles and scripts were not collected: pages answer 500.", "Run manage.py collectstatic --no-input."
        )
    return fine("Styles and scripts are collected.")


def make_data_folder() -> None:
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)


@check("data-folder", fix=make_data_folder)
def look_at_data_folder() -> Finding:
    probe = Path(settings.DATA_DIR) / ".doctor"
    try:
        probe.write_text("written by manage.py doctor")
        probe.unlink()
    except OSError as problem:
        said = f"{settings.DATA_DIR} cannot be written to ({problem.strerror})."
        return error(said, "Make it, give it to the user the portal runs as, or name another one in DATA_DIR.")
    return fine(f"{settings.DATA_DIR} can be written to.")


def close_secrets() -> None:
    for file in _open_secrets():
        file.chmod(0o600)


@check("secret-files", fix=close_secrets)
def look_at_secret_files() -> Finding:
    found = [file.name for file in _open_secrets()]
    if found:
        said = f"Others on this machine can read {', '.join(found)} in {settings.DATA_DIR}."
        return error(said, "Run manage.py doctor --fix, or chmod 600 them.")
    return fine("Nobody else can read the secrets in the data folder.")


def _open_secrets() -> list[Path]:
    files = [Path(settings.DATA_DIR) / name for name in KEPT_SECRETS]
    return [file for file in files if file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]


def close_data_folder() -> None:
    data_folder.close_to_others(Path(settings.DATA_DIR))


@check("private-data", fix=close_data_folder)
def look_at_private_data() -> Finding:
    """Whether others on this machine can read the database, mails and whatever else one process keeps there."""
    if not settings.EMBEDDED or not Path(settings.DATA_DIR).is_dir():
        return skipped("Nothing of value is kept in the data folder.")
    found = data_folder.open_to_others(Path(settings.DATA_DIR))
    if found:
        named = ", ".join(str(each) for each in found[:3])
        more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
        said = f"Others on this machine can read {named}{more}."
        return error(said, "Run manage.py doctor --fix, or chmod -R go= the folder.")
    return fine("Nobody else on this machine can read the data folder.")


@check("disk")
def look_at_disk() -> Finding:
    if not Path(settings.DATA_DIR).is_dir():
        return skipped("There is no data folder: the check “data-folder” says what to do.")
    free = shutil.disk_usage(settings.DATA_DIR).free // MEGABYTE
    said = f"{free:,} MB are free on the disk of {settings.DATA_DIR}."
    remedy = "Make room: old logs and backups first. The database and its mails stop when the disk is full."
    if free < TOO_LITTLE:
        return error(said, remedy)
    return warning(said, remedy) if free < LITTLE else fine(said)


def clear_sessions() -> None:
    call_command("clearsessions")


@check("log-ins")
def look_at_log_ins() -> Finding:
    hours, idle = settings.SESSION_COOKIE_AGE // 3600, settings.SESSION_IDLE_SECONDS // 60
    said = f"A log-in ends after {idle} minutes without a request, and after {hours} hours in any case."
    if not settings.EMBEDDED and (hours > 24 * 7 or idle > 24 * 60):
        return warning(said, "Set SESSION_IDLE_MINUTES and SESSION_HOURS lower: whoever finds a laptop is logged in.")
    return fine(said)


@check("backup")
def look_at_backup() -> Finding:
    if not settings.BACKUP_MARK:
        return skipped("Nobody says when the last backup was made: let yours touch a file, and name it in BACKUP_MARK.")
    mark = Path(settings.BACKUP_MARK)
    remedy = "See why the backup did not run; docs/running.md says how one is made and tried."
    if not mark.is_file():
        return warning(f"{mark} is not there: no backup was made yet.", remedy)
    hours = (time.time() - mark.stat().st_mtime) / 3600
    said = f"The last backup was made {hours:.0f} hours ago."
    return warning(said, remedy) if hours > BACKUP_HOURS else fine(said)
