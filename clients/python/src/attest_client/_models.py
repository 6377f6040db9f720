"""What the generated models have in common, and how records are read and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Protocol, Self, TypeAlias, TypedDict
from uuid import UUID


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
    """How a record is read."""

    as_of: str | None
    """An instant, or the name of a release."""

    fields: Sequence[str] | None
    """The members to return; `id` always is."""

    expand: Sequence[str] | None
    """The referenced records to embed."""


class Creating(TypedDict, total=False):
    """How a record is created."""

    comment: str | None
    """Why; kept with the revision."""

    dry_run: bool
    """Check everything and answer the same, but keep nothing."""


class Writing(Creating, total=False):
    """How a record is changed."""

    if_match: str | None
    """The ETag of the version that this is about, or `*` for whatever stands."""


class Matching(TypedDict, total=False):
    """How records are matched."""

    limit: int
    """Maximum number of candidates per query."""

    threshold: float
    """Minimum score of a candidate."""

    dataset: Sequence[str] | None
    """The datasets to look in; None is all."""


@dataclass(frozen=True, slots=True)
class Whole:
    """How an export is seen to be whole, and followed."""

    check: bool = True
    """Whether the file is held against its digest; of a CSV, the service reads all of it again."""

    progress: bool | None = None
    """Whether a bar is drawn; None is if tqdm is there and stderr is a terminal."""


WHOLE = Whole()
"""What holds where nothing is said."""

Target: TypeAlias = str | PathLike[str]
