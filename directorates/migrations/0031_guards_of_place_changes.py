"""What happened to places stays written; nobody is competent for a place that has ended; no place follows its own child."""

from django.db import migrations

GUARD = """
CREATE FUNCTION refuse_change_of_place_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened to places stays: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER place_changes_stay BEFORE UPDATE OR DELETE ON directorates_placechange
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_place_changes();
CREATE TRIGGER place_changes_stay BEFORE UPDATE OR DELETE ON directorates_placesuccession
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_place_changes();
REVOKE UPDATE, DELETE ON directorates_placechange, directorates_placesuccession FROM tansiq_app;

-- Sub-districts follow sub-districts, so that none follows what it lies in; what follows is a place on the day.
CREATE FUNCTION demand_succession() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    former directorates_place;
    later directorates_place;
BEGIN
    SELECT * INTO former FROM directorates_place WHERE id = NEW.former_id;
    SELECT * INTO later FROM directorates_place WHERE id = NEW.later_id;
    IF former.level <> 3 OR later.level <> 3 OR later.path LIKE former.path || '%' OR former.path LIKE later.path || '%' THEN
        RAISE EXCEPTION 'a sub-district follows another, never what it lies in' USING ERRCODE = 'check_violation';
    END IF;
    IF later.ended <= NEW.day OR later.began > NEW.day OR former.began >= NEW.day THEN
        RAISE EXCEPTION 'what follows is a place on the day, and what ends was one before' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_place_follows_no_child BEFORE INSERT ON directorates_placesuccession
    FOR EACH ROW EXECUTE FUNCTION demand_succession();

-- The lock lets whoever decides wait for a change of the place that is being made.
CREATE FUNCTION demand_standing_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone date;
BEGIN
    SELECT ended INTO gone FROM directorates_place WHERE id = NEW.place_id FOR KEY SHARE;
    IF gone IS NOT NULL AND (upper_inf(NEW.valid) OR upper(NEW.valid) > gone) THEN
        RAISE EXCEPTION 'nobody is competent for a place that has ended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER nobody_is_competent_after_the_end BEFORE INSERT OR UPDATE OF place_id, valid ON directorates_jurisdiction
    FOR EACH ROW EXECUTE FUNCTION demand_standing_place();

-- And no place ends while somebody is competent there for longer, or without another that takes its ground over.
CREATE FUNCTION demand_followed_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM directorates_jurisdiction j WHERE j.place_id = NEW.id AND
            (upper_inf(j.valid) OR upper(j.valid) > NEW.ended)) THEN
        RAISE EXCEPTION 'nobody is competent for a place that has ended' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM directorates_placesuccession s WHERE s.former_id = NEW.id AND s.day = NEW.ended) THEN
        RAISE EXCEPTION 'a place ends with what follows it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_place_ends_with_what_follows BEFORE INSERT OR UPDATE OF ended ON directorates_place FOR EACH ROW
    WHEN (NEW.ended IS NOT NULL) EXECUTE FUNCTION demand_followed_place();
-- A place never moves: its path stands in reports and rights.
CREATE FUNCTION refuse_moved_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a place never moves: another one follows it' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER places_never_move BEFORE UPDATE ON directorates_place FOR EACH ROW
    WHEN ((NEW.level, NEW.parent_id, NEW.code, NEW.path) IS DISTINCT FROM (OLD.level, OLD.parent_id, OLD.code, OLD.path))
    EXECUTE FUNCTION refuse_moved_place();
"""
UNDO = """
DROP TRIGGER places_never_move ON directorates_place;
DROP TRIGGER a_place_ends_with_what_follows ON directorates_place;
DROP TRIGGER nobody_is_competent_after_the_end ON directorates_jurisdiction;
DROP TRIGGER a_place_follows_no_child ON directorates_placesuccession;
GRANT UPDATE, DELETE ON directorates_placechange, directorates_placesuccession TO tansiq_app;
DROP TRIGGER place_changes_stay ON directorates_placesuccession;
DROP TRIGGER place_changes_stay ON directorates_placechange;
DROP FUNCTION refuse_moved_place, demand_followed_place, demand_standing_place, demand_succession,
    refuse_change_of_place_changes;
"""


class Migration(migrations.Migration):
    """Triggers, and no changing or deleting by the portal's own role."""

    dependencies = [("directorates", "0030_place_changes")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
