"""`double-reports/`: what several bodies reported, side by side, and what the parties and the arbiter do about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Any, cast

from django.db.models import Value
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.arbiters import decide_settlement, demand_deciding, demand_naming, name_arbiter
from coordination.reporting.actions.settlements import (
    Said,
    confirm_settlement,
    demand_answering,
    demand_party,
    demand_side,
    demand_unclosed,
    propose_settlement,
    refuse_settlement,
    require_reader,
)
from coordination.reporting.api.double_report_shapes import (
    ArbiterSerializer,
    DoubleReportRowSerializer,
    DoubleReportSerializer,
    RefusalSerializer,
    TermsSerializer,
    WhichSerializer,
    shape_of,
)
from coordination.reporting.api.reading import period_in
from coordination.reporting.models import DoubleReport, ReportTemplate, Settlement
from coordination.reporting.models.double_reports import DoubleState, WayOf
from coordination.reporting.models.double_sides import AmongEntries
from coordination.reporting.models.side_by_side import SideBySide, unclosed
from coordination.reporting.rules.numbers import NumberProblem, read_number
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.settlements import Part, Way
from directorates.audit import record_reading
from directorates.foundation.problems import Problem
from directorates.foundation.reading import Body, Parameters
from directorates.models import Organisation, User
from directorates.models.places import Place, beneath
from directorates.permissions import open_to_members
from facilities.models import Facility

# More than any template asks, and more than ever report one facility.
MOST_VALUES, MOST_SIDES = 4000, 100
MATCH = OpenApiParameter(
    "If-Match", location="header", required=True, description="The ETag of the double report that was read."
)
_PARTS = ("element", "category", "take", "add", "value")


class DoubleReports(generics.ListAPIView[DoubleReport]):
    """What several bodies reported."""

    serializer_class = DoubleReportRowSerializer
    queryset = DoubleReport.objects.none()

    @extend_schema(
        operation_id="double_reports",
        parameters=[
            OpenApiParameter("template"),
            OpenApiParameter("period"),
            OpenApiParameter("facility"),
            OpenApiParameter("place"),
            OpenApiParameter("status", enum=DoubleState.values),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The double reports that fit, what is due first stands first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of which the caller sees one of the reports, or is the arbiter."""
        user = cast("User", self.request.user)
        require_reader(user)
        parameters = Parameters(self.request.query_params)
        template = parameters.one("template", ReportTemplate.objects.visible_to(user))
        facility = parameters.one("facility", Facility.objects.visible_to(user))
        place = parameters.one("place", open_to_members(user, Place.objects.all()))
        period = period_in(
            parameters, parameters.text("period"), PeriodType(template.period_type) if template else None
        )
        status = parameters.choice("status", DoubleState.values)
        parameters.done()
        rows = unclosed(DoubleReport.objects.visible_to(user), user)
        rows = rows.filter(state=status) if status else rows
        rows = rows.filter(AmongEntries("facility", Value(facility.pk))) if facility else rows
        rows = rows.following(template) if template else rows
        rows = rows.filter(beneath(place.path, "facility__place__path")) if place else rows
        if period:
            rows = rows.filter(period_start=period.start, template__period_type=period.type)
        return rows.named()


def visible(request: Request, pk: int) -> SideBySide:
    """The double report if the caller may see it, the same 404 otherwise; whose reports are read here learns of it."""
    user = cast("User", request.user)
    require_reader(user)
    held = DoubleReport.objects.visible_to(user).named().filter(pk=pk).first()
    if held is None:
        raise Http404
    page = SideBySide(held, user)
    if not page.reports:
        raise Http404
    demand_unclosed(user, page.reports)
    for report in page.reports:
        record_reading(user, report, *report.owners())
    return page


class OneDoubleReport(APIView):
    """One double report."""

    @extend_schema(operation_id="double_report", responses=DoubleReportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The reports side by side, what counts and why, and all that happened."""
        page = visible(request, pk)
        return Response(shape_of(page), headers={"ETag": _tag(page)})


def _tag(page: SideBySide) -> str:
    """The revisions that are read here, as a tag."""
    return '"{}"'.format("-".join(map(str, sorted(page.revisions))))


def seen_in(request: Request) -> list[int] | None:
    """The revisions that the caller has read; None for `*`, whichever they are."""
    header = request.headers.get("If-Match")
    if not header:
        detail = _("The header If-Match is required: the ETag of the double report as it was read.")
        raise Problem("precondition_required", detail, 428)
    tag = header.strip().removeprefix("W/").strip('"')
    parts = tag.split("-")
    known = len(parts) <= MOST_SIDES and all(one.isdecimal() and one.isascii() and len(one) < 19 for one in parts)
    return None if tag == "*" else [int(one) for one in parts] if known else []


def said_in(body: Body, page: SideBySide, seen: list[int] | None) -> Said:
    """What should count, in the body of a request; every fault is told at once."""
    way = body.text("way", required=True)
    if way and way not in WayOf.values:
        body.unknown("way", way)
    codes = {report.reporter.code: report.reporter for report in page.reports}
    taken = _side(body, body.text("take"), codes, "take")
    parts = _parts_in(body, page, codes)
    reason, knowing = body.text("reason", required=True), body.yes_or_no("knowing")
    body.done()
    return Said(Way(way), reason, taken, parts, seen, knowing)


def _side(body: Body, code: str, codes: dict[str, Organisation], field: str) -> Organisation | None:
    """One of the sides by its code."""
    if code and code not in codes:
        body.unknown(field, code)
    return codes.get(code)


def _parts_in(body: Body, page: SideBySide, codes: dict[str, Organisation]) -> dict[str, Part]:
    """What is said of single items, by slot; what contradicts itself is told."""
    found: dict[str, Part] = {}
    for position, given in enumerate(body.list("values", MOST_VALUES)):
        field = f"values[{position}]"
        entry = Body(given, _PARTS)
        slot = page.spec.slots.get((entry.text("element"), entry.text("category") or None))
        said = [name for name in ("take", "add", "value") if isinstance(given, dict) and name in given]
        if slot is None:
            entry.fault("element", "unknown", _("The report asks for no such item."))
        elif slot in found:
            entry.fault("element", "twice", _("This item is named twice."))
        if len(said) != 1:
            entry.fault("value", "contradiction", _("Say one thing of each item: take, add or value."))
        part = _part_in(entry, given, codes) if slot is not None and not entry.faults else None
        body.faults += [type(one)(f"{field}.{one.field}", one.code, one.message) for one in entry.faults]
        if part is not None and slot is not None:
            found[slot] = part
    return found


def _part_in(entry: Body, given: dict[str, Any], codes: dict[str, Organisation]) -> Part | None:
    """What counts of one item."""
    if "take" in given:
        taken = _side(entry, entry.text("take"), codes, "take")
        return Part(take=taken.pk) if taken else None
    if given.get("add") is True:
        return Part(add=True)
    if "add" in given:
        entry.fault("add", "contradiction", _("Say one thing of each item: take, add or value."))
        return None
    if given["value"] is None:
        return Part()
    try:
        return Part(value=read_number(given["value"]))
    except NumberProblem:
        entry.fault("value", "not_a_number", _("This is no number."))
        return None


class _Deed(APIView):
    """Something that is done to a double report."""

    takes: tuple[str, ...] = ()
    # Whether it says what counts of numbers that the caller must have read.
    reads = False
    seen: list[int] | None = None

    def post(self, request: Request, pk: int) -> Response:
        """Do it, and show the double report as it stands then."""
        page, by = visible(request, pk), cast("User", request.user)
        self.demand(page, by)
        self.seen = seen_in(request) if self.reads else None
        self.act(Body(request.data, self.takes), page, by)
        held = DoubleReport.objects.visible_to(by).named().filter(pk=pk).first()
        # An arbiter that has decided reads it no more.
        return Response(shape_of(SideBySide(held, by)) if held is not None else {"id": pk, "status": "settled"})

    def demand(self, page: SideBySide, by: User) -> None:
        """Refuse whoever may not do this, before anything is read; the action asks again."""
        demand_party(by, page.double, page.reports)

    def act(self, body: Body, page: SideBySide, by: User) -> None:
        """Read the body, and call the action."""
        raise NotImplementedError


@contextmanager
def _told_by_name() -> Iterator[None]:
    """Tell a fault under the name that programs give it, and that other revisions were read as HTTP does."""
    try:
        yield
    except Problem as problem:
        if problem.code == "changed":
            problem.status = HTTPStatus.PRECONDITION_FAILED
        problem.errors = [replace(one, field="take") if one.field == "taken" else one for one in problem.errors]
        raise


def _settlement_in(body: Body, page: SideBySide) -> Settlement:
    """The proposal that a request names."""
    given = body.given.get("settlement")
    pk = given if type(given) is int and 0 < given < 2**62 else None
    found = page.double.settlements.filter(pk=pk).first() if pk is not None else None
    if found is None:
        body.unknown("settlement", given)
    body.done()
    if found is None:
        raise AssertionError("whatever is missing was told")
    return found


def _deed(name: str, takes: type[serializers.Serializer[Any]]) -> Callable[[type[_Deed]], type[_Deed]]:
    """How a deed stands in the schema."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"double_report_{name}",
            parameters=[MATCH] if takes is TermsSerializer else [],
            request=takes,
            responses=DoubleReportSerializer,
        )
    )


@_deed("propose", TermsSerializer)
class Propose(_Deed):
    """Propose what should count."""

    takes = ("way", "take", "values", "reason", "knowing")
    reads = True

    def act(self, body: Body, page: SideBySide, by: User) -> None:
        """Propose it."""
        with _told_by_name():
            propose_settlement(double=page.double, said=said_in(body, page, self.seen), by=by, at=timezone.now())


@_deed("confirm", WhichSerializer)
class Confirm(_Deed):
    """Confirm what another side proposed."""

    takes = ("settlement",)

    def demand(self, page: SideBySide, by: User) -> None:
        """The sides alone."""
        demand_side(by, page.double, page.reports)

    def act(self, body: Body, page: SideBySide, by: User) -> None:
        """Confirm it."""
        confirm_settlement(double=page.double, settlement=_settlement_in(body, page), by=by, at=timezone.now())


@_deed("refuse", RefusalSerializer)
class Refuse(_Deed):
    """Refuse what another side proposed, or withdraw one's own proposal."""

    takes = ("settlement", "reason")

    def demand(self, page: SideBySide, by: User) -> None:
        """The sides, and whoever proposed it."""
        demand_answering(by, page.double, page.reports)

    def act(self, body: Body, page: SideBySide, by: User) -> None:
        """Refuse it."""
        reason = body.text("reason", required=True)
        refuse_settlement(
            double=page.double, settlement=_settlement_in(body, page), reason=reason, by=by, at=timezone.now()
        )


@_deed("arbiter", ArbiterSerializer)
class NameArbiter(_Deed):
    """Name who decides."""

    takes = ("arbiter",)

    def demand(self, page: SideBySide, by: User) -> None:
        """Whoever agrees for the directorate on who reads its data."""
        demand_naming(by, page.reports)

    def act(self, body: Body, page: SideBySide, by: User) -> None:
        """Name the organisation."""
        code = body.code("arbiter")
        arbiter = open_to_members(by, Organisation.objects.all()).filter(code=code or "").first()
        if arbiter is None and code is not None:
            body.unknown("arbiter", code)
        body.done()
        if arbiter is not None:
            name_arbiter(double=page.double, arbiter=arbiter, by=by, at=timezone.now())


@_deed("decide", TermsSerializer)
class Decide(_Deed):
    """Decide as the arbiter."""

    takes = ("way", "take", "values", "reason", "knowing")
    reads = True

    def demand(self, page: SideBySide, by: User) -> None:
        """The arbiter."""
        demand_deciding(by, page.double)

    def act(self, body: Body, page: SideBySide, by: User) -> None:
        """Decide it."""
        with _told_by_name():
            decide_settlement(double=page.double, said=said_in(body, page, self.seen), by=by, at=timezone.now())
