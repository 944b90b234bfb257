"""Checks whose removal no test can notice, each with its reason; as few as possible."""

# (File, line of code): why.
KEPT: dict[tuple[str, str], str] = {}
