"""Bulletins: series, layout, whom they ask to sign, what was answered; guarded from the moment they are to be signed."""

import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION refuse_change_of_signed_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.bulletin_id END;
    after bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.bulletin_id END;
BEGIN
    IF EXISTS (SELECT FROM reporting_bulletin WHERE id IN (before, after) AND state <> 'draft') THEN
        RAISE EXCEPTION 'what is signed never changes: % of % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER signed_never_changes BEFORE INSERT OR UPDATE OR DELETE ON reporting_bulletinpart
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_bulletin();
CREATE TRIGGER signed_never_changes BEFORE INSERT OR UPDATE OR DELETE ON reporting_bulletinedition
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_bulletin();
CREATE TRIGGER signed_never_changes BEFORE INSERT OR UPDATE OR DELETE ON reporting_bulletinsigner
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_bulletin();
CREATE TRIGGER published_never_changes BEFORE UPDATE OR DELETE ON reporting_bulletin
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signed_stays BEFORE DELETE ON reporting_bulletin
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change();
-- While it is signed nothing of it changes but that it goes back, or out.
CREATE TRIGGER signed_says_the_same BEFORE UPDATE ON reporting_bulletin
    FOR EACH ROW WHEN (OLD.state = 'signing' AND NEW.state <> 'draft'
        AND (NEW.series_id, NEW.period_start, NEW.corrects_id, NEW.smallest, NEW.facilities, NEW.share, NEW.digest, NEW.made)
            IS DISTINCT FROM (OLD.series_id, OLD.period_start, OLD.corrects_id, OLD.smallest, OLD.facilities, OLD.share,
                OLD.digest, OLD.made))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answer_never_changes BEFORE UPDATE OR DELETE ON reporting_bulletinanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_bulletinanswer FROM tansiq_app;
CREATE FUNCTION refuse_answer_out_of_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked reporting_bulletin;
BEGIN
    -- Publishing locks the bulletin: an answer comes wholly before it, or not at all.
    SELECT b.* INTO asked FROM reporting_bulletin b WHERE b.id = NEW.bulletin_id FOR SHARE;
    IF NOT FOUND OR asked.state <> 'signing' OR asked.digest <> NEW.digest OR NOT EXISTS (
            SELECT FROM reporting_bulletinsigner s
            WHERE s.bulletin_id = NEW.bulletin_id AND s.organisation_id = NEW.organisation_id) THEN
        RAISE EXCEPTION 'this bulletin takes no such answer' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answers_in_time BEFORE INSERT ON reporting_bulletinanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_answer_out_of_time();
"""
NO_GUARDS = """
DROP TRIGGER answers_in_time ON reporting_bulletinanswer; DROP FUNCTION refuse_answer_out_of_time;
DROP TRIGGER answer_never_changes ON reporting_bulletinanswer;
GRANT UPDATE, DELETE ON reporting_bulletinanswer TO tansiq_app;
DROP TRIGGER signed_says_the_same ON reporting_bulletin;
DROP TRIGGER signed_stays ON reporting_bulletin;
DROP TRIGGER published_never_changes ON reporting_bulletin;
DROP TRIGGER signed_never_changes ON reporting_bulletinsigner;
DROP TRIGGER signed_never_changes ON reporting_bulletinedition;
DROP TRIGGER signed_never_changes ON reporting_bulletinpart;
DROP FUNCTION refuse_change_of_signed_bulletin;
"""


class Migration(migrations.Migration):
    """Six tables and their guards."""

    dependencies = [
        ("directorates", "0032_rights_to_publish"),
        ("reporting", "0044_verifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulletinSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_ar", models.CharField(max_length=200, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                (
                    "period_type",
                    models.CharField(
                        choices=[
                            ("month", "MONTH"),
                            ("quarter", "QUARTER"),
                            ("year", "YEAR"),
                            ("week", "WEEK"),
                            ("week_sunday", "WEEK_SUNDAY"),
                        ],
                        max_length=16,
                        verbose_name="period",
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulletins",
                        to="directorates.dataset",
                        verbose_name="dataset",
                    ),
                ),
            ],
            options={
                "verbose_name": "series of bulletins",
                "verbose_name_plural": "series of bulletins",
                "ordering": ["code"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField(verbose_name="first day of the period")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("signing", "To be signed"), ("published", "Published")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("number", models.PositiveIntegerField(null=True, verbose_name="number")),
                ("smallest", models.PositiveSmallIntegerField(verbose_name="smallest number that is shown")),
                ("facilities", models.PositiveSmallIntegerField(verbose_name="fewest facilities")),
                ("share", models.PositiveSmallIntegerField(verbose_name="greatest share of one organisation")),
                ("seen", models.PositiveIntegerField(default=0)),
                ("made", models.DateTimeField(null=True, verbose_name="figures made")),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("answer_until", models.DateField(null=True, verbose_name="answers until")),
                ("started", models.DateTimeField(verbose_name="begun")),
                ("at", models.DateTimeField(null=True, verbose_name="published")),
                ("head", models.CharField(blank=True, max_length=64)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="reporting.bulletin",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulletins",
                        to="reporting.bulletinseries",
                        verbose_name="series",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulletin",
                "verbose_name_plural": "bulletins",
                "ordering": ["-period_start", "series__code", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BulletinSigner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("custodian", "Custodian of the data"),
                            ("directorate", "Directorate of the places it tells of"),
                        ],
                        max_length=12,
                        verbose_name="asked as",
                    ),
                ),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="signers", to="reporting.bulletin"
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
            ],
            options={
                "verbose_name": "signer of a bulletin",
                "verbose_name_plural": "signers of bulletins",
                "ordering": ["role", "organisation__code"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BulletinAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[("signed", "Signed"), ("refused", "Refused to sign")],
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                ("words_why", models.TextField(blank=True, verbose_name="reason for the refusal")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="reporting.bulletin"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="reporting.bulletinanswer",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a bulletin",
                "verbose_name_plural": "answers to bulletins",
                "ordering": ["bulletin", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaces", None)),
                        fields=("bulletin", "digest", "organisation"),
                        name="one_first_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "signed"), ("words_why", "")),
                            models.Q(("kind", "refused"), models.Q(("words_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_refusal_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="editions", to="reporting.bulletin"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="in_bulletins", to="reporting.edition"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.reporttemplate"
                    ),
                ),
            ],
            options={
                "verbose_name": "edition in a bulletin",
                "verbose_name_plural": "editions in bulletins",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("bulletin", "template"), name="one_edition_a_report")],
            },
        ),
        migrations.CreateModel(
            name="BulletinPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("table", "Table"),
                            ("chart", "Chart by place"),
                            ("trend", "Chart over time"),
                            ("map", "Map"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("heading_ar", models.CharField(max_length=200, verbose_name="heading in Arabic")),
                ("heading_en", models.CharField(max_length=200, verbose_name="heading in English")),
                ("text_ar", models.TextField(blank=True, verbose_name="text in Arabic")),
                ("text_en", models.TextField(blank=True, verbose_name="text in English")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "The country"), (1, "Governorates"), (2, "Districts"), (3, "Sub-districts")],
                        default=1,
                        verbose_name="rows",
                    ),
                ),
                ("categories", models.BooleanField(default=False, verbose_name="with its categories")),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="reporting.bulletin"
                    ),
                ),
                (
                    "element",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.element",
                        verbose_name="item",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.reporttemplate",
                        verbose_name="report",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a bulletin",
                "verbose_name_plural": "parts of bulletins",
                "ordering": ["bulletin", "order"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("bulletin", "order"),
                        name="a_part_in_its_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("element", None), ("kind", "text"), ("template", None)),
                            models.Q(
                                models.Q(("kind", "text"), _negated=True),
                                ("element__isnull", False),
                                ("template__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="figures_name_their_item",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects", None)),
                fields=("series", "period_start"),
                name="a_bulletin_once_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(fields=("corrects",), name="a_bulletin_is_corrected_once"),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(fields=("series", "number"), name="one_bulletin_a_number"),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer_until", None), ("digest", ""), ("state", "draft")),
                    models.Q(
                        ("answer_until__isnull", False),
                        ("made__isnull", False),
                        ("state__in", ("signing", "published")),
                        models.Q(("digest", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="what_is_signed_has_a_hash",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("acting__isnull", False),
                        ("at__isnull", False),
                        ("number__isnull", False),
                        ("state", "published"),
                    ),
                    models.Q(
                        ("acting", None),
                        ("at", None),
                        ("head", ""),
                        ("number", None),
                        ("published_by", None),
                        models.Q(("state", "published"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_published_bulletin_says_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("facilities__gte", 2), ("share__gte", 50), ("share__lte", 100), ("smallest__gte", 2)
                ),
                name="a_bulletin_hides_small_numbers",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinsigner",
            constraint=models.UniqueConstraint(fields=("bulletin", "organisation"), name="asked_once_a_bulletin"),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
