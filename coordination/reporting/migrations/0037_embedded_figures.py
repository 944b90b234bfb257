"""Embedded figures of published editions; visitors reach one by its token alone, through a step behind the wall."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALL = """
ALTER TABLE reporting_embeddedfigure ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_embeddedfigure TO tansiq_app USING ((SELECT sight_on('portal'))
    OR ((SELECT sight_acting()) <> 0 AND acting_id = (SELECT sight_acting())));
CREATE FUNCTION refuse_other_embedding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.revoked IS NOT NULL
        OR (NEW.edition_id, NEW.element_id, NEW.level, NEW.sites, NEW.token, NEW.until, NEW.at, NEW.by_id, NEW.acting_id)
        IS DISTINCT FROM
        (OLD.edition_id, OLD.element_id, OLD.level, OLD.sites, OLD.token, OLD.until, OLD.at, OLD.by_id, OLD.acting_id) THEN
        RAISE EXCEPTION 'what was embedded is revoked, and nothing else: % refused', TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER embedding_stays BEFORE UPDATE OR DELETE ON reporting_embeddedfigure FOR EACH ROW
    EXECUTE FUNCTION refuse_other_embedding();
"""
UNWALL = """
DROP TRIGGER embedding_stays ON reporting_embeddedfigure;
DROP FUNCTION refuse_other_embedding;
DROP POLICY sight ON reporting_embeddedfigure; ALTER TABLE reporting_embeddedfigure DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """One table, its wall, and its guard."""

    dependencies = [
        ("directorates", "0031_guards_of_place_changes"),
        ("reporting", "0036_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EmbeddedFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Country"), (1, "Governorate"), (2, "District"), (3, "Sub-district")],
                        verbose_name="rows",
                    ),
                ),
                (
                    "sites",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=260), size=None, verbose_name="web sites"
                    ),
                ),
                ("token", models.CharField(editable=False, max_length=43, unique=True)),
                ("until", models.DateField(verbose_name="last day")),
                ("at", models.DateTimeField(verbose_name="made")),
                ("revoked", models.DateTimeField(null=True, verbose_name="revoked")),
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
                        verbose_name="made by",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="embedded",
                        to="reporting.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "element",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.element",
                        verbose_name="item",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="revoked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "embedded figure",
                "verbose_name_plural": "embedded figures",
                "ordering": ["-at", "-pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("level__lt", 3)), name="no_subdistrict_is_embedded"),
                    models.CheckConstraint(
                        condition=models.Q(("sites__len__gte", 1), ("sites__len__lte", 10)),
                        name="embedded_on_named_sites",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("at__date"))),
                        name="an_embedded_figure_has_a_last_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked", None), ("revoked_by", None)),
                            models.Q(("revoked__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="who_revoked_and_when_stand_together",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WALL, UNWALL),
    ]
