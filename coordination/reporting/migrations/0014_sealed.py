"""Reports of a sealed directorate are seen by their reporter, the body's data manager and the portal (`models/seals.py`)."""

from django.db import migrations

# The table of seals is read once a query; it holds a few rows. Whoever sees sealed reports as others need not ask.
SEALED = """
CREATE FUNCTION sealed_to_sight() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN sight_on('portal') OR sight_on('sealed') THEN '{}' ELSE ARRAY(
        SELECT organisation_id FROM directorates_directorateseal WHERE since IS NOT NULL AND lifted IS NULL
    ) END
$$;
"""
# Besides the policy that opens rows: what it opens has to pass this one as well.
CLOSED = """
CREATE POLICY sealed ON {table} AS RESTRICTIVE TO tansiq_app USING (directorate_id IS NULL
    OR directorate_id <> ALL ((SELECT sealed_to_sight())::bigint[])
    OR reporter_id = ANY ((SELECT sight_ids('organisations'))::bigint[]));
"""
TABLES = ("reporting_submission", "reporting_expectedreport")
UNDO = "".join(f"DROP POLICY sealed ON {table};" for table in TABLES) + "DROP FUNCTION sealed_to_sight;"


class Migration(migrations.Migration):
    """A seal closes rows of reports."""

    dependencies = [("reporting", "0013_wall"), ("directorates", "0011_seals")]

    operations = [migrations.RunSQL(SEALED + "".join(CLOSED.format(table=table) for table in TABLES), UNDO)]
