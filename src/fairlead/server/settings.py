"""Settings of the web application. Everything that differs between installations is read here, loudly."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from csp.constants import NONE, SELF

from fairlead.server import environment

DATA = Path(environment.text("FAIRLEAD_DATA", platformdirs.user_data_dir("fairlead")))
"""Where the embedded database and the secret key live."""

DEMO = environment.flag("FAIRLEAD_DEMO", default=False)
"""Demo mode: a page where one click makes you a person of the cast. Never on a real installation."""

DEMO_NOW = environment.text("FAIRLEAD_DEMO_NOW", "")
"""Demo mode only: the moment the demo's clock starts from, as an ISO instant."""


def _secret() -> str:
    given = environment.text("FAIRLEAD_SECRET_KEY", "")
    if given:
        return given
    path = DATA / "secret-key"
    if not path.exists():
        from django.core.management.utils import get_random_secret_key

        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text().strip()


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = environment.words("FAIRLEAD_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = environment.words("FAIRLEAD_ORIGINS", "")
HTTPS = environment.flag("FAIRLEAD_HTTPS", default=False)

INSTALLED_APPS = [
    "fairlead.ledger",
    "fairlead.notices",
    "fairlead.people",
    "fairlead.territories",
    "fairlead.promises",
    "fairlead.debts",
    "fairlead.deals",
    "fairlead.qualification",
    "fairlead.calls",
    "fairlead.expectations",
    "fairlead.news",
    "fairlead.agreements",
    "fairlead.feedback",
    "fairlead.earnings",
    "fairlead.reviews",
    "fairlead.plans",
    "fairlead.winloss",
    "fairlead.exits",
    "fairlead.asks",
    "fairlead.health",
    "fairlead.mutual",
    "fairlead.desk",
    "fairlead.mail",
    "fairlead.webhooks",
    "fairlead.help",
    "fairlead.grounds",
    "fairlead.records",
    "fairlead.standing",
    "fairlead.looks",
    "fairlead.early",
    "fairlead.gaps",
    "fairlead.cases",
    "fairlead.enablement",
    "fairlead.improvement",
    "fairlead.diagnoses",
    "fairlead.oneonones",
    "fairlead.web",
    "fairlead.api",
    "ninja",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fairlead.web.middleware.PrivatePages",
    "fairlead.web.middleware.WhoAsks",
]

ROOT_URLCONF = "fairlead.server.urls"
WSGI_APPLICATION = "fairlead.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fairlead.web.frame.context",
            ],
        },
    },
]

DATABASES = {
    "default": environment.database(
        environment.text("FAIRLEAD_DATABASE", f"sqlite:///{DATA / 'fairlead.sqlite3'}")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "fairlead.web.accounts.ClosedSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Fairlead"
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("FAIRLEAD_BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the QR code of a sign-in app is a data image
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "fairlead_cache",
    }
}
"""In the database, so that throttling counts once for all workers."""

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
"""Jobs wait in the database; `fairlead work` (started by `serve` and `demo`) does them."""

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"

EMAIL_HOST = environment.text("FAIRLEAD_EMAIL_HOST", "")
EMAIL_PORT = environment.number("FAIRLEAD_EMAIL_PORT", default=587, least=1, most=65535)
EMAIL_HOST_USER = environment.text("FAIRLEAD_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = environment.text("FAIRLEAD_EMAIL_PASSWORD", "")
_EMAIL_SECURITY = environment.one_of(
    "FAIRLEAD_EMAIL_SECURITY", ("starttls", "tls", "none"), default="starttls"
)
EMAIL_USE_TLS, EMAIL_USE_SSL = _EMAIL_SECURITY == "starttls", _EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 30
_CONSOLE = "django.core.mail.backends.console.EmailBackend"
EMAIL_BACKEND = environment.text(
    "FAIRLEAD_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else _CONSOLE
)
DEFAULT_FROM_EMAIL = environment.text("FAIRLEAD_EMAIL_FROM", "fairlead@localhost")
MAIL_URL = environment.text("FAIRLEAD_URL", "").rstrip("/")
"""Where people find Fairlead, for the links in mails."""
MAIL_OUT = bool(MAIL_URL) and EMAIL_BACKEND != _CONSOLE and not DEMO
"""Notices leave as mail only where a server to send through and an address to link to are known. Off as shipped."""
MAIL_AUTHSERV = environment.text("FAIRLEAD_MAIL_AUTHSERV", "").strip()
"""The name by which the receiving mail server signs its Authentication-Results; without it nothing is proven."""
MAIL_AUTHSERV_HOPS = environment.number("FAIRLEAD_MAIL_AUTHSERV_HOPS", default=0, least=0, most=10)
"""How many Received lines of own servers stand above that header; below them nothing is believed."""
MAIL_LIMIT = environment.number("FAIRLEAD_MAIL_MB", default=5, least=1, most=50) * 1024 * 1024
"""The largest mail to the desk."""
MAIL_IMAP_HOST = environment.text("FAIRLEAD_IMAP_HOST", "")
MAIL_IMAP_PORT = environment.number("FAIRLEAD_IMAP_PORT", default=993, least=1, most=65535)
MAIL_IMAP_USER = environment.text("FAIRLEAD_IMAP_USER", "")
MAIL_IMAP_PASSWORD = environment.text("FAIRLEAD_IMAP_PASSWORD", "")
MAIL_IMAP_SECURITY = environment.one_of("FAIRLEAD_IMAP_SECURITY", ("tls", "starttls", "none"), default="tls")
MAIL_IMAP_FOLDER = environment.text("FAIRLEAD_IMAP_FOLDER", "INBOX")

WEBHOOKS = bool(MAIL_URL) and not DEMO
"""Addresses are called only where an address of Fairlead to link to is known."""
WEBHOOK_PORTS = environment.ports("FAIRLEAD_WEBHOOK_PORTS", "443")
"""At which ports; at these alone."""
WEBHOOK_LOOPBACK = environment.flag("FAIRLEAD_WEBHOOK_LOOPBACK", default=False) and DEMO
"""For tests alone: lets http and https to 127.0.0.1 through. Without effect on a real installation."""

UPLOAD_LIMIT = environment.number("FAIRLEAD_UPLOAD_MB", default=512, least=1, most=4096) * 1024 * 1024
EVIDENCE_LIMIT = environment.number("FAIRLEAD_EVIDENCE_MB", default=10, least=1, most=100) * 1024 * 1024
"""The largest file that is kept as evidence; it is kept in the database, so that a backup holds it."""
EVIDENCE_DEAL_LIMIT = (
    environment.number("FAIRLEAD_EVIDENCE_DEAL_MB", default=100, least=1, most=2048) * 1024 * 1024
)
"""What the files of one deal may take together."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "fairlead.web.uploads.Quota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOADS = DATA / "uploads"
"""Files waiting for a mapping or an answer; removed when the import ends."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"redacted": {"()": "fairlead.server.redacting.Redacted"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["redacted"]}
    },
    "loggers": {
        name: {"filters": ["redacted"]}
        for name in ("django.request", "django.security.csrf", "django.server")
    },
    "root": {"handlers": ["console"], "level": environment.text("FAIRLEAD_LOG_LEVEL", "WARNING")},
}
NINJA_PAGINATION_MAX_LIMIT = 500
