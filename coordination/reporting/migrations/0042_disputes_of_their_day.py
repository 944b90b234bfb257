"""Editions tell of disputes as they stood on the day of publication: those that were told later got the state of that later day."""

from django.db import migrations

# What the last deed by then made of it; a statement changes nothing.
THEN = """
UPDATE reporting_editiondispute told SET state = COALESCE((
    SELECT CASE e.kind WHEN 'opened' THEN 'open' WHEN 'decision' THEN 'decided' WHEN 'appeal' THEN 'appealed'
        WHEN 'upheld' THEN 'closed' WHEN 'changed' THEN 'closed' WHEN 'gave_way' THEN 'given_way' ELSE e.kind END
    FROM policies_disputeevent e JOIN reporting_edition d ON d.id = told.edition_id
    WHERE e.dispute_id = told.dispute_id AND e.at <= d.at AND e.kind <> 'statement'
    ORDER BY e.at DESC, e.id DESC LIMIT 1), 'open');
"""


class Migration(migrations.Migration):
    """The states of disputes in editions, reckoned from what had happened by then."""

    dependencies = [("reporting", "0041_arbiters_in_time"), ("policies", "0009_lapsed_disputes")]

    operations = [migrations.RunSQL(THEN, migrations.RunSQL.noop)]
