"""What leads from a draft to what everybody has read."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Consultations, concerns, ballots and acknowledgements; the text of a version is fixed before it is adopted."""

    dependencies = [
        ("directorates", "0021_shared_life"),
        ("facilities", "0008_wall_of_grants"),
        ("policies", "0004_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(null=True, verbose_name="applied from")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "acknowledgement",
                "verbose_name_plural": "acknowledgements",
                "ordering": ["version", "organisation", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "majority",
                    models.CharField(
                        choices=[
                            ("simple", "Simple majority"),
                            ("two_thirds", "Two thirds"),
                            ("consensus", "Consensus: nobody against"),
                        ],
                        max_length=12,
                        verbose_name="majority",
                    ),
                ),
                ("quorum", models.PositiveSmallIntegerField(verbose_name="quorum in percent")),
                ("opened", models.DateTimeField(verbose_name="opened")),
                ("closes", models.DateTimeField(verbose_name="votes are taken until")),
                ("closed", models.DateTimeField(null=True, verbose_name="closed")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("adopted", "Adopted"),
                            ("rejected", "Not adopted"),
                            ("tied", "Tied: not adopted"),
                            ("no_quorum", "Quorum lost: not adopted"),
                            ("called_off", "Called off"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("called_off_why", models.TextField(blank=True, verbose_name="why it was called off")),
            ],
            options={
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.TextField(verbose_name="the concern")),
                (
                    "seriousness",
                    models.CharField(
                        choices=[
                            ("wish", "A wish"),
                            ("serious", "Serious"),
                            ("blocking", "We cannot agree as it stands"),
                        ],
                        max_length=10,
                        verbose_name="how serious it is",
                    ),
                ),
                ("proposal", models.TextField(blank=True, verbose_name="change proposed")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("key", models.UUIDField(unique=True)),
            ],
            options={
                "verbose_name": "concern about a policy",
                "verbose_name_plural": "concerns about policies",
                "ordering": ["version", "at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ConcernEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("concern_open", "Waits for an answer"),
                            ("concern_answered", "Answered"),
                            ("concern_settled", "Settled"),
                            ("concern_unsettled", "Not settled"),
                        ],
                        max_length=20,
                    ),
                ),
                ("changes", models.BooleanField(null=True, verbose_name="whether the text changes")),
                ("text", models.TextField(blank=True, verbose_name="what was said")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "word on a concern",
                "verbose_name_plural": "words on concerns",
                "ordering": ["concern", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from – to")),
                ("question", models.TextField(blank=True, verbose_name="what is asked")),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "consultation",
                "verbose_name_plural": "consultations",
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Elector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "left_out",
                    models.CharField(
                        blank=True,
                        choices=[("suspended", "Suspended or dissolved"), ("sealed", "Sealed before it voted")],
                        max_length=10,
                        verbose_name="why it was not reckoned with",
                    ),
                ),
            ],
            options={
                "verbose_name": "elector",
                "verbose_name_plural": "electors",
                "ordering": ["ballot", "organisation"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PolicyComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("key", models.UUIDField(unique=True)),
            ],
            options={
                "verbose_name": "comment on a policy",
                "verbose_name_plural": "comments on policies",
                "ordering": ["version", "at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PolicyInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "invitation to a policy",
                "verbose_name_plural": "invitations to policies",
                "ordering": ["version", "organisation"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("for", "For"),
                            ("reserved", "For with reservation"),
                            ("against", "Against"),
                            ("abstain", "Abstain"),
                        ],
                        max_length=10,
                        verbose_name="vote",
                    ),
                ),
                ("reservation", models.TextField(blank=True, verbose_name="reservation")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
                "ordering": ["elector", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="policyversion",
            name="one_draft_a_policy",
        ),
        migrations.RemoveConstraint(
            model_name="policyversion",
            name="a_policy_holds_once_it_was_adopted",
        ),
        migrations.AddField(
            model_name="policyversion",
            name="fixed",
            field=models.DateTimeField(null=True, verbose_name="text fixed since"),
        ),
        # What is adopted has not changed since.
        migrations.RunSQL(
            "UPDATE policies_policyversion SET fixed = greatest(begun, adopted::timestamptz) WHERE valid IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="policyversion",
            name="told",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="given_up",
            field=models.DateField(null=True, verbose_name="given up on"),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="facility",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acknowledgements",
                to="facilities.facility",
                verbose_name="facility",
            ),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acknowledgements",
                to="directorates.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acknowledgements",
                to="policies.policyversion",
            ),
        ),
        migrations.AddField(
            model_name="ballot",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ballot",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="policies.policyversion"
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="ballot",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="adopts", to="policies.ballot"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fixed", None)), fields=("policy",), name="one_draft_a_policy"
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fixed__isnull", False), ("given_up", None), ("valid", None)),
                fields=("policy",),
                name="one_proposed_version_a_policy",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fixed__isnull", False), models.Q(("given_up", None), ("valid", None)), _connector="OR"
                ),
                name="what_is_adopted_has_a_fixed_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_up", None), ("valid", None), _connector="OR"),
                name="what_is_adopted_was_not_given_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("adopted", None),
                        ("ballot", None),
                        ("basis", ""),
                        ("called_off", None),
                        ("valid", None),
                        ("withdrawn_why", ""),
                    ),
                    models.Q(
                        ("adopted__isnull", False),
                        ("valid__isnull", False),
                        ("valid__startswith__isnull", False),
                        models.Q(models.Q(("basis", ""), _negated=True), ("ballot__isnull", False), _connector="OR"),
                        ("valid__startswith__gte", models.F("adopted")),
                    ),
                    _connector="OR",
                ),
                name="a_policy_holds_once_it_was_adopted",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="concerns",
                to="directorates.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="section",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="concerns",
                to="policies.policysection",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="concerns", to="policies.policyversion"
            ),
        ),
        migrations.AddField(
            model_name="concernevent",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="concernevent",
            name="concern",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="policies.concern"
            ),
        ),
        migrations.AddField(
            model_name="concernevent",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="concernevent",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directorates.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="version",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="consultation", to="policies.policyversion"
            ),
        ),
        migrations.AddField(
            model_name="elector",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="electors", to="policies.ballot"
            ),
        ),
        migrations.AddField(
            model_name="elector",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directorates.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="policycomment",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="policycomment",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policycomment",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directorates.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="policycomment",
            name="section",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="policies.policysection",
            ),
        ),
        migrations.AddField(
            model_name="policycomment",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="policies.policyversion"
            ),
        ),
        migrations.AddField(
            model_name="policyinvitation",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directorates.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="policyinvitation",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="policies.policyversion"
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="elector",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="policies.elector"
            ),
        ),
        migrations.AddField(
            model_name="vote",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("facility", None)),
                fields=("version", "organisation"),
                name="one_acknowledgement_an_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(fields=("version", "facility"), name="one_acknowledgement_a_facility"),
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.CheckConstraint(
                condition=models.Q(("since", None), ("facility", None), _connector="OR"),
                name="a_directorate_says_from_when_it_applies",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed", None)), fields=("version",), name="one_open_ballot_a_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes__gt", models.F("opened"))), name="a_ballot_closes_after_it_opens"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("quorum__gte", 1), ("quorum__lte", 100)), name="a_quorum_is_a_percentage"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("called_off_why", ""), ("closed", None), ("outcome", "")),
                    models.Q(
                        ("closed__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("called_off_why", ""), ("outcome", "called_off"), _connector="XOR"),
                    ),
                    _connector="OR",
                ),
                name="a_closed_ballot_has_an_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("about", ""), _negated=True), name="a_concern_says_what_it_is_about"
            ),
        ),
        migrations.AddConstraint(
            model_name="concernevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("changes__isnull", False), ("state", "concern_answered"), models.Q(("text", ""), _negated=True)
                    ),
                    models.Q(("changes", None), ("state__in", ("concern_settled", "concern_unsettled"))),
                    _connector="OR",
                ),
                name="an_answer_says_what_changes_or_why_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__endswith__isnull", False), ("valid__startswith__isnull", False)),
                name="a_consultation_has_two_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="elector",
            constraint=models.UniqueConstraint(fields=("ballot", "organisation"), name="one_elector_an_organisation"),
        ),
        migrations.AddConstraint(
            model_name="policyinvitation",
            constraint=models.UniqueConstraint(
                fields=("version", "organisation"), name="one_policy_invitation_an_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reservation", ""), _negated=True),
                    models.Q(("choice", "reserved"), _negated=True),
                    _connector="XOR",
                ),
                name="a_reservation_is_said_in_words",
            ),
        ),
    ]
