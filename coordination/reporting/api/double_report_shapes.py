"""The shapes in which programs read double reports, and say what should count."""

from typing import Any

from rest_framework import serializers

from coordination.reporting.models.double_reports import DoubleDeed, DoubleState, WayOf
from coordination.reporting.models.side_by_side import Row, SideBySide
from coordination.reporting.rules.numbers import plain


class DoubleReportRowSerializer(serializers.Serializer[Any]):
    """A facility and period that several bodies reported, and how far settling it is."""

    id = serializers.IntegerField()
    template = serializers.CharField(source="template.code")
    other = serializers.CharField(
        source="other.code",
        allow_null=True,
        default=None,
        help_text="The second template where the reports follow two: then the items that both ask are compared.",
    )
    facility = serializers.CharField(source="facility.code")
    period = serializers.CharField(source="period.id")
    status = serializers.ChoiceField(choices=DoubleState.choices, source="state")
    found = serializers.DateTimeField()
    due = serializers.DateField()
    arbiter = serializers.CharField(source="arbiter.code", allow_null=True, default=None)


class SettlementSerializer(serializers.Serializer[Any]):
    """What was proposed or settled, by whom and why."""

    id = serializers.IntegerField()
    way = serializers.ChoiceField(choices=WayOf.choices)
    take = serializers.CharField(source="taken.code", allow_null=True, default=None)
    reason = serializers.CharField()
    organisation = serializers.CharField(source="acting.code")
    at = serializers.DateTimeField()


class ProposalSerializer(SettlementSerializer):
    """What is proposed, with the rules of the template that the numbers break together."""

    broken = serializers.ListField(child=serializers.CharField(), default=list)


class SideSerializer(serializers.Serializer[Any]):
    """One of the reports; `agreed` to what is proposed."""

    reporter = serializers.CharField()
    template = serializers.CharField()
    facility = serializers.CharField(
        help_text="The entry of the register that it was sent about; merged ones are one facility."
    )
    submission = serializers.UUIDField(
        allow_null=True, help_text="null: its numbers are shared here, the report is not."
    )
    status = serializers.CharField()
    counts = serializers.BooleanField()
    agreed = serializers.BooleanField()
    answered = serializers.IntegerField()
    alone = serializers.IntegerField(help_text="Items that only this report answers.")


class BesideSerializer(serializers.Serializer[Any]):
    """A number as each side gives it, in the order of `sides`, and what counts of it; null where there is none."""

    element = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    values = serializers.ListField(child=serializers.CharField(allow_null=True))
    difference = serializers.CharField(allow_null=True, help_text="The last less the first.")
    counts = serializers.CharField(allow_null=True)
    adjusted = serializers.BooleanField()


class DoubleReportEventSerializer(serializers.Serializer[Any]):
    """Something that happened; by no organisation where the portal did it."""

    at = serializers.DateTimeField()
    what = serializers.ChoiceField(choices=DoubleDeed.choices, source="kind")
    organisation = serializers.CharField(source="acting.code", allow_null=True, default=None)
    settlement = serializers.IntegerField(source="settlement_id", allow_null=True)
    text = serializers.CharField()


class DoubleReportSerializer(DoubleReportRowSerializer):
    """The same with the reports side by side and all that happened."""

    reason = serializers.CharField(help_text="Why what counts counts.")
    sides = SideSerializer(many=True)
    values = BesideSerializer(many=True)
    proposal = ProposalSerializer(allow_null=True)
    settlement = SettlementSerializer(allow_null=True)
    history = DoubleReportEventSerializer(many=True)


class CellSerializer(serializers.Serializer[Any]):
    """What counts of one item: the answer of an organisation, all added, a number, or nothing."""

    element = serializers.CharField()
    category = serializers.CharField(required=False, allow_null=True)
    take = serializers.CharField(required=False)
    add = serializers.BooleanField(required=False)
    value = serializers.CharField(required=False, allow_null=True)


class TermsSerializer(serializers.Serializer[Any]):
    """What should count, and why; `take` is an organisation's code, `values` only with the way `values`."""

    way = serializers.ChoiceField(choices=WayOf.choices)
    take = serializers.CharField(required=False)
    values = CellSerializer(many=True, required=False)
    reason = serializers.CharField()
    knowing = serializers.BooleanField(
        required=False, help_text="It is settled knowing that rules of the template are broken, which an answer told."
    )


class WhichSerializer(serializers.Serializer[Any]):
    """The proposal that is meant."""

    settlement = serializers.IntegerField()


class RefusalSerializer(WhichSerializer):
    """The proposal that is refused, and why."""

    reason = serializers.CharField()


class ArbiterSerializer(serializers.Serializer[Any]):
    """The organisation that decides."""

    arbiter = serializers.CharField()


def _number(value: Any) -> str | None:
    return None if value is None else f"{plain(value):f}"


def _beside(row: Row) -> dict[str, Any]:
    """A number side by side, as programs read it."""
    return {
        "element": row.beside.element.code,
        "category": row.beside.category.code if row.beside.category else None,
        "values": [_number(said.number) if said.text == "" else said.text for said in row.beside.said],
        "difference": _number(row.beside.difference),
        "counts": _number(row.counts),
        "adjusted": row.changed,
    }


def shape_of(page: SideBySide) -> dict[str, Any]:
    """A double report, as programs read it."""
    return {
        **DoubleReportRowSerializer(page.double).data,
        "reason": page.now.why if page.now else "",
        "sides": [
            {
                "reporter": one.report.reporter.code,
                "template": one.report.template.code,
                "facility": one.report.facility.code,
                "submission": str(one.report.pk) if one.opens else None,
                "status": one.report.status,
                "counts": one.counts,
                "agreed": one.agreed,
                "answered": one.answered,
                "alone": one.alone,
            }
            for one in page.sides
        ],
        "values": [_beside(row) for row in page.rows],
        "proposal": {**SettlementSerializer(page.proposal).data, "broken": page.broken} if page.proposal else None,
        "settlement": SettlementSerializer(page.settlement).data if page.settlement else None,
        "history": DoubleReportEventSerializer(page.events[::-1], many=True).data,
    }
