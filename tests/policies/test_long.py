"""A long policy with many comments and pictures: light over a slow link, and in few queries."""

import base64
import gzip
import random
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from policies.models import PolicyComment, PolicyPicture, PolicySection
from tests.policies.library import Library

pytestmark = pytest.mark.django_db
PAGES, ON_A_PAGE, COMMENTS, PICTURES = 60, 2_500, 400, 40
FIRST_LOAD = 100_000
ARABIC = "تُعقم الأدوات بعد كل مريض ويدون في الدفتر التاريخ والساعة ورقم الدورة واسم من قام بها وتحفظ اللقاحات"
# The smallest picture: one grey point.
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
ENGLISH = "instruments are sterilised after every patient and the book says date hour number of cycle who did it"


def text(words: list[str], dice: random.Random) -> str:
    """As many characters as stand on a page of a book, in sentences of some words."""
    said = ""
    while len(said) < ON_A_PAGE:
        said += " ".join(dice.sample(words, 12)) + ".\n\n"
    return said


def mark(page: int) -> str:
    """The mark of the picture of a page, where it has one."""
    return f"![](picture:{page})" if 0 < page <= PICTURES else ""


@pytest.fixture
def library() -> Library:
    """Sixty pages in both languages, most with a picture, and with four hundred comments of the reader."""
    made, dice = Library(), random.Random(4)
    many = [[f"{one}{two}" for one in words.split() for two in words.split()] for words in (ARABIC, ENGLISH)]
    PolicySection.objects.bulk_create(
        PolicySection(
            version=made.draft, anchor=f"page-{number}", order=number, heading_ar=f"صفحة {number}",
            heading_en=f"Page {number}", text_ar=text(many[0], dice) + mark(number), text_en=text(many[1], dice) + mark(number),
        )
        for number in range(PAGES)
    )  # fmt: skip
    about: dict[str, Any] = {
        "name": "a.png",
        "content_type": "image/png",
        "content": DOT,
        "size": len(DOT),
        "width": 1,
        "height": 1,
    }
    PolicyPicture.objects.bulk_create(
        PolicyPicture(
            version=made.draft, number=number, digest=f"{number:064}", words_ar="حوض", words_en="A basin", by=made.manager,
            acting=made.body, at=timezone.now(), **about,
        )
        for number in range(1, PICTURES + 1)
    )  # fmt: skip
    made.consult(made.ngo)
    sections = list(made.draft.sections.all())
    PolicyComment.objects.bulk_create(
        PolicyComment(
            version=made.draft, section=dice.choice(sections), organisation=made.ngo, text="We have no autoclave",
            by=made.reader, at=timezone.now(), key=uuid4(),
        )
        for _ in range(COMMENTS)
    )  # fmt: skip
    return made


def test_a_long_text_comes_in_the_readers_language_first_and_is_light(library: Library) -> None:
    client, address = library.browser(library.reader, "ar"), f"/policies/{library.policy.code}/1/"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert len(asked) < 40
    assert len(gzip.compress(page.content)) < FIRST_LOAD
    assert page.text.count('loading="lazy"') == PICTURES
    english = library.draft.sections.all()[0].text_en[:40]
    assert english not in page.text
    assert english in client.get(f"{address}?both=1").text


def test_its_comments_are_shown_page_by_page(library: Library) -> None:
    page = library.browser(library.reader, "ar").get(f"/policies/{library.policy.code}/1/discussion/")
    assert page.text.count("We have no autoclave") < COMMENTS / 4
    assert len(gzip.compress(page.content)) < FIRST_LOAD
