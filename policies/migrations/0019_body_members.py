"""Memberships of the body are dated; the directorates that are there are members since they were founded."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Since the first name or status that is known of each; of one of which nothing is, since ever.
THERE = """
INSERT INTO policies_bodymember (directorate_id, valid, basis, left_why, at)
SELECT o.id, daterange(COALESCE(
        (SELECT min(lower(n.valid)) FROM directorates_organisationname n WHERE n.organisation_id = o.id),
        (SELECT min(c.since) FROM directorates_organisationstatuschange c WHERE c.organisation_id = o.id)), NULL), '', '', now()
FROM directorates_organisation o WHERE o.kind = 'directorate' AND o.status <> 'dissolved';
"""
GUARD = """
CREATE FUNCTION refuse_to_change_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'when a member of the body joined never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER joining_stays BEFORE UPDATE ON policies_bodymember FOR EACH ROW
    WHEN ((NEW.directorate_id, lower(NEW.valid), NEW.basis, NEW.at, NEW.by_id)
        IS DISTINCT FROM (OLD.directorate_id, lower(OLD.valid), OLD.basis, OLD.at, OLD.by_id)
        OR (upper(OLD.valid) IS NOT NULL AND (upper(NEW.valid), NEW.left_why) IS DISTINCT FROM (upper(OLD.valid), OLD.left_why)))
    EXECUTE FUNCTION refuse_to_change_members();
REVOKE DELETE ON policies_bodymember FROM tansiq_app;
"""
UNDO = """
GRANT DELETE ON policies_bodymember TO tansiq_app;
DROP TRIGGER joining_stays ON policies_bodymember;
DROP FUNCTION refuse_to_change_members();
"""
# Told to everybody who has a role, and to nobody else.
WALL = """
ALTER TABLE policies_bodymember ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON policies_bodymember TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (SELECT sight_on('people') AND sight_person() <> 0));
"""
DOWN = "DROP POLICY sight ON policies_bodymember; ALTER TABLE policies_bodymember DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    """A table, whoever is there, its guard and its row-level security."""

    dependencies = [
        ("policies", "0018_branding_rests_on"),
        ("directorates", "0025_agreements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BodyMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from – to")),
                ("basis", models.CharField(blank=True, max_length=500, verbose_name="on what basis it joined")),
                ("left_why", models.TextField(blank=True, verbose_name="why it left")),
                ("at", models.DateTimeField(verbose_name="entered")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "directorate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="body_memberships",
                        to="directorates.organisation",
                        verbose_name="directorate",
                    ),
                ),
            ],
            options={
                "verbose_name": "member of the body",
                "verbose_name_plural": "members of the body",
                "ordering": ["directorate__code", "-valid"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="bodymember",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", None), models.Q(("basis", ""), _negated=True), _connector="OR"),
                name="a_member_joined_on_a_basis",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodymember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_why", ""), ("valid__endswith", None)),
                    models.Q(models.Q(("left_why", ""), _negated=True), ("valid__endswith__isnull", False)),
                    _connector="OR",
                ),
                name="a_member_leaves_on_a_day_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodymember",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("directorate", "="), ("valid", "&&")], name="a_member_of_the_body_once_a_day"
            ),
        ),
        migrations.RunSQL(THERE, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunSQL(WALL, DOWN),
    ]
