"""No list without its file: every paged list offers one, and those of corrections, bulletins, versions and others hold what is shown."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from tests.exchange.test_dhis2 import small
from tests.exchange.test_exports import address, table
from tests.exchange.test_packages import applied, given
from tests.factories import (
    BodyFactory,
    CountryFactory,
    DatasetFactory,
    OrganisationFactory,
    ProgrammeFactory,
    TemplateFactory,
    member,
    signed_in,
)
from tests.policies.test_compliance import SAID, Applied
from tests.reporting.corrected import Corrected
from tests.reporting.test_bulletins import Desk
from tests.reporting.test_embedded_figures import SITE, Shown
from tests.reporting.test_lost_services import cut_off_world, officer_of
from tests.reporting.workshop import Workshop

pytestmark = pytest.mark.django_db

# Lists that are no rows to take along: what is worked through (a search, names to be filled in, items to be ticked), what
# people say to one another, bookmarks of one's own, and who of others opened a thing, which stands in the record.
NO_FILE = {
    *("search/search.html", "reporting/missing_names.html", "reporting/draft_items.html"),
    *("policies/discussion.html", "reporting/saved_views.html", "reporting/shared_dashboards.html"),
    "directorates/readers.html",
}
PAGED = re.compile(r"\{% pages (?:part\.)?page")


def taken(client: Client, code: str, query: str = "") -> list[dict[str, str]]:
    """The rows of a plain table by the labels of their columns."""
    head, *rows = table(client, code, query)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_paged_list_offers_its_file_and_every_file_stands_on_a_page() -> None:
    root = Path(settings.BASE_DIR) / "templates"
    texts = {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*.html"))}
    paged = {name for name, text in texts.items() if PAGED.search(text)}
    without = {name for name in paged if "exchange:export" not in texts[name] and "export=" not in texts[name]}
    assert len(paged) > 40
    assert without == NO_FILE
    whole = "".join(texts.values())
    offered = {*re.findall(r"exchange:export' '([a-z_-]+)'", whole), *re.findall(r'export="([a-z_-]+)"', whole)}
    assert offered == set(LISTINGS)


def test_correction_requests_are_taken_along_under_the_filters_of_their_page() -> None:
    corrected = Corrected()
    corrected.publish()
    corrected.ask()
    client = signed_in(corrected.officer)
    (row,) = taken(client, "corrections")
    assert (row["Facility code"], row["State"]) == (corrected.facility.code, "Asked for")
    assert (row["First day"], row["Last day"]) == (
        corrected.report.period.start.isoformat(),
        corrected.report.period.last_day.isoformat(),
    )
    assert taken(client, "corrections", "state=done") == []
    assert taken(signed_in(member("ngo_coordinator", OrganisationFactory())), "corrections") == []


def test_bulletins_are_taken_along_and_those_of_others_are_not() -> None:
    desk = Desk()
    (row,) = taken(signed_in(desk.manager), "bulletins")
    assert (row["Bulletin"], row["First day"], row["State"]) == ("Monthly bulletin", "2018-03-01", "Draft")
    assert taken(signed_in(desk.observer), "bulletins") == []
    assert taken(signed_in(desk.directors[0]), "bulletins", "waits=sign") == []


def test_when_figures_are_checked_is_taken_along() -> None:
    TemplateFactory(code="visits-monthly")
    (row,) = taken(signed_in(member("data_manager", BodyFactory())), "schedules")
    assert (row["Report template"], row["How often"], row["Next"]) == ("visits-monthly", "Never by itself", "")


def test_embedded_figures_are_taken_along_without_their_addresses() -> None:
    shown = Shown()
    held = shown.embed()
    text = str(taken(shown.client, "embedded", f"edition={shown.edition.pk}"))
    assert SITE in text
    assert held.token not in text
    other = signed_in(shown.published.observer)
    assert other.get(f"{address('embedded')}?edition={shown.edition.pk}").status_code == 403
    assert shown.client.get(address("embedded")).status_code == 404


def test_estimates_of_services_lost_are_taken_along_with_their_range_by_who_may_see_them() -> None:
    world, query = cut_off_world(), "period=201804&element=births"
    rows = taken(signed_in(officer_of(world)), "lost", query)
    births = [row for row in rows if row["Item"] == "births" and row["Code"] == "SY"]
    assert [(row["Estimate"], row["From"], row["To"]) for row in births] == [("92", "60", "124")]
    # Others learn how many facilities are excused, as on the page, and no number.
    reader = member("facility_reporter", OrganisationFactory())
    told = taken(signed_in(reader), "lost", query)
    assert {row["Facilities excused"] for row in told if row["Code"] == "SY"} == {"4"}
    assert {row["Estimate"] for row in told} == {""}


def test_items_and_rules_of_a_version_are_taken_along_and_those_of_a_draft_by_who_builds_it() -> None:
    workshop = Workshop()
    workshop.section("visits", "births")
    workshop.rule()
    query = f"template={workshop.template.code}&version={workshop.draft.number}"
    builder, reader = signed_in(workshop.builder), signed_in(member("data_manager", workshop.body))
    items = taken(builder, "version-items", query)
    assert [(row["Section"], row["Code"], row["Required"]) for row in items] == [
        ("Main", "visits", "yes"),
        ("Main", "births", "yes"),
    ]
    (rule,) = taken(builder, "version-rules", query)
    assert (rule["Left side"], rule["Right side"]) == ("births", "visits")
    for code in ("version-items", "version-rules"):
        assert reader.post(f"{address(code)}?{query}", {"format": "csv"}).status_code == 404
        assert builder.get(f"{address(code)}?template=x").status_code == 404
        assert builder.get(f"{address(code)}?template={workshop.template.code}&version={'9' * 18}").status_code == 404


def test_what_becomes_of_a_package_is_taken_along_before_and_after_the_import() -> None:
    CountryFactory(), ProgrammeFactory(), DatasetFactory()
    admin = member("administrator", BodyFactory())
    row = given(small(users=[{"id": "SomebodyOne", "name": "x"}]), admin)
    client, query = signed_in(admin), f"package={row.pk}"
    before = taken(client, "package-items", query)
    assert {one["Status"] for one in before if one["Part"] == "Items"} == {"New"}
    assert [one["Status"] for one in before if one["Part"] == "Other parts"] == ["Left out"]
    assert all(one["Reason"] for one in before if one["Status"] == "Left out")
    page = client.get(reverse("exchange:package", args=[row.pk])).content.decode()
    assert f"{address('package-items')}?package={row.pk}&amp;templates=DataSetOne1" in page
    applied(row, admin)
    assert taken(client, "package-items", query) == before
    other = given(small(), admin, "again.json")
    type(other).objects.filter(pk=other.pk).update(file=None)
    assert client.get(f"{address('package-items')}?package={other.pk}").status_code == 404
    manager = signed_in(member("data_manager", row.by.memberships.get().organisation))
    assert manager.get(f"{address('package-items')}?{query}").status_code == 403


def test_notes_on_a_policy_are_taken_along_by_who_may_read_them() -> None:
    library = Applied()
    library.note()
    query = "policy=infection&version=1"
    (row,) = taken(library.browser(library.manager), "compliance", query)
    assert (row["How far"], row["Note"], row["Files"]) == ("Applied in part", SAID, "1")
    stranger = member("ngo_coordinator", OrganisationFactory())
    assert taken(library.browser(stranger), "compliance", query) == []
    assert library.browser(library.manager).get(f"{address('compliance')}?policy=x&version=1").status_code == 404
    assert row["Noted"].startswith(timezone.localdate().isoformat())
