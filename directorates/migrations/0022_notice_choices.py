"""How often letters tell of each kind of notice, instead of one switch for all; each choice is its person's alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was told by letter when there was one switch; letters of the others always come.
KINDS = (
    *(
        "agreement",
        "attachment",
        "deputy",
        "dispute",
        "extended",
        "handed_over",
        "meeting",
        "policy",
        "position_grant",
        "reminder",
    ),
    *("role_offer", "sharing", "waiting"),
)
CHOOSE = f"""
INSERT INTO directorates_noticechoice (person_id, kind, pace)
SELECT id, kind, 'off' FROM directorates_user CROSS JOIN unnest(ARRAY[{", ".join(f"'{kind}'" for kind in KINDS)}]) AS kind
WHERE NOT letters;
"""
BACK = """
UPDATE directorates_user SET letters = false
WHERE id IN (SELECT person_id FROM directorates_noticechoice WHERE kind = 'reminder' AND pace = 'off');
"""
WALL = """
ALTER TABLE directorates_noticechoice ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON directorates_noticechoice TO tansiq_app
    USING ((SELECT sight_on('portal')) OR person_id = (SELECT sight_person()));
"""
DOWN = """
DROP POLICY sight ON directorates_noticechoice;
ALTER TABLE directorates_noticechoice DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Choices of letters."""

    dependencies = [("directorates", "0021_shared_life")]

    operations = [
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                (
                    "pace",
                    models.CharField(
                        choices=[
                            ("immediate", "At once"),
                            ("daily", "Once a day"),
                            ("weekly", "Once a week"),
                            ("off", "No letters"),
                        ],
                        max_length=10,
                        verbose_name="by letter",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "choice of letters",
                "verbose_name_plural": "choices of letters",
                "ordering": ["person", "kind"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind"), name="one_pace_a_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("pace__in", ["immediate", "daily", "weekly", "off"])),
                        name="a_pace_that_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["factor", "seal"]), _negated=True),
                        name="letters_that_always_come",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CHOOSE, BACK),
        migrations.RunSQL(WALL, DOWN),
    ]
