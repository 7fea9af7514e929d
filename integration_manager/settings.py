"""All settings, from the environment. One file serves the embedded run and production.

Embedded (neither DATABASE_URL nor REDIS_URL given): SQLite, the in-memory broker, Amazon simulated on this machine, and
secrets made on first use under DATA_DIR. Everything else must be given by whoever runs it.
"""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.common import vault
from integration_manager import api_settings, data_folder, logs, service_urls, sweeps
from integration_manager.settings_reader import SettingsReader

BASE_DIR = Path(__file__).resolve().parent.parent
env = SettingsReader(BASE_DIR / ".env")
SETTING_PROBLEMS = env.problems  # what could not be read; nothing starts before it is mended (setting_checks.py)

EMBEDDED = env.bool("EMBEDDED", default=not (env.str("DATABASE_URL", default="") or env.str("REDIS_URL", default="")))
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
# The portal that works on this folder, if one does: commands by hand go by its ports.
RUNNING = data_folder.prepare(DATA_DIR, env.problems) if EMBEDDED else data_folder.RunningPortal()


# -- Secrets ---------------------------------------------------------------------------------------------------------
def secret(name: str) -> str:
    """Return a secret from the environment; in the embedded run one kept under DATA_DIR, made when first asked for."""
    value = env.str(name, default="")
    if value:
        return value
    if not EMBEDDED:
        env.problems[name] = f"{name} is not set. Put it into the environment or .env; .env.example says how."
        return secrets.token_urlsafe(50)  # opens nothing, and nothing starts with it
    return data_folder.kept_secret(DATA_DIR, name.lower(), env.problems)


SECRET_KEY = secret("SECRET_KEY")
# Key ring of what is encrypted at rest: "id:base64url(32 bytes)", newest first, separated by commas.
VAULT_KEYS = env.list("VAULT_KEYS", default=[])
if not VAULT_KEYS:
    env.ENVIRON.pop("VAULT_KEYS", None)
    VAULT_KEYS = ["k1:" + vault.key_from(secret("VAULT_KEYS" if not EMBEDDED else "VAULT_SECRET"))]

# -- Web -------------------------------------------------------------------------------------------------------------
PORT = env.number("PORT", default=RUNNING.port or 8000, least=1, most=65535)
PUBLIC_URL_IS_GUESSED = "PUBLIC_URL" not in env.ENVIRON
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")  # as browsers and Amazon see us
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or ""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[PUBLIC_HOST] if PUBLIC_HOST else [])
if EMBEDDED:  # it listens on this machine alone
    ALLOWED_HOSTS = list(dict.fromkeys([*ALLOWED_HOSTS, "127.0.0.1", "localhost", "[::1]"]))
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL])
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the browser comes back from Amazon with its session
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^healthz$"]  # asked for on this machine, without a proxy
# We speak no TLS ourselves: who is reached by https stands behind a proxy that does.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=HTTPS)
PROXY_COUNT = env.number("PROXY_COUNT", default=1, least=1, most=20)  # how many of ours stand in a row
# Whose X-Forwarded-… is believed. The embedded run listens on this machine alone, where its proxy has to be.
LOOPBACK = ["127.0.0.0/8", "::1/128"]
PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"]
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", default=LOOPBACK if EMBEDDED else [*LOOPBACK, *PRIVATE])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=31_536_000 if HTTPS else 0, least=0, most=10**9)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # Ship and Close: 1,000 orders with their packages, quantities and charges
DATA_UPLOAD_MAX_MEMORY_SIZE = MOST_SENT = 6_000_000  # bytes of a request; the largest is a sheet of the tracking import
FILE_UPLOAD_MAX_MEMORY_SIZE = MOST_SENT  # no file is written to a disk: what carriers export holds names and addresses
MOST_SENT_BY_STRANGERS = 100_000  # without a log-in there are only short forms
DATA_UPLOAD_MAX_NUMBER_FILES = 1  # where a view takes one at all
FILE_UPLOAD_HANDLERS = ["core.common.file_uploads.ExpectedFiles"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # Bootstrap draws its select arrows as data
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # form-action is left open: the consent form is answered by a redirect to Amazon, which it would forbid
    }
}

ROOT_URLCONF = "integration_manager.urls"
WSGI_APPLICATION = "integration_manager.wsgi.application"

# The order of our apps is the order of imports: each knows only those below it.
INSTALLED_APPS = [
    "integration_manager",
    "inventory",
    "shipping",
    "orders",
    "carts",
    "core.people",
    "core.webhooks",
    "core.files",
    "core.alerts",
    "core.api",
    "core.activity",
    "core.ui",
    "core.accounts",
    "core.upkeep",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "core.common.forwarded_headers.ForwardedHeadersMiddleware",
    "core.api.problem_answers.ProblemAnswersMiddleware",
    "core.common.http_methods.HttpMethodsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.accounts.body_limit.BodyLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.accounts.sessions.SessionsMiddleware",
    "core.accounts.known_devices.KnownDevicesMiddleware",
    "core.row_security.middleware.RowSecurityMiddleware",
    "core.accounts.middleware.AccessMiddleware",
    "core.accounts.second_factor.SecondFactorMiddleware",
    "core.accounts.workplace.WorkplaceMiddleware",
    "core.ui.page_above.PageAboveMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.ui.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "core.ui.templatetags.ui"],
        },
    }
]
# How often an open page asks whether something is new: every so many seconds, more rarely while nobody looks at it.
LIVE_SECONDS = env.number("LIVE_SECONDS", default=10, least=1, most=3600)
ORDER_LIST = "integration_manager.portal.order_list"
MENU_COUNTS = {"Orders": f"{ORDER_LIST}.tab_counts.count_open", "Alerts": "core.alerts.raised.count_open"}
FORM_RENDERER = "core.ui.form_renderer.HouseRenderer"

STATIC_URL = "static/"
STATIC_ROOT = None if EMBEDDED else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED  # as they lie; an image collects them once, with hashed names
STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not EMBEDDED:
    STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env.str("STATIC_STORAGE", default=STATIC_STORAGE)},
}

# -- Database --------------------------------------------------------------------------------------------------------
OWN_DATABASE = service_urls.database(f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")
DATABASES = {"default": env.read("DATABASE_URL", service_urls.database, OWN_DATABASE)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    if not EMBEDDED:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # who will write takes their turn at once, instead of failing late
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # SQLite leaves out the columns an index carries besides: slower at a million orders, and otherwise the same.
    SILENCED_SYSTEM_CHECKS = ["models.W040"]
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", default=60, least=0, most=86_400)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # transactions are opened where writes belong together, never around a remote call
REDIS_URL = env.read("REDIS_URL", service_urls.broker, "")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # What counts wrong passwords must not be pushed out by whoever makes the portal count other things.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
if REDIS_URL:  # log-in limits must be shared by all web processes
    CACHES = {
        "default": {
            "BACKEND": "core.common.cache.SharedElseOwn",
            "LOCATION": REDIS_URL,
        }
    }

# -- People ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "core.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "core.accounts.passwords.FourClasses"},
    {"NAME": "core.accounts.passwords.NotAboutThePerson"},
    {"NAME": "core.accounts.passwords.NotUsedBefore"},
    {"NAME": "core.accounts.passwords.NotCommon"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_ADAPTER = "core.accounts.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "core.accounts.forms.LoginForm",
    "reset_password": "core.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "core.accounts.forms.ResetPasswordKeyForm",
    "change_password": "core.accounts.forms.ChangePasswordForm",
    "set_password": "core.accounts.forms.SetPasswordForm",
    "reauthenticate": "core.accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by mail, or added by whoever runs the portal
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True  # one address each; the new one counts when its link was opened
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": None,  # core/accounts/lock_outs.py counts them in the database
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # core/common/forwarded_headers.py has put the person's address where it belongs
# A log-in ends after this long without a request, and after that long in any case.
SESSION_IDLE_SECONDS = env.number("SESSION_IDLE_MINUTES", default=720 if EMBEDDED else 30, least=1, most=10**6) * 60
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", default=336 if EMBEDDED else 12, least=1, most=10**5) * 3600
ACCOUNT_SESSION_REMEMBER = True  # for that long; no box to tick
# Everybody sets up a second factor first. Off, an organization may still ask it of its own people.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not EMBEDDED)
MFA_ADAPTER = "core.accounts.mfa_adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "core.accounts.code_forms.CodeForm",
    "reauthenticate": "core.accounts.code_forms.ReauthenticateCodeForm",
    "activate_totp": "core.accounts.code_forms.ActivateForm",
    "add_webauthn": "core.accounts.code_forms.AddKeyForm",
    "edit_webauthn": "core.accounts.code_forms.EditKeyForm",
    "authenticate_webauthn": "core.accounts.code_forms.KeyForm",
    "reauthenticate_webauthn": "core.accounts.code_forms.ReauthenticateKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED
MFA_TOTP_ISSUER = "Integration Manager"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
# Nobody signs up here, so nobody can lock the owner of an address out by taking it first; and a person with a second
# factor may change their address.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# -- Mail ------------------------------------------------------------------------------------------------------------
MAIL_SERVER = service_urls.mail("filemail://" if EMBEDDED else "smtp://localhost:25")
vars().update(env.read("EMAIL_URL", service_urls.mail, MAIL_SERVER))
vars()["EMAIL_BACKEND"] = vars()["EMAIL_BACKEND"].replace("django.core.mail.backends.smtp", "core.common.bounded_mail")
EMAIL_TIMEOUT = 15  # seconds, for one answer of the mail server
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Integration Manager <portal@localhost>")

# -- Time and language -----------------------------------------------------------------------------------------------
USE_TZ, TIME_ZONE = True, "UTC"
USE_I18N = False

# -- Amazon ----------------------------------------------------------------------------------------------------------
SIMULATOR_PORT = env.number("SIMULATOR_PORT", default=(RUNNING and RUNNING.simulator_port) or 9900, least=1, most=65535)
SIMULATOR_URL = env.str("SIMULATOR_URL", default=f"http://127.0.0.1:{SIMULATOR_PORT}")
AMAZON_APP_ID = env.str("AMAZON_APP_ID", default="")
AMAZON_CREDENTIALS = ("AMAZON_APP_ID", "AMAZON_LWA_CLIENT_ID", "AMAZON_LWA_CLIENT_SECRET")
# Without an application of their own the embedded run talks to the simulator; with one it talks to Amazon.
AMAZON_SIMULATED = env.bool("AMAZON_SIMULATED", default=EMBEDDED and not any(map(env.ENVIRON.get, AMAZON_CREDENTIALS)))


def amazon(name: str, *, simulated: str, real: str = "") -> str:
    return env.str(name, default=simulated if AMAZON_SIMULATED else real)


MARKETPLACES = {
    "amazon": {
        "app_id": amazon("AMAZON_APP_ID", simulated="amzn1.sellerapps.app.simulated"),
        "client_id": amazon("AMAZON_LWA_CLIENT_ID", simulated="amzn1.application-oa2-client.simulated"),
        "client_secret": amazon("AMAZON_LWA_CLIENT_SECRET", simulated="simulated-secret"),
        "spapi_urls": {
            region: amazon(
                f"AMAZON_SPAPI_URL_{region}",
                simulated=f"{SIMULATOR_URL}/{region.lower()}",
                real=f"https://sellingpartnerapi-{region.lower()}.amazon.com",
            )
            for region in ("NA", "EU", "FE")
        },
        "lwa_url": amazon(
            "AMAZON_LWA_URL",
            simulated=f"{SIMULATOR_URL}/auth/o2/token",
            real="https://api.amazon.com/auth/o2/token",
        ),
        # Empty: each marketplace's own Seller Central.
        "seller_central_url": amazon("AMAZON_SELLER_CENTRAL_URL", simulated=SIMULATOR_URL),
        "draft": env.bool("AMAZON_APP_IS_DRAFT", default=False),
        # Amazon ends a secret after 180 days; with this date everybody is warned before.
        "secret_rotated_on": env.past_day("AMAZON_LWA_SECRET_ROTATED_ON"),
    }
}

# -- Celery: the bell, not the queue -----------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 900,  # longer than a claim, which is longer than a task
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "health_check_interval": 25,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
    if REDIS_URL
    else {"polling_interval": 0.05}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1 if REDIS_URL else 64
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20 if REDIS_URL else 0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
SWEEP_SECONDS = env.number("SWEEP_SECONDS", default=5.0, least=0.1, most=60.0)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
SWEEPS = sweeps.sweeps(SWEEP_SECONDS)
CELERY_BEAT_SCHEDULE = {sweep.value: {"task": sweep.value, "schedule": seconds} for sweep, seconds in SWEEPS.items()}
CELERY_BEAT_SCHEDULER = "integration_manager.bell_schedule:KeptBellSchedule"

PAUSED = env.bool("PAUSED", default=False)  # nothing is sent, whatever the database says
BACKUP_MARK = env.str("BACKUP_MARK", default="")  # a file that each backup touches
# Where folders of clients and warehouses are, for files; empty: there are none.
FILES_DIR = env.str("FILES_DIR", default=str(DATA_DIR / "files") if EMBEDDED else "")
OUTBOUND_NETWORKS = env.networks("OUTBOUND_NETWORKS", default=[])  # private ones that may be sent to
HEALTH_KEY = env.str("HEALTH_KEY", default="")  # opens /healthz to machines
# What was said to other servers, for people to see.
EXCHANGES_KEPT_DAYS = env.number("EXCHANGES_KEPT_DAYS", default=14, least=1, most=3650)
# What a marketplace's usage fees would be: announced by Amazon for 2026, and not in force. Reading calls, US dollars.
CALLS_FREE_A_MONTH = env.number("CALLS_FREE_A_MONTH", default=2_500_000, least=0, most=10**12)
CALLS_PRICE_PER_1000 = env.number("CALLS_PRICE_PER_1000", default=0.4, least=0, most=1000)

# -- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK, SPECTACULAR_SETTINGS = api_settings.REST_FRAMEWORK, api_settings.SPECTACULAR
MACHINE_PATHS = ("/api/", "/v1/", "/shipstation/")  # asked by programs, with a key (core/common/machine_paths.py)
API_CALLS_PER_MINUTE = env.number("API_CALLS_PER_MINUTE", default=6000, least=60, most=10**6)  # of one key

# -- Logs: one line per event, ids only --------------------------------------------------------------------------------
LOG_JSON = env.bool("LOG_JSON", default=not EMBEDDED)
LOG_LEVEL = env.level("LOG_LEVEL", default="WARNING" if EMBEDDED else "INFO")
LOGGING = logs.settings(json=LOG_JSON, level=LOG_LEVEL)
