"""Names that places bore, with their days; those of renames that were written down before are taken from these."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

BORNE = """
INSERT INTO directorates_placename (place_id, name_ar, name_en, valid)
SELECT place_id, former_ar, former_en, daterange(since, first)
FROM (SELECT place_id, former_ar, former_en, first, lag(first) OVER (PARTITION BY place_id ORDER BY first, id) AS since
    FROM directorates_placechange WHERE kind = 'place_renamed') renamed
WHERE since IS DISTINCT FROM first;
"""
GUARD = """
CREATE TRIGGER names_of_places_stay BEFORE UPDATE OR DELETE ON directorates_placename
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_place_changes();
REVOKE UPDATE, DELETE ON directorates_placename FROM tansiq_app;
"""
UNDO = """
GRANT UPDATE, DELETE ON directorates_placename TO tansiq_app;
DROP TRIGGER names_of_places_stay ON directorates_placename;
"""


class Migration(migrations.Migration):
    """The table, what it holds of before, and its guard."""

    dependencies = [("directorates", "0033_ground_that_came")]

    operations = [
        migrations.CreateModel(
            name="PlaceName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_ar", models.CharField(max_length=200, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from – to")),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="directorates.place",
                    ),
                ),
            ],
            options={
                "verbose_name": "former name of a place",
                "verbose_name_plural": "former names of places",
                "ordering": ["place", "valid"],
                "default_permissions": (),
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("place", "="), ("valid", "&&")], name="one_name_of_a_place_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False), ("valid__upper_inf", False)),
                        name="a_former_name_was_borne_and_ended",
                    ),
                ],
            },
        ),
        migrations.RunSQL(BORNE, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNDO),
    ]
