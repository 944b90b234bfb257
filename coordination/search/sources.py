"""What has a text that can be looked for: of each kind of thing its words, who may see it, and how it is shown.

A further kind is a foreign key of `SearchEntry` with its name in `THINGS` (`models.py`), its line in the row policy
(`migrations/0002_wall.py` shows it), and a `Source` in `SOURCES` below; the page, the task and the tests go by these.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import MD5, Cast
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from coordination.formats import dates
from coordination.meetings.models import Decision, Meeting, Minutes, MinutesCorrection
from coordination.search.excerpts import Part, excerpt_of
from coordination.search.kinds import Asked, Found, Group
from coordination.search.models import SearchEntry
from directorates.models import SharingAgreement
from directorates.rules.text import search_key
from policies.models import (
    Agreement,
    AgreementText,
    Article,
    DisputeEvent,
    Function,
    Mandate,
    MandateDispute,
    PolicyPaper,
    PolicyPicture,
    PolicySection,
    PolicyVersion,
)
from policies.rules.markdown import without_marks

# The text of some things: the id of each with a piece of it, as often as there are pieces.
Texts = Iterator[tuple[int, str]]
Find = Callable[[Asked], QuerySet[Any]]
FIRST, MANY = 5, 20


@dataclass(frozen=True)
class Source:
    """A kind of thing with a text: all there are, the columns by which a changed text is known, the text, and its group."""

    thing: str
    things: Callable[[], QuerySet[Any]]
    known_by: tuple[str, ...]
    texts: Callable[[Collection[int]], Texts]
    group: Group

    def stale(self) -> QuerySet[Any]:
        """The things whose words are not kept, or were made of another text; each with its `stamp`."""
        columns = [Cast(name, TextField()) for name in self.known_by]
        text = Func(Value("\n"), *columns, function="concat_ws", output_field=TextField())
        kept = SearchEntry.objects.filter(**{self.thing: OuterRef("pk")}, stamp=OuterRef("stamp"))
        return self.things().annotate(stamp=MD5(text)).filter(~Exists(kept))


def _columns(things: Callable[[], QuerySet[Any]], *names: str) -> Callable[[Collection[int]], Texts]:
    """Texts that are columns of the things themselves."""

    def texts(ids: Collection[int]) -> Texts:
        for pk, *words in things().filter(pk__in=ids).values_list("pk", *names):
            yield pk, "\n".join(words)

    return texts


def _in_both(words: Promise | str) -> str:
    """Words of the portal's own in each of its languages."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(words))
    return " ".join(found)


def _with(asked: Asked, rows: QuerySet[Any], thing: str) -> QuerySet[Any]:
    """Those of some things that the reader may see whose text holds what is asked for."""
    return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [asked.things[thing]]))


# --- Policies ------------------------------------------------------------------------------------------------------


def _versions() -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.all()


def _version_texts(ids: Collection[int]) -> Texts:
    """Names and code of the policy, all sections in both languages, what is known of scanned papers, what pictures show."""
    yield from _columns(_versions, "policy__code", "policy__name_ar", "policy__name_en")(ids)
    papers = PolicyPaper.objects.filter(version__in=ids)
    for pk, *words in papers.values_list("version", "name", "issuer", "reference"):
        yield pk, "\n".join(words)
    pictures = PolicyPicture.objects.filter(version__in=ids)
    for pk, *words in pictures.values_list("version", "words_ar", "words_en"):
        yield pk, "\n".join(words)
    sections = PolicySection.objects.filter(version__in=ids)
    for pk, *words in sections.values_list("version", "heading_ar", "heading_en", "text_ar", "text_en"):
        yield pk, without_marks("\n".join(words))


def _find_versions(asked: Asked) -> QuerySet[Any]:
    """Versions of policies: what is in force first, then what comes, then what was; those called so before the others."""
    today = timezone.localdate()
    stands = Q(valid__isnull=False, called_off=None)
    stage = Case(
        When(stands & Q(valid__contains=today), then=Value(0)),
        When(Q(valid=None, given_up=None) | (stands & Q(valid__startswith__gt=today)), then=Value(1)),
        default=Value(2),
    )
    called = Q()
    for word in search_key(asked.text).split():
        called &= Q(policy__search__contains=word)
    rows = _with(asked, PolicyVersion.objects.visible_to(asked.user), "version")
    named = Case(When(called, then=Value(0)), default=Value(1))
    return rows.select_related("policy").prefetch_related("sections").order_by(stage, named, "policy__code", "-number")


def _show_version(asked: Asked, version: PolicyVersion) -> Found:
    """A version: kind and number of the policy, its state, the section that fits best."""
    policy, state = version.policy, version.state(timezone.localdate())
    url = reverse("policies:version", args=[policy.code, version.number])
    number = _("version %(number)s") % {"number": version.number}
    detail = f"{policy.get_kind_display()} · {number} · {policy.code}"
    parts = (part for section in version.sections.all() for part in _tongues(section, url))
    return Found(policy.name, detail, url, state, str(state.label), excerpt_of(asked, parts))


def _tongues(section: PolicySection | Article, url: str) -> Iterator[Part]:
    """A section or article in each language; a long policy shows the other language where it is asked for."""
    for language, heading, text in (
        ("ar", section.heading_ar, section.text_ar),
        ("en", section.heading_en, section.text_en),
    ):
        both = "" if language == get_language() else "?both=1"
        yield Part(without_marks(text), heading, language, f"{url}{both}#{section.anchor}")


# --- Meetings ------------------------------------------------------------------------------------------------------


def _decisions() -> QuerySet[Decision]:
    return Decision.objects.all()


DECIDED = ("subject", "text", "meeting__title")


def _find_decisions(asked: Asked) -> QuerySet[Any]:
    """Decisions of meetings that the reader sees, the last meeting's first."""
    return _with(asked, Decision.objects.visible_to(asked.user), "decision").select_related("meeting__organisation")


def _show_decision(asked: Asked, decision: Decision) -> Found:
    """A decision: its meeting, and what was decided."""
    url = f"{reverse('meetings:meeting', args=[decision.meeting_id])}#decision-{decision.number}"
    return Found(decision.subject, _held(decision.meeting), url, excerpt=excerpt_of(asked, [Part(decision.text)]))


def _held(meeting: Meeting) -> str:
    """A meeting in a line: title, day, who called it."""
    day = dates.short_day(timezone.localdate(meeting.begins))
    return f"{meeting.title} · {day} · {meeting.organisation.short}"


def _minutes() -> QuerySet[Minutes]:
    """All minutes, each with its last correction."""
    last = MinutesCorrection.objects.filter(minutes=OuterRef("pk")).order_by("-pk")
    return Minutes.objects.annotate(corrected=Subquery(last.values("pk")[:1]))


def _minutes_texts(ids: Collection[int]) -> Texts:
    """The text, the title of the meeting, and what was corrected."""
    yield from _columns(Minutes.objects.all, "text", "meeting__title")(ids)
    yield from MinutesCorrection.objects.filter(minutes__in=ids).values_list("minutes", "text")


def _find_minutes(asked: Asked) -> QuerySet[Any]:
    """Minutes of meetings that the reader sees, the last meeting's first."""
    rows = _with(asked, Minutes.objects.filter(meeting__in=Meeting.objects.visible_to(asked.user)), "minutes")
    return (
        rows.select_related("meeting__organisation").prefetch_related("corrections").order_by("-meeting__begins", "pk")
    )


def _show_minutes(asked: Asked, minutes: Minutes) -> Found:
    """Minutes: whether they are closed, and the passage."""
    url = f"{reverse('meetings:meeting', args=[minutes.meeting_id])}#minutes"
    words = pgettext("minutes", "Closed") if minutes.closed else pgettext("minutes", "Being written")
    parts = [Part(text) for text in (minutes.text, *(one.text for one in minutes.corrections.all()))]
    state = "policy_in_force" if minutes.closed else "policy_draft"
    return Found(minutes.meeting.title, _held(minutes.meeting), url, state, words, excerpt_of(asked, parts))


# --- Who leads what ------------------------------------------------------------------------------------------------

_OF_PLACE = ("place__name_ar", "place__name_en")
_OF_MANDATE = ("basis", "ended_why", *_OF_PLACE, "organisation__name_ar", "organisation__name_en")


def _mandates() -> QuerySet[Any]:
    return Mandate.objects.all()


def _functions(rows: QuerySet[Any]) -> Texts:
    """The functions of mandates or disputes in words of both languages."""
    for pk, function in rows.values_list("pk", "function"):
        yield pk, _in_both(Function(function).label)


def _mandate_texts(ids: Collection[int]) -> Texts:
    """The function, the place, the organisation, on what basis, and why it was ended."""
    yield from _functions(Mandate.objects.filter(pk__in=ids))
    yield from _columns(_mandates, *_OF_MANDATE)(ids)


def _find_mandates(asked: Asked) -> QuerySet[Any]:
    """Mandates, those that began last first."""
    rows = _with(asked, Mandate.objects.visible_to(asked.user), "mandate")
    return rows.select_related("place", "organisation").order_by("-valid", "pk")


def _show_mandate(asked: Asked, mandate: Mandate) -> Found:
    """A mandate: who leads what where, whether it holds, and on what basis."""
    state = mandate.state(timezone.localdate())
    title = f"{mandate.get_function_display()} · {mandate.place.name}"
    url, parts = reverse("policies:mandate", args=[mandate.pk]), [Part(mandate.basis), Part(mandate.ended_why)]
    return Found(title, mandate.organisation.name, url, state, str(state.label), excerpt_of(asked, parts))


def _disputes() -> QuerySet[Any]:
    """All disputes, each with what was said last."""
    last = DisputeEvent.objects.filter(dispute=OuterRef("pk")).order_by("-pk")
    return MandateDispute.objects.annotate(said=Subquery(last.values("pk")[:1]))


def _dispute_texts(ids: Collection[int]) -> Texts:
    """The function, the place, both sides, and all that was said and decided."""
    yield from _functions(MandateDispute.objects.filter(pk__in=ids))
    sides = [f"{side}__organisation__name_{code}" for side in ("first", "second") for code in ("ar", "en")]
    yield from _columns(MandateDispute.objects.all, *_OF_PLACE, *sides)(ids)
    for pk, *words in DisputeEvent.objects.filter(dispute__in=ids).values_list("dispute", "text", "basis"):
        yield pk, "\n".join(words)


def _find_disputes(asked: Asked) -> QuerySet[Any]:
    """Disputes over mandates, the last opened first."""
    rows = _with(asked, MandateDispute.objects.visible_to(asked.user), "dispute")
    rows = rows.select_related("place", "first__organisation", "second__organisation")
    return rows.prefetch_related("events").order_by("-opened", "-pk")


def _show_dispute(asked: Asked, dispute: MandateDispute) -> Found:
    """A dispute: both sides, how far it is, and what was said."""
    title = f"{dispute.get_function_display()} · {dispute.place.name}"
    sides = " · ".join(claim.organisation.name for claim in dispute.claims)
    parts = [Part(text) for event in dispute.events.all() for text in (event.text, event.basis)]
    url = reverse("policies:dispute", args=[dispute.pk])
    return Found(title, sides, url, dispute.look, dispute.get_state_display(), excerpt_of(asked, parts))


# --- Agreements between organisations ------------------------------------------------------------------------------


def _told_articles() -> QuerySet[Article]:
    """The articles that whoever sees their agreement sees: of texts that came into force, or before it ever did."""
    return Article.objects.filter(Q(text__valid__isnull=False) | Q(text__agreement__agreed=None))


def _agreements() -> QuerySet[Agreement]:
    """All agreements, each with when a text of it was changed last, and which came into force last."""
    texts = AgreementText.objects.filter(agreement=OuterRef("pk"))
    changed = Subquery(texts.order_by("-changed").values("changed")[:1])
    held = Subquery(texts.filter(valid__isnull=False).order_by("-number").values("number")[:1])
    return Agreement.objects.annotate(changed=changed, held=held)


def _agreement_texts(ids: Collection[int]) -> Texts:
    """Names, summary, why it ended, and the articles in both languages."""
    yield from _columns(Agreement.objects.all, "name_ar", "name_en", "summary_ar", "summary_en", "ended_why")(ids)
    articles = _told_articles().filter(text__agreement__in=ids)
    for pk, *words in articles.values_list("text__agreement", "heading_ar", "heading_en", "text_ar", "text_en"):
        yield pk, "\n".join(words)


def _find_agreements(asked: Asked) -> QuerySet[Any]:
    """Agreements between organisations, the last begun first."""
    rows = _with(asked, Agreement.objects.visible_to(asked.user), "agreement")
    articles = Prefetch("texts__articles", _told_articles())
    return rows.prefetch_related("texts", articles).order_by("-pk")


def _show_agreement(asked: Asked, agreement: Agreement) -> Found:
    """An agreement: its kind and state, and the article that fits best."""
    state = agreement.state(timezone.localdate())
    url = reverse("policies:agreement", args=[agreement.pk])
    parts = [Part(agreement.summary_ar, "", "ar", url), Part(agreement.summary_en, "", "en", url)]
    parts += [part for text in agreement.texts.all() for one in text.articles.all() for part in _tongues(one, url)]
    detail = str(agreement.get_kind_display())
    return Found(agreement.name, detail, url, state, str(state.label), excerpt_of(asked, parts))


# --- Sharing of data ------------------------------------------------------------------------------------------------

_OF_SHARING = tuple(
    ["purpose", "ended_why"]
    + [f"{one}__name_{code}" for one in ("dataset", "custodian", "recipient") for code in ("ar", "en")]
)


def _sharings() -> QuerySet[SharingAgreement]:
    return SharingAgreement.objects.all()


def _find_sharings(asked: Asked) -> QuerySet[Any]:
    """Sharing agreements of the organisation acted for, the last offered first."""
    rows = _with(asked, SharingAgreement.objects.visible_to(asked.user), "sharing")
    return rows.select_related("dataset", "custodian", "recipient")


def _show_sharing(asked: Asked, agreement: SharingAgreement) -> Found:
    """A sharing agreement: whose data for whom, whether it holds, and what for."""
    state = agreement.state(timezone.localdate())
    url, parts = reverse("directorates:agreement", args=[agreement.pk]), [Part(agreement.purpose)]
    sides = f"{agreement.custodian.name} · {agreement.recipient.name}"
    return Found(agreement.dataset.name, sides, url, state, str(state.label), excerpt_of(asked, parts))


def _group(thing: str, key: str, title: str | Promise, find: Find, show: Callable[..., Found]) -> Group:
    """The group of a kind of thing; nobody looks for one where no text of the kind holds the words."""

    def found(asked: Asked) -> QuerySet[Any] | list[Any]:
        return find(asked) if thing in asked.things else []

    return Group(key, title, found, show, FIRST, MANY)


SOURCES = (
    Source(
        "version",
        _versions,
        ("edition", "policy__search"),
        _version_texts,
        _group("version", "policies", pgettext_lazy("room", "Policies"), _find_versions, _show_version),
    ),
    Source(
        "decision",
        _decisions,
        DECIDED,
        _columns(_decisions, *DECIDED),
        _group("decision", "decisions", gettext_lazy("Decisions"), _find_decisions, _show_decision),
    ),
    Source(
        "minutes",
        _minutes,
        ("changed", "corrected", "meeting__title"),
        _minutes_texts,
        _group("minutes", "minutes", pgettext_lazy("search", "Minutes"), _find_minutes, _show_minutes),
    ),
    Source(
        "mandate",
        _mandates,
        ("function", *_OF_MANDATE),
        _mandate_texts,
        _group("mandate", "mandates", gettext_lazy("Mandates"), _find_mandates, _show_mandate),
    ),
    Source(
        "dispute",
        _disputes,
        ("function", "said", *_OF_PLACE),
        _dispute_texts,
        _group("dispute", "disputes", gettext_lazy("Disputes"), _find_disputes, _show_dispute),
    ),
    Source(
        "agreement",
        _agreements,
        ("search", "summary_ar", "summary_en", "ended_why", "changed", "held"),
        _agreement_texts,
        _group("agreement", "agreements", gettext_lazy("Agreements"), _find_agreements, _show_agreement),
    ),
    Source(
        "sharing",
        _sharings,
        _OF_SHARING,
        _columns(_sharings, *_OF_SHARING),
        _group("sharing", "sharing", gettext_lazy("Sharing agreements"), _find_sharings, _show_sharing),
    ),
)
