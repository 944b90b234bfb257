"""Questions about values of reports, and what both sides said."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NEVER_CHANGES = """
CREATE TRIGGER word_never_changes BEFORE UPDATE OR DELETE ON reporting_followupword
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_followupword FROM tansiq_app;
REVOKE DELETE ON reporting_followup FROM tansiq_app;
-- What a question is about stays; only how far it is goes on, and what was settled stays settled.
CREATE TRIGGER question_stays BEFORE UPDATE ON reporting_followup FOR EACH ROW
    WHEN (OLD.settled IS NOT NULL OR (NEW.submission_id, NEW.slot, NEW.revision_id, NEW.acting_id, NEW.opened)
        IS DISTINCT FROM (OLD.submission_id, OLD.slot, OLD.revision_id, OLD.acting_id, OLD.opened))
    EXECUTE FUNCTION refuse_change();
"""
CHANGES_AGAIN = """
DROP TRIGGER word_never_changes ON reporting_followupword;
DROP TRIGGER question_stays ON reporting_followup;
GRANT UPDATE, DELETE ON reporting_followupword, reporting_followup TO tansiq_app;
"""
# Seen by whoever sees the report; the wall around reports asks everything else, seals too.
WALL = """
ALTER TABLE reporting_followup ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_followup TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_submission s WHERE s.id = reporting_followup.submission_id));
ALTER TABLE reporting_followupword ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_followupword TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_followup f WHERE f.id = reporting_followupword.follow_up_id));
"""
UNWALL = """
DROP POLICY sight ON reporting_followupword; ALTER TABLE reporting_followupword DISABLE ROW LEVEL SECURITY;
DROP POLICY sight ON reporting_followup; ALTER TABLE reporting_followup DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [
        ("directorates", "0032_rights_to_publish"),
        ("reporting", "0039_broken_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.CharField(max_length=6)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("answered", "Answered"),
                            ("corrected", "Settled: corrected"),
                            ("confirmed", "Settled: the value is right"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened", models.DateTimeField(verbose_name="asked")),
                ("answered", models.DateTimeField(null=True, verbose_name="answered")),
                ("settled", models.DateTimeField(null=True, verbose_name="settled")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.revision"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="reporting.submission",
                        verbose_name="report",
                    ),
                ),
            ],
            options={
                "verbose_name": "question about a value",
                "verbose_name_plural": "questions about values",
                "ordering": ["-opened", "-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("open", "answered"))),
                        fields=["state"],
                        name="follow_up_unsettled",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("open", "answered"))),
                        fields=("submission", "slot"),
                        name="one_open_follow_up_a_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled", None), ("state__in", ("open", "answered"))),
                            models.Q(("settled__isnull", False), ("state__in", ("corrected", "confirmed"))),
                            _connector="OR",
                        ),
                        name="a_settled_follow_up_has_its_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            ("answered__isnull", False),
                            _connector="OR",
                        ),
                        name="an_answered_follow_up_has_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("answered", "Answered"),
                            ("again", "Asked again"),
                            ("corrected", "Settled: corrected"),
                            ("confirmed", "Settled: the value is right"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="words", to="reporting.followup"
                    ),
                ),
                (
                    "instead_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "word about a value",
                "verbose_name_plural": "words about values",
                "ordering": ["follow_up", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["corrected", "confirmed"]),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_question_and_an_answer_have_words",
                    )
                ],
            },
        ),
        migrations.RunSQL(NEVER_CHANGES, CHANGES_AGAIN),
        migrations.RunSQL(WALL, UNWALL),
    ]
