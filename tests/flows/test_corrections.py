"""A report that an edition counted goes to a corrected figure, and the edition to its erratum; by pages alone, in both languages."""

import pytest
from django.test import Client

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models import EditionFigure
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.corrected import Corrected

pytestmark = pytest.mark.django_db
WORDS = {
    "en": {
        "request": "Request a correction",
        "decide": "Corrections to decide",
        "meanwhile": "The approved revision counts until the corrected one is approved.",
        "figures": "Corrected reports in these figures:",
        "editions": "Editions with corrected reports",
        "fewer": "fewer than",
        "erratum": "Visits of one report were corrected.",
    },
    "ar": {
        "request": "طلب تصحيح",
        "decide": "طلبات تصحيح بانتظار القرار",
        "meanwhile": "تبقى النسخة المعتمَدة محتسَبة حتى اعتماد النسخة المصحَّحة.",
        "figures": "التقارير المصحَّحة في هذه الأرقام:",
        "editions": "أعداد صُحّحت تقارير محتسَبة فيها",
        "fewer": "أقل من",
        "erratum": "صُحّح عدد المعاينات في تقرير.",
    },
}


def done(client: Client, address: str, **given: object) -> str:
    """Sends a form that is taken; answers where it leads."""
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_a_published_figure_to_the_corrected_one_and_the_erratum(language: str) -> None:
    scene, words = Corrected(), WORDS[language]
    edition = scene.publish()
    drain()
    ngo, office, body = (signed_in(person, language) for person in (scene.coordinator, scene.officer, scene.manager))
    report = f"/reports/{scene.report.pk}/"
    # The directorate finds no way to reopen it; the reporter asks.
    page = office.get(report).text
    assert f"{report}reopen/" not in page
    assert words["request"] in page
    assert office.post(f"{report}reopen/", {"reason": "Wrong"}).status_code == 409
    wrong = ngo.post(f"{report}corrections/ask/", {"reason": ""})
    assert wrong.status_code == 400
    where = done(ngo, f"{report}corrections/ask/", reason="جناح ناقص", items=["visits"])
    assert where == f"{report}#corrections"
    assert words["decide"] in office.get("/").text
    assert "جناح ناقص" in office.get(report).text
    done(office, f"{report}corrections/1/accept/", note="")
    # Meanwhile everything counts as it did.
    assert words["meanwhile"] in office.get(report).text
    asked = {"template": scene.template.code, "period": "201905"}
    drain()
    assert figure(office, asked, scene) == "10"
    assert report.strip("/").split("/")[-1] in ngo.get("/").text, "it came back"
    scene.resend(30)
    drain()
    assert figure(office, asked, scene) == "10"
    done(office, f"{report}approve/")
    drain()
    assert figure(office, asked, scene) == "30"
    assert words["figures"] in office.get("/reports/figures/", asked).text
    page = office.get(report).text
    assert ">10<" in page
    assert ">30<" in page
    _erratum(scene, edition.pk, body, language)


def _erratum(scene: Corrected, edition: int, body: Client, language: str) -> None:
    """The custodian is led to the edition and writes what readers need; its figures stay."""
    words = WORDS[language]
    assert words["editions"] in body.get("/").text
    address = f"/reports/editions/{edition}/"
    assert words["fewer"] in body.get(address).text
    figures = list(EditionFigure.objects.order_by("pk").values())
    texts = {"text_ar": WORDS["ar"]["erratum"], "text_en": WORDS["en"]["erratum"]}
    done(body, f"{address}errata/new/", **texts)
    assert words["editions"] not in body.get("/").text
    reader = signed_in(member("observer", OrganisationFactory(kind="cluster")), language)
    text = reader.get(address).text
    assert words["erratum"] in text
    assert words["fewer"] in text
    assert scene.facility.code not in text
    assert list(EditionFigure.objects.order_by("pk").values()) == figures


def figure(client: Client, asked: dict[str, str], scene: Corrected) -> str:
    """What the page of the reports behind the figure of visits says it is."""
    page = client.get("/reports/figures/sources/", asked | {"place": scene.place.code, "element": "visits"})
    return f"{page.context['value']:f}"
