"""Overlapping mandates are found in the database, in turn, and none stays undisputed; who leads what stands behind the wall."""

from django.db import migrations

# Days on which both hold in the smaller place, which lies in the other: until one of them was limited there.
OVERLAPS = """
CREATE FUNCTION mandate_overlaps(wanted bigint DEFAULT NULL)
    RETURNS TABLE (first_id bigint, second_id bigint, place_id bigint, days daterange) LANGUAGE sql STABLE AS $$
SELECT found.first, found.second, found.place, found.days FROM (
    SELECT a.id AS first, b.id AS second, smaller.id AS place,
        a.valid * b.valid * daterange(NULL, (SELECT min(l.since) FROM policies_mandatelimit l
            JOIN directorates_place apart ON apart.id = l.place_id
            WHERE l.mandate_id IN (a.id, b.id) AND smaller.path ^@ apart.path)) AS days
    FROM policies_mandate a
    JOIN policies_mandate b ON b.function = a.function AND b.organisation_id <> a.organisation_id AND b.id > a.id
        AND b.valid && a.valid AND b.called_off IS NULL
    JOIN directorates_place pa ON pa.id = a.place_id
    JOIN directorates_place pb ON pb.id = b.place_id AND (pa.path ^@ pb.path OR pb.path ^@ pa.path)
    JOIN directorates_place smaller ON smaller.id = CASE WHEN pa.path ^@ pb.path THEN pa.id ELSE pb.id END
    WHERE a.called_off IS NULL AND (wanted IS NULL OR wanted IN (a.id, b.id))
        AND (wanted IS NULL OR a.function = (SELECT m.function FROM policies_mandate m WHERE m.id = wanted))
) found WHERE NOT isempty(found.days) $$;
"""
# Whoever writes a mandate waits for whoever writes one for the same function; at the end of either's transaction the
# database looks whether an overlap was left without a dispute.
GUARD = """
CREATE FUNCTION mandates_in_turn(wanted text) RETURNS void LANGUAGE sql AS
    $$ SELECT pg_advisory_xact_lock(7204027, hashtext(wanted)) $$;
CREATE FUNCTION take_turns_with_mandates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mandates_in_turn(NEW.function);
    RETURN NEW;
END $$;
CREATE TRIGGER in_turn BEFORE INSERT OR UPDATE ON policies_mandate
    FOR EACH ROW EXECUTE FUNCTION take_turns_with_mandates();

CREATE FUNCTION refuse_undisputed_overlap() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM mandate_overlaps(NEW.id) o WHERE NOT EXISTS (SELECT FROM policies_mandatedispute d
            WHERE d.first_id = o.first_id AND d.second_id = o.second_id)) THEN
        RAISE EXCEPTION 'two mandates overlap and no dispute says so' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER no_undisputed_overlap AFTER INSERT OR UPDATE ON policies_mandate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_undisputed_overlap();

-- What was said and decided is appended; a mandate is ended, never thrown away.
REVOKE UPDATE, DELETE ON policies_disputeevent, policies_mandatelimit FROM tansiq_app;
REVOKE DELETE ON policies_mandate, policies_mandatedispute FROM tansiq_app;
"""
UNDO = """
GRANT UPDATE, DELETE ON policies_disputeevent, policies_mandatelimit TO tansiq_app;
GRANT DELETE ON policies_mandate, policies_mandatedispute TO tansiq_app;
DROP TRIGGER no_undisputed_overlap ON policies_mandate;
DROP TRIGGER in_turn ON policies_mandate;
DROP FUNCTION refuse_undisputed_overlap, take_turns_with_mandates, mandates_in_turn(text);
"""
# Told to everybody who has a role, and to nobody else.
SEEN = "(SELECT sight_on('people') AND sight_person() <> 0)"
TABLES = ("policies_mandate", "policies_mandatelimit", "policies_mandatedispute", "policies_disputeevent")
WALL = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {SEEN});
"""
    for table in TABLES
)
DOWN = "".join(f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in TABLES)


class Migration(migrations.Migration):
    """Functions, guards and row-level security of mandates."""

    dependencies = [("policies", "0007_mandates")]

    operations = [
        migrations.RunSQL(OVERLAPS, "DROP FUNCTION mandate_overlaps(bigint);"),
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunSQL(WALL, DOWN),
    ]
