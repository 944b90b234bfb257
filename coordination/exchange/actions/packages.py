"""Packages from other systems: received and read, then imported by a job."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange import dhis2, xlsform
from coordination.exchange.json_files import FileProblem
from coordination.exchange.words import fault_words
from coordination.reporting.actions.packages import apply_package
from coordination.reporting.models import PackageImport, Programme
from coordination.reporting.models.package_plans import Home
from coordination.reporting.rules.packages import Package, chosen
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.templates import DatasetSource, ProgrammeSource
from directorates.audit import record
from directorates.foundation import jobs
from directorates.foundation.jobs import Tell
from directorates.foundation.models import UNFINISHED, Job, StoredFile
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Dataset, User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

LONGEST_NAME = 200
WORKBOOKS = (xlsform.ZIP, xlsform.OLE)


def read_package(name: str, content: bytes) -> Package:
    """What a file offers, of whichever format it is; a `Problem` with every fault at its path."""
    try:
        return xlsform.read(content, name) if content.startswith(WORKBOOKS) else dhis2.read(content)
    except FileProblem as problem:
        faults = [Fault(fault.path, fault.code, fault_words(fault.code, fault.params)) for fault in problem.faults]
        raise Problem("bad_package", _("The file was not taken; each fault is listed."), errors=faults) from problem


@dataclass(frozen=True)
class Choice:
    """What of a package is to be imported, and where new templates belong."""

    templates: tuple[str, ...]
    programme: ProgrammeSource
    dataset: DatasetSource
    period_type: PeriodType = PeriodType.MONTH
    due_days: int = 15

    @property
    def home(self) -> Home:
        """Where new templates belong; what is here already, as it is here now."""
        programme = Programme.objects.prefetch_related("week_rules").filter(code=self.programme.code).first()
        dataset = Dataset.objects.select_related("custodian").filter(code=self.dataset.code).first()
        return Home(
            ProgrammeSource(programme.code, programme.name_ar, programme.name_en, programme.week_rules_kept)
            if programme
            else self.programme,
            DatasetSource(dataset.code, dataset.name_ar, dataset.name_en, dataset.custodian.code)
            if dataset
            else self.dataset,
            self.period_type,
            self.due_days,
        )


def choice_of(arguments: Mapping[str, Any]) -> Choice:
    """The choice that a job was asked with."""
    named = {key: arguments["programme"][key] for key in ("code", "name_ar", "name_en")}
    return Choice(
        tuple(arguments["templates"]),
        ProgrammeSource(**named),
        DatasetSource(**arguments["dataset"]),
        PeriodType(arguments["period_type"]),
        arguments["due_days"],
    )


@transaction.atomic
def receive_package(*, by: User, name: str, content: bytes, at: dt.datetime) -> PackageImport:
    """Keep a file that can be read, to be looked at and imported; one that cannot leaves nothing behind."""
    require(by, Permission.MANAGE_TEMPLATES)
    name = clean_text(name)[-LONGEST_NAME:] or pgettext("file", "without a name")
    package = read_package(name, content)
    file = jobs.keep_file(by=by, at=at, name=name, content_type="application/octet-stream", content=content)
    row = PackageImport.objects.create(
        scheme=package.scheme.value,
        title=package.name[:LONGEST_NAME],
        file_name=name,
        digest=file.digest,
        file=file,
        by=by,
        at=at,
    )
    record(by, "receive_package", row, name=name, digest=file.digest)
    return row


@transaction.atomic
def ask_import(*, by: User, row: PackageImport, choice: Choice, at: dt.datetime) -> Job:
    """Have a received package imported; asked twice, it is the same job."""
    require(by, Permission.MANAGE_TEMPLATES)
    row = PackageImport.objects.select_for_update().get(pk=row.pk)
    if (under_way := import_under_way(row)) is not None:
        return under_way
    if row.applied_at is not None:
        raise Problem("applied", _("This package was imported already; its receipt stands here."), 409)
    content_of(row)
    if not choice.templates:
        raise Problem("nothing_chosen", _("No template was chosen; nothing was imported."))
    arguments = asdict(choice) | {"package": row.pk, "templates": list(choice.templates)}
    arguments["programme"].pop("week_rules")
    return jobs.ask(kind=KIND.code, by=by, at=at, arguments=arguments)


def import_under_way(row: PackageImport) -> Job | None:
    """The job that imports a package now, or waits to."""
    return Job.objects.filter(kind=KIND.code, arguments__package=row.pk, state__in=UNFINISHED).first()


def content_of(row: PackageImport) -> bytes:
    """The file of an import; 410 `gone` where its time is over."""
    content = _kept(row.file_id) if row.file_id else None
    if content is None:
        raise Problem(
            "gone", _("The file is no longer kept. It can be uploaded again; what is here is recognised."), 410
        )
    return content


@unwalled
def _kept(file: int) -> bytes | None:
    """The content of a package's file, whoever uploaded it: a package is of all who manage templates."""
    row = StoredFile.objects.filter(pk=file).first()
    return None if row is None else bytes(row.content)


def package_of(row: PackageImport) -> Package:
    """What a received file offers."""
    return read_package(row.file_name, content_of(row))


def run_import(job: Job, tell: Tell) -> dict[str, Any]:
    """Do the import that a job was asked for."""
    row, choice = PackageImport.objects.get(pk=job.arguments["package"]), choice_of(job.arguments)
    package = chosen(package_of(row), choice.templates)
    at = timezone.now()
    apply_package(by=jobs.person_of(job), row=row, package=package, home=choice.home, at=at, tell=tell)
    return {"at": {"pk": row.pk}}


KIND = jobs.Kind(
    "import_package",
    gettext_lazy("Import of a package"),
    run_import,
    page="exchange:package",
    right=Permission.MANAGE_TEMPLATES,
)
