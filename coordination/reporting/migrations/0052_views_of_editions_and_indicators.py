"""Kept views of published editions and of indicators beside those of figures; what is kept already is of figures."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [("figures", "Figures"), ("editions", "Published editions"), ("indicator", "Indicator")]


class Migration(migrations.Migration):
    """Two columns and what a view of each kind holds."""

    dependencies = [("reporting", "0051_bulletin_indicators")]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="kind",
            field=models.CharField(choices=KINDS, default="figures", max_length=9, verbose_name="of what"),
        ),
        migrations.AddField(
            model_name="savedview",
            name="indicator",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.indicator",
                verbose_name="indicator",
            ),
        ),
        migrations.AlterField(
            model_name="savedview",
            name="template",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reporting.reporttemplate",
                verbose_name="report",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(kind="figures", template__isnull=False, indicator=None),
                    models.Q(
                        kind="editions",
                        template__isnull=False,
                        indicator=None,
                        element__isnull=False,
                        level__lt=4,
                        borders="then",
                    ),
                    models.Q(kind="indicator", template=None, element=None, indicator__isnull=False),
                    _connector="OR",
                ),
                name="a_view_is_of_one_thing",
            ),
        ),
    ]
