"""What is done with a package from another system: its templates become drafts, and identifiers find them again."""

import datetime as dt
from collections.abc import Callable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coordination.reporting.actions.templates import write_draft
from coordination.reporting.models import Category, CategorySet, Element, ReportTemplate
from coordination.reporting.models.package_plans import CHANGING, Home, Plan, plan_of
from coordination.reporting.models.packages import ExternalId, PackageImport
from coordination.reporting.models.packages import Named as Column
from coordination.reporting.rules.package_items import Fate
from coordination.reporting.rules.packages import Package
from directorates.audit import record
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require

# Held while an import compares and writes: two at once would both find nothing here.
IMPORTING = 7_204_200


@transaction.atomic
def apply_package(
    *,
    by: User,
    row: PackageImport,
    package: Package,
    home: Home,
    at: dt.datetime,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> PackageImport:
    """Write what the package offers as drafts, all of it or nothing; the receipt names every thing and its fate.

    A second call changes nothing. Published versions stay as they are: what differs becomes a draft of the next.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])
    row = PackageImport.objects.select_for_update().get(pk=row.pk)
    if row.applied_at is not None:
        return row
    if not package.templates:
        raise Problem("nothing_chosen", _("No template was chosen; nothing was imported."))
    plan = plan_of(package, home, at.date())
    _demand_home(plan, home)
    for done, one in enumerate(plan.templates):
        tell(done, len(plan.templates))
        if one.fate in CHANGING:
            write_draft(given=one.source, by=by, at=at)
    _link(plan)
    row.applied_by, row.applied_at = by, at
    row.receipt = {
        "items": [item.shape() for item in plan.items],
        "templates": [one.source.template.code for one in plan.templates],
        "changed": plan.changes_anything,
    }
    row.save(update_fields=["applied_by", "applied_at", "receipt"])
    record(by, "import_package", row, digest=row.digest, templates=row.receipt["templates"])
    return row


def _demand_home(plan: Plan, home: Home) -> None:
    """Raise 409 `no_home` where a template is new, and it was not asked where new ones belong: it was here then."""
    if any(one.fate is Fate.NEW for one in plan.templates) and not (home.programme.code and home.dataset.code):
        words = _(
            "A template that was here is gone meanwhile. Look at the package again and say where new ones belong."
        )
        raise Problem("no_home", words, 409)


def _link(plan: Plan) -> None:
    """Keep what everything is called in the other system; what is known already stays."""
    package, coded = plan.package, plan.coded
    templates = {row.code: row for row in ReportTemplate.objects.filter(code__in=coded.templates.values())}
    elements = {
        row.code: row for row in Element.objects.filter(code__in=[one.spec.code for one in coded.elements.values()])
    }
    sets = {
        row.code: row for row in CategorySet.objects.filter(code__in=[one.code for one in coded.category_sets.values()])
    }
    categories: dict[tuple[int | None, str], Category] = {
        (row.category_set_id, row.code): row for row in Category.objects.filter(category_set__in=sets.values())
    }
    fresh = [_id(plan, Column.TEMPLATE, uid, templates.get(code)) for uid, code in coded.templates.items()]
    fresh += [_id(plan, Column.ELEMENT, uid, elements.get(one.spec.code)) for uid, one in coded.elements.items()]
    for uid, one in coded.category_sets.items():
        held = sets.get(one.code)
        fresh.append(_id(plan, Column.CATEGORY_SET, uid, held))
        for cell, spec in zip(package.categories[uid], one.categories, strict=True):
            fresh.append(_id(plan, Column.CATEGORY, cell, categories.get((held.pk if held else None, spec.code))))
    ExternalId.objects.bulk_create([one for one in fresh if one is not None], ignore_conflicts=True)


def _id(
    plan: Plan, kind: Column, uid: str, thing: ReportTemplate | Element | CategorySet | Category | None
) -> ExternalId | None:
    """The identifier of a thing; None where it was not written (an element that no template could ask)."""
    if thing is None:
        return None
    return ExternalId(scheme=plan.package.scheme.value, kind=kind.value, uid=uid, **{kind.value: thing})
