"""A decision can be about an agreement between organisations."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A decision points down at an agreement."""

    dependencies = [
        ("meetings", "0005_changes"),
        ("policies", "0015_guards_of_agreements"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="agreement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="policies.agreement",
                verbose_name="agreement",
            ),
        ),
    ]
