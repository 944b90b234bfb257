"""Claims, extensions, reminders and what was told above; a deputy's deed names for whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPENDED = "REVOKE UPDATE, DELETE ON reporting_extension, reporting_escalation, reporting_reminder FROM tansiq_app"


class Migration(migrations.Migration):
    """What review needs beside the reports themselves."""

    dependencies = [
        ("directorates", "0005_deputies"),
        ("facilities", "0004_words_of_fields"),
        ("reporting", "0008_packages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="submissionevent",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
                ("ended", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="reporting.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "claim of a report",
                "verbose_name_plural": "claims of reports",
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended", None)), fields=("submission",), name="one_claim_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[("director", "the director"), ("body", "the data manager of the body")], max_length=10
                    ),
                ),
                ("since", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="reporting.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "report told to those above",
                "verbose_name_plural": "reports told to those above",
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("submission", "level", "since"), name="told_above_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField()),
                ("place_path", models.CharField(db_collation="C", max_length=120)),
                ("before", models.DateField(verbose_name="due before")),
                ("until", models.DateField(verbose_name="due now")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "acting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            ],
            options={
                "verbose_name": "extension of a due date",
                "verbose_name_plural": "extensions of due dates",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["template", "period_start", "facility", "reporter"], name="extension_of_report"
                    ),
                    models.Index(fields=["directorate", "-at"], name="extension_of_directorate"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("before"))), name="extended_to_a_later_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField()),
                ("due", models.DateField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("soon", "due within two days"),
                            ("late", "overdue since yesterday"),
                            ("very_late", "overdue for a week"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
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
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "period_start", "facility", "reporter", "due", "stage"),
                        name="reminded_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(APPENDED),
    ]
