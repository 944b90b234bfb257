"""Disputes whose days are over, days that were claimed before a decision, limits by each dispute; overlaps are found from one
side, and fast.
"""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Days on which both hold in the smaller place, which lies in the other: until one of them was limited there.
OVERLAPS = """
DROP FUNCTION mandate_overlaps(bigint);
CREATE FUNCTION mandate_overlaps(wanted bigint)
    RETURNS TABLE (first_id bigint, second_id bigint, place_id bigint, days daterange) LANGUAGE sql STABLE AS $$
SELECT found.first, found.second, found.place, found.days FROM (
    SELECT least(a.id, b.id) AS first, greatest(a.id, b.id) AS second, smaller.id AS place,
        a.valid * b.valid * daterange(NULL, (SELECT min(l.since) FROM policies_mandatelimit l
            JOIN directorates_place apart ON apart.id = l.place_id
            WHERE l.mandate_id IN (a.id, b.id) AND smaller.path ^@ apart.path)) AS days
    FROM policies_mandate a
    JOIN policies_mandate b ON b.function = a.function AND b.organisation_id <> a.organisation_id
        AND b.valid && a.valid AND b.called_off IS NULL
    JOIN directorates_place pa ON pa.id = a.place_id
    JOIN directorates_place pb ON pb.id = b.place_id AND (pa.path ^@ pb.path OR pb.path ^@ pa.path)
    JOIN directorates_place smaller ON smaller.id = CASE WHEN pa.path ^@ pb.path THEN pa.id ELSE pb.id END
    WHERE a.id = wanted AND a.called_off IS NULL
) found WHERE NOT isempty(found.days) $$;
"""
DISPUTES = [
    ("open", "Open"),
    ("interim", "Open, with an interim arrangement"),
    ("given_way", "One side gave way"),
    ("lapsed", "Claimed by one side only by now"),
    ("decided", "Decided"),
    ("appealed", "Appealed"),
    ("closed", "Decided for good"),
]
EVENTS = [
    ("opened", "The second claim was entered"),
    ("statement", "Statement"),
    ("interim", "Interim arrangement"),
    ("gave_way", "A claim was ended by its own side"),
    ("lapsed", "Both claim it on no day to come"),
    ("decision", "Decision"),
    ("appeal", "Appeal"),
    ("upheld", "The decision was upheld"),
    ("changed", "The decision was changed"),
]


class Migration(migrations.Migration):
    """Disputes end when only one side claims it still."""

    dependencies = [
        ("policies", "0008_overlaps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mandate",
            name="claimed",
            field=django.contrib.postgres.fields.ranges.DateRangeField(
                null=True, verbose_name="days that were claimed"
            ),
        ),
        migrations.AlterField(
            model_name="mandatedispute",
            name="state",
            field=models.CharField(choices=DISPUTES, default="open", max_length=10, verbose_name="state"),
        ),
        migrations.AlterField(
            model_name="disputeevent",
            name="kind",
            field=models.CharField(choices=EVENTS, max_length=10),
        ),
        migrations.AlterField(
            model_name="disputeevent",
            name="acting",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directorates.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="disputeevent",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("acting__isnull", False), ("by__isnull", False))
                | models.Q(("acting", None), ("by", None), ("kind", "lapsed")),
                name="somebody_acts_in_a_dispute",
            ),
        ),
        migrations.RemoveConstraint(model_name="mandatelimit", name="one_limit_of_a_mandate_a_place"),
        migrations.AddConstraint(
            model_name="mandatelimit",
            constraint=models.UniqueConstraint(
                fields=("mandate", "place", "dispute"), name="one_limit_of_a_mandate_a_place"
            ),
        ),
        migrations.RunSQL(OVERLAPS, migrations.RunSQL.noop),
    ]
