"""Every setting, read from the environment; `.env.example` lists them in this order."""

import logging
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo  # noqa: F401  (tzdata is a dependency; fail at start without it)

import environ
from csp.constants import NONCE, NONE, SELF

from taper_tracker.data import broker_socket, data_folder, secret, vapid_key

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# The house
TAPER_DATA_DIR: Path = data_folder(env.str("TAPER_DATA_DIR", default=str(BASE_DIR / "var")))
BACKUP_DIR: Path = Path(env.str("BACKUP_DIR", default=str(TAPER_DATA_DIR / "backups")))
SECRET_KEY: str = env.str("SECRET_KEY", default="") or secret(TAPER_DATA_DIR)
DEBUG: bool = env.bool("DEBUG", default=False)
PORT: int = env.int("PORT", default=8000)
BASE_URL: str = env.str("BASE_URL", default=f"http://localhost:{PORT}")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
HTTPS: bool = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "taper_tracker",
    "schedules",
    "patients",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "taper_tracker.middleware.CrisisMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "taper_tracker.middleware.PrivacyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "taper_tracker.middleware.PublicFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "taper_tracker.urls"
WSGI_APPLICATION = "taper_tracker.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "taper_tracker.context_processors.frame",
            ],
        },
    }
]

# The database
DATABASES: dict[str, Any] = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{TAPER_DATA_DIR / 'db.sqlite3'}")
}
_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _OPTIONS.update(
        timeout=20,
        transaction_mode="IMMEDIATE",
        init_command=(
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=1;"
            "PRAGMA recursive_triggers=1;PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000"
        ),
    )
else:
    _OPTIONS["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The broker: it holds nothing that would be missed
REDIS_URL: str = env.str("REDIS_URL", default="")
BROKER_SOCKET: Path = broker_socket(TAPER_DATA_DIR)
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{BROKER_SOCKET}"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 30,
    "socket_connect_timeout": 0.3,
    "socket_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(TAPER_DATA_DIR / "beat")
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "taper_tracker.tasks.tick",
        "schedule": 30.0,
        "options": {"expires": 25, "queue": "clock"},
    },
    "deliver": {
        "task": "taper_tracker.tasks.deliver",
        "schedule": 30.0,
        "options": {"expires": 25, "queue": "messages"},
    },
}
CELERY_TASK_ROUTES = {
    "taper_tracker.tasks.tick": {"queue": "clock"},
    "taper_tracker.tasks.deliver": {"queue": "messages"},
}
CELERY_TASK_DEFAULT_QUEUE = "clock"
CACHES: dict[str, Any] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# The watch
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
PING_URL: str = env.str("PING_URL", default="")

# Mail
EMAIL_URL: str = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(TAPER_DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Diary <diary@localhost>")
MAIL_CONNECTIONS: int = env.int("MAIL_CONNECTIONS", default=8)
LEASE_SECONDS: int = env.int("LEASE_SECONDS", default=120)
VAPID_KEY_FILE: Path = vapid_key(TAPER_DATA_DIR)
VAPID_SUBJECT: str = env.str(
    "VAPID_SUBJECT", default=BASE_URL if HTTPS else f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"
)
MESSAGE_ID_DOMAIN: str = env.str("MESSAGE_ID_DOMAIN", default="diary.localhost")

# People
AUTH_USER_MODEL = "patients.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "taper_tracker.adapters.ByInvitation"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
PASSWORD_RESET_TIMEOUT = 60 * 60
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

# Forms and pages
CRISPY_ALLOWED_TEMPLATE_PACKS = ["taper"]
CRISPY_TEMPLATE_PACK = "taper"
CRISPY_FAIL_SILENTLY = False
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = TAPER_DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STATIC_ROOT.mkdir(exist_ok=True)

# Safety of the wire
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "taper_tracker.views.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# The log: never a note, a dose or a name
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
logging.captureWarnings(capture=True)
