"""One report's whole way, with the real web server, worker, scheduler and broker: by pages without a script, and by API."""

import uuid
from typing import Any

import pytest

from directorates.models import User
from tests.factories import PASSWORD, second_step
from tests.flows.region import AWAY, CATEGORIES, ELEMENT, Region, said, until
from tests.flows.visitor import Page, Program, Visitor
from tests.stack import Stack

pytestmark = pytest.mark.stack

# What the record holds of the whole way, and the history beside it.
WAY = [
    ("Rana", "start"),
    ("Rana", "submit"),
    ("Huda", "approve"),
    ("Huda", "reopen"),
    ("Huda", "send_back"),
    ("Rana", "submit"),
    ("Huda", "approve"),
]
HISTORY = ["Started", "Sent", "Approved", "Reopened", "Sent back", "Sent", "Approved"]
WHY_REOPENED, WHY_BACK = "أُرسل العدد مرتين", "The number of men belongs to May."


@pytest.fixture
def region(live_stack: Stack) -> Region:
    """Two governorates on the stack's database."""
    return Region()


# --- By pages ------------------------------------------------------------------------------------------------------


class Walk:
    """The people of one report at their browsers."""

    def __init__(self, region: Region, url: str, language: str) -> None:
        """Everybody signs in, from the entrance."""
        region.speak(language)
        self.region, self.language, self.url = region, language, url
        self.name = region.clinic.facility.name_ar if language == "ar" else region.clinic.facility.name_en
        self.clerk = self.signed_in(region.clinic.clerk)
        self.officer = self.signed_in(region.clinic.officer)
        self.manager = self.signed_in(region.manager)

    def signed_in(self, person: User) -> Visitor:
        """A browser in which a person has signed in."""
        visitor = Visitor(self.url, self.language)
        visitor.sign_in(person.email, PASSWORD, second_step(person))
        return visitor

    def words(self, sentence: str, context: str = "") -> str:
        """A sentence as the reader has it."""
        return said(self.language, sentence, context)

    def answers(self, number: int) -> dict[str, str]:
        """What is typed into the form."""
        return self.region.typed(number)

    def sent(self, form: Page, number: int) -> Page:
        """The receipt, after the form was filled, checked and sent."""
        check = self.clerk.press(form, self.words("Check and send"), self.answers(number))
        assert check.address.endswith("/check/"), check.text[:2000]
        receipt = self.clerk.press(check, self.words("Send"))
        assert receipt.address.endswith("/receipt/"), receipt.text[:2000]
        assert str(self.region.submission().receipt) in receipt.text
        return receipt

    def reviewed(self, deed: str, **typed: str) -> Page:
        """The report after the officer found it in the inbox, read it, and decided."""
        inbox = self.officer.follow(self.officer.open("/"), "/reports/review/")
        report = self.officer.follow(inbox, f"/reports/{self.region.submission().pk}/")
        assert self.name in report.text
        return self.officer.press(report, self.words(deed), typed)

    def shown(self, visitor: Visitor) -> dict[str, str]:
        """What the pages of figures say of the item, by place: governorates and directorates with their sum."""
        found = {}
        for level in ("governorate", "directorate"):
            page = visitor.open(self.region.figures(level))
            assert page.status == 200
            for link in page.reader.links:
                address = link.given.get("href", "")
                if "/sources/" in address and f"element={ELEMENT}" in address and "category" not in address:
                    found[address.partition("place=")[2].partition("&")[0]] = link.words.strip()
        return found

    def comes_to(self, number: int | None) -> None:
        """The figures say so before long, each as the sum demands."""
        true = {place: f"{value:,}" for place, value in self.region.true_figures(number).items()}
        until(lambda: self.shown(self.manager) == true)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_report_goes_its_whole_way_by_pages(region: Region, live_stack: Stack, language: str) -> None:
    walk = Walk(region, live_stack.url, language)
    walk.comes_to(None)
    send(walk)
    approve(walk)
    open_the_figure(walk)
    reopen(walk)
    correct(walk)
    walk.reviewed("Approve")
    walk.comes_to(6)
    assert region.deeds() == WAY
    assert [edition.number for edition in region.submission().revisions.order_by("number")] == [1, 2]
    read_the_history(walk)


def send(walk: Walk) -> None:
    """The coordinator opens the form from home, types, and has a receipt that is found again."""
    home = walk.clerk.open("/")
    assert walk.name in home.text
    form = walk.clerk.press(home, f"{walk.words('Fill')}: {walk.name}")
    assert form.address.endswith("/fill/"), form.text[:2000]
    receipt = walk.sent(form, 5)
    assert walk.clerk.follow(walk.clerk.open("/"), "/receipt/").text == receipt.text
    walk.comes_to(None)


def approve(walk: Walk) -> None:
    """The data officer approves: the figure rises where it should, and nowhere else."""
    number = walk.officer.open("/").text
    assert walk.words("Reports to review") in number
    page = walk.reviewed("Approve", note="شكرًا")
    assert walk.region.submission().status == "approved", page.text[:2000]
    walk.comes_to(5)


def open_the_figure(walk: Walk) -> None:
    """The figure opens to the reports behind it, and they to what was reported."""
    figures = walk.officer.open(walk.region.figures("governorate"))
    address = next(
        link.given["href"]
        for link in figures.reader.links
        if "/sources/" in link.given.get("href", "")
        and "place=SY07" in link.given["href"]
        and ELEMENT in link.given["href"]
    )
    sources = walk.officer.open(address)
    assert sources.status == 200
    report = walk.officer.follow(sources, f"/reports/{walk.region.submission().pk}/")
    assert walk.words("This report counts in the figures.") in report.text
    # Aleppo's report is not Idlib's to read: it is in the sum, and not in the list.
    country = walk.officer.open(address.replace("place=SY07", "place=SY"))
    assert walk.region.neighbour.code in country.text
    assert walk.region.away.code not in country.text
    assert str(4 * AWAY) in country.text


def reopen(walk: Walk) -> None:
    """Reopening takes it out: at once from what counts, and within moments from the figures."""
    report = walk.officer.open(f"/reports/{walk.region.submission().pk}/")
    confirm = walk.officer.follow(report, "/reopen/")
    empty = walk.officer.press(confirm, walk.words("Reopen"), {"reason": " "})
    assert empty.status == 400
    assert walk.region.submission().status == "approved"
    walk.officer.press(empty, walk.words("Reopen"), {"reason": WHY_REOPENED})
    held = walk.region.submission()
    assert (held.status, hasattr(held, "counted")) == ("submitted", False)
    walk.comes_to(None)


def correct(walk: Walk) -> None:
    """Sent back with a reason, found at home with it, corrected and sent again; what was sent before stays."""
    before = walk.region.submission().revision
    walk.reviewed("Send back", reason=WHY_BACK)
    home = walk.clerk.open("/")
    assert WHY_BACK in home.text
    form = walk.clerk.follow(home, f"/reports/{walk.region.submission().pk}/fill/")
    assert WHY_BACK in form.text
    assert {value for name, value in form.button(walk.words("Check and send"))[0].fields if name in slots(walk)} == {
        "5"
    }
    walk.sent(form, 6)
    after = walk.region.submission().revision
    assert before is not None
    assert after is not None
    assert (before.doc[slots(walk)[0]], after.doc[slots(walk)[0]]) == (5, 6)
    walk.comes_to(None)


def slots(walk: Walk) -> list[str]:
    """The names of the fields of the item that is followed."""
    return [walk.region.clinic.slot(ELEMENT, category) for category in CATEGORIES]


def read_the_history(walk: Walk) -> None:
    """Both sides read the same history, with its reasons, the last deed first."""
    address = f"/reports/{walk.region.submission().pk}/"
    for visitor in (walk.clerk, walk.officer, walk.manager):
        page = visitor.open(address)
        lines = page.html.partition('class="history"')[2].partition("</ol>")[0]
        told = [words for words in lines.split("<div>") if words.partition("</div>")[0] in labels(walk)]
        assert [words.partition("</div>")[0] for words in told] == [
            walk.words(what, "report") for what in reversed(HISTORY)
        ]
        assert WHY_REOPENED in page.text
        assert WHY_BACK in page.text


def labels(walk: Walk) -> set[str]:
    """The names of all deeds."""
    return {walk.words(what, "report") for what in HISTORY}


# --- By programs ---------------------------------------------------------------------------------------------------


class Programs:
    """The same people's programs, each with a key of its own."""

    def __init__(self, region: Region, url: str) -> None:
        """Everybody fetches a key."""
        self.region = region
        self.clerk = Program(url, region.clinic.clerk.email, PASSWORD, otp=second_step(region.clinic.clerk))
        self.officer = Program(url, region.clinic.officer.email, PASSWORD, otp=second_step(region.clinic.officer))
        self.reader = Program(url, region.reader.email, PASSWORD, otp=second_step(region.reader))

    def body(self, number: int) -> dict[str, Any]:
        """The report as a program sends it."""
        values = [
            {"element": one.element, "category": one.category, "value": one.value}
            for one in self.region.answers(number)
        ]
        return {
            "template": self.region.template.code,
            "facility": self.region.clinic.facility.code,
            "period": self.region.period.id,
            "reporter": self.region.clinic.ngo.code,
            "values": values,
            "submit": True,
        }

    def asked(self) -> dict[str, str]:
        """What names the figures of the item."""
        return {"template": self.region.template.code, "period": self.region.period.id}

    def shown(self) -> tuple[dict[str, int], bool]:
        """What the API says of the item, by place; and whether it is up to date."""
        found: dict[str, int] = {}
        ready = True
        for level in ("country", "governorate", "directorate"):
            answer = self.reader.get("consolidations/", **self.asked(), level=level, element=ELEMENT).body
            rows = [row for row in answer["results"] if row["category"] is None and row["place"]]
            found |= {row["place"]: int(row["value"]) for row in rows if row["value"] is not None}
            ready = ready and answer["up_to_date"]
        return found, ready

    def comes_to(self, number: int | None) -> None:
        """Once it is up to date, it says so."""
        until(lambda: self.shown()[1])
        assert self.shown()[0] == self.region.true_figures(number)

    def sources(self, program: Program, place: str) -> list[dict[str, Any]]:
        """The reports behind the figure of a place."""
        query = self.asked() | {"place": place, "element": ELEMENT}
        rows: list[dict[str, Any]] = program.get("consolidations/sources/", **query).body["results"]
        return rows


def test_a_report_goes_its_whole_way_by_programs(region: Region, live_stack: Stack) -> None:
    programs = Programs(region, live_stack.url)
    programs.comes_to(None)
    key = f'"{uuid.uuid4()}"'
    first = programs.clerk.post("submissions/", programs.body(5), Idempotency_Key=key)
    assert (first.status, first.body["status"]) == (201, "submitted"), first.body
    again = programs.clerk.post("submissions/", programs.body(5), Idempotency_Key=key)
    assert (again.status, again.body) == (201, first.body)
    other = programs.clerk.post("submissions/", programs.body(6), Idempotency_Key=key)
    assert (other.status, other.body["code"]) == (409, "key_reused")
    address = f"submissions/{first.body['id']}/"
    own = programs.clerk.post(f"{address}approve/")
    assert own.status == 403
    approved = programs.officer.post(f"{address}approve/")
    assert (approved.status, approved.body["status"], approved.body["counted"]) == (200, "approved", True)
    programs.comes_to(5)
    figure_opens(programs, first.body["id"])
    reopen_by_program(programs, address)
    correct_by_program(programs, address)
    programs.comes_to(6)
    # By API a report is sent whole: it is never begun.
    refused = [deed for deed in region.deeds() if deed == ("Rana", "review_reports")]
    assert len(refused) == 1, "the refusal stands in the record too"
    assert [deed for deed in region.deeds() if deed not in refused] == WAY[1:]
    history = programs.clerk.get(address).body["history"]
    assert [line["what"] for line in history] == [
        "submitted",
        "approved",
        "reopened",
        "returned",
        "submitted",
        "approved",
    ]
    assert [line["note"] for line in history] == ["", "", WHY_REOPENED, WHY_BACK, "", ""]
    assert region.submission().revisions.count() == 2


def figure_opens(programs: Programs, submission: str) -> None:
    """The sources are the reports, as far as the caller may read them."""
    rows = programs.sources(programs.officer, "SY07")
    assert {row["facility"]: (row["value"], row["role"]) for row in rows} == {
        programs.region.clinic.facility.code: ("20", "counted"),
        programs.region.neighbour.code: ("40", "counted"),
    }
    assert submission in {row["submission"] for row in rows}
    everywhere = programs.sources(programs.clerk, "SY")
    assert sum(int(row["value"]) for row in everywhere) == 60 + 4 * AWAY


def reopen_by_program(programs: Programs, address: str) -> None:
    """Reopening takes a reason, and the report out of the figures."""
    silent = programs.officer.post(f"{address}reopen/")
    assert (silent.status, silent.body["errors"][0]["field"]) == (400, "reason")
    reopened = programs.officer.post(f"{address}reopen/", {"reason": WHY_REOPENED})
    assert (reopened.status, reopened.body["status"], reopened.body["counted"]) == (200, "submitted", False)
    programs.comes_to(None)
    counted = {row["facility"] for row in programs.sources(programs.officer, "SY07") if row["role"] == "counted"}
    assert counted == {programs.region.neighbour.code}


def correct_by_program(programs: Programs, address: str) -> None:
    """Sent back, changed only by who saw it last, sent again, approved again."""
    back = programs.officer.post(f"{address}send-back/", {"reason": WHY_BACK})
    assert (back.status, back.body["status"]) == (200, "returned")
    seen = programs.clerk.get(address).headers["ETag"]
    changed = {"values": programs.body(6)["values"]}
    blind = programs.clerk.ask("PATCH", address, changed)
    assert blind.status == 428
    written = programs.clerk.ask("PATCH", address, changed, If_Match=seen)
    assert written.status == 200, written.body
    late = programs.clerk.ask("PATCH", address, {"values": programs.body(7)["values"]}, If_Match=seen)
    assert late.status == 412
    sent = programs.clerk.post(f"{address}submit/")
    assert (sent.status, sent.body["status"]) == (200, "submitted")
    assert programs.officer.post(f"{address}approve/").status == 200
