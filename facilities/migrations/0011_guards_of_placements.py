"""Where a facility lay stays written; none lies in a place that has ended."""

from django.db import migrations

GUARD = """
CREATE FUNCTION refuse_change_of_placements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'where a facility lay stays: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER placements_stay BEFORE UPDATE OR DELETE ON facilities_formerplacement
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_placements();
REVOKE UPDATE, DELETE ON facilities_formerplacement FROM tansiq_app;

-- The lock lets whoever enters a facility wait for a change of the place that is being made.
CREATE FUNCTION demand_place_of_today() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone date;
BEGIN
    SELECT ended INTO gone FROM directorates_place WHERE id = NEW.place_id FOR KEY SHARE;
    IF gone IS NOT NULL THEN
        RAISE EXCEPTION 'no facility lies in a place that has ended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER facilities_lie_in_places BEFORE INSERT OR UPDATE OF place_id ON facilities_facility
    FOR EACH ROW EXECUTE FUNCTION demand_place_of_today();

-- Asked at the end of the transaction: places end, and then their facilities are taken along.
CREATE FUNCTION demand_empty_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM facilities_facility f JOIN directorates_place p ON p.id = f.place_id
            WHERE f.place_id = NEW.id AND p.ended IS NOT NULL) THEN
        RAISE EXCEPTION 'no facility lies in a place that has ended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER places_end_empty AFTER UPDATE OF ended ON directorates_place DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.ended IS NOT NULL) EXECUTE FUNCTION demand_empty_place();
"""
UNDO = """
DROP TRIGGER places_end_empty ON directorates_place;
DROP TRIGGER facilities_lie_in_places ON facilities_facility;
GRANT UPDATE, DELETE ON facilities_formerplacement TO tansiq_app;
DROP TRIGGER placements_stay ON facilities_formerplacement;
DROP FUNCTION demand_empty_place, demand_place_of_today, refuse_change_of_placements;
"""


class Migration(migrations.Migration):
    """Triggers, and no changing or deleting by the portal's own role."""

    dependencies = [("facilities", "0010_placements"), ("directorates", "0031_guards_of_place_changes")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
