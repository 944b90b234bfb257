"""Who enters exact positions, who asks for and reads them, who approves it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("directorates", "0009_sign_in_with_a_second_factor"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="dataset",
            options={
                "ordering": ["code"],
                "permissions": [
                    ("view_facility_register", "View facilities"),
                    ("manage_facility_register", "Manage facilities"),
                    ("propose_facility_changes", "Propose facilities"),
                    ("keep_exact_positions", "Keep positions"),
                    ("read_granted_positions", "Read positions"),
                    ("approve_position_grants", "Approve positions"),
                    ("view_reports", "View reports"),
                    ("submit_reports", "Submit reports"),
                    ("review_reports", "Review reports"),
                    ("view_figures", "View figures"),
                    ("run_consolidation", "Run consolidation"),
                    ("manage_templates", "Manage templates"),
                    ("manage_people", "Manage people"),
                    ("view_record", "View record"),
                    ("manage_organisations", "Manage organisations"),
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
                    ("manage_facility_register", "Manage facilities"),
                    ("propose_facility_changes", "Propose facilities"),
                    ("keep_exact_positions", "Keep positions"),
                    ("read_granted_positions", "Read positions"),
                    ("approve_position_grants", "Approve positions"),
                    ("view_reports", "View reports"),
                    ("submit_reports", "Submit reports"),
                    ("review_reports", "Review reports"),
                    ("view_figures", "View figures"),
                    ("run_consolidation", "Run consolidation"),
                    ("manage_templates", "Manage templates"),
                    ("manage_people", "Manage people"),
                    ("view_record", "View record"),
                    ("manage_organisations", "Manage organisations"),
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
                    ("manage_facility_register", "Manage facilities"),
                    ("propose_facility_changes", "Propose facilities"),
                    ("keep_exact_positions", "Keep positions"),
                    ("read_granted_positions", "Read positions"),
                    ("approve_position_grants", "Approve positions"),
                    ("view_reports", "View reports"),
                    ("submit_reports", "Submit reports"),
                    ("review_reports", "Review reports"),
                    ("view_figures", "View figures"),
                    ("run_consolidation", "Run consolidation"),
                    ("manage_templates", "Manage templates"),
                    ("manage_people", "Manage people"),
                    ("view_record", "View record"),
                    ("manage_organisations", "Manage organisations"),
                ],
                "verbose_name": "place",
                "verbose_name_plural": "places",
            },
        ),
    ]
