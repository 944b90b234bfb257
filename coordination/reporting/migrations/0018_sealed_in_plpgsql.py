"""What is sealed to a sight is asked by a function that no plan inlines, as the others of the wall."""

from django.db import migrations

PLANNED = """
CREATE OR REPLACE FUNCTION sealed_to_sight() RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF sight_on('portal') OR sight_on('sealed') THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT organisation_id FROM directorates_directorateseal WHERE since IS NOT NULL AND lifted IS NULL);
END $$;
CREATE OR REPLACE FUNCTION templates_in_sight(name text) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    datasets bigint[] := sight_ids(name);
BEGIN
    IF cardinality(datasets) = 0 THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT id FROM reporting_reporttemplate WHERE dataset_id = ANY (datasets));
END $$;
"""
INLINED = """
CREATE OR REPLACE FUNCTION sealed_to_sight() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN sight_on('portal') OR sight_on('sealed') THEN '{}' ELSE ARRAY(
        SELECT organisation_id FROM directorates_directorateseal WHERE since IS NOT NULL AND lifted IS NULL
    ) END
$$;
CREATE OR REPLACE FUNCTION templates_in_sight(name text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN cardinality(sight_ids(name)) = 0 THEN '{}' ELSE ARRAY(
        SELECT id FROM reporting_reporttemplate WHERE dataset_id = ANY (sight_ids(name))
    ) END
$$;
"""


class Migration(migrations.Migration):
    """Functions of the second wall that read a table."""

    dependencies = [("reporting", "0017_writing_asks_less"), ("directorates", "0014_sight_in_plpgsql")]

    operations = [migrations.RunSQL(PLANNED, INLINED)]
