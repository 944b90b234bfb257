"""The second wall around meetings: for the organisation that called one and for those that are invited, and for nobody else."""

from django.db import migrations

# Invitations open meetings and meetings open invitations: a function of the owner's reads both, or policies would ask one another.
OPEN = """
CREATE FUNCTION meetings_open() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE acting bigint := sight_acting();
    held text[] := sight_texts('holds');
BEGIN
    IF acting = 0 OR NOT (held && ARRAY['view_meetings', 'manage_meetings']) THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT id FROM meetings_meeting WHERE organisation_id = acting
        UNION SELECT meeting_id FROM meetings_meetinginvitation
        WHERE organisation_id = acting AND 'view_meetings' = ANY (held));
END $$;
REVOKE ALL ON FUNCTION meetings_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION meetings_open TO tansiq_app;
"""
OF_IT = "= ANY ((SELECT meetings_open())::bigint[])"
SEEN = {
    # One that is being called is not there yet.
    "meetings_meeting": f"""id {OF_IT} OR (organisation_id = (SELECT sight_acting())
        AND 'manage_meetings' = ANY ((SELECT sight_texts('holds'))::text[]))""",
    "meetings_meetinginvitation": f"meeting_id {OF_IT}",
    "meetings_minutes": f"meeting_id {OF_IT}",
    "meetings_minutescorrection": """EXISTS (SELECT FROM meetings_minutes m
        WHERE m.id = meetings_minutescorrection.minutes_id)""",
    "meetings_decision": f"meeting_id {OF_IT}",
    "meetings_actionitem": f"meeting_id {OF_IT}",
    "meetings_actionitemevent": "EXISTS (SELECT FROM meetings_actionitem i WHERE i.id = meetings_actionitemevent.item_id)",
}
WALL = OPEN + "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {seen});
"""
    for table, seen in SEEN.items()
)
DOWN = "".join(
    f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in reversed(SEEN)
)


class Migration(migrations.Migration):
    """Row-level security for meetings and all that belongs to them."""

    dependencies = [("meetings", "0002_closed_minutes_never_change"), ("directorates", "0018_wall_of_trust")]

    operations = [migrations.RunSQL(WALL, DOWN + "DROP FUNCTION meetings_open;")]
