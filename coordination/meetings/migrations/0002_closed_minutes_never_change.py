"""What stands in closed minutes never changes, whoever writes to the database; corrections and states are appended."""

from django.db import migrations

OF_A_MEETING = ("meetings_decision", "meetings_meetinginvitation")
APPENDED = ("meetings_minutescorrection", "meetings_actionitemevent")
GUARD = """
CREATE FUNCTION refuse_once_minutes_are_closed() RETURNS trigger LANGUAGE plpgsql AS $$
-- What a row belonged to and what it would belong to: nothing is moved into a closed meeting either.
DECLARE was bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.meeting_id END;
    becomes bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.meeting_id END;
BEGIN
    IF EXISTS (SELECT FROM meetings_minutes WHERE meeting_id IN (was, becomes) AND closed IS NOT NULL) THEN
        RAISE EXCEPTION 'closed minutes never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION refuse_to_change_a_meeting_with_closed_minutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM meetings_minutes WHERE meeting_id = OLD.id AND closed IS NOT NULL) THEN
        RAISE EXCEPTION 'closed minutes never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION refuse_to_change_what_meetings_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this is appended and never changes: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER closed_minutes_never_change BEFORE UPDATE OR DELETE ON meetings_minutes FOR EACH ROW
    WHEN (OLD.closed IS NOT NULL) EXECUTE FUNCTION refuse_to_change_what_meetings_appended();
CREATE TRIGGER closed_minutes_never_change BEFORE UPDATE OR DELETE ON meetings_meeting FOR EACH ROW
    EXECUTE FUNCTION refuse_to_change_a_meeting_with_closed_minutes();
"""
GUARD += "".join(
    f"""
CREATE TRIGGER closed_minutes_never_change BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
    EXECUTE FUNCTION refuse_once_minutes_are_closed();
"""
    for table in OF_A_MEETING
)
GUARD += "".join(
    f"""
CREATE TRIGGER appended_never_changes BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW
    EXECUTE FUNCTION refuse_to_change_what_meetings_appended();
"""
    for table in APPENDED
)
UNDO = "".join(f"DROP TRIGGER appended_never_changes ON {table};" for table in APPENDED)
UNDO += "".join(
    f"DROP TRIGGER closed_minutes_never_change ON {table};"
    for table in (*OF_A_MEETING, "meetings_meeting", "meetings_minutes")
)
UNDO += """
DROP FUNCTION refuse_to_change_what_meetings_appended, refuse_once_minutes_are_closed,
    refuse_to_change_a_meeting_with_closed_minutes;
"""


class Migration(migrations.Migration):
    """Guards of closed minutes and of what is appended."""

    dependencies = [("meetings", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
