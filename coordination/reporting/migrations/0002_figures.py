"""The schema of figures, and the laws that the database keeps for documents that never change."""

from django.db import migrations

FIGURES = """
ALTER TABLE reporting_countedreport SET SCHEMA figures;
ALTER TABLE figures.reporting_countedreport OWNER TO tansiq_figures;

CREATE TABLE figures.cell (
    period_start date NOT NULL, template int NOT NULL, level smallint NOT NULL, place int NOT NULL,
    element int NOT NULL, category int NOT NULL,
    total numeric, n int NOT NULL, numerator numeric, denominator numeric,
    PRIMARY KEY (period_start, template, level, place, element, category)
);
CREATE INDEX cell_reading ON figures.cell (template, element, category, level, place, period_start) INCLUDE (total, n);
CREATE TABLE figures.coverage (
    period_start date NOT NULL, template int NOT NULL, level smallint NOT NULL, place int NOT NULL,
    expected int NOT NULL, received int NOT NULL, on_time int NOT NULL,
    PRIMARY KEY (period_start, template, level, place)
);
CREATE TABLE figures.touched (
    id bigserial PRIMARY KEY, template int NOT NULL, period_start date NOT NULL, subdistrict int NOT NULL
);
ALTER TABLE figures.cell OWNER TO tansiq_figures;
ALTER TABLE figures.coverage OWNER TO tansiq_figures;
ALTER TABLE figures.touched OWNER TO tansiq_figures;

-- Everyone who may use the portal's database reads figures; marks are written in the transaction of a review.
GRANT USAGE ON SCHEMA figures TO tansiq_app;
GRANT SELECT ON ALL TABLES IN SCHEMA figures TO tansiq_app;
GRANT INSERT ON figures.touched TO tansiq_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA figures TO tansiq_app;
-- What counts is written by the review that approves or reopens, in its own transaction.
GRANT INSERT, UPDATE, DELETE ON figures.reporting_countedreport TO tansiq_app;

-- Consolidation reads reports and the places they belong to; never positions, never people.
GRANT USAGE ON SCHEMA public TO tansiq_figures;
GRANT SELECT ON reporting_revision, reporting_submission, reporting_expectedreport, reporting_slot, reporting_element,
    reporting_category, reporting_reporttemplate, directorates_place, directorates_jurisdiction, facilities_facility
    TO tansiq_figures;
"""

NEVER_CHANGES = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revision_never_changes BEFORE UPDATE OR DELETE ON reporting_revision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_never_changes BEFORE UPDATE OR DELETE ON reporting_submissionevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_revision, reporting_submissionevent FROM tansiq_app;

CREATE FUNCTION refuse_change_once_published() RETURNS trigger LANGUAGE plpgsql AS $$
-- What a row belonged to and what it would belong to: nothing is moved into a published version either.
DECLARE old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    versions bigint[] := ARRAY[old_row->>'version_id', new_row->>'version_id'];
BEGIN
    IF TG_TABLE_NAME = 'reporting_sectionelement' THEN
        versions := ARRAY(SELECT version_id FROM reporting_section
            WHERE id IN ((old_row->>'section_id')::bigint, (new_row->>'section_id')::bigint));
    END IF;
    IF EXISTS (SELECT FROM reporting_templateversion WHERE id = ANY (versions) AND status <> 'draft') THEN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON reporting_section
    FOR EACH ROW EXECUTE FUNCTION refuse_change_once_published();
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON reporting_sectionelement
    FOR EACH ROW EXECUTE FUNCTION refuse_change_once_published();
CREATE TRIGGER published_never_changes BEFORE INSERT OR UPDATE OR DELETE ON reporting_validationrule
    FOR EACH ROW EXECUTE FUNCTION refuse_change_once_published();
CREATE TRIGGER published_stays_published BEFORE UPDATE OF id, template_id, number, status ON reporting_templateversion
    FOR EACH ROW WHEN (OLD.status <> 'draft' AND (NEW.status = 'draft'
        OR (NEW.id, NEW.template_id, NEW.number) IS DISTINCT FROM (OLD.id, OLD.template_id, OLD.number)))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER published_stays BEFORE DELETE ON reporting_templateversion
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    """Figures in a schema of their own; revisions, histories and published versions under guard."""

    dependencies = [("reporting", "0001_initial")]

    operations = [migrations.RunSQL(FIGURES), migrations.RunSQL(NEVER_CHANGES)]
