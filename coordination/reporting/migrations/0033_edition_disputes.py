"""Editions keep the disputes that were known when they were published; old ones are told what is reckoned of them today."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from coordination.reporting.rules.periods import Period, PeriodType

KNOWN = """
INSERT INTO reporting_editiondispute (edition_id, dispute_id, state)
SELECT %s, d.id, d.state FROM policies_mandatedispute d
WHERE d.function = %s AND d.opened <= %s AND EXISTS (SELECT FROM mandate_overlaps(d.first_id) o
    WHERE o.first_id = d.first_id AND o.second_id = d.second_id AND o.days && daterange(%s, %s, '[]'))
ON CONFLICT DO NOTHING
"""


def tell_old_editions(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The disputes of editions that were published before."""
    rows = apps.get_model("reporting", "Edition").objects.exclude(template__function="").select_related("template")
    with editor.connection.cursor() as cursor:
        for one in rows:
            period = Period(PeriodType(one.template.period_type), one.period_start)
            cursor.execute(KNOWN, [one.pk, one.template.function, one.at, period.start, period.last_day])


class Migration(migrations.Migration):
    """A table beside editions."""

    dependencies = [("reporting", "0032_runs"), ("policies", "0009_lapsed_disputes")]

    operations = [
        migrations.CreateModel(
            name="EditionDispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("interim", "Open, with an interim arrangement"),
                            ("given_way", "One side gave way"),
                            ("lapsed", "Claimed by one side only by now"),
                            ("decided", "Decided"),
                            ("appealed", "Appealed"),
                            ("closed", "Decided for good"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.mandatedispute"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disputes", to="reporting.edition"
                    ),
                ),
            ],
            options={
                "verbose_name": "dispute in an edition",
                "verbose_name_plural": "disputes in editions",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="editiondispute",
            constraint=models.UniqueConstraint(fields=("edition", "dispute"), name="a_dispute_once_an_edition"),
        ),
        migrations.RunPython(tell_old_editions, migrations.RunPython.noop),
    ]
