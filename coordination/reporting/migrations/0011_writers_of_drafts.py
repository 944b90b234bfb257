"""Everybody who wrote into a draft, also where another wrote over it since."""

import django.contrib.postgres.fields
from django.db import migrations, models

FILL = """
UPDATE reporting_draft SET writers = ARRAY(
    SELECT DISTINCT (mark ->> 'by')::bigint FROM jsonb_each(changed) AS slots(name, mark) ORDER BY 1)
"""


class Migration(migrations.Migration):
    """One column of drafts."""

    dependencies = [("reporting", "0010_outliers")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="writers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
