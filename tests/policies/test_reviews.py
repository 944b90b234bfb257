"""Reviews of policies: planned for a day, warned of in advance, finished with what came of them."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from directorates.foundation.models import Notice
from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from policies.actions.reviews import finish_review, plan_review, warn_of_reviews
from policies.models import PolicyReview, PolicyVersion
from tests.api.callers import Caller
from tests.policies.library import DAY, Library
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def plan(library: Library, version: PolicyVersion, days: int, **said: Any) -> PolicyReview:
    """Plan a review in so many days."""
    asked: dict[str, Any] = {"due": library.today + days * DAY, "by": library.manager}
    return plan_review(version=version, at=timezone.now(), **asked | said)


def finish(library: Library, review: PolicyReview, **said: Any) -> PolicyReview:
    """Say what came of a review."""
    asked: dict[str, Any] = {"outcome": "It stays as it is.", "again": None, "by": library.manager}
    return finish_review(review=review, at=timezone.now(), **asked | said)


def test_a_review_is_warned_of_in_the_last_month_of_its_version_as_well() -> None:
    library = Library()
    version = library.holding()
    plan(library, version, 5)
    library.withdraw(version, last_day=library.today + 20 * DAY)
    assert warn_of_reviews(at=timezone.now()) == 1
    assert "Review due" in library.browser(library.manager).get("/").text


@pytest.mark.django_db(transaction=True)
def test_finished_and_planned_at_the_same_moment_one_review_is_open() -> None:
    library = Library()
    version = library.holding()
    review, again = plan(library, version, 5), library.today + 90 * DAY
    answers = at_once(
        lambda: finish(library, review, again=again),
        lambda: plan(library, version, 60),
        lambda: finish(library, review),
    )
    assert all(isinstance(one, PolicyReview | Problem) for one in answers), answers
    assert PolicyReview.objects.filter(done=None).count() <= 1


def test_those_who_keep_the_policy_are_told_a_month_before_and_once_it_is_late() -> None:
    library = Library()
    plan(library, library.holding(), 40)
    now = timezone.now()
    assert warn_of_reviews(at=now) == 0
    assert [warn_of_reviews(at=now + 11 * DAY) for _twice in "12"] == [1, 0]
    assert [warn_of_reviews(at=now + 41 * DAY) for _twice in "12"] == [1, 0]
    told = Notice.objects.filter(person=library.manager).values_list("values__what", flat=True)
    assert set(told) == {"review_soon", "review_late"}
    assert not Notice.objects.filter(person=library.reader, values__what__startswith="review").exists()


def test_a_month_before_it_stands_on_the_home_of_those_who_keep_the_policy() -> None:
    library = Library()
    review = plan(library, library.holding(), 20)
    assert "Review due" in library.browser(library.manager).get("/").text
    assert "Review due" not in library.browser(library.reader).get("/").text
    finish(library, review)
    assert "Review due" not in library.browser(library.manager).get("/").text


def test_another_day_takes_the_place_of_the_first_and_one_review_is_open() -> None:
    library = Library()
    version = library.holding()
    assert plan(library, version, 40) == plan(library, version, 80)
    assert PolicyReview.objects.get().due == library.today + 80 * DAY


def test_what_came_of_it_stays_and_the_next_one_is_planned_with_it() -> None:
    library = Library()
    review = plan(library, library.holding(), 0)
    finish(library, review, again=library.today + 365 * DAY)
    with pytest.raises(Problem) as told:
        finish(library, review, outcome="Otherwise")
    assert (told.value.code, told.value.status) == ("done", 409)
    done, coming = PolicyReview.objects.order_by("pk")
    assert (done.outcome, coming.due) == ("It stays as it is.", library.today + 365 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyReview.objects.filter(pk=done.pk).update(outcome="Otherwise")
    assert "It stays as it is." in library.browser(library.reader).get("/policies/infection/1/").text


def test_a_day_that_cannot_be_and_an_outcome_that_says_nothing_are_told() -> None:
    library = Library()
    version = library.holding()
    for days, code in ((-1, "in_the_past"), (6 * 366, "too_late")):
        with pytest.raises(Problem) as told:
            plan(library, version, days)
        assert [(one.field, one.code) for one in told.value.errors] == [("due", code)]
    review = plan(library, version, 5)
    with pytest.raises(Problem) as told:
        finish(library, review, outcome=" ", again=library.today - DAY)
    assert [one.field for one in told.value.errors] == ["outcome", "again"]


def test_only_those_who_keep_it_plan_and_finish_and_a_draft_has_no_review() -> None:
    library = Library()
    with pytest.raises(Problem):
        plan(library, library.draft, 5)
    version = library.holding()
    with pytest.raises(Refused):
        plan(library, version, 5, by=library.reader)
    review = plan(library, version, 5)
    with pytest.raises(Refused):
        finish(library, review, by=library.reader)


def test_a_review_is_planned_and_finished_on_pages() -> None:
    library = Library()
    library.holding()
    client = library.browser(library.manager)
    due = (library.today + 3 * DAY).isoformat()
    assert client.post("/policies/infection/1/reviews/plan/", {"due": "2014"}).status_code == 400
    client.post("/policies/infection/1/reviews/plan/", {"due": due})
    review = PolicyReview.objects.get()
    assert f"/policies/infection/1/reviews/{review.pk}/" in client.get("/policies/infection/1/").text
    client.post(f"/policies/infection/1/reviews/{review.pk}/", {"outcome": "A new version is begun.", "again": ""})
    page = library.browser(library.reader, "ar").get("/policies/infection/1/").text
    assert "A new version is begun." in page
    assert "المراجعات" in page


def test_programs_read_by_when_texts_that_they_read_are_looked_at_again() -> None:
    library = Library()
    version = library.holding()
    review = plan(library, version, 5)
    caller = Caller(library.reader)
    (told,) = caller.get("reviews/").json()["results"]
    assert told == {
        "id": review.pk, "policy": "infection", "version": 1, "due": review.due.isoformat(), "done": None, "outcome": "",
    }  # fmt: skip
    early, late = (library.today + days * DAY for days in (4, 5))
    assert [len(caller.get(f"reviews/?due={day}").json()["results"]) for day in (early, late)] == [0, 1]
    finish(library, review)
    assert caller.get(f"reviews/?due={late}").json()["results"] == []
