"""Mandates, their limits, disputes over them and what happened in those."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directorates", "0021_shared_life"),
        ("policies", "0006_guards_of_the_way"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from – to")),
                (
                    "function",
                    models.CharField(
                        choices=[
                            ("immunization", "Immunization"),
                            ("surveillance", "Surveillance of diseases"),
                            ("licensing", "Licensing"),
                            ("referral", "Referral and ambulances"),
                            ("training", "Training"),
                            ("supplies", "Medicines and supplies"),
                            ("information", "Health information"),
                            ("supervision", "Supervision of facilities"),
                            ("laboratories", "Laboratories and blood banks"),
                            ("emergencies", "Emergency preparedness"),
                        ],
                        max_length=20,
                        verbose_name="function",
                    ),
                ),
                ("basis", models.TextField(verbose_name="on what basis")),
                (
                    "came",
                    models.CharField(
                        choices=[("claimed", "Claimed"), ("agreed", "Agreed"), ("decided", "Decided")],
                        max_length=10,
                        verbose_name="how it came",
                    ),
                ),
                ("called_off", models.DateField(null=True, verbose_name="called off on")),
                ("ended_why", models.TextField(blank=True, verbose_name="why it was ended")),
                ("stated", models.DateTimeField(verbose_name="entered")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="directorates.organisation",
                        verbose_name="lead organisation",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="directorates.place",
                        verbose_name="place",
                    ),
                ),
                (
                    "stated_as",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="entered as",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "mandate",
                "verbose_name_plural": "mandates",
                "ordering": ["function", "place__path", "valid", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MandateDispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "function",
                    models.CharField(
                        choices=[
                            ("immunization", "Immunization"),
                            ("surveillance", "Surveillance of diseases"),
                            ("licensing", "Licensing"),
                            ("referral", "Referral and ambulances"),
                            ("training", "Training"),
                            ("supplies", "Medicines and supplies"),
                            ("information", "Health information"),
                            ("supervision", "Supervision of facilities"),
                            ("laboratories", "Laboratories and blood banks"),
                            ("emergencies", "Emergency preparedness"),
                        ],
                        max_length=20,
                        verbose_name="function",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("interim", "Open, with an interim arrangement"),
                            ("given_way", "One side gave way"),
                            ("decided", "Decided"),
                            ("appealed", "Appealed"),
                            ("closed", "Decided for good"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened", models.DateTimeField(verbose_name="opened")),
                (
                    "decided_for",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="decided for",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.mandate",
                        verbose_name="first claim",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.place",
                        verbose_name="place",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.mandate",
                        verbose_name="second claim",
                    ),
                ),
            ],
            options={
                "verbose_name": "dispute over a mandate",
                "verbose_name_plural": "disputes over mandates",
                "ordering": ["-opened", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DisputeEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "The second claim was entered"),
                            ("statement", "Statement"),
                            ("interim", "Interim arrangement"),
                            ("gave_way", "A claim was ended by its own side"),
                            ("decision", "Decision"),
                            ("appeal", "Appeal"),
                            ("upheld", "The decision was upheld"),
                            ("changed", "The decision was changed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("basis", models.TextField(blank=True)),
                ("day", models.DateField(null=True)),
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
                    "for_whom",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="policies.mandatedispute"
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a dispute",
                "verbose_name_plural": "events of disputes",
                "ordering": ["dispute", "at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MandateLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(verbose_name="since")),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="limits", to="policies.mandatedispute"
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="limits", to="policies.mandate"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.place",
                        verbose_name="but not in",
                    ),
                ),
            ],
            options={
                "verbose_name": "limit of a mandate",
                "verbose_name_plural": "limits of mandates",
                "ordering": ["mandate", "since", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__startswith__isnull", False), models.Q(("basis", ""), _negated=True)),
                name="a_mandate_has_a_first_day_and_a_basis",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("called_off", None)),
                expressions=[("function", "="), ("organisation", "="), ("place", "="), ("valid", "&&")],
                name="one_mandate_of_an_organisation_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandatedispute",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="one_dispute_a_pair_of_claims"),
        ),
        migrations.AddConstraint(
            model_name="mandatedispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="claims_in_dispute_stand_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandatedispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_for__isnull", False), ("state__in", ("decided", "appealed", "closed"))),
                    models.Q(
                        models.Q(("state__in", ("decided", "appealed", "closed")), _negated=True), ("decided_for", None)
                    ),
                    _connector="OR",
                ),
                name="a_dispute_is_decided_for_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("day__isnull", False),
                        ("for_whom__isnull", False),
                        ("kind__in", ("decision", "upheld", "changed")),
                        models.Q(("basis", ""), _negated=True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind__in", ("decision", "upheld", "changed")), _negated=True),
                        ("basis", ""),
                        ("day", None),
                        ("for_whom", None),
                    ),
                    _connector="OR",
                ),
                name="a_decision_in_a_dispute_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandatelimit",
            constraint=models.UniqueConstraint(fields=("mandate", "place"), name="one_limit_of_a_mandate_a_place"),
        ),
    ]
