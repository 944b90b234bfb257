"""Embedded figures: the custodian's decision for each, shown in a frame of named sites to anybody, until it is revoked or over."""

import datetime
import gzip
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.actions.embedded_figures import embed_figure, revoke_figure
from coordination.reporting.actions.errata import publish_erratum
from coordination.reporting.models import Edition, Element, EmbeddedFigure
from coordination.reporting.models.embedded_figures import corrected_at, rows_of
from coordination.reporting.rules.sites import site_in
from coordination.reporting.views import embedded_figures as views
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Place
from directorates.permissions import Refused, sight_of
from tests.factories import signed_in
from tests.reporting.test_editions import Published
from tests.reporting.test_figures_page import row_of, words

pytestmark = pytest.mark.django_db
SITE = "https://health.example.org"


class Shown:
    """An edition of which the custodian lets a site show births."""

    def __init__(self) -> None:
        self.published = Published()
        self.edition: Edition = self.published.publish()
        self.manager = self.published.manager
        self.client: Client = signed_in(self.manager, "en")

    def embed(self, **other: Any) -> EmbeddedFigure:
        """A figure, embedded by the action."""
        today = timezone.localdate()
        said: dict[str, Any] = {
            "edition": self.edition,
            "element": Element.objects.get(code="births"),
            "level": 1,
            "sites": [SITE],
            "until": today + datetime.timedelta(days=30),
            "by": self.manager,
            "at": timezone.now(),
        }
        return embed_figure(**(said | other))


@pytest.fixture
def shown() -> Shown:
    """An edition and its custodian."""
    cache.clear()
    return Shown()


def address(held: EmbeddedFigure) -> str:
    return f"/embed/editions/{held.token}/"


# --- Names of sites ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ("health.example.org", SITE),
        ("HTTPS://Health.Example.org/", SITE),
        ("https://a.org:8443", "https://a.org:8443"),
        ("http://health.example.org", None),
        ("https://*.example.org", None),
        ("*", None),
        ("'self'", None),
        ("https://a.org; script-src *", None),
        ("https://a.org https://b.org", None),
        ("https://a.org/path", None),
        ("https://a.org?x", None),
        ("https://user@a.org", None),
        ("https://localhost", None),
        ("https://10.0.0.1", None),
        ("https://صحة.org", None),
        ("javascript:alert(1)", None),
        ("data:", None),
        ("", None),
        ("a" * 300 + ".org", None),
        ("https://a.org\nhttps://b.org", None),
    ],
)
def test_a_site_is_one_host_by_https_and_nothing_else(given: str, site: str | None) -> None:
    assert site_in(given) == site


# --- Deciding ------------------------------------------------------------------------------------------------------


def test_the_custodian_embeds_a_figure_by_the_pages(shown: Shown) -> None:
    where = f"/reports/editions/{shown.edition.pk}/embedded/"
    assert "Nothing of this edition is embedded." in words(shown.client.get(where).content.decode())
    assert where in shown.client.get(f"/reports/editions/{shown.edition.pk}/").content.decode()
    until = (timezone.localdate() + datetime.timedelta(days=9)).isoformat()
    said = {"element": "births", "level": "1", "sites": "health.example.org\r\n", "until": until}
    answer = shown.client.post(f"{where}new/", said)
    held = EmbeddedFigure.objects.get()
    assert answer.status_code == 302
    assert held.sites == [SITE]
    html = shown.client.get(where).content.decode()
    assert f"/embed/editions/{held.token}/" in html
    wrong = shown.client.post(f"{where}new/", said | {"sites": "*", "until": "2001-01-01"})
    assert wrong.status_code == 400
    text = words(wrong.content.decode())
    assert "is not the address of one web site" in text
    assert "This day is over already." in text
    event = AuditEvent.objects.get(what="embed_figure")
    assert held.token not in str(event.details)


def test_nobody_else_decides(shown: Shown) -> None:
    observer = shown.published.observer
    with pytest.raises(Refused):
        shown.embed(by=observer)
    held = shown.embed()
    with pytest.raises(Refused):
        revoke_figure(embedded=held, by=observer, at=timezone.now())
    client = signed_in(observer, "en")
    assert client.get(f"/reports/editions/{shown.edition.pk}/embedded/").status_code == 403
    assert client.get(f"/reports/editions/embedded/{held.pk}/revoke/").status_code == 404
    assert "Embedded figures" not in client.get(f"/reports/editions/{shown.edition.pk}/").content.decode()


def test_every_fault_is_told_at_once_and_a_second_press_makes_no_second(shown: Shown) -> None:
    with pytest.raises(Problem) as problem:
        shown.embed(sites=["x", *[f"https://s{n}.org" for n in range(10)]], level=3, until=datetime.date(2001, 1, 1))
    found = {(fault.field, fault.code) for fault in problem.value.errors}
    assert found == {("sites", "too_many"), ("sites", "unknown"), ("level", "unknown"), ("until", "in_the_past")}
    with pytest.raises(Problem):
        shown.embed(sites=[], until=timezone.localdate() + datetime.timedelta(days=2000))
    with pytest.raises(Problem):
        shown.embed(element=Element.objects.get(code="note"))
    assert shown.embed() == shown.embed()
    assert EmbeddedFigure.objects.count() == 1


def test_the_database_keeps_what_was_decided(shown: Shown) -> None:
    held = shown.embed()
    changes: list[dict[str, Any]] = [{"level": 3}, {"sites": []}, {"until": datetime.date(2001, 1, 1)}, {"token": "x"}]
    for change in changes:
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            EmbeddedFigure.objects.filter(pk=held.pk).update(**change)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        EmbeddedFigure.objects.filter(pk=held.pk).delete()
    with seeing(sight_of(shown.published.observer)):
        assert not EmbeddedFigure.objects.exists()
    with seeing(sight_of(shown.manager)):
        assert EmbeddedFigure.objects.get() == held


# --- The figure ----------------------------------------------------------------------------------------------------


def test_anybody_reads_it_in_both_languages_small_and_without_cookies(shown: Shown) -> None:
    held = shown.embed()
    for language, direction in (("ar", "rtl"), ("en", "ltr")):
        answer = Client().get(f"{address(held)}?lang={language}", headers={"accept-encoding": "gzip"})
        body = answer.content
        text = gzip.decompress(body).decode() if answer.headers.get("Content-Encoding") == "gzip" else body.decode()
        assert answer.status_code == 200
        assert f'<html lang="{language}" dir="{direction}">' in text
        assert len(text.encode()) <= 10_000
        assert not answer.cookies
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "<table>" in text
        assert "<caption>" in text
    assert 'lang="ar"' in Client().get(f"{address(held)}?lang=xx", headers={"accept-language": "en"}).content.decode()
    english = words(text)
    assert "March 2018" in english
    assert "Edition published:" in english
    assert "source:" in english


def test_named_sites_alone_frame_it_and_nothing_else_can_be_framed(shown: Shown) -> None:
    held = shown.embed(sites=[SITE, "https://other.example.org"])
    answer = Client().get(address(held))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {SITE} https://other.example.org")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "X-Frame-Options" not in answer.headers
    for where in ("/accounts/login/", "/embed/editions/unknown/", "/policies/verify/"):
        other = Client().get(where)
        assert other.headers["X-Frame-Options"] == "DENY", where
        assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]


def test_it_shows_what_the_edition_shows_and_what_is_hidden_stays_hidden(shown: Shown) -> None:
    edition = shown.edition
    for level in (0, 1, 2):
        held = shown.embed(level=level)
        html = Client().get(f"{address(held)}?lang=en").content.decode()
        text = words(html)
        for figure in edition.figures.filter(element=held.element, category=None, place__level=level):
            row = row_of(html, figure.place.name_en)
            assert ("hidden" in row) == figure.hidden
            if figure.value is not None:
                assert f"{int(figure.value):,}" in row
    assert not EmbeddedFigure.objects.filter(level=3).exists()
    lowest = Place.objects.filter(level=3).values_list("name_en", flat=True)
    assert not [name for name in lowest if name in text]


def test_it_says_what_was_said_of_the_edition_since(shown: Shown) -> None:
    held = shown.embed()
    assert "erratum" not in Client().get(f"{address(held)}?lang=en").content.decode()
    texts = {"text_ar": "صُحّح العدد.", "text_en": "It was corrected."}
    publish_erratum(edition=shown.edition, by=shown.manager, at=timezone.now(), **texts)
    said = Client().get(f"{address(held)}?lang=en").content.decode()
    assert "The publisher added an erratum to these figures since." in said
    assert "<a " not in said
    assert "أضاف الناشر" in Client().get(f"{address(held)}?lang=ar").content.decode()


def test_revoked_or_over_it_says_that_it_is_no_longer_published(shown: Shown) -> None:
    held = shown.embed()
    assert shown.client.get(f"/reports/editions/embedded/{held.pk}/revoke/").status_code == 200
    for _press in range(2):
        assert shown.client.post(f"/reports/editions/embedded/{held.pk}/revoke/").status_code == 302
    assert AuditEvent.objects.filter(what="revoke_figure").count() == 1
    answer = Client().get(f"{address(held)}?lang=en")
    assert answer.status_code == 410
    text = answer.content.decode()
    assert "This figure is no longer published." in text
    assert "<table" not in text
    assert f"frame-ancestors {SITE}" in answer.headers["Content-Security-Policy"]
    again = shown.embed()
    assert again != held
    assert again.state(again.until) == "embedded_shown"
    assert again.state(again.until + datetime.timedelta(days=1)) == "embedded_ended"


def test_a_token_cannot_be_guessed_and_whoever_asks_too_often_waits(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = shown.embed()
    assert len(held.token) == 43
    assert Client().get("/embed/editions/nothing-there/").status_code == 404
    assert Client().get(f"/embed/editions/{held.pk}/").status_code == 404
    assert Client().post(address(held)).status_code == 405
    monkeypatch.setattr(views, "READS", 1)
    cache.clear()
    client = Client()
    assert client.get(address(held)).status_code == 200
    busy = client.get(address(held))
    assert busy.status_code == 429
    assert busy.headers["Retry-After"] == "60"


def corrected(edition: Edition, **other: Any) -> Edition:
    """An edition published in place of another."""
    said = {field.attname: getattr(edition, field.attname) for field in edition._meta.concrete_fields}
    return Edition.objects.create(**said | {"id": None, "corrects_id": edition.pk, "at": timezone.now()} | other)


def test_what_was_corrected_is_not_embedded_anew_and_what_is_embedded_knows_when(shown: Shown) -> None:
    held = shown.embed()
    assert corrected_at(shown.edition) is None
    later = corrected(shown.edition)
    assert corrected_at(shown.edition) == later.at
    answer = Client().get(f"{address(held)}?lang=en")
    assert answer.status_code == 200
    assert answer.context["corrected_at"] == later.at
    with pytest.raises(Problem) as problem:
        shown.embed(level=2)
    assert ("edition", "not_current") in {(fault.field, fault.code) for fault in problem.value.errors}
    assert EmbeddedFigure.objects.get() == held
    page = shown.client.get(f"/reports/editions/{shown.edition.pk}/embedded/").content.decode()
    assert "Another edition corrected this one" in page
    assert "Embed a figure" not in page


def test_a_draft_is_not_embedded(shown: Shown) -> None:
    with pytest.raises(Problem) as problem:
        shown.embed(edition=corrected(shown.edition, state="draft"))
    assert ("edition", "not_current") in {(fault.field, fault.code) for fault in problem.value.errors}
    # What is only being made corrects nothing yet.
    assert corrected_at(shown.edition) is None
    assert shown.embed()


def test_no_coverage_is_told_where_a_place_has_fewer_facilities_than_the_edition_shows(shown: Shown) -> None:
    told = shown.edition.places.filter(place__level=0).get().expected
    for level, few in ((0, False), (1, True), (2, True)):
        edition = shown.edition
        edition.facilities = 5
        held = shown.embed(level=level)
        held.edition = edition
        covered = [one for _place, one, _figure in rows_of(held)]
        assert (not any(covered)) == few, level
    page = words(Client().get(f"{address(shown.embed(level=0))}?lang=en").content.decode())
    assert f"/ {told}" in page


def test_it_costs_few_queries(shown: Shown) -> None:
    held = shown.embed(level=2)
    Client().get(address(held))
    with CaptureQueriesContext(connection) as seen:
        Client().get(address(held))
    assert len([one for one in seen if not re.match(r"SELECT set_config|SAVEPOINT|RELEASE", one["sql"])]) <= 8
