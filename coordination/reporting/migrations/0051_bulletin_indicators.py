"""Indicators in bulletins: their values, and the populations that they were divided by, frozen with what is signed."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

FIGURES = "figures_name_their_item"
GROUPS = [
    ("total", "All people"),
    ("under_one", "Children under 1"),
    ("under_five", "Children under 5"),
    ("women_15_49", "Women of 15 to 49"),
    ("expected_births", "Births expected in the year"),
    ("expected_pregnancies", "Pregnancies expected in the year"),
]
TABLES = ("bulletinpopulation", "bulletinvalue")
# A draft's are thrown away and made anew; none is ever changed.
GUARDS = "".join(
    f"""
CREATE TRIGGER signed_never_changes BEFORE INSERT OR DELETE ON reporting_{table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_signed_bulletin();
CREATE TRIGGER kept_as_made BEFORE UPDATE ON reporting_{table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE ON reporting_{table} FROM tansiq_app;
"""
    for table in TABLES
)
NO_GUARDS = "".join(
    f"""
GRANT UPDATE ON reporting_{table} TO tansiq_app;
DROP TRIGGER kept_as_made ON reporting_{table};
DROP TRIGGER signed_never_changes ON reporting_{table};
"""
    for table in TABLES
)


def _to(model: str, words: str = "", **more: object) -> models.ForeignKey:
    """A key to another table that keeps what it points at."""
    if words:
        more["verbose_name"] = words
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=more.pop("related_name", "+"), to=model, **more
    )


class Migration(migrations.Migration):
    """Two tables with their guards, and a column of the layout."""

    dependencies = [("reporting", "0050_double_reports_of_merged_entries")]

    operations = [
        migrations.AddField("bulletinpart", "indicator", _to("reporting.indicator", "indicator", null=True)),
        migrations.RemoveConstraint("bulletinpart", FIGURES),
        migrations.AddConstraint(
            "bulletinpart",
            models.CheckConstraint(
                condition=Q(kind="text", template=None, element=None, indicator=None)
                | ~Q(kind="text") & Q(template__isnull=False, element__isnull=False, indicator=None)
                | ~Q(kind="text") & Q(template=None, element=None, indicator__isnull=False, categories=False),
                name=FIGURES,
            ),
        ),
        migrations.CreateModel(
            name="BulletinPopulation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("group", models.CharField(choices=GROUPS, max_length=24, verbose_name="group")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("dated", models.DateField(verbose_name="date of the source")),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="populations", to="reporting.bulletin"
                    ),
                ),
                ("place", _to("directorates.place", "place")),
                ("stated", _to("reporting.population", related_name="in_bulletins")),
            ],
            options={
                "verbose_name": "population in a bulletin",
                "verbose_name_plural": "populations in bulletins",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bulletin", "place", "year", "group"), name="a_population_once_a_bulletin"
                    ),
                    models.CheckConstraint(condition=~Q(source=""), name="a_population_in_a_bulletin_has_its_source"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField(verbose_name="first day of the period")),
                ("value", models.DecimalField(decimal_places=10, max_digits=60, null=True)),
                (
                    "numerator",
                    models.DecimalField(decimal_places=10, max_digits=60, null=True, verbose_name="numerator"),
                ),
                (
                    "denominator",
                    models.DecimalField(decimal_places=10, max_digits=60, null=True, verbose_name="denominator"),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), default=list, size=None
                    ),
                ),
                (
                    "people",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "bulletin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indicator_values",
                        to="reporting.bulletin",
                    ),
                ),
                ("indicator", _to("reporting.indicator", "indicator")),
                ("place", _to("directorates.place", "place")),
                ("version", _to("reporting.indicatorversion", "version", null=True)),
            ],
            options={
                "verbose_name": "value of an indicator in a bulletin",
                "verbose_name_plural": "values of indicators in bulletins",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bulletin", "indicator", "period_start", "place"),
                        name="an_indicator_has_one_value_a_place",
                    ),
                    models.CheckConstraint(
                        condition=Q(value__isnull=False, reasons__len=0) | Q(value=None, reasons__len__gte=1),
                        name="a_value_or_why_there_is_none",
                    ),
                    models.CheckConstraint(
                        condition=Q(version__isnull=False) | Q(value=None), name="a_value_has_its_formula"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
