"""Verifying editions: what was frozen gives the same figures again, and whatever was altered since is found."""

import io
import os
from collections.abc import Iterator

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.verifications import findings_of, verify_edition
from coordination.reporting.models import (
    Edition,
    EditionExpected,
    EditionReport,
    Verification,
)
from coordination.reporting.models.edition_sources import sources_frozen
from coordination.reporting.rules.edition_figures import make
from coordination.reporting.rules.fingerprints import fingerprint
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.suppression import Limits
from directorates.foundation.sight import NOTHING, PORTAL, seeing
from directorates.models import AuditEvent, Dataset
from directorates.permissions import sight_of
from directorates.roles import Role
from tests.factories import OrganisationFactory, SubdistrictFactory, member, signed_in
from tests.reporting.figures_world import stored_cells, stored_coverage
from tests.reporting.test_editions import MARCH, Published, published  # noqa: F401 - a fixture
from tests.reporting.test_figures import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(published: Published) -> Edition:  # noqa: F811 - the fixture
    """An edition of the month."""
    return published.publish()


def wrongs(edition: Edition) -> set[str]:
    """What a verification finds."""
    return {one.wrong.value for one in findings_of(edition)[0]}


def test_what_was_frozen_gives_every_figure_again(edition: Edition) -> None:
    findings, figures = findings_of(edition)
    assert findings == []
    assert figures == edition.figures.count() > 0


def test_what_is_corrected_reopened_or_moved_afterwards_changes_nothing_of_it(
    edition: Edition,
    published: Published,  # noqa: F811 - the fixture
) -> None:
    report(published.world, 0, MARCH, births=1)
    drain()
    published.world.facilities[1].name_en = "Renamed"
    published.world.facilities[1].save()
    assert wrongs(edition) == set()


def test_the_figures_are_those_of_the_cells_before_anything_is_hidden(published: Published) -> None:  # noqa: F811
    """Two ways to one figure: consolidation in SQL, and the frozen reports in Python."""
    edition = published.publish(Limits(smallest=2, facilities=2, share=100))
    sources, _altered = sources_frozen(edition)
    made = make(sources.facts, sources.counted, sources.expected)
    cells = {key[1:]: sums for key, sums in stored_cells(published.world.template).items() if key[1] <= 3}
    births = published.world.elements["births"].pk
    again = {(key.depth, key.place): value for key, value in made.shown.items() if key.item == births}
    assert again == {
        (level, place): sums[0]
        for (level, place, item, _c), sums in cells.items()
        if item == births and (level, place) in again
    }
    assert len(again) > 5
    coverage = {key[2]: told for key, told in stored_coverage(published.world.template).items() if key[1] <= 3}
    assert {
        place: (one.expected, one.received, one.on_time, one.answered, one.answered_on_time)
        for place, one in made.covered.items()
    } == coverage


def test_each_report_bears_the_fingerprint_of_its_receipt(edition: Edition) -> None:
    for row in edition.counted.select_related("revision"):
        assert row.digest == fingerprint(Document(row.revision.doc, row.revision.notes))
    assert edition.counted.count() == edition.reports == 13
    assert EditionExpected.objects.filter(edition=edition).count() > 0


def tamper(statement: str) -> None:
    """What only somebody with the keys of the database can do: past guards and wall."""
    table = statement.split("FROM" if statement.startswith("DELETE") else "UPDATE")[1].split(maxsplit=1)[0]
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    with owner, owner.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE {table} DISABLE TRIGGER USER; {statement}; ALTER TABLE {table} ENABLE TRIGGER USER"
        )
    owner.close()


FIGURE, REPORT, EXPECTED = "reporting_editionfigure", "reporting_editionreport", "reporting_editionexpected"
INPUTS, PLACE, REVISION = "reporting_editioninputs", "reporting_editionplace", "reporting_revision"
A_FIGURE = f"UPDATE {FIGURE} SET value = value + 1 WHERE id = (SELECT min(id) FROM {FIGURE} WHERE NOT hidden)"
TAMPERED: dict[str, tuple[str, set[str]]] = {
    "a figure": (A_FIGURE, {"figure"}),
    "a figure that was hidden": (
        f"UPDATE {FIGURE} SET value = 3, hidden = false WHERE id = (SELECT min(id) FROM {FIGURE} WHERE hidden)",
        {"figure"},
    ),
    "a figure that is gone": (f"DELETE FROM {FIGURE} WHERE id = (SELECT min(id) FROM {FIGURE})", {"figure"}),
    "a report's numbers": (
        f'UPDATE {REVISION} SET doc = doc || \'{{"s1": 999, "s2": 998, "s3": 997}}\' WHERE id = (SELECT min(id) FROM {REVISION})',
        {"reports", "figure", "figures"},
    ),
    "whether a report came on time": (
        f"UPDATE {REPORT} SET on_time = NOT on_time WHERE id = (SELECT min(id) FROM {REPORT})",
        {"inputs", "coverage"},
    ),
    "what was expected": (
        f"DELETE FROM {EXPECTED} WHERE id = (SELECT min(id) FROM {EXPECTED})",
        {"inputs", "coverage"},
    ),
    "limits": (
        f"UPDATE {INPUTS} SET facts = jsonb_set(facts, '{{limits,smallest}}', '2')",
        {"inputs", "figure", "figures"},
    ),
    "a hash": (f"UPDATE {INPUTS} SET digest = repeat('0', 64)", {"inputs", "record"}),
    "how many came": (
        f"UPDATE {PLACE} SET received = received + 1 WHERE id = (SELECT min(id) FROM {PLACE})",
        {"coverage"},
    ),
}


@pytest.fixture
def kept(transactional_db: None) -> Iterator[Edition]:
    """An edition that other connections see."""
    yield Published().publish()
    connections.close_all()


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_altered_behind_the_guards_is_found(kept: Edition, what: str) -> None:
    statement, found = TAMPERED[what]
    tamper(statement)
    assert wrongs(Edition.objects.get(pk=kept.pk)) == found


@pytest.mark.parametrize(
    "table",
    ["edition", "editionfigure", "editionplace", "editioninputs", "editionreport", "editionexpected", "verification"],
)
@pytest.mark.parametrize("deed", ["UPDATE reporting_{0} SET {1} = {1}", "DELETE FROM reporting_{0}"])
def test_the_portal_itself_can_change_nothing_of_what_was_published(edition: Edition, table: str, deed: str) -> None:
    verify_edition(edition=edition, by=None, at=timezone.now())
    column = "state" if table == "edition" else "edition_id"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table, column))


def test_nothing_is_added_to_what_was_published(edition: Edition) -> None:
    counted, elsewhere = edition.counted.all()[0], SubdistrictFactory()
    aside = {"submission": counted.submission, "revision": counted.revision, "digest": "0" * 64, "reason": "only"}
    with pytest.raises(DatabaseError), transaction.atomic():
        edition.set_aside.create(**aside)
    with pytest.raises(DatabaseError), transaction.atomic():
        edition.places.create(place=elsewhere, expected=1, received=1, answered=1)


def test_which_reports_counted_is_seen_with_the_reports_and_by_no_reader_of_editions(
    edition: Edition,
    published: Published,  # noqa: F811 - the fixture
) -> None:
    assert EditionReport.objects.visible_to(published.observer).count() == 0
    with seeing(sight_of(published.observer)):
        assert EditionReport.objects.filter(edition=edition).count() == 0
        assert EditionExpected.objects.count() == 0
    with seeing(NOTHING):
        assert EditionReport.objects.count() == 0
    with seeing(PORTAL):
        assert EditionReport.objects.filter(edition=edition).count() == 13
    # A directorate sees which of its own counted, and none of the others; wall and list open the same.
    directorate = next(one for one in published.world.directorates.values() if one is not None)
    director = member(Role.DIRECTOR, directorate)
    listed = set(EditionReport.objects.visible_to(director).values_list("pk", flat=True))
    assert listed == set(edition.counted.filter(directorate=directorate).values_list("pk", flat=True))
    assert 0 < len(listed) < 13
    with seeing(sight_of(director)):
        assert set(EditionReport.objects.values_list("pk", flat=True)) == listed
        assert EditionExpected.objects.count() == 0


def test_the_command_says_what_differs_and_fails(kept: Edition) -> None:
    edition = kept
    out = io.StringIO()
    call_command("bulletin-verify", str(edition.pk), "--edition", stdout=out)
    assert f"{edition.inputs.digest}" in out.getvalue()
    assert " 0 faults" in out.getvalue()
    tamper(A_FIGURE)
    with pytest.raises(CommandError, match="1 faults"):
        call_command("bulletin-verify", str(edition.pk), "--edition", stdout=out)
    assert "Another figure" in out.getvalue()
    with pytest.raises(CommandError, match="no published edition"):
        call_command("bulletin-verify", "0", "--edition", stdout=out)
    with pytest.raises(CommandError, match="no published bulletin"):
        call_command("bulletin-verify", str(edition.pk), stdout=out)
    assert [one.faults for one in Verification.objects.all()] == [1, 0]
    assert AuditEvent.objects.filter(what="verify_edition").count() == 2


@pytest.mark.parametrize("hidden", [True, False])
def test_what_a_verification_finds_never_tells_a_number_that_the_edition_hides(kept: Edition, hidden: bool) -> None:
    """Rules that hide less than those of before make such figures again; so does a row that was hidden by force."""
    if hidden:
        tamper(
            f"UPDATE {FIGURE} SET value = NULL, hidden = true WHERE id = (SELECT min(id) FROM {FIGURE} WHERE NOT hidden)"
        )
    else:
        tamper(f"DELETE FROM {FIGURE} WHERE id = (SELECT min(id) FROM {FIGURE} WHERE NOT hidden)")
    (found,) = (one for one in findings_of(kept)[0] if one.wrong.value == "figure")
    assert (found.stands, found.again) == ("hidden" if hidden else "", "shown")


def test_readers_of_an_edition_learn_how_many_things_were_found_and_its_custodian_which(
    kept: Edition,
) -> None:
    tamper(f"UPDATE {PLACE} SET received = received + 1 WHERE id = (SELECT max(id) FROM {PLACE})")
    tamper(A_FIGURE)
    assert verify_edition(edition=kept, by=None, at=timezone.now()).faults == 2
    observer, unit = (
        member(Role.OBSERVER, OrganisationFactory(kind="cluster")),
        OrganisationFactory(kind="surveillance"),
    )
    Dataset.objects.filter(pk=kept.template.dataset_id).update(custodian=unit)
    custodian = member(Role.SURVEILLANCE_OFFICER, unit)
    found = {}
    for person in (observer, custodian):
        page = signed_in(person, "en").get(f"/reports/editions/{kept.pk}/").text
        assert "things are not as they were published" in page
        found[person.pk] = [words in page for words in ("Another figure", "Other numbers of reports")]
    assert found == {observer.pk: [False, False], custodian.pk: [True, True]}
