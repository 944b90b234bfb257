"""Which columns of a thing a grant looks at; `permissions.py` compares them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Columns:
    """The fields that a grant's anchor is compared with, the same for lists and for one object.

    A model names them per permission in its `SCOPES`.
    """

    organisations: tuple[str, ...] = ()
    path: str | None = None
    dataset: str | None = None
