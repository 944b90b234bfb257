"""Which reports an edition counted, with all else it was made of: written once, never changed, seen with the reports."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("editioninputs", "editionreport", "editionaside", "editionexpected")
NEVER_CHANGES = "".join(
    f"""
CREATE TRIGGER inputs_never_change BEFORE UPDATE OR DELETE ON reporting_{table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_{table} FROM tansiq_app;
"""
    for table in TABLES
)
CHANGES_AGAIN = "".join(
    f"DROP TRIGGER inputs_never_change ON reporting_{table}; GRANT UPDATE, DELETE ON reporting_{table} TO tansiq_app;"
    for table in TABLES
)
# Only the portal makes editions. What was expected is told in counts alone, which need no row.
WITH_REPORT = "OR EXISTS (SELECT FROM reporting_submission s WHERE s.id = {table}.submission_id)"
SEEN = {
    "reporting_editionreport": WITH_REPORT.format(table="reporting_editionreport"),
    "reporting_editionaside": WITH_REPORT.format(table="reporting_editionaside"),
    "reporting_editionexpected": "",
}
WALL = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} FOR SELECT TO tansiq_app USING ((SELECT sight_on('portal')) {seen});
CREATE POLICY writing ON {table} FOR INSERT TO tansiq_app WITH CHECK ((SELECT sight_on('portal')));
"""
    for table, seen in SEEN.items()
)
DOWN = "".join(
    f"DROP POLICY sight ON {table}; DROP POLICY writing ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table in SEEN
)


class Migration(migrations.Migration):
    """Four tables beside editions, their guards and their wall."""

    dependencies = [
        ("directorates", "0031_guards_of_place_changes"),
        ("facilities", "0011_guards_of_placements"),
        ("reporting", "0033_edition_disputes"),
    ]

    operations = [
        migrations.CreateModel(
            name="EditionInputs",
            fields=[
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="inputs",
                        serialize=False,
                        to="reporting.edition",
                    ),
                ),
                ("facts", models.JSONField()),
                ("code_version", models.CharField(max_length=20, verbose_name="version of the program")),
                ("code_digest", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("figures_digest", models.CharField(max_length=64)),
                ("head", models.CharField(blank=True, max_length=64)),
                ("head_number", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "inputs of an edition",
                "verbose_name_plural": "inputs of editions",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("head", ""), ("head_number", 0)),
                            models.Q(models.Q(("head", ""), _negated=True), ("head_number__gt", 0)),
                            _connector="OR",
                        ),
                        name="a_head_and_its_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                (
                    "reason",
                    models.CharField(
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
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="set_aside", to="reporting.edition"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.revision"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "report set aside in an edition",
                "verbose_name_plural": "reports set aside in editions",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "submission"), name="set_aside_once_an_edition")
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionExpected",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place_path", models.CharField(db_collation="C", max_length=120)),
                ("due", models.DateField(verbose_name="due date")),
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
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="expected", to="reporting.edition"
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
                    "subdistrict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.place"
                    ),
                ),
            ],
            options={
                "verbose_name": "report expected in an edition",
                "verbose_name_plural": "reports expected in editions",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "facility", "reporter"), name="expected_once_an_edition")
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("place_path", models.CharField(db_collation="C", max_length=120)),
                (
                    "rule",
                    models.CharField(
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
                ("overlay", models.JSONField(null=True)),
                ("on_time", models.BooleanField()),
                (
                    "directorate",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="counted", to="reporting.edition"
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
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.revision"
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
                (
                    "subdistrict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.place"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counted_in",
                        to="reporting.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "report counted in an edition",
                "verbose_name_plural": "reports counted in editions",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "facility"), name="a_facility_once_an_edition")
                ],
            },
        ),
        migrations.RunSQL(NEVER_CHANGES, CHANGES_AGAIN),
        migrations.RunSQL(WALL, DOWN),
    ]
