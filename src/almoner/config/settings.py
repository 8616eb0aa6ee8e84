"""Django's settings, read strictly from the environment: a start with a missing or unsafe value names all of them.

`ALMONER_MODE` is `demo` (one folder, a pretend gateway, mail into files), `production`, or `test` (which is what tools
get that don't say: linters, migrations, pytest). docs/reference/settings.md lists every variable.
"""

import hashlib
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

from almoner.config import database, mail, salesforce, secrets, stripe
from almoner.kernel.environment import Environment

_env = Environment(os.environ)
_PACKAGE = Path(__file__).resolve().parent.parent

MODE = _env.choice("ALMONER_MODE", "test", of=("demo", "production", "test"))
_production = MODE == "production"

DEBUG = _env.flag("ALMONER_DEBUG", False)
if DEBUG and _production:
    _env.refuse("ALMONER_DEBUG", "must be off in production: its error pages show donors' data.")

# ---- Where things lie --------------------------------------------------------------------------------------------
# A test's folder is nobody else's, and isn't made until something is written there.
_scratch = Path(tempfile.gettempdir()) / f"almoner-test-{os.getpid()}"
DATA_DIR = _env.folder("ALMONER_DATA_DIR", str(_scratch) if MODE == "test" else "data")
MEDIA_ROOT = _env.folder("ALMONER_MEDIA_DIR", str(DATA_DIR / "media"))
MEDIA_URL = "/media/"
STATIC_ROOT = _env.folder("ALMONER_STATIC_DIR", str(DATA_DIR / "static"))
STATIC_URL = "/static/"
# The address finder's files, one a country: `almoner addresses build` writes them there.
ADDRESSES_DIR = _env.folder("ALMONER_ADDRESSES_DIR", str(DATA_DIR / "addresses"))
# What is searched: copies that nobody writes, shared by the workers. They are made again where they are missing.
ADDRESS_COPIES_DIR = DATA_DIR / "address-copies"
# Folders with fonts for receipts, beside those where systems keep Noto.
ALMONER_FONT_DIRS = _env.words("ALMONER_FONT_DIRS")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names with hashes may be kept for ever by browsers; tests don't collect, so they use plain names.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}

_database_file = ":memory:" if MODE == "test" else DATA_DIR / "almoner.sqlite3"
DATABASES = {"default": database.read(_env, default=f"sqlite:///{_database_file}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Secrets -----------------------------------------------------------------------------------------------------
SECRET_KEY = secrets.read(_env, mode=MODE, data_dir=DATA_DIR)
SECRET_KEY_FALLBACKS = _env.words("ALMONER_SECRET_KEY_FALLBACKS")
ALMONER_RECEIPT_KEYS = secrets.receipt_keys(_env)
ALMONER_FIELD_KEYS = secrets.field_keys(_env)

# ---- The site ----------------------------------------------------------------------------------------------------
SITE_URL = _env.text(
    "ALMONER_SITE_URL", "" if _production else "http://127.0.0.1:8000", required=_production
).rstrip("/")
_env.url("ALMONER_SITE_URL", SITE_URL, schemes=("https",) if _production else ("https", "http"))
ALLOWED_HOSTS = _env.words(
    "ALMONER_ALLOWED_HOSTS",
    () if _production else ("127.0.0.1", "localhost", "[::1]", "testserver"),
    required=_production,
)
if _production and "*" in ALLOWED_HOSTS:
    _env.refuse("ALMONER_ALLOWED_HOSTS", "must name the hosts: * lets anybody choose the host in our links.")
# How many of our own proxies stand in front: their entries of X-Forwarded-For are counted from the right.
TRUSTED_PROXIES = _env.integer("ALMONER_TRUSTED_PROXIES", 1 if _production else 0, at_least=0, at_most=10)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
elif _production:
    _env.refuse("ALMONER_TRUSTED_PROXIES", "must be at least 1 in production: a proxy in front speaks https.")
# How long a process may answer from memory before it asks whether content has changed.
STAMP_AGE_SECONDS = 0.0 if MODE == "test" else 1.0
ALMONER_SANDBOX = _env.flag("ALMONER_SANDBOX", not _production)
if ALMONER_SANDBOX and _production:
    _env.refuse(
        "ALMONER_SANDBOX", "must be off in production: the sandbox says yes to money that never moves."
    )

# The sandbox's truth stands in a file of its own, as a real gateway's stands on its own servers.
ALMONER_SANDBOX_PATH = DATA_DIR / "sandbox.sqlite3"
ALMONER_SANDBOX_SECRET = hashlib.sha256(f"sandbox webhooks:{SECRET_KEY}".encode()).hexdigest()
ALMONER_SANDBOX_STALL_SECONDS = _env.integer("ALMONER_SANDBOX_STALL_SECONDS", 30, at_least=0, at_most=600)

# ---- Stripe: docs/how-to/stripe.md ----------------------------------------------------------------------------------
_stripe = stripe.read(_env, mode=MODE)
STRIPE_ACCOUNT = _stripe.account
STRIPE_SECRET_KEY = _stripe.secret_key
STRIPE_PUBLISHABLE_KEY = _stripe.publishable_key
STRIPE_WEBHOOK_SECRETS = _stripe.webhook_secrets
STRIPE_CURRENCIES = _stripe.currencies
STRIPE_METHODS = _stripe.methods
STRIPE_API_BASE = _stripe.api_base
STRIPE_API_VERSION = _stripe.api_version
STRIPE_APPLE_PAY_FILE = _stripe.apple_pay_file

# PayPal and GoCardless, where they are set up: docs/how-to/paypal.md, docs/how-to/gocardless.md.
ALMONER_PAYPAL_API_BASE = _env.text("ALMONER_PAYPAL_API_BASE", "https://api-m.paypal.com")
_PAYPAL_NEEDED = ("ALMONER_PAYPAL_CLIENT_ID", "ALMONER_PAYPAL_SECRET", "ALMONER_PAYPAL_MERCHANT_ID")
_with_paypal = any(_env.is_set(name) for name in _PAYPAL_NEEDED)
ALMONER_PAYPAL_CLIENT_ID = _env.text("ALMONER_PAYPAL_CLIENT_ID", required=_with_paypal)
ALMONER_PAYPAL_SECRET = _env.text("ALMONER_PAYPAL_SECRET", required=_with_paypal)
# The account that is paid, as PayPal numbers it.
ALMONER_PAYPAL_MERCHANT_ID = _env.text("ALMONER_PAYPAL_MERCHANT_ID", required=_with_paypal)
ALMONER_PAYPAL_WEBHOOK_ID = _env.text("ALMONER_PAYPAL_WEBHOOK_ID", required=_with_paypal and _production)
_env.url(
    "ALMONER_PAYPAL_API_BASE",
    ALMONER_PAYPAL_API_BASE,
    schemes=("https",) if _production else ("https", "http"),
)
ALMONER_GOCARDLESS_API_BASE = _env.text("ALMONER_GOCARDLESS_API_BASE", "https://api.gocardless.com")
_GOCARDLESS_NEEDED = ("ALMONER_GOCARDLESS_ACCESS_TOKEN", "ALMONER_GOCARDLESS_CREDITOR")
_with_gocardless = any(_env.is_set(name) for name in _GOCARDLESS_NEEDED)
ALMONER_GOCARDLESS_ACCESS_TOKEN = _env.text("ALMONER_GOCARDLESS_ACCESS_TOKEN", required=_with_gocardless)
# The creditor that is paid, as GoCardless numbers it.
ALMONER_GOCARDLESS_CREDITOR = _env.text("ALMONER_GOCARDLESS_CREDITOR", required=_with_gocardless)
# What the account may collect by.
ALMONER_GOCARDLESS_METHODS = tuple(_env.words("ALMONER_GOCARDLESS_METHODS", ("becs", "bacs", "sepa")))
if not set(ALMONER_GOCARDLESS_METHODS) <= {"becs", "bacs", "sepa"}:
    _env.refuse("ALMONER_GOCARDLESS_METHODS", "must be of becs, bacs, sepa.")
# Several are in force while one is changed for another.
ALMONER_GOCARDLESS_WEBHOOK_SECRETS = _env.words(
    "ALMONER_GOCARDLESS_WEBHOOK_SECRETS", required=_with_gocardless and _production
)
_env.url(
    "ALMONER_GOCARDLESS_API_BASE",
    ALMONER_GOCARDLESS_API_BASE,
    schemes=("https",) if _production else ("https", "http"),
)
# As with a live key of Stripe's: no real account is charged in a demonstration.
for _name, _used, _base, _real, _trial in (
    ("PAYPAL", _with_paypal, ALMONER_PAYPAL_API_BASE, "api-m.paypal.com", "api-m.sandbox.paypal.com"),
    ("GOCARDLESS", _with_gocardless, ALMONER_GOCARDLESS_API_BASE, "api.gocardless.com", "api-sandbox.gocardless.com"),
):  # fmt: skip
    if _used and not _production and _base.rstrip("/") == f"https://{_real}":
        _env.refuse(
            f"ALMONER_{_name}_API_BASE", f"must be https://{_trial} outside production: here money is real."
        )

# ---- Salesforce, where gifts are sent there: docs/how-to/salesforce.md ---------------------------------------------
_salesforce = salesforce.read(_env, mode=MODE)
ALMONER_SALESFORCE_DOMAIN = _salesforce.domain
ALMONER_SALESFORCE_CLIENT_ID = _salesforce.client_id
ALMONER_SALESFORCE_CLIENT_SECRET = _salesforce.client_secret
ALMONER_SALESFORCE_TIMEOUT_SECONDS = _salesforce.timeout_seconds

# ---- Limits: whoever passes one pays on the gateway's hosted page instead --------------------------------------------
# Submits from one address in ten minutes, declines in an hour, and submits with one email address in a day.
LIMIT_ATTEMPTS = _env.integer(
    "ALMONER_LIMIT_ATTEMPTS", 40 if MODE == "demo" else 5, at_least=1, at_most=1_000_000
)
LIMIT_DECLINES_WORK = _env.integer(
    "ALMONER_LIMIT_DECLINES_WORK", 30 if MODE == "demo" else 3, at_least=1, at_most=1_000_000
)
LIMIT_DECLINES = _env.integer(
    "ALMONER_LIMIT_DECLINES", 40 if MODE == "demo" else 5, at_least=1, at_most=1_000_000
)
LIMIT_EMAIL_ATTEMPTS = _env.integer(
    "ALMONER_LIMIT_EMAIL_ATTEMPTS", 100 if MODE == "demo" else 10, at_least=1, at_most=1_000_000
)
# How many submits of ten minutes it takes to say of a form that it is under attack.
LIMIT_ATTACK_FROM = _env.integer("ALMONER_LIMIT_ATTACK_FROM", 20, at_least=1, at_most=1_000_000)
# After how many minutes without a sign it is over.
LIMIT_ATTACK_CALM_MINUTES = _env.integer("ALMONER_LIMIT_ATTACK_CALM_MINUTES", 30, at_least=1, at_most=10_000)

# ---- Webhooks: docs/how-to/send-events.md ----------------------------------------------------------------------------
# Hosts in our own network to which events may be sent, by http and at any port too. All others must be public.
ALMONER_WEBHOOK_HOSTS = frozenset(host.lower() for host in _env.words("ALMONER_WEBHOOK_HOSTS"))

# ---- The API: calls of one token in a minute ------------------------------------------------------------------------
API_CALLS_A_MINUTE = _env.integer("ALMONER_API_CALLS_A_MINUTE", 600, at_least=1, at_most=1_000_000)

# ---- /metrics: docs/reference/metrics.md. Without a token there is none. ---------------------------------------------
ALMONER_METRICS_TOKEN = _env.text("ALMONER_METRICS_TOKEN")
if ALMONER_METRICS_TOKEN and len(ALMONER_METRICS_TOKEN) < 20:
    _env.refuse(
        "ALMONER_METRICS_TOKEN", "must have at least 20 characters, as `openssl rand -hex 24` prints."
    )

# ---- OpenTelemetry: docs/how-to/observe.md ---------------------------------------------------------------------------
ALMONER_TELEMETRY = _env.flag("ALMONER_TELEMETRY", False)
if ALMONER_TELEMETRY and not find_spec(
    "opentelemetry.sdk" if find_spec("opentelemetry") else "opentelemetry"
):
    _env.refuse("ALMONER_TELEMETRY", "needs the packages of requirements/telemetry.txt.")

# ---- Mail --------------------------------------------------------------------------------------------------------
EMAIL_OUTBOX_DIR = DATA_DIR / "outbox"
_mail = mail.read(_env, mode=MODE, outbox_dir=EMAIL_OUTBOX_DIR)
EMAIL_BACKEND = _mail.backend
EMAIL_HOST = _mail.host
EMAIL_PORT = _mail.port
EMAIL_HOST_USER = _mail.user
EMAIL_HOST_PASSWORD = _mail.password
EMAIL_USE_TLS = _mail.starttls
EMAIL_USE_SSL = _mail.tls
EMAIL_TIMEOUT = 20
# So many yearly messages leave in an hour at the most; 0: as fast as the mail server takes them. Receipts aren't held.
YEARLY_MAILS_AN_HOUR = _env.integer("ALMONER_YEARLY_MAILS_AN_HOUR", 0, at_least=0, at_most=1_000_000)
EMAIL_FILE_PATH = str(EMAIL_OUTBOX_DIR)
ANYMAIL = _mail.anymail
DEFAULT_FROM_EMAIL = _mail.sender
SERVER_EMAIL = _mail.sender

# ---- Apps --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "almoner.charities",
    "almoner.outbox",
    "almoner.consents",
    "almoner.impact",
    "almoner.ledger",
    "almoner.payments",
    "almoner.supporters",
    "almoner.plans",
    "almoner.giving",
    "almoner.receipts",
    "almoner.donors",
    "almoner.crm",
    "almoner.api",
    "almoner.webhooks",
    "almoner.banking",
    "almoner.stories",
    "almoner.backoffice",
    "almoner.config",
    "wagtail_2fa",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "anymail",
    "wagtail.contrib.redirects",
    "wagtail.contrib.sitemaps",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]
if find_spec("django_linear_migrations"):
    # A tool for those who write migrations; an installation doesn't carry it.
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "almoner.config.middleware.SecurityHeaders",
    "almoner.config.overload.Overload",
    "almoner.config.middleware.DonorPath",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "almoner.config.middleware.VerifiedStaff",
    "django.contrib.messages.middleware.MessageMiddleware",
    "almoner.backoffice.witness.Witness",
    "almoner.backoffice.fence.Fence",
    "almoner.backoffice.entrance.fresh.FreshFactor",
    "almoner.stories.clocks.PageClock",
    "almoner.stories.held_back.HeldBack",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
ROOT_URLCONF = "almoner.config.urls"
WSGI_APPLICATION = "almoner.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "NAME": "jinja2",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        # Django would look for app/jinja2/; our templates stand in app/templates/ and are told apart by *.jinja.
        # The rooms of Wagtail's pages write Django's templates: this engine is asked first, and would take them.
        "DIRS": [
            _PACKAGE / room / "templates" for room in ("giving", "payments", "receipts", "donors", "config")
        ],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "almoner.config.jinja.environment", "auto_reload": MODE == "test"},
    },
    {
        "NAME": "django",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# ---- Language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("nl", "Nederlands"),
    ("it", "Italiano"),
    ("pt-br", "Português (Brasil)"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [_PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["almoner.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---- Requests and cookies ----------------------------------------------------------------------------------------
_https = _production or SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
# __Host- binds a cookie to this host, to its root and to https.
SESSION_COOKIE_NAME = "__Host-staff" if _https else "staff"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
# A donor who is signed in, and the browser in which a link was asked for.
DONOR_COOKIE_NAME = "__Host-giving" if _https else "giving"
DONOR_ASK_COOKIE_NAME = "__Host-giving-ask" if _https else "giving-ask"
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = _env.integer(
    "ALMONER_HSTS_SECONDS", 31_536_000 if _https else 0, at_least=0, at_most=63_072_000
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = _env.flag("ALMONER_HSTS_SUBDOMAINS", False)
# How many requests a process answers at once, and from what part of them on it sends some away: charts and other
# ornaments, then pages and other systems, and the form's steps last. Over 100: never.
THREADS = _env.integer("ALMONER_THREADS", 16, at_least=1, at_most=256)
SHED_PERCENTS = (
    _env.integer("ALMONER_SHED_ORNAMENTS", 50, at_least=1, at_most=101),
    _env.integer("ALMONER_SHED_PAGES", 75, at_least=1, at_most=101),
    _env.integer("ALMONER_SHED_STEPS", 95, at_least=1, at_most=101),
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

# ---- Wagtail -----------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Almoner"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English")]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
# As in stories.pictures, which takes what came in apart and keeps its pixels alone.
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "almoner.stories.uploading.PictureForm"
WAGTAILIMAGES_JPEG_QUALITY, WAGTAILIMAGES_WEBP_QUALITY, WAGTAILIMAGES_AVIF_QUALITY = 78, 76, 60
# Nothing on staff's screens asks another host: no avatars, no news, no oEmbed.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_2FA_REQUIRED = _env.flag("ALMONER_STAFF_TWO_FACTORS", _production)
if _production and not WAGTAIL_2FA_REQUIRED:
    _env.refuse(
        "ALMONER_STAFF_TWO_FACTORS", "must be on in production: staff see donors' data and move money."
    )

# Moving money, taking data of people away, and changing who may do so ask for a second factor that was given so lately.
STAFF_FRESH_FACTOR_SECONDS = 60 * _env.integer("ALMONER_STAFF_FRESH_MINUTES", 10, at_least=1, at_most=60)

# ---- Logs: one JSON object a line, on stdout, without bodies, tokens or query strings ------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "almoner.config.logs.JsonLines"}},
    "handlers": {
        "stdout": {"class": "almoner.config.logs.Scrubbed", "stream": "ext://sys.stdout", "formatter": "json"}
    },
    "root": {
        "handlers": ["stdout"],
        "level": _env.choice("ALMONER_LOG_LEVEL", "INFO", of=("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        # Django's own handlers would print to a console and mail tracebacks to ADMINS.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.db.backends": {"level": "WARNING"},
        # Anybody can write such a line by asking for a host that isn't ours; the answer is 400.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django_tasks": {"level": "WARNING"},
        # It tells each address that is asked, and saved methods stand in some.
        "httpx": {"level": "WARNING"},
        # It would write a line for each request, and what its errors say.
        "stripe": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}  # fmt: skip

SILENCED_SYSTEM_CHECKS: list[str] = [
    # Our own middleware redirects to https and sets the headers of SecurityMiddleware and XFrameOptionsMiddleware, on
    # donors' pages too, which these two would not see.
    "security.W001", "security.W002",
]  # fmt: skip

_env.finish()
