"""What a supporter declares: its share of the support, and the services."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two fields of support."""

    dependencies = [("facilities", "0008_wall_of_grants")]

    operations = [
        migrations.AddField(
            model_name="support",
            name="share",
            field=models.PositiveSmallIntegerField(
                null=True, verbose_name="declared share of the support, in per cent"
            ),
        ),
        migrations.AddField(
            model_name="support",
            name="services",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("outpatient", "Outpatient consultations"),
                        ("emergency", "Emergency department"),
                        ("inpatient", "Inpatient care"),
                        ("surgery", "Surgery"),
                        ("delivery", "Deliveries"),
                        ("vaccination", "Vaccination"),
                        ("intensive_care", "Intensive care"),
                        ("laboratory", "Laboratory tests"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="supported services",
            ),
        ),
        migrations.AddConstraint(
            model_name="support",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__range", (1, 100))), name="a_share_is_of_a_hundred"
            ),
        ),
    ]
