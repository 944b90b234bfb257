"""Pages of bulletins: the list, one bulletin, beginning, making, signing, publishing and correcting one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.reporting.actions import bulletin_answers, bulletin_figures, bulletins
from coordination.reporting.actions.bulletin_pdf import bulletin_as_pdf
from coordination.reporting.actions.verifications import ask_to_verify_bulletin
from coordination.reporting.forms.bulletins import AnswerForm, OpenForm, SeriesForm, StartForm
from coordination.reporting.models import Bulletin, BulletinSeries, Verification
from coordination.reporting.models.bulletin_indicators import indicators_are_behind
from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.models.bulletins import AnswerKind, demand_reading, standing_answers
from coordination.reporting.views.bulletin_drawings import maps_of
from directorates.foundation.pages import SignedIn, file_to_keep, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, Refused, may
from directorates.throttles import has_room
from policies.actions.pdf import TYPE, Made, Tongues
from policies.forms.pdf import PdfForm
from policies.logo import logo_on

# Each paper keeps a processor busy for some seconds: nobody needs more in so many seconds.
MOST, SECONDS = 10, 60


def found_bulletin(request: SignedIn, pk: int) -> Bulletin:
    """The bulletin, if the caller may see it."""
    demand_reading(request.user)
    return get_object_or_404(Bulletin.objects.visible_to(request.user).named(), pk=pk)


def bulletins_listed(user: User, asked: QueryDict) -> tuple[bool, QuerySet[Bulletin]]:
    """Whether the address asks for those that wait for the caller's answer alone, and the bulletins."""
    waits = asked.get("waits") == "sign"
    rows = Bulletin.objects.to_sign(user) if waits else Bulletin.objects.visible_to(user)
    return waits, rows.named()


@login_required
def bulletin_list(request: SignedIn) -> HttpResponse:
    """What was published, and what is being made or signed by the caller's organisation."""
    demand_reading(request.user)
    waits, rows = bulletins_listed(request.user, request.GET)
    context = {
        "page": page_of(request, rows),
        "waits": waits,
        "signs": may(request.user, Permission.SIGN_BULLETINS),
        "publishes": may(request.user, Permission.PUBLISH_EDITIONS),
    }
    return render(request, "reporting/bulletins.html", context)


@login_required
def bulletin(request: SignedIn, pk: int) -> HttpResponse:
    """One bulletin, as it is read and as far as it is."""
    return _page(request, found_bulletin(request, pk))


def _page(
    request: SignedIn, found: Bulletin, *, opening: OpenForm | None = None, answering: AnswerForm | None = None
) -> HttpResponse:
    read = ReadBulletin(found, request.user)
    forms = (opening, answering)
    makes = may(request.user, Permission.PUBLISH_EDITIONS, found)
    standing = standing_answers(found).get(request.user.acting_id or 0)
    begun = {"digest": found.digest, "replaces": standing.pk if standing else None}
    context = {
        "bulletin": found,
        "read": read,
        "maps": maps_of(read),
        "makes": makes,
        "opening": opening or OpenForm(initial={"seen": found.seen}),
        "answering": answering or AnswerForm(initial=begun),
        "standing": standing,
        "behind": makes and not found.is_published and indicators_are_behind(found),
        "missing": bulletin_answers.faults_of_publishing(found, timezone.localdate())
        if makes and not found.is_draft
        else (),
        "correction": found.corrections.first() if makes else None,
        "verified": Verification.objects.filter(edition__in=read.editions.values())
        .order_by("edition_id", "-pk")
        .distinct("edition_id"),
        "logo": logo_on(timezone.localdate(found.at)) if found.at else None,
    }
    wrong = any(form is not None and form.errors for form in forms)
    return render(request, "reporting/bulletin.html", context, status=400 if wrong else 200)


@login_required
def series(request: SignedIn) -> HttpResponse:
    """Begin a series."""
    _demand_publisher(request)
    form = SeriesForm(request.POST or None, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            bulletins.found_series(**form.said, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            return redirect("reporting:bulletin_start")
    return render(request, "reporting/bulletin_series.html", {"form": form}, status=400 if form.errors else 200)


@login_required
def start(request: SignedIn) -> HttpResponse:
    """Begin the bulletin of a period."""
    _demand_publisher(request)
    form = StartForm(request.POST or None, request.user)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("series", "period")}
        try:
            made = bulletins.start_bulletin(**given, limits=form.limits, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            return redirect("reporting:bulletin_layout", pk=made.pk)
    context = {"form": form, "any": BulletinSeries.objects.exists()}
    return render(request, "reporting/bulletin_start.html", context, status=400 if form.errors else 200)


def _demand_publisher(request: SignedIn) -> None:
    if not may(request.user, Permission.PUBLISH_EDITIONS):
        raise Refused(Permission.PUBLISH_EDITIONS)


@require_POST
@login_required
def make(request: SignedIn, pk: int) -> HttpResponse:
    """Have the figures made, as a job."""
    found = found_bulletin(request, pk)
    return _done(request, found, lambda by: bulletin_figures.ask_for_figures(bulletin=found, **by), job=True)


@require_POST
@login_required
def verify(request: SignedIn, pk: int) -> HttpResponse:
    """Have every figure made again and compared, as a job."""
    found = found_bulletin(request, pk)
    return _done(request, found, lambda by: ask_to_verify_bulletin(bulletin=found, **by), job=True)


@require_POST
@login_required
def open_to_sign(request: SignedIn, pk: int) -> HttpResponse:
    """Freeze a draft and ask for signatures."""
    found = found_bulletin(request, pk)
    form = OpenForm(request.POST)
    if form.is_valid():
        try:
            bulletin_answers.open_bulletin(bulletin=found, **form.cleaned_data, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            return redirect("reporting:bulletin", pk=pk)
    return _page(request, found_bulletin(request, pk), opening=form)


@require_POST
@login_required
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Make a draft of it again."""
    found = found_bulletin(request, pk)
    return _done(request, found, lambda by: bulletin_answers.take_back_bulletin(bulletin=found, **by))


@require_POST
@login_required
def publish(request: SignedIn, pk: int) -> HttpResponse:
    """Publish it, once and for all."""
    found = found_bulletin(request, pk)
    return _done(request, found, lambda by: bulletin_answers.publish_bulletin(bulletin=found, **by))


@require_POST
@login_required
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """Begin the bulletin that corrects it, and lead there."""
    found = found_bulletin(request, pk)
    try:
        fresh = bulletins.correct_bulletin(bulletin=found, by=request.user, at=timezone.now())
    except Problem as problem:
        return _told(request, found, problem)
    return redirect("reporting:bulletin", pk=fresh.pk)


@require_POST
@login_required
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Throw a draft away."""
    found = found_bulletin(request, pk)
    try:
        bulletins.discard_bulletin(bulletin=found, by=request.user, at=timezone.now())
    except Problem as problem:
        return _told(request, found, problem)
    messages.success(request, _("The draft was thrown away."))
    return redirect("reporting:bulletins")


@require_POST
@login_required
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Sign for the organisation acted for, or refuse to."""
    found = found_bulletin(request, pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("words_why", "digest", "replaces")}
        kind = AnswerKind(form.cleaned_data["kind"])
        try:
            bulletin_answers.answer_bulletin(bulletin=found, kind=kind, **given, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            return redirect("reporting:bulletin", pk=pk)
    return _page(request, found_bulletin(request, pk), answering=form)


@login_required
def pdf(request: SignedIn, pk: int) -> HttpResponse:
    """In which language; then the PDF, or the job that makes it."""
    found = found_bulletin(request, pk)
    form = PdfForm(request.POST or None, initial={"tongues": "en" if get_language() == "en" else "ar"})
    if request.method == "POST" and form.is_valid():
        if not has_room(f"pdf:{request.user.pk}", most=MOST, seconds=SECONDS):
            busy = render(request, "429.html", status=429)
            busy.headers["Retry-After"] = str(SECONDS)
            return busy
        try:
            made = bulletin_as_pdf(
                bulletin=found, tongues=Tongues(form.cleaned_data["tongues"]), by=request.user, at=timezone.now()
            )
        except Problem as problem:
            tell(form, problem)
        else:
            return (
                file_to_keep(made.name, TYPE, made.content)
                if isinstance(made, Made)
                else redirect("jobs:job", pk=made.pk)
            )
    return render(
        request, "reporting/bulletin_pdf.html", {"form": form, "bulletin": found}, status=400 if form.errors else 200
    )


def _done(
    request: SignedIn, found: Bulletin, deed: Callable[[dict[str, Any]], Any], *, job: bool = False
) -> HttpResponse:
    """Do it and go on to its page or its job; what stands against it is told on the bulletin's page."""
    try:
        made = deed({"by": request.user, "at": timezone.now()})
    except Problem as problem:
        return _told(request, found, problem)
    return redirect("jobs:job", pk=made.pk) if job else redirect("reporting:bulletin", pk=found.pk)


def _told(request: SignedIn, found: Bulletin, problem: Problem) -> HttpResponse:
    """The bulletin's page again, with what stood against it."""
    for words in [fault.message for fault in problem.errors] or [problem.detail]:
        messages.error(request, str(words))
    return redirect("reporting:bulletin", pk=found.pk)


urls: list[Any] = [
    path("bulletins/", bulletin_list, name="bulletins"),
    path("bulletins/series/", series, name="bulletin_series"),
    path("bulletins/start/", start, name="bulletin_start"),
    path("bulletins/<int:pk>/", bulletin, name="bulletin"),
    path("bulletins/<int:pk>/figures/", make, name="bulletin_make"),
    path("bulletins/<int:pk>/verify/", verify, name="bulletin_verify"),
    path("bulletins/<int:pk>/open/", open_to_sign, name="bulletin_open"),
    path("bulletins/<int:pk>/take-back/", take_back, name="bulletin_take_back"),
    path("bulletins/<int:pk>/answer/", answer, name="bulletin_answer"),
    path("bulletins/<int:pk>/publish/", publish, name="bulletin_publish"),
    path("bulletins/<int:pk>/correct/", correct, name="bulletin_correct"),
    path("bulletins/<int:pk>/discard/", discard, name="bulletin_discard"),
    path("bulletins/<int:pk>/pdf/", pdf, name="bulletin_pdf"),
]
