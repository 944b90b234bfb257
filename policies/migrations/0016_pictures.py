"""Pictures of a version, which are fixed with its text."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A picture is fixed with its text (0006), and read as its version is.
GUARD = """
CREATE TRIGGER adopted_never_changes BEFORE INSERT OR UPDATE OR DELETE ON policies_policypicture
    FOR EACH ROW EXECUTE FUNCTION refuse_change_once_adopted();
ALTER TABLE policies_policypicture ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON policies_policypicture TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM policies_policyversion v WHERE v.id = policies_policypicture.version_id));
"""
UNDO = """
DROP POLICY sight ON policies_policypicture;
ALTER TABLE policies_policypicture DISABLE ROW LEVEL SECURITY;
DROP TRIGGER adopted_never_changes ON policies_policypicture;
"""


class Migration(migrations.Migration):
    """Pictures, with their guard and their row policy."""

    dependencies = [
        ("directorates", "0025_agreements"),
        ("policies", "0015_guards_of_agreements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name of the file")),
                ("content_type", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("words_ar", models.CharField(max_length=500, verbose_name="what it shows, in Arabic")),
                ("words_en", models.CharField(max_length=500, verbose_name="what it shows, in English")),
                ("width", models.PositiveSmallIntegerField(verbose_name="width")),
                ("height", models.PositiveSmallIntegerField(verbose_name="height")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="policies.policyversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture of a policy",
                "verbose_name_plural": "pictures of policies",
                "ordering": ["version", "number"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "number"), name="one_policy_picture_a_number"),
                    models.UniqueConstraint(fields=("version", "digest"), name="a_policy_picture_once_a_version"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words_ar", ""), _negated=True), models.Q(("words_en", ""), _negated=True)
                        ),
                        name="a_policy_picture_is_described",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gte", 1), ("number__gte", 1), ("width__gte", 1)),
                        name="a_policy_picture_has_a_size",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
