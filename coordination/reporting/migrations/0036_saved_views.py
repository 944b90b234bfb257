"""Saved views, dashboards and their shares, with row policies: one's own, and what a share names."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A share opens a view and a dashboard its views, so that policies would ask one another: functions of the owner's read them.
OPEN = """
CREATE FUNCTION dashboards_open() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE acting bigint := sight_acting();
    person bigint := sight_person();
BEGIN
    IF acting = 0 THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT id FROM reporting_dashboard WHERE owner_id = person AND organisation_id = acting
        UNION SELECT s.dashboard_id FROM reporting_viewshare s WHERE s.dashboard_id IS NOT NULL AND s.withdrawn IS NULL
        AND (s.everybody OR s.organisation_id = acting OR (s.person_id = person AND s.acting_id = acting)));
END $$;
CREATE FUNCTION views_open() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE acting bigint := sight_acting();
    person bigint := sight_person();
BEGIN
    IF acting = 0 THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT id FROM reporting_savedview WHERE owner_id = person AND organisation_id = acting
        UNION SELECT s.view_id FROM reporting_viewshare s WHERE s.view_id IS NOT NULL AND s.withdrawn IS NULL
        AND (s.everybody OR s.organisation_id = acting OR (s.person_id = person AND s.acting_id = acting))
        UNION SELECT d.view_id FROM reporting_dashboardview d WHERE d.dashboard_id = ANY (dashboards_open()));
END $$;
REVOKE ALL ON FUNCTION dashboards_open, views_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards_open, views_open TO tansiq_app;
"""
OWN = "(owner_id = (SELECT sight_person()) AND organisation_id = (SELECT sight_acting()))"
SEEN = {
    # One that is being kept is not there yet.
    "reporting_savedview": f"{OWN} OR id = ANY ((SELECT views_open())::bigint[])",
    "reporting_dashboard": f"{OWN} OR id = ANY ((SELECT dashboards_open())::bigint[])",
    "reporting_dashboardview": "dashboard_id = ANY ((SELECT dashboards_open())::bigint[])",
    "reporting_viewshare": """(SELECT sight_acting()) <> 0 AND (everybody OR organisation_id = (SELECT sight_acting())
        OR (acting_id = (SELECT sight_acting()) AND (SELECT sight_person()) IN (by_id, person_id)))""",
}
WALL = OPEN + "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {seen});
"""
    for table, seen in SEEN.items()
)
DOWN = (
    "".join(f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in SEEN)
    + "DROP FUNCTION views_open; DROP FUNCTION dashboards_open;"
)


class Migration(migrations.Migration):
    """Four tables and their wall."""

    dependencies = [
        ("directorates", "0031_guards_of_place_changes"),
        ("reporting", "0035_belonging_held"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dashboard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="kept")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="acting as",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="kept by",
                    ),
                ),
            ],
            options={
                "verbose_name": "dashboard",
                "verbose_name_plural": "dashboards",
                "ordering": ["name", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Country"),
                            (1, "Governorate"),
                            (2, "District"),
                            (3, "Sub-district"),
                            (4, "Directorate"),
                        ],
                        verbose_name="rows",
                    ),
                ),
                ("period", models.CharField(blank=True, max_length=12, verbose_name="period")),
                (
                    "borders",
                    models.CharField(
                        choices=[("then", "As then"), ("now", "As now")], max_length=4, verbose_name="jurisdictions"
                    ),
                ),
                (
                    "picture",
                    models.CharField(
                        choices=[
                            ("trend", "Bars over time"),
                            ("map", "Map of the governorates"),
                            ("table", "Table by place"),
                        ],
                        max_length=5,
                        verbose_name="picture",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="kept")),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="acting as",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="kept by",
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
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.reporttemplate",
                        verbose_name="report",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DashboardView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(verbose_name="order")),
                (
                    "dashboard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="placings", to="reporting.dashboard"
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="placings", to="reporting.savedview"
                    ),
                ),
            ],
            options={
                "verbose_name": "view on a dashboard",
                "verbose_name_plural": "views on dashboards",
                "ordering": ["dashboard", "order"],
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="dashboard",
            name="views",
            field=models.ManyToManyField(
                related_name="dashboards", through="reporting.DashboardView", to="reporting.savedview"
            ),
        ),
        migrations.CreateModel(
            name="ViewShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("everybody", models.BooleanField(default=False, verbose_name="everybody who may see the figures")),
                ("at", models.DateTimeField(verbose_name="shared")),
                ("withdrawn", models.DateTimeField(null=True, verbose_name="withdrawn")),
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
                        verbose_name="shared by",
                    ),
                ),
                (
                    "dashboard",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="reporting.dashboard",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directorates.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="reporting.savedview",
                    ),
                ),
            ],
            options={
                "verbose_name": "share of a view",
                "verbose_name_plural": "shares of views",
                "ordering": ["-at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("owner", "organisation", "name"), name="a_view_once_a_name"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="a_view_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", [0, 1, 2, 3, 4])), name="rows_of_a_view"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("borders__in", ["then", "now"])), name="borders_of_a_view"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("picture__in", ["trend", "map", "table"])), name="picture_of_a_view"
            ),
        ),
        migrations.AddConstraint(
            model_name="dashboardview",
            constraint=models.UniqueConstraint(fields=("dashboard", "view"), name="a_view_once_a_dashboard"),
        ),
        migrations.AddConstraint(
            model_name="dashboardview",
            constraint=models.UniqueConstraint(fields=("dashboard", "order"), name="one_view_a_place"),
        ),
        migrations.AddConstraint(
            model_name="dashboardview",
            constraint=models.CheckConstraint(
                condition=models.Q(("order__gte", 1), ("order__lte", 6)), name="few_views_on_a_dashboard"
            ),
        ),
        migrations.AddConstraint(
            model_name="dashboard",
            constraint=models.UniqueConstraint(
                fields=("owner", "organisation", "name"), name="a_dashboard_once_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="dashboard",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="a_dashboard_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="viewshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dashboard__isnull", False), ("view", None)),
                    models.Q(("dashboard", None), ("view__isnull", False)),
                    _connector="OR",
                ),
                name="a_share_is_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="viewshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("everybody", True), ("organisation", None), ("person", None)),
                    models.Q(("everybody", False), ("organisation", None), ("person__isnull", False)),
                    models.Q(("everybody", False), ("organisation__isnull", False), ("person", None)),
                    _connector="OR",
                ),
                name="a_share_is_with_one_of_three",
            ),
        ),
        migrations.AddConstraint(
            model_name="viewshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn", None), ("withdrawn__gte", models.F("at")), _connector="OR"),
                name="withdrawn_after_it_was_shared",
            ),
        ),
        migrations.AddConstraint(
            model_name="viewshare",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn", None)),
                fields=("view", "dashboard", "person", "organisation"),
                name="shared_once_with_each",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(WALL, DOWN),
    ]
