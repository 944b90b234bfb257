"""Files that are to stand with what was agreed: looked at before they are taken."""

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from directorates.foundation.attachments import EXAMINER, WORDS, file_name, look_at, ways_told
from directorates.foundation.problems import Fault, Problem
from directorates.models import User


def looked_at(
    name: str,
    content: bytes,
    *,
    by: User,
    at: datetime.datetime,
    until: float | None = None,
    examiner: str = EXAMINER,
    words_of: Mapping[str, Any] = WORDS,
) -> tuple[dict[str, Any], list[Fault]]:
    """The fields of a file as it is kept, or why it is not taken: no picture and no PDF, damaged, or it may give a location.

    Where several come together, `until` is the `deadline` of all. Another `examiner` brings the words for its reasons.
    What may give a location is not held back for somebody's judgement, as with reports: nothing that was agreed needs one.
    """
    try:
        looked = look_at(content, examiner, words_of, until=until)
    except Problem as unfit:
        return {}, unfit.errors
    if looked.ways:
        words = _("The file may give a location (%(ways)s). Take that out, or photograph the pages without it.")
        return {}, [Fault("file", "location", words % {"ways": ways_told(looked.ways)})]
    kept = {
        "name": file_name(name, looked.content_type),
        "content_type": looked.content_type,
        "content": looked.content,
        "size": len(looked.content),
        "digest": hashlib.sha256(looked.content).hexdigest(),
        "by": by,
        "acting_id": by.acting_id,
        "at": at,
    }
    return kept, []
