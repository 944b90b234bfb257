"""Sharing agreements: what a custodian offers, the other side accepts and either ends; what they open, and nothing more."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coordination.exchange.actions.exports import rights_told
from coordination.homes import waiting_count
from coordination.reporting.models import Submission
from coordination.reporting.models.submissions import SubmissionQuerySet
from directorates.actions.seals import seal
from directorates.actions.sharing import (
    accept_sharing,
    datasets_to_share,
    end_sharing,
    offer_sharing,
    read_by_agreement,
    warn_of_ends,
)
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Dataset, Notice, Organisation, Place, SharingAgreement, User
from directorates.models.sharing import SharingLevel, SharingState
from directorates.permissions import Permission, Refused, rights_of, sight_of
from directorates.readers import AGREED, readers_of
from tests.api.callers import Caller
from tests.factories import (
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    member,
    signed_in,
)
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
PAGE = "/sharing/"


class Parties(Scene):
    """Reports of which the surveillance unit is custodian; a ministry, a cluster and the body want to read them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.acu: Organisation = OrganisationFactory(code="acu", kind="surveillance", short_en="ACU")
        self.dataset: Dataset = self.template.dataset
        self.dataset.custodian = self.acu
        self.dataset.save()
        self.epi = member("surveillance_officer", self.acu, name="Lina")
        self.manager = member("data_manager", self.body)
        self.administrator = member("administrator", self.body, name="Carine")
        self.second = member("administrator", self.body)
        self.policy = member("policy_manager", self.body)
        self.report: Submission = self.sent()
        self.elsewhere = SubdistrictFactory(parent=DistrictFactory())
        far = FacilityFactory(place=self.elsewhere, supporters=[self.ngo])
        self.far: Submission = self.sent(facility=far)

    def close(self) -> None:
        """Have the data read by agreement only."""
        read_by_agreement(dataset=self.dataset, only=True, by=self.epi, at=timezone.now())

    def offer(self, level: SharingLevel = SharingLevel.DOCUMENTS, **given: Any) -> SharingAgreement:
        """An offer to the body, for a month from today, unless said."""
        today = timezone.localdate()
        asked: dict[str, Any] = {
            "dataset": self.dataset,
            "recipient": self.body,
            "places": [],
            "purpose": "Weekly bulletin",
            "first": today,
            "last": today + 30 * DAY,
            "by": self.epi,
        }
        return offer_sharing(level=level, at=timezone.now(), **(asked | given))

    def agree(self, level: SharingLevel = SharingLevel.DOCUMENTS, **given: Any) -> SharingAgreement:
        """An offer that the body accepted."""
        return accept_sharing(agreement=self.offer(level, **given), by=self.administrator, at=timezone.now())

    def end(self, agreement: SharingAgreement, by: User | None = None) -> SharingAgreement:
        """Ended by the custodian, unless said."""
        return end_sharing(agreement=agreement, reason="Purpose is gone", by=by or self.epi, at=timezone.now())


@pytest.fixture
def parties() -> Parties:
    """Everybody around the reports."""
    return Parties()


def read_by(person: User) -> set[Submission]:
    """The reports that a person finds, by either wall alone: the lists' own, and the database's."""
    with seeing(sight_of(person)):
        behind_the_wall = set(Submission.objects.all())
    assert set(Submission.objects.visible_to(person)) == behind_the_wall
    return behind_the_wall


# --- Data that are read by agreement only ----------------------------------------------------------------------------


@pytest.mark.wall
def test_what_is_read_by_agreement_is_opened_by_no_place(parties: Parties) -> None:
    assert read_by(parties.manager) == {parties.report, parties.far}
    parties.close()
    # The far facility has no competent directorate, so the body reviews its report and sees it as its reviewer.
    assert read_by(parties.manager) == {parties.far}
    assert read_by(parties.coordinator) == {parties.report, parties.far}
    assert read_by(parties.officer) == {parties.report}
    assert read_by(parties.epi) == {parties.report, parties.far}
    read_by_agreement(dataset=parties.dataset, only=False, by=parties.epi, at=timezone.now())
    assert read_by(parties.manager) == {parties.report, parties.far}


def test_only_its_custodian_closes_data(parties: Parties) -> None:
    with pytest.raises(Refused):
        read_by_agreement(dataset=parties.dataset, only=True, by=parties.administrator, at=timezone.now())
    with pytest.raises(Refused):
        read_by_agreement(dataset=parties.dataset, only=True, by=parties.manager, at=timezone.now())
    assert (
        signed_in(parties.administrator).post(f"{PAGE}data/{parties.dataset.code}/", {"only": "on"}).status_code == 404
    )
    assert signed_in(parties.epi).post(f"{PAGE}data/{parties.dataset.code}/", {"only": "on"}).status_code == 302
    for wrong in ({}, {"only": "true"}):
        assert signed_in(parties.epi).post(f"{PAGE}data/{parties.dataset.code}/", wrong).status_code == 400
    parties.dataset.refresh_from_db()
    assert parties.dataset.by_agreement
    assert AuditEvent.objects.filter(what="close_dataset", by=parties.epi).count() == 1


# --- From offer to end -----------------------------------------------------------------------------------------------


@pytest.mark.wall
def test_an_offer_gives_nothing_an_agreement_gives_at_once_and_its_end_takes_at_once(parties: Parties) -> None:
    parties.close()
    client, caller = signed_in(parties.policy), Caller(parties.policy)
    address, named = f"/reports/{parties.report.pk}/", f"submissions/{parties.report.pk}/"
    offered = parties.offer()
    assert (client.get(address).status_code, caller.get(named).status_code) == (404, 404)
    agreement = accept_sharing(agreement=offered, by=parties.administrator, at=timezone.now())
    assert read_by(parties.policy) == {parties.report, parties.far}
    assert (client.get(address).status_code, caller.get(named).status_code) == (200, 200)
    parties.end(agreement)
    assert read_by(parties.policy) == set()
    assert (client.get(address).status_code, caller.get(named).status_code) == (404, 404)


@pytest.mark.parametrize("side", ["epi", "administrator"])
def test_either_side_ends_it_and_the_other_reads_why(parties: Parties, side: str) -> None:
    agreement, by = parties.agree(), getattr(parties, side)
    other = parties.administrator if side == "epi" else parties.epi
    ended = parties.end(agreement, by)
    assert (ended.state(timezone.localdate()), ended.ended_by) == (SharingState.ENDED, by)
    assert Notice.objects.filter(person=other, kind="sharing", values__what="ended").count() == 1
    assert "Purpose is gone" in signed_in(other).get(f"{PAGE}{agreement.pk}/").content.decode()
    with pytest.raises(Problem) as told:
        parties.end(agreement, by)
    assert told.value.code == "wrong_state"


def test_a_file_that_was_written_with_an_agreement_is_not_handed_out_after_it(parties: Parties) -> None:
    before = rights_told(parties.policy)
    agreement = parties.agree()
    with_it = rights_told(parties.policy)
    parties.end(agreement)
    assert with_it != before
    assert rights_told(parties.policy) == before


def test_only_the_recipient_accepts_and_only_once(parties: Parties) -> None:
    offered = parties.offer()
    with pytest.raises(Refused) as refused:
        accept_sharing(agreement=offered, by=parties.epi, at=timezone.now())
    assert refused.value.code == "other_side"
    outsider = member("director", DirectorateFactory())
    for person in (outsider, parties.policy):
        with pytest.raises(Refused):
            accept_sharing(agreement=offered, by=person, at=timezone.now())
        with pytest.raises(Refused):
            parties.end(offered, person)
    accept_sharing(agreement=offered, by=parties.administrator, at=timezone.now())
    with pytest.raises(Problem) as told:
        accept_sharing(agreement=offered, by=parties.second, at=timezone.now())
    assert told.value.code == "wrong_state"


def test_nobody_offers_what_is_in_the_custody_of_another(parties: Parties) -> None:
    for person in (parties.administrator, parties.manager, parties.officer):
        with pytest.raises(Refused):
            parties.offer(by=person)


def test_only_data_in_ones_own_custody_are_offered(parties: Parties) -> None:
    assert list(datasets_to_share(parties.epi)) == [parties.dataset]
    assert parties.dataset not in datasets_to_share(parties.administrator)


def test_whoever_may_not_agree_is_offered_no_data_to_share(parties: Parties) -> None:
    assert set(datasets_to_share(parties.epi)) == {parties.dataset}
    assert set(datasets_to_share(member("observer", parties.acu))) == set()


def test_everything_wrong_with_an_offer_is_told_at_once(parties: Parties) -> None:
    today = timezone.localdate()
    with pytest.raises(Problem) as told:
        parties.offer(recipient=parties.acu, purpose=" ", first=today - DAY, last=today - 2 * DAY)
    assert {fault.field for fault in told.value.errors} == {"recipient", "purpose", "first", "last"}
    with pytest.raises(Problem) as told:
        parties.offer(purpose="The camp at 36.2012, 37.1343")
    assert [(fault.field, fault.code) for fault in told.value.errors] == [("purpose", "location")]
    with pytest.raises(Problem) as told:
        parties.offer(last=today + 2000 * DAY)
    assert [fault.code for fault in told.value.errors] == ["too_long"]
    assert not SharingAgreement.objects.exists()


def test_of_two_offers_for_the_same_days_the_second_is_told_of_the_first(parties: Parties) -> None:
    parties.offer()
    with pytest.raises(Problem) as told:
        parties.offer()
    assert [fault.code for fault in told.value.errors] == ["overlaps"]
    parties.offer(SharingLevel.TOTALS)
    one = SharingAgreement.objects.get(level=SharingLevel.DOCUMENTS)
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingAgreement.objects.create(
            dataset=one.dataset,
            custodian=one.custodian,
            recipient=one.recipient,
            level=one.level,
            purpose="Again",
            valid=one.valid,
            offered=one.offered,
            offered_by=one.offered_by,
        )


@pytest.mark.wall
def test_it_holds_from_its_first_day_to_its_last(parties: Parties) -> None:
    parties.close()
    today = timezone.localdate()
    agreement = parties.agree(first=today + DAY, last=today + 2 * DAY)
    assert agreement.state(today) == SharingState.COMING
    assert read_by(parties.policy) == set()
    SharingAgreement.objects.filter(pk=agreement.pk).update(valid=(today - 3 * DAY, today))
    agreement.grants.update(valid=(today - 3 * DAY, today))
    assert read_by(parties.policy) == set()
    agreement.refresh_from_db()
    assert agreement.state(today) == SharingState.EXPIRED


def test_roles_that_are_given_later_read_by_it_too(parties: Parties) -> None:
    parties.close()
    parties.agree()
    observer = member("observer", parties.body)
    assert read_by(observer) == {parties.report, parties.far}


# --- Places ----------------------------------------------------------------------------------------------------------


@pytest.mark.wall
def test_an_agreement_opens_its_places_only(parties: Parties) -> None:
    parties.close()
    parties.agree(places=[parties.place])
    assert read_by(parties.policy) == {parties.report}


@pytest.mark.wall
def test_a_role_in_some_places_reads_by_an_agreement_what_lies_in_both(parties: Parties) -> None:
    parties.close()
    parties.agree(places=[parties.place])
    assert read_by(member("observer", parties.body, places=[parties.elsewhere])) == set()
    assert parties.place.parent is not None
    assert read_by(member("observer", parties.body, places=[parties.place.parent])) == {parties.report}


@pytest.mark.wall
def test_one_agreement_never_widens_another(parties: Parties) -> None:
    parties.close()
    other = Dataset.objects.create(
        code="other", custodian=parties.acu, name_ar="أخرى", name_en="Other", by_agreement=True
    )
    Submission.objects.filter(pk=parties.far.pk).update(dataset=other)
    parties.agree(places=[parties.elsewhere])
    parties.agree(dataset=other, places=[parties.place])
    assert read_by(parties.policy) == set()


# --- Walls -----------------------------------------------------------------------------------------------------------


@pytest.mark.wall
def test_a_forgotten_list_of_ones_own_leaks_nothing_of_it(parties: Parties, monkeypatch: pytest.MonkeyPatch) -> None:
    parties.close()
    monkeypatch.setattr(SubmissionQuerySet, "visible_to", lambda rows, _user: rows)
    assert signed_in(parties.policy).get(f"/reports/{parties.report.pk}/").status_code == 404
    assert Caller(parties.policy).get(f"submissions/{parties.report.pk}/").status_code == 404


@pytest.mark.wall
def test_an_agreement_rests_while_its_custodian_is_sealed(parties: Parties) -> None:
    director = member("director", parties.directorate)
    Dataset.objects.filter(pk=parties.dataset.pk).update(custodian=parties.directorate, by_agreement=True)
    agreement = parties.agree(dataset=Dataset.objects.get(pk=parties.dataset.pk), by=director)
    assert parties.far in read_by(parties.policy)
    seal(by=director, organisation=parties.directorate, reason="Danger", at=timezone.now())
    assert read_by(User.objects.get(pk=parties.policy.pk)) == set()
    assert agreement.ended is None


def test_a_key_that_only_reads_hides_the_names_that_are_hidden_from_its_person(parties: Parties) -> None:
    director = member("director", parties.directorate, name="Amal")
    seal(by=director, organisation=parties.directorate, reason="Danger", at=timezone.now())
    parties.policy.limited_to = frozenset({Permission.VIEW_FIGURES})
    rights = rights_of(parties.policy)
    assert director.pk in dict(rights.hidden)
    assert parties.directorate.pk in rights.sealed


# --- Who sees it, and who did ----------------------------------------------------------------------------------------


def test_who_can_see_this_names_the_agreement(parties: Parties) -> None:
    parties.close()
    agreement, today = parties.agree(), timezone.localdate()
    why = {(one.organisation, one.role): str(one.why) for one in _readers(parties, today)}
    assert why[parties.body, "policy_manager"] == str(AGREED)
    SharingAgreement.objects.filter(pk=agreement.pk).update(accepted=timezone.now() - 9 * DAY)
    agreement.grants.update(valid=(today - 9 * DAY, today + 9 * DAY))
    parties.end(agreement)
    SharingAgreement.objects.filter(pk=agreement.pk).update(ended=timezone.now() - 2 * DAY)
    assert (parties.body, "policy_manager") not in {(one.organisation, one.role) for one in _readers(parties, today)}
    before = {(one.organisation, one.role) for one in _readers(parties, today - 4 * DAY)}
    assert (parties.body, "policy_manager") in before


def _readers(parties: Parties, day: datetime.date) -> Any:
    return readers_of(parties.report, Permission.VIEW_REPORTS, day, day)


def test_a_reading_stands_in_the_custodians_record_as_well(parties: Parties) -> None:
    parties.close()
    parties.agree()
    signed_in(parties.policy).get(f"/reports/{parties.report.pk}/")
    told = AuditEvent.objects.filter(what="read", thing=str(parties.report.pk), by=parties.policy)
    assert set(told.values_list("concerns", flat=True)) == {parties.ngo.pk, parties.acu.pk}


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_a_coordinator_of_data_offers_and_the_body_accepts_on_pages(parties: Parties) -> None:
    today = timezone.localdate()
    given = {
        "dataset": parties.dataset.code,
        "recipient": parties.body.code,
        "level": "totals",
        "places": [_governorate(parties.place).code],
        "purpose": "Weekly bulletin",
        "first": today.isoformat(),
        "last": (today + DAY).isoformat(),
    }
    epi, administrator = signed_in(parties.epi), signed_in(parties.administrator)
    wrong = epi.post(f"{PAGE}offer/", given | {"recipient": "", "last": "x"})
    assert wrong.status_code == 400
    assert set(wrong.context["form"].errors) == {"recipient", "last"}
    assert "Weekly bulletin" in wrong.content.decode()
    assert epi.post(f"{PAGE}offer/", given).status_code == 302
    made = SharingAgreement.objects.get()
    assert [place.code for place in made.places.all()] == given["places"]
    home = administrator.get(PAGE).content.decode()
    assert "Offered to us" in home
    assert administrator.post(f"{PAGE}{made.pk}/accept/").status_code == 302
    assert "In force" in administrator.get(f"{PAGE}{made.pk}/").content.decode()
    assert epi.post(f"{PAGE}{made.pk}/end/", {"reason": ""}).status_code == 400
    assert epi.post(f"{PAGE}{made.pk}/end/", {"reason": "Done"}).status_code == 302
    assert "Nothing is shared" not in epi.get(f"{PAGE}?state=over").content.decode()
    assert set(AuditEvent.objects.filter(kind="directorates.sharingagreement").values_list("what", flat=True)) == {
        "offer_sharing",
        "accept_sharing",
        "end_sharing",
    }


def _governorate(place: Place) -> Place:
    return place.line()[0]


def test_agreements_of_others_are_as_if_there_were_none(parties: Parties) -> None:
    made = parties.agree()
    client = signed_in(member("director", DirectorateFactory()))
    assert client.get(f"{PAGE}{made.pk}/").status_code == 404
    assert client.post(f"{PAGE}{made.pk}/accept/").status_code == 404
    assert client.post(f"{PAGE}{made.pk}/end/", {"reason": "x"}).status_code == 404
    assert f"{PAGE}{made.pk}/" not in client.get(f"{PAGE}?state=all").content.decode()


def test_members_of_a_side_read_an_agreement_and_do_nothing_with_it(parties: Parties) -> None:
    made = parties.agree()
    client = signed_in(parties.policy)
    assert "End it" not in client.get(f"{PAGE}{made.pk}/").content.decode()
    assert client.post(f"{PAGE}{made.pk}/end/", {"reason": "x"}).status_code == 403
    assert client.get(f"{PAGE}offer/").status_code == 403


def test_offers_are_shown_to_whoever_may_accept_them(parties: Parties) -> None:
    parties.offer()
    for person, offered in ((parties.administrator, True), (member("observer", parties.body), False)):
        assert ("Offered to us" in signed_in(person).get(PAGE).content.decode()) is offered


def test_whoever_lost_the_role_reads_no_agreement_of_the_organisation(parties: Parties) -> None:
    agreement = parties.agree()
    client = signed_in(parties.epi)
    assert client.get(f"{PAGE}{agreement.pk}/").status_code == 200
    Organisation.objects.filter(pk=parties.acu.pk).update(status="suspended")
    assert client.get(f"{PAGE}{agreement.pk}/").status_code == 403


# --- What waits, and what ends soon ----------------------------------------------------------------------------------


def test_data_on_offer_wait_on_the_home_of_whoever_may_agree(parties: Parties) -> None:
    agreement = parties.offer()
    address = f"/sharing/{agreement.pk}/"
    assert waiting_count(parties.administrator) == 1
    assert address in signed_in(parties.administrator).get("/").content.decode()
    for other in (parties.manager, parties.epi, parties.policy):
        assert waiting_count(other) == 0 or other == parties.manager
        assert address not in signed_in(other).get("/").content.decode()
    accept_sharing(agreement=agreement, by=parties.administrator, at=timezone.now())
    assert waiting_count(parties.administrator) == 0


def test_both_sides_are_told_once_that_an_agreement_ends_within_a_month(parties: Parties) -> None:
    today, now = timezone.localdate(), timezone.now()
    soon = parties.agree(last=today + 20 * DAY)
    parties.agree(SharingLevel.TOTALS, last=today + 90 * DAY)
    parties.offer(SharingLevel.EDITIONS, last=today + 10 * DAY)
    assert warn_of_ends(today=today, at=now) == 3
    assert warn_of_ends(today=today + DAY, at=now) == 0
    told = Notice.objects.filter(key=f"sharing:{soon.pk}:ends")
    assert {notice.person for notice in told} == {parties.epi, parties.administrator, parties.second}
    title, body = words_of(told[0], "en")
    assert title == "A sharing agreement ends soon"
    assert "Its last day is" in body
