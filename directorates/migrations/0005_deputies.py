"""Deputies for absence, notices, and whether a person gets them by e-mail."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables and a choice of the account."""

    dependencies = [
        ("directorates", "0004_jobs_and_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="letters",
            field=models.BooleanField(default=True, verbose_name="gets notices by e-mail"),
        ),
        migrations.CreateModel(
            name="Deputyship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from – to")),
                ("at", models.DateTimeField(verbose_name="named")),
                ("ended", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="named by",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputyships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="deputy",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputyships",
                        to="directorates.membership",
                        verbose_name="role",
                    ),
                ),
            ],
            options={
                "verbose_name": "deputyship",
                "verbose_name_plural": "deputyships",
                "ordering": ["-valid", "-id"],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("ended", None)),
                        expressions=[("membership", "="), ("valid", "&&")],
                        name="one_deputy_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__lower_inf", False), ("valid__upper_inf", False)),
                        name="deputies_from_a_day_to_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("key", models.CharField(max_length=120)),
                ("values", models.JSONField(default=dict)),
                ("url", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(verbose_name="time")),
                ("read", models.DateTimeField(null=True, verbose_name="read")),
                ("posted", models.DateTimeField(null=True, verbose_name="sent by e-mail")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["person", "-at"], name="notice_of_person"),
                    models.Index(condition=models.Q(("posted", None)), fields=["id"], name="notice_to_post"),
                ],
                "constraints": [models.UniqueConstraint(fields=("person", "key"), name="told_once")],
            },
        ),
    ]
