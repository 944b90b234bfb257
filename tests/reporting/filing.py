"""Filing and drafting in tests: the NGO's report for May 2019, unless said otherwise."""

from typing import Any

from django.utils import timezone

from coordination.reporting.actions.submissions import file_report, open_draft
from coordination.reporting.models import Submission
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.values import Answer
from directorates.foundation.problems import Problem
from tests.reporting.reports import MAY, Scene

PERIOD = Period(PeriodType.MONTH, MAY)


def given(**values: Any) -> list[Answer]:
    """An answer for each element."""
    return [Answer(element, None, value) for element, value in values.items()]


def filed(scene: Scene, **other: Any) -> Submission:
    """The NGO's report for May 2019."""
    wanted: dict[str, Any] = {
        "by": scene.coordinator,
        "template": scene.template,
        "facility": scene.facility,
        "period": PERIOD,
        "reporter": scene.ngo,
        "answers": given(visits=10, births=2),
        "send": True,
        "at": timezone.now(),
    }
    return file_report(**(wanted | other))


def drafted(scene: Scene, **other: Any) -> Submission:
    """The NGO's draft for May 2019."""
    wanted: dict[str, Any] = {
        "by": scene.coordinator,
        "template": scene.template,
        "facility": scene.facility,
        "period": PERIOD,
    }
    return open_draft(**(wanted | {"reporter": scene.ngo, "at": timezone.now()} | other))


def codes(problem: Problem) -> list[tuple[str, str]]:
    """Where and what each fault is."""
    return [(fault.field, fault.code) for fault in problem.errors]
