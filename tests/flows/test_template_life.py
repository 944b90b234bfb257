"""A template's whole life by pages without a script, with the real worker: built, published, used, followed by a version, retired."""

import pytest
from django.utils import timezone

from coordination.reporting.models import CountedReport, ReportTemplate, Submission
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.models import User
from tests.factories import (
    PASSWORD,
    BodyFactory,
    DatasetFactory,
    DirectorateFactory,
    ElementFactory,
    FacilityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    SubdistrictFactory,
    member,
    second_step,
)
from tests.flows.region import said, until
from tests.flows.visitor import Page, Visitor
from tests.stack import Stack

pytestmark = pytest.mark.stack

CODE = "visits-monthly"


class Life:
    """An administrator, a coordinator of an NGO's facility and the officer who reviews it, each at a browser."""

    def __init__(self, url: str, language: str) -> None:
        """A library of two items; no template yet."""
        self.url, self.language = url, language
        place, body = SubdistrictFactory(), BodyFactory()
        directorate, ngo = DirectorateFactory(for_place=place), OrganisationFactory()
        people = [
            member("administrator", body),
            member("ngo_coordinator", ngo),
            member("data_officer", directorate),
        ]
        self.facility = FacilityFactory(place=place, supporters=[ngo])
        ProgrammeFactory(), DatasetFactory()
        for code in ("visits", "births"):
            ElementFactory(code=code)
        User.objects.update(language=language)
        self.period: Period = period_containing(timezone.localdate(), PeriodType.MONTH).previous()
        self.administrator, self.clerk, self.officer = map(self.signed_in, people)

    def signed_in(self, person: User) -> Visitor:
        """A browser in which a person has signed in."""
        visitor = Visitor(self.url, self.language)
        visitor.sign_in(person.email, PASSWORD, second_step(person))
        return visitor

    def words(self, sentence: str, context: str = "") -> str:
        """A sentence as everybody reads it."""
        return said(self.language, sentence, context)

    @property
    def name(self) -> str:
        """The facility's name as everybody reads it."""
        return str(self.facility.name_ar if self.language == "ar" else self.facility.name_en)

    @property
    def home(self) -> str:
        """The template's page."""
        return f"/reports/templates/{CODE}/"

    @property
    def report(self) -> Submission:
        """The facility's report."""
        return Submission.objects.get()

    def press(self, visitor: Visitor, page: Page, words: str, typed: dict[str, str] | None = None) -> Page:
        """Press a button; the deed succeeds."""
        answer = visitor.press(page, self.words(words), typed)
        assert answer.status == 200, answer.text[:2000]
        return answer

    def go_on(self, page: Page) -> Page:
        """Press the administrator's button that the page is about, whatever period or number it names."""
        buttons = [one for form in page.reader.forms for one in form.buttons]
        words = next(
            one.words for one in buttons if {"btn-primary", "btn-danger"} & {*one.given.get("class", "").split()}
        )
        return self.administrator.press(page, words)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_template_is_built_used_followed_and_retired(live_stack: Stack, language: str) -> None:
    life = Life(live_stack.url, language)
    build(life)
    publish(life, life.period)
    choose_facilities(life)
    report(life)
    follow_with_a_version(life)
    retire(life)


def build(life: Life) -> None:
    """A template with a section, two items of the library and a rule, tried before it is kept."""
    admin = life.administrator
    template = ReportTemplate.objects.filter(code=CODE)
    new = admin.follow(admin.open("/reports/templates/"), "/templates/new/")
    head = {
        "code": CODE,
        "name_ar": "المعاينات الشهرية",
        "name_en": "Monthly visits",
        "programme": "services",
        "dataset": "services",
        "period_type": "month",
        "due_days": "10",
    }
    refused = admin.press(new, life.words("Begin a draft"), head | {"name_ar": ""})
    assert not template.exists()
    draft = life.press(admin, refused, "Begin a draft", head)
    section = admin.follow(draft, "/sections/new/")
    draft = life.press(admin, section, "Save", {"name_ar": "المعاينات", "name_en": "Visits"})
    for code in ("visits", "births"):
        items = admin.follow(draft, "/items/")
        asked = life.press(admin, items, "Ask the ticked items", {"element": code})
        draft = admin.open(f"{life.home}draft/")
        assert code in asked.text
    rule = admin.follow(draft, "/rules/new/")
    sides = {
        "left": "births",
        "operator": "<=",
        "right": "visits",
        "severity": "error",
        "missing": "skip_any",
        "message_ar": "الولادات ({left}) أكثر من المعاينات ({right}).",
        "message_en": "Births ({left}) above visits ({right}).",
    }
    draft = life.press(admin, rule, "Save", sides)
    assert "births" in draft.text


def publish(life: Life, period: Period) -> None:
    """What follows is shown for the period that was chosen; then it is published once."""
    admin = life.administrator
    asked = admin.open(f"{life.home}draft/publish/?period={period.id}")
    life.go_on(asked)
    version = ReportTemplate.objects.get(code=CODE).versions.latest("number")
    assert (version.status, version.first_day) == ("published", period.start)


def choose_facilities(life: Life) -> None:
    """The facility is found by its code, named with the count, and reports from the period on."""
    admin = life.administrator
    page = admin.open(f"/reports/assignments/begin/?template={CODE}&q={life.facility.code}&period={life.period.id}")
    assert life.name in page.text
    life.go_on(page)


def report(life: Life) -> None:
    """It is due on the coordinator's home; the rule stops a slip; approved, it becomes the figure."""
    clerk, fill = life.clerk, f"{life.words('Fill')}: {life.name}"
    until(lambda: clerk.open("/").has_button(fill))
    form = clerk.press(clerk.open("/"), fill)
    wrong = clerk.press(form, life.words("Check and send"), {"s1": "5", "s2": "12"})
    assert "12" in wrong.text
    assert life.report.status == "draft"
    form = clerk.open(f"/reports/{life.report.pk}/fill/")
    check = clerk.press(form, life.words("Check and send"), {"s1": "40", "s2": "12"})
    life.press(clerk, check, "Send")
    assert life.report.status == "submitted"
    page = life.officer.open(f"/reports/{life.report.pk}/")
    life.press(life.officer, page, "Approve")
    assert CountedReport.objects.get().revision.doc == {"s1": 40, "s2": 12}
    address = f"/reports/figures/?template={CODE}&period={life.period.id}"
    until(lambda: "element=visits" in (page := life.officer.open(address)).html and "40" in page.text)


def follow_with_a_version(life: Life) -> None:
    """In the next version an answer is free, from the next period on; the report stays under the first; they compare."""
    admin, following = life.administrator, life.period.next()
    draft = life.press(admin, admin.open(life.home), "Begin a draft")
    admin.press(draft, life.words("required", "item"))
    publish(life, following)
    assert life.report.version.number == 1
    compared = admin.open(f"{life.home}compare/?before=1&after=2")
    assert "births" in compared.text


def retire(life: Life) -> None:
    """The last period is named; what was reported stays in the figures."""
    admin = life.administrator
    page = admin.follow(admin.open(life.home), "/retire/")
    life.go_on(page)
    version = ReportTemplate.objects.get(code=CODE).versions.latest("number")
    assert version.last_day is not None
    assert CountedReport.objects.count() == 1
