"""Correction requests, errata, and the revision that counts while a corrected one is on its way."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables and a column of reports."""

    dependencies = [
        ("directorates", "0031_guards_of_place_changes"),
        ("facilities", "0011_guards_of_placements"),
        ("reporting", "0045_bulletins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("reason", models.TextField(verbose_name="what is wrong, and why")),
                (
                    "slots",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="asked")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Asked for"),
                            ("accepted", "Accepted, being corrected"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("done", "Corrected"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "correction request",
                "verbose_name_plural": "correction requests",
                "ordering": ["-at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Erratum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[("published", "Erratum"), ("not_needed", "No erratum needed")],
                        default="published",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text_ar", models.TextField(blank=True, verbose_name="text in Arabic")),
                ("text_en", models.TextField(blank=True, verbose_name="text in English")),
                ("at", models.DateTimeField(verbose_name="published")),
            ],
            options={
                "verbose_name": "erratum",
                "verbose_name_plural": "errata",
                "ordering": ["edition", "number"],
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="submission",
            name="kept_revision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.revision"
            ),
        ),
        migrations.AlterField(
            model_name="submissionevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("started", "Started"),
                    ("submitted", "Sent"),
                    ("approved", "Approved"),
                    ("returned", "Sent back"),
                    ("reopened", "Reopened"),
                    ("moved", "Moved to a new version of the template"),
                    ("correcting", "Given back for a correction on request"),
                    ("kept", "Correction given up"),
                    ("looked", "What stands out was looked at"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("kept_revision__isnull", False)),
                fields=["reporter"],
                name="submission_being_corrected",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept_revision", None), ("status__in", ("returned", "submitted")), _connector="OR"),
                name="kept_while_it_is_corrected",
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="acting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="corrected",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="reporting.revision",
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="decided_acting",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.revision"
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="reporting.submission"
            ),
        ),
        migrations.AddField(
            model_name="erratum",
            name="acting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
            ),
        ),
        migrations.AddField(
            model_name="erratum",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="erratum",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="errata", to="reporting.edition"
            ),
        ),
        migrations.AddField(
            model_name="erratum",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.UniqueConstraint(fields=("submission", "number"), name="one_correction_a_number"),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["open", "accepted"])),
                fields=("submission",),
                name="one_correction_under_way_a_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_correction_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_acting", None), ("decided_at", None), ("decided_by", None)),
                    models.Q(
                        ("decided_acting__isnull", False), ("decided_at__isnull", False), ("decided_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="a_correction_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="a_correction_is_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrected", None), ("decided_at", None), ("ended_at", None), ("state", "open")),
                    models.Q(
                        ("corrected", None), ("decided_at__isnull", False), ("ended_at", None), ("state", "accepted")
                    ),
                    models.Q(
                        ("corrected", None),
                        ("decided_at__isnull", False),
                        ("ended_at", None),
                        ("state", "refused"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    models.Q(("corrected", None), ("ended_at__isnull", False), ("state", "withdrawn")),
                    models.Q(
                        ("corrected__isnull", False),
                        ("decided_at__isnull", False),
                        ("ended_at__isnull", False),
                        ("state", "done"),
                    ),
                    _connector="OR",
                ),
                name="a_corrections_state_and_its_deeds",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("by")), _negated=True),
                name="nobody_decides_their_own_correction",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrected", models.F("revision")), _negated=True),
                name="a_correction_is_another_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="erratum",
            constraint=models.UniqueConstraint(fields=("edition", "number"), name="one_erratum_a_number"),
        ),
        migrations.AddConstraint(
            model_name="erratum",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "published"),
                        models.Q(("text_ar", ""), _negated=True),
                        models.Q(("text_en", ""), _negated=True),
                    ),
                    models.Q(("kind", "not_needed"), ("text_ar", ""), ("text_en", "")),
                    _connector="OR",
                ),
                name="an_erratum_speaks_both_languages",
            ),
        ),
    ]
