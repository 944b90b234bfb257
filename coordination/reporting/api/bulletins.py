"""`GET bulletins/`, `GET bulletins/{id}/` and `POST bulletins/{id}/answer/`: what was published, and the word of an organisation."""

from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.bulletin_answers import answer_bulletin
from coordination.reporting.api.contested import ContestedSerializer
from coordination.reporting.api.errata import ErratumSerializer
from coordination.reporting.api.figures import exchanged
from coordination.reporting.api.indicators import REASONS
from coordination.reporting.models import Bulletin
from coordination.reporting.models.bulletin_rates import Rate, RateChanged
from coordination.reporting.models.bulletin_reading import Line, ReadBulletin, ShownPart, Value
from coordination.reporting.models.bulletins import AnswerKind, BulletinState, PartKind, demand_reading
from coordination.reporting.models.populations import PopulationGroup
from coordination.reporting.rules.bulletin_indicators import Cause
from directorates.foundation.reading import Parameters
from directorates.models import User
from policies.api.policies import WordsSerializer

CAUSES = [one.value for one in Cause]


class BulletinSerializer(serializers.Serializer[Any]):
    """A bulletin: of which series and period, how far it is, and by what its content is known."""

    id = serializers.IntegerField(source="pk")
    series = serializers.CharField(source="series.code")
    period = serializers.CharField(source="period.id")
    status = serializers.ChoiceField(BulletinState.choices, source="state")
    number = serializers.IntegerField(allow_null=True)
    published = serializers.DateTimeField(source="at", allow_null=True)
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    digest = serializers.CharField()
    head = serializers.CharField()


class BulletinPeopleSerializer(serializers.Serializer[Any]):
    """How many people a value was divided by: the sum of what sources say of these places (see `populations`)."""

    year = serializers.IntegerField()
    group = serializers.ChoiceField(PopulationGroup.choices)
    number = serializers.IntegerField()
    places = serializers.ListField(child=serializers.CharField())


class BulletinPopulationSerializer(serializers.Serializer[Any]):
    """What a source said of how many people live in a place, as it was frozen with the bulletin."""

    place = serializers.CharField(source="place.code")
    year = serializers.IntegerField()
    group = serializers.ChoiceField(PopulationGroup.choices)
    number = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    dated = serializers.DateField()


class BulletinFigureSerializer(serializers.Serializer[Any]):
    """One figure; `value` is null where it is hidden or nobody answered, categories stand beside the whole (null).

    Of an indicator it is the value, unrounded, by which version and with both its sides; `reasons` say why there is none.
    """

    place = serializers.CharField(allow_null=True)
    period = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    hidden = serializers.BooleanField()
    version = serializers.IntegerField(allow_null=True)
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))
    people = BulletinPeopleSerializer(many=True)


class BulletinPartSerializer(serializers.Serializer[Any]):
    """A part: its heading and text in both languages, and the figures that it shows."""

    kind = serializers.ChoiceField(PartKind.choices)
    heading = WordsSerializer()
    text = WordsSerializer()
    template = serializers.CharField(allow_null=True)
    element = serializers.CharField(allow_null=True)
    indicator = serializers.CharField(allow_null=True)
    figures = BulletinFigureSerializer(many=True)


class BulletinRateChangeSerializer(serializers.Serializer[Any]):
    """A value of an indicator that a correction has otherwise, and where the difference comes from."""

    indicator = serializers.CharField(source="indicator.code")
    place = serializers.CharField(source="place.code")
    period = serializers.CharField(source="period.id")
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    causes = serializers.ListField(child=serializers.ChoiceField(choices=CAUSES))

    def get_before(self, one: RateChanged) -> str | None:
        """The value of the bulletin that is corrected; null where there is none."""
        return exchanged(one.before.number) if one.before else None

    def get_after(self, one: RateChanged) -> str | None:
        """The value now."""
        return exchanged(one.after.number) if one.after else None


class BulletinSignerSerializer(serializers.Serializer[Any]):
    """An organisation that is asked to sign, and its word: null while it has said nothing."""

    organisation = serializers.CharField()
    role = serializers.CharField()
    answer = serializers.ChoiceField(AnswerKind.choices, allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)


class BulletinErratumSerializer(ErratumSerializer):
    """An erratum of the edition that a report's figures are of."""

    template = serializers.CharField(source="edition.template.code")


class OneBulletinSerializer(BulletinSerializer):
    """A bulletin with its parts and signatures, and what was said of it since."""

    corrected_by = serializers.IntegerField(allow_null=True, help_text="The bulletin that corrects it.")
    errata = BulletinErratumSerializer(many=True)
    disputes = ContestedSerializer(many=True)
    parts = BulletinPartSerializer(many=True)
    populations = BulletinPopulationSerializer(many=True, help_text="What shown values of indicators were divided by.")
    corrected_indicators = BulletinRateChangeSerializer(many=True, help_text="Against the bulletin that it corrects.")
    signatures = BulletinSignerSerializer(many=True)


class BulletinWordSerializer(serializers.Serializer[Any]):
    """A word on a bulletin: of the content that was read, in place of which earlier word (its number), why it is refused."""

    answer = serializers.ChoiceField(AnswerKind.choices)
    digest = serializers.CharField(max_length=64)
    reason = serializers.CharField(allow_blank=True, default="")
    replaces = serializers.IntegerField(allow_null=True, default=None)


def _found(user: User, pk: int) -> Bulletin:
    """The bulletin, if it is open to the caller."""
    demand_reading(user)
    found = Bulletin.objects.visible_to(user).named().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class Bulletins(generics.ListAPIView[Bulletin]):
    """Bulletins, the latest period first."""

    serializer_class = BulletinSerializer
    queryset = Bulletin.objects.none()

    @extend_schema(operation_id="bulletins")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that are open to the caller."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """All of them."""
        user = cast("User", self.request.user)
        demand_reading(user)
        Parameters(self.request.query_params).done()
        return Bulletin.objects.visible_to(user).named()


class OneBulletin(APIView):
    """One bulletin."""

    @extend_schema(operation_id="bulletin", responses=OneBulletinSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The bulletin as its page shows it."""
        user = cast("User", request.user)
        read = ReadBulletin(_found(user, pk), user)
        return Response(_told(read))


class AnswerBulletin(APIView):
    """Signing a bulletin, or refusing to."""

    @extend_schema(operation_id="bulletin_answer", request=BulletinWordSerializer, responses=OneBulletinSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """The word of the organisation acted for; 409 `changed` where another content was read, `answered` where another word stands."""
        user = cast("User", request.user)
        found = _found(user, pk)
        given = BulletinWordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        answer_bulletin(
            bulletin=found,
            kind=AnswerKind(said["answer"]),
            words_why=said["reason"],
            digest=said["digest"],
            replaces=said["replaces"],
            by=user,
            at=timezone.now(),
        )
        return Response(_told(ReadBulletin(_found(user, pk), user)))


def _told(read: ReadBulletin) -> dict[str, Any]:
    """A bulletin, as programs read it."""
    signatures = [
        {
            "organisation": signer.organisation.code,
            "role": signer.role,
            "answer": answer.kind if answer else None,
            "reason": answer.words_why if answer else "",
            "at": answer.at if answer else None,
        }
        for signer, answer in read.signatures
    ]
    more = {
        "corrected_by": read.corrected_by.pk if read.corrected_by else None,
        "errata": [BulletinErratumSerializer(one).data for one in read.errata],
        "disputes": ContestedSerializer(read.contested, many=True).data,
        "parts": BulletinPartSerializer([_part(read, one) for one in read.parts], many=True).data,
        "populations": BulletinPopulationSerializer(read.rates.populations, many=True).data,
        "corrected_indicators": BulletinRateChangeSerializer(read.rates.changes, many=True).data,
        "signatures": BulletinSignerSerializer(signatures, many=True).data,
    }
    return BulletinSerializer(read.bulletin).data | more


def _part(read: ReadBulletin, shown: ShownPart) -> dict[str, Any]:
    part = shown.part
    return {
        "kind": part.kind,
        "heading": {"ar": part.heading_ar, "en": part.heading_en},
        "text": {"ar": part.text_ar, "en": part.text_en},
        "template": part.template.code if part.template else None,
        "element": part.element.code if part.element else None,
        "indicator": part.indicator.code if part.indicator else None,
        "figures": [figure for line in shown.lines for figure in _figures(read, shown, line)],
    }


def _figures(read: ReadBulletin, shown: ShownPart, line: Line) -> list[dict[str, Any]]:
    period = (line.period or read.bulletin.period).id
    place = line.place or read.country
    code = place.code if place else None
    if isinstance(line.whole, Rate):
        return [_figure(code, period, None, line.whole) | _rate(line.whole)]
    kept = [(None, line.whole), *zip((one.code for one in shown.categories), line.parts, strict=True)]
    return [_figure(code, period, category, value) for category, value in kept]


def _figure(place: str | None, period: str, category: str | None, value: Value | Rate) -> dict[str, Any]:
    told: dict[str, Any] = {"place": place, "period": period, "category": category}
    beside: dict[str, Any] = {"version": None, "numerator": None, "denominator": None, "reasons": [], "people": []}
    return told | {"value": exchanged(value.number), "hidden": value.hidden} | beside


def _rate(rate: Rate) -> dict[str, Any]:
    """What only a value of an indicator has."""
    people = [
        {
            "year": one.year,
            "group": one.group,
            "number": one.number,
            "places": [figure.place.code for figure in one.figures],
        }
        for one in rate.people
    ]
    return {
        "version": rate.version.number if rate.version else None,
        "numerator": exchanged(rate.row.numerator),
        "denominator": exchanged(rate.row.denominator),
        "reasons": rate.row.reasons,
        "people": people,
    }
