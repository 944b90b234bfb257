"""Double reports of two templates that ask some of the same items."""

import django.db.models.deletion
from django.db import migrations, models

# Whoever sees one of the reports; the wall around reports asks everything else, seals too.
SEEN = """(SELECT sight_on('portal')) OR EXISTS (SELECT FROM reporting_submission s
        WHERE s.facility_id = reporting_doublereport.facility_id AND {template}
            AND s.period_start = reporting_doublereport.period_start AND s.status IN ('submitted', 'approved'))
    OR (state = 'arbitration' AND arbiter_id = (SELECT sight_acting()){decides})"""
# Not everybody who acts for the arbiter decides for it.
DECIDES = " AND 'arbitrate_double_reports' = ANY ((SELECT sight_texts('holds'))::text[])"
POLICIES = """
ALTER POLICY sight ON reporting_doublereport USING ({seen});
ALTER POLICY changing ON reporting_doublereport USING ({seen});
"""
ONE = POLICIES.format(seen=SEEN.format(template="s.template_id = reporting_doublereport.template_id", decides=""))
EITHER = "s.template_id IN (reporting_doublereport.template_id, reporting_doublereport.other_id)"
TWO = POLICIES.format(seen=SEEN.format(template=EITHER, decides=DECIDES))
# A page of figures says how many count by rule, to whoever sees figures: a number, and no names.
BY_RULE = """
CREATE FUNCTION counted_by_rule(template bigint, first date, last date, path text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
    $$ SELECT count(*) FROM reporting_doublereport d JOIN facilities_facility f ON f.id = d.facility_id
        JOIN directorates_place p ON p.id = f.place_id
        WHERE d.template_id = $1 AND d.other_id IS NULL AND d.settlement_id IS NULL AND starts_with(p.path, $4)
            AND d.state IN ('open', 'proposed', 'arbitration', 'again') AND d.period_start BETWEEN $2 AND $3 $$;
REVOKE ALL ON FUNCTION counted_by_rule FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counted_by_rule TO tansiq_app;
"""


class Migration(migrations.Migration):
    """The second template, and the wall that knows it."""

    dependencies = [("reporting", "0030_guards_of_double_reports")]

    operations = [
        migrations.AddField(
            model_name="doublereport",
            name="other",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.reporttemplate",
                verbose_name="the other report",
            ),
        ),
        migrations.RemoveConstraint(model_name="doublereport", name="one_double_report"),
        migrations.AddConstraint(
            model_name="doublereport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("other", None)),
                fields=("template", "period_start", "facility"),
                name="one_double_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="doublereport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("other__isnull", False)),
                fields=("template", "other", "period_start", "facility"),
                name="one_double_report_of_two_templates",
            ),
        ),
        migrations.AddConstraint(
            model_name="doublereport",
            constraint=models.CheckConstraint(
                condition=models.Q(("other", None), ("other__gt", models.F("template")), _connector="OR"),
                name="two_templates_stand_in_one_order",
            ),
        ),
        migrations.AddIndex(
            model_name="doublereport",
            index=models.Index(
                condition=models.Q(("other__isnull", False)),
                fields=["other", "period_start"],
                name="double_report_of_other",
            ),
        ),
        migrations.RunSQL(TWO, ONE),
        migrations.RunSQL(BY_RULE, "DROP FUNCTION counted_by_rule"),
    ]
