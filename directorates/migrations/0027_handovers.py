"""Hand-overs of sub-districts, and the right to them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directorates", "0026_time_zone"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="dataset",
            options={
                "ordering": ["code"],
                "permissions": [
                    ("view_facility_register", "View facilities"),
                    ("view_facility_subdistricts", "View subdistricts"),
                    ("manage_facility_register", "Manage facilities"),
                    ("propose_facility_changes", "Propose facilities"),
                    ("keep_exact_positions", "Keep positions"),
                    ("read_granted_positions", "Read positions"),
                    ("approve_position_grants", "Approve positions"),
                    ("view_reports", "View reports"),
                    ("submit_reports", "Submit reports"),
                    ("review_reports", "Review reports"),
                    ("view_figures", "View figures"),
                    ("view_facility_figures", "View facility figures"),
                    ("view_editions", "View editions"),
                    ("publish_editions", "Publish editions"),
                    ("run_consolidation", "Run consolidation"),
                    ("manage_templates", "Manage templates"),
                    ("manage_people", "Manage people"),
                    ("seal_directorates", "Seal directorates"),
                    ("view_record", "View record"),
                    ("manage_organisations", "Manage organisations"),
                    ("hand_over_places", "Hand over places"),
                    ("agree_on_sharing", "Agree on sharing"),
                    ("view_policies", "View policies"),
                    ("manage_policies", "Manage policies"),
                    ("comment_on_policies", "Comment on policies"),
                    ("vote_on_policies", "Vote on policies"),
                    ("acknowledge_policies", "Acknowledge policies"),
                    ("claim_mandates", "Claim mandates"),
                    ("keep_mandates", "Keep mandates"),
                    ("make_agreements", "Make agreements"),
                    ("keep_agreements", "Keep agreements"),
                    ("view_meetings", "View meetings"),
                    ("manage_meetings", "Manage meetings"),
                ],
                "verbose_name": "dataset",
                "verbose_name_plural": "datasets",
            },
        ),
        migrations.AlterModelOptions(
            name="organisation",
            options={
                "ordering": ["kind", "code"],
                "permissions": [
                    ("view_facility_register", "View facilities"),
                    ("view_facility_subdistricts", "View subdistricts"),
                    ("manage_facility_register", "Manage facilities"),
                    ("propose_facility_changes", "Propose facilities"),
                    ("keep_exact_positions", "Keep positions"),
                    ("read_granted_positions", "Read positions"),
                    ("approve_position_grants", "Approve positions"),
                    ("view_reports", "View reports"),
                    ("submit_reports", "Submit reports"),
                    ("review_reports", "Review reports"),
                    ("view_figures", "View figures"),
                    ("view_facility_figures", "View facility figures"),
                    ("view_editions", "View editions"),
                    ("publish_editions", "Publish editions"),
                    ("run_consolidation", "Run consolidation"),
                    ("manage_templates", "Manage templates"),
                    ("manage_people", "Manage people"),
                    ("seal_directorates", "Seal directorates"),
                    ("view_record", "View record"),
                    ("manage_organisations", "Manage organisations"),
                    ("hand_over_places", "Hand over places"),
                    ("agree_on_sharing", "Agree on sharing"),
                    ("view_policies", "View policies"),
                    ("manage_policies", "Manage policies"),
                    ("comment_on_policies", "Comment on policies"),
                    ("vote_on_policies", "Vote on policies"),
                    ("acknowledge_policies", "Acknowledge policies"),
                    ("claim_mandates", "Claim mandates"),
                    ("keep_mandates", "Keep mandates"),
                    ("make_agreements", "Make agreements"),
                    ("keep_agreements", "Keep agreements"),
                    ("view_meetings", "View meetings"),
                    ("manage_meetings", "Manage meetings"),
                ],
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
            },
        ),
        migrations.AlterModelOptions(
            name="place",
            options={
                "ordering": ["code"],
                "permissions": [
                    ("view_facility_register", "View facilities"),
                    ("view_facility_subdistricts", "View subdistricts"),
                    ("manage_facility_register", "Manage facilities"),
                    ("propose_facility_changes", "Propose facilities"),
                    ("keep_exact_positions", "Keep positions"),
                    ("read_granted_positions", "Read positions"),
                    ("approve_position_grants", "Approve positions"),
                    ("view_reports", "View reports"),
                    ("submit_reports", "Submit reports"),
                    ("review_reports", "Review reports"),
                    ("view_figures", "View figures"),
                    ("view_facility_figures", "View facility figures"),
                    ("view_editions", "View editions"),
                    ("publish_editions", "Publish editions"),
                    ("run_consolidation", "Run consolidation"),
                    ("manage_templates", "Manage templates"),
                    ("manage_people", "Manage people"),
                    ("seal_directorates", "Seal directorates"),
                    ("view_record", "View record"),
                    ("manage_organisations", "Manage organisations"),
                    ("hand_over_places", "Hand over places"),
                    ("agree_on_sharing", "Agree on sharing"),
                    ("view_policies", "View policies"),
                    ("manage_policies", "Manage policies"),
                    ("comment_on_policies", "Comment on policies"),
                    ("vote_on_policies", "Vote on policies"),
                    ("acknowledge_policies", "Acknowledge policies"),
                    ("claim_mandates", "Claim mandates"),
                    ("keep_mandates", "Keep mandates"),
                    ("make_agreements", "Make agreements"),
                    ("keep_agreements", "Keep agreements"),
                    ("view_meetings", "View meetings"),
                    ("manage_meetings", "Manage meetings"),
                ],
                "verbose_name": "place",
                "verbose_name_plural": "places",
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField(verbose_name="from the day")),
                ("reason", models.TextField(verbose_name="reason")),
                ("offered", models.DateTimeField(verbose_name="offered")),
                ("answered", models.DateTimeField(null=True, verbose_name="answered")),
                ("answer", models.TextField(blank=True, verbose_name="why it was refused")),
                ("withdrawn", models.DateTimeField(null=True, verbose_name="withdrawn")),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers_given",
                        to="directorates.organisation",
                        verbose_name="hands over",
                    ),
                ),
                (
                    "offered_as",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="offered by",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers_taken",
                        to="directorates.organisation",
                        verbose_name="takes over",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "ordering": ["-offered", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="HandoverPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken", models.BooleanField(null=True)),
                (
                    "decision",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed_over",
                        to="directorates.jurisdictiondecision",
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="directorates.handover"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.place"
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a hand-over",
                "verbose_name_plural": "parts of hand-overs",
                "ordering": ["handover", "place__code"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver", models.F("taker")), _negated=True), name="handed_over_to_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_handover_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("answered", None), ("withdrawn", None), _connector="OR"),
                name="answered_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer", ""), ("answered__isnull", False), _connector="OR"),
                name="an_answer_has_its_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.UniqueConstraint(fields=("handover", "place"), name="a_place_once_a_handover"),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken", None)), fields=("place",), name="a_place_offered_once_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision__isnull", False), ("taken", True)),
                    models.Q(("decision", None), ("taken", False)),
                    models.Q(("decision", None), ("taken__isnull", True)),
                    _connector="OR",
                ),
                name="what_was_taken_has_its_decision",
            ),
        ),
    ]
