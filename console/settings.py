"""Settings of Concord. Every value that a hospital sets comes from the environment; `.env.example` explains each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from console import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
ENGINES = env.engines(BASE_DIR)
CONCORD_HOME = ENGINES.home
DEBUG = env.flag("CONCORD_DEBUG", default=False)
SECRET_KEY = ENGINES.secret_key
ALLOWED_HOSTS = env.words("CONCORD_HOSTS", default="localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = env.words("CONCORD_ORIGINS", default="")
HTTPS = env.flag("CONCORD_HTTPS", default=False)
DEMO = env.flag("CONCORD_DEMO", default=False)
BEHIND_PROXY = env.flag("CONCORD_BEHIND_PROXY", default=False)
METRICS_TOKEN = env.value("CONCORD_METRICS_TOKEN")

LIBRARIES = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "auditlog",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "django_htmx",
    "lucide",
    "csp",
    "console.engines",
    "samples",
]
#: Each declares what it brings in its module ``registration``; beat reads their schedules from their ``apps``.
CAPABILITIES = [
    "console.ui",
    "console.people",
    "console.waves",
    "console.audit",
    "console.audit_pages",
    "console.notices",
    "console.search",
    "triage.runs",
    "triage.queues",
    "triage.cases",
    "triage.days",
    "triage.overdue",
    "triage.desk",
    "triage.bulk",
    "triage.comments",
    "triage.questions",
    "triage.intake",
    "triage.setup",
    "triage.merges",
    "governance.measures",
    "governance.risks",
    "governance.rollback",
    "governance.signing",
    "governance.gates",
    *(["samples.entrance"] if DEMO else []),
]
INSTALLED_APPS = [*LIBRARIES, *CAPABILITIES]

MIDDLEWARE = [
    "console.health.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "console.audit.middleware.CorrelationMiddleware",
    "console.web.refusals.PlainTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "console.web.refusals.ModestBodyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.people.middleware.SessionRulesMiddleware",
    "console.people.middleware.SignInMiddleware",
    "console.audit.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "console.people.middleware.TimeZoneMiddleware",
    "console.web.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
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
                "console.ui.context.shell",
            ],
            "builtins": ["console.ui.templatetags.ui", "lucide.templatetags.lucide"],
        },
    }
]
FORM_RENDERER = "console.ui.forms.Renderer"

# One dialect, two roles: `default` is the app role, `owner` migrates. Both see the same database.
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database(ENGINES.database_url),
    "owner": env.database(ENGINES.owner_url) | {"TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES: dict[str, Any] = {"auditlog": None}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.cache_url(ENGINES.redis_url)}
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "console.people.backends.ScopedPermissions",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Scrypt", "PBKDF2")]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "console.people.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "console.people.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_PREVENT_ENUMERATION = True
# The caller's address, which rate limits go by: the proxy's word for it behind a proxy, the connection's otherwise.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
REQUIRE_MFA = env.flag("CONCORD_REQUIRE_MFA", default=HTTPS and not DEMO)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Concord"
# Addresses are given by administrators, not claimed by visitors: nothing waits for a confirmation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_PROVIDERS = env.openid_connect()
SOCIALACCOUNT_ONLY = False

# Sessions live in the database, never in the cookie: 15 minutes idle, 12 hours at most (console.people.middleware).
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_LIMIT_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_LIMIT_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "concord_session"
CSRF_COOKIE_NAME = "concord_csrf"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "console.web.refusals.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *env.words("OIDC_FORM_ACTION", default=env.origin(env.value("OIDC_ISSUER")))],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = CONCORD_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env.staticfiles_backend(debug=DEBUG)},
}
WHITENOISE_MANIFEST_STRICT = False

# Intake: where packages are kept, and the limits that keep a hostile file harmless.
PACKAGE_ROOT = CONCORD_HOME / "packages"
INBOX_ROOT = Path(os.environ.get("CONCORD_INBOX", CONCORD_HOME / "inbox"))
INTAKE_CHUNK_LINES = env.number("CONCORD_CHUNK_LINES", default=20_000)
INTAKE_LINE_BYTES = 1024 * 1024
INTAKE_UPLOAD_BYTES = env.number("CONCORD_UPLOAD_BYTES", default=5 * 1024**3)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "console.web.uploads.TidyUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = env.folder(CONCORD_HOME / "uploads")

AUDITLOG_LOGENTRY_MODEL = "audit.LogEntry"
AUDITLOG_DISABLE_REMOTE_ADDR = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "console.people.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["console.web.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["console.web.throttles.UserThrottle", "console.web.throttles.VisitorThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "6000/min", "anon": "60/min"},
    "NUM_PROXIES": int(BEHIND_PROXY),
    "EXCEPTION_HANDLER": "console.web.refusals.api_exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord",
    "DESCRIPTION": "Push migration runs and measures, work cases, read the decision feed, gates and risks.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "console.web.problem.documented"],
}

CELERY_BROKER_URL = env.broker_url(ENGINES.redis_url)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ROUTES = {"triage.intake.tasks.*": {"queue": "intake"}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Redis gives a lost worker's tasks back after the visibility timeout; the defaults sweep far too seldom.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 30,
}

# Mail goes through any SMTP server; without one it is written to the worker's output.
EMAIL_HOST = env.value("CONCORD_EMAIL_HOST")
EMAIL_BACKEND = os.environ.get("CONCORD_EMAIL_BACKEND") or env.mail_backend(EMAIL_HOST)
EMAIL_USE_TLS, EMAIL_USE_SSL = env.mail_encryption("CONCORD_EMAIL_TLS")
EMAIL_PORT = env.number("CONCORD_EMAIL_PORT", default=465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)
EMAIL_HOST_USER = env.value("CONCORD_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.value("CONCORD_EMAIL_PASSWORD")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("CONCORD_EMAIL_FROM", "concord@localhost")
# The address that links in mail lead to.
CONSOLE_URL = env.console_url(CSRF_TRUSTED_ORIGINS)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"correlation": {"()": "console.logs.CorrelationFilter"}},
    "formatters": {"json": {"()": "console.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["correlation"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CONCORD_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        **{name: {"level": "WARNING"} for name in ("django.security", "celery")},
    },
}
