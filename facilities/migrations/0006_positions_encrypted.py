"""Exact positions are encrypted, name their key and whoever entered them, and stand behind the second wall."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact

# Nothing could write the plain columns but the owner by hand. What somebody wrote there nevertheless is not thrown away.
NOTHING_PLAIN = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM facilities_exactposition) THEN
        RAISE EXCEPTION 'facilities_exactposition holds plain positions: note them down, empty the table, and enter them anew on the pages';
    END IF;
END $$
"""

# Whoever keeps the positions of the directorate that is competent for the facility today. The portal's day is Damascus'.
KEPT = """EXISTS (SELECT FROM facilities_facility f
            JOIN directorates_place p ON p.id = f.place_id
            JOIN directorates_jurisdiction j ON j.place_id = f.place_id
                AND j.valid @> (now() AT TIME ZONE 'Asia/Damascus')::date
            WHERE f.id = facility_id
                AND j.organisation_id = ANY ((SELECT sight_ids('positions_kept'))::bigint[])
                AND p.path ^@ ANY ((SELECT sight_texts('positions_within'))::text[]))"""
WALL = f"""
ALTER TABLE facilities_exactposition ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON facilities_exactposition TO tansiq_app USING ((SELECT sight_on('portal')) OR {KEPT});
"""


class Migration(migrations.Migration):
    """The table anew: there is nothing to carry over."""

    dependencies = [
        ("facilities", "0005_proposals"),
        ("directorates", "0010_positions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NOTHING_PLAIN, migrations.RunSQL.noop),
        migrations.DeleteModel("ExactPosition"),
        migrations.CreateModel(
            name="ExactPosition",
            fields=[
                (
                    "facility",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="facilities.facility",
                    ),
                ),
                ("key", models.CharField(max_length=16, verbose_name="id of the key")),
                ("ciphertext", models.BinaryField(verbose_name="encrypted location")),
                ("at", models.DateTimeField(verbose_name="entered")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="acting as",
                    ),
                ),
            ],
            options={
                "verbose_name": "exact location",
                "verbose_name_plural": "exact locations",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=Q(key__regex="^[0-9a-f]{16}$"), name="position_names_its_key"),
                    models.CheckConstraint(
                        condition=Exact(
                            Func(F("ciphertext"), function="octet_length", output_field=models.IntegerField()), 36
                        ),
                        name="positions_are_equally_long",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
