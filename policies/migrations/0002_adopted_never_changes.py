"""A text that was adopted never changes, whoever writes to the database."""

from django.db import migrations

GUARD = """
CREATE FUNCTION refuse_change_once_adopted() RETURNS trigger LANGUAGE plpgsql AS $$
-- What a row belonged to and what it would belong to: nothing is moved into an adopted version either.
DECLARE old_version bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.version_id END;
    new_version bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.version_id END;
BEGIN
    IF EXISTS (SELECT FROM policies_policyversion WHERE id IN (old_version, new_version) AND valid IS NOT NULL) THEN
        RAISE EXCEPTION 'an adopted version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER adopted_never_changes BEFORE INSERT OR UPDATE OR DELETE ON policies_policysection
    FOR EACH ROW EXECUTE FUNCTION refuse_change_once_adopted();

CREATE FUNCTION refuse_to_take_adoption_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was adopted stays adopted: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER adopted_stays_adopted BEFORE UPDATE ON policies_policyversion FOR EACH ROW
    WHEN (OLD.valid IS NOT NULL AND (NEW.valid IS NULL OR (NEW.policy_id, NEW.number, NEW.adopted, NEW.basis)
        IS DISTINCT FROM (OLD.policy_id, OLD.number, OLD.adopted, OLD.basis)))
    EXECUTE FUNCTION refuse_to_take_adoption_back();
CREATE TRIGGER adopted_stays BEFORE DELETE ON policies_policyversion FOR EACH ROW WHEN (OLD.valid IS NOT NULL)
    EXECUTE FUNCTION refuse_to_take_adoption_back();
"""
UNDO = """
DROP TRIGGER adopted_stays ON policies_policyversion;
DROP TRIGGER adopted_stays_adopted ON policies_policyversion;
DROP TRIGGER adopted_never_changes ON policies_policysection;
DROP FUNCTION refuse_to_take_adoption_back, refuse_change_once_adopted;
"""


class Migration(migrations.Migration):
    """Guards of adopted texts."""

    dependencies = [("policies", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
