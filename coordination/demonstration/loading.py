"""Loading the demonstration: steps that are done once each, in a transaction of their own, remembered in the job.

A loading that was killed goes on with the step it was in; what a step wrote stands whole or not at all.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.demonstration.agreeing import agree
from coordination.demonstration.agreements import keep_agreements
from coordination.demonstration.building import build
from coordination.demonstration.bulletins import keep_bulletins
from coordination.demonstration.correcting import correct
from coordination.demonstration.doubles import report_twice
from coordination.demonstration.facilities import invent, is_sentinel
from coordination.demonstration.filing import Desk
from coordination.demonstration.handing import offer
from coordination.demonstration.indicators import count_people, keep_indicators
from coordination.demonstration.keeping import keep_views
from coordination.demonstration.mandates import keep_mandates
from coordination.demonstration.meetings import hold_meetings
from coordination.demonstration.missing import explain_lately, explain_losses
from coordination.demonstration.packages import import_cold_chain
from coordination.demonstration.people import Cast, let_people_in
from coordination.demonstration.places import change_places
from coordination.demonstration.plan import ZONE, Plan, Site, plan
from coordination.demonstration.policies import enter_members, keep_policies
from coordination.demonstration.publishing import embed, publish
from coordination.demonstration.questions import ask_about_values, keep_record
from coordination.demonstration.register import Upkeep
from coordination.demonstration.reviewing import work_at_reviews
from coordination.demonstration.sharing import share
from coordination.demonstration.state import KIND, job, progress
from coordination.demonstration.stationery import keep_stationery
from coordination.demonstration.territory import extents, lay_out
from coordination.demonstration.windows import Chunk, Window, chunks, past, recent
from coordination.demonstration.workbooks import SENDER, send_workbook
from coordination.reporting.actions.assignments import assign
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.outliers import compare_waiting
from coordination.reporting.models import ReportTemplate
from directorates.foundation.models import Job, JobState
from directorates.foundation.problems import Problem
from directorates.models import Organisation, User
from directorates.organisation_files import load_organisations
from facilities.actions.register import register_many
from facilities.models import Facility

logger = logging.getLogger(__name__)
ORGANISATIONS = Path(__file__).parent / "data" / "organisations.yaml"
# One loading at a time; the lock is the connection's, so that a killed one leaves none behind.
LOCK = 7_204_020
Step = tuple[str, Callable[[], None]]


def demand_allowed() -> None:
    """Raise unless this portal may hold invented data and known passwords."""
    if not settings.DEMONSTRATION:
        told = _("The demonstration is not allowed here: it has published passwords. TANSIQ_DEMONSTRATION=1 allows it.")
        raise Problem("not_allowed", told, 403)
    if settings.HTTPS or settings.SESSION_COOKIE_SECURE or settings.SECURE_HSTS_SECONDS:
        told = _(
            "The demonstration is refused where the portal is published (PUBLIC_URL is https): its passwords are known."
        )
        raise Problem("not_allowed", told, 403)
    if job() is None and _in_use():
        told = _("This portal is in use already: the demonstration is loaded into an empty portal only.")
        raise Problem("not_empty", told, 409)


def _in_use() -> bool:
    """Whether there is anybody or anything beside the reference data."""
    directorates = Organisation.objects.filter(kind="directorate")
    return any(rows.exists() for rows in (User.objects.all(), Facility.objects.all(), directorates))


@contextmanager
def alone() -> Iterator[None]:
    """One loading at a time; a second one waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


class Loading:
    """The loading of one demonstration, as of the moment at which it was begun."""

    def __init__(self, scale: float = 1.0) -> None:
        held = job() or Job.objects.create(kind=KIND, arguments={"now": timezone.now().isoformat(), "scale": scale})
        self.job = held
        self.now = dt.datetime.fromisoformat(held.arguments["now"])
        self.scale = float(held.arguments["scale"])
        self.today = self.now.astimezone(ZONE).date()
        self.windows = {"recent": recent(self.today), "past": past()}
        self._plans: dict[str, Plan] = {}
        self._sites: list[Site] | None = None
        self._desk: Desk | None = None

    def run(self, *names: str) -> None:
        """Load the windows of these names, `recent` or `past`, with what they stand on; again from where it stopped."""
        Job.objects.filter(pk=self.job.pk).update(state=JobState.RUNNING, started=self.job.started or timezone.now())
        wanted = [*self._ground(), *(step for name in names for step in self._window(self.windows[name]))]
        every = [*self._ground(), *(step for window in self.windows.values() for step in self._window(window))]
        self.job.result = {"done": [], "total": len(every)} | self.job.result
        try:
            for name, deed in wanted:
                self._once(name, deed)
        except BaseException:
            Job.objects.filter(pk=self.job.pk).update(state=JobState.FAILED)
            raise
        complete = len(self.job.result["done"]) == len(every)
        finished = timezone.now() if complete else None
        state = JobState.DONE if complete else JobState.WAITING
        Job.objects.filter(pk=self.job.pk).update(state=state, finished=finished)

    def _once(self, name: str, deed: Callable[[], None]) -> None:
        """Do a step unless it was done; what it writes and that it is done are committed together."""
        if name in self.job.result["done"]:
            return
        progress(name)
        begun = timezone.now()
        with transaction.atomic():
            deed()
            self.job.result["done"].append(name)
            Job.objects.filter(pk=self.job.pk).update(result=self.job.result)
        logger.info("demonstration: %s (%.1f s)", name, (timezone.now() - begun).total_seconds())

    def _ground(self) -> list[Step]:
        """What every report stands on."""
        return [
            ("organisations", self._organisations),
            ("people", let_people_in),
            ("sharing", lambda: share(Cast(), self.now, self.today)),
            ("members of the body", lambda: enter_members(Cast(), self.now)),
            ("policies", lambda: keep_policies(Cast(), self.now)),
            ("stationery", lambda: keep_stationery(Cast(), self.now)),
            ("mandates", lambda: keep_mandates(Cast())),
            ("agreements", lambda: keep_agreements(Cast(), self.now, self.today)),
            ("policies on their way", lambda: agree(Cast(), self.now)),
            ("meetings", lambda: hold_meetings(Cast(), self.now, self.today)),
            ("jurisdictions", lambda: lay_out(self.now)),
            ("hand-over offered", lambda: offer(Cast(), self.now, self.today)),
            ("facilities", self._facilities),
            ("a version being built", self._build),
            ("indicators", lambda: keep_indicators(Cast(), self.now)),
            ("populations", self._people),
            ("proposals", lambda: Upkeep(Cast(), self.now, self.today).lay_out()),
            ("package", lambda: import_cold_chain(Cast().administrator, self.now)),
        ]

    def _window(self, window: Window) -> list[Step]:
        """The steps of a window: its reports month by month; what was owed is written where it shows nothing false.

        The past is assigned after its reports are there: until then nobody is told that they are missing.
        """
        months = chunks(window, self.today)
        reports = [(chunk.name, lambda chunk=chunk: self._month(chunk, months)) for chunk in months]
        owed: Step = (f"{window.name} expected", lambda: self._assign(window))
        drafts: Step = (f"{window.name} drafts", lambda: self._begin(months))
        compared: Step = (f"{window.name} compared", self._compare)
        doubles: Step = (f"{window.name} reported twice", lambda: report_twice(Cast(), self.now))
        desk: Step = (f"{window.name} review", lambda: work_at_reviews(self.now))
        sheet: Step = (f"{window.name} workbook", self._send_workbook)
        if window.last is not None:
            lost: Step = ("losses explained", lambda: explain_losses(Cast()))
            # Last: until then facilities lie where their reports say.
            changed: Step = ("places changed", lambda: change_places(Cast(), self.now, self.today))
            return [*reports, compared, owed, lost, changed]
        published: Step = (f"{window.name} published", lambda: publish(Cast(), self.now, self.today))
        corrected: Step = (f"{window.name} corrected", lambda: correct(Cast(), self.now))
        embedded: Step = ("figure embedded", lambda: embed(Cast(), self.now, self.today))
        missing: Step = ("missing explained", lambda: explain_lately(Cast(), self.now, self.today))
        kept: Step = ("views kept", lambda: keep_views(Cast(), self.now))
        asked: Step = ("values asked about", lambda: ask_about_values(Cast(), self.now))
        judged: Step = ("rules recorded", keep_record)
        bulletins: Step = ("bulletins", lambda: keep_bulletins(Cast(), self.now, self.today))
        before = [owed, *reports, compared, drafts, doubles, desk, missing, asked, sheet, published]
        return [*before, corrected, embedded, judged, kept, bulletins]

    def _organisations(self) -> None:
        load_organisations(ORGANISATIONS, at=self.now)

    def _facilities(self) -> None:
        by = Cast().administrator
        entries = invent(extents(), self._organisations_by_code(), self.today, self.scale)
        register_many(entries=entries, by=by, at=self.now)

    def _people(self) -> None:
        days = [(window.first, window.last or self.today) for window in self.windows.values()]
        years = {year for first, last in days for year in range(first.year, last.year + 1)}
        count_people(Cast(), self.now, sorted(years))

    def _build(self) -> None:
        build(Cast().administrator, self.now)

    def _organisations_by_code(self) -> dict[str, Organisation]:
        return {row.code: row for row in Organisation.objects.all()}

    @property
    def sites(self) -> list[Site]:
        """The facilities with what the plan must know of them."""
        if self._sites is None:
            self._sites = list(self._read_sites())
        return self._sites

    def _read_sites(self) -> Iterator[Site]:
        rows = Facility.objects.prefetch_related("services", "supports__organisation", "statuses").select_related(
            "place"
        )
        facilities = {row.code: row for row in rows}
        organisations = self._organisations_by_code()
        for extent in extents():
            for position, entry in enumerate(invent([extent], organisations, self.today, self.scale)):
                facility = facilities[entry.code]
                yield Site(
                    facility=facility,
                    extent=extent.organisation,
                    position=position,
                    sentinel=is_sentinel(position, extent.organisation, self.scale),
                    supports=tuple(
                        (s.organisation.code, s.first_day or dt.date.min, s.last_day) for s in facility.supports.all()
                    ),
                    statuses=tuple(
                        (s.status, s.first_day or dt.date.min, s.valid.upper) for s in facility.statuses.all()
                    ),
                )

    @property
    def desk(self) -> Desk:
        """Where reports are written."""
        if self._desk is None:
            self._desk = Desk()
        return self._desk

    def _plan(self, months: list[Chunk]) -> Plan:
        """The plan of a window, made once a run."""
        name = months[0].window.name
        if name not in self._plans:
            self._plans[name] = plan(self.sites, months, self.now)
        return self._plans[name]

    def _month(self, chunk: Chunk, months: list[Chunk]) -> None:
        """A month's reports, sent and reviewed."""
        self.desk.write(self._plan(months).months[chunk.name])

    def _begin(self, months: list[Chunk]) -> None:
        """The reports that were begun and not sent."""
        for site, period, reporter in self._plan(months).begun:
            self.desk.begin(site, period, reporter, self.now - dt.timedelta(hours=2))

    def _compare(self) -> None:
        """Every report laid beside its facility's past, so that what stands out is marked when the first page opens."""
        compare_waiting(at=self.now)

    def _send_workbook(self) -> None:
        """A coordinator's workbook, with the figures that would have been typed."""
        sites = {site.facility.pk: site for site in self.sites}
        send_workbook(
            self.desk.cast.reporter(SENDER),
            self.now,
            lambda report: self.desk.answers(sites[report.facility_id], report.period, SENDER),
        )

    def _assign(self, window: Window) -> None:
        """Everyone reports monthly, sentinel sites weekly, for the window; and what was owed in it is written."""
        monthly = [site.facility for site in self.sites]
        weekly = [site.facility for site in self.sites if site.sentinel]
        for code, facilities in (("services-monthly", monthly), ("ewarn-weekly", weekly)):
            template = ReportTemplate.objects.get(code=code)
            assign(template=template, facilities=facilities, first=window.first, last=window.last, by=None, at=self.now)
        expect(today=self.today)
