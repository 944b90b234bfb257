"""Places: loaded from a country's file, found by any spelling, and everything under one."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from directorates.actions.places import load_places
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Place
from directorates.permissions import Refused, may, rights_of
from directorates.roles import Permission, Role
from tests.factories import BodyFactory, OrganisationFactory, UserFactory, member

pytestmark = pytest.mark.django_db
FOLDER = Path(apps.get_app_config("directorates").path) / "data" / "places"
HEADER = "level,pcode,parent_pcode,name_en,name_ar\n"
SMALL = (
    HEADER
    + "0,XX,,Land,بلاد\n1,XX01,XX,North,الشمال\n2,XX0101,XX01,Upper North,الشمال الأعلى\n3,XX010101,XX0101,Spring,النبع\n"
)


def load(text: str | bytes, spellings: str = "") -> object:
    """Load a file's text as the loading command does."""
    data = text if isinstance(text, bytes) else text.encode()
    return load_places(data=data, spellings=spellings.encode(), by=None, at=timezone.now())


def faults(text: str | bytes, spellings: str = "") -> set[tuple[str, str]]:
    """Where and what is wrong; and nothing was changed."""
    before = list(Place.objects.order_by("pk").values())
    with pytest.raises(Problem) as caught:
        load(text, spellings)
    assert list(Place.objects.order_by("pk").values()) == before
    return {(fault.field, fault.code) for fault in caught.value.errors}


@pytest.fixture
def syria() -> None:
    """The places that ship."""
    load_places(
        data=(FOLDER / "syr_pcodes.csv").read_bytes(),
        spellings=(FOLDER / "spellings.csv").read_bytes(),
        by=None,
        at=timezone.now(),
    )


@pytest.mark.usefixtures("syria")
def test_the_file_that_ships_gives_every_place_of_syria() -> None:
    levels = [Place.objects.filter(level=level).count() for level in range(4)]
    assert levels == [1, 14, 62, 272]


@pytest.mark.usefixtures("syria")
@pytest.mark.parametrize(
    ("written", "code"),
    [
        *[(text, "SY07") for text in ("Idlib", "Idleb", "idleb", "إدلب", "ادلب")],
        *[(text, "SY12") for text in ("Daraa", "Dar'a", "Deraa", "درعا")],
        *[(text, "SY03") for text in ("Rif Dimashq", "Rural Damascus", "ريف دمشق")],
        *[(text, "SY06") for text in ("Latakia", "Lattakia", "اللاذقية", "لاذقيه")],
        *[(text, "SY11") for text in ("Raqqa", "Ar-Raqqa", "Ar Raqqah")],
        ("Rustan", None),
    ],
)
def test_a_governorate_is_found_by_any_spelling(written: str, code: str | None) -> None:
    found = Place.objects.named_like(written).filter(level=1).values_list("code", flat=True)
    assert list(found) == ([code] if code else [])


@pytest.mark.usefixtures("syria")
def test_names_are_shown_in_the_form_that_the_portal_uses() -> None:
    shown = dict(Place.objects.filter(level=1).values_list("code", "name_en"))
    assert [shown[code] for code in ("SY03", "SY06", "SY07", "SY12")] == [
        "Rural Damascus",
        "Lattakia",
        "Idlib",
        "Daraa",
    ]


@pytest.mark.usefixtures("syria")
def test_everything_under_a_governorate_is_one_range_of_an_index() -> None:
    place = Place.objects.get(code="SY07")
    rows = Place.objects.under(place)
    assert rows.count() == 1 + 5 + 26
    assert all(row.code.startswith("SY07") for row in rows)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Place.objects.under(place).order_by("path").explain()
    assert "Index" in plan
    assert "path >= " in plan.replace("(path)::text", "path")


@pytest.mark.usefixtures("syria")
def test_a_place_is_not_under_another_whose_code_begins_alike() -> None:
    load(SMALL + "1,XX010,XX,Other,الآخر\n")
    under = Place.objects.under(Place.objects.get(code="XX01"))
    assert set(under.values_list("code", flat=True)) == {"XX01", "XX0101", "XX010101"}


def test_loading_again_changes_nothing() -> None:
    load(SMALL)
    before = list(Place.objects.order_by("pk").values())
    events = AuditEvent.objects.count()
    loaded = load(SMALL)
    assert (loaded.new, loaded.changed, loaded.same) == (0, 0, 4)  # type: ignore[attr-defined]
    assert list(Place.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.count() == events


def test_a_changed_name_is_brought_in_step_and_found() -> None:
    load(SMALL)
    loaded = load(SMALL.replace("Spring", "Fountain"))
    assert (loaded.new, loaded.changed) == (0, 1)  # type: ignore[attr-defined]
    assert Place.objects.named_like("fountain").get().code == "XX010101"


def test_any_countrys_file_of_the_same_columns_is_taken_whatever_stands_beside_them() -> None:
    lines = SMALL.splitlines()
    text = "\r\n".join([f"extra,{lines[0]}", *[f"x,{line}" for line in lines[1:]]])
    load(b"\xef\xbb\xbf" + text.encode())
    assert Place.objects.get(code="XX010101").path == "XX/XX01/XX0101/XX010101/"


def test_spellings_are_shown_or_only_found() -> None:
    load(SMALL, "pcode,use,name\nXX01,name_en,The North\nXX01,other,Septentrion\n")
    place = Place.objects.get(code="XX01")
    assert (place.name_en, place.other_names) == ("The North", ["North", "Septentrion"])


def test_all_faults_are_told_at_once_with_their_lines() -> None:
    text = (
        HEADER
        + "0,XX,,Land,بلاد\n"
        + "1,XX01,YY,North,الشمال\n"
        + "2,XX0101,XX,Upper,الأعلى\n"
        + "1,XX02,XX,,الجنوب\n"
        + "1,XX02,XX,South,الجنوب\n"
        + "7,XX03,XX,East,الشرق\n"
        + "1,x/3,XX,West,الغرب\n"
        + "1,XX05,XX,East,East\n"
        + "1,XX06,XX\n"
    )
    assert faults(text) == {
        ("places:3:parent_pcode", "unknown_parent"),
        ("places:4:parent_pcode", "level_gap"),
        ("places:5:name_en", "missing_name"),
        ("places:6:pcode", "duplicate_code"),
        ("places:7:level", "unknown_level"),
        ("places:8:pcode", "not_a_code"),
        ("places:9:name_ar", "wrong_script"),
        ("places:10", "uneven_row"),
    }


def test_a_file_in_another_encoding_is_refused_with_the_lines_that_are_not_utf8() -> None:
    assert ("places:2", "not_utf8") in faults(SMALL.encode("cp1256"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing_columns"),
        ("level,pcode\n0,XX\n", "missing_columns"),
        (HEADER + '0,XX,,"Land,بلاد\n', "unreadable_row"),
        (HEADER + "0,XX,XX,Land,بلاد\n", "parent_of_country"),
        (HEADER + f"0,XX,,{'a' * 201},بلاد\n", "name_too_long"),
        (HEADER + "0,XX,,La\0nd,بلاد\n", "unreadable_name"),
        (HEADER + "0,XX,,Ø¨Ù„Ø§Ø¯,Ø¨Ù„Ø§Ø¯\n", "wrong_script"),
    ],
)
def test_a_file_that_is_no_file_of_places_is_refused(text: str, code: str) -> None:
    assert code in {found for _where, found in faults(text)}


def test_spellings_of_unknown_places_and_uses_are_faults() -> None:
    found = faults(SMALL, "pcode,use,name\nZZ,other,x\nXX,nickname,y\nXX,other,\n")
    assert found == {
        ("spellings:2:pcode", "unknown_place"),
        ("spellings:3:use", "unknown_use"),
        ("spellings:4:name", "missing_name"),
    }


def test_a_place_is_never_moved_by_a_file() -> None:
    load(SMALL + "1,XX02,XX,South,الجنوب\n")
    assert faults(SMALL.replace("2,XX0101,XX01", "2,XX0101,XX02") + "1,XX02,XX,South,الجنوب\n") == {
        ("places:4:parent_pcode", "moved")
    }


def test_direction_overrides_in_names_are_not_kept() -> None:
    load(SMALL.replace("North", "No\u202erth"))
    assert Place.objects.get(code="XX01").name_en == "North"


def test_a_country_that_comes_later_is_reached_by_the_roles_that_reach_every_place() -> None:
    observer = member(Role.OBSERVER, OrganisationFactory(kind="cluster"))
    load(SMALL)
    assert may(observer, Permission.VIEW_EDITIONS)
    assert "XX/" in {scope.path for scope in rights_of(observer).scopes}


def test_only_who_manages_organisations_loads_places() -> None:
    with pytest.raises(Refused):
        load_places(data=SMALL.encode(), by=UserFactory(), at=timezone.now())
    administrator = member(Role.ADMINISTRATOR, BodyFactory())
    load_places(data=SMALL.encode(), by=administrator, at=timezone.now())
    assert AuditEvent.objects.filter(what="load", by=administrator).exists()


def test_the_command_prints_every_fault_with_file_and_line_and_ends_with_an_error(tmp_path: Path) -> None:
    file = tmp_path / "land.csv"
    file.write_text(SMALL + "3,XX99,XX01,A,ا\n3,XX99,XX01,B,ب\n")
    with pytest.raises(CommandError) as caught:
        call_command("load_places", file)
    assert f"{file}:6:parent_pcode" in str(caught.value)
    assert f"{file}:7:pcode" in str(caught.value)


def test_the_command_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("load_places", tmp_path / "nowhere.csv")
