"""Double reports, what was settled of them, and which report counts until then."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables and fields."""

    dependencies = [
        ("directorates", "0029_arbiters"),
        ("facilities", "0008_wall_of_grants"),
        ("reporting", "0028_missing_follow_borders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="reporttemplate",
            name="counts_first",
            field=models.CharField(
                choices=[
                    ("directorate", "The directorate's own, then the latest"),
                    ("supporter", "That of a supporter, then the latest"),
                    ("larger", "The one whose numbers come to more, then the latest"),
                    ("latest", "The latest"),
                ],
                default="directorate",
                max_length=12,
                verbose_name="counts first until settled",
            ),
        ),
        migrations.AlterField(
            model_name="countedreport",
            name="rule",
            field=models.CharField(
                choices=[
                    ("only", "The only approved report"),
                    ("directorate_first", "The directorate's own report counts before an NGO's"),
                    ("supporter_first", "A supporter's report counts before another's"),
                    ("larger_first", "The report whose numbers come to more counts"),
                    ("later_first", "The later report counts before the earlier"),
                    ("settled", "As it was settled"),
                ],
                max_length=20,
                verbose_name="counting rule",
            ),
        ),
        migrations.CreateModel(
            name="DoubleReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField(verbose_name="first day of the period")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be settled"),
                            ("proposed", "A settlement is proposed"),
                            ("arbitration", "With the arbiter"),
                            ("settled", "Settled"),
                            ("again", "To be settled again"),
                            ("over", "No longer double"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("found", models.DateTimeField(verbose_name="found")),
                ("due", models.DateField(verbose_name="settle by")),
                ("told_above", models.PositiveSmallIntegerField(default=0)),
                (
                    "arbiter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="arbiter",
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
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.reporttemplate",
                        verbose_name="report",
                    ),
                ),
            ],
            options={
                "verbose_name": "double report",
                "verbose_name_plural": "double reports",
                "ordering": ["due", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("take", "One report counts"),
                            ("larger", "The larger number counts"),
                            ("add", "The numbers are added"),
                            ("split", "Each report counts for its own services"),
                            ("values", "A value for each item"),
                            ("rule", "The settlement is taken back"),
                        ],
                        max_length=10,
                        verbose_name="way",
                    ),
                ),
                ("by_slot", models.JSONField(default=dict)),
                (
                    "revisions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField()),
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
                (
                    "double",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="reporting.doublereport",
                    ),
                ),
                (
                    "taken",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="report of",
                    ),
                ),
            ],
            options={
                "verbose_name": "settlement of a double report",
                "verbose_name_plural": "settlements of double reports",
                "ordering": ["double", "number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DoubleReportEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("found", "Found by the portal"),
                            ("proposed", "Settlement proposed"),
                            ("confirmed", "Settlement confirmed"),
                            ("refused", "Settlement refused"),
                            ("lapsed", "The proposal lapsed"),
                            ("arbiter", "Arbiter named"),
                            ("decided", "Decided by the arbiter"),
                            ("settled", "Settled"),
                            ("back", "The settlement was taken back"),
                            ("again", "A report was corrected; to be settled again"),
                            ("above", "Not settled in time; told to those above"),
                            ("over", "Only one report is left"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
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
                    "arbiter",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "double",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="reporting.doublereport"
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.settlement",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a double report",
                "verbose_name_plural": "events of double reports",
                "ordering": ["double", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="doublereport",
            name="proposal",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.settlement"
            ),
        ),
        migrations.AddField(
            model_name="doublereport",
            name="settlement",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.settlement"
            ),
        ),
        migrations.AddField(
            model_name="countedreport",
            name="settlement",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.settlement"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(fields=("double", "number"), name="one_settlement_a_number"),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken__isnull", False), ("way__in", ["take", "split", "values"])),
                    models.Q(("taken", None), ("way__in", ["larger", "add", "rule"])),
                    _connector="OR",
                ),
                name="a_settlement_stands_on_a_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_settlement_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="doublereportevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acting__isnull", False), ("by__isnull", False)),
                    models.Q(
                        ("acting", None), ("by", None), ("kind__in", ("found", "lapsed", "again", "above", "over"))
                    ),
                    _connector="OR",
                ),
                name="somebody_acts_on_a_double_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="doublereportevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("proposed", "confirmed"))),
                fields=("settlement", "acting"),
                name="an_organisation_agrees_once",
            ),
        ),
        migrations.AddIndex(
            model_name="doublereport",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "proposed", "arbitration", "again"])),
                fields=["due"],
                name="double_report_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="doublereport",
            index=models.Index(fields=["facility", "template", "period_start"], name="double_report_of_facility"),
        ),
        migrations.AddConstraint(
            model_name="doublereport",
            constraint=models.UniqueConstraint(
                fields=("template", "period_start", "facility"), name="one_double_report"
            ),
        ),
        migrations.AddConstraint(
            model_name="doublereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposal__isnull", False), ("state", "proposed")),
                    models.Q(("state", "proposed"), _negated=True),
                    _connector="OR",
                ),
                name="what_is_proposed_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="doublereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settlement__isnull", False), ("state__in", ["settled", "again"])),
                    models.Q(("state__in", ["settled", "again"]), _negated=True),
                    _connector="OR",
                ),
                name="what_was_settled_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="doublereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("arbiter__isnull", False), ("state", "arbitration")),
                    models.Q(("state", "arbitration"), _negated=True),
                    _connector="OR",
                ),
                name="an_arbiter_is_named",
            ),
        ),
    ]
