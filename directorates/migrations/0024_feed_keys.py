"""Secret addresses of feeds, of which the hash alone is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Addresses of feeds."""

    dependencies = [("directorates", "0023_one_switch_no_more")]

    operations = [
        migrations.CreateModel(
            name="FeedKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        choices=[("ar", "Arabic"), ("en", "English")], max_length=5, verbose_name="language"
                    ),
                ),
                ("secret_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("made", models.DateTimeField(verbose_name="made")),
                ("used", models.DateTimeField(null=True, verbose_name="last used")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="Acting as",
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed_key",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "address of a feed",
                "verbose_name_plural": "addresses of feeds",
                "default_permissions": (),
            },
        ),
    ]
