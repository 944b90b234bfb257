"""The record of actions and the histories may be added to, and nothing else, by the application's role."""

from django.db import migrations

APPENDED = """
REVOKE UPDATE, DELETE ON directorates_auditevent, directorates_organisationstatuschange FROM tansiq_app;
"""


class Migration(migrations.Migration):
    """Appended only."""

    dependencies = [("directorates", "0001_initial")]

    operations = [migrations.RunSQL(APPENDED)]
