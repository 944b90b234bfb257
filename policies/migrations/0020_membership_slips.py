"""Slips in memberships of the body are put right before they count: a last day said anew, a membership to come called off."""

import django.contrib.postgres.constraints
from django.db import migrations, models

# As before, but a last day that is not past can be said anew, and what was called off stays so.
GUARD = """
DROP TRIGGER joining_stays ON policies_bodymember;
CREATE TRIGGER joining_stays BEFORE UPDATE ON policies_bodymember FOR EACH ROW
    WHEN ((NEW.directorate_id, lower(NEW.valid), NEW.basis, NEW.at, NEW.by_id)
        IS DISTINCT FROM (OLD.directorate_id, lower(OLD.valid), OLD.basis, OLD.at, OLD.by_id)
        OR OLD.called_off IS NOT NULL
        OR (upper(OLD.valid) IS NOT NULL AND (upper(NEW.valid), NEW.left_why, NEW.called_off, NEW.dissolved)
            IS DISTINCT FROM (upper(OLD.valid), OLD.left_why, OLD.called_off, OLD.dissolved)
            AND (upper(OLD.valid) <= (now() AT TIME ZONE 'Asia/Damascus')::date
                OR (upper(NEW.valid) IS NULL AND NEW.called_off IS NULL))))
    EXECUTE FUNCTION refuse_to_change_members();
"""
UNDO = """
DROP TRIGGER joining_stays ON policies_bodymember;
CREATE TRIGGER joining_stays BEFORE UPDATE ON policies_bodymember FOR EACH ROW
    WHEN ((NEW.directorate_id, lower(NEW.valid), NEW.basis, NEW.at, NEW.by_id)
        IS DISTINCT FROM (OLD.directorate_id, lower(OLD.valid), OLD.basis, OLD.at, OLD.by_id)
        OR (upper(OLD.valid) IS NOT NULL AND (upper(NEW.valid), NEW.left_why) IS DISTINCT FROM (upper(OLD.valid), OLD.left_why)))
    EXECUTE FUNCTION refuse_to_change_members();
"""


class Migration(migrations.Migration):
    """Two columns, their constraints, and the guard that knows them."""

    dependencies = [("policies", "0019_body_members")]

    operations = [
        migrations.AddField(
            model_name="bodymember",
            name="called_off",
            field=models.DateField(null=True, verbose_name="called off on"),
        ),
        migrations.AddField(
            model_name="bodymember",
            name="dissolved",
            field=models.BooleanField(db_default=False, default=False, verbose_name="ended with the directorate"),
        ),
        migrations.RemoveConstraint(model_name="bodymember", name="a_member_leaves_on_a_day_for_a_reason"),
        migrations.RemoveConstraint(model_name="bodymember", name="a_member_of_the_body_once_a_day"),
        migrations.AddConstraint(
            model_name="bodymember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("called_off", None), ("dissolved", False), ("left_why", ""), ("valid__endswith", None)),
                    models.Q(
                        models.Q(models.Q(("left_why", ""), _negated=True), ("dissolved", True), _connector="OR"),
                        models.Q(("valid__endswith__isnull", False), ("called_off__isnull", False), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="a_member_leaves_on_a_day_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodymember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("called_off", None), ("valid__startswith__gt", models.F("called_off")), _connector="OR"
                ),
                name="a_member_is_called_off_before_it_joins",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodymember",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("called_off", None)),
                expressions=[("directorate", "="), ("valid", "&&")],
                name="a_member_of_the_body_once_a_day",
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
