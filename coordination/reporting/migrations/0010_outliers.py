"""What stands out in reports: comparisons with the past, and reviewers' words on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A comparison that was made is kept for good, as the revision is; one that still waits may be made or dropped.
NEVER_CHANGES = """
CREATE TRIGGER comparison_never_changes BEFORE UPDATE OR DELETE ON reporting_comparison
    FOR EACH ROW WHEN (OLD.at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER look_never_changes BEFORE UPDATE OR DELETE ON reporting_look
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_look FROM tansiq_app;
"""


class Migration(migrations.Migration):
    """Two tables; a further word of the history."""

    dependencies = [
        ("directorates", "0003_words_of_fields"),
        ("reporting", "0009_review"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="comparison",
                        serialize=False,
                        to="reporting.revision",
                    ),
                ),
                ("at", models.DateTimeField(null=True)),
                ("findings", models.JSONField(default=list)),
                ("found", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "comparison with the past",
                "verbose_name_plural": "comparisons with the past",
                "indexes": [
                    models.Index(condition=models.Q(("at", None)), fields=["revision"], name="comparison_waiting"),
                    models.Index(condition=models.Q(("found__gt", 0)), fields=["revision"], name="comparison_found"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("at__isnull", False), ("found", 0), _connector="OR"),
                        name="found_means_compared",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("slot", models.CharField(blank=True, max_length=6)),
                ("word", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "acting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="reporting.revision"
                    ),
                ),
            ],
            options={
                "verbose_name": "look at what stands out",
                "verbose_name_plural": "looks at what stands out",
                "ordering": ["revision", "id"],
            },
        ),
        migrations.AlterField(
            model_name="submissionevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("started", "Started"),
                    ("submitted", "Sent"),
                    ("approved", "Approved"),
                    ("returned", "Sent back"),
                    ("reopened", "Reopened"),
                    ("moved", "Moved to a new version of the template"),
                    ("looked", "What stands out was looked at"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunSQL(NEVER_CHANGES),
    ]
