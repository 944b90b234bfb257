"""Indicators in versions that never change, and populations that are taken back and never rewritten."""

import django.db.models.deletion
from django.db import migrations, models

APPENDED = ("indicatorversion", "indicatoroperand")
GUARD = (
    "".join(
        f"""
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON reporting_{table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_{table} FROM tansiq_app;
"""
        for table in APPENDED
    )
    + """
CREATE FUNCTION population_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.taken_back_at IS NOT NULL
        OR (to_jsonb(NEW) - 'taken_back_at' - 'taken_back_acting_id')
            IS DISTINCT FROM (to_jsonb(OLD) - 'taken_back_at' - 'taken_back_acting_id') THEN
        RAISE EXCEPTION 'what a source said stays, until it is taken back' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON reporting_population FOR EACH ROW EXECUTE FUNCTION population_stays();
REVOKE DELETE ON reporting_population FROM tansiq_app;
CREATE FUNCTION indicator_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.code <> NEW.code OR OLD.retired_at IS NOT NULL THEN
        RAISE EXCEPTION 'an indicator keeps its code, and a retired one stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indicator_stays BEFORE UPDATE OR DELETE ON reporting_indicator FOR EACH ROW EXECUTE FUNCTION indicator_stays();
REVOKE DELETE ON reporting_indicator FROM tansiq_app;
"""
)
UNGUARD = """
DROP TRIGGER indicator_stays ON reporting_indicator; DROP FUNCTION indicator_stays();
GRANT DELETE ON reporting_indicator TO tansiq_app;
DROP TRIGGER said_stays ON reporting_population; DROP FUNCTION population_stays();
GRANT DELETE ON reporting_population TO tansiq_app;
""" + "".join(
    f"DROP TRIGGER said_stays ON reporting_{table}; GRANT UPDATE, DELETE ON reporting_{table} TO tansiq_app;"
    for table in APPENDED
)


class Migration(migrations.Migration):
    """Four tables and their guards."""

    dependencies = [
        ("directorates", "0032_rights_to_publish"),
        ("reporting", "0037_embedded_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_ar", models.CharField(max_length=200, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("reading_ar", models.TextField(blank=True, verbose_name="how it is read, in Arabic")),
                ("reading_en", models.TextField(blank=True, verbose_name="how it is read, in English")),
                (
                    "better",
                    models.CharField(
                        choices=[
                            ("higher", "Higher is better"),
                            ("lower", "Lower is better"),
                            ("neutral", "Neither is better by itself"),
                        ],
                        max_length=8,
                        verbose_name="better",
                    ),
                ),
                ("retired_at", models.DateTimeField(null=True, verbose_name="retired")),
                (
                    "retired_acting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="retired by",
                    ),
                ),
            ],
            options={
                "verbose_name": "indicator",
                "verbose_name_plural": "indicators",
                "ordering": ["code"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="IndicatorVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("since", models.DateField(verbose_name="for periods from")),
                ("numerator", models.CharField(max_length=500, verbose_name="numerator")),
                ("denominator", models.CharField(max_length=500, verbose_name="denominator")),
                ("factor", models.PositiveIntegerField(verbose_name="multiplied by")),
                ("unit_ar", models.CharField(blank=True, max_length=60, verbose_name="unit in Arabic")),
                ("unit_en", models.CharField(blank=True, max_length=60, verbose_name="unit in English")),
                ("decimals", models.PositiveSmallIntegerField(verbose_name="decimals")),
                ("why", models.TextField(blank=True, verbose_name="why it was changed")),
                ("at", models.DateTimeField(verbose_name="written")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="written by",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="reporting.indicator"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of an indicator",
                "verbose_name_plural": "versions of indicators",
                "ordering": ["indicator", "-number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="IndicatorOperand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.category",
                    ),
                ),
                (
                    "element",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="indicators", to="reporting.element"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.reporttemplate"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="operands",
                        to="reporting.indicatorversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "operand of an indicator",
                "verbose_name_plural": "operands of indicators",
                "ordering": ["version", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Population",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("total", "All people"),
                            ("under_one", "Children under 1"),
                            ("under_five", "Children under 5"),
                            ("women_15_49", "Women of 15 to 49"),
                            ("expected_births", "Births expected in the year"),
                            ("expected_pregnancies", "Pregnancies expected in the year"),
                        ],
                        max_length=24,
                        verbose_name="group",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("dated", models.DateField(verbose_name="date of the source")),
                ("at", models.DateTimeField(verbose_name="entered")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back")),
                (
                    "acting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="entered by",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="populations",
                        to="directorates.place",
                        verbose_name="place",
                    ),
                ),
                (
                    "taken_back_acting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="taken back by",
                    ),
                ),
            ],
            options={
                "verbose_name": "population",
                "verbose_name_plural": "populations",
                "ordering": ["place__path", "-year", "group", "-dated", "-at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retired_acting", None), ("retired_at", None)),
                    models.Q(("retired_acting__isnull", False), ("retired_at__isnull", False)),
                    _connector="OR",
                ),
                name="who_retired_an_indicator_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicatorversion",
            constraint=models.UniqueConstraint(fields=("indicator", "number"), name="a_version_of_an_indicator_once"),
        ),
        migrations.AddConstraint(
            model_name="indicatorversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("decimals__lte", 4), ("factor__in", (1, 100, 1000, 10000, 100000))),
                name="an_indicator_that_can_be_shown",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicatoroperand",
            constraint=models.UniqueConstraint(
                fields=("version", "element", "category"), name="an_operand_has_one_report", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="population",
            index=models.Index(fields=["year", "group", "place"], name="population_of_a_year"),
        ),
        migrations.AddConstraint(
            model_name="population",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)),
                fields=("place", "year", "group", "source", "dated"),
                name="a_source_says_one_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="population",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__lte", 100000000), ("year__gte", 2000), ("year__lte", 2100)),
                name="a_population_that_can_be",
            ),
        ),
        migrations.AddConstraint(
            model_name="population",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_acting", None), ("taken_back_at", None)),
                    models.Q(("taken_back_acting__isnull", False), ("taken_back_at__isnull", False)),
                    _connector="OR",
                ),
                name="who_took_a_population_back_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="population",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True), name="a_population_has_its_source"
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
