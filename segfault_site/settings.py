"""The site's settings: what an operator changes comes from the environment or the file `.env`."""

import hashlib
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def kept_key() -> str:
    """Return the key of a machine that is only tried out: made once, kept beside the database."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def tree_digest(folder: Path, *more: Path) -> str:
    """Return a short name for the content of a folder of static files, and of files beside it."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in more))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or (kept_key() if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it to a long random text, or set DEBUG=True on a machine"
        " that is only tried out."
    )

# The site's public address decides everything that hangs on it: hosts, origins, secure cookies.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [
    "localhost", "127.0.0.1", "[::1]", *([_site.hostname] if _site.hostname else []),
]  # fmt: skip
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "replays",
    "spectate",
    "play",
    "segfault_site",
]
MIDDLEWARE = [
    "segfault_site.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "segfault_site.middleware.PlainErrors",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "segfault_site.urls"
ASGI_APPLICATION = "segfault_site.asgi.application"
APPEND_SLASH = False
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
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"

# An answer means it is on disk: SQLite and PostgreSQL both sync at every commit.
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'site.sqlite3'}"
DATABASE = env.db_url_config(DATABASE_URL)
DATABASES = {"default": DATABASE}
if DATABASE["ENGINE"].endswith("sqlite3"):
    # SQLite before 3.51.3 can lose a WAL when two connections write and checkpoint at once, so
    # ordinary connections never checkpoint: `manage.py serve` does, on one connection.
    DATABASE["CONN_MAX_AGE"] = None  # opening one costs more than most requests ask of it
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        " PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON;",
    }
    DATABASE["TEST"] = {"NAME": env.str("TEST_DATABASE", default=str(VAR_DIR / "test.sqlite3"))}
else:
    DATABASE["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 16, "timeout": 10},
        "options": "-c synchronous_commit=on",  # whatever the server is set up to do
        "prepare_threshold": 3,  # of statements that `replays.rows` runs again and again
    }

# Redis is optional: it makes news faster and limits shared between machines.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "shared": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "segfault",
            "OPTIONS": {"socket_timeout": 0.25, "socket_connect_timeout": 0.25},
        },
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Static files come from their folders as they are, under a prefix that names their content, so
# that modules import each other by relative paths and everything may be kept for ever.
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "segfault_site.node_files.NodeFiles",
]
STATIC_URL = f"/static/{tree_digest(BASE_DIR / 'static', BASE_DIR / 'package-lock.json')}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Headers on every response
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# Accounts
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/account"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_ADAPTER = "segfault_site.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "segfault_site.accounts.LoginForm",
    "signup": "segfault_site.accounts.SignupForm",
    "change_password": "segfault_site.accounts.ChangePasswordForm",
    "reauthenticate": "segfault_site.accounts.ReauthenticateForm",
}
# Passwords are counted by the adapter (see LIMITS: logins); codes of a second factor here.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/h/key", "signup": "20/h/ip"}
CSRF_FAILURE_VIEW = "segfault_site.handlers.csrf_failure"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "replays.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "replays.api.bodies.AnswerJSON",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["replays.api.bodies.StrictJSONParser"],
    "EXCEPTION_HANDLER": "replays.api.errors.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SEGFAULT replays",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["segfault_site.api_docs.without_slashes"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "segfault_site.api_docs.with_streams",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "process": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        },
    },
}
# One limit a line: how many in how many seconds, each counted by who asks (see replays/limits.py).
LIMITS = {
    "reads": env.str("LIMIT_READS", default="50/10"),
    "chunks": env.str("LIMIT_CHUNKS", default="600/10"),
    "shares": env.str("LIMIT_SHARES", default="30/3600"),
    "share_misses": env.str("LIMIT_SHARE_MISSES", default="60/60"),
    "imports": env.str("LIMIT_IMPORTS", default="10/60"),
    "imports_hour": env.str("LIMIT_IMPORTS_HOUR", default="150/3600"),
    "watched": env.str("LIMIT_WATCHED", default="60/60"),
    "reports": env.str("LIMIT_REPORTS", default="10/3600"),
    "logins": env.str("LIMIT_LOGINS", default="5/60"),
    "logins_account": env.str("LIMIT_LOGINS_ACCOUNT", default="10/3600"),
    "pictures": env.str("LIMIT_PICTURES", default="120/60"),
    "verifications": env.str("LIMIT_VERIFICATIONS", default="10/3600"),
    "joins": env.str("LIMIT_JOINS", default="10/60"),
    "process_commands": env.str("LIMIT_PROCESS_COMMANDS", default="20/1"),
    "process_reads": env.str("LIMIT_PROCESS_READS", default="100/10"),
    "process_misses": env.str("LIMIT_PROCESS_MISSES", default="60/60"),
    "pushes": env.str("LIMIT_PUSHES", default="50000/10"),
    "rooms": env.str("LIMIT_ROOMS", default="20/3600"),
    "room_misses": env.str("LIMIT_ROOM_MISSES", default="60/60"),
    "table_commands": env.str("LIMIT_TABLE_COMMANDS", default="10/1"),
    "table_messages": env.str("LIMIT_TABLE_MESSAGES", default="100/10"),
    "call_signs": env.str("LIMIT_CALL_SIGNS", default="20/3600"),
    "chat": env.str("LIMIT_CHAT", default="5/10"),
    "chat_reads": env.str("LIMIT_CHAT_READS", default="50/10"),
    "guests": env.str("LIMIT_GUESTS", default="20/3600"),
    "socket_messages": env.str("LIMIT_SOCKET_MESSAGES", default="20/10"),
}
EXPORTS_AT_ONCE = env.int("EXPORTS_AT_ONCE", default=3)
EXPORTS_AN_ADDRESS = env.int("EXPORTS_AN_ADDRESS", default=1)
SOCKETS_AN_ADDRESS = env.int("SOCKETS_AN_ADDRESS", default=50)
SOCKETS_A_SHARD = env.int("SOCKETS_A_SHARD", default=2000)
SPECTATORS_A_GAME = env.int("SPECTATORS_A_GAME", default=100)
SOCKETS_A_PROCESS = env.int("SOCKETS_A_PROCESS", default=5000)
SOCKET_SEND_SECONDS = env.float("SOCKET_SEND_SECONDS", default=10.0)

# Figures for operators, at /metrics, for who has this token; without one there are none
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Chat
CHAT_GUESTS = env.bool("CHAT_GUESTS", default=True)
CHAT_BLEED_CHANCE = env.float("CHAT_BLEED_CHANCE", default=0.02)

# What `manage.py expire` lets go of, as game:days or game/origin:days, by commas (see retention.py)
RETENTION = env.str("RETENTION", default="")

# Pushed replays
OPEN_PUSH = env.bool("OPEN_PUSH", default=DEBUG)
EVENT_STREAMS = env.int("EVENT_STREAMS", default=500)

# SEGFAULT
SEGFAULT_REPLAY_LOGGING = env.bool("SEGFAULT_REPLAY_LOGGING", default=True)
SEGFAULT_API_KEY = env.str("SEGFAULT_API_KEY", default="")
SEGFAULT_TICK_SECONDS = env.float("SEGFAULT_TICK_SECONDS", default=1.0)
SEGFAULT_SHARDS = env.int("SEGFAULT_SHARDS", default=2)
DEMOS = env.bool("DEMOS", default=True)
FIGHT_EVERY_SECONDS = env.float("FIGHT_EVERY_SECONDS", default=900.0)
SEGFAULT_COMPUTER_PLAYERS = env.int("SEGFAULT_COMPUTER_PLAYERS", default=7)
MIN_ACTIVE_PROCESSES = env.int("MIN_ACTIVE_PROCESSES", default=1)
PROCESS_TOKEN_IN_QUERY = env.bool("PROCESS_TOKEN_IN_QUERY", default=False)
EMPTY_SHARD_TICKS = env.int("EMPTY_SHARD_TICKS", default=10)

# Tables, as of Golf
COMPUTER_PAUSE_SECONDS = env.float("COMPUTER_PAUSE_SECONDS", default=1.2)
ABSENT_SECONDS = env.float("ABSENT_SECONDS", default=60.0)
ROOM_SILENT_SECONDS = env.float("ROOM_SILENT_SECONDS", default=1800.0)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "segfault_site.logs.WithoutTokens",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
