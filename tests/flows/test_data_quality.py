"""From a report with a broken rule to a settled question, the rule's record and a funnel: pages in both languages, then by program."""

import pytest
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.broken_rules import KIND, VALIDATE
from coordination.reporting.actions.reviews import approve
from coordination.reporting.models import FollowUp
from coordination.reporting.models.follow_ups import FollowUpState
from directorates.foundation.jobs import run
from directorates.foundation.models import Job
from tests.api.callers import Caller
from tests.factories import member, published, signed_in
from tests.reporting.reports import Scene
from tests.reporting.test_quality import LAST, came, many
from tests.reporting.test_rule_records import MORE_BIRTHS, NEVER, explained

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A template with a rule that asks for a reason, and one that nobody breaks."""
    return Scene(version=published(rules=[MORE_BIRTHS, NEVER]))


def done(client: Client, address: str, **given: object) -> str:
    """Sends a form that is taken; answers where it leads."""
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_broken_rule_is_asked_about_found_right_and_told_by_the_rules_record(scene: Scene, language: str) -> None:
    report = explained(scene)
    officer, clerk = signed_in(scene.officer, language), signed_in(scene.coordinator, language)
    page = officer.get(f"/reports/{report.pk}/").text
    assert f'lang="{language}"' in page
    assert "Home births" in page
    found = done(officer, f"/reports/{report.pk}/ask/?element=visits", slot="s1", question="Only three?")
    assert found in clerk.get("/").text
    done(clerk, f"{found}answer/", text="Three at the centre, the others at home.")
    assert found in officer.get("/").text
    seen = FollowUp.objects.get().words.latest("pk").pk
    done(officer, f"{found}settle/", outcome="confirmed", seen=seen, text="")
    assert FollowUp.objects.get().state == FollowUpState.CONFIRMED
    approve(by=scene.officer, submission=report, at=timezone.now())
    administrator = signed_in(member("administrator", scene.body), language)
    address = f"/reports/templates/{scene.template.code}/record/"
    assert address in administrator.get(f"/reports/templates/{scene.template.code}/").text
    done(administrator, f"{address}check/")
    assert run(Job.objects.get(kind=VALIDATE).pk, KIND)
    (line, _never) = administrator.get(address).context["page"].object_list
    assert (line.checked, line.broken, line.approved, line.corrected) == (1, 1, 1, 0)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_funnel_leads_to_one_facility_and_its_past(scene: Scene, language: str) -> None:
    small = many(scene)
    client = signed_in(scene.officer, language)
    assert "/reports/quality/" in client.get("/reports/").text
    page = client.get("/reports/quality/").text
    assert "<svg" in page
    one = client.get(f"/reports/quality/facility/{small.code}/")
    assert one.status_code == 200
    assert len(one.context["past"]) == 2


def test_programs_read_what_the_pages_show(scene: Scene) -> None:
    report = came(scene, scene.facility, births=20)
    officer = Caller(scene.officer)
    told = officer.get("quality/", {"template": scene.template.code, "period": LAST.id, "level": "reporter"}).json()
    assert [row["code"] for row in told["results"]] == [scene.ngo.code]
    made = officer.post(f"submissions/{report.pk}/follow-ups/", {"element": "births", "question": "Twenty?"}).json()
    assert made["status"] == "open"
    told = officer.get("quality/", {"template": scene.template.code, "period": LAST.id}).json()
    assert told["results"][0]["questions"] == 1
