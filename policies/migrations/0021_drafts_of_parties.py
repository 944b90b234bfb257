"""Each party of an agreement writes an amendment of its own: the draft of one that cannot speak holds up nobody."""

import django.db.models.deletion
from django.db import migrations, models

# A draft that there is now was the only one: it began with the text that holds.
BEGUN = """
UPDATE policies_agreementtext d SET begun_with_id = (SELECT t.id FROM policies_agreementtext t
    WHERE t.agreement_id = d.agreement_id AND t.valid IS NOT NULL AND t.kind <> 'renewal' ORDER BY t.number DESC LIMIT 1)
WHERE d.opened IS NULL AND d.kind = 'amendment';
"""


class Migration(migrations.Migration):
    """What a draft began with, and one draft a party instead of one an agreement."""

    dependencies = [("policies", "0020_membership_slips")]

    operations = [
        migrations.AddField(
            model_name="agreementtext",
            name="begun_with",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="policies.agreementtext",
                verbose_name="text it began with",
            ),
        ),
        migrations.RemoveConstraint(model_name="agreementtext", name="one_draft_text_of_an_agreement"),
        migrations.AddConstraint(
            model_name="agreementtext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("opened", None)), fields=("agreement", "keeper"), name="one_draft_text_a_party"
            ),
        ),
        migrations.RunSQL(BEGUN, migrations.RunSQL.noop),
    ]
