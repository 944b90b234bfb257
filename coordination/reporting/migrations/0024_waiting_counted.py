"""What waits is counted from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of what waits for review holds what the row policies ask for."""

    dependencies = [
        ("directorates", "0021_shared_life"),
        ("facilities", "0008_wall_of_grants"),
        ("reporting", "0023_attachments_held"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="submission",
            name="submission_to_review",
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("status", "submitted")),
                fields=["reviewer", "submitted"],
                include=("status", "reporter", "directorate", "place_path", "dataset"),
                name="submission_to_review",
            ),
        ),
    ]
