"""The demonstration: invented, plausible, the same at every loading, and refused where people work."""

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from coordination.demonstration.facilities import invent, is_sentinel
from coordination.demonstration.figures import monthly_answers, profile, weekly_answers
from coordination.demonstration.loading import Loading
from coordination.demonstration.people import ACCOUNTS, PASSWORD, SCENERY
from coordination.demonstration.state import accounts, state
from coordination.demonstration.territory import LOST, extents
from coordination.demonstration.windows import chunks, past, recent
from coordination.meetings.models import ActionItem, Decision, Meeting, Minutes
from coordination.reporting.models import (
    BrokenRule,
    CountedReport,
    DoubleReport,
    ExpectedReport,
    FollowUp,
    Revision,
    RuleRecord,
    Submission,
    SubmissionEvent,
    TemplateVersion,
)
from coordination.reporting.models.follow_ups import FollowUpState
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.rules.specification import Severity
from coordination.reporting.rules.values import evaluate
from coordination.starter import accounts as starter
from directorates.models import Jurisdiction, Organisation, User
from facilities.models import ChangeProposal, Facility
from facilities.models.duplicates import candidates
from policies.models import Agreement, Article, Ballot, MandateDispute, Obligation, Party, Vote
from policies.models.alliances import ties_of
from policies.rules.alliances import mass_on
from tests.demonstration.conftest import SCALE

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


# What is invented


def test_about_three_hundred_facilities_stand_under_real_subdistricts_with_names_of_their_own(reference: None) -> None:
    entries = invent(extents(), organisations(), TODAY)
    assert 295 <= len(entries) <= 315
    assert len({entry.code for entry in entries}) == len(entries)
    assert {entry.place.level for entry in entries} == {3}
    named = Counter((entry.place.code[:4], entry.name_en) for entry in entries)
    assert max(named.values()) == 1


def organisations() -> dict[str, Organisation]:
    """The NGOs, not stored."""
    return {code: Organisation(code=code, kind="ngo") for code in ("uossm", "sams", "pac", "sham", "sema")}


def test_sixty_sites_report_weekly(reference: None) -> None:
    sites = [
        is_sentinel(position, extent.organisation, 1.0)
        for extent in extents()
        for position, _entry in enumerate(invent([extent], organisations(), TODAY))
    ]
    assert sum(sites) == 60


def test_the_same_facilities_are_invented_again(reference: None) -> None:
    one, other = (invent(extents(), organisations(), TODAY) for _n in range(2))
    assert [(e.code, e.name_ar, e.statuses, e.type) for e in one] == [
        (e.code, e.name_ar, e.statuses, e.type) for e in other
    ]


@pytest.mark.parametrize("broken", [False, True])
def test_invented_figures_keep_every_rule_or_give_a_reason(reference: None, broken: bool) -> None:
    specs = {v.template.code: specification_of(v) for v in TemplateVersion.objects.select_related("template")}
    entries = invent(extents(), organisations(), TODAY, 0.1)
    for number, entry in enumerate(entries):
        made = profile(entry.code, entry.type, frozenset(entry.services))
        day = dt.date(2018, 1 + number % 12, 10)
        week, month = period_containing(day, PeriodType.WEEK_SUNDAY), Period(PeriodType.MONTH, day.replace(day=1))
        for code, answers in (
            ("ewarn-weekly", weekly_answers(made, week, "x", broken)),
            ("services-monthly", monthly_answers(made, month, "x", broken)),
        ):
            outcome = evaluate(specs[code], answers, complete=True, today=TODAY)
            assert outcome.errors == []
            assert not [one for one in outcome.warnings if one.needs_reason]
            warned = [one for one in outcome.warnings if one.severity is Severity.WARNING]
            assert broken or not warned


def test_the_accounts_are_those_that_the_starter_prints() -> None:
    assert [account.email for account in ACCOUNTS] == [email for email, _organisation, _role in starter.ACCOUNTS]
    assert starter.PASSWORD == PASSWORD


# When


def test_the_recent_window_is_the_six_months_before_and_the_days_since() -> None:
    months = chunks(recent(TODAY), TODAY)
    assert [chunk.month.id for chunk in months] == [
        "202605",
        "202606",
        "202607",
        "202608",
        "202609",
        "202610",
        "202611",
    ]
    assert [period.type for period in months[-1].periods] == [PeriodType.WEEK_SUNDAY] * 3
    assert max(period.last_day for chunk in months for period in chunk.periods) < TODAY


def test_the_past_window_is_july_2017_to_december_2018() -> None:
    months = chunks(past(), TODAY)
    assert (months[0].month.id, months[-1].month.id, len(months)) == ("201707", "201812", 18)
    weeks = [period for chunk in months for period in chunk.periods if period.type.is_week]
    assert (weeks[0].start, weeks[-1].last_day) == (dt.date(2017, 6, 25), dt.date(2018, 12, 29))


# Loading


def test_reports_of_every_state_are_there(loaded: None) -> None:
    assert set(Submission.objects.values_list("status", flat=True)) >= {"submitted", "returned", "approved"}
    assert CountedReport.objects.exists()
    assert ExpectedReport.objects.exists()


def test_nothing_happened_in_the_future_or_before_its_period(loaded: None) -> None:
    now = timezone.now()
    for row in Submission.objects.select_related("template").prefetch_related("history"):
        moments = [event.at for event in row.history.all()]
        assert moments == sorted(moments)
        assert moments[-1] <= now
        assert timezone.localdate(moments[0]) > row.period.last_day


def test_nobody_reviews_a_report_of_their_own(loaded: None) -> None:
    authors = dict(Revision.objects.values_list("submission", "by"))
    for submission, by in SubmissionEvent.objects.filter(what__in=["approved", "returned"]).values_list(
        "submission", "by"
    ):
        assert authors[submission] != by


def test_a_report_that_was_sent_back_says_why(loaded: None) -> None:
    reasons = SubmissionEvent.objects.filter(what="returned").values_list("note", flat=True)
    assert reasons
    assert all(reasons)


def test_four_directorates_lost_their_jurisdiction_in_2018(loaded: None) -> None:
    held = Jurisdiction.objects.at(TODAY).values_list("organisation__code", flat=True).distinct()
    assert set(held) == {"idlib", "aleppo", "hama", "lattakia"}
    for code, last in LOST.items():
        rows = Jurisdiction.objects.filter(organisation__code=code)
        assert rows.exists()
        assert {row.last_day for row in rows} == {last}


def test_only_the_published_accounts_open(loaded: None) -> None:
    for account in ACCOUNTS:
        person = User.objects.get(email=account.email)
        assert person.check_password(PASSWORD)
        assert person.current_memberships(TODAY).get().role == account.role
    for account in SCENERY:
        assert not User.objects.get(email=account.email).has_usable_password()


def test_the_state_says_how_far_the_loading_is(loaded: None) -> None:
    held = state()
    assert held is not None
    assert not held.complete
    assert 0 < held.done < held.total
    assert len(accounts()) == len(ACCOUNTS)


def test_loading_again_changes_nothing(loaded: None) -> None:
    before = Submission.objects.count(), SubmissionEvent.objects.count(), Facility.objects.count(), User.objects.count()
    Loading(SCALE).run("recent")
    after = Submission.objects.count(), SubmissionEvent.objects.count(), Facility.objects.count(), User.objects.count()
    assert after == before


def test_the_register_shows_proposals_that_wait_rival_ones_and_a_duplicate(loaded: None) -> None:
    rows = ChangeProposal.objects.open()
    assert rows.filter(new=True).exists()
    assert rows.count() >= 3
    officer = User.objects.get(email="data@idlib.example")
    assert len(candidates(officer, TODAY)) >= 1


def test_some_facilities_were_reported_twice_and_one_was_not_settled_in_time(loaded: None) -> None:
    doubles = list(DoubleReport.objects.all())
    assert doubles, "two NGOs report some facilities"
    assert any(one.told_above for one in doubles)
    for one in doubles:
        counted = CountedReport.objects.filter(
            template=one.template, facility=one.facility, period_start=one.period_start
        )
        assert counted.count() == 1, "never twice"


def test_values_are_asked_about_and_the_rules_have_a_record(loaded: None) -> None:
    assert FollowUp.objects.filter(state=FollowUpState.OPEN).exists()
    assert BrokenRule.objects.exists()
    assert RuleRecord.objects.filter(broken__gt=0).exists()


def test_both_disputes_of_the_record_are_there(loaded: None) -> None:
    disputes = {one.place.code: one for one in MandateDispute.objects.select_related("place")}
    assert {code: one.state for code, one in disputes.items()} == {"SY": "given_way", "SY0204": "interim"}
    assert {one.organisation.code for one in disputes["SY"].claims} == {"moh", "acu"}
    assert {one.organisation.code for one in disputes["SY0204"].claims} == {"aleppo", "azaz"}
    for one in disputes.values():
        assert one.events.filter(kind="statement").count() == 2


def test_the_charter_of_five_is_told_with_its_end_and_what_came_after_it(loaded: None) -> None:
    charter = Agreement.objects.get(name_en="Charter of Honor")
    assert (charter.recorded, charter.first_day, charter.last_day) == (True, dt.date(2015, 1, 1), dt.date(2019, 6, 30))
    assert {one.organisation.code for one in charter.parties.all()} == {"uossm", "sams", "pac", "sham", "sema"}
    assert Article.objects.filter(text__agreement=charter).count() == 2
    director = User.objects.get(email="director@aleppo.example")
    ties = ties_of(director)
    assert len(mass_on(ties, dt.date(2016, 1, 1)).mutual) >= 5
    assert len(mass_on(ties, dt.date(2026, 1, 1)).mutual) <= 4, "there is no critical mass any more"
    today = timezone.localdate()
    assert Party.objects.to_sign(director, today).count() == 1
    idlib = User.objects.get(email="director@idlib.example")
    assert Obligation.objects.waiting_for(idlib, today).count() == 1
    assert Obligation.objects.overdue(today).get().organisation.code == "hama"
    invented = Agreement.objects.exclude(name_en="Charter of Honor")
    assert all("للعرض" in one.summary_ar for one in invented)


def test_one_meeting_was_held_with_minutes_decisions_and_a_late_action_item_and_one_is_to_come(loaded: None) -> None:
    now = timezone.now()
    assert (Meeting.objects.held(now).count(), Meeting.objects.coming(now).count()) == (2, 1)
    assert Minutes.objects.filter(closed__isnull=False).count() == 1
    assert Decision.objects.filter(policy_version__policy__code="infection-prevention").exists()
    assert ActionItem.objects.late(timezone.localdate(now)).get().owner.code == "idlib"
    assert ActionItem.objects.said("action_done").count() == 1
    director = User.objects.get(email="director@idlib.example")
    assert Meeting.objects.to_answer(director, now).count() == 1


def test_a_ballot_is_open_for_the_directors_whose_accounts_open_and_tells_no_votes(loaded: None) -> None:
    now = timezone.now()
    (ballot,) = Ballot.objects.open()
    assert ballot.takes_votes(now)
    for code in ("idlib", "aleppo"):
        director = User.objects.get(email=f"director@{code}.example")
        assert list(Ballot.objects.to_vote(director, now).unvoted(director)) == [ballot]
    assert Vote.objects.filter(elector__ballot=ballot).count() == 2
