"""Missing reports: what was said of why they did not come, and what shows it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Explanations, what they say of each report, their files."""

    dependencies = [
        ("directorates", "0025_agreements"),
        ("facilities", "0008_wall_of_grants"),
        ("reporting", "0025_function_of_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, verbose_name="what happened")),
                ("at", models.DateTimeField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "instead_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "explanation of missing reports",
                "verbose_name_plural": "explanations of missing reports",
                "ordering": ["-at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ExplainedReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField()),
                ("place_path", models.CharField(db_collation="C", max_length=120)),
                (
                    "side",
                    models.CharField(
                        choices=[("directorate", "The directorate"), ("reporter", "Whoever owed the report")],
                        max_length=11,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cut_off", "Cut off"),
                            ("attacked", "Attacked"),
                            ("closed", "Closed for a time"),
                            ("suspended", "Work suspended"),
                            ("no_staff", "No staff"),
                            ("no_link", "No link"),
                            ("not_excused", "Not excused"),
                        ],
                        max_length=11,
                        verbose_name="reason",
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.dataset"
                    ),
                ),
                (
                    "directorate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facilities.facility"
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.reporttemplate"
                    ),
                ),
                (
                    "explanation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="reporting.explanation"
                    ),
                ),
            ],
            options={
                "verbose_name": "reason of a missing report",
                "verbose_name_plural": "reasons of missing reports",
                "ordering": ["-id"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("template"),
                        models.F("period_start"),
                        models.F("facility"),
                        models.F("reporter"),
                        models.F("side"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="last_words_of_report",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("explanation", "template", "period_start", "facility", "reporter"),
                        name="explained_once_an_explanation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "",
                                    "cut_off",
                                    "attacked",
                                    "closed",
                                    "suspended",
                                    "no_staff",
                                    "no_link",
                                    "not_excused",
                                ],
                            )
                        ),
                        name="a_reason_of_the_list",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["directorate", "reporter"])), name="said_by_one_of_two_sides"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MissingEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name of the file")),
                ("content_type", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="reporting.explanation"
                    ),
                ),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence of a missing report",
                "verbose_name_plural": "evidence of missing reports",
                "ordering": ["at", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("about", "digest"), name="evidence_once_an_explanation")
                ],
            },
        ),
    ]
