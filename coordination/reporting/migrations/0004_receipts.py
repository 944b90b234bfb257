"""Receipt numbers, and stored answers kept letter for letter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0003_belonging"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedrequest",
            name="headers",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="storedrequest",
            name="answer",
            field=models.TextField(default=""),
        ),
        migrations.AlterField(
            model_name="storedrequest",
            name="status",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="ReceiptSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "series of receipt numbers",
                "verbose_name_plural": "series of receipt numbers",
                "constraints": [models.UniqueConstraint(fields=("place", "year"), name="one_series_a_place_and_year")],
            },
        ),
    ]
