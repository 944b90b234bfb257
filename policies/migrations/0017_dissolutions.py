"""What follows from the dissolution of an organisation stands in the history of agreements, done by nobody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Events of agreements that only days bring about."""

    dependencies = [
        ("directorates", "0025_agreements"),
        ("policies", "0016_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="agreementevent",
            name="acting",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="agreementevent",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="agreementevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("opened", "Opened for signature"),
                    ("signed", "Signed"),
                    ("paper", "A signature on paper was entered"),
                    ("declined", "Declined to sign"),
                    ("objected", "Objected to a signature that was entered for it"),
                    ("force", "Came into force"),
                    ("named", "Invited to join"),
                    ("left", "Left"),
                    ("dissolved", "Its organisation was dissolved: a party until that day"),
                    ("ended", "Ended"),
                    ("given_up", "Given up"),
                    ("proposed", "Proposed an amendment"),
                    ("consented", "Consented to an amendment"),
                    ("amended", "An amendment took force"),
                    ("renewed", "Renewed"),
                    ("refused", "Refused an amendment"),
                    ("dropped", "Gave an amendment up"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acting__isnull", False), ("by__isnull", False)),
                    models.Q(("acting", None), ("by", None), ("what__in", ("dissolved", "ended"))),
                    _connector="OR",
                ),
                name="somebody_acts_in_an_agreement",
            ),
        ),
    ]
