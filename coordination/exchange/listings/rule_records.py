"""The rules' own record as a file."""

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, filters_told
from coordination.exchange.tables import Column, Kind
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.rule_records import READING
from coordination.reporting.views.rule_records import lines_listed
from directorates.models import User


def _rule_records(user: User, asked: QueryDict) -> Listed:
    template = ReportTemplate.objects.visible_to(user).filter(code=asked.get("template", "")).first()
    if template is None:
        raise Http404
    form, lines = lines_listed(user, template, asked)
    columns = [
        Column("rule", _("Code"), Kind.CODE, width=30),
        Column("severity", pgettext("rule", "Weight"), width=14),
        Column("message_ar", _("What it says, in Arabic"), width=60),
        Column("message_en", _("What it says, in English"), width=60),
        Column("checked", pgettext("rule", "Checked"), Kind.NUMBER),
        Column("broken", pgettext("rule", "Broken"), Kind.NUMBER),
        Column("approved", pgettext("rule", "Right to break"), Kind.NUMBER),
        Column("corrected", pgettext("rule", "Corrected"), Kind.NUMBER),
        Column("waiting", pgettext("rule", "Not decided"), Kind.NUMBER),
        Column("explained", pgettext("rule", "With a reason"), Kind.NUMBER),
    ]
    cells = (
        [
            *(line.rule.code, str(line.rule.get_severity_display()), line.rule.message_ar, line.rule.message_en),
            *(line.checked, line.broken, line.approved, line.corrected, line.waiting, line.explained),
        ]
        for line in lines
    )
    told = [(_("Report template"), template.name), *filters_told(form)]
    return Listed(_("Record of the rules"), columns, cells, len(lines), told, at={"code": template.code})


LISTINGS = (
    Listing("rule_records", gettext_lazy("Record of the rules"), READING, "reporting:rule_records", _rule_records),
)
