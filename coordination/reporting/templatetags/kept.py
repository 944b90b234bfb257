"""How kept views are drawn: each by the template of the page that it looks at."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from coordination.reporting.views.view_drawings import Tile

register = template.Library()


@register.simple_tag(takes_context=True)
def tile_body(context: Context, tile: Tile) -> SafeString:
    """The picture of a view with the table behind it, from what its reader sees."""
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(**tile.shown, map_key=tile.view.pk):
        return engine.get_template(tile.body).render(context)
