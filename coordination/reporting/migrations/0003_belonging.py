"""Coverage at its finest grain, the moment of computing, and the law that summed documents hold numbers only."""

from django.db import migrations, models

FIGURES = """
CREATE TABLE figures.belonging (
    template int NOT NULL, period_start date NOT NULL, subdistrict int NOT NULL, directorate int NOT NULL,
    expected int NOT NULL, received int NOT NULL, on_time int NOT NULL,
    PRIMARY KEY (template, period_start, subdistrict, directorate)
);
CREATE TABLE figures.computed (one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL);
ALTER TABLE figures.belonging OWNER TO tansiq_figures;
ALTER TABLE figures.computed OWNER TO tansiq_figures;
GRANT SELECT ON figures.belonging, figures.computed TO tansiq_app;
GRANT SELECT ON reporting_templateversion, reporting_section, reporting_sectionelement TO tansiq_figures;
"""

# One value that is no number would stop every later sum over the template.
NUMBERS_ONLY = """
ALTER TABLE reporting_revision ADD CONSTRAINT revision_holds_numbers_only CHECK (
    jsonb_typeof(doc) = 'object' AND NOT jsonb_path_exists(doc, 'strict $.* ? (@.type() <> "number")', '{}', true));
ALTER TABLE figures.reporting_countedreport ADD CONSTRAINT overlay_holds_numbers_or_null CHECK (
    overlay IS NULL OR jsonb_typeof(overlay) = 'object'
    AND NOT jsonb_path_exists(overlay, 'strict $.* ? (@.type() <> "number" && @.type() <> "null")', '{}', true));
"""


class Migration(migrations.Migration):
    """Two tables beside the cells, two checks on documents."""

    dependencies = [("reporting", "0002_figures")]

    operations = [
        migrations.CreateModel(
            name="Belonging",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "template",
                        "period_start",
                        "subdistrict",
                        "directorate",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("template", models.IntegerField()),
                ("period_start", models.DateField()),
                ("subdistrict", models.IntegerField()),
                ("directorate", models.IntegerField()),
                ("expected", models.IntegerField()),
                ("received", models.IntegerField()),
                ("on_time", models.IntegerField()),
            ],
            options={
                "verbose_name": "sub-district's part in a directorate",
                "verbose_name_plural": "sub-districts' parts in directorates",
                "db_table": "belonging",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Computed",
            fields=[
                ("one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "moment of computing",
                "verbose_name_plural": "moments of computing",
                "db_table": "computed",
                "managed": False,
            },
        ),
        migrations.RunSQL(FIGURES),
        migrations.RunSQL(NUMBERS_ONLY),
    ]
