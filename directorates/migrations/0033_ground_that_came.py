"""No place ends on or before the day on which it changed otherwise or the ground of another came to it.

Otherwise its past would be written anew.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION demand_day_after_ground_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM directorates_placesuccession s WHERE NEW.former_id IN (s.former_id, s.later_id)
            AND s.day >= NEW.day AND s.change_id <> NEW.change_id) THEN
        RAISE EXCEPTION 'what ends changed on that day or later' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_place_ends_after_ground_came BEFORE INSERT ON directorates_placesuccession
    FOR EACH ROW EXECUTE FUNCTION demand_day_after_ground_came();
"""
UNDO = """
DROP TRIGGER a_place_ends_after_ground_came ON directorates_placesuccession;
DROP FUNCTION demand_day_after_ground_came;
"""


class Migration(migrations.Migration):
    """One more trigger beside those of 0031."""

    dependencies = [("directorates", "0032_rights_to_publish")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
