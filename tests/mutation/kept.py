"""Checks whose removal no test can notice, each with its reason; as few as possible."""

# (File, line of code): why.
KEPT: dict[tuple[str, str], str] = {
    ("directorates/permissions.py", "sealed=rights.holds(Permission.RUN_CONSOLIDATION),"): (
        "it says what row policies let through: the wall, which this run takes down and tests of its own try"
    ),
    ("directorates/actions/seals.py", "raise Refused(Permission.SEAL_DIRECTORATES)"): (
        "whoever acts as no organisation has no right, so `require` refused them on the line before: it tells types the same"
    ),
    ("directorates/actions/roles_by_two.py", "require(by, offer.right, _owner(offer))"): (
        "`may_confirm` asked the same right on the lines before; here the record learns that nobody is stood in for"
    ),
    ("directorates/actions/roles_by_two.py", "require(by, Permission.MANAGE_ORGANISATIONS)"): (
        "`may_refuse` asked the same on the lines before; here the record learns that nobody is stood in for"
    ),
    (
        "directorates/actions/roles_by_two.py",
        "if not may(user, Permission.MANAGE_PEOPLE) and not may(user, Permission.MANAGE_ORGANISATIONS):",
    ): "each offer is asked about on its own in the next line: this spares the asking where the answer is no",
    ("facilities/actions/positions.py", "raise Refused(Permission.KEEP_POSITIONS, facility)"): (
        "exact positions are kept by one's own directorate only, so `require` refused all others before: it tells types the same"
    ),
    ("facilities/actions/duplicates.py", "require(by, Permission.MANAGE_FACILITIES, survivor)"): (
        "the survivor is described in the same deed, which asks the same once more; here it comes before anything is read"
    ),
    ("coordination/exchange/actions/facility_sheets.py", "if rights.holds(Permission.MANAGE_FACILITIES):"): (
        "each place is asked about on its own in the next lines: this spares the asking where the answer is no"
    ),
    (
        "coordination/exchange/actions/uploads.py",
        "same = Job.objects.asked_by(by).filter(kind=TAKE.code, arguments=wish)",
    ): ("the wish names a read file that is one's own, as was asked just before: nobody else has asked with it"),
    ("coordination/exchange/actions/uploads.py", "require(by, noun.right)"): (
        "reading a sheet asks the same right of every noun; here it comes before a file is opened"
    ),
    (
        "coordination/reporting/views/elements.py",
        "found = get_object_or_404(Element.objects.visible_to(request.user), code=code)",
    ): "`require` asks a right before, and the library is open to whoever has any; a list begins with what its reader sees",
    (
        "coordination/reporting/views/sections.py",
        'rows = form.narrow(Element.objects.visible_to(request.user).order_by("code"))',
    ): "only who builds templates gets here, and the library is open to whoever has any right; as every list here",
    (
        "coordination/reporting/views/sections.py",
        "rows = {row.code: row for row in Element.objects.visible_to(request.user).filter(code__in=codes)}",
    ): "only who builds templates gets here, and the library is open to whoever has any right; as every list here",
    (
        "coordination/exchange/views/packages.py",
        'return PackageImport.objects.visible_to(user).select_related("by").defer("receipt")',
    ): "`require` asks the same right before; a list begins with what its reader sees all the same, as every list here",
    (
        "coordination/exchange/views/packages.py",
        'row = get_object_or_404(PackageImport.objects.visible_to(request.user).select_related("by", "applied_by"), pk=pk)',
    ): "`require` asks the same right before; a list begins with what its reader sees all the same, as every list here",
    (
        "coordination/reporting/views/reviews.py",
        'chosen = named(Submission.objects.to_review(request.user)).select_related("revision")',
    ): "the ids are those of `waiting(request.user)`, which asked the same; a list begins with what its reader sees all the same",
    (
        "directorates/permissions.py",
        "holds=tuple(permission.value for permission in TOLD if rights.holds(permission)),",
    ): "it says what row policies let through: the wall, which this run takes down and tests of its own try",
    (
        "directorates/actions/deputies.py",
        "if not may(user, Permission.MANAGE_PEOPLE) and not may(user, Permission.MANAGE_ORGANISATIONS):",
    ): "each offer is asked about on its own in the next line: this spares the asking where the answer is no",
    (
        "directorates/actions/deputies.py",
        "require(by, offer.right, _owner(offer))",
    ): "`may_confirm_deputy` asked the same right before; here the record learns that nobody is stood in for",
}
