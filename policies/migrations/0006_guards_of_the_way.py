"""A text never changes once others read it; what was said and voted stays; votes are taken while a ballot takes them."""

from django.db import migrations

SAID = ("policycomment", "concern", "concernevent", "vote")
STAYS = "".join(
    f"""
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON policies_{table} FOR EACH ROW
    EXECUTE FUNCTION refuse_to_unsay();
"""
    for table in SAID
)
GUARD = f"""
CREATE OR REPLACE FUNCTION refuse_change_once_adopted() RETURNS trigger LANGUAGE plpgsql AS $$
-- What a row belonged to and what it would belong to: nothing is moved into a fixed version either.
DECLARE old_version bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.version_id END;
    new_version bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.version_id END;
BEGIN
    IF EXISTS (SELECT FROM policies_policyversion WHERE id IN (old_version, new_version) AND fixed IS NOT NULL) THEN
        RAISE EXCEPTION 'a text that others read never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
DROP TRIGGER adopted_stays_adopted ON policies_policyversion;
CREATE TRIGGER adopted_stays_adopted BEFORE UPDATE ON policies_policyversion FOR EACH ROW
    WHEN (OLD.valid IS NOT NULL AND (NEW.valid IS NULL
        OR (NEW.policy_id, NEW.number, NEW.adopted, NEW.basis, NEW.ballot_id, lower(NEW.valid))
        IS DISTINCT FROM (OLD.policy_id, OLD.number, OLD.adopted, OLD.basis, OLD.ballot_id, lower(OLD.valid))
        OR (OLD.called_off IS NOT NULL AND NEW.called_off IS DISTINCT FROM OLD.called_off)))
    EXECUTE FUNCTION refuse_to_take_adoption_back();
CREATE TRIGGER fixed_stays_fixed BEFORE UPDATE ON policies_policyversion FOR EACH ROW
    WHEN (OLD.fixed IS NOT NULL AND ((NEW.policy_id, NEW.number, NEW.fixed)
        IS DISTINCT FROM (OLD.policy_id, OLD.number, OLD.fixed)
        OR (OLD.given_up IS NOT NULL AND NEW.given_up IS DISTINCT FROM OLD.given_up)))
    EXECUTE FUNCTION refuse_to_take_adoption_back();
DROP TRIGGER adopted_stays ON policies_policyversion;
CREATE TRIGGER fixed_stays BEFORE DELETE ON policies_policyversion FOR EACH ROW WHEN (OLD.fixed IS NOT NULL)
    EXECUTE FUNCTION refuse_to_take_adoption_back();

CREATE FUNCTION refuse_to_unsay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was said stays: % of % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
{STAYS}
CREATE FUNCTION refuse_vote_out_of_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ballot policies_ballot;
BEGIN
    -- Counting locks the ballot: a vote comes wholly before it, or not at all.
    SELECT b.* INTO ballot FROM policies_ballot b JOIN policies_elector e ON e.ballot_id = b.id
        WHERE e.id = NEW.elector_id FOR SHARE OF b;
    IF NOT FOUND OR ballot.closed IS NOT NULL OR NEW.at >= ballot.closes OR NEW.at < ballot.opened THEN
        RAISE EXCEPTION 'this ballot takes no votes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER votes_in_time BEFORE INSERT ON policies_vote FOR EACH ROW EXECUTE FUNCTION refuse_vote_out_of_time();
CREATE TRIGGER closed_stays_closed BEFORE UPDATE ON policies_ballot FOR EACH ROW
    WHEN (OLD.closed IS NOT NULL OR (NEW.version_id, NEW.majority, NEW.quorum, NEW.opened, NEW.closes)
        IS DISTINCT FROM (OLD.version_id, OLD.majority, OLD.quorum, OLD.opened, OLD.closes))
    EXECUTE FUNCTION refuse_to_unsay();
CREATE TRIGGER ballot_stays BEFORE DELETE ON policies_ballot FOR EACH ROW EXECUTE FUNCTION refuse_to_unsay();
CREATE TRIGGER invitation_stays BEFORE DELETE ON policies_policyinvitation FOR EACH ROW EXECUTE FUNCTION refuse_to_unsay();

CREATE FUNCTION refuse_other_electors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (NEW.ballot_id, NEW.organisation_id)
            IS DISTINCT FROM (OLD.ballot_id, OLD.organisation_id))
        OR EXISTS (SELECT FROM policies_ballot WHERE id = NEW.ballot_id AND closed IS NOT NULL) THEN
        RAISE EXCEPTION 'who votes stays: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER electors_stay BEFORE INSERT OR UPDATE OR DELETE ON policies_elector
    FOR EACH ROW EXECUTE FUNCTION refuse_other_electors();
"""
UNDO = f"""
DROP TRIGGER electors_stay ON policies_elector;
DROP FUNCTION refuse_other_electors;
DROP TRIGGER invitation_stays ON policies_policyinvitation;
DROP TRIGGER ballot_stays ON policies_ballot;
DROP TRIGGER closed_stays_closed ON policies_ballot;
DROP TRIGGER votes_in_time ON policies_vote;
DROP FUNCTION refuse_vote_out_of_time;
{"".join(f"DROP TRIGGER said_stays ON policies_{table};" for table in SAID)}
DROP FUNCTION refuse_to_unsay;
DROP TRIGGER fixed_stays ON policies_policyversion;
DROP TRIGGER fixed_stays_fixed ON policies_policyversion;
CREATE TRIGGER adopted_stays BEFORE DELETE ON policies_policyversion FOR EACH ROW WHEN (OLD.valid IS NOT NULL)
    EXECUTE FUNCTION refuse_to_take_adoption_back();
DROP TRIGGER adopted_stays_adopted ON policies_policyversion;
CREATE TRIGGER adopted_stays_adopted BEFORE UPDATE ON policies_policyversion FOR EACH ROW
    WHEN (OLD.valid IS NOT NULL AND (NEW.valid IS NULL
        OR (NEW.policy_id, NEW.number, NEW.adopted, NEW.basis, lower(NEW.valid))
        IS DISTINCT FROM (OLD.policy_id, OLD.number, OLD.adopted, OLD.basis, lower(OLD.valid))
        OR (OLD.called_off IS NOT NULL AND NEW.called_off IS DISTINCT FROM OLD.called_off)))
    EXECUTE FUNCTION refuse_to_take_adoption_back();
CREATE OR REPLACE FUNCTION refuse_change_once_adopted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE old_version bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.version_id END;
    new_version bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.version_id END;
BEGIN
    IF EXISTS (SELECT FROM policies_policyversion WHERE id IN (old_version, new_version) AND valid IS NOT NULL) THEN
        RAISE EXCEPTION 'an adopted version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

VERSION = """((valid IS NOT NULL OR told) AND (SELECT sight_on('people') AND sight_person() <> 0))
    OR (fixed IS NOT NULL AND (SELECT sight_acting()) <> 0 AND EXISTS (SELECT FROM policies_policyinvitation i
        WHERE i.version_id = policies_policyversion.id AND i.organisation_id = (SELECT sight_acting())))
    OR ('manage_policies' = ANY ((SELECT sight_texts('holds'))::text[]) AND EXISTS (SELECT FROM policies_policy p
        WHERE p.id = policies_policyversion.policy_id AND p.owner_id = (SELECT sight_acting())))"""
BEFORE = """(valid IS NOT NULL AND (SELECT sight_on('people') AND sight_person() <> 0))
    OR ('manage_policies' = ANY ((SELECT sight_texts('holds'))::text[]) AND EXISTS (SELECT FROM policies_policy p
        WHERE p.id = policies_policyversion.policy_id AND p.owner_id = (SELECT sight_acting())))"""
OF_VERSION = "EXISTS (SELECT FROM policies_policyversion v WHERE v.id = policies_{table}.version_id)"
SEEN = {
    **{
        f"policies_{one}": OF_VERSION.format(table=one)
        for one in ("consultation", "concern", "ballot", "acknowledgement")
    },
    "policies_concernevent": """EXISTS (SELECT FROM policies_concern c
        WHERE c.id = policies_concernevent.concern_id)""",
    # Comments are for those who were asked; concerns stay with the policy.
    "policies_policycomment": """((SELECT sight_acting()) <> 0 AND EXISTS (SELECT FROM policies_policyinvitation i
            WHERE i.version_id = policies_policycomment.version_id AND i.organisation_id = (SELECT sight_acting()) AND i.asked))
        OR ('manage_policies' = ANY ((SELECT sight_texts('holds'))::text[]) AND EXISTS (SELECT FROM policies_policyversion v
            JOIN policies_policy p ON p.id = v.policy_id
            WHERE v.id = policies_policycomment.version_id AND p.owner_id = (SELECT sight_acting())))""",
    # How others vote is told once the ballot is counted.
    "policies_vote": """EXISTS (SELECT FROM policies_elector e JOIN policies_ballot b ON b.id = e.ballot_id
        WHERE e.id = policies_vote.elector_id
            AND ((b.closed IS NOT NULL AND b.outcome <> 'called_off') OR e.organisation_id = (SELECT sight_acting())))""",
}
POLICY = "CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {seen});"
WALL = "".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;" + POLICY.format(table=table, seen=seen)
    for table, seen in SEEN.items()
)
AGAIN = "DROP POLICY sight ON policies_policyversion;" + POLICY
DOWN = "".join(f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in SEEN)


class Migration(migrations.Migration):
    """Guards and row policies of consultations, concerns, ballots and acknowledgements."""

    dependencies = [("policies", "0005_way_to_adoption")]

    operations = [
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunSQL(
            AGAIN.format(table="policies_policyversion", seen=VERSION),
            AGAIN.format(table="policies_policyversion", seen=BEFORE),
        ),
        migrations.RunSQL(WALL, DOWN),
    ]
