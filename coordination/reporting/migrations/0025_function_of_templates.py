"""What a template reports on, as mandates name it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One field."""

    dependencies = [
        ("reporting", "0024_waiting_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="reporttemplate",
            name="function",
            field=models.CharField(
                blank=True,
                choices=[
                    ("immunization", "Immunization"),
                    ("surveillance", "Surveillance of diseases"),
                    ("licensing", "Licensing"),
                    ("referral", "Referral and ambulances"),
                    ("training", "Training"),
                    ("supplies", "Medicines and supplies"),
                    ("information", "Health information"),
                    ("supervision", "Supervision of facilities"),
                    ("laboratories", "Laboratories and blood banks"),
                    ("emergencies", "Emergency preparedness"),
                ],
                max_length=20,
                verbose_name="function that it reports on",
            ),
        ),
    ]
