"""Figures say where it is disputed who leads what they are about; what is disputed is counted once all the same."""

import datetime

import pytest
from django.utils import timezone

from coordination.reporting.models.contested import contested
from directorates.models import Place, User
from policies.actions.disputes import decide_dispute
from policies.actions.mandates import state_mandate
from policies.models import MandateDispute
from tests.factories import DirectorateFactory, member
from tests.reporting.test_editions import Published
from tests.reporting.test_figures import governorate
from tests.reporting.test_figures_page import see, words

pytestmark = pytest.mark.django_db
SAID = "Who leads this is disputed."


def disputed(published: Published, place: Place) -> MandateDispute:
    """Two directorates claim to lead immunization in a place, which the template reports on."""
    published.world.template.function = "immunization"
    published.world.template.save()
    today, now = timezone.localdate(), timezone.now()
    for number in (1, 2):
        by = member("director", DirectorateFactory(short_en=f"Claimant {number}"))
        claim = {"function": "immunization", "place": place, "organisation": by.acting, "came": "claimed", "basis": "x"}
        state_mandate(since=today, until=None, by=by, at=now, **claim)  # type: ignore[arg-type]
    return MandateDispute.objects.named().get()


def decide(published: Published, dispute: MandateDispute) -> None:
    """The body decides for the first claim."""
    keeper: User = member("policy_manager", published.body)
    decide_dispute(
        dispute=dispute,
        for_whom=dispute.first.organisation,
        decision="One programme",
        basis="Meeting 9",
        day=timezone.localdate(),
        by=keeper,
        at=timezone.now(),
    )


def test_figures_of_a_place_say_that_it_is_disputed_who_leads_there_until_it_is_decided() -> None:
    published = Published()
    here, elsewhere = governorate(published.world, 0), governorate(published.world, 3)
    dispute = disputed(published, here)
    asked = {"template": published.world.template.code, "period": "201803"}
    for place, told in (("", True), (here.code, True), (elsewhere.code, False)):
        page = words(see(published.manager, **asked, **({"under": place} if place else {})))
        assert (SAID in page) is told, place
    assert "Claimant 1" in words(see(published.manager, **asked))
    decide(published, dispute)
    assert SAID not in words(see(published.manager, **asked))


def test_figures_of_what_nobody_disputes_say_nothing() -> None:
    published = Published()
    disputed(published, governorate(published.world, 0))
    published.world.template.function = "training"
    published.world.template.save()
    assert SAID not in words(see(published.manager, template=published.world.template.code, period="201803"))
    published.world.template.function = ""
    assert contested(published.manager, published.world.template, None, timezone.now()) == []


def test_an_edition_says_what_was_disputed_on_the_day_of_its_publication() -> None:
    published = Published()
    dispute = disputed(published, governorate(published.world, 0))
    edition = published.publish()
    decide(published, dispute)
    address = f"/reports/editions/{edition.pk}/"
    assert SAID in words(see(published.observer, address))
    before = edition.at - datetime.timedelta(days=1)
    type(edition).objects.filter(pk=edition.pk).update(at=before)
    assert SAID not in words(see(published.observer, address))
