"""The common side of the generated models, and the options of reading and writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Protocol, Self, TypeAlias, TypedDict, TypeVar
from uuid import UUID

from attest_client._api.types import Unset


class Model(Protocol):
    """A generated model."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Make it of JSON."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Give its JSON."""
        ...


class Stored(Model, Protocol):
    """A generated model of a record."""

    id: Any
    version: Any


Id: TypeAlias = UUID | str


class Reading(TypedDict, total=False):
    """Options of reading a record."""

    as_of: str | None
    """An instant, or the name of a release."""

    fields: Sequence[str] | None
    """The members to return; `id` always is."""

    expand: Sequence[str] | None
    """The referenced records to embed."""


class Creating(TypedDict, total=False):
    """Options of creating a record."""

    comment: str | None
    """Why; kept with the revision."""

    dry_run: bool
    """Check everything and answer the same, but store nothing."""


class Writing(Creating, total=False):
    """Options of changing a record."""

    if_match: str | None
    """The ETag of the version to change, or `*` for any."""


def options(how: Mapping[str, Any], known: type[Creating] | type[Writing]) -> None:
    """Refuse options that are not known, as Python does with those of a function."""
    for name in how.keys() - known.__annotations__.keys():
        takes = ", ".join(known.__annotations__)
        raise TypeError(f"There is no option {name!r} here: there are {takes}.")


class Matching(TypedDict, total=False):
    """Options of matching records."""

    limit: int
    """Maximum number of candidates per query."""

    threshold: float
    """Minimum score of a candidate."""

    dataset: Sequence[str] | None
    """The datasets to look in; None is all."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Options of an export."""

    check: bool = True
    """Whether the file is held against its digest; of a CSV, the service reads all of it again."""

    progress: bool | None = None
    """Whether a bar is drawn; None is if tqdm is there and stderr is a terminal."""


WHOLE = Whole()
"""The options that hold where nothing is said."""

Value = TypeVar("Value")


def known(value: Value | Unset | None) -> Value | None:
    """Give a member of a model, or None where it is null or was not sent (`Unset`)."""
    return None if isinstance(value, Unset) else value


Target: TypeAlias = str | PathLike[str]
