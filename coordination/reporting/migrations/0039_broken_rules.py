"""Broken rules beside revisions, and the rules' own record."""

import django.db.models.deletion
from django.db import migrations, models

# What was found when each revision was sent; severity error never gets that far.
FILL = """
INSERT INTO reporting_brokenrule (revision_id, rule_id)
SELECT v.id, r.id FROM reporting_revision v JOIN reporting_submission s ON s.id = v.submission_id
CROSS JOIN LATERAL jsonb_array_elements(v.warnings) w
JOIN reporting_validationrule r ON r.version_id = s.version_id AND r.code = w ->> 'rule'
ON CONFLICT DO NOTHING;
"""
# The application adds; the pass alone, which acts as consolidation does, takes away and writes the record.
GUARD = """
REVOKE UPDATE, DELETE ON reporting_brokenrule FROM tansiq_app;
REVOKE INSERT, UPDATE, DELETE ON reporting_rulerecord FROM tansiq_app;
CREATE TRIGGER broken_rule_never_changes BEFORE UPDATE ON reporting_brokenrule
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT ON reporting_validationrule TO tansiq_figures;
GRANT SELECT, INSERT, DELETE ON reporting_brokenrule TO tansiq_figures;
GRANT SELECT, INSERT, UPDATE, DELETE ON reporting_rulerecord TO tansiq_figures;
"""
UNGUARD = """
DROP TRIGGER broken_rule_never_changes ON reporting_brokenrule;
REVOKE ALL ON reporting_brokenrule, reporting_rulerecord FROM tansiq_figures;
REVOKE ALL ON reporting_validationrule FROM tansiq_figures;
"""
# Seen while the report stands by the revision, as what stands out is; written by whoever sends it.
WALL = """
ALTER TABLE reporting_brokenrule ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_brokenrule FOR SELECT TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_submission s WHERE s.revision_id = reporting_brokenrule.revision_id));
CREATE POLICY writing ON reporting_brokenrule FOR INSERT TO tansiq_app
    WITH CHECK ((SELECT sight_on('portal')) OR (SELECT sight_person()) <> 0);
CREATE POLICY consolidation ON reporting_brokenrule TO tansiq_figures USING (true) WITH CHECK (true);
"""
UNWALL = """
DROP POLICY sight ON reporting_brokenrule; DROP POLICY writing ON reporting_brokenrule;
DROP POLICY consolidation ON reporting_brokenrule; ALTER TABLE reporting_brokenrule DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Two tables; a kind of runs."""

    dependencies = [("reporting", "0038_indicators")]

    operations = [
        migrations.CreateModel(
            name="BrokenRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="broken", to="reporting.revision"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="broken",
                        to="reporting.validationrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "broken rule",
                "verbose_name_plural": "broken rules",
                "ordering": ["revision", "rule"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("revision", "rule"), name="a_rule_is_broken_once_a_revision")
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField()),
                ("checked", models.PositiveIntegerField()),
                ("broken", models.PositiveIntegerField()),
                ("approved", models.PositiveIntegerField()),
                ("corrected", models.PositiveIntegerField()),
                ("waiting", models.PositiveIntegerField()),
                ("explained", models.PositiveIntegerField()),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="reporting.validationrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "record of a rule",
                "verbose_name_plural": "records of rules",
                "ordering": ["rule", "period_start"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "period_start"), name="one_record_a_rule_and_period")
                ],
            },
        ),
        migrations.AlterField(
            model_name="consolidationrun",
            name="kind",
            field=models.CharField(
                choices=[
                    ("drain", "Steady computing"),
                    ("rebuild", "All figures anew"),
                    ("check", "Check of one template"),
                    ("rules", "All reports of one template by its rules"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(WALL, UNWALL),
    ]
