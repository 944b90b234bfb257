"""The logo and stationery may rest on an adopted text of their own kind (decision 0038); that never changes either."""

import django.db.models.deletion
from django.db import migrations, models

STAYS = """
CREATE TRIGGER branding_rests_for_good BEFORE UPDATE ON policies_brandversion FOR EACH ROW
    WHEN (NEW.rests_on_id IS DISTINCT FROM OLD.rests_on_id) EXECUTE FUNCTION refuse_to_change_branding();
"""


class Migration(migrations.Migration):
    """A column, its guard, two kinds of policies."""

    dependencies = [("policies", "0017_dissolutions")]

    operations = [
        migrations.AddField(
            model_name="brandversion",
            name="rests_on",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="branding",
                to="policies.policyversion",
                verbose_name="adopted text it rests on",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="kind",
            field=models.CharField(
                choices=[
                    ("policy", "Policy"),
                    ("procedure", "Procedure"),
                    ("standard", "Standard"),
                    ("form", "Unified form"),
                    ("logo", "Unified logo"),
                    ("stationery", "Unified stationery"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.RunSQL(STAYS, "DROP TRIGGER branding_rests_for_good ON policies_brandversion;"),
    ]
