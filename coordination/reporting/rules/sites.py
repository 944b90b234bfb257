"""Names of web sites as a content policy takes them: https and one host, nothing that would let in others or end the policy."""

import re

# A label of a host: letters, digits and hyphens inside; international names stand in their ASCII form.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SITE = re.compile(rf"https://(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}(?::[1-9][0-9]{{0,4}})?", re.ASCII)
LONGEST = 260


def site_in(text: str) -> str | None:
    """The site that a person names, with https where no scheme stands; None where it is none, has a path or stands for many."""
    given = text.strip().lower().rstrip("/")
    given = given if "://" in given else f"https://{given}"
    return given if len(given) <= LONGEST and _SITE.fullmatch(given) else None
