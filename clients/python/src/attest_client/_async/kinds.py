"""Records that can be retracted, and those that can be matched and merged."""

from collections.abc import Mapping
from typing import Any, Unpack

from attest_client._api.models.candidate import Candidate
from attest_client._api.models.match_results import MatchResults
from attest_client._api.models.merge_result import MergeResult
from attest_client._api.models.unmerge_result import UnmergeResult
from attest_client._async.records import (
    AsyncRecords,
    Input,
    Patch,
    Record,
    Replacement,
    Revised,
    parted,
)
from attest_client._models import Creating, Id, Matching, Writing
from attest_client._request import request


class AsyncRetractable(AsyncRecords[Record, Revised, Input, Replacement, Patch]):
    """Records that can be retracted: they can be read still, and no longer count."""

    async def retract(
        self,
        which: Record | Id,
        /,
        reason: str,
        *,
        superseded_by: Id | None = None,
        **how: Unpack[Writing],
    ) -> Record:
        """Retract a record: it was here, and no longer stands."""
        body = {"reason": reason, "superseded_by": superseded_by}
        return self._read(await self._write("PUT", "/{id}/retraction", which, body, how))

    async def reinstate(self, which: Record | Id, /, **how: Unpack[Writing]) -> Record:
        """Lift a retraction."""
        return self._read(await self._write("DELETE", "/{id}/retraction", which, None, how))


class AsyncMergeable(AsyncRetractable[Record, Revised, Input, Replacement, Patch]):
    """Records that can be found by what is known of them, and merged."""

    async def match(
        self, *queries: Mapping[str, Any], **asked: Unpack[Matching]
    ) -> list[list[Candidate]]:
        """Find the records that may be meant: for each query its candidates, the best first."""
        path, body = f"/v1/{self.name}/match", {"queries": queries, **asked}
        made = request("POST", path, body=body, as_of=self._transport.as_of, reads=True)
        found = MatchResults.from_dict((await self._transport.send(made)).json())
        return [each.candidates for each in found.results]

    async def merge(self, id_: Id, /, into: Id, **how: Unpack[Creating]) -> MergeResult:
        """Merge a record into another: every reference follows, and the old id redirects."""
        asked, headers = parted(how, Creating)
        answer = await self._ask("POST", "/{id}/merge", asked, {"into": into}, headers, id=id_)
        return MergeResult.from_dict(answer.json())

    async def unmerge(self, id_: Id, /, **how: Unpack[Creating]) -> UnmergeResult:
        """Undo a merge: restore both records and their references."""
        asked, headers = parted(how, Creating)
        answer = await self._ask("POST", "/{id}/unmerge", asked, {}, headers, id=id_)
        return UnmergeResult.from_dict(answer.json())
