"""Every page is light enough for a slow link: what a first visit and a second visit cost, as the portal sends it."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.reviews import approve
from directorates.models import User
from tests.factories import member
from tests.reporting.clinic import Clinic, sent_from

pytestmark = pytest.mark.django_db

FIRST, AGAIN, FORM = 100_000, 20_000, 60_000
# Tools of programmers and of the technical administration, which are not the portal's pages.
TOOLS = ("/api/", "/technical-administration/", "/accounts/logout/", "/static/")
MOST_PAGES = 60
# With a page's head and footer, every answer brings about so many bytes of HTTP headers.
HEADERS = 700


def sent_bytes(client: Client, address: str) -> tuple[int, str, list[str]]:
    """The bytes of a page as a browser receives it, its HTML, and the files it asks for."""
    response = client.get(address, headers={"accept-encoding": "gzip"})
    if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
        return 0, "", []
    page = response.content
    if "gzip" in response.headers.get("Content-Encoding", ""):
        page = gzip.decompress(page)
    else:
        assert len(page) < 400, f"{address} is not compressed"
    files = re.findall(r'(?:<link[^>]* href|<script[^>]* src|<img[^>]* src|<use href)="(/static/[^"#]+)', page.decode())
    return len(response.content) + HEADERS, page.decode(), sorted(set(files))


def file_bytes(address: str) -> int:
    """The bytes of a static file in its best compression, as it lies beside the file."""
    name = address.removeprefix("/static/")
    path = Path(staticfiles_storage.path(name))
    stored = [found for end in (".br", ".gz", "") if (found := path.with_name(path.name + end)).exists()]
    assert stored, f"{address} is asked for and not there"
    return min(found.stat().st_size for found in stored) + HEADERS


def reachable(client: Client, start: str = "/") -> Iterator[tuple[str, int, int]]:
    """Every page that links lead to, one of each kind: its address, the bytes of a first visit and of a second."""
    waiting, seen = [start], {kind(start)}
    while waiting:
        address = waiting.pop(0)
        size, page, files = sent_bytes(client, address)
        if page:
            yield address, size + sum(map(file_bytes, files)), size
        for link in re.findall(r'<a [^>]*href="(/[^"#]*)', page.replace("&amp;", "&")):
            if kind(link) not in seen and not link.startswith(TOOLS) and len(seen) < MOST_PAGES:
                seen.add(kind(link))
                waiting.append(link)


def kind(address: str) -> str:
    """The same for all pages of one kind: ids, codes and values of a query say nothing of weight."""
    path, _mark, query = address.partition("?")
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|/[A-Z]+\d+/|\d+", "*", path)
    return path + "?" + "&".join(sorted(part.partition("=")[0] for part in query.split("&")))


@pytest.fixture
def clinic() -> Clinic:
    """The centre with a draft, a report on its way and one that counts."""
    clinic = Clinic()
    week = clinic.period.previous()
    browser = clinic.browser()
    approve(
        by=clinic.officer,
        submission=sent_from(clinic, browser, clinic.draft(period=week.previous())),
        at=timezone.now(),
    )
    sent_from(clinic, browser, clinic.draft(period=week))
    clinic.draft()
    return clinic


def people(clinic: Clinic) -> dict[str, User]:
    """One person of every role."""
    return {
        "ngo_coordinator": clinic.clerk,
        "data_officer": clinic.officer,
        "director": member("director", clinic.directorate),
        "data_manager": member("data_manager", clinic.body),
        "administrator": member("administrator", clinic.body),
        "policy_manager": member("policy_manager", clinic.body),
        "observer": member("observer", clinic.other_ngo),
        "donor": member("donor", clinic.other_ngo),
    }


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_that_a_role_can_reach_is_light(clinic: Clinic, language: str) -> None:
    heavy, visited = [], set()
    for role, person in people(clinic).items():
        for address, first, again in reachable(clinic.browser(person, language)):
            visited.add(kind(address))
            if first > FIRST or again > AGAIN:
                heavy.append((role, address, first, again))
    assert heavy == []
    assert len(visited) > 10


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_entrance_is_light(language: str) -> None:
    size, page, files = sent_bytes(Client(headers={"accept-language": language}), "/accounts/login/")
    assert page
    assert size + sum(map(file_bytes, files)) <= FIRST


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("template", ["ewarn-weekly", "services-monthly"])
def test_the_form_is_lighter_still(template: str, language: str) -> None:
    clinic = Clinic(template)
    browser = clinic.browser(language=language)
    sent_from(clinic, browser, clinic.draft(period=clinic.period.previous()), clinic.complete(7))
    draft = clinic.draft()
    browser.post(f"/reports/{draft.pk}/fill/", clinic.complete(4))
    for page in ("fill", "check"):
        size, _html, files = sent_bytes(browser, f"/reports/{draft.pk}/{page}/")
        assert size + sum(map(file_bytes, files)) <= FORM, {name: file_bytes(name) for name in files} | {"page": size}
        assert size <= AGAIN
