"""Pages of populations: what sources say of places, entering one, taking one back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.reporting.actions.populations import enter_populations, entry_of, take_back_population
from coordination.reporting.forms.populations import PopulationFilter, PopulationForm
from coordination.reporting.models import Population
from coordination.reporting.models.populations import PopulationQuerySet, counting_ids
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require


def populations_listed(user: User, asked: QueryDict) -> tuple[PopulationFilter, PopulationQuerySet]:
    """The filters and the populations that they leave, by place, the last year first."""
    form = PopulationFilter(asked)
    return form, form.narrow(Population.objects.visible_to(user).named())


@login_required
def populations(request: SignedIn) -> HttpResponse:
    """What sources say of places; of several the one that counts is marked."""
    require(request.user, Permission.VIEW_EDITIONS)
    form, rows = populations_listed(request.user, request.GET)
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "used": any(request.GET.get(name) for name in form.fields),
        "counting": counting_ids(list(page)),
        "keeps": may(request.user, Permission.KEEP_POPULATIONS),
    }
    return render(request, "reporting/populations.html", context)


@login_required
def new_population(request: SignedIn) -> HttpResponse:
    """Enter one number with its source."""
    require(request.user, Permission.KEEP_POPULATIONS)
    form = PopulationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entered = enter_populations(entries=[entry_of(**form.taken())], by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Kept.") if entered.new else _("This stood there already."))
            return redirect("reporting:populations")
    return render(request, "reporting/population_form.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@login_required
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Take a number back; it stays to be seen."""
    require(request.user, Permission.KEEP_POPULATIONS)
    population = get_object_or_404(Population.objects.visible_to(request.user), pk=pk)
    take_back_population(population=population, by=request.user, at=timezone.now())
    messages.success(request, _("The number is taken back: it counts no more, and stays to be seen here."))
    return redirect("reporting:populations")


urls = [
    path("populations/", populations, name="populations"),
    path("populations/new/", new_population, name="new_population"),
    path("populations/<int:pk>/take-back/", take_back, name="take_back_population"),
]
