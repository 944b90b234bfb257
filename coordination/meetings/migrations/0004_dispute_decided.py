"""A decision can settle a dispute over a mandate."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A decision points down at a dispute."""

    dependencies = [
        ("meetings", "0003_wall"),
        ("policies", "0008_overlaps"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="dispute",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="policies.mandatedispute",
                verbose_name="dispute over a mandate",
            ),
        ),
    ]
