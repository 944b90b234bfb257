"""A decision can be about a version of the logo or of stationery; who came to a meeting uninvited is written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Decisions point down at branding; who came uninvited."""

    dependencies = [
        ("directorates", "0026_time_zone"),
        ("meetings", "0006_agreement_decided"),
        ("policies", "0017_dissolutions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="brand_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="policies.brandversion",
                verbose_name="logo or stationery",
            ),
        ),
        migrations.AddField(
            model_name="meetinginvitation",
            name="uninvited",
            field=models.BooleanField(default=False, verbose_name="came uninvited"),
        ),
        migrations.AddConstraint(
            model_name="meetinginvitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("uninvited", False), models.Q(("answer", "answer_unknown"), ("present", True)), _connector="OR"
                ),
                name="who_came_uninvited_is_there",
            ),
        ),
    ]
