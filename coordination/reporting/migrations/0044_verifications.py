"""Editions that were published never change, in no row; how often each was verified; editions that correct another."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INPUTS = ("editioninputs", "editionreport", "editionaside", "editionexpected")
PARTS = ("editionfigure", "editionplace", "editiondispute")
GUARDS = """
CREATE FUNCTION refuse_change_of_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A draft is thrown away and made anew.
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM reporting_edition WHERE id = OLD.edition_id AND state = 'draft') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of an edition is never changed: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION refuse_more_of_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh JOIN reporting_edition e ON e.id = fresh.edition_id WHERE e.state = 'published') THEN
        RAISE EXCEPTION 'nothing is added to a published edition: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER published_never_changes BEFORE UPDATE OR DELETE ON reporting_edition
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER verification_never_changes BEFORE UPDATE OR DELETE ON reporting_verification
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_verification FROM tansiq_app;
""" + "".join(
    f"""
CREATE TRIGGER parts_never_change BEFORE UPDATE OR DELETE ON reporting_{table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_edition();
CREATE TRIGGER nothing_is_added AFTER INSERT ON reporting_{table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_more_of_edition();
REVOKE UPDATE ON reporting_{table} FROM tansiq_app;
GRANT DELETE ON reporting_{table} TO tansiq_app;
"""
    for table in (*INPUTS, *PARTS)
)
GUARDS += "".join(f"DROP TRIGGER inputs_never_change ON reporting_{table};" for table in INPUTS)
GUARDS += "".join(
    f"CREATE POLICY removing ON reporting_{table} FOR DELETE TO tansiq_app USING ((SELECT sight_on('portal')));"
    for table in INPUTS[1:]
)
NO_GUARDS = "".join(f"DROP POLICY removing ON reporting_{table};" for table in INPUTS[1:])
NO_GUARDS += "".join(
    f"""DROP TRIGGER parts_never_change ON reporting_{table}; DROP TRIGGER nothing_is_added ON reporting_{table};
GRANT UPDATE ON reporting_{table} TO tansiq_app;
"""
    for table in (*INPUTS, *PARTS)
)
NO_GUARDS += "".join(
    f"""CREATE TRIGGER inputs_never_change BEFORE UPDATE OR DELETE ON reporting_{table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_{table} FROM tansiq_app;
"""
    for table in INPUTS
)
NO_GUARDS += """
GRANT UPDATE, DELETE ON reporting_verification TO tansiq_app;
DROP TRIGGER verification_never_changes ON reporting_verification;
DROP TRIGGER published_never_changes ON reporting_edition;
DROP FUNCTION refuse_more_of_edition; DROP FUNCTION refuse_change_of_edition;
"""


class Migration(migrations.Migration):
    """A table, a state, and guards around all of an edition."""

    dependencies = [
        ("directorates", "0031_guards_of_place_changes"),
        ("reporting", "0043_edition_inputs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="verified")),
                ("figures", models.PositiveIntegerField(verbose_name="figures")),
                ("faults", models.PositiveIntegerField(verbose_name="faults")),
                ("told", models.JSONField(default=list)),
                ("code_digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "verification of an edition",
                "verbose_name_plural": "verifications of editions",
                "ordering": ["-at", "-id"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="edition",
            name="a_period_is_published_once",
        ),
        migrations.AddField(
            model_name="edition",
            name="corrects",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="reporting.edition",
                verbose_name="corrects",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="state",
            field=models.CharField(
                choices=[("draft", "Draft"), ("published", "Published")],
                default="published",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="editionplace",
            name="answered_on_time",
            field=models.PositiveIntegerField(null=True, verbose_name="on time of those expected"),
        ),
        migrations.AddField(
            model_name="editionplace",
            name="excused",
            field=models.PositiveIntegerField(null=True, verbose_name="excused"),
        ),
        migrations.AddField(
            model_name="editionplace",
            name="on_time",
            field=models.PositiveIntegerField(null=True, verbose_name="on time"),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects", None), ("state", "published")),
                fields=("template", "period_start"),
                name="a_period_is_published_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")), fields=("corrects",), name="an_edition_is_corrected_once"
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="acting",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="verifications", to="reporting.edition"
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
