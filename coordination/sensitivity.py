"""One registry of how sensitive every stored field is: each floor's own, and models of others that hold what is ours."""

from coordination.meetings.sensitivity import KEPT as MEETINGS
from coordination.reporting.sensitivity import KEPT as REPORTING
from coordination.search.sensitivity import KEPT as SEARCHED
from directorates.foundation.sensitivity import Registry, Sensitivity, kept, said
from directorates.sensitivity import KEPT as DIRECTORATES
from facilities.sensitivity import KEPT as FACILITIES
from policies.sensitivity import KEPT as POLICIES

OPEN, INTERNAL, RESTRICTED, SEVERE = Sensitivity

CLOCKWORK = "the clock of background work; says nothing of anybody"
UNUSED = "a library's table, and always empty"
ENTRANCE = "a library's table, read before anybody is known"
BORROWED = (
    kept(
        "admin.LogEntry",
        said(RESTRICTED, "id action_time user content_type object_id object_repr action_flag change_message", "unused"),
        open_to_code=UNUSED,
    ),
    kept("auth.Permission", said(OPEN, "id name content_type codename", "names in code")),
    kept("auth.Group_permissions", said(INTERNAL, "id group permission", "rights of roles")),
    kept("auth.Group", said(INTERNAL, "id name", "a body and a role")),
    kept("contenttypes.ContentType", said(OPEN, "id app_label model", "names in code")),
    kept(
        "sessions.Session",
        said(INTERNAL, "expire_date", "when one ends"),
        said(SEVERE, "session_key session_data", "opens an account without a password"),
        open_to_code=ENTRANCE,
    ),
    kept(
        "guardian.UserObjectPermission",
        said(RESTRICTED, "id permission content_type object_pk user", "rights of a person; unused"),
        open_to_code=UNUSED,
    ),
    kept("guardian.GroupObjectPermission", said(INTERNAL, "id permission content_type object_pk group", "unused")),
    kept(
        "mfa.Authenticator",
        said(RESTRICTED, "id user type created_at last_used_at", "who has which second step"),
        said(SEVERE, "data", "secrets of second steps, encrypted"),
        open_to_code=ENTRANCE,
    ),
    kept(
        "usersessions.UserSession",
        said(RESTRICTED, "id user created_at ip last_seen_at user_agent data", "from where a person works, and when"),
        said(SEVERE, "session_key", "opens an account without a password"),
        open_to_code=ENTRANCE,
    ),
    kept(
        "account.EmailAddress",
        said(RESTRICTED, "id user email verified primary", "who a person is"),
        open_to_code=ENTRANCE,
    ),
    kept(
        "account.EmailConfirmation",
        said(RESTRICTED, "id email_address created sent", "who a person is"),
        said(SEVERE, "key", "what the link in a letter is checked by"),
        open_to_code=ENTRANCE,
    ),
    kept(
        "django_celery_beat.SolarSchedule",
        said(INTERNAL, "id event latitude longitude", "where the sun is asked for; unused, never a facility"),
    ),
    kept("django_celery_beat.IntervalSchedule", said(INTERNAL, "id every period", CLOCKWORK)),
    kept("django_celery_beat.ClockedSchedule", said(INTERNAL, "id clocked_time", CLOCKWORK)),
    kept(
        "django_celery_beat.CrontabSchedule",
        said(INTERNAL, "id minute hour day_of_month month_of_year day_of_week timezone", CLOCKWORK),
    ),
    kept("django_celery_beat.PeriodicTasks", said(INTERNAL, "ident last_update", CLOCKWORK)),
    kept(
        "django_celery_beat.PeriodicTask",
        said(INTERNAL, "id name task interval crontab solar clocked args kwargs queue exchange routing_key", CLOCKWORK),
        said(INTERNAL, "headers priority expires expire_seconds one_off start_time enabled last_run_at", CLOCKWORK),
        said(INTERNAL, "total_run_count date_changed description", CLOCKWORK),
    ),
)

REGISTRY = Registry((*DIRECTORATES, *FACILITIES, *POLICIES, *REPORTING, *MEETINGS, *SEARCHED, *BORROWED))
