"""The fingerprint of a report: who holds the receipt can tell whether the portal still holds the same report."""

import hashlib
import json

from coordination.reporting.rules.readings import Document


def fingerprint(document: Document) -> str:
    """SHA-256 over both documents as JSON with sorted keys and no spaces, in hexadecimal."""
    said = json.dumps([document.doc, document.notes], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
