"""A bundle that is sent when its block ends."""

from types import TracebackType
from typing import Self

from attest_client._api.models.bundle_result import BundleResult
from attest_client._async.transport import AsyncTransport
from attest_client._request import request
from attest_client.bundles import Builder


class AsyncBundle(Builder):
    """A whole article: what is added within the block is stored when that ends, or nothing is."""

    def __init__(
        self, transport: AsyncTransport, dataset: str, *, comment: str | None, dry_run: bool
    ) -> None:
        """Begin with nothing."""
        super().__init__(dataset)
        self._transport, self._comment, self._dry_run = transport, comment, dry_run

    async def __aenter__(self) -> Self:
        """Begin to add."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Send what was added, unless that failed."""
        if kind is None and self.result is None:
            await self.send()

    async def check(self) -> BundleResult:
        """Have everything checked, quotes too, and keep nothing."""
        return await self._post(dry_run=True)

    async def send(self) -> BundleResult:
        """Store all records; by now, their ids are known."""
        self.result = await self._post(dry_run=self._dry_run)
        return self.result

    async def _post(self, *, dry_run: bool) -> BundleResult:
        made = request(
            "POST",
            "/v1/bundles",
            {"dry_run": dry_run or None},
            body=self.to_dict(),
            headers={"Edit-Comment": self._comment},
            as_of=self._transport.as_of,
        )
        return BundleResult.from_dict((await self._transport.send(made)).json())
