"""Of what was expected, how much is answered, apart from all that was received; and who wrote what a revision says."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Completeness is right again as soon as the marks are drained, which the scheduler does by itself.
ANSWERED = """
ALTER TABLE figures.belonging ADD answered int NOT NULL DEFAULT 0, ADD answered_on_time int NOT NULL DEFAULT 0;
ALTER TABLE figures.coverage ADD answered int NOT NULL DEFAULT 0, ADD answered_on_time int NOT NULL DEFAULT 0;
INSERT INTO figures.touched (template, period_start, subdistrict)
    SELECT DISTINCT template, period_start, subdistrict FROM figures.belonging;
"""
WRITERS = "ALTER TABLE reporting_revision ADD writers bigint[] NOT NULL DEFAULT '{}'"


class Migration(migrations.Migration):
    """Two columns of coverage, one of revisions."""

    dependencies = [("reporting", "0005_words_of_fields")]

    operations = [
        migrations.RunSQL(ANSWERED),
        migrations.RunSQL(
            WRITERS,
            state_operations=[
                migrations.AddField(
                    model_name="revision",
                    name="writers",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
            ],
        ),
    ]
