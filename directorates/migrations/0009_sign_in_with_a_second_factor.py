"""Keys with a scope, resets of second factors; whoever is signed in signs in anew, so that every session is listed."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Three columns and a table."""

    dependencies = [
        ("directorates", "0008_chain"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="asked")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("confirmed", models.BooleanField(null=True, verbose_name="confirmed")),
            ],
            options={
                "verbose_name": "reset of a second factor",
                "verbose_name_plural": "resets of second factors",
                "ordering": ["-at"],
            },
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="scope",
            field=models.CharField(
                choices=[
                    ("read", "Read only"),
                    ("report", "Read, and fill and send reports"),
                    ("everything", "Everything that this account may do"),
                ],
                default="everything",
                max_length=12,
                verbose_name="may",
            ),
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="used_at",
            field=models.DateTimeField(null=True, verbose_name="last used"),
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="with_factor",
            field=models.BooleanField(default=False, verbose_name="made with a second factor"),
        ),
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["read", "report", "everything"])), name="key_of_a_known_scope"
            ),
        ),
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "expiry__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("created"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    )
                ),
                name="key_for_a_year_at_most",
            ),
        ),
        migrations.AddField(
            model_name="factorreset",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="factorreset",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="factorreset",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="factor_resets",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.UniqueConstraint(
                models.F("person"), condition=models.Q(("decided_at", None)), name="one_open_reset_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed", None), ("decided_at", None), ("decided_by", None)),
                    models.Q(
                        ("confirmed__isnull", False), ("decided_at__isnull", False), ("decided_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="reset_decided_by_someone_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed", True), _negated=True),
                    models.Q(("decided_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="reset_confirmed_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by", models.F("person")), _negated=True),
                    models.Q(
                        ("decided_by", None),
                        models.Q(("decided_by", models.F("person")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="reset_for_somebody_else",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="places",
            field=models.ManyToManyField(blank=True, related_name="+", to="directorates.place", verbose_name="places"),
        ),
        migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop),
    ]
