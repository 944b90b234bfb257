"""How often a meeting was changed, for calendars."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A number that counts up."""

    dependencies = [("meetings", "0004_dispute_decided")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="changes",
            field=models.PositiveIntegerField(default=0, verbose_name="times changed"),
        ),
    ]
