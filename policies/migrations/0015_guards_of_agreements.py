"""What was opened for signature never changes, what was signed and said stays; agreements stand behind the second wall."""

from django.db import migrations

APPENDED = ("signature", "consent", "agreementevent", "obligationevent")
GUARD = """
CREATE FUNCTION refuse_change_of_what_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was opened for signature never changes: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER opened_stays BEFORE DELETE ON policies_agreement FOR EACH ROW WHEN (OLD.opened IS NOT NULL)
    EXECUTE FUNCTION refuse_change_of_what_is_signed();
CREATE TRIGGER opened_never_changes BEFORE UPDATE ON policies_agreement FOR EACH ROW
    WHEN (OLD.opened IS NOT NULL AND ((NEW.opened, NEW.kind, NEW.name_ar, NEW.name_en, NEW.summary_ar, NEW.summary_en,
            NEW.keeper_id, NEW.rule, NEW.since, NEW.until, NEW.recorded)
        IS DISTINCT FROM (OLD.opened, OLD.kind, OLD.name_ar, OLD.name_en, OLD.summary_ar, OLD.summary_en,
            OLD.keeper_id, OLD.rule, OLD.since, OLD.until, OLD.recorded)
        OR (OLD.agreed IS NOT NULL AND (NEW.agreed, lower(NEW.valid)) IS DISTINCT FROM (OLD.agreed, lower(OLD.valid)))
        OR (OLD.given_up IS NOT NULL AND NEW.given_up IS DISTINCT FROM OLD.given_up)
        OR (OLD.called_off IS NOT NULL AND NEW.called_off IS DISTINCT FROM OLD.called_off)))
    EXECUTE FUNCTION refuse_change_of_what_is_signed();
CREATE TRIGGER opened_stays BEFORE DELETE ON policies_agreementtext FOR EACH ROW WHEN (OLD.opened IS NOT NULL)
    EXECUTE FUNCTION refuse_change_of_what_is_signed();
CREATE TRIGGER opened_never_changes BEFORE UPDATE ON policies_agreementtext FOR EACH ROW
    WHEN (OLD.opened IS NOT NULL AND ((NEW.opened, NEW.agreement_id, NEW.number, NEW.kind, NEW.keeper_id, NEW.until)
        IS DISTINCT FROM (OLD.opened, OLD.agreement_id, OLD.number, OLD.kind, OLD.keeper_id, OLD.until)
        OR (OLD.valid IS NOT NULL AND lower(NEW.valid) IS DISTINCT FROM lower(OLD.valid))
        OR (OLD.given_up IS NOT NULL AND NEW.given_up IS DISTINCT FROM OLD.given_up)))
    EXECUTE FUNCTION refuse_change_of_what_is_signed();

CREATE FUNCTION refuse_change_of_signed_articles() RETURNS trigger LANGUAGE plpgsql AS $$
-- What a row belonged to and what it would belong to: nothing is moved into a text that others read either.
DECLARE was bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.text_id END;
    becomes bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.text_id END;
BEGIN
    IF EXISTS (SELECT FROM policies_agreementtext WHERE id IN (was, becomes) AND opened IS NOT NULL) THEN
        RAISE EXCEPTION 'a text that was opened for signature never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER opened_never_changes BEFORE INSERT OR UPDATE OR DELETE ON policies_article
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_articles();

-- An obligation can come later, by whoever takes it on; once it could be signed it neither changes nor goes.
CREATE FUNCTION refuse_change_of_signed_obligations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM policies_agreement WHERE id = OLD.agreement_id AND opened IS NOT NULL) THEN
        RAISE EXCEPTION 'what a party owes stays as it was signed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER owed_stays BEFORE UPDATE OR DELETE ON policies_obligation
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_obligations();

CREATE FUNCTION refuse_change_of_parties() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.agreement_id, NEW.organisation_id) IS NOT DISTINCT FROM
            (OLD.agreement_id, OLD.organisation_id)
        AND (OLD.valid IS NULL OR lower(NEW.valid) IS NOT DISTINCT FROM lower(OLD.valid))
        AND (OLD.declined IS NULL OR NEW.declined IS NOT DISTINCT FROM OLD.declined)
        AND (OLD.objected IS NULL OR (NEW.objected, NEW.valid, NEW.why)
            IS NOT DISTINCT FROM (OLD.objected, OLD.valid, OLD.why)) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM policies_agreement WHERE id = OLD.agreement_id AND opened IS NOT NULL) THEN
        RAISE EXCEPTION 'who was named in an agreement stays so: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER parties_stay BEFORE UPDATE OR DELETE ON policies_party
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_parties();

CREATE FUNCTION refuse_signature_of_what_is_not_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever writes an agreement has locked it: a signature comes wholly before it is given up, or not at all.
    IF NOT EXISTS (SELECT FROM policies_agreement a JOIN policies_party p ON p.agreement_id = a.id
            WHERE p.id = NEW.party_id AND a.opened IS NOT NULL AND a.given_up IS NULL AND p.declined IS NULL) THEN
        RAISE EXCEPTION 'this agreement is not open for signature' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_while_open BEFORE INSERT ON policies_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_signature_of_what_is_not_open();
"""
GUARD += "".join(
    f"""
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON policies_{table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_what_is_signed();
REVOKE UPDATE, DELETE ON policies_{table} FROM tansiq_app;
"""
    for table in APPENDED
)
UNDO = "".join(
    f"GRANT UPDATE, DELETE ON policies_{table} TO tansiq_app; DROP TRIGGER said_stays ON policies_{table};"
    for table in APPENDED
)
UNDO += """
DROP TRIGGER signed_while_open ON policies_signature;
DROP TRIGGER parties_stay ON policies_party;
DROP TRIGGER owed_stays ON policies_obligation;
DROP TRIGGER opened_never_changes ON policies_article;
DROP TRIGGER opened_never_changes ON policies_agreementtext;
DROP TRIGGER opened_stays ON policies_agreementtext;
DROP TRIGGER opened_never_changes ON policies_agreement;
DROP TRIGGER opened_stays ON policies_agreement;
DROP FUNCTION refuse_signature_of_what_is_not_open, refuse_change_of_parties, refuse_change_of_signed_obligations,
    refuse_change_of_signed_articles, refuse_change_of_what_is_signed;
"""

# Parties open agreements and agreements open parties: a function of the owner's reads both, or policies would ask one another.
MINE = """
CREATE FUNCTION agreements_of_acting() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE acting bigint := sight_acting();
BEGIN
    IF acting = 0 THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT id FROM policies_agreement WHERE keeper_id = acting
        UNION SELECT agreement_id FROM policies_party WHERE organisation_id = acting);
END $$;
REVOKE ALL ON FUNCTION agreements_of_acting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION agreements_of_acting TO tansiq_app;

-- What is only proposed is for whoever keeps the agreement, is asked to sign it, or stands in it and has not left.
CREATE FUNCTION proposals_of_acting() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE acting bigint := sight_acting();
BEGIN
    IF acting = 0 THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT id FROM policies_agreement WHERE keeper_id = acting
        UNION SELECT a.id FROM policies_party p JOIN policies_agreement a ON a.id = p.agreement_id
            WHERE p.organisation_id = acting AND (a.agreed IS NULL OR (a.called_off IS NULL AND p.objected IS NULL
                AND p.valid @> (now() AT TIME ZONE 'Asia/Damascus')::date)));
END $$;
REVOKE ALL ON FUNCTION proposals_of_acting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION proposals_of_acting TO tansiq_app;
"""
KEPT = "'keep_agreements' = ANY ((SELECT sight_texts('holds'))::text[])"
OWN = "= ANY ((SELECT agreements_of_acting())::bigint[])"
PROPOSED = "= ANY ((SELECT proposals_of_acting())::bigint[])"
READS = "(SELECT sight_on('people') AND sight_person() <> 0)"
OF_IT = "EXISTS (SELECT FROM policies_agreement a WHERE a.id = policies_{table}.agreement_id)"
SEEN = {
    # One that is being begun is not there yet: it is known by its keeper.
    "policies_agreement": f"(agreed IS NOT NULL AND {READS}) OR {KEPT} OR id {OWN} OR keeper_id = (SELECT sight_acting())",
    "policies_party": OF_IT.format(table="party"),
    # What is said of a proposal is for whoever reads the proposal.
    "policies_agreementevent": f"""{OF_IT.format(table="agreementevent")} AND (proposal_id IS NULL
        OR EXISTS (SELECT FROM policies_agreementtext t WHERE t.id = policies_agreementevent.proposal_id))""",
    "policies_obligation": OF_IT.format(table="obligation"),
    "policies_obligationevent": """EXISTS (SELECT FROM policies_obligation o
        WHERE o.id = policies_obligationevent.obligation_id)""",
    "policies_signature": "EXISTS (SELECT FROM policies_party p WHERE p.id = policies_signature.party_id)",
    "policies_agreementtext": f"""(valid IS NOT NULL AND {OF_IT.format(table="agreementtext")})
        OR {KEPT} OR agreement_id {PROPOSED}""",
    "policies_article": "EXISTS (SELECT FROM policies_agreementtext t WHERE t.id = policies_article.text_id)",
    "policies_consent": "EXISTS (SELECT FROM policies_agreementtext t WHERE t.id = policies_consent.text_id)",
}
WALL = MINE + "".join(
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
    """Guards and row-level security of agreements."""

    dependencies = [("policies", "0014_agreements")]

    operations = [
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunSQL(WALL, DOWN + "DROP FUNCTION agreements_of_acting, proposals_of_acting;"),
    ]
