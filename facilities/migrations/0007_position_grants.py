"""Grants to read exact positions, their approvals, the readings; and what of it the second wall looks at."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

# What was approved and read is appended; a grant is ended, never thrown away.
APPENDED = """
REVOKE UPDATE, DELETE ON facilities_positionapproval, facilities_positionreading FROM tansiq_app;
REVOKE DELETE ON facilities_positiongrant FROM tansiq_app;
"""

# A position is seen by its keepers, and by whom a standing grant was given to: `PositionGrantQuerySet.standing` in SQL.
GRANTED = """EXISTS (SELECT FROM facilities_facility f
            JOIN directorates_place p ON p.id = f.place_id
            JOIN facilities_positiongrant g ON g.facility_id = f.id OR (g.place_id IS NOT NULL AND p.path ^@ g.path)
            JOIN directorates_jurisdiction j ON j.place_id = f.place_id AND j.organisation_id = g.directorate_id
                AND j.valid @> (now() AT TIME ZONE 'Asia/Damascus')::date
            WHERE f.id = facilities_exactposition.facility_id
                AND g.organisation_id = ANY ((SELECT sight_ids('positions_read'))::bigint[])
                AND (g.person_id IS NULL OR g.person_id = (SELECT sight_person()))
                AND g.ended IS NULL AND (now() AT TIME ZONE 'Asia/Damascus')::date BETWEEN g.day AND g.until
                AND EXISTS (SELECT FROM facilities_positionapproval a
                    WHERE a.grant_id = g.id AND a.acting_id = g.directorate_id)
                AND EXISTS (SELECT FROM facilities_positionapproval a
                    WHERE a.grant_id = g.id AND a.acting_id <> g.directorate_id))"""
WALL = f"CREATE POLICY granted ON facilities_exactposition FOR SELECT TO tansiq_app USING ({GRANTED})"


class Migration(migrations.Migration):
    """Three tables, and the policy for whom a grant was given to."""

    dependencies = [
        ("directorates", "0010_positions"),
        ("facilities", "0006_positions_encrypted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PositionGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("purpose", models.TextField(verbose_name="purpose")),
                ("day", models.DateField(verbose_name="asked on")),
                ("until", models.DateField(verbose_name="last day")),
                ("at", models.DateTimeField(verbose_name="asked")),
                ("ended", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "ended_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("grant_asked", "Waits for approval"),
                            ("grant_granted", "Granted"),
                            ("grant_expired", "Expired"),
                            ("grant_refused", "Refused"),
                            ("grant_withdrawn", "Given back"),
                            ("grant_revoked", "Revoked"),
                        ],
                        max_length=16,
                        verbose_name="how it ended",
                    ),
                ),
                ("ended_why", models.TextField(blank=True, verbose_name="reason")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "directorate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="competent directorate",
                    ),
                ),
                (
                    "ended_acting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="acting as",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.facility",
                        verbose_name="facility",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="recipient",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.place",
                        verbose_name="place",
                    ),
                ),
            ],
            options={
                "verbose_name": "grant of exact locations",
                "verbose_name_plural": "grants of exact locations",
                "ordering": ["-at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PositionApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="approved")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="acting as",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="facilities.positiongrant",
                        verbose_name="grant",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval of a grant",
                "verbose_name_plural": "approvals of grants",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PositionReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="read")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="acting as",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="read by",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="facilities.facility",
                        verbose_name="facility",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="facilities.positiongrant",
                        verbose_name="grant",
                    ),
                ),
            ],
            options={
                "verbose_name": "reading of an exact location",
                "verbose_name_plural": "readings of exact locations",
                "ordering": ["-at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="positiongrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("facility", None), ("place__isnull", False)),
                    models.Q(("facility__isnull", False), ("place", None)),
                    _connector="OR",
                ),
                name="a_facility_or_a_place_is_granted",
            ),
        ),
        migrations.AddConstraint(
            model_name="positiongrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__gte", models.F("day")),
                    (
                        "until__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("day"), "+", models.Value(datetime.timedelta(days=90))
                        ),
                    ),
                ),
                name="positions_for_ninety_days_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="positiongrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended", None), ("ended_by", None), ("ended_how", "")),
                    models.Q(
                        ("ended__isnull", False),
                        ("ended_by__isnull", False),
                        ("ended_how__in", ("grant_refused", "grant_withdrawn", "grant_revoked")),
                    ),
                    _connector="OR",
                ),
                name="who_ended_a_grant_and_when_stand_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="positiongrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose", ""), _negated=True), name="a_grant_has_a_purpose"
            ),
        ),
        migrations.AddConstraint(
            model_name="positionapproval",
            constraint=models.UniqueConstraint(fields=("grant", "by"), name="one_approval_a_person"),
        ),
        migrations.AddConstraint(
            model_name="positionapproval",
            constraint=models.UniqueConstraint(fields=("grant", "acting"), name="one_approval_an_organisation"),
        ),
        migrations.AddIndex(
            model_name="positionreading",
            index=models.Index(fields=["acting", "at"], name="readings_of_an_organisation"),
        ),
        migrations.AddConstraint(
            model_name="positionreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_reading_has_a_reason"
            ),
        ),
        migrations.RunSQL(APPENDED, migrations.RunSQL.noop),
        migrations.RunSQL(WALL, "DROP POLICY granted ON facilities_exactposition"),
    ]
