"""Bodies in JSON, read so that nothing which arrives can break the portal."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from directorates.foundation.problems import Problem

MAX_BYTES = 1_000_000
# Longer than any number that is accepted; what is longer is cut, and refused as too long all the same.
MAX_DIGITS = 40
_ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class JSONParser(BaseParser):
    """JSON in UTF-8; decimals keep their digits, NaN and half characters are refused."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """What stands in the body."""
        raw: bytes = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise Problem("too_large", _("The request has more than %(most)d bytes.") % {"most": MAX_BYTES}, 413)
        try:
            data = json.loads(
                raw.decode("utf-8-sig"), parse_float=_decimal, parse_int=_integer, parse_constant=_refused
            )
            if _ESCAPED_HALF.search(raw):
                json.dumps(data, ensure_ascii=False, default=str).encode()
        except RecursionError as fault:
            raise ParseError(_("The request is nested too deeply.")) from fault
        except UnicodeError as fault:
            raise ParseError(_("The request is not text in UTF-8.")) from fault
        except ValueError as fault:
            raise ParseError(_("The request is not JSON.")) from fault
        return data


def _decimal(text: str) -> Decimal:
    """A number with a point or an exponent, digit for digit."""
    try:
        return Decimal(text[: MAX_DIGITS * 10])
    except InvalidOperation:
        return Decimal("Infinity")


def _integer(text: str) -> int:
    """A whole number."""
    return int(text[:MAX_DIGITS])


def _refused(_text: str) -> None:
    """NaN and Infinity are no JSON."""
    raise ValueError
