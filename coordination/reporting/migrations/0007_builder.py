"""What building templates needs: elements found by any spelling, drafts that count their changes, drafts that move."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from directorates.rules.text import search_key


def write_keys(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The search keys of the elements that are there."""
    for element in apps.get_model("reporting", "Element").objects.all():
        element.search = " | ".join(search_key(text) for text in (element.code, element.name_ar, element.name_en))
        element.save(update_fields=["search"])


class Migration(migrations.Migration):
    """A key of elements, three columns of versions, a word of histories."""

    dependencies = [
        ("reporting", "0006_answered_and_writers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="element",
            name="search",
            field=models.TextField(default="", editable=False),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="edition",
            field=models.PositiveIntegerField(default=0, verbose_name="edition"),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="changed",
            field=models.DateTimeField(null=True, verbose_name="time of the last change"),
        ),
        migrations.AddField(
            model_name="templateversion",
            name="changed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person of the last change",
            ),
        ),
        migrations.AlterField(
            model_name="submissionevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("started", "Started"),
                    ("submitted", "Sent"),
                    ("approved", "Approved"),
                    ("returned", "Sent back"),
                    ("reopened", "Reopened"),
                    ("moved", "Moved to a new version of the template"),
                ],
                max_length=10,
            ),
        ),
        # Rows after columns: a table with rows written in the same transaction takes no further change.
        migrations.RunPython(write_keys, migrations.RunPython.noop),
    ]
