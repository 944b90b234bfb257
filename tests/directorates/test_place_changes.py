"""Changes of places: renamed, moved, split, merged from a day on; nothing that was stays rewritten, and all of it comes back."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from directorates.actions.handovers import answer_handover, offer_handover
from directorates.actions.jurisdictions import end
from directorates.actions.place_changes import rename_place, succeed
from directorates.actions.place_plans import NewPlace, plan_move
from directorates.actions.places import load_places
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Jurisdiction, Organisation, Place, PlaceChange, PlaceSuccession, User
from directorates.models.place_changes import heirs
from directorates.models.place_names import named_as_of
from directorates.permissions import Refused, rights_of
from directorates.roles import Role
from facilities.actions.facilities import register_facility
from facilities.actions.place_changes import Move, merge_places, move_place, move_places, split_place
from facilities.models import Facility, FormerPlacement
from tests.factories import (
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    SubdistrictFactory,
    competent,
    member,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2018, 1, 1)


@dataclass
class Land:
    """A district of three sub-districts of one directorate, another district beside it, two facilities in the first place."""

    district: Place
    beside: Place
    parts: list[Place]
    holder: Organisation
    other: Organisation
    by: User
    facilities: list[Facility]

    def said(self, **given: Any) -> dict[str, Any]:
        """What every change is told: a day, a reason, who and when."""
        return {"first": TODAY, "reason": "Decree 7", "source": "OCHA", "by": self.by, "at": NOW} | given

    def split(self, **given: Any) -> PlaceChange:
        """Split the first place in two; its facilities lie one in each."""
        parts = [NewPlace("SYX1", "القسم الأول", "First part"), NewPlace("SYX2", "القسم الثاني", "Second part")]
        into = {self.facilities[0].code: "SYX1", self.facilities[1].code: "SYX2"}
        return split_place(**self.said(**{"place": self.parts[0], "parts": parts, "facilities": into} | given))

    def merge(self, **given: Any) -> PlaceChange:
        """Merge the first place into the second."""
        return merge_places(**self.said(**{"places": [self.parts[0]], "into": self.parts[1]} | given))

    def move(self, **given: Any) -> PlaceChange:
        """Move the first place under the other district."""
        return move_place(**self.said(**{"place": self.parts[0], "parent": self.beside, "code": "SYM1"} | given))


@pytest.fixture
def land() -> Land:
    """Everything is as it always was."""
    district, beside = DistrictFactory(), DistrictFactory()
    parts: list[Place] = [SubdistrictFactory(parent=district) for _n in range(3)]
    holder, other = DirectorateFactory(), DirectorateFactory()
    competent(holder, district, LONG_AGO)
    administrator = member(Role.ADMINISTRATOR, BodyFactory())
    facilities: list[Facility] = [FacilityFactory(place=parts[0]) for _n in range(2)]
    return Land(district, beside, parts, holder, other, administrator, facilities)


def codes(problem: Problem) -> list[tuple[str, str]]:
    """The faults of a problem: field and code."""
    return [(fault.field, fault.code) for fault in problem.errors]


def refused(change: Any, **given: Any) -> list[tuple[str, str]]:
    """The faults with which a change is refused; nothing is left of it."""
    with pytest.raises(Problem) as caught, transaction.atomic():
        change(**given)
    return codes(caught.value)


def standing() -> set[str]:
    """The codes of the sub-districts of today."""
    return set(Place.objects.standing().filter(level=3).values_list("code", flat=True))


def heirs_of(place: Place) -> set[str]:
    """The codes of the places that a place's ground belongs to today."""
    return set(Place.objects.filter(pk__in=heirs(TODAY)[place.pk]).values_list("code", flat=True))


def test_a_renamed_place_is_found_by_its_former_names(land: Land) -> None:
    place, old = land.parts[0], land.parts[0].name_en
    change = rename_place(place=place, name_ar="الاسم الجديد", name_en="New Name", **land.said())
    place.refresh_from_db()
    assert (place.name_en, place.former_names) == ("New Name", [f"محافظة {place.code}", old])
    assert place in Place.objects.named_like(old)
    assert place in Place.objects.named_like("new name")
    assert (change.former_en, change.later_en, change.decided_as) == (old, "New Name", land.by.acting)
    assert AuditEvent.objects.filter(what="rename_place", by=land.by).exists()
    # The same once more changes nothing and says so.
    assert refused(rename_place, place=place, name_ar="الاسم الجديد", name_en="New Name", **land.said()) == [
        ("name_ar", "same")
    ]


def test_a_renamed_place_is_called_by_its_name_of_the_time(land: Land) -> None:
    place, first = land.parts[0], land.parts[0].name_en
    for name, day in (("Second", TODAY - 20 * DAY), ("Third", TODAY - 10 * DAY)):
        rename_place(place=place, name_ar="الاسم الجديد", name_en=name, **land.said(first=day))
    assert refused(rename_place, place=place, name_ar="اسم", name_en="Late", **land.said(first=TODAY - 10 * DAY)) == [
        ("first", "changed_later")
    ]
    with translation.override("en"):
        for days, said in ((21, f"{first}, today Third"), (20, "Second, today Third"), (10, "Third"), (0, "Third")):
            found = Place.objects.get(pk=place.pk)
            named_as_of([found], TODAY - days * DAY)
            assert found.name == said
        # Where its name in the reader's language stayed, it is said once.
        assert Place.objects.get(pk=land.parts[1].pk).name == land.parts[1].name_en


def test_a_file_that_renames_a_place_leaves_its_former_name_to_be_found(land: Land) -> None:
    place = Place.objects.select_related("parent").get(pk=land.parts[0].pk)
    assert place.parent is not None
    old, row = place.name_en, f"3,{place.code},{place.parent.code},Another,اسم آخر"
    load_places(data=f"level,pcode,parent_pcode,name_en,name_ar\n{row}\n".encode(), by=land.by, at=NOW)
    assert place in Place.objects.named_like(old)


def test_every_fault_of_a_name_is_told_at_once(land: Land) -> None:
    given: dict[str, Any] = {
        "place": land.parts[0],
        "name_ar": "Latin",
        "name_en": "",
        **land.said(reason="", first=TODAY + DAY),
    }
    found = refused(rename_place, **given)
    assert found == [
        ("name_ar", "wrong_script"),
        ("name_en", "missing_name"),
        ("reason", "required"),
        ("first", "in_future"),
    ]


def test_a_split_place_ends_and_its_parts_are_held_by_the_same_directorate(land: Land) -> None:
    land.split()
    first, second = Place.objects.get(code="SYX1"), Place.objects.get(code="SYX2")
    land.parts[0].refresh_from_db()
    assert land.parts[0].ended == first.began == TODAY
    assert standing() == {land.parts[1].code, land.parts[2].code, "SYX1", "SYX2"}
    assert {row.code: row.place.code for row in Facility.objects.select_related("place")} == {
        land.facilities[0].code: "SYX1",
        land.facilities[1].code: "SYX2",
    }
    for place in (first, second):
        assert Jurisdiction.objects.competent(place, TODAY) == land.holder
        assert Jurisdiction.objects.competent(place, TODAY - DAY) is None
    assert Jurisdiction.objects.competent(land.parts[0], TODAY) is None
    assert Jurisdiction.objects.competent(land.parts[0], TODAY - DAY) == land.holder
    assert set(FormerPlacement.objects.values_list("place", "until")) == {(land.parts[0].pk, TODAY)}
    assert heirs_of(land.parts[0]) == {"SYX1", "SYX2"}
    # Nothing was lost: nobody is told that the split place has nobody.
    assert Jurisdiction.objects.held_before(TODAY) == {}


def test_an_end_of_competence_reaches_the_parts_of_a_split_place(land: Land) -> None:
    land.split(first=TODAY - 5 * DAY)
    decision = Jurisdiction.objects.at(TODAY).get(place__code="SYX1").decision
    end(decision=decision, last=TODAY, reason="Lost", by=land.by, at=NOW)
    assert Jurisdiction.objects.competent(Place.objects.get(code="SYX1"), TODAY + DAY) is None
    assert set(Jurisdiction.objects.held_before(TODAY + DAY)) == set(
        Place.objects.standing().filter(level=3).values_list("pk", flat=True)
    )


def test_a_split_asks_where_every_facility_lies(land: Land) -> None:
    stranger = FacilityFactory()
    into = {land.facilities[0].code: "SYX1", stranger.code: "SYX1"}
    assert refused(land.split, facilities=into) == [
        (f"facility_{land.facilities[1].code}", "unassigned"),
        ("facilities", "not_there"),
    ]
    assert standing() == {*(one.code for one in land.parts), stranger.place.code}


@pytest.mark.parametrize(
    ("parts", "faults"),
    [
        ([("SYX1", "أول", "One")], {("parts", "too_few")}),
        ([("SYX1", "أول", "One"), ("SYX1", "ثان", "Two")], {("code_2", "duplicate_code")}),
        ([("SYX1", "أول", "One"), ("sy/2", "ثان", "Two")], {("code_2", "not_a_code")}),
        ([("SYX1", "One", "One"), ("SYX2", "ثان", "")], {("name_ar_1", "wrong_script"), ("name_en_2", "missing_name")}),
    ],
)
def test_parts_that_are_none_are_refused(land: Land, parts: Any, faults: set[tuple[str, str]]) -> None:
    found = refused(land.split, place=land.parts[2], parts=[NewPlace(*part) for part in parts], facilities={})
    assert set(found) == faults


def test_the_code_of_a_place_of_today_is_taken(land: Land) -> None:
    assert ("code", "code_taken") in refused(land.move, code=land.parts[2].code)


def test_a_moved_place_gets_another_code_and_keeps_its_name(land: Land) -> None:
    land.move(first=TODAY - 40 * DAY)
    moved = Place.objects.get(code="SYM1")
    assert (moved.parent, moved.name_en) == (land.beside, land.parts[0].name_en)
    assert moved.path.startswith(land.beside.path)
    assert Jurisdiction.objects.competent(moved, TODAY) == land.holder
    assert set(Facility.objects.values_list("place__code", flat=True)) == {"SYM1"}
    assert heirs_of(land.parts[0]) == {"SYM1"}


def test_a_move_that_moves_nothing_is_refused(land: Land) -> None:
    assert refused(land.move, parent=land.district) == [("parent", "same")]
    assert refused(land.move, parent=land.parts[1]) == [("parent", "not_a_district")]


def move_all(land: Land, *codes_given: str, **given: Any) -> list[PlaceChange]:
    """Move sub-districts of the district under the other one, the first under the first code."""
    moves = [Move(place, code) for place, code in zip(land.parts, codes_given, strict=False)]
    return move_places(**land.said(moves=moves, parent=land.beside) | given)


def test_a_district_becomes_part_of_another_in_one_deed(land: Land) -> None:
    changes = move_all(land, "SYM1", "SYM2", "SYM3")
    assert [one.kind for one in changes] == ["place_moved"] * 3
    assert standing() == {"SYM1", "SYM2", "SYM3"}
    assert set(Place.objects.standing().filter(level=3).values_list("parent", flat=True)) == {land.beside.pk}
    assert {row.organisation for row in Jurisdiction.objects.at(TODAY)} == {land.holder}
    assert {one.place.code for one in Facility.objects.all()} == {"SYM1"}
    back = [Move(change.laters[0], part.code) for change, part in zip(changes, land.parts, strict=True)]
    move_places(**land.said(moves=back, parent=land.district, first=TODAY, at=NOW + DAY) | {"first": TODAY + DAY})
    assert standing() == {part.code for part in land.parts}, "and it comes back by the opposite deed"


def test_a_district_is_divided_and_what_has_no_new_code_stays(land: Land) -> None:
    move_all(land, "SYM1")
    assert standing() == {"SYM1", land.parts[1].code, land.parts[2].code}


def test_of_a_district_all_moves_are_made_or_none_and_every_fault_is_told(land: Land) -> None:
    found = refused(lambda **given: move_all(land, "SYM1", "SYM1", "no code", **given), first=TODAY + DAY, reason="")
    first, second, third = (f"code_{part.code}" for part in land.parts)
    assert set(found) == {
        ("first", "in_future"),
        ("reason", "required"),
        (third, "not_a_code"),
    }
    assert refused(lambda **given: move_all(land, "SYM1", "SYM1", **given)) == [(second, "code_taken")]
    assert first not in dict(found)
    assert standing() == {part.code for part in land.parts}
    assert not PlaceChange.objects.exists()
    assert refused(lambda **given: move_all(land, **given)) == [("", "required")]


def test_no_district_is_moved_into_itself_nor_into_a_governorate(land: Land) -> None:
    assert refused(lambda **given: move_all(land, "SYM1", "SYM2", **given), parent=land.district) == [
        ("parent", "same")
    ]
    above = land.district.parent
    found = refused(lambda **given: move_all(land, "SYM1", **given), parent=above)
    assert found == [("parent", "not_a_district")]


def test_a_district_of_two_directorates_moves_as_it_is_held(land: Land) -> None:
    end_of_part(land)
    move_all(land, "SYM1", "SYM2")
    held = {row.place.code: row.organisation for row in Jurisdiction.objects.at(TODAY).select_related("place")}
    assert (held["SYM1"], held["SYM2"]) == (land.holder, land.other)


def end_of_part(land: Land) -> None:
    """The second place is another directorate's since long ago."""
    Jurisdiction.objects.filter(place=land.parts[1]).update(organisation=land.other)


def test_merged_places_end_and_the_one_that_goes_on_has_their_facilities(land: Land) -> None:
    land.merge(places=land.parts[:1] + land.parts[2:])
    assert standing() == {land.parts[1].code}
    assert set(Facility.objects.values_list("place", flat=True)) == {land.parts[1].pk}
    assert heirs_of(land.parts[0]) == heirs_of(land.parts[2]) == {land.parts[1].code}


def test_a_place_is_never_merged_into_itself_its_child_or_what_it_lies_in(land: Land) -> None:
    assert refused(land.merge, places=[land.parts[1]]) == [("into", "same")]
    found = refused(land.merge, places=[land.district], into=land.parts[0])
    assert ("into", "own_child") in found
    assert ("places", "not_a_subdistrict") in found
    assert ("into", "own_child") in refused(land.merge, into=land.district)


def test_no_change_gives_ground_to_another_directorate(land: Land) -> None:
    offer: dict[str, Any] = {
        "giver": land.holder,
        "taker": land.other,
        "places": [land.parts[1]],
        "first": TODAY,
        "reason": "x",
    }
    director, taker = member(Role.DIRECTOR, land.holder), member(Role.DIRECTOR, land.other)
    made = offer_handover(by=director, at=NOW, **offer)
    assert refused(land.merge, places=[land.parts[1]], into=land.parts[0]) == [("places", "offered")]
    answer_handover(handover=made, places=[land.parts[1]], by=taker, at=NOW)
    assert refused(land.merge) == [("places", "other_directorate")]
    # What is held since that very day cannot end on it.
    assert refused(land.merge, places=[land.parts[1]], into=land.parts[2]) == [
        ("first", "jurisdiction_later"),
        ("places", "other_directorate"),
    ]


def test_places_that_nobody_is_competent_for_change_all_the_same(land: Land) -> None:
    alone, beside = SubdistrictFactory(parent=land.beside), SubdistrictFactory(parent=land.beside)
    land.merge(places=[alone], into=beside)
    assert Jurisdiction.objects.competent(beside, TODAY) is None
    assert refused(land.merge, into=beside) == [("places", "other_directorate")]


def test_a_role_for_a_place_follows_its_ground_and_no_further(land: Land) -> None:
    one, two, three = land.parts
    of_one, of_two = (member(Role.DATA_OFFICER, land.holder, places=[place]) for place in (one, two))
    of_both = member(Role.DATA_OFFICER, land.holder, places=[two, three])

    def opens(person: User, place: Place) -> bool:
        scopes = rights_of(User.objects.get(pk=person.pk)).scopes
        return place.path in {path for scope in scopes for path in scope.within}

    # Moved or split, the same ground bears other codes: whoever had it all has it all.
    land.move(first=TODAY - 9 * DAY)
    moved = Place.objects.get(code="SYM1")
    parts = [NewPlace("SYX1", "أول", "One"), NewPlace("SYX2", "ثان", "Two")]
    lying = {row.code: f"SYX{number}" for number, row in enumerate(land.facilities, 1)}
    land.split(place=moved, parts=parts, facilities=lying, first=TODAY - 5 * DAY)
    first, second = Place.objects.get(code="SYX1"), Place.objects.get(code="SYX2")
    assert all(opens(of_one, place) for place in (one, moved, first, second))
    assert not opens(of_two, first)
    # Merged, it is more than one of them had: only whoever had both has what they became.
    land.merge(places=[two], into=three, first=TODAY)
    assert opens(of_two, two)
    assert not opens(of_two, three)
    assert opens(of_both, three)
    # And back to what it was: a place again, for whoever had all that it is made of.
    land.merge(places=[first, second], into=moved, first=TODAY)
    assert opens(of_one, moved)


def test_a_merge_is_undone_by_a_split_and_a_split_by_a_merge(land: Land) -> None:
    one, two = land.parts[:2]
    land.merge(first=TODAY - 9 * DAY)
    # The place that went on is split: it was merged into, so it ends, and both are what they were.
    third = NewPlace("SYX3", "قسم ثالث", "Third")
    into = dict.fromkeys((row.code for row in land.facilities), one.code)
    land.split(place=two, parts=[NewPlace(one.code), third], facilities=into, first=TODAY - 5 * DAY)
    one.refresh_from_db()
    assert (one.ended, one.began) == (None, TODAY - 5 * DAY)
    assert set(Facility.objects.values_list("place", flat=True)) == {one.pk}
    assert Jurisdiction.objects.competent(one, TODAY - 9 * DAY) is None
    assert Jurisdiction.objects.competent(one, TODAY - 5 * DAY) == land.holder
    assert one.pk not in heirs(TODAY)
    assert heirs_of(two) == {one.code, "SYX3"}
    third_place = Place.objects.get(code="SYX3")
    land.merge(places=[one, third_place], into=two, first=TODAY)
    assert standing() == {two.code, land.parts[2].code}
    assert heirs_of(one) == heirs_of(third_place) == {two.code}


def test_a_place_comes_back_only_where_it_was(land: Land) -> None:
    land.move(first=TODAY - 9 * DAY)
    moved = Place.objects.get(code="SYM1")
    third = DistrictFactory()
    assert refused(land.move, place=moved, parent=third, code=land.parts[0].code) == [("code", "elsewhere")]
    land.move(place=moved, parent=land.district, code=land.parts[0].code)
    land.parts[0].refresh_from_db()
    assert land.parts[0].ended is None
    assert heirs_of(moved) == {land.parts[0].code}


def test_days_that_were_changed_later_are_refused(land: Land) -> None:
    land.move(first=TODAY - 9 * DAY)
    moved = Place.objects.get(code="SYM1")
    given: dict[str, Any] = {"place": moved, "parent": land.district, "code": "SYM2"}
    assert refused(land.move, **given, first=TODAY - 9 * DAY) == [
        ("first", "changed_later"),
        ("first", "jurisdiction_later"),
    ]
    assert ("places", "ended") in refused(land.move, code="SYM3")
    assert refused(land.merge, first=TODAY + DAY, places=[land.parts[2]]) == [("first", "in_future")]


@pytest.mark.parametrize("days", [0, 20])
def test_no_place_ends_on_or_before_the_day_on_which_another_was_merged_into_it(land: Land, days: int) -> None:
    """It goes on without a day of its own; what had been counted of the other would move to it."""
    merged, into = land.parts[:2]
    land.merge(first=TODAY - 9 * DAY)
    earlier = TODAY - (9 + days) * DAY
    parts = [NewPlace("SYX1", "أول", "One"), NewPlace("SYX2", "ثان", "Two")]
    lying = dict.fromkeys((row.code for row in land.facilities), "SYX1")
    late = [("first", "changed_later")]
    assert refused(land.split, place=into, parts=parts, facilities=lying, first=earlier) == late
    assert refused(land.move, place=into, first=earlier) == late
    assert refused(land.merge, places=[into], into=land.parts[2], first=earlier) == late
    # What the page would not ask, the database refuses as well.
    change = PlaceChange.objects.get()
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(
            """WITH made AS (
                INSERT INTO directorates_placechange (kind, place_id, first, reason, source, former_ar, former_en, later_ar,
                    later_en, at, decided_as_id)
                SELECT 'place_merged', %(into)s, %(day)s, reason, '', '', '', '', '', at, decided_as_id
                FROM directorates_placechange WHERE id = %(change)s RETURNING id)
            INSERT INTO directorates_placesuccession (change_id, former_id, later_id, day)
            SELECT id, %(into)s, %(third)s, %(day)s FROM made""",
            {"into": into.pk, "third": land.parts[2].pk, "day": earlier, "change": change.pk},
        )
    # Another place may still be merged into it, on that day or before; and the day after, it can end.
    land.merge(places=[land.parts[2]], into=into, first=earlier)
    land.move(place=into, first=TODAY - 8 * DAY)
    assert heirs_of(merged) == heirs_of(land.parts[2]) == heirs_of(into) == {"SYM1"}


def test_only_whoever_keeps_places_and_is_told_where_facilities_lie_changes_them(land: Land) -> None:
    for person in (member(Role.DIRECTOR, land.holder), member(Role.POLICY_MANAGER, BodyFactory())):
        for change in (land.move, land.merge, land.split):
            with pytest.raises(Refused), transaction.atomic():
                change(by=person)
        with pytest.raises(Refused):
            rename_place(place=land.parts[0], name_ar="اسم", name_en="Name", **land.said(by=person))
    assert not PlaceChange.objects.exists()


def test_no_facility_is_entered_in_a_place_that_has_ended(land: Land) -> None:
    land.merge()
    land.parts[0].refresh_from_db()
    given: dict[str, Any] = {
        "code": "F-9",
        "name_ar": "مركز",
        "name_en": "Centre",
        "type": "hospital",
        "place": land.parts[0],
    }
    with pytest.raises(Problem) as caught:
        register_facility(**given, services=[], by=land.by, at=NOW)
    assert codes(caught.value) == [("place", "wrong_level")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE directorates_place SET parent_id = %(beside)s, path = path || 'X/' WHERE id = %(one)s",
        "UPDATE directorates_place SET ended = %(today)s WHERE id = %(three)s",
        "UPDATE directorates_placechange SET first = first - 1",
        "UPDATE directorates_placesuccession SET later_id = %(three)s",
        "UPDATE directorates_placename SET name_en = 'Other'",
        "UPDATE facilities_formerplacement SET until = until - 1",
        "UPDATE facilities_facility SET place_id = %(one)s",
        "UPDATE directorates_jurisdiction SET valid = daterange(lower(valid), NULL) WHERE place_id = %(one)s",
        """INSERT INTO directorates_placesuccession (change_id, former_id, later_id, day)
            SELECT id, %(three)s, %(district)s, first FROM directorates_placechange""",
    ],
)
def test_the_database_keeps_what_happened(land: Land, statement: str) -> None:
    land.merge()
    rename_place(place=land.parts[2], name_ar="اسم", name_en="Name", **land.said())
    given: dict[str, Any] = {"beside": land.beside.pk, "one": land.parts[0].pk, "three": land.parts[2].pk}
    given |= {"district": land.district.pk}
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given | {"today": TODAY})


def test_a_place_that_ends_takes_its_facilities_along_or_does_not_end(land: Land) -> None:
    succeed(plan=plan_move(land.parts[1], land.beside, "SYM1"), **land.said())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    succeed(plan=plan_move(land.parts[0], land.beside, "SYM2"), **land.said())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert PlaceSuccession.objects.count() == 2
    # What is asked at the end of the transaction would undo all of it.
    transaction.set_rollback(True)
