"""The quality of reports: counted from what one may see, laid out in a funnel, without a ranking and without strangers' names."""

import datetime
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.broken_rules import validate_version
from coordination.reporting.actions.follow_ups import ask_about
from coordination.reporting.actions.missing import explain
from coordination.reporting.actions.reviews import approve
from coordination.reporting.models import Comparison, ExpectedReport, Submission
from coordination.reporting.models.quality import Asked, Counts, Quality, QualityLevel, QualityMeasure, past_of
from coordination.reporting.rules.funnels import Unit, Verdict
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.actions.seals import seal
from directorates.foundation.sight import seeing
from directorates.models import Organisation, User
from directorates.permissions import sight_of
from facilities.models import Facility
from tests.api.callers import Caller
from tests.directorates.test_sharing import Parties
from tests.factories import OrganisationFactory, member, published, signed_in
from tests.frame.pictures import picture_faults, pictures_in
from tests.reporting.corrected import Corrected
from tests.reporting.reports import Scene, send_again

pytestmark = pytest.mark.django_db
# The last month of which everything is due, on whatever day this runs.
LAST = period_containing(timezone.localdate(), PeriodType.MONTH).previous().previous()
BEFORE = LAST.previous()


@pytest.fixture
def scene() -> Scene:
    """A template of which one rule is broken where there are more births than visits."""
    return Scene(
        version=published(rules=[{"left": "visits", "operator": ">=", "right": "births", "severity": "alert"}])
    )


def owed(scene: Scene, facility: Facility, period: Period = LAST, by: Organisation | None = None) -> ExpectedReport:
    """A report that is expected."""
    return ExpectedReport.objects.create(
        template=scene.template,
        facility=facility,
        period_start=period.start,
        reporter=by or scene.ngo,
        due=period.last_day + datetime.timedelta(days=10),
        subdistrict=scene.place,
        place_path=scene.place.path,
        directorate=scene.directorate,
        dataset=scene.template.dataset,
    )


def came(scene: Scene, facility: Facility, period: Period = LAST, *, late: bool = False, births: int = 2) -> Submission:
    """The same, and sent."""
    owed(scene, facility, period)
    report = scene.sent(facility=facility, start=period.start, doc={"s1": 10, "s2": births})
    day = report.due + datetime.timedelta(days=1 if late else 0)
    sent_at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    Submission.objects.filter(pk=report.pk).update(first_submitted=sent_at)
    return report


def asked(scene: Scene, level: QualityLevel = QualityLevel.FACILITY, first: Period = BEFORE) -> Asked:
    """The last two months."""
    return Asked(scene.template, first, LAST, level)


def counts_of(scene: Scene, reader: User, level: QualityLevel = QualityLevel.FACILITY) -> dict[str, Counts]:
    """What a reader is told, by code."""
    found = Quality(reader, asked(scene, level), QualityMeasure.COMPLETE)
    return {line.holder.code: line.counts for line in found.lines}


def test_each_facility_has_what_was_expected_came_late_and_was_excused(scene: Scene) -> None:
    other = scene.other_facility()
    came(scene, scene.facility)
    came(scene, scene.facility, BEFORE, late=True)
    owed(scene, other)
    explain(by=scene.officer, expected=[owed(scene, other, BEFORE)], reason="cut_off", text="", at=timezone.now())
    found = counts_of(scene, scene.officer)
    one, two = found[scene.facility.code], found[other.code]
    assert (one.expected, one.answered, one.on_time, one.excused, one.received, one.received_on_time) == (
        2,
        2,
        1,
        0,
        2,
        1,
    )
    assert (two.expected, two.answered, two.excused, two.received) == (2, 0, 1, 0)
    assert two.unit(QualityMeasure.UNEXCUSED) == Unit(0, 1)
    assert one.unit(QualityMeasure.ON_TIME_EXPECTED) == Unit(1, 2)


def test_broken_rules_what_stands_out_corrections_and_questions_are_counted(scene: Scene) -> None:
    report = came(scene, scene.facility, births=20)
    came(scene, scene.facility, BEFORE)
    validate_version(scene.version)
    Comparison.objects.create(revision_id=report.revision_id or 0, at=timezone.now(), findings=[{}], found=1)
    ask_about(by=scene.officer, submission=report, slot="s2", question="Twenty?", at=timezone.now())
    found = counts_of(scene, scene.officer)[scene.facility.code]
    assert (found.broken, found.rules, found.compared, found.stands_out, found.questions) == (1, 1, 1, 1, 1)
    assert found.rules_a_report == 0.5
    send_again(report, by=scene.coordinator)
    again = counts_of(scene, scene.officer)[scene.facility.code]
    assert (again.corrected, again.broken, again.stands_out, again.questions) == (1, 0, 0, 1)


def test_a_report_that_was_sent_back_is_not_received(scene: Scene) -> None:
    report = came(scene, scene.facility)
    Submission.objects.filter(pk=report.pk).update(status="returned")
    found = counts_of(scene, scene.officer)[scene.facility.code]
    assert (found.expected, found.answered, found.received) == (1, 0, 0)


def test_what_is_not_due_yet_is_not_missing_and_counts_once_it_came(scene: Scene) -> None:
    today = timezone.localdate()
    row, other = owed(scene, scene.facility), owed(scene, scene.other_facility())
    ExpectedReport.objects.filter(pk=other.pk).update(due=today - datetime.timedelta(days=1))
    for due in (today, today + datetime.timedelta(days=1)):
        ExpectedReport.objects.filter(pk=row.pk).update(due=due)
        found = counts_of(scene, scene.officer)
        assert set(found) == {other.facility.code}
        assert (found[other.facility.code].expected, found[other.facility.code].answered) == (1, 0)
    scene.sent(start=LAST.start)
    came = counts_of(scene, scene.officer)[scene.facility.code]
    assert (came.expected, came.answered, came.on_time) == (1, 1, 1)


def test_of_a_report_that_is_corrected_on_request_the_revision_counts_that_was_approved() -> None:
    rules = [{"left": "visits", "operator": ">=", "right": "births", "severity": "alert"}]
    scene = Corrected(version=published(rules=rules))
    report = scene.report
    owed(scene, scene.facility, Period(PeriodType.MONTH, report.period_start))
    validate_version(scene.version)
    wanted = Asked(scene.template, report.period, report.period, QualityLevel.FACILITY)

    def counts() -> tuple[int, int, int, int]:
        one = Quality(scene.officer, wanted, QualityMeasure.COMPLETE).by_key[scene.facility.pk]
        return one.answered, one.received, one.broken, one.corrected

    scene.accepted()
    assert counts() == (1, 1, 0, 0)
    # One visit and two births: broken, but not approved.
    scene.resend(1)
    assert counts() == (1, 1, 0, 0)
    scene.report = approve(by=scene.officer, submission=scene.report, at=timezone.now())
    assert counts() == (1, 1, 1, 1)


@pytest.mark.wall
@pytest.mark.parametrize("level", QualityLevel)
def test_what_a_seal_closes_is_counted_for_nobody_but_its_reporter_and_the_body(level: QualityLevel) -> None:
    parties = Parties(version=published(rules=[{"left": "visits", "operator": ">=", "right": "births"}]))
    came(parties, parties.facility, births=20)
    owed(parties, parties.facility, BEFORE)
    # The custodian's surveillance officer, and somebody of the body who reads by an agreement.
    parties.agree()
    thirds = (parties.epi, parties.policy)
    for person in thirds:
        assert counts_of(parties, User.objects.get(pk=person.pk), level)
    director = member("director", parties.directorate)
    seal(by=director, organisation=parties.directorate, reason="Danger", at=timezone.now())
    for person in thirds:
        again = User.objects.get(pk=person.pk)
        assert counts_of(parties, again, level) == {}
        assert past_of(again, asked(parties, level)) == []
        assert not Submission.objects.visible_to(again).filter(directorate=parties.directorate).exists()
        with seeing(sight_of(again)):
            assert not ExpectedReport.objects.exists()
    for person in (parties.coordinator, parties.manager):
        (found,) = counts_of(parties, User.objects.get(pk=person.pk), level).values()
        assert (found.expected, found.received) == (2, 1)


def test_reporters_and_directorates_are_counted_alike(scene: Scene) -> None:
    came(scene, scene.facility)
    came(scene, scene.other_facility())
    for level, holder in ((QualityLevel.REPORTER, scene.ngo), (QualityLevel.DIRECTORATE, scene.directorate)):
        found = counts_of(scene, member("data_manager", scene.body), level)
        assert (found[holder.code].expected, found[holder.code].answered) == (2, 2)


def test_everybody_sees_their_own_and_nobody_elses_names(scene: Scene) -> None:
    rival = OrganisationFactory()
    theirs = scene.other_facility()
    came(scene, scene.facility)
    owed(scene, theirs, by=rival)
    assert set(counts_of(scene, scene.coordinator)) == {scene.facility.code}
    assert set(counts_of(scene, member("ngo_coordinator", rival))) == {theirs.code}
    assert set(counts_of(scene, scene.officer)) == {scene.facility.code, theirs.code}
    assert counts_of(scene, member("observer", OrganisationFactory(kind="cluster"))) == {}


def test_what_stands_out_is_not_told_of_a_facility_whose_past_is_partly_hidden(scene: Scene) -> None:
    report = came(scene, scene.facility)
    Comparison.objects.create(revision_id=report.revision_id or 0, at=timezone.now(), findings=[{}], found=1)
    assert counts_of(scene, scene.coordinator)[scene.facility.code].stands_out == 1
    rival = OrganisationFactory()
    scene.sent(reporter=rival, by=member("ngo_coordinator", rival), start=BEFORE.start)
    found = counts_of(scene, scene.coordinator)[scene.facility.code]
    assert (found.compared, found.stands_out) == (0, 0)
    assert counts_of(scene, scene.officer)[scene.facility.code].stands_out == 1


def many(scene: Scene) -> Facility:
    """A small facility of which one of two reports came, beside a large sum of others; and one without any of many."""
    for _number in range(20):
        other = scene.other_facility()
        came(scene, other)
        came(scene, other, BEFORE)
    owed(scene, scene.facility)
    came(scene, scene.facility, BEFORE)
    return scene.facility


def test_a_small_one_is_not_marked_out_by_chance(scene: Scene) -> None:
    small = many(scene)
    found = Quality(scene.officer, asked(scene), QualityMeasure.COMPLETE)
    assert found.mean == pytest.approx(41 / 42)
    line = next(line for line in found.lines if line.holder == small)
    assert line.unit == Unit(1, 2)
    assert {one.verdict for one in found.lines} == {Verdict.WITHIN}
    assert [one.holder.code for one in found.lines] == sorted(one.holder.code for one in found.lines)


def test_ones_own_past_runs_period_by_period(scene: Scene) -> None:
    came(scene, scene.facility)
    owed(scene, scene.facility, BEFORE)
    wanted = Asked(scene.template, BEFORE, LAST, QualityLevel.FACILITY, only=scene.facility.pk)
    past = past_of(scene.officer, wanted)
    assert [(period, one.expected, one.answered) for period, one in past] == [(BEFORE, 1, 0), (LAST, 1, 1)]


# Pages, file, program


@pytest.fixture
def client(scene: Scene) -> Client:
    """The data officer's browser."""
    return signed_in(scene.officer)


def test_the_page_draws_the_funnel_and_lists_all_behind_it(scene: Scene, client: Client) -> None:
    many(scene)
    answer = client.get("/reports/quality/")
    page = answer.content.decode()
    assert answer.status_code == 200
    # Nobody stands out: one path of spots, and no names in it.
    assert 'h0" fill="none"' in page
    assert "<title>Centre" not in page
    assert (pictures_in(page), picture_faults(page)) == (2, [])
    assert f"/reports/quality/facility/{scene.facility.code}/" in page
    assert "sort=" not in page
    query = {"level": "reporter", "measure": "broken", "period": BEFORE.id, "until": LAST.id}
    page = client.get("/reports/quality/", query).content.decode()
    assert f"/reports/quality/reporter/{scene.ngo.code}/" in page
    assert f'value="{BEFORE.id}" selected' in page


@pytest.mark.parametrize(
    "query", ["?template=x&level=y&measure=z&period=2&until=%00&place=1", "?place=SY99", "?page=9"]
)
def test_what_cannot_be_read_stands_at_what_is_shown_without_it(scene: Scene, client: Client, query: str) -> None:
    came(scene, scene.facility)
    assert client.get(f"/reports/quality/{query}").status_code == 200


def test_a_stretch_that_ends_before_it_begins_is_turned_about(scene: Scene, client: Client) -> None:
    came(scene, scene.facility)
    answer = client.get("/reports/quality/", {"period": LAST.id, "until": BEFORE.id})
    assert (answer.context["quality"].asked.first, answer.context["quality"].asked.last) == (BEFORE, LAST)


def test_one_has_a_page_with_its_own_past_and_is_not_there_for_others(scene: Scene, client: Client) -> None:
    came(scene, scene.facility)
    address = f"/reports/quality/facility/{scene.facility.code}/"
    assert scene.facility.name_en in client.get(address).content.decode()
    assert client.get(f"/reports/quality/directorate/{scene.directorate.code}/").status_code == 200
    assert client.get(f"/reports/quality/reporter/{scene.ngo.code}/").status_code == 200
    rival = signed_in(member("ngo_coordinator", OrganisationFactory()))
    assert rival.get(address).status_code == 404
    assert client.get("/reports/quality/none/x/").status_code == 404
    assert signed_in(member("donor", OrganisationFactory(kind="donor"))).get(address).status_code == 403


def test_the_facility_page_leads_to_it(scene: Scene, client: Client) -> None:
    came(scene, scene.facility)
    page = client.get(f"/facilities/{scene.facility.code}/").content.decode()
    assert f"/reports/quality/facility/{scene.facility.code}/" in page


def test_the_file_holds_the_limits(scene: Scene) -> None:
    came(scene, scene.facility)
    query = urlencode({"period": BEFORE.id, "until": LAST.id})
    (row,) = map(list, LISTINGS["quality"].listed(scene.officer, query).rows)
    assert row[:4] == [scene.facility.code, scene.facility.name, 1, 1]
    assert row[4:8] == [1.0, 1.0, 1.0, 1.0]


def test_programs_read_counts_and_limits(scene: Scene) -> None:
    came(scene, scene.facility)
    owed(scene, scene.facility, BEFORE)
    caller = Caller(scene.officer)
    query = {"template": scene.template.code, "period": BEFORE.id, "until": LAST.id}
    told = caller.get("quality/", query).json()
    assert told["mean"] == 0.5
    (row,) = told["results"]
    assert (row["code"], row["part"], row["whole"], row["verdict"]) == (scene.facility.code, 1, 2, "within")
    assert row["limits"]["outer_low"] == 0.0
    assert (told["next"], told["previous"]) == (None, None)
    assert caller.get("quality/").status_code == 400
    assert caller.get("quality/", query | {"until": "201001"}).status_code == 400
    far = caller.get("quality/", query | {"period": "190001"})
    assert (far.status_code, [one["code"] for one in far.json()["errors"]]) == (400, ["too_long"])
    assert Caller(member("donor", OrganisationFactory(kind="donor"))).get("quality/", query).status_code == 403


def test_programs_read_page_by_page_about_one_mean(scene: Scene) -> None:
    codes = sorted(owed(scene, scene.other_facility()).facility.code for _number in range(3))
    came(scene, scene.facility)
    caller = Caller(scene.officer)
    query = {"template": scene.template.code, "period": BEFORE.id, "until": LAST.id, "page_size": "2"}
    first, second = (caller.get("quality/", query | {"page": page}).json() for page in ("1", "2"))
    assert first["mean"] == second["mean"] == 0.25
    assert (first["next"] is None, second["next"], second["previous"] is None) == (False, None, False)
    found = [row["code"] for row in (*first["results"], *second["results"])]
    assert found == sorted([*codes, scene.facility.code])


def test_the_picture_names_those_alone_that_stand_out(scene: Scene) -> None:
    for _number in range(40):
        came(scene, scene.other_facility())
    for period in (LAST, *_before(LAST, 5)):
        owed(scene, scene.facility, period)
    wanted = Asked(scene.template, _before(LAST, 5)[-1], LAST, QualityLevel.FACILITY)
    found = Quality(scene.officer, wanted, QualityMeasure.COMPLETE)
    ((_look, funnel), _phone) = found.funnels(rtl=False)
    assert [found.lines[dot.index].holder for dot in funnel.dots] == [scene.facility]
    assert funnel.within.count("M") == 1


def _before(period: Period, number: int) -> list[Period]:
    """As many periods before one, the last first."""
    found = [period.previous()]
    while len(found) < number:
        found.append(found[-1].previous())
    return found
