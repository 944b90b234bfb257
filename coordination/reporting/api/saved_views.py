"""`views/`: filters that people keep; what they look at is asked by the caller's own rights.

Figures are asked of `consolidations/`, published editions of `editions/`, indicators of `indicators/{code}/values/`.
"""

from dataclasses import replace
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.saved_views import keep_view
from coordination.reporting.models import Element, Indicator, ReportTemplate, SavedView
from coordination.reporting.models.figures import LEVELS, Borders, open_places
from coordination.reporting.models.saved_views import BORDER_CHOICES, Picture, Shows, ViewKind
from coordination.reporting.views.view_drawings import tile_of
from directorates.foundation.reading import Body, by_code
from directorates.models import User
from directorates.permissions import Permission, require

STATES = ["open", "not_open", "gone"]
NAMES = ("name", "note", "kind", "template", "indicator", "place", "level", "element", "period", "as", "picture")


class SavedViewSerializer(serializers.Serializer[SavedView]):
    """A kept view: a name, and what is asked of figures, of published editions or of an indicator."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    organisation = serializers.CharField(source="organisation.code", help_text="As which it is kept.")
    own = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=ViewKind.choices)
    template = serializers.CharField(source="template.code", allow_null=True, default=None)
    indicator = serializers.CharField(source="indicator.code", allow_null=True, default=None)
    place = serializers.CharField(source="place.code")
    level = serializers.SerializerMethodField()
    element = serializers.CharField(source="element.code", allow_null=True, default=None)
    period = serializers.CharField(allow_blank=True, help_text="Empty: always the last complete one.")
    picture = serializers.ChoiceField(choices=Picture.choices)
    kept = serializers.DateTimeField(source="at")

    def get_fields(self) -> dict[str, Any]:
        """The same with `as`, which is no name in Python."""
        return super().get_fields() | {"as": serializers.ChoiceField(choices=BORDER_CHOICES, source="borders")}

    def get_own(self, view: SavedView) -> bool:
        """Whether it is the caller's own; others are shared with the caller."""
        return view.is_own(self.context["user"])

    def get_level(self, view: SavedView) -> str:
        """The level of its rows."""
        return next(name for name, level in LEVELS.items() if level == view.level)


class OneSavedViewSerializer(SavedViewSerializer):
    """A kept view as the caller finds it today."""

    status = serializers.ChoiceField(
        choices=STATES,
        help_text="not_open: a share gives no right to figures. gone: the item is not asked in the period.",
    )
    shown_period = serializers.CharField(allow_null=True, help_text="The period that is to be asked for.")


class SavedViewBodySerializer(serializers.Serializer[Any]):
    """What is to be kept."""

    name = serializers.CharField()
    note = serializers.CharField(required=False)
    kind = serializers.ChoiceField(choices=ViewKind.choices, required=False, help_text="Without it, figures.")
    template = serializers.CharField(required=False, help_text="Of figures and editions.")
    indicator = serializers.CharField(required=False, help_text="Of an indicator, which needs no template.")
    place = serializers.CharField()
    level = serializers.ChoiceField(choices=list(LEVELS))
    element = serializers.CharField(required=False)
    period = serializers.CharField(required=False)
    picture = serializers.ChoiceField(choices=Picture.choices)

    def get_fields(self) -> dict[str, Any]:
        """The same with `as`."""
        return super().get_fields() | {"as": serializers.ChoiceField(choices=BORDER_CHOICES, required=False)}


class SavedViews(generics.ListAPIView[SavedView]):
    """The caller's own views, and those that others share with the caller."""

    serializer_class = SavedViewSerializer
    queryset = SavedView.objects.none()

    @extend_schema(operation_id="views")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The views that the caller finds, by name."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Own and shared."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_EDITIONS)
        return SavedView.objects.visible_to(user).named()

    def get_serializer_context(self) -> dict[str, Any]:
        """With whoever asks."""
        return {**super().get_serializer_context(), "user": self.request.user}

    @extend_schema(operation_id="view_keep", request=SavedViewBodySerializer, responses={201: SavedViewSerializer})
    def post(self, request: Request) -> Response:
        """Keep a view; the same once more answers the one that is kept."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_EDITIONS)
        name, note, shows = _said_in(Body(request.data, NAMES), user)
        view = keep_view(name=name, note=note, shows=shows, by=user, at=timezone.now())
        return Response(SavedViewSerializer(view, context={"user": user}).data, status=201)


def _said_in(body: Body, user: User) -> tuple[str, str, Shows]:
    """Name, note and what is shown, every fault at once."""
    name, note = body.text("name", required=True), body.text("note")
    chosen = {
        "kind": (body.text("kind") or ViewKind.FIGURES.value, tuple(ViewKind.values)),
        "level": (body.text("level", required=True), tuple(LEVELS)),
        "as": (body.text("as") or Borders.THEN.value, tuple(Borders)),
        "picture": (body.text("picture", required=True), tuple(Picture.values)),
    }
    for field, (given, possible) in chosen.items():
        if given and given not in possible:
            body.unknown(field, given)
    kind, level, borders, picture = (given for given, _possible in chosen.values())
    of_indicator = kind == ViewKind.INDICATOR
    template = _named(body, "template", ReportTemplate.objects.visible_to(user), needed=not of_indicator)
    indicator = _named(body, "indicator", Indicator.objects.visible_to(user).in_use(), needed=of_indicator)
    permission = Permission.VIEW_FIGURES if kind == ViewKind.FIGURES else Permission.VIEW_EDITIONS
    # Figures and editions may be open in different places: the action looks again, an indicator's reports too.
    places = open_places(user, template, permission)
    place = _named(body, "place", places | open_places(user) if of_indicator else places, needed=True)
    element = _named(body, "element", Element.objects.all(), needed=False)
    period = body.text("period")
    body.done()
    if place is None:
        raise AssertionError("whatever is missing was told")
    shown = Shows(template, place, LEVELS[level], element, period, Borders(borders), Picture(picture), ViewKind(kind))
    return name, note, replace(shown, indicator=indicator)


def _named(body: Body, field: str, rows: QuerySet[Any], *, needed: bool) -> Any:
    """The row of a code in the body; an unknown one is told, and one that is missing where it is needed."""
    code = body.code(field) if needed else body.text(field)
    found = by_code(rows, code) if code else None
    if code and found is None:
        body.unknown(field, code)
    return found


class OneSavedView(APIView):
    """One view."""

    @extend_schema(operation_id="view", responses=OneSavedViewSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """A view, and whether its figures are the caller's to see."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_EDITIONS)
        view = SavedView.objects.visible_to(user).named().filter(pk=pk).first()
        if view is None:
            raise Http404
        tile = tile_of(view, user, timezone.localdate())
        period = tile.asked.period.id if tile.asked else None
        told = SavedViewSerializer(view, context={"user": user}).data
        return Response(told | {"status": tile.status, "shown_period": period})
