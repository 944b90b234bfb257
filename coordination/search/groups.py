"""Everything that can be found, group by group: what has a text, then what has a name, a code or a number."""

from coordination.search.names import NAMES
from coordination.search.sources import SOURCES

GROUPS = (*(source.group for source in SOURCES), *NAMES)
