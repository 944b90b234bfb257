"""By whose clocks a person reads hours."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A time zone for each person."""

    dependencies = [
        ("directorates", "0025_agreements"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="zone",
            field=models.CharField(
                choices=[
                    ("Asia/Damascus", "Damascus time"),
                    ("Europe/Istanbul", "Istanbul time"),
                    ("Asia/Amman", "Amman time"),
                    ("Asia/Beirut", "Beirut time"),
                    ("Europe/Zurich", "Geneva time"),
                    ("Europe/London", "London time"),
                    ("UTC", "Universal time (UTC)"),
                ],
                default="Asia/Damascus",
                max_length=40,
                verbose_name="time zone",
            ),
        ),
    ]
