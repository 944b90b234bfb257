"""What signers of a bulletin have read is kept, and what charts over time show is frozen with the bulletin."""

import django.contrib.postgres.fields
from django.db import migrations, models

CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change_of_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A draft {nobody} is thrown away and made anew.
    IF TG_OP = 'DELETE' AND EXISTS (
            SELECT FROM reporting_edition WHERE id = OLD.edition_id AND state = 'draft'{unread}) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of an edition is never changed: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION refuse_more_of_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh JOIN reporting_edition e ON e.id = fresh.edition_id WHERE e.state = 'published'{read}) THEN
        RAISE EXCEPTION 'nothing is added to a published edition: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
KEPT = """
CREATE TRIGGER opened_stays BEFORE DELETE ON reporting_edition
    FOR EACH ROW WHEN (OLD.opened IS NOT NULL) EXECUTE FUNCTION refuse_change();
-- An opened draft is published as it was read, or never.
CREATE TRIGGER opened_says_the_same BEFORE UPDATE ON reporting_edition
    FOR EACH ROW WHEN (OLD.opened IS NOT NULL
        AND (NEW.template_id, NEW.period_start, NEW.smallest, NEW.facilities, NEW.share, NEW.reports, NEW.hidden, NEW.foreword,
                NEW.corrects_id, NEW.opened, NEW.beside)
            IS DISTINCT FROM (OLD.template_id, OLD.period_start, OLD.smallest, OLD.facilities, OLD.share, OLD.reports,
                OLD.hidden, OLD.foreword, OLD.corrects_id, OLD.opened, OLD.beside))
    EXECUTE FUNCTION refuse_change();
"""
NOT_KEPT = "DROP TRIGGER opened_says_the_same ON reporting_edition; DROP TRIGGER opened_stays ON reporting_edition;"
# What is being signed now is read now.
READ = """
UPDATE reporting_edition SET opened = now() WHERE state = 'draft' AND id IN (
    SELECT e.edition_id FROM reporting_bulletinedition e JOIN reporting_bulletin b ON b.id = e.bulletin_id
    WHERE b.state <> 'draft');
"""


class Migration(migrations.Migration):
    """Three columns and their guards."""

    dependencies = [("reporting", "0048_follow_ups_taken_back")]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="opened",
            field=models.DateTimeField(null=True, verbose_name="read by signers since"),
        ),
        migrations.AddField(
            model_name="edition",
            name="beside",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="bulletinedition",
            name="behind",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.RunSQL(READ, migrations.RunSQL.noop),
        migrations.RunSQL(
            CHANGE.format(nobody="that nobody has read", unread=" AND opened IS NULL", read=" OR e.opened IS NOT NULL"),
            CHANGE.format(nobody="", unread="", read=""),
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
