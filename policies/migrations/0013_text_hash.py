"""The text of a version is known by its hash from the day on which it is fixed; so are those that were fixed before."""

import hashlib
import json
import unicodedata
from typing import Any

from django.db import migrations, models

# Once it is written, nothing takes its place.
GUARD = """
CREATE TRIGGER hash_stays BEFORE UPDATE ON policies_policyversion FOR EACH ROW
    WHEN (OLD.digest <> '' AND NEW.digest <> OLD.digest) EXECUTE FUNCTION refuse_to_take_adoption_back();
"""
UNDO = "DROP TRIGGER hash_stays ON policies_policyversion;"


def _form(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def hash_fixed_texts(apps: Any, _editor: Any) -> None:
    """As `policies/rules/verify.py` did on the day of this migration."""
    for version in apps.get_model("policies", "PolicyVersion").objects.exclude(fixed=None).select_related("policy"):
        sections = [
            {
                "anchor": one.anchor,
                "heading": {"ar": _form(one.heading_ar), "en": _form(one.heading_en)},
                "text": {"ar": _form(one.text_ar), "en": _form(one.text_en)},
            }
            for one in version.sections.order_by("order", "pk")
        ]
        said = {"policy": version.policy.code, "version": version.number, "sections": sections}
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        version.digest = hashlib.sha256(text.encode()).hexdigest()
        version.save(update_fields=["digest"])


class Migration(migrations.Migration):
    """The hash, of texts that are fixed already as well, and that it stays."""

    dependencies = [("policies", "0012_branding")]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="hash of the text"),
        ),
        migrations.RunPython(hash_fixed_texts, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("digest", ""), ("fixed", None)),
                    models.Q(("fixed__isnull", False), models.Q(("digest", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_fixed_text_has_a_hash",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("digest", ""), _negated=True), fields=("digest",), name="one_policy_version_a_hash"
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
