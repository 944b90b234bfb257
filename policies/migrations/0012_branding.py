"""The unified logo and stationery as versions with files: in force one at a time, never changed, told to everybody with a role."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Only its end changes: by what follows, or by a withdrawal. Files are appended, and nothing is thrown away.
GUARD = """
CREATE FUNCTION refuse_to_change_branding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of the logo or stationery never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER branding_stays BEFORE UPDATE ON policies_brandversion FOR EACH ROW
    WHEN ((NEW.kind, NEW.code, NEW.number, NEW.name_ar, NEW.name_en, NEW.rules_ar, NEW.rules_en, NEW.basis, NEW.owner_id,
            lower(NEW.valid), NEW.at, NEW.by_id)
        IS DISTINCT FROM (OLD.kind, OLD.code, OLD.number, OLD.name_ar, OLD.name_en, OLD.rules_ar, OLD.rules_en, OLD.basis,
            OLD.owner_id, lower(OLD.valid), OLD.at, OLD.by_id)
        OR (OLD.called_off IS NOT NULL AND NEW.called_off IS DISTINCT FROM OLD.called_off))
    EXECUTE FUNCTION refuse_to_change_branding();
REVOKE UPDATE, DELETE ON policies_brandfile FROM tansiq_app;
REVOKE DELETE ON policies_brandversion FROM tansiq_app;
"""
UNDO = """
GRANT UPDATE, DELETE ON policies_brandfile TO tansiq_app;
GRANT DELETE ON policies_brandversion TO tansiq_app;
DROP TRIGGER branding_stays ON policies_brandversion;
DROP FUNCTION refuse_to_change_branding();
"""
# Told to everybody who has a role; the logo, which visitors see too, is looked up by a step that sees everything (`logo.py`).
SEEN = {
    "policies_brandversion": "(SELECT sight_on('people') AND sight_person() <> 0)",
    "policies_brandfile": "EXISTS (SELECT FROM policies_brandversion v WHERE v.id = policies_brandfile.version_id)",
}
WALL = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {seen});
"""
    for table, seen in SEEN.items()
)
DOWN = "".join(f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in SEEN)


class Migration(migrations.Migration):
    """Versions and files, their guards and their row-level security."""

    dependencies = [
        ("directorates", "0021_shared_life"),
        ("policies", "0011_guards_of_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BrandFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "format",
                    models.CharField(
                        choices=[("svg", "SVG"), ("png", "PNG"), ("pdf", "PDF"), ("docx", "Word")],
                        max_length=5,
                        verbose_name="format",
                    ),
                ),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "file of the logo or stationery",
                "verbose_name_plural": "files of the logo and stationery",
                "ordering": ["version", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BrandVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_ar", models.CharField(max_length=200, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from – to")),
                (
                    "kind",
                    models.CharField(
                        choices=[("logo", "Logo"), ("letterhead", "Letterhead"), ("form", "Form"), ("stamp", "Stamp")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("code", models.SlugField(blank=True, max_length=60, verbose_name="code")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("rules_ar", models.TextField(verbose_name="rules of use in Arabic")),
                ("rules_en", models.TextField(verbose_name="rules of use in English")),
                ("basis", models.CharField(max_length=500, verbose_name="decided by")),
                ("withdrawn_why", models.TextField(blank=True, verbose_name="why it was withdrawn")),
                ("called_off", models.DateField(null=True, verbose_name="withdrawn before it held, on")),
                ("at", models.DateTimeField(verbose_name="entered")),
            ],
            options={
                "verbose_name": "version of the logo or stationery",
                "verbose_name_plural": "versions of the logo and stationery",
                "ordering": ["kind", "code", "-number"],
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="brandversion",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="entered by",
            ),
        ),
        migrations.AddField(
            model_name="brandversion",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directorates.organisation",
                verbose_name="kept by",
            ),
        ),
        migrations.AddField(
            model_name="brandfile",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="policies.brandversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="brandversion",
            constraint=models.UniqueConstraint(fields=("kind", "code", "number"), name="one_brand_version_a_number"),
        ),
        migrations.AddConstraint(
            model_name="brandversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "form"), models.Q(("code", ""), _negated=True)),
                    models.Q(models.Q(("kind", "form"), _negated=True), ("code", "")),
                    _connector="OR",
                ),
                name="forms_alone_have_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="brandversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid__startswith__isnull", False),
                    models.Q(("basis", ""), _negated=True),
                    models.Q(("rules_ar", ""), _negated=True),
                    models.Q(("rules_en", ""), _negated=True),
                ),
                name="branding_has_a_first_day_a_basis_and_rules",
            ),
        ),
        migrations.AddConstraint(
            model_name="brandversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("called_off", None),
                    models.Q(
                        ("valid__startswith__gt", models.F("called_off")),
                        models.Q(("withdrawn_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="branding_is_called_off_before_it_holds_and_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="brandversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_why", ""),
                    ("valid__endswith__isnull", False),
                    ("called_off__isnull", False),
                    _connector="OR",
                ),
                name="withdrawn_branding_has_a_last_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="brandversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("called_off", None)),
                expressions=[("kind", "="), ("code", "="), ("valid", "&&")],
                name="one_brand_version_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="brandfile",
            index=models.Index(fields=["digest"], name="brand_file_by_digest"),
        ),
        migrations.AddConstraint(
            model_name="brandfile",
            constraint=models.UniqueConstraint(fields=("version", "format"), name="one_brand_file_a_format"),
        ),
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunSQL(WALL, DOWN),
    ]
