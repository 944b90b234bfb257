"""Which sub-districts count for another directorate than holds them today is found by an index."""

from django.db import migrations

HELD = "CREATE INDEX belonging_held ON figures.belonging (template, subdistrict, directorate, period_start)"


class Migration(migrations.Migration):
    """Beside the key, which begins with the period."""

    dependencies = [("reporting", "0034_a_trouble_names_what_failed")]

    operations = [migrations.RunSQL(HELD, "DROP INDEX figures.belonging_held")]
