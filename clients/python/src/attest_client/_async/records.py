"""The records of a resource, and what can be done with each."""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeGuard, TypeVar, Unpack

from attest_client._api.asked import Assessments, Revisions
from attest_client._api.models.assessment import Assessment
from attest_client._api.models.revision import Revision
from attest_client._api.models.verdict import Verdict
from attest_client._async.pages import AsyncPages
from attest_client._async.transport import Answer, AsyncTransport
from attest_client._models import Creating, Id, Model, Reading, Stored, Writing, options
from attest_client._request import request
from attest_client.problems import PreconditionFailed, Unversioned

Record = TypeVar("Record", bound=Stored)
Revised = TypeVar("Revised", bound=Model)
Input = TypeVar("Input")
Replacement = TypeVar("Replacement")
Patch = TypeVar("Patch")


class AsyncRecords(Generic[Record, Revised, Input, Replacement, Patch]):
    """The records of one resource.

    What changes a record is given the record, as it was read, or its id with `if_match`: the ETag
    that it came with, or `*` for whatever stands.
    """

    name: ClassVar[str]
    record: type[Record]
    revised: type[Revised]

    def __init__(self, transport: AsyncTransport) -> None:
        """Ask by a transport."""
        self._transport = transport

    async def get(self, id_: Id, /, **how: Unpack[Reading]) -> Record:
        """Read a record; of one that was merged, its survivor."""
        return self._read(await self._ask("GET", "/{id}", how, id=id_))

    async def create(self, record: Input, **how: Unpack[Creating]) -> Record:
        """Create a record; it is created once, however often it has to be sent."""
        asked, headers = parted(how, Creating)
        return self._read(await self._ask("POST", "", asked, record, headers))

    async def put(self, id_: Id, /, record: Replacement, **how: Unpack[Creating]) -> Record:
        """Create a record under an id of one's own, where there is none yet."""
        asked, headers = parted(how, Creating)
        headers = {**headers, "If-None-Match": "*"}
        return self._read(await self._ask("PUT", "/{id}", asked, record, headers, id=id_))

    async def replace(
        self, which: Record | Id, /, record: Replacement, **how: Unpack[Writing]
    ) -> Record:
        """Replace a record by another."""
        return self._read(await self._write("PUT", "/{id}", which, record, how))

    async def patch(self, which: Record | Id, /, changes: Patch, **how: Unpack[Writing]) -> Record:
        """Change the members that are sent (RFC 7396); None makes one unknown."""
        return self._read(await self._write("PATCH", "/{id}", which, changes, how))

    async def delete(self, which: Record | Id, /, **how: Unpack[Writing]) -> None:
        """Withdraw a record."""
        await self._write("DELETE", "/{id}", which, None, how)

    async def revert(self, which: Record | Id, /, to: int, **how: Unpack[Writing]) -> Record:
        """Revert a record to an earlier revision, by its number."""
        return self._read(await self._write("POST", "/{id}/revert", which, {"to": to}, how))

    def etag(self, record: Record, /) -> str | None:
        """Give the ETag that this very object came with; those of lists have none."""
        return self._transport.tags.of(record)

    def revisions(self, id_: Id, /, **asked: Unpack[Revisions]) -> AsyncPages[Revision]:
        """List the revisions of a record."""
        return self._pages("/{id}/revisions", asked, Revision, id_)

    async def revision(self, id_: Id, /, number: int, *, as_of: str | None = None) -> Revised:
        """Read a revision, with the record as it then was."""
        below = "/{id}/revisions/{number}"
        answer = await self._ask("GET", below, {"as_of": as_of}, id=id_, number=number)
        return self.revised.from_dict(answer.json())

    async def diff(
        self, id_: Id, /, number: int, *, against: int | None = None, as_of: str | None = None
    ) -> list[dict[str, Any]]:
        """Tell what a revision changed, as a JSON Patch (RFC 6902)."""
        asked = {"against": against, "as_of": as_of}
        below = "/{id}/revisions/{number}/diff"
        changes = (await self._ask("GET", below, asked, id=id_, number=number)).json()
        return [dict(each) for each in changes]

    def assessments(self, id_: Id, /, **asked: Unpack[Assessments]) -> AsyncPages[Assessment]:
        """List what people and models think of a record."""
        return self._pages("/{id}/assessments", asked, Assessment, id_)

    async def assessment(self, id_: Id, /, *, as_of: str | None = None) -> Assessment:
        """Read what the holder of this key thinks of a record."""
        answer = await self._ask("GET", "/{id}/assessments/mine", {"as_of": as_of}, id=id_)
        return Assessment.from_dict(answer.json())

    async def assess(
        self, which: Record | Id, /, verdict: Verdict | str, *, note: str | None = None
    ) -> Assessment:
        """Say what one thinks of a record; given the record, of the version that was read."""
        body: dict[str, Any] = {"verdict": verdict, "note": note}
        if self._is_record(which):
            body["version"] = which.version
        answer = await self._ask("PUT", "/{id}/assessments/mine", body=body, id=self._id(which))
        return Assessment.from_dict(answer.json())

    async def unassess(self, id_: Id, /) -> None:
        """Take back what one has said of a record."""
        await self._ask("DELETE", "/{id}/assessments/mine", id=id_)

    async def queryables(self) -> dict[str, Any]:
        """Tell what the parameter `filter` can name, as a JSON Schema."""
        return dict((await self._ask("GET", "/queryables")).json())

    async def jsonld(self, id_: Id, /, *, as_of: str | None = None) -> dict[str, Any]:
        """Read a record as JSON-LD."""
        return dict((await self._ask("GET", "/{id}.jsonld", {"as_of": as_of}, id=id_)).json())

    def _list(self, asked: Mapping[str, Any]) -> AsyncPages[Record]:
        return self._pages("", asked, self.record)

    def _pages(
        self, below: str, asked: Mapping[str, Any], item: type[Model], id_: Id | None = None
    ) -> AsyncPages[Any]:
        path = f"/v1/{self.name}{below}"
        return AsyncPages(self._transport, path, asked, item.from_dict, {"id": id_})

    def _read(self, answer: Answer) -> Record:
        record = self.record.from_dict(answer.json())
        self._transport.tags.remember(record, answer.etag)
        return record

    async def _ask(
        self,
        method: str,
        below: str,
        asked: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str | None] | None = None,
        **ids: object,
    ) -> Answer:
        """Send what is asked of this resource, or `below` it."""
        path, as_of = f"/v1/{self.name}{below}", self._transport.as_of
        made = request(method, path, asked, ids=ids, body=body, headers=headers, as_of=as_of)
        return await self._transport.send(made)

    async def _write(
        self, method: str, below: str, which: Record | Id, body: object, how: Writing
    ) -> Answer:
        """Send a write of the version that was read."""
        asked, headers = parted(how, Writing)
        headers = {**headers, "If-Match": how.get("if_match") or await self._version(which)}
        return await self._ask(method, below, asked, body, headers, id=self._id(which))

    async def _version(self, which: Record | Id) -> str:
        """Give the ETag of a record that was read; of one from a list, if it is still the same."""
        if not self._is_record(which):
            raise Unversioned(
                "Say which version this is about: give the record as it was read, or if_match with "
                "its ETag, or if_match='*' for whatever stands."
            )
        if etag := self._transport.tags.of(which):
            return etag
        answer = await self._ask("GET", "/{id}", id=which.id)
        if answer.etag is None or answer.json()["version"] != which.version:
            raise PreconditionFailed(412, None, "The record has changed since it was listed.", 0)
        return answer.etag

    def _is_record(self, which: Record | Id) -> TypeGuard[Record]:
        return isinstance(which, self.record)

    def _id(self, which: Record | Id) -> object:
        return which.id if self._is_record(which) else which


def parted(
    how: Creating, known: type[Creating] | type[Writing]
) -> tuple[dict[str, Any], dict[str, str | None]]:
    """Divide the options of a write into its query and its headers."""
    options(how, known)
    return {"dry_run": how.get("dry_run") or None}, {"Edit-Comment": how.get("comment")}
