"""Scanned papers, compliance notes with evidence, reviews."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Four tables."""

    dependencies = [
        ("directorates", "0021_shared_life"),
        ("policies", "0009_lapsed_disputes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ComplianceNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "extent",
                    models.CharField(
                        choices=[("full", "Applied"), ("partly", "Applied in part"), ("not_yet", "Not applied yet")],
                        max_length=10,
                        verbose_name="how far it is applied",
                    ),
                ),
                ("text", models.TextField(verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compliance",
                        to="policies.policyversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "compliance note",
                "verbose_name_plural": "compliance notes",
                "ordering": ["version", "organisation", "at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name of the file")),
                ("content_type", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
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
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="policies.compliancenote",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PolicyPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name of the file")),
                ("content_type", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("issuer", models.CharField(max_length=200, verbose_name="issued by")),
                ("reference", models.CharField(blank=True, max_length=100, verbose_name="number of the paper")),
                ("dated", models.DateField(null=True, verbose_name="day of the paper")),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="papers", to="policies.policyversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "scanned paper",
                "verbose_name_plural": "scanned papers",
                "ordering": ["at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PolicyReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due", models.DateField(verbose_name="review due")),
                ("planned_at", models.DateTimeField(verbose_name="planned")),
                ("done", models.DateField(null=True, verbose_name="reviewed on")),
                ("outcome", models.TextField(blank=True, verbose_name="what came of it")),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="policies.policyversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "review of a policy",
                "verbose_name_plural": "reviews of policies",
                "ordering": ["version", models.OrderBy(models.F("done"), nulls_last=True), "due"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="compliancenote",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="a_compliance_note_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("about", "digest"), name="evidence_once_a_note"),
        ),
        migrations.AddConstraint(
            model_name="policypaper",
            constraint=models.UniqueConstraint(fields=("version", "digest"), name="a_paper_once_a_version"),
        ),
        migrations.AddConstraint(
            model_name="policypaper",
            constraint=models.CheckConstraint(
                condition=models.Q(("issuer", ""), _negated=True), name="a_paper_has_an_issuer"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyreview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done", None)), fields=("version",), name="one_open_review_a_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done", None), ("done_by", None), ("outcome", "")),
                    models.Q(
                        ("done__isnull", False), ("done_by__isnull", False), models.Q(("outcome", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_review_that_is_done_says_what_came_of_it",
            ),
        ),
    ]
