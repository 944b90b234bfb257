"""The one switch for all letters goes; apart from what was made of it, which PostgreSQL has to finish first."""

from django.db import migrations


class Migration(migrations.Migration):
    """`User.letters` is gone."""

    dependencies = [("directorates", "0022_notice_choices")]

    operations = [migrations.RemoveField(model_name="user", name="letters")]
