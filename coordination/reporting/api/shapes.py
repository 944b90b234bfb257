"""How a submission looks to programs: its answer, and the shapes that the description of the API shows."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import get_language
from rest_framework import serializers

from coordination.reporting.actions.submissions import WRITABLE
from coordination.reporting.models import Submission, SubmissionEvent
from coordination.reporting.models.counted import counts
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Draft, Revision, Status, What
from coordination.reporting.rules.answers import State
from coordination.reporting.rules.values import answers_of, evaluate
from directorates.models import User
from directorates.permissions import Permission, rights_of


class ValueSerializer(serializers.Serializer[Any]):
    """An answer; numbers are strings."""

    element = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    value = serializers.JSONField(allow_null=True, help_text="A number as a string, true or false, a text, or null.")
    state = serializers.ChoiceField(choices=[state.value for state in State])
    reason = serializers.CharField(allow_null=True)


class WarningSerializer(serializers.Serializer[Any]):
    """A broken rule that does not block."""

    rule = serializers.CharField()
    elements = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()


class HistorySerializer(serializers.Serializer[Any]):
    """What happened to a submission."""

    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True)
    what = serializers.ChoiceField(choices=What.values)
    note = serializers.CharField(allow_blank=True)


class SubmissionRowSerializer(serializers.Serializer[Any]):
    """A submission in a list: everything but its values."""

    id = serializers.UUIDField()
    template = serializers.CharField()
    version = serializers.IntegerField()
    facility = serializers.CharField()
    period = serializers.CharField()
    reporter = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    receipt = serializers.CharField(allow_null=True)
    warnings = WarningSerializer(many=True)
    history = HistorySerializer(many=True)
    counted = serializers.BooleanField(help_text="Whether its values are in the figures.")


class SubmissionSerializer(SubmissionRowSerializer):
    """A submission."""

    values = ValueSerializer(many=True)


class GivenValueSerializer(serializers.Serializer[Any]):
    """An answer as it is given; numbers are taken as numbers or as text, in any digits."""

    element = serializers.CharField()
    category = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    value = serializers.JSONField(required=False, allow_null=True)
    state = serializers.ChoiceField(required=False, allow_null=True, choices=[state.value for state in State])
    reason = serializers.CharField(required=False, allow_null=True, allow_blank=True)


class NewSubmissionSerializer(serializers.Serializer[Any]):
    """A report to be kept as a draft or sent at once."""

    template = serializers.CharField()
    facility = serializers.CharField()
    period = serializers.CharField(help_text="202404, 2024Q2, 2024, 2024W5 or 2024SunW5.")
    reporter = serializers.CharField()
    values = GivenValueSerializer(many=True, required=False)
    submit = serializers.BooleanField(default=False)


class ChangedValuesSerializer(serializers.Serializer[Any]):
    """Answers that replace those of the same element and category."""

    values = GivenValueSerializer(many=True)


class NoteSerializer(serializers.Serializer[Any]):
    """A word with an approval."""

    note = serializers.CharField(required=False, allow_blank=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why, which the reporter sees."""

    reason = serializers.CharField()


def described(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    """Submissions with everything that their answers name, in a constant number of queries."""
    related = ("template", "version", "facility", "reporter", "dataset", "revision", "draft")
    rows = rows.select_related(*related).prefetch_related("history__by")
    return rows.annotate(counted=counts())


def row_of(submission: Submission, user: User | AnonymousUser) -> dict[str, Any]:
    """A submission in a list."""
    source = shown_to(submission, user)
    return _head(submission) | {
        "warnings": _warnings(submission, source),
        "history": _history(submission.history.all()),
        "counted": getattr(submission, "counted", False),
    }


def submission_of(
    submission: Submission, user: User | AnonymousUser, history: Iterable[SubmissionEvent] | None = None
) -> dict[str, Any]:
    """A submission with its values, from `described` rows or as an action just wrote it, with the history then."""
    source = shown_to(submission, user)
    return _head(submission) | {
        "values": _values(submission, source),
        "warnings": _warnings(submission, source),
        "history": _history(submission.history.all() if history is None else history),
        "counted": getattr(submission, "counted", False),
    }


def shown_to(submission: Submission, user: User | AnonymousUser) -> Draft | Revision:
    """What a person reads: the working copy for its writers, for everyone else what was last reported."""
    draft = getattr(submission, "draft", None) if submission.status in WRITABLE else None
    if draft is not None and rights_of(user).allow(Permission.SUBMIT_REPORTS, submission):
        return draft
    return submission.revision or Draft()


def _head(submission: Submission) -> dict[str, Any]:
    return {
        "id": str(submission.pk),
        "template": submission.template.code,
        "version": specification_of(submission.version).version,
        "facility": submission.facility.code,
        "period": submission.period.id,
        "reporter": submission.reporter.code,
        "status": submission.status,
        "receipt": submission.receipt,
    }


def _values(submission: Submission, source: Draft | Revision) -> list[dict[str, Any]]:
    answers = answers_of(specification_of(submission.version), source.doc, source.notes)
    return [
        {
            "element": answer.element,
            "category": answer.category,
            "value": f"{answer.value:f}" if isinstance(answer.value, Decimal) else answer.value,
            "state": answer.state,
            "reason": answer.reason,
        }
        for answer in answers
    ]


def _warnings(submission: Submission, source: Draft | Revision) -> list[dict[str, Any]]:
    """Rules broken without blocking: kept with a revision, judged anew for a draft."""
    if isinstance(source, Revision):
        return [_warning(kept) for kept in source.warnings]
    spec = specification_of(submission.version)
    outcome = evaluate(spec, answers_of(spec, source.doc, source.notes), complete=False)
    return [_warning(broken.shape()) for broken in outcome.warnings]


def _warning(kept: Mapping[str, Any]) -> dict[str, Any]:
    language = "en" if get_language() == "en" else "ar"
    return {"rule": kept["rule"], "elements": kept["elements"], "message": kept["message"][language]}


def _history(events: Iterable[SubmissionEvent]) -> list[dict[str, Any]]:
    return [
        {"at": event.at.isoformat(), "by": str(event.by) if event.by else None, "what": event.what, "note": event.note}
        for event in events
    ]
