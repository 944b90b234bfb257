"""How sensitive each field of reporting is, and why."""

from directorates.foundation.sensitivity import Sensitivity, kept, said

OPEN, INTERNAL, RESTRICTED, SEVERE = Sensitivity

ASKED = "what reports ask is no secret"
TOTALS = "totals of reports: the small ones tell of people"
A_PERSON = "open but for the id of a person, and people stand behind the wall"
KEPT = (
    kept(
        "reporting.Edition",
        said(
            OPEN,
            "id template period_start smallest facilities share reports hidden foreword state corrects opened beside at acting",
            "published",
        ),
        said(RESTRICTED, "by", "who published it"),
        open_to_code=A_PERSON,
    ),
    kept(
        "reporting.Erratum",
        said(OPEN, "id edition number kind text_ar text_en acting at", "published"),
        said(RESTRICTED, "by instead_of", "who published it"),
        open_to_code=A_PERSON,
    ),
    kept(
        "reporting.EditionPlace",
        said(OPEN, "id edition place expected received answered on_time answered_on_time excused", "published"),
    ),
    kept("reporting.EditionDispute", said(OPEN, "id edition dispute state", "published")),
    kept("reporting.EditionFigure", said(OPEN, "id edition place element category value hidden", "published")),
    kept(
        "reporting.Indicator",
        said(OPEN, "id name_ar name_en code reading_ar reading_en better", "how something is computed is no secret"),
        said(OPEN, "retired_at retired_acting", "since when, and for which body"),
    ),
    kept(
        "reporting.IndicatorVersion",
        said(OPEN, "id indicator number since numerator denominator factor", "how something is computed is no secret"),
        said(OPEN, "unit_ar unit_en decimals why at acting", "how it is shown, and why it was changed"),
    ),
    kept("reporting.IndicatorOperand", said(OPEN, "id version template element category", ASKED)),
    kept(
        "reporting.Population",
        said(OPEN, "id place year group number source dated", "estimates of others, published with their source"),
        said(OPEN, "at acting taken_back_at taken_back_acting", "for which body they were entered"),
    ),
    kept(
        "reporting.BulletinSeries",
        said(OPEN, "id name_ar name_en code dataset period_type", "which bulletins there are"),
    ),
    kept(
        "reporting.Bulletin",
        said(OPEN, "id series period_start state number corrects smallest facilities share", "published"),
        said(OPEN, "seen made digest answer_until started at acting head", "how it came about"),
        said(RESTRICTED, "by published_by", "who made it"),
        open_to_code=A_PERSON,
    ),
    kept(
        "reporting.BulletinPart",
        said(OPEN, "id bulletin order kind", "which parts it has"),
        said(INTERNAL, "heading_ar heading_en text_ar text_en", "published with it; before, its makers' and signers'"),
        said(OPEN, "template element indicator level categories", "which figures it shows"),
    ),
    kept(
        "reporting.BulletinPopulation",
        said(OPEN, "id bulletin stated place year group number source dated", "estimates of others, published"),
    ),
    kept(
        "reporting.BulletinValue",
        said(OPEN, "id bulletin indicator version period_start place value numerator denominator", "of shown figures"),
        said(OPEN, "reasons people", "why there is no value, and what it was divided by"),
    ),
    kept("reporting.BulletinEdition", said(OPEN, "id bulletin template edition behind", "published")),
    kept("reporting.BulletinSigner", said(OPEN, "id bulletin organisation role", "published")),
    kept(
        "reporting.BulletinAnswer",
        said(OPEN, "id bulletin organisation digest kind replaces at", "printed in the bulletin"),
        said(INTERNAL, "words_why", "printed in it; before, its makers' and signers'"),
        said(RESTRICTED, "by instead_of", "who signed"),
        open_to_code=A_PERSON,
    ),
    kept(
        "reporting.Verification",
        said(OPEN, "id edition at acting figures faults code_digest", "whether an edition is what it was"),
        said(RESTRICTED, "by", "who verified it"),
        said(RESTRICTED, "told", "other numbers than were published: what changed may rest on few"),
        open_to_code="its readers see how many things were found; no number that the edition hides is among them",
    ),
    kept(
        "reporting.EditionInputs",
        said(OPEN, "edition code_version code_digest digest figures_digest head head_number", "published"),
        said(INTERNAL, "facts", "borders, jurisdictions and rules as an edition used them; no report"),
    ),
    kept(
        "reporting.EditionReport",
        said(INTERNAL, "id edition facility submission revision digest reporter", "which reports counted"),
        said(INTERNAL, "subdistrict place_path directorate rule settlement on_time", "where, and by which rule"),
        said(RESTRICTED, "overlay", "values that count in place of the reports'"),
        walled=True,
    ),
    kept(
        "reporting.EditionAside",
        said(INTERNAL, "id edition submission revision digest", "which reports did not count"),
        said(RESTRICTED, "reason", "before whose report it gave way"),
        walled=True,
    ),
    kept(
        "reporting.EditionExpected",
        said(INTERNAL, "id edition facility reporter subdistrict place_path due", "who was to report what"),
        said(RESTRICTED, "reason", "that a facility was attacked or cut off"),
        walled=True,
    ),
    kept("reporting.CategorySet", said(OPEN, "id name_ar name_en code", ASKED)),
    kept("reporting.Category", said(OPEN, "id name_ar name_en category_set code order", ASKED)),
    kept(
        "reporting.Element",
        said(OPEN, "id name_ar name_en code type category_set over_time over_place", ASKED),
        said(OPEN, "numerator denominator minimum maximum options help_ar help_en search", ASKED),
    ),
    kept("reporting.Programme", said(OPEN, "id name_ar name_en code", ASKED)),
    kept("reporting.WeekLabelRule", said(OPEN, "id programme since rule", ASKED)),
    kept(
        "reporting.ReportTemplate",
        said(
            OPEN,
            "id name_ar name_en code programme dataset period_type due_days function counts_first head_changed",
            ASKED,
        ),
    ),
    kept(
        "reporting.TemplateVersion",
        said(OPEN, "id valid template number status published_at edition changed", ASKED),
        said(RESTRICTED, "changed_by", "who works on it"),
        open_to_code=A_PERSON,
    ),
    kept("reporting.Section", said(OPEN, "id name_ar name_en version code order", ASKED)),
    kept("reporting.SectionElement", said(OPEN, "id section element order required", ASKED)),
    kept("reporting.Slot", said(OPEN, "id template element category number", ASKED)),
    kept(
        "reporting.ValidationRule",
        said(OPEN, "id version code left operator right severity missing message_ar message_en order", ASKED),
    ),
    kept(
        "reporting.RuleRecord",
        said(INTERNAL, "id rule period_start checked broken", "how a rule does"),
        said(INTERNAL, "approved corrected waiting explained", "how a rule does, without any place"),
    ),
    kept(
        "reporting.BrokenRule",
        said(INTERNAL, "id revision", "of which report"),
        said(RESTRICTED, "rule", "which rule it breaks: a judgement on its writers"),
        walled=True,
    ),
    kept(
        "reporting.ExpectedReport",
        said(INTERNAL, "id template facility period_start reporter due", "who reports what, and until when"),
        said(INTERNAL, "subdistrict place_path directorate dataset", "whose report it is"),
        walled=True,
    ),
    kept(
        "reporting.Submission",
        said(INTERNAL, "id template version facility period_start reporter status receipt", "that there is a report"),
        said(INTERNAL, "first_submitted submitted due created changed edition revision kept_revision", "when it came"),
        said(INTERNAL, "subdistrict place_path directorate reviewer dataset", "whose report it is"),
        said(RESTRICTED, "marks", "how many rules it breaks: a judgement on its writers"),
        walled=True,
    ),
    kept(
        "reporting.Draft",
        said(INTERNAL, "submission at", "that someone writes"),
        said(RESTRICTED, "doc notes changed by writers", "what is not yet said, and who writes it"),
        walled=True,
    ),
    kept(
        "reporting.Revision",
        said(INTERNAL, "id submission number at", "that it was sent"),
        said(RESTRICTED, "doc notes warnings by writers", "cases of small places, reasons in free text, who wrote"),
        walled=True,
    ),
    kept(
        "reporting.SubmissionEvent",
        said(INTERNAL, "id submission at acting what revision", "what became of it"),
        said(RESTRICTED, "by instead_of note", "who decided, and why, in free text"),
        walled=True,
    ),
    kept(
        "reporting.CorrectionRequest",
        said(INTERNAL, "id submission number revision corrected state acting at", "that a report is or was corrected"),
        said(INTERNAL, "decided_acting decided_at ended_at", "what became of it"),
        said(RESTRICTED, "reason slots answer", "what is wrong in a report, and why, in free text"),
        said(RESTRICTED, "by instead_of decided_by ended_by", "who asked and who decided"),
        walled=True,
    ),
    kept(
        "reporting.Attachment",
        said(
            INTERNAL, "id submission content_type size state acting at judged_at", "that something came with a report"
        ),
        said(RESTRICTED, "name content digest by judged_by reason", "pages of registers and photographs, and whose"),
        said(RESTRICTED, "ways", "that it may give a location, never which"),
        walled=True,
    ),
    kept("reporting.Assignment", said(INTERNAL, "id valid template facility", "who reports what")),
    kept(
        "reporting.Claim",
        said(INTERNAL, "id submission at ended", "that someone reads it"),
        said(RESTRICTED, "holder by note", "who reads it; a word among colleagues"),
        walled=True,
    ),
    kept(
        "reporting.Cell",
        said(INTERNAL, "period_start template level place element category", "of what a total is"),
        said(RESTRICTED, "total n numerator denominator", TOTALS),
        open_to_code="made anew by exchanging tables, which keep no policies; nothing but lists limits totals",
    ),
    kept(
        "reporting.Coverage",
        said(INTERNAL, "period_start template level place", "of what a count is"),
        said(INTERNAL, "expected received on_time answered answered_on_time excused", "how many reports came"),
    ),
    kept(
        "reporting.Belonging",
        said(INTERNAL, "template period_start subdistrict directorate", "whose a count is"),
        said(INTERNAL, "expected received on_time answered answered_on_time excused", "how many reports came"),
    ),
    kept("reporting.Computed", said(OPEN, "one at", "when figures were computed")),
    kept("reporting.Touched", said(INTERNAL, "id template period_start subdistrict at", "what will be computed anew")),
    kept(
        "reporting.ConsolidationRun",
        said(INTERNAL, "id kind origin job templates state began ended lag marks cells fault", "how the portal works"),
        said(RESTRICTED, "by", "who had figures computed"),
        walled=True,
    ),
    kept(
        "reporting.ConsolidationTrouble",
        said(INTERNAL, "id kind run template since until", "that figures lagged behind"),
    ),
    kept(
        "reporting.ConsolidationSchedule",
        said(INTERNAL, "template rhythm hour weekday started", "when figures are checked"),
    ),
    kept(
        "reporting.CountedReport",
        said(
            INTERNAL,
            "id template facility period_start submission revision rule settlement on_time",
            "which report counts",
        ),
        said(INTERNAL, "subdistrict directorate", "whose report it is"),
        said(RESTRICTED, "overlay", "values that count in place of the report's"),
        walled=True,
    ),
    kept(
        "reporting.DoubleReport",
        said(
            INTERNAL,
            "id template other facility period_start state settlement proposal",
            "that several reported, and how far it is",
        ),
        said(INTERNAL, "arbiter found due told_above", "who decides, and until when"),
        walled=True,
    ),
    kept(
        "reporting.Settlement",
        said(INTERNAL, "id double number way taken revisions acting at", "by which way, and whose word it was"),
        said(
            RESTRICTED,
            "by_slot reason by",
            "values that count in place of the reports', who agreed, and why, in free text",
        ),
        walled=True,
    ),
    kept(
        "reporting.DoubleReportEvent",
        said(INTERNAL, "id double kind settlement arbiter acting at", "what became of it"),
        said(RESTRICTED, "text by", "who did it, and why, in free text"),
        walled=True,
    ),
    kept(
        "reporting.Extension",
        said(INTERNAL, "id template facility period_start reporter directorate dataset", "whose report it is"),
        said(INTERNAL, "place_path before until acting at", "until when it may come"),
        said(RESTRICTED, "reason by", "who decided, and why, in free text"),
        walled=True,
    ),
    kept(
        "reporting.FollowUp",
        said(
            INTERNAL, "id submission slot revision state acting opened answered settled", "that a value is asked about"
        ),
        walled=True,
    ),
    kept(
        "reporting.FollowUpWord",
        said(INTERNAL, "id follow_up kind at acting", "which side spoke"),
        said(RESTRICTED, "text by instead_of", "what is said of a value, in free text, and who says it"),
        walled=True,
    ),
    kept(
        "reporting.Explanation",
        said(INTERNAL, "id body at", "that somebody said why reports did not come"),
        said(RESTRICTED, "text by instead_of", "what happened, attacks too, in free text, and who says so"),
        walled=True,
    ),
    kept(
        "reporting.ExplainedReport",
        said(INTERNAL, "id explanation template facility period_start reporter directorate dataset", "whose report"),
        said(INTERNAL, "place_path side", "whose word it is"),
        said(RESTRICTED, "reason", "that a facility was attacked or cut off"),
        walled=True,
    ),
    kept(
        "reporting.MissingEvidence",
        said(INTERNAL, "id about content_type size acting at", "that something shows it"),
        said(RESTRICTED, "name content digest by", "pages and photographs of what happened, and whose"),
        walled=True,
    ),
    kept(
        "reporting.Comparison",
        said(INTERNAL, "revision at", "that it was compared"),
        said(RESTRICTED, "findings found", "what is unlike the facility's past"),
        walled=True,
    ),
    kept(
        "reporting.Look",
        said(INTERNAL, "id revision kind slot at acting", "that somebody looked"),
        said(RESTRICTED, "word by", "who looked, and what they say, in free text"),
        walled=True,
    ),
    kept(
        "reporting.SavedView",
        said(
            INTERNAL,
            "id organisation kind template indicator place level element period borders picture at",
            "what is looked at",
        ),
        said(RESTRICTED, "owner name note", "who looks at it, and their words"),
        walled=True,
    ),
    kept(
        "reporting.Dashboard",
        said(INTERNAL, "id organisation at", "that there is one"),
        said(RESTRICTED, "owner name note", "whose it is, and their words"),
        walled=True,
    ),
    kept("reporting.DashboardView", said(INTERNAL, "id dashboard view order", "what stands beside what"), walled=True),
    kept(
        "reporting.ViewShare",
        said(INTERNAL, "id view dashboard organisation everybody at acting withdrawn", "with which body it is shared"),
        said(RESTRICTED, "person by", "who shares it with whom"),
        walled=True,
    ),
    kept(
        "reporting.EmbeddedFigure",
        said(OPEN, "id edition element level token", "shown to anybody"),
        said(INTERNAL, "sites until at acting revoked", "where it is shown, and how long"),
        said(RESTRICTED, "by revoked_by", "who decided"),
        walled=True,
    ),
    kept(
        "reporting.ExternalId",
        said(OPEN, "id scheme kind uid template category_set category element", "codes of published packages"),
    ),
    kept(
        "reporting.PackageImport",
        said(INTERNAL, "id scheme title digest at applied_at receipt", "which packages came in"),
        said(RESTRICTED, "file_name file by applied_by", "who brought it, and their file"),
        walled=True,
    ),
    kept("reporting.ReceiptSeries", said(INTERNAL, "id place year last", "how many receipts were given")),
    kept(
        "reporting.Reminder",
        said(INTERNAL, "id template facility period_start reporter due stage at", "that a report was asked for"),
    ),
    kept("reporting.Escalation", said(INTERNAL, "id submission level since at", "that a report waited too long")),
    kept(
        "reporting.StoredRequest",
        said(INTERNAL, "id at status", "that a program asked"),
        said(RESTRICTED, "account key digest answer headers", "whose program, and the whole answer"),
        walled=True,
    ),
)
