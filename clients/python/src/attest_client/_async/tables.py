"""Data frames of what a resource has."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from attest_client import _frames
from attest_client._api.models.table import Table
from attest_client._api.operations import OPERATIONS
from attest_client._async.files import AsyncFiles
from attest_client._async.transport import AsyncTransport
from attest_client._models import Whole
from attest_client._request import request
from attest_client._wait import aapart
from attest_client.problems import NotProvided

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

SCHEMA = ("fields", "rows")
"""Parameters that say which columns a table has."""


class AsyncTables:
    """Tables of one service."""

    def __init__(self, transport: AsyncTransport) -> None:
        """Ask by a transport."""
        self._transport, self._files = transport, AsyncFiles(transport)

    async def pandas(self, what: str, asked: Mapping[str, Any]) -> "pd.DataFrame":
        """Read a table: as Arrow where the service has that, which tells its end, or as CSV."""
        _frames.need("pandas", "pandas", "pyarrow")
        columns = await self._columns(what, asked)
        with TemporaryDirectory(prefix="attest-") as folder:
            path, form = await self._table(what, asked, Path(folder))
            return await aapart(_frames.pandas, path, form, columns)

    async def geopandas(self, what: str, asked: Mapping[str, Any]) -> "gpd.GeoDataFrame":
        """Read a map."""
        _frames.need("geopandas", "geopandas", "pandas", "shapely")
        columns = await self._columns(what, asked)
        with TemporaryDirectory(prefix="attest-") as folder:
            path = Path(folder) / "all.geojson"
            await self._files.export(what, path, asked, Whole(progress=False))
            return await aapart(_frames.geopandas, path, columns)

    async def _table(self, what: str, asked: Mapping[str, Any], folder: Path) -> tuple[Path, str]:
        if f"GET /v1/{what}.arrow" in OPERATIONS:
            try:
                path = folder / "all.arrow"
                return await self._files.export(what, path, asked, Whole(progress=False)), "arrow"
            except NotProvided:
                pass  # the service has no pyarrow: the CSV says the same
        path = folder / "all.csv"
        return await self._files.export(what, path, asked, Whole(progress=False)), "csv"

    async def _columns(self, what: str, asked: Mapping[str, Any]) -> Table:
        """Ask for the description of the columns."""
        path = f"/v1/{what}.csv/schema"
        chosen = {name: asked[name] for name in SCHEMA if name in asked}
        return Table.from_dict((await self._transport.send(request("GET", path, chosen))).json())
