"""Pages of compliance: the notes that the reader may see, writing one, opening its evidence."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn, file_to_keep, page_of
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may
from policies.actions.acknowledgements import demand_acknowledging, may_acknowledge
from policies.actions.compliance import note_compliance
from policies.forms.compliance import ComplianceForm
from policies.models import ComplianceNote, Evidence, PolicyVersion
from policies.models.compliance import ComplianceNoteQuerySet
from policies.views.versions import conflict_or_tell, version_of


def notes_listed(user: User, version: PolicyVersion) -> ComplianceNoteQuerySet:
    """The notes of a version that a person may see, the last first."""
    return ComplianceNote.objects.visible_to(user).filter(version=version).with_evidence().latest_first()


@login_required
def compliance(request: SignedIn, code: str, number: int) -> HttpResponse:
    """How far organisations apply a version, as far as the reader may see that; the last note first."""
    held = version_of(request, code, number)
    context = {
        "version": held,
        "policy": held.policy,
        "page": page_of(request, notes_listed(request.user, held)),
        "keeps": may(request.user, Permission.MANAGE_POLICIES, held),
        "notes": held.holds_or_will(timezone.localdate()) and may_acknowledge(request.user),
    }
    return render(request, "policies/compliance.html", context)


@login_required
def note(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Note how far the organisation acted for applies a version."""
    held = version_of(request, code, number)
    demand_acknowledging(request.user)
    form = ComplianceForm(request.POST or None, request.FILES or None)
    back = reverse("policies:compliance", args=[code, number])
    if request.method == "POST" and form.is_valid():
        said = {"extent": form.cleaned_data["extent"], "text": form.cleaned_data["text"], "files": form.files_given}
        try:
            note_compliance(version=held, **said, by=request.user, at=timezone.now())
        except Problem as problem:
            if (conflict := conflict_or_tell(request, form, held, problem)) is not None:
                return conflict
        else:
            messages.success(request, _("Kept. Those who keep the policy read it."))
            return redirect(back)
    context = {"form": form, "title": _("How far we apply it"), "back": back}
    return render(request, "policies/file_form.html", context, status=400 if form.errors else 200)


@login_required
def evidence(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """A file that came with a note."""
    held = version_of(request, code, number)
    notes = ComplianceNote.objects.visible_to(request.user).filter(version=held)
    found = get_object_or_404(Evidence.objects.filter(about__in=notes), pk=pk)
    return file_to_keep(found.name, found.content_type, bytes(found.content))


urls = [
    path("<slug:code>/<int:number>/compliance/", compliance, name="compliance"),
    path("<slug:code>/<int:number>/compliance/new/", note, name="note_compliance"),
    path("<slug:code>/<int:number>/compliance/evidence/<int:pk>/", evidence, name="evidence"),
]
