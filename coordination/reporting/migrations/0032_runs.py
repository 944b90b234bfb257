"""The history of consolidation, its troubles, schedules of checks, and the moment of each mark."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MOMENTS = "ALTER TABLE figures.touched ADD at timestamptz NOT NULL DEFAULT clock_timestamp();"
NO_MOMENTS = "ALTER TABLE figures.touched DROP at;"
WALL = """
ALTER TABLE reporting_consolidationrun ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_consolidationrun TO tansiq_app USING ((SELECT sight_on('portal'))
    OR ARRAY['run_consolidation', 'manage_organisations'] && (SELECT sight_texts('holds'))::text[]);
"""
UNWALL = """
DROP POLICY sight ON reporting_consolidationrun; ALTER TABLE reporting_consolidationrun DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Runs, troubles, schedules."""

    dependencies = [
        ("directorates", "0025_agreements"),
        ("reporting", "0031_shared_items"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsolidationTrouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("trouble_late", "Figures lag behind"), ("trouble_failed", "A run failed")],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
            ],
            options={
                "verbose_name": "trouble with consolidation",
                "verbose_name_plural": "troubles with consolidation",
                "ordering": ["-since", "-pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)), fields=("kind",), name="one_open_trouble_a_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="trouble_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsolidationSchedule",
            fields=[
                (
                    "template",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="schedule",
                        serialize=False,
                        to="reporting.reporttemplate",
                        verbose_name="report template",
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("never", "Never by itself"), ("daily", "Every day"), ("weekly", "Every week")],
                        max_length=10,
                        verbose_name="how often",
                    ),
                ),
                ("hour", models.PositiveSmallIntegerField(verbose_name="hour")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        null=True,
                        verbose_name="day of the week",
                    ),
                ),
                ("started", models.DateTimeField()),
            ],
            options={
                "verbose_name": "schedule of checks",
                "verbose_name_plural": "schedules of checks",
                "ordering": ["template__code"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("hour__lt", 24)), name="an_hour_of_the_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rhythm", "weekly"), ("weekday__isnull", False), ("weekday__lt", 7)),
                            models.Q(models.Q(("rhythm", "weekly"), _negated=True), ("weekday", None)),
                            _connector="OR",
                        ),
                        name="a_week_has_its_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["never", "daily", "weekly"])), name="a_rhythm_that_is_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsolidationRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drain", "Steady computing"),
                            ("rebuild", "All figures anew"),
                            ("check", "Check of one template"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("touch", "A change of reports"),
                            ("schedule", "The schedule"),
                            ("person", "A person"),
                        ],
                        max_length=10,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "templates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None, verbose_name="report templates"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("run_goes_on", "Running"),
                            ("run_done", "Completed"),
                            ("run_failed", "Failed"),
                            ("run_broken_off", "Broken off"),
                        ],
                        default="run_goes_on",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("began", models.DateTimeField(verbose_name="began")),
                ("ended", models.DateTimeField(null=True, verbose_name="ended")),
                ("lag", models.FloatField(default=0, verbose_name="lag in seconds")),
                ("marks", models.PositiveIntegerField(default=0, verbose_name="marks")),
                ("cells", models.PositiveIntegerField(default=0, verbose_name="figures written")),
                ("fault", models.CharField(blank=True, max_length=100, verbose_name="fault")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="directorates.job",
                        verbose_name="job",
                    ),
                ),
            ],
            options={
                "verbose_name": "run of consolidation",
                "verbose_name_plural": "runs of consolidation",
                "ordering": ["-began", "-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["-began", "-id"], name="run_by_time"),
                    models.Index(
                        condition=models.Q(("state", "run_done"), _negated=True), fields=["state"], name="run_not_well"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended", None), ("state", "run_goes_on")),
                            models.Q(models.Q(("state", "run_goes_on"), _negated=True), ("ended__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_run_that_ended_has_its_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin", "person"), ("by", None), _connector="OR"),
                        name="a_person_asks_in_person",
                    ),
                ],
            },
        ),
        migrations.RunSQL(MOMENTS, NO_MOMENTS),
        migrations.RunSQL(WALL, UNWALL),
    ]
