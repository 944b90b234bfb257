"""What a person may do, resolved: grants at anchors, and what they open. `permissions.py` resolves them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Model, Q

from directorates.models.places import beneath
from directorates.roles import Permission, Role
from directorates.scopes import Columns

Value = TypeVar("Value")


def value_of(thing: object, column: str) -> Any:
    """The value that a column name with double underscores leads to."""
    value: Any = thing
    for part in column.split("__"):
        value = getattr(value, part, None)
    return value


def distinct(values: Iterable[Value | None]) -> tuple[Value, ...]:
    """Each once, without what is none."""
    return tuple(dict.fromkeys(value for value in values if value is not None))


@dataclass(frozen=True)
class Scope:
    """One resolved grant: a permission at an anchor, perhaps within the places of the membership only."""

    permission: Permission
    organisation: int | None = None
    path: str | None = None
    dataset: int | None = None
    within: tuple[str, ...] = ()
    # Whose role it is, where the caller has it as that person's deputy.
    instead_of: int | None = None

    def condition(self, columns: Columns, by_agreement: Sequence[int] = ()) -> Q | None:
        """The rows this grant opens, or None where its anchor says nothing of such rows.

        A place opens nothing of datasets that are read by agreement.
        """
        found: Q | None = None
        if self.organisation is not None and columns.organisations:
            found = Q()
            for column in columns.organisations:
                found |= Q(**{column: self.organisation})
        elif self.path is not None and columns.path:
            found = beneath(self.path, columns.path)
            if columns.dataset and by_agreement:
                found &= ~Q(**{f"{columns.dataset}__in": by_agreement})
        elif self.dataset is not None and columns.dataset:
            found = Q(**{columns.dataset: self.dataset})
        if found is None or not self.within:
            return found
        if not columns.path:
            return None
        inside = Q()
        for path in self.within:
            inside |= beneath(path, columns.path)
        return found & inside

    def paths(self) -> list[str]:
        """The places that this grant opens, where it is tied to a place: those inside both the place and the membership's."""
        if self.path is None:
            return []
        if not self.within:
            return [self.path]
        inside = [path for path in self.within if path.startswith(self.path)]
        return inside or [self.path for path in self.within if self.path.startswith(path)][:1]

    def covers(self, thing: Model, columns: Columns, by_agreement: Sequence[int] = ()) -> bool:
        """Whether this grant opens the one thing."""
        path = value_of(thing, columns.path) if columns.path else None
        data = value_of(thing, columns.dataset) if columns.dataset else None
        if self.organisation is not None:
            found = self.organisation in (value_of(thing, column) for column in columns.organisations)
        elif self.path is not None:
            found = path is not None and path.startswith(self.path) and data not in by_agreement
        else:
            found = data is not None and data == self.dataset
        # What lies in no place (an organisation's people) is not opened by a role that was given for some places only.
        return found and (not self.within or (path is not None and path.startswith(self.within)))


@dataclass(frozen=True)
class Rights:
    """Everything a person may do as one organisation on one day.

    And what limits everybody: which directorates are sealed and whose names that hides, which datasets no place opens.
    """

    scopes: tuple[Scope, ...]
    sealed: tuple[int, ...] = ()
    hidden: tuple[tuple[int, Role], ...] = ()
    by_agreement: tuple[int, ...] = ()

    def holds(self, permission: Permission) -> bool:
        """Whether the permission is held at any anchor."""
        return any(scope.permission is permission for scope in self.scopes)

    def everywhere(self, permission: Permission) -> bool:
        """Whether the permission is held in every place: at the country, by a role that was given without places."""
        held = (scope for scope in self.scopes if scope.permission is permission and not scope.within)
        return any(scope.path is not None and scope.path.count("/") == 1 for scope in held)

    def condition(self, permission: Permission, columns: Columns) -> Q:
        """The rows that the permission opens."""
        found = Q(pk__in=())
        for scope in self.scopes:
            if scope.permission is permission and (part := scope.condition(columns, self.by_agreement)) is not None:
                found |= part
        return found

    def of_dataset(self, permission: Permission, dataset: int) -> tuple[Scope, ...]:
        """The grants of a permission that say something of a dataset: on the dataset, and on places where no agreement is needed."""
        held = (scope for scope in self.scopes if scope.permission is permission)
        open_to_places = dataset not in self.by_agreement
        return tuple(s for s in held if s.dataset == dataset or (s.path is not None and open_to_places))

    def datasets(self, permission: Permission, column: str = "dataset") -> Q:
        """The datasets of which the permission opens something anywhere, as a condition on the column of their ids."""
        held = [scope for scope in self.scopes if scope.permission is permission]
        found = Q(**{f"{column}__in": distinct(scope.dataset for scope in held)})
        by_place = any(scope.path is not None for scope in held)
        return found | ~Q(**{f"{column}__in": self.by_agreement}) if by_place else found

    def allow(self, permission: Permission, thing: Any = None) -> bool:
        """Whether the permission is held for the thing, or at all where no thing is named."""
        if thing is None:
            return self.holds(permission)
        return any(True for _scope in self._opening(permission, thing))

    def _opening(self, permission: Permission, thing: Any) -> Iterator[Scope]:
        """The grants that open the thing."""
        columns = thing.SCOPES.get(permission)
        if columns is not None:
            held = (scope for scope in self.scopes if scope.permission is permission)
            yield from (scope for scope in held if scope.covers(thing, columns, self.by_agreement))

    def instead_of(self, permission: Permission, thing: Any = None) -> int | None:
        """For whom the caller stands in when doing this; None where the right is the caller's own."""
        if thing is None:
            found = [scope.instead_of for scope in self.scopes if scope.permission is permission]
        else:
            found = [scope.instead_of for scope in self._opening(permission, thing)]
        return None if not found or None in found else found[0]

    def stood_in_for(self, permission: Permission) -> set[int]:
        """All for whom the caller stands in with a permission."""
        return {s.instead_of for s in self.scopes if s.permission is permission and s.instead_of is not None}

    @property
    def own(self) -> "Rights":
        """What the caller may do without standing in for anybody."""
        return replace(self, scopes=tuple(scope for scope in self.scopes if scope.instead_of is None))

    def organisations(self, permission: Permission) -> set[int]:
        """The organisations at which the permission is held."""
        return {s.organisation for s in self.scopes if s.permission is permission and s.organisation is not None}
