"""Agreements, their parties, signatures, texts, consents and obligations, and what happened to them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directorates", "0025_agreements"),
        ("policies", "0013_text_hash"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_ar", models.CharField(max_length=200, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charter", "Charter"),
                            ("memorandum", "Memorandum of understanding"),
                            ("bilateral", "Bilateral accord"),
                            ("tripartite", "Tripartite accord"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("summary_ar", models.TextField(blank=True, verbose_name="summary in Arabic")),
                ("summary_en", models.TextField(blank=True, verbose_name="summary in English")),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("all", "Once all named parties have signed"),
                            ("two", "Once two have signed; the others join as they sign"),
                        ],
                        max_length=4,
                        verbose_name="comes into force",
                    ),
                ),
                ("since", models.DateField(null=True, verbose_name="first day")),
                ("until", models.DateField(null=True, verbose_name="last day")),
                ("recorded", models.BooleanField(default=False, verbose_name="entered from paper")),
                ("begun", models.DateTimeField(verbose_name="begun")),
                ("opened", models.DateTimeField(null=True, verbose_name="opened for signature")),
                ("agreed", models.DateField(null=True, verbose_name="signed by enough on")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(null=True, verbose_name="in force")),
                ("given_up", models.DateField(null=True, verbose_name="given up on")),
                ("called_off", models.DateField(null=True, verbose_name="called off on")),
                ("ended_why", models.TextField(blank=True, verbose_name="why it ended")),
                ("search", models.TextField(editable=False)),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_agreements",
                        to="directorates.organisation",
                        verbose_name="kept by",
                    ),
                ),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AgreementEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("opened", "Opened for signature"),
                            ("signed", "Signed"),
                            ("paper", "A signature on paper was entered"),
                            ("declined", "Declined to sign"),
                            ("objected", "Objected to a signature that was entered for it"),
                            ("force", "Came into force"),
                            ("named", "Invited to join"),
                            ("left", "Left"),
                            ("ended", "Ended"),
                            ("given_up", "Given up"),
                            ("proposed", "Proposed an amendment"),
                            ("consented", "Consented to an amendment"),
                            ("amended", "An amendment took force"),
                            ("renewed", "Renewed"),
                            ("refused", "Refused an amendment"),
                            ("dropped", "Gave an amendment up"),
                        ],
                        max_length=10,
                    ),
                ),
                ("day", models.DateField(null=True)),
                ("text", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="policies.agreement"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of an agreement",
                "verbose_name_plural": "events of agreements",
                "ordering": ["agreement", "at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AgreementText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[("original", "As it was signed"), ("amendment", "Amendment"), ("renewal", "Renewal")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("why", models.TextField(blank=True, verbose_name="reason")),
                ("until", models.DateField(null=True, verbose_name="last day")),
                ("opened", models.DateTimeField(null=True, verbose_name="opened")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(null=True, verbose_name="in force")),
                ("given_up", models.DateField(null=True, verbose_name="given up on")),
                ("edition", models.PositiveIntegerField(default=1)),
                ("changed", models.DateTimeField(verbose_name="changed")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="policies.agreement",
                        verbose_name="agreement",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of an agreement",
                "verbose_name_plural": "texts of agreements",
                "ordering": ["agreement", "-number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("anchor", models.SlugField(max_length=60, verbose_name="anchor")),
                ("order", models.PositiveSmallIntegerField(verbose_name="order")),
                ("heading_ar", models.CharField(max_length=200, verbose_name="heading in Arabic")),
                ("heading_en", models.CharField(max_length=200, verbose_name="heading in English")),
                ("text_ar", models.TextField(blank=True, verbose_name="text in Arabic")),
                ("text_en", models.TextField(blank=True, verbose_name="text in English")),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="articles",
                        to="policies.agreementtext",
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["text", "order", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="policies.agreementtext",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent to an amendment",
                "verbose_name_plural": "consents to amendments",
                "ordering": ["text", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Obligation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text_ar", models.TextField(verbose_name="text in Arabic")),
                ("text_en", models.TextField(verbose_name="text in English")),
                ("due", models.DateField(null=True, verbose_name="due")),
                ("at", models.DateTimeField(verbose_name="written")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="obligations",
                        to="policies.agreement",
                        verbose_name="agreement",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obligations",
                        to="directorates.organisation",
                        verbose_name="owed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "obligation",
                "verbose_name_plural": "obligations",
                "ordering": ["agreement", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ObligationEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("obligation_open", "Open"),
                            ("obligation_done", "Met"),
                            ("obligation_waived", "Waived"),
                        ],
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("evidence", models.TextField(verbose_name="evidence")),
                ("at", models.DateTimeField(verbose_name="said")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="acting as",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="said by",
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
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="policies.obligation"
                    ),
                ),
            ],
            options={
                "verbose_name": "state of an obligation",
                "verbose_name_plural": "states of obligations",
                "ordering": ["obligation", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("named", models.DateTimeField(verbose_name="named")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(null=True, verbose_name="from – to")),
                ("declined", models.DateField(null=True, verbose_name="declined on")),
                ("objected", models.DateField(null=True, verbose_name="objected on")),
                ("why", models.TextField(blank=True, verbose_name="reason")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parties", to="policies.agreement"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreement_parties",
                        to="directorates.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "party",
                "verbose_name_plural": "parties",
                "ordering": ["agreement", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="signed on")),
                ("capacity", models.CharField(blank=True, max_length=200, verbose_name="signed as")),
                ("paper", models.BooleanField(default=False, verbose_name="on paper")),
                ("evidence", models.TextField(blank=True, verbose_name="evidence")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directorates.organisation"
                    ),
                ),
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
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="policies.party"
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "ordering": ["party", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("opened", None)),
                fields=("keeper", "kind", "name_ar", "name_en"),
                name="one_draft_agreement_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since", None), ("until", None), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="an_agreement_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed", None), ("valid", None)),
                    models.Q(("agreed__isnull", False), ("valid__startswith__isnull", False)),
                    _connector="OR",
                ),
                name="an_agreement_holds_once_it_was_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opened__isnull", False), models.Q(("agreed", None), ("given_up", None)), _connector="OR"
                ),
                name="an_agreement_is_opened_before_it_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_up", None), ("agreed", None), _connector="OR"),
                name="what_was_signed_by_enough_is_not_given_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("called_off", None), ("agreed__isnull", False), _connector="OR"),
                name="only_what_was_signed_is_called_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtext",
            constraint=models.UniqueConstraint(
                fields=("agreement", "number"), name="one_text_of_an_agreement_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("opened", None)), fields=("agreement",), name="one_draft_text_of_an_agreement"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("given_up", None), ("opened__isnull", False), ("valid", None)),
                fields=("agreement",),
                name="one_open_text_of_an_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opened__isnull", False), models.Q(("given_up", None), ("valid", None)), _connector="OR"
                ),
                name="a_text_is_opened_before_it_holds",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "renewal"), ("opened__isnull", False), ("until__isnull", False)),
                    models.Q(models.Q(("kind", "renewal"), _negated=True), ("until", None)),
                    _connector="OR",
                ),
                name="a_renewal_says_a_last_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementtext",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("valid__isnull", False), models.Q(("kind", "renewal"), _negated=True)),
                expressions=[("agreement", "="), ("valid", "&&")],
                name="one_text_of_an_agreement_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(fields=("text", "anchor"), name="one_article_an_anchor"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(fields=("text", "organisation"), name="one_consent_a_party"),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text_ar", ""), _negated=True), models.Q(("text_en", ""), _negated=True)),
                name="an_obligation_is_written_in_both_languages",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligationevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True), name="what_is_said_of_an_obligation_is_shown"
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                condition=models.Q(("declined", None), ("objected", None), ("valid", None)),
                fields=("agreement", "organisation"),
                name="one_open_naming_of_an_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("objected", None), ("valid__isnull", False)),
                expressions=[("agreement", "="), ("organisation", "="), ("valid", "&&")],
                name="one_membership_of_a_party_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid", None),
                    models.Q(("valid__isempty", False), ("valid__startswith__isnull", False)),
                    _connector="OR",
                ),
                name="a_party_stands_from_a_day_for_a_day_at_least",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("declined", None), ("valid", None), _connector="OR"),
                name="who_declined_is_no_party",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(fields=("party", "paper"), name="one_signature_a_party"),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paper", True), models.Q(("evidence", ""), _negated=True)),
                    models.Q(("evidence", ""), ("paper", False), models.Q(("capacity", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_signature_on_paper_has_evidence",
            ),
        ),
        migrations.AddField(
            model_name="agreementevent",
            name="proposal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="policies.agreementtext",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("what__in", ("proposed", "consented", "refused", "dropped")), _negated=True),
                    ("proposal__isnull", False),
                    _connector="OR",
                ),
                name="what_is_said_of_a_proposal_names_it",
            ),
        ),
    ]
