"""An arbiter that does not decide in its time is let go, by the portal."""

from django.db import migrations, models

KINDS = [
    ("found", "Found by the portal"),
    ("proposed", "Settlement proposed"),
    ("confirmed", "Settlement confirmed"),
    ("refused", "Settlement refused"),
    ("lapsed", "The proposal lapsed"),
    ("arbiter", "Arbiter named"),
    ("decided", "Decided by the arbiter"),
    ("settled", "Settled"),
    ("back", "The settlement was taken back"),
    ("again", "A report came or was corrected; to be settled again"),
    ("above", "Not settled in time; told to those above"),
    ("over", "Only one report is left"),
    ("silent", "The arbiter did not decide in time"),
]
BY_ITSELF = ("found", "lapsed", "again", "above", "over", "silent")


class Migration(migrations.Migration):
    """One more thing that happens to a double report by itself."""

    dependencies = [("reporting", "0040_follow_ups")]

    operations = [
        migrations.AlterField(
            model_name="doublereportevent", name="kind", field=models.CharField(choices=KINDS, max_length=10)
        ),
        migrations.RemoveConstraint(model_name="doublereportevent", name="somebody_acts_on_a_double_report"),
        migrations.AddConstraint(
            model_name="doublereportevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acting__isnull", False), ("by__isnull", False)),
                    models.Q(("acting", None), ("by", None), ("kind__in", BY_ITSELF)),
                    _connector="OR",
                ),
                name="somebody_acts_on_a_double_report",
            ),
        ),
    ]
