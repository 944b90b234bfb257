"""What is withdrawn before its first day never holds; the first day of what was adopted stays."""

import django.contrib.postgres.constraints
from django.db import migrations, models

GUARD = """
DROP TRIGGER adopted_stays_adopted ON policies_policyversion;
CREATE TRIGGER adopted_stays_adopted BEFORE UPDATE ON policies_policyversion FOR EACH ROW
    WHEN (OLD.valid IS NOT NULL AND (NEW.valid IS NULL
        OR (NEW.policy_id, NEW.number, NEW.adopted, NEW.basis, lower(NEW.valid))
        IS DISTINCT FROM (OLD.policy_id, OLD.number, OLD.adopted, OLD.basis, lower(OLD.valid))
        OR (OLD.called_off IS NOT NULL AND NEW.called_off IS DISTINCT FROM OLD.called_off)))
    EXECUTE FUNCTION refuse_to_take_adoption_back();
"""
UNDO = """
DROP TRIGGER adopted_stays_adopted ON policies_policyversion;
CREATE TRIGGER adopted_stays_adopted BEFORE UPDATE ON policies_policyversion FOR EACH ROW
    WHEN (OLD.valid IS NOT NULL AND (NEW.valid IS NULL OR (NEW.policy_id, NEW.number, NEW.adopted, NEW.basis)
        IS DISTINCT FROM (OLD.policy_id, OLD.number, OLD.adopted, OLD.basis)))
    EXECUTE FUNCTION refuse_to_take_adoption_back();
"""


class Migration(migrations.Migration):
    """A day of calling off, and a guard that knows of it."""

    dependencies = [
        ("policies", "0002_adopted_never_changes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="policyversion",
            name="a_policy_holds_once_it_was_adopted",
        ),
        migrations.RemoveConstraint(
            model_name="policyversion",
            name="a_withdrawn_policy_has_a_last_day",
        ),
        migrations.RemoveConstraint(
            model_name="policyversion",
            name="one_policy_version_at_a_time",
        ),
        migrations.AddField(
            model_name="policyversion",
            name="called_off",
            field=models.DateField(null=True, verbose_name="withdrawn before it held, on"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("adopted", None), ("basis", ""), ("called_off", None), ("valid", None), ("withdrawn_why", "")
                    ),
                    models.Q(
                        ("adopted__isnull", False),
                        ("valid__isnull", False),
                        ("valid__startswith__isnull", False),
                        models.Q(("basis", ""), _negated=True),
                        ("valid__startswith__gte", models.F("adopted")),
                    ),
                    _connector="OR",
                ),
                name="a_policy_holds_once_it_was_adopted",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_why", ""),
                    ("valid__endswith__isnull", False),
                    ("called_off__isnull", False),
                    _connector="OR",
                ),
                name="a_withdrawn_policy_has_a_last_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("called_off", None),
                    models.Q(
                        ("valid__startswith__gt", models.F("called_off")),
                        models.Q(("withdrawn_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_policy_is_called_off_before_it_holds_and_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("called_off", None), ("valid__isnull", False)),
                expressions=[("policy", "="), ("valid", "&&")],
                name="one_policy_version_at_a_time",
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
