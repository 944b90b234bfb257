"""Bulletins: made from a layout, signed by whoever they tell of, published once, verified, and corrected by another."""

import datetime
import io
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from coordination.exchange.actions.exports import Format, Made, export
from coordination.reporting.actions.bulletin_answers import (
    answer_bulletin,
    open_bulletin,
    publish_bulletin,
    take_back_bulletin,
)
from coordination.reporting.actions.bulletin_figures import ask_for_figures
from coordination.reporting.actions.bulletin_parts import Wish, keep_part, move_part, remove_part
from coordination.reporting.actions.bulletin_pdf import KIND, bulletin_as_pdf
from coordination.reporting.actions.bulletins import correct_bulletin, discard_bulletin, found_series, start_bulletin
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.verifications import content_faults, findings_of
from coordination.reporting.models import (
    Bulletin,
    BulletinAnswer,
    BulletinPart,
    BulletinSeries,
    Edition,
    EditionExpected,
    EditionReport,
)
from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.models.bulletins import AnswerKind, standing_answers
from coordination.reporting.rules.periods import PeriodType, parse_period
from coordination.reporting.rules.rounding import percentage
from coordination.reporting.rules.suppression import Limits
from coordination.tasks import run_job
from directorates.foundation.models import Job, Notice
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Membership, Organisation, User
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.pdf import Tongues
from tests.api.callers import Caller
from tests.factories import DatasetFactory, OrganisationFactory, competent, member, signed_in
from tests.reporting.test_editions import MARCH, PERIOD, Published
from tests.reporting.test_figures import report
from tests.threads import at_once

pytestmark = pytest.mark.django_db
LOOSE = Limits(smallest=2, facilities=2, share=100)


class Desk:
    """A series of the body's, its data manager, and the directors of two directorates whose ground its figures tell of."""

    def __init__(self, *governorates: str, limits: Limits = LOOSE) -> None:
        self.published = Published(*governorates)
        self.world, self.manager, self.observer = (
            self.published.world,
            self.published.manager,
            self.published.observer,
        )
        self.template = self.world.template
        dataset = self.template.dataset
        dataset.custodian = self.published.body
        dataset.save()
        self.manager = member(Role.DATA_MANAGER, self.published.body)
        self.directors: list[User] = []
        for place in {one.place for one in self.world.facilities}:
            if (directorate := self.world.directorates[place.pk]) is not None:
                competent(directorate, place)
        for directorate in sorted({one for one in self.world.directorates.values() if one}, key=lambda one: one.pk):
            self.directors.append(member(Role.DIRECTOR, directorate))
        self.series: BulletinSeries = found_series(
            code="monthly",
            name_ar="النشرة الشهرية",
            name_en="Monthly bulletin",
            dataset=dataset,
            period_type=PeriodType.MONTH,
            **self.by(),
        )
        self.bulletin = start_bulletin(series=self.series, period=PERIOD, limits=limits, **self.by())

    def by(self, person: User | None = None) -> dict[str, Any]:
        """Who does something, and when."""
        return {"by": person or self.manager, "at": timezone.now()}

    def fresh(self) -> Bulletin:
        """The bulletin as it stands."""
        return Bulletin.objects.select_related("series__dataset", "corrects").get(pk=self.bulletin.pk)

    def wish(self, kind: str, code: str = "", **given: Any) -> Wish:
        """A part with its words."""
        words = {"heading_ar": "عنوان", "heading_en": f"A {kind}", "text_ar": "نص", "text_en": "Some **text**."}
        figures = {"template": self.template, "element": self.world.elements[code]} if code else {}
        return Wish(**({"kind": kind} | words | figures | given))

    def add(self, kind: str, code: str = "", **given: Any) -> None:
        """A part more."""
        keep_part(
            bulletin=self.bulletin,
            part=None,
            wish=self.wish(kind, code, **given),
            seen=self.fresh().seen,
            **self.by(),
        )

    def lay_out(self) -> None:
        """A part of each kind."""
        self.add("text")
        self.add("table", "visits", level=3, categories=True)
        self.add("chart", "births")
        self.add("trend", "births")
        self.add("map", "rate")

    def make(self) -> None:
        """The figures."""
        job = ask_for_figures(bulletin=self.fresh(), **self.by())
        # Where a real worker takes it first, this waits for that one.
        until = time.monotonic() + 120
        while not run_job(job.pk) and Job.objects.get(pk=job.pk).state == "waiting" and time.monotonic() < until:
            time.sleep(0.2)
        job.refresh_from_db()
        assert job.state == "done", job.result

    def open(self, days: int = 7) -> Bulletin:
        """Ask for signatures."""
        until = timezone.localdate() + datetime.timedelta(days=days)
        return open_bulletin(bulletin=self.bulletin, answer_until=until, seen=self.fresh().seen, **self.by())

    def answer(self, person: User, kind: AnswerKind = AnswerKind.SIGNED, why: str = "", **given: Any) -> BulletinAnswer:
        """The word of an organisation."""
        said = {"kind": kind, "words_why": why, "digest": self.fresh().digest, "replaces": None} | given
        return answer_bulletin(bulletin=self.fresh(), **said, **self.by(person))

    def sign(self, refusing: int = 0) -> None:
        """Everybody signs but so many directorates, which refuse."""
        self.answer(self.manager)
        for number, director in enumerate(self.directors):
            if number < refusing:
                self.answer(director, AnswerKind.REFUSED, "Two hospitals are counted twice.")
            else:
                self.answer(director)

    def publish(self) -> Bulletin:
        """Publish it."""
        return publish_bulletin(bulletin=self.fresh(), **self.by())

    def all(self, refusing: int = 0) -> Bulletin:
        """From nothing to a published bulletin."""
        self.lay_out()
        self.make()
        self.open()
        self.sign(refusing)
        return self.publish()


@pytest.fixture
def desk() -> Desk:
    """A desk with a draft."""
    return Desk()


def codes(told: pytest.ExceptionInfo[Problem]) -> set[str]:
    """The codes of what was wrong."""
    return {fault.code for fault in told.value.errors} or {told.value.code}


def test_shares_are_rounded_half_up_from_whole_numbers() -> None:
    assert percentage(432, 548, 2) == Decimal("78.83")
    assert percentage(432, 548) == Decimal("78.8")
    assert percentage(1074, 1300) == Decimal("82.6")
    assert percentage(1, 8, 0) == Decimal(13)
    assert (percentage(0, 5), percentage(5, 0)) == (Decimal("0.0"), None)


def test_a_bulletin_goes_from_a_layout_to_a_signed_published_and_verified_one(desk: Desk) -> None:
    bulletin = desk.all(refusing=1)
    assert (bulletin.state, bulletin.number) == ("published", 1)
    edition = bulletin.editions.get().edition
    assert edition.state == "published"
    assert findings_of(edition) == ([], edition.figures.count())
    assert content_faults(bulletin) == []
    out = io.StringIO()
    call_command("bulletin-verify", str(bulletin.pk), stdout=out)
    assert bulletin.digest in out.getvalue()
    read = ReadBulletin(bulletin, desk.observer)
    answers = [answer.kind if answer else None for _signer, answer in read.signatures]
    assert sorted(str(one) for one in answers) == ["refused", "signed", "signed"]
    assert any(row.whole.number for row in read.parts[2].lines)


def test_completeness_is_told_over_what_was_expected_and_over_what_was_received(desk: Desk) -> None:
    (row,) = ReadBulletin(desk.all(), desk.observer).completeness
    assert row.row.expected > 0
    assert row.complete == percentage(row.row.answered, row.row.expected)
    assert row.timely_of_expected == percentage(row.row.answered_on_time or 0, row.row.expected)
    assert row.timely_of_received == percentage(row.row.on_time or 0, row.row.received)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_it_is_read_on_a_page_that_prints_a_refusal_with_its_reason(desk: Desk, language: str) -> None:
    bulletin = desk.all(refusing=1)
    page = signed_in(desk.observer, language).get(f"/reports/bulletins/{bulletin.pk}/")
    said = page.content.decode()
    assert page.status_code == 200
    assert "Two hospitals are counted twice." in said
    assert len(page.content) <= 100_000
    assert bulletin.digest[:8] in said
    assert ("نص" if language == "ar" else "<strong>text</strong>") in said


def test_a_page_of_sixty_tables_and_twenty_charts_is_light(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    kinds = ["table"] * 60 + ["chart"] * 20
    desk.fresh().parts.all().delete()
    BulletinPart.objects.bulk_create(
        BulletinPart(
            bulletin=desk.bulletin,
            order=number,
            kind=kind,
            heading_ar=f"عنوان الجزء {number}",
            heading_en=f"Heading of part {number}",
            template=desk.template,
            element=desk.world.elements["visits" if number % 2 else "births"],
            level=1 + number % 3,
            categories=kind == "table",
        )
        for number, kind in enumerate(kinds)
    )
    page = signed_in(desk.manager).get(f"/reports/bulletins/{desk.bulletin.pk}/")
    assert len(page.context["read"].parts) == 80
    assert len(page.content) <= 100_000


def test_what_is_hidden_is_hidden_alike_on_the_page_in_files_and_by_the_api() -> None:
    desk = Desk(limits=Limits(smallest=100, facilities=2, share=100))
    bulletin = desk.all()
    read = ReadBulletin(bulletin, desk.observer)
    hidden = {
        (line.place.code, part.part.pk)
        for part in read.parts
        for line in part.lines
        if line.place and line.whole.hidden
    }
    assert hidden
    told = Caller(desk.observer).get(f"bulletins/{bulletin.pk}/").json()
    for part in told["parts"]:
        for figure in part["figures"]:
            assert figure["hidden"] is False or figure["value"] is None
    assert sum(figure["hidden"] for part in told["parts"] for figure in part["figures"]) == sum(
        one.hidden for one in read.parts
    )
    made = export(
        by=desk.observer,
        code="bulletin",
        query=f"bulletin={bulletin.pk}",
        format=Format.CSV,
        mark=False,
        at=timezone.now(),
    )
    assert isinstance(made, Made)
    lines = made.content.decode().splitlines()
    assert lines[1].startswith("#meta+period+code,#date+start")
    assert sum(line.endswith(",hidden") for line in lines) == sum(one.hidden for one in read.parts)
    # Not one of them has a value beside the word.
    assert all(line.endswith(",,hidden") for line in lines if line.endswith(",hidden"))


def test_it_comes_as_a_paper_in_both_languages_and_its_hash_is_looked_up_by_anybody(desk: Desk) -> None:
    bulletin = desk.all(refusing=1)
    made = bulletin_as_pdf(bulletin=bulletin, tongues=Tongues.BOTH, **desk.by(desk.observer))
    assert not isinstance(made, Made)
    assert made.content.startswith(b"%PDF")  # type: ignore[union-attr]
    assert AuditEvent.objects.filter(what="take_bulletin").count() == 1
    page = signed_in(desk.observer).get("/reports/bulletins/check/", {"code": bulletin.digest})
    assert "which nothing has corrected" in page.content.decode()
    page = signed_in(desk.observer).get("/reports/bulletins/check/", {"code": "0" * 64})
    assert "No published bulletin has this hash." in page.content.decode()


def test_a_paper_that_lies_ready_is_closed_to_whoever_reads_a_part_of_the_country_by_now(desk: Desk) -> None:
    bulletin = desk.all()
    job = Job(kind=KIND.code, by=desk.observer, acting=desk.observer.acting, arguments={"bulletin": bulletin.pk})
    assert KIND.still_open(User.objects.get(pk=desk.observer.pk), job)
    held = Membership.objects.get(person=desk.observer)
    held.places.set([desk.world.facilities[0].place])
    reader = User.objects.get(pk=desk.observer.pk)
    assert Bulletin.objects.visible_to(reader).filter(pk=bulletin.pk).exists()
    assert not KIND.still_open(reader, job)


def test_only_the_custodian_makes_one_and_readers_find_no_draft(desk: Desk) -> None:
    for person in (desk.observer, desk.directors[0]):
        with pytest.raises(Refused):
            start_bulletin(series=desk.series, period=parse_period("201802"), limits=LOOSE, **desk.by(person))
        assert signed_in(person).get(f"/reports/bulletins/{desk.bulletin.pk}/").status_code == 404
        assert Caller(person).get(f"bulletins/{desk.bulletin.pk}/").status_code == 404
    desk.lay_out()
    desk.make()
    desk.open()
    # Whoever is asked to sign reads it before it is out.
    assert signed_in(desk.directors[0]).get(f"/reports/bulletins/{desk.bulletin.pk}/").status_code == 200
    assert signed_in(desk.observer).get(f"/reports/bulletins/{desk.bulletin.pk}/").status_code == 404
    other = member(Role.DIRECTOR, OrganisationFactory(kind="directorate"))
    assert signed_in(other).get(f"/reports/bulletins/{desk.bulletin.pk}/").status_code == 404


def test_a_layout_takes_no_figure_that_is_not_ones_own_to_publish(desk: Desk) -> None:
    from_elsewhere = Published()
    elsewhere = from_elsewhere.world.template
    elsewhere.dataset = DatasetFactory(code="elsewhere")
    elsewhere.save()
    with pytest.raises(Problem) as told:
        desk.add("table", template=from_elsewhere.world.template, element=from_elsewhere.world.elements["births"])
    assert codes(told) in ({"unknown"}, {"other_dataset"})
    with pytest.raises(Problem) as told:
        desk.add("table", heading_ar="", text_en="36.20120, 37.16120")
    assert codes(told) >= {"required", "location", "unknown"}
    with pytest.raises(Problem) as told:
        desk.add("text", text_ar="")
    assert codes(told) == {"required"}


def test_a_series_is_named_in_both_languages_and_after_no_location(desk: Desk) -> None:
    said: dict[str, Any] = {"code": "depots", "dataset": desk.template.dataset, "period_type": PeriodType.MONTH}
    with pytest.raises(Problem) as told:
        found_series(name_ar="", name_en="Depot 36.20120, 37.16120", **said, **desk.by())
    assert codes(told) == {"needed", "location"}
    assert not BulletinSeries.objects.filter(code="depots").exists()


def test_two_people_on_one_layout_are_told_of_one_another(desk: Desk) -> None:
    seen = desk.fresh().seen
    keep_part(bulletin=desk.bulletin, part=None, wish=desk.wish("text"), seen=seen, **desk.by())
    with pytest.raises(Problem) as told:
        keep_part(bulletin=desk.bulletin, part=None, wish=desk.wish("text"), seen=seen, **desk.by())
    assert (told.value.code, told.value.status) == ("changed", 409)


def test_parts_are_moved_and_taken_out_and_the_next_bulletin_begins_with_them(desk: Desk) -> None:
    desk.lay_out()
    kinds = [one.kind for one in desk.fresh().parts.all()]
    move_part(part=desk.fresh().parts.all()[1], down=False, seen=desk.fresh().seen, **desk.by())
    assert [one.kind for one in desk.fresh().parts.all()] == [kinds[1], kinds[0], *kinds[2:]]
    move_part(part=desk.fresh().parts.all()[0], down=False, seen=desk.fresh().seen, **desk.by())
    remove_part(part=desk.fresh().parts.all()[0], seen=desk.fresh().seen, **desk.by())
    left = [one.kind for one in desk.fresh().parts.all()]
    following = start_bulletin(series=desk.series, period=parse_period("201804"), limits=LOOSE, **desk.by())
    assert [one.kind for one in following.parts.all()] == left == [kinds[0], *kinds[2:]]
    with pytest.raises(Problem) as told:
        start_bulletin(series=desk.series, period=parse_period("201804"), limits=LOOSE, **desk.by())
    assert told.value.code == "exists"


def test_nothing_is_signed_that_has_no_figures_and_nothing_changes_once_it_is_to_be_signed(desk: Desk) -> None:
    with pytest.raises(Problem) as told:
        desk.open(days=0)
    assert codes(told) == {"empty", "not_made", "out_of_range"}
    desk.lay_out()
    desk.make()
    desk.open()
    with pytest.raises(Problem) as told:
        desk.add("text")
    assert told.value.code == "wrong_state"
    for deed in (
        lambda: desk.fresh().parts.all().delete(),
        lambda: desk.fresh().signers.all().delete(),
        lambda: Bulletin.objects.filter(pk=desk.bulletin.pk).update(smallest=9),
        lambda: desk.fresh().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_a_changed_draft_loses_its_signatures(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    first = desk.open().digest
    desk.sign()
    take_back_bulletin(bulletin=desk.fresh(), **desk.by())
    desk.add("text")
    second = desk.open().digest
    assert first != second
    assert standing_answers(desk.fresh()) == {}
    assert BulletinAnswer.objects.filter(digest=first).count() == 1 + len(desk.directors)
    with pytest.raises(Problem) as told:
        desk.answer(desk.directors[0], digest=first)
    assert told.value.code == "changed"
    # Opened again as it was, it is what was signed.
    take_back_bulletin(bulletin=desk.fresh(), **desk.by())
    remove_part(part=desk.fresh().parts.last(), seen=desk.fresh().seen, **desk.by())  # type: ignore[arg-type]
    assert desk.open().digest == first
    assert len(standing_answers(desk.fresh())) == 1 + len(desk.directors)


def test_one_organisation_has_one_standing_answer(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    desk.open()
    director = desk.directors[0]
    with pytest.raises(Problem) as told:
        desk.answer(director, AnswerKind.REFUSED)
    assert codes(told) == {"required"}
    first = desk.answer(director, AnswerKind.REFUSED, "Not our figures.")
    # The same again is no second answer; another one names what it replaces.
    assert desk.answer(director, AnswerKind.REFUSED, "Not our figures.") == first
    with pytest.raises(Problem) as told:
        desk.answer(director)
    assert (told.value.code, told.value.status) == ("answered", 409)
    second = desk.answer(director, replaces=first.pk)
    assert standing_answers(desk.fresh())[director.acting_id or 0] == second
    assert BulletinAnswer.objects.count() == 2
    for deed in (lambda: BulletinAnswer.objects.all().delete(), lambda: BulletinAnswer.objects.update(kind="signed")):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_nobody_signs_who_is_not_asked(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    desk.open()
    officer = member(Role.DATA_OFFICER, Organisation.objects.get(pk=desk.directors[0].acting_id or 0))
    for person in (desk.observer, officer, member(Role.DIRECTOR, OrganisationFactory(kind="directorate"))):
        with pytest.raises(Refused):
            desk.answer(person)


def test_it_is_published_when_the_custodian_signed_and_each_directorate_answered_or_had_time_to(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    desk.open()
    with pytest.raises(Problem) as told:
        desk.publish()
    assert codes(told) == {"custodian", "waits"}
    desk.answer(desk.manager, AnswerKind.REFUSED, "I was wrong.")
    for director in desk.directors:
        desk.answer(director)
    with pytest.raises(Problem) as told:
        desk.publish()
    assert codes(told) == {"custodian"}


def test_after_its_day_silence_hinders_nobody(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    desk.open(days=1)
    desk.answer(desk.manager)
    later = timezone.now() + datetime.timedelta(days=3)
    published = publish_bulletin(bulletin=desk.fresh(), by=desk.manager, at=later)
    answers = dict.fromkeys((answer for _signer, answer in ReadBulletin(published, desk.observer).signatures), 1)
    assert None in answers


def test_whoever_signs_is_told_and_finds_it_on_the_home(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    desk.open()
    told = set(Notice.objects.filter(kind="bulletin").values_list("person", flat=True))
    # The body has a second data manager; whoever asks is told nothing.
    assert told == {*(one.pk for one in desk.directors), desk.published.manager.pk}
    page = signed_in(desk.directors[0]).get("/").content.decode()
    assert f"/reports/bulletins/{desk.bulletin.pk}/" in page
    notices = signed_in(desk.directors[0]).get("/notices/").content.decode()
    assert desk.bulletin.period_words in notices
    assert desk.bulletin.period.id not in notices
    listed = signed_in(desk.directors[0]).get("/reports/bulletins/?waits=sign").content.decode()
    assert f"/reports/bulletins/{desk.bulletin.pk}/" in listed
    desk.answer(desk.directors[0])
    waits = signed_in(desk.directors[0]).get("/reports/bulletins/?waits=sign").content.decode()
    assert f"/reports/bulletins/{desk.bulletin.pk}/" not in waits


def test_a_draft_is_thrown_away_with_its_figures(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    assert Edition.objects.filter(state="draft").count() == 1
    assert list(Edition.objects.visible_to(desk.observer)) == []
    desk.make()
    assert Edition.objects.count() == 1
    # No report that it counted keeps it from being thrown away: the page shows its maker none of them.
    answer = signed_in(desk.manager).post(f"/reports/bulletins/{desk.bulletin.pk}/discard/")
    assert answer.headers["Location"] == "/reports/bulletins/"
    assert not Edition.objects.exists()
    assert not Bulletin.objects.exists()
    assert EditionReport.objects.count() == EditionExpected.objects.count() == 0


def test_what_was_answered_is_not_thrown_away(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    desk.open()
    desk.answer(desk.manager)
    take_back_bulletin(bulletin=desk.fresh(), **desk.by())
    with pytest.raises(Problem) as told:
        discard_bulletin(bulletin=desk.fresh(), **desk.by())
    assert told.value.code == "wrong_state"


def test_a_draft_counts_nothing_for_good(desk: Desk) -> None:
    desk.lay_out()
    desk.make()
    sent = EditionReport.objects.all()[0].submission
    assert not EditionReport.objects.of(sent).exists()
    desk.open()
    desk.sign()
    desk.publish()
    assert EditionReport.objects.of(sent).count() == 1


def test_an_edition_that_is_published_already_is_taken_as_it_is(desk: Desk) -> None:
    desk.published.manager = desk.manager
    edition = desk.published.publish(Limits(smallest=3, facilities=2, share=100))
    desk.lay_out()
    desk.make()
    assert desk.fresh().editions.get().edition == edition


# --- Corrections ---------------------------------------------------------------------------------------------------


def change(desk: Desk, **births: int) -> None:
    """Reports that count otherwise by now, by the number of their facility."""
    for name, value in births.items():
        number = int(name.removeprefix("f"))
        desk.world.reporter = desk.published.reporters[number % 3]
        report(desk.world, number, MARCH, births=value, visits_u5=10 * number, visits_o5=3)
    drain()


def corrected(desk: Desk) -> Bulletin:
    """The published bulletin, corrected by another that is published."""
    desk.bulletin = correct_bulletin(bulletin=desk.fresh(), **desk.by())
    desk.make()
    desk.open()
    desk.sign()
    return desk.publish()


def test_a_correction_is_another_bulletin_and_says_what_is_otherwise(desk: Desk) -> None:
    old = desk.all()
    # Six facilities of all three organisations: no single one of them is told by the sums.
    change(desk, f0=25, f1=36, f2=44, f5=29, f6=41, f7=37)
    new = corrected(desk)
    assert (new.number, new.corrects) == (2, old)
    edition, before = new.editions.get().edition, old.editions.get().edition
    assert edition.corrects == before
    assert findings_of(edition) == ([], edition.figures.count())
    read = ReadBulletin(new, desk.observer)
    country = [one for one in read.differences if one.place.level == 0 and one.measure.element.code == "births"]
    assert [(one.difference.before, one.difference.after) for one in country] == [(Decimal(236), Decimal(268))]
    # The old one stays, and says what corrected it.
    page = signed_in(desk.observer).get(f"/reports/bulletins/{old.pk}/").content.decode()
    assert f"/reports/bulletins/{new.pk}/" in page
    with pytest.raises(Problem) as told:
        correct_bulletin(bulletin=Bulletin.objects.get(pk=old.pk), **desk.by())
    assert told.value.code == "exists"


def test_a_correction_of_one_facility_tells_nobody_what_that_facility_changed(desk: Desk) -> None:
    old = desk.all()
    change(desk, f0=33)
    new = corrected(desk)
    rows = ReadBulletin(new, desk.observer).differences
    births = [one for one in rows if one.measure.element.code == "births"]
    assert births
    assert all(one.difference.after is None for one in births)
    page = signed_in(desk.observer).get(f"/reports/bulletins/{new.pk}/").content.decode()
    assert ">249<" not in page
    assert old.editions.get().edition.figures.filter(hidden=False).exists()


def test_a_correction_without_a_change_keeps_the_edition_that_is_out(desk: Desk) -> None:
    old = desk.all()
    new = corrected(desk)
    assert new.editions.get().edition == old.editions.get().edition
    assert Edition.objects.count() == 1
    assert ReadBulletin(new, desk.observer).differences == []


def test_a_correction_is_corrected_in_its_turn(desk: Desk) -> None:
    desk.all()
    change(desk, f0=25, f1=36, f2=44, f5=29, f6=41, f7=37)
    corrected(desk)
    change(desk, f0=26, f1=38, f2=45, f5=31, f6=44, f7=39)
    third = corrected(desk)
    assert third.number == 3
    assert findings_of(third.editions.get().edition)[0] == []
    assert Edition.objects.published().current().count() == 1


# --- At the same moment --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_for_one_organisation_one_stands_and_the_other_is_told() -> None:
    desk = Desk()
    desk.lay_out()
    desk.make()
    desk.open()
    first = desk.directors[0]
    second = member(Role.DIRECTOR, Organisation.objects.get(pk=first.acting_id or 0))
    told = at_once(
        lambda: desk.answer(first),
        lambda: desk.answer(second, AnswerKind.REFUSED, "Not our figures."),
    )
    assert sorted(type(one).__name__ for one in told) == ["BulletinAnswer", "Problem"]
    assert [one.code for one in told if isinstance(one, Problem)] == ["answered"]
    assert BulletinAnswer.objects.count() == 1
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_it_is_published_once_and_no_answer_comes_after() -> None:
    desk = Desk()
    desk.lay_out()
    desk.make()
    desk.open()
    desk.sign()
    told = at_once(desk.publish, desk.publish)
    assert sorted(type(one).__name__ for one in told) == ["Bulletin", "Problem"]
    assert Edition.objects.published().count() == 1
    with pytest.raises(Problem) as late:
        desk.answer(desk.directors[0], AnswerKind.REFUSED, "Too late.", replaces=BulletinAnswer.objects.latest("pk").pk)
    assert late.value.code == "changed"
    connections.close_all()
