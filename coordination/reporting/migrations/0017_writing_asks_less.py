"""What is written of a report is let through by `writing` alone: no longer does each insert plan whose report it is."""

from django.db import migrations

PARTS = ("reporting_draft", "reporting_revision", "reporting_submissionevent")
SEEN = """((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_submission s WHERE s.id = {table}.submission_id))"""
# A policy for all commands checks inserts as well, beside `writing`, which lets through whatever it does and more.
SPLIT = f"""
DROP POLICY sight ON {{table}};
CREATE POLICY sight ON {{table}} FOR SELECT TO tansiq_app USING ({SEEN});
CREATE POLICY changing ON {{table}} FOR UPDATE TO tansiq_app USING ({SEEN});
CREATE POLICY removing ON {{table}} FOR DELETE TO tansiq_app USING ({SEEN});
"""
TOGETHER = f"""
DROP POLICY sight ON {{table}};
DROP POLICY changing ON {{table}};
DROP POLICY removing ON {{table}};
CREATE POLICY sight ON {{table}} TO tansiq_app USING ({SEEN});
"""


class Migration(migrations.Migration):
    """The policies of what belongs to a report, by command."""

    dependencies = [("reporting", "0016_editions")]

    operations = [
        migrations.RunSQL(
            "".join(SPLIT.format(table=table) for table in PARTS),
            "".join(TOGETHER.format(table=table) for table in PARTS),
        )
    ]
