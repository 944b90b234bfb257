"""What was offered to be handed over stays as it was offered, and an answer is given once."""

from django.db import migrations

GUARD = """
CREATE FUNCTION refuse_change_of_handovers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was handed over stays: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER handovers_stay BEFORE DELETE ON directorates_handover
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_handovers();
CREATE TRIGGER handovers_are_answered_once BEFORE UPDATE ON directorates_handover FOR EACH ROW
    WHEN (OLD.answered IS NOT NULL OR OLD.withdrawn IS NOT NULL
        OR (NEW.giver_id, NEW.taker_id, NEW.first, NEW.reason, NEW.offered, NEW.offered_as_id)
            IS DISTINCT FROM (OLD.giver_id, OLD.taker_id, OLD.first, OLD.reason, OLD.offered, OLD.offered_as_id))
    EXECUTE FUNCTION refuse_change_of_handovers();
CREATE TRIGGER handovers_stay BEFORE DELETE ON directorates_handoverpart
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_handovers();
CREATE TRIGGER handovers_are_answered_once BEFORE UPDATE ON directorates_handoverpart FOR EACH ROW
    WHEN (OLD.taken IS NOT NULL OR (NEW.handover_id, NEW.place_id) IS DISTINCT FROM (OLD.handover_id, OLD.place_id))
    EXECUTE FUNCTION refuse_change_of_handovers();
REVOKE DELETE ON directorates_handover, directorates_handoverpart FROM tansiq_app;
"""
UNDO = """
GRANT DELETE ON directorates_handover, directorates_handoverpart TO tansiq_app;
DROP TRIGGER handovers_are_answered_once ON directorates_handoverpart;
DROP TRIGGER handovers_stay ON directorates_handoverpart;
DROP TRIGGER handovers_are_answered_once ON directorates_handover;
DROP TRIGGER handovers_stay ON directorates_handover;
DROP FUNCTION refuse_change_of_handovers;
"""


class Migration(migrations.Migration):
    """Triggers, and no deleting by the portal's own role."""

    dependencies = [("directorates", "0027_handovers")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
