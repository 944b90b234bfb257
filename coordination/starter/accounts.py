"""The demonstration's accounts, as `up` shows them."""

PASSWORD = "tansiq-demo"  # noqa: S105 - known to all, and only while the demonstration is loaded
BODY = "Technical Body"
ACCOUNTS = (
    ("admin@body.example", BODY, "administrator"),
    ("admin2@body.example", BODY, "administrator"),
    ("policy@body.example", BODY, "policy manager"),
    ("data@body.example", BODY, "data manager"),
    ("director@idlib.example", "Idlib Health Directorate", "director"),
    ("data@idlib.example", "Idlib Health Directorate", "data officer"),
    ("director@aleppo.example", "Aleppo Health Directorate", "director"),
    ("data@aleppo.example", "Aleppo Health Directorate", "data officer"),
    ("coordinator@uossm.example", "UOSSM", "NGO coordinator"),
    ("coordinator@sams.example", "SAMS", "NGO coordinator"),
    ("epi@acu.example", "Assistance Coordination Unit", "surveillance officer"),
    ("observer@cluster.example", "Health Cluster", "observer"),
    ("observer@moh.example", "Ministry of Health", "observer"),
    ("donor@fund.example", "a donor", "donor"),
)


def table(demonstration: bool) -> list[str]:
    """The accounts in columns; what to do instead where there is no demonstration."""
    if not demonstration:
        return ["no demonstration; the first administrator: ./portal manage invite-admin EMAIL"]
    widths = [max(len(row[column]) for row in ACCOUNTS) for column in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in ACCOUNTS]
    return [f"demonstration accounts, password {PASSWORD}:", *(f"  {line}" for line in lines)]
