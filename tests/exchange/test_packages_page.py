"""The pages of packages: upload, preview, choice, receipt, names; in both languages, for whoever manages templates."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.jobs import KINDS
from coordination.reporting.actions.missing_names import demand_names
from coordination.reporting.actions.versions import discard_version
from coordination.reporting.models import Element, PackageImport, ReportTemplate, TemplateVersion
from coordination.reporting.models.missing_names import missing_names
from directorates.foundation import jobs
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.models import User
from tests.exchange.test_dhis2 import small
from tests.exchange.test_packages import IDSR, applied, given
from tests.factories import BodyFactory, DatasetFactory, ProgrammeFactory, UserFactory, member

pytestmark = pytest.mark.django_db

PACKAGES = "/exchange/packages/"
HOME = {"programme": "services", "dataset": "services"}


@pytest.fixture
def admin() -> User:
    """The body's administrator; there is a programme and a dataset."""
    ProgrammeFactory()
    DatasetFactory()
    return member("administrator", BodyFactory(), language="en")


def browser(person: User, language: str = "en") -> Client:
    """Somebody signed in."""
    User.objects.filter(pk=person.pk).update(language=language)
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(pk=person.pk))
    return client


def uploaded(content: bytes, name: str = "package.json") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, "application/octet-stream")


def run(job: Job) -> None:
    """What the worker does."""
    jobs.run(job.pk, KINDS[job.kind])


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_real_package_goes_from_the_upload_to_the_receipt(admin: User, shared: Path, language: str) -> None:
    client = browser(admin, language)
    content = (shared / "dhis2" / IDSR).read_bytes()
    answer = client.post(PACKAGES, {"file": uploaded(content, IDSR)})
    row = PackageImport.objects.get()
    assert answer.headers["Location"] == reverse("exchange:package", args=[row.pk])
    preview = client.get(answer.headers["Location"]).content.decode()
    assert "IDSR_AGGREGATE_V1.0.1_2.36.3-en" in preview
    # Every item that is left out is there with its reason, no reason as a bare code.
    assert preview.count("GEN - Population") >= 3
    assert "in_no_set" not in preview
    answer = client.post(answer.headers["Location"], HOME | {"templates": ["OTvkNTijYQY"]})
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("jobs:job", args=[job.pk])
    run(job)
    told = client.get(reverse("jobs:job", args=[job.pk])).content.decode()
    assert reverse("exchange:package", args=[row.pk]) in told
    receipt = client.get(reverse("exchange:package", args=[row.pk])).content.decode()
    address = reverse("reporting:missing_names", args=["idsr-aggregate-lab-weekly-report", 1])
    assert address in receipt
    assert client.get(address).status_code == 200
    assert ReportTemplate.objects.count() == 1


def test_the_preview_follows_the_choice_of_templates(admin: User) -> None:
    data = small()
    data["dataSets"].append(data["dataSets"][0] | {"id": "DataSetTwo1", "name": "Second report"})
    row = given(data, admin)
    client = browser(admin)
    both = client.get(reverse("exchange:package", args=[row.pk])).context
    one = client.get(reverse("exchange:package", args=[row.pk]), {"templates": ["DataSetTwo1"]}).context
    assert (both["chosen"], one["chosen"]) == (("DataSetOne1", "DataSetTwo1"), ("DataSetTwo1",))
    assert [item.reason for item in one["plan"].items if item.reason == "not_chosen"] == ["not_chosen"]
    unknown = client.get(reverse("exchange:package", args=[row.pk]), {"templates": ["x", "\x00"]})
    assert (unknown.status_code, unknown.context["chosen"]) == (200, ())


@pytest.mark.parametrize(
    ("given_home", "wrong"),
    [
        ({}, {"programme_ar", "programme_en", "dataset_ar", "dataset_en", "custodian"}),
        ({"programme": "nothing", "dataset": "services"}, {"programme"}),
        (
            {"programme": "services", "dataset_ar": "\u202e", "dataset_en": "x" * 300},
            {"dataset_ar", "dataset_en", "custodian"},
        ),
    ],
)
def test_everything_that_is_missing_for_a_home_is_told_at_once(
    admin: User, given_home: dict[str, str], wrong: set[str]
) -> None:
    row = given(small(), admin)
    answer = browser(admin).post(reverse("exchange:package", args=[row.pk]), given_home | {"templates": "DataSetOne1"})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == wrong
    assert not Job.objects.exists()


def test_where_everything_is_here_already_nothing_is_asked_and_an_import_changes_nothing(admin: User) -> None:
    applied(given(small(), admin), admin)
    before = (TemplateVersion.objects.values_list("pk", "edition").get(), Element.objects.count())
    row = given(small(), admin, "again.json")
    client, address = browser(admin), reverse("exchange:package", args=[row.pk])
    page = client.get(address)
    assert page.context["form"].fields == {}
    assert "an import changes nothing" in page.content.decode()
    assert client.post(address, {"templates": "DataSetOne1"}).status_code == 302
    run(Job.objects.latest("pk"))
    assert (TemplateVersion.objects.values_list("pk", "edition").get(), Element.objects.count()) == before
    row.refresh_from_db()
    assert row.receipt["changed"] is False


def test_a_template_that_is_gone_meanwhile_is_not_made_without_a_home(admin: User) -> None:
    applied(given(small(), admin), admin)
    row = given(small(), admin, "again.json")
    assert (
        browser(admin).post(reverse("exchange:package", args=[row.pk]), {"templates": "DataSetOne1"}).status_code == 302
    )
    draft = TemplateVersion.objects.get()
    discard_version(version=draft, seen=draft.edition, by=admin, at=timezone.now())
    job = Job.objects.latest("pk")
    run(job)
    job.refresh_from_db()
    assert (job.state, job.result["code"]) == ("failed", "no_home")
    assert not ReportTemplate.objects.exists()


def test_a_new_programme_and_dataset_are_named_in_both_languages(admin: User) -> None:
    row = given(small(), admin)
    home = {"programme_ar": "اللقاحات", "programme_en": "Vaccines", "dataset_ar": "اللقاحات", "dataset_en": "Vaccines"}
    answer = browser(admin).post(
        reverse("exchange:package", args=[row.pk]), home | {"custodian": "body", "templates": "DataSetOne1"}
    )
    assert answer.status_code == 302
    run(Job.objects.get())
    template = ReportTemplate.objects.get()
    assert (template.programme.code, template.dataset.name_ar) == ("vaccines", "اللقاحات")


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"PK\x03\x04", b"[" * 50_000, b'{"dataSets": [{}]}', b'{"dataSets": [7], "dataElements": "x"}'],
)
def test_a_file_that_is_no_package_is_told_in_words_and_nothing_is_kept(
    admin: User, content: bytes, language: str
) -> None:
    answer = browser(admin, language).post(PACKAGES, {"file": uploaded(content)})
    assert answer.status_code in (200, 400)
    assert not PackageImport.objects.exists()
    page = answer.content.decode()
    assert 'class="note bad"' in page or 'class="summary' in page


def test_a_name_of_a_file_is_people_s_text(admin: User) -> None:
    client = browser(admin)
    client.post(PACKAGES, {"file": uploaded(json.dumps(small()).encode(), "<script>\u202e.json")})
    page = client.get(PACKAGES).content.decode()
    assert "<script>\u202e" not in page
    assert "\u202e" not in PackageImport.objects.get().file_name


def test_another_who_manages_templates_opens_and_imports_what_one_uploaded(admin: User) -> None:
    browser(admin).post(PACKAGES, {"file": uploaded(json.dumps(small()).encode())})
    row = PackageImport.objects.get()
    page = reverse("exchange:package", args=[row.pk])
    client = browser(member("administrator", BodyFactory()))
    assert "Not imported yet" in client.get(PACKAGES).content.decode()
    assert client.get(page).status_code == 200


def test_pages_are_closed_to_others(admin: User) -> None:
    row = given(small(), admin)
    addresses = [
        PACKAGES,
        reverse("exchange:package", args=[row.pk]),
        reverse("reporting:missing_names", args=["monthly-report", 1]),
    ]
    for person in (member("data_manager", BodyFactory()), UserFactory()):
        assert {browser(person).get(address).status_code for address in addresses} == {403}
    assert {Client().get(address).status_code for address in addresses} == {302}


def imported(admin: User) -> TemplateVersion:
    """The draft of the small package."""
    row = given(small(), admin)
    browser(admin).post(reverse("exchange:package", args=[row.pk]), HOME | {"templates": "DataSetOne1"})
    run(Job.objects.get())
    return TemplateVersion.objects.get()


def test_names_are_filled_in_some_now_and_some_later(admin: User) -> None:
    version = imported(admin)
    address, client = reverse("reporting:missing_names", args=["monthly-report", 1]), browser(admin)
    missing = missing_names(version)
    assert {one.kind.value for one in missing} == {"template", "section", "category_set", "category", "element"}
    first = {f"ar-{one.key}": f"اسم {number}" for number, one in enumerate(missing[:2])}
    blank = {f"ar-{one.key}": "" for one in missing[2:]}
    assert client.post(address, first | blank).status_code == 302
    assert len(missing_names(version)) == len(missing) - 2
    # Sent again, it changes nothing: what has a name is not overwritten.
    client.post(address, dict.fromkeys(first, "غير ذلك"))
    assert ReportTemplate.objects.get().name_ar == "اسم 0"
    client.post(address, {f"ar-{one.key}": "اسم" for one in missing_names(version)})
    assert missing_names(version) == []
    assert "It can be published" in client.get(address).content.decode()


@pytest.mark.parametrize("wrong", ["English", "م" * 201])
def test_a_name_that_cannot_be_taken_is_told_at_its_field_and_none_is_saved(admin: User, wrong: str) -> None:
    version = imported(admin)
    first, second, *_ = (f"ar-{one.key}" for one in missing_names(version))
    count = len(missing_names(version))
    answer = browser(admin).post(
        reverse("reporting:missing_names", args=["monthly-report", 1]), {first: wrong, second: "اسم"}
    )
    assert (first in answer.context["form"].errors, len(missing_names(version))) == (True, count)


def test_names_of_hostile_text_never_break(admin: User, shared: Path) -> None:
    version = imported(admin)
    client, address = browser(admin), reverse("reporting:missing_names", args=["monthly-report", 1])
    strings = json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))
    for start in range(0, len(strings), 40):
        asked = [f"ar-{one.key}" for one in missing_names(version)]
        texts = dict(zip(asked, strings[start : start + 40 : 5], strict=False))
        assert client.post(address, texts).status_code in (302, 400)
        Element.objects.update(name_ar="")


def test_a_published_version_has_no_names_to_fill(admin: User) -> None:
    version = imported(admin)
    TemplateVersion.objects.filter(pk=version.pk).update(status="published", published_at=timezone.now())
    address = reverse("reporting:missing_names", args=["monthly-report", 1])
    assert browser(admin).get(address).status_code == 404


def test_the_receipt_of_an_import_that_changed_nothing_says_so(admin: User) -> None:
    imported(admin)
    row = given(small(), admin)
    client = browser(admin)
    page = client.get(reverse("exchange:package", args=[row.pk])).content.decode()
    assert "an import changes nothing" in page
    client.post(reverse("exchange:package", args=[row.pk]), HOME | {"templates": "DataSetOne1"})
    run(Job.objects.latest("pk"))
    assert "nothing changed" in client.get(reverse("exchange:package", args=[row.pk])).content.decode()


def test_versions_without_all_their_names_are_not_published(admin: User) -> None:
    version = imported(admin)
    with pytest.raises(Problem) as caught:
        demand_names(version)
    assert (caught.value.code, len(caught.value.errors)) == ("names_missing", len(missing_names(version)))
