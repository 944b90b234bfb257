"""A month's reports become a bulletin: laid out, made, signed by one directorate and refused by another, published, verified, corrected."""

import datetime
import re
from io import BytesIO
from unicodedata import normalize

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from coordination.reporting.models import Bulletin, Edition
from coordination.tasks import run_job
from directorates.foundation.models import Job
from tests.factories import signed_in
from tests.reporting.test_bulletin_indicators import COVERAGE, people, ready
from tests.reporting.test_bulletins import Desk, change

pytestmark = pytest.mark.django_db
WORDS = {
    "en": {
        "open": "To be signed",
        "out": "Published",
        "no": "Refused to sign",
        "fixed": "What was corrected",
        "heading": "Births",
        "people": "Populations that indicators were divided by",
        "cause": "the figures of reports · the population",
    },
    "ar": {
        "open": "مطروحة للمصادقة",
        "out": "منشورة",
        "no": "لم تصادق",
        "fixed": "ما جرى تصويبه",
        "heading": "الولادات",
        "people": "أعداد السكان التي قُسمت عليها المؤشرات",
        "cause": "أرقام التقارير · عدد السكان",
    },
}
SOURCE = "Census of the body"
REASON = "لم تُحتسب تقارير مستشفيين."


def run_jobs() -> None:
    """What the worker does."""
    for job in Job.objects.filter(state="waiting"):
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.result


def seen_on(client: Client, address: str) -> str:
    """Which state of the draft a page shows."""
    found = re.search(r'name="seen" value="(\d+)"', client.get(address).content.decode())
    assert found is not None
    return found[1]


def opened(client: Client, pk: int) -> str:
    """Have the figures made and ask for signatures, on pages; the digest that is to be signed."""
    page = f"/reports/bulletins/{pk}/"
    assert client.post(f"{page}figures/").headers["Location"].startswith("/jobs/")
    run_jobs()
    until = (timezone.localdate() + datetime.timedelta(days=5)).isoformat()
    answer = client.post(f"{page}open/", {"answer_until": until, "seen": seen_on(client, page)})
    assert answer.headers.get("Location") == page, answer.content.decode()
    return Bulletin.objects.get(pk=pk).digest


def laid_out(maker: Client, desk: Desk) -> int:
    """A draft with a text, a table, a chart, a map and an indicator, each written on its form; the second goes before the first."""
    limits = {"smallest": "2", "facilities": "2", "share": "100"}
    started = maker.post("/reports/bulletins/start/", {"series": "monthly", "period": "201803"} | limits)
    layout = started.headers["Location"]
    texts = {"heading_ar": "الولادات", "heading_en": "Births", "text_ar": "نص", "text_en": "Text"}
    item = {"item": f"{desk.template.code}/births"}
    rate = {"item": f"indicator:{COVERAGE['code']}", "level": "1"}
    kinds = [
        ("text", {}),
        ("table", {**item, "level": "1"}),
        ("chart", {**item, "level": "2"}),
        ("map", item),
        ("table", rate),
    ]
    for kind, more in kinds:
        asked = f"{layout}{kind}/"
        answer = maker.post(asked, texts | more | {"seen": seen_on(maker, asked)})
        assert answer.headers.get("Location") == layout, answer.content.decode()
    pk = int(re.findall(r"\d+", layout)[0])
    second = Bulletin.objects.get(pk=pk).parts.all()[1]
    maker.post(f"{layout}deed/", {"deed": f"up:{second.pk}", "seen": seen_on(maker, layout)})
    assert [one.kind for one in Bulletin.objects.get(pk=pk).parts.all()] == ["table", "text", "chart", "map", "table"]
    return pk


def corrected(maker: Client, signers: list[Client], page: str) -> int:
    """The bulletin that corrects a published one, signed by all and published."""
    fresh = maker.post(f"{page}correct/").headers["Location"]
    pk = int(re.findall(r"\d+", fresh)[0])
    digest = opened(maker, pk)
    for client in (maker, *signers):
        assert client.post(f"{fresh}answer/", {"kind": "signed", "digest": digest}).status_code == 302
    maker.post(f"{fresh}publish/")
    return pk


def assert_on_paper(content: bytes, digest: str) -> None:
    """Both languages stand on the paper, one after the other, each with the hash; of Arabic the order of letters is lost in the text."""
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    arabic, english = pages[: len(pages) // 2], pages[len(pages) // 2 :]
    english_words = " ".join(" ".join(english).split())
    for said in (
        "Monthly bulletin",
        "Births",
        "Refused to sign",
        "Completeness",
        "Numbers below 2 other than 0",
        SOURCE,
    ):
        assert said in english_words
    arabic_words = normalize("NFKC", " ".join(" ".join(arabic).split()))
    assert len(re.findall("[\u0621-\u064a]", arabic_words)) > 500
    # The name of the source stands as it was written.
    assert SOURCE in arabic_words
    assert not [said for said in ("Births", "Completeness", "hidden") if said in arabic_words]
    assert {"2018", "201803"} <= set(re.findall(r"\d+", arabic_words))
    for half in (english_words, arabic_words):
        assert digest[:8] in half.replace(" ", "")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_reports_to_a_signed_published_verified_and_corrected_bulletin(language: str) -> None:
    desk, words = ready(), WORDS[language]
    desk.fresh().delete()
    maker, reader = signed_in(desk.manager, language), signed_in(desk.observer, language)
    signers = [signed_in(one, language) for one in desk.directors]
    pk = laid_out(maker, desk)
    page = f"/reports/bulletins/{pk}/"
    assert reader.get(page).status_code == 404
    said = {"digest": opened(maker, pk)}
    # The home of a director leads there; one signs, the other says why not.
    assert page in signers[0].get("/").content.decode()
    assert words["open"] in signers[0].get(page).content.decode()
    assert signers[0].post(f"{page}answer/", said | {"kind": "signed"}).status_code == 302
    refused = said | {"kind": "refused"}
    assert signers[1].post(f"{page}answer/", refused).status_code == 400
    assert signers[1].post(f"{page}answer/", refused | {"words_why": REASON}).status_code == 302
    maker.post(f"{page}publish/")
    assert not Bulletin.objects.published().exists()
    maker.post(f"{page}answer/", said | {"kind": "signed"})
    maker.post(f"{page}publish/")
    told = reader.get(page).content.decode()
    shown = (words["out"], words["no"], REASON, words["heading"], words["people"], SOURCE)
    assert [word for word in shown if word not in told] == []
    assert_on_paper(reader.post(f"{page}pdf/", {"tongues": "both"}).content, said["digest"])
    call_command("bulletin-verify", str(pk))
    maker.post(f"{page}verify/")
    run_jobs()
    # Later six reports are corrected; the bulletin is, by another, and the old one says so.
    change(desk, f0=25, f1=36, f2=44, f5=29, f6=41, f7=37)
    # A newer source says that more people live there: it changes what comes, and nothing of what is out.
    people(desk, 1500, "Count of 2018", datetime.date(2018, 6, 1))
    assert "Count of 2018" not in reader.get(page).content.decode()
    fresh = corrected(maker, signers, page)
    told = reader.get(f"/reports/bulletins/{fresh}/").content.decode()
    assert [
        word for word in (words["fixed"], ">236<", ">268<", words["cause"], "Count of 2018") if word not in told
    ] == []
    assert f"/reports/bulletins/{fresh}/" in reader.get(page).content.decode()
    call_command("bulletin-verify", str(fresh))
    call_command("bulletin-verify", str(pk))
    assert Edition.objects.published().count() == 2
