"""Settings: safe by default, everything that differs between machines comes from the environment."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
# What exact positions are encrypted with, the newest first; kept apart from the database and from its copies.
POSITION_KEYS = env("TANSIQ_POSITION_KEYS", default="")
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DATA_DIR = Path(env("TANSIQ_DATA", default=str(BASE_DIR / "var")))

# The demonstration (invented data, known passwords) may be loaded only where this is set.
DEMONSTRATION = env.bool("TANSIQ_DEMONSTRATION", default=False)

INSTALLED_APPS = [
    "directorates",
    "facilities",
    "policies",
    "coordination.reporting",
    "coordination.meetings",
    "coordination.exchange",
    "coordination.search",
    "coordination.demonstration",
    "coordination",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "coordination.assets.Assets",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_celery_beat",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coordination.middleware.CompressedPages",
    "coordination.middleware.content_policy",
    "coordination.middleware.health",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "coordination.middleware.too_large",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "coordination.languages.language",
    "directorates.acting.acting_organisation",
    "directorates.sessions.seen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "directorates.second_factor.SecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "coordination.middleware.refusals",
]

ROOT_URLCONF = "coordination.urls"
WSGI_APPLICATION = "coordination.wsgi.application"
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
                "coordination.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "coordination.templatetags.tansiq"],
        },
    },
]

# Fields are drawn by `templates/django/forms/` where there is one.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Web, worker and tests connect as a role that is neither owner nor superuser; `migrate` alone uses the owner.
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    # What `foundation/prepared.py` prepares is planned once; nothing else is planned otherwise by this.
    "OPTIONS": {"options": "-c search_path=public,figures -c timezone=UTC -c plan_cache_mode=force_generic_plan"},
}
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL", default="")
REDIS_URL = env("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "directorates.User"
AUTHENTICATION_BACKENDS = ["directorates.accounts.Authentication"]
GUARDIAN_MONKEY_PATCH_USER = False
# Rights are asked at our own door (directorates/permissions.py), never through Django's backends.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
ANONYMOUS_USER_NAME = None
# ASVS 5.0 V6: length counts, no rules of composition, nothing that stands on lists of broken passwords. Eight characters
# would do beside a second factor, fifteen are advised without one: twelve, since not every role has to have one here.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "directorates.passwords.MaximumLength"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "directorates.passwords.WordsOfTheHouse"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "directorates.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
# Passwords are counted in `directorates/throttles.py`, never by the e-mail alone: a stranger could slow its owner down.
# What is counted by the person here are codes of the second step, for which the password has to be known already.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key", "reset_password": "20/m/ip,5/10m/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "directorates.second_factor.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Tansiq"
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ: a code of half a minute ago is taken as well
MFA_RECOVERY_CODE_DIGITS = 10
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_URL.startswith("https://")

# Words
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", _("Arabic")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["coordination.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Damascus"
USE_THOUSAND_SEPARATOR = False

# Files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor/bootstrap/dist", BASE_DIR / "node_modules/bootstrap/dist")]
# What pages on paper are set with: letters that every reader has, upright and slanted, plain and bold.
_FONTS = BASE_DIR / "node_modules" / "@expo-google-fonts"
FONTS = [
    *(_FONTS / "noto-sans-arabic" / style for style in ("400Regular", "700Bold")),
    *(_FONTS / "noto-sans" / style for style in ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic")),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "coordination.asset_storage.AssetStorage"},
}

WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "coordination.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["coordination.api.parsing.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "coordination.api.pagination.Page",
    "EXCEPTION_HANDLER": "coordination.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tansiq",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "coordination.api.schema.with_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "SubmissionStatus": "coordination.reporting.models.submissions.Status",
        "AttachmentStatus": "coordination.reporting.models.attachments.AttachmentState",
        "FollowUpStatus": "coordination.reporting.models.follow_ups.FollowUpState",
        "FollowUpDeed": "coordination.reporting.models.follow_ups.FollowUpDeed",
        "QualityVerdict": "coordination.reporting.api.quality.VERDICTS",
        "MissingReason": "coordination.reporting.models.missing.MissingReason",
        "MissingSide": "coordination.reporting.models.missing.Side",
        "CorrectionStatus": "coordination.reporting.models.corrections.CorrectionState",
        "DoubleReportStatus": "coordination.reporting.models.double_reports.DoubleState",
        "DoubleReportDeed": "coordination.reporting.models.double_reports.DoubleDeed",
        "SettlementWay": "coordination.reporting.models.double_reports.WayOf",
        "CountsFirst": "coordination.reporting.models.templates.PrecedenceOf",
        "DueStatus": "coordination.reporting.models.due.DueStatus",
        "VersionStatus": "coordination.reporting.models.templates.VersionStatus",
        "OrganisationStatus": "directorates.models.organisations.OrganisationStatus",
        "OperatingStatus": "facilities.models.statuses.Operating",
        "PolicyKind": "policies.models.policies.PolicyKind",
        "BrandKind": "policies.models.branding.BrandKind",
        "BrandFormat": "policies.models.branding.BrandFormat",
        "HealthFunction": "policies.models.mandates.Function",
        "MembershipOfTheBody": "policies.models.body_members.MemberState",
        "MandateOrigin": "policies.models.mandates.MandateOrigin",
        "DisputeStatus": "policies.models.disputes.DisputeState",
        "DisputeDeed": "policies.models.disputes.DisputeDeed",
        "HandoverStatus": "directorates.api.handovers.STATES",
        "PlaceChangeKind": "directorates.api.place_changes.KINDS",
        "AgreementKind": "policies.models.agreements.AgreementKind",
        "AgreementStatus": "policies.api.agreements.STATES",
        "PartyStatus": "policies.models.parties.PartyState",
        "TextKind": "policies.models.amendments.TextKind",
        "ConcernStatus": "policies.models.concerns.ConcernState",
        "ConcernSeriousness": "policies.models.concerns.Seriousness",
        "ComplianceExtent": "policies.models.compliance.Compliance",
        "ObligationStatus": "policies.models.obligations.ObligationState",
        "MeetingKind": "coordination.meetings.models.meetings.MeetingKind",
        "MeetingStatus": "coordination.meetings.models.meetings.MeetingState",
        "MeetingAnswer": "coordination.meetings.models.invitations.Answer",
        "IndicatorReason": "coordination.reporting.api.indicators.REASONS",
        "IndicatorSource": "coordination.reporting.api.indicators.DRAWN",
        "BetterWay": "coordination.reporting.models.indicators.BetterWay",
        "BulletinStatus": "coordination.reporting.models.bulletins.BulletinState",
        "BulletinPartKind": "coordination.reporting.models.bulletins.PartKind",
        "BulletinAnswer": "coordination.reporting.models.bulletins.AnswerKind",
        "PopulationGroup": "coordination.reporting.models.populations.PopulationGroup",
        "BulletinRateCause": "coordination.reporting.api.bulletins.CAUSES",
        "RunStatus": "coordination.reporting.api.runs.STATES",
        "RunKind": "coordination.reporting.models.runs.RunKind",
        "RunOrigin": "coordination.reporting.models.runs.RunOrigin",
        "ViewPicture": "coordination.reporting.models.saved_views.Picture",
        "ViewKind": "coordination.reporting.models.saved_views.ViewKind",
        "ViewStatus": "coordination.reporting.api.saved_views.STATES",
        "ActionStatus": "coordination.meetings.models.action_items.ActionState",
        "FacilityType": "facilities.models.facilities.FacilityType",
    },
}
KNOX_TOKEN_MODEL = "directorates.AccessToken"  # noqa: S105 - the name of a model
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token", "TOKEN_LIMIT_PER_USER": None}
TOKEN_HOURS = 12

# Jobs
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False
# Celery's Django fix-up closes connections around each task otherwise (`docs/performance.md`: 5 times slower).
CELERY_DB_REUSE_MAX = 1000
CELERY_BEAT_SCHEDULER = "coordination.scheduler:Scheduler"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "alive": {"task": "coordination.alive", "schedule": 15.0},
    "relay": {"task": "directorates.relay", "schedule": 5.0},
    "drain": {"task": "reporting.drain", "schedule": 15.0, "kwargs": {"scheduled": True}},
    "start_due_checks": {"task": "reporting.start_due_checks", "schedule": 60.0},
    "watch_consolidation": {"task": "reporting.watch_consolidation", "schedule": 60.0},
    "forget_runs": {"task": "reporting.forget_runs", "schedule": crontab(hour=3, minute=40)},
    "expect": {"task": "reporting.expect", "schedule": 3600.0},
    "resume_jobs": {"task": "coordination.resume_jobs", "schedule": 15.0},
    "forget_files": {"task": "coordination.forget_files", "schedule": 3600.0},
    "compare": {"task": "reporting.compare", "schedule": 60.0},
    "escalate_proposals": {"task": "facilities.escalate", "schedule": 3600.0},
    "close_ballots": {"task": "policies.close_ballots", "schedule": 60.0},
    "close_lapsed_disputes": {"task": "policies.close_lapsed_disputes", "schedule": crontab(hour=0, minute=10)},
    "remind_to_acknowledge": {"task": "policies.remind_to_acknowledge", "schedule": crontab(hour=7, minute=30)},
    "warn_of_reviews": {"task": "policies.warn_of_reviews", "schedule": crontab(hour=7, minute=35)},
    "index_texts": {"task": "search.index_texts", "schedule": 20.0},
    # Before what is proposed is settled: a dissolved party consents to nothing.
    "follow_dissolutions": {"task": "policies.follow_dissolutions", "schedule": crontab(hour=0, minute=5)},
    # After midnight: who left yesterday holds up nothing from today on.
    "settle_proposals": {"task": "policies.settle_proposals", "schedule": crontab(hour=0, minute=15)},
    "warn_of_agreements": {"task": "policies.warn_of_agreements", "schedule": crontab(hour=7, minute=35)},
    "link_record": {"task": "directorates.link_record", "schedule": 2.0},
    "send_heads": {"task": "directorates.send_heads", "schedule": crontab(minute=20)},
    "warn_of_ends": {"task": "directorates.warn_of_ends", "schedule": crontab(hour=7, minute=20)},
    "post": {"task": "directorates.post_notices", "schedule": 300.0},
    "post_digests": {"task": "directorates.post_digests", "schedule": crontab(minute=45)},
    "remind": {"task": "reporting.remind", "schedule": crontab(hour=7, minute=0)},
    "escalate": {"task": "reporting.escalate", "schedule": crontab(hour=7, minute=10)},
    "attend_to_double_reports": {"task": "reporting.attend_to_recent_double_reports", "schedule": 600.0},
    "attend_to_all_double_reports": {
        "task": "reporting.attend_to_double_reports",
        "schedule": crontab(hour=3, minute=20),
        "kwargs": {"everything": True},
    },
    "recount_by_register": {"task": "reporting.recount_by_register", "schedule": crontab(hour=3, minute=10)},
    "escalate_double_reports": {
        "task": "reporting.escalate_double_reports",
        "schedule": crontab(hour=7, minute=15),
    },
    "remind_of_action_items": {"task": "meetings.remind", "schedule": crontab(hour=7, minute=30)},
}
# Consolidation: how old the oldest change not yet in the figures may be before somebody is told, and how long its runs are kept.
LONGEST_LAG = timedelta(minutes=env.int("TANSIQ_LONGEST_LAG_MINUTES", default=10))
RUNS_KEPT = timedelta(days=env.int("TANSIQ_RUNS_KEPT_DAYS", default=90))
# What the lower floors announce, and the tasks of higher floors that follow it.
TASKS_AFTER = {
    "jurisdiction": ["reporting.expect", "reporting.rescope"],
    "organisation": ["reporting.rescope", "policies.follow_dissolutions"],
    "seal": ["reporting.rescope"],
    "facility": ["reporting.expect"],
    "support": ["reporting.expect", "reporting.recount_by_register"],
    "merge": ["reporting.expect", "reporting.recount_by_register", "reporting.attend_to_double_reports"],
    "assignment": ["reporting.expect"],
}
# What higher floors know of borders that are changed on the lowest (`directorates/consequences.py`).
KNOWS_OF_BORDERS = {
    "facilities": "facilities.models.counts.working_in",
    "reports": "coordination.reporting.models.belongings.moving",
    "staying": "coordination.reporting.models.belongings.staying",
}

# The browser
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Failed sign-ins are counted by where they come from: behind the proxy that is the address it names, never its own.
ALLAUTH_TRUSTED_PROXY_COUNT = int(HTTPS)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# Where there is HTTPS no other host of the domain can set these cookies, nor read them (`__Host-`).
_HOST = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = (
    f"{_HOST}sessionid",
    f"{_HOST}csrftoken",
    f"{_HOST}language",
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# No page takes more: four files of 8 MB with their form. The proxy says the same (`docker/Caddyfile`).
LARGEST_BODY = 36_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# A mail server that hangs must not hang the page that sends an invitation.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="tansiq@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "coordination.logs.WithoutSecrets"}},
    "formatters": {
        "line": {"()": "coordination.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
}
