"""The resources: each with what it alone can be asked."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from attest_client._api import asked
from attest_client._api import models as m
from attest_client._async.files import AsyncFiles
from attest_client._async.kinds import AsyncMergeable, AsyncRetractable
from attest_client._async.pages import AsyncPages
from attest_client._async.records import AsyncRecords
from attest_client._async.tables import AsyncTables
from attest_client._models import WHOLE, Id, Target, Whole

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


class AsyncDatasets(
    AsyncRecords[
        m.Dataset,
        m.DatasetRevision,
        m.DatasetInput | asked.DatasetInput,
        m.DatasetReplacement | asked.DatasetReplacement,
        m.DatasetPatch | asked.DatasetPatch,
    ]
):
    """The datasets."""

    name = "datasets"
    record = m.Dataset
    revised = m.DatasetRevision

    def list(self, **filters: Unpack[asked.DatasetsList]) -> AsyncPages[m.Dataset]:
        """List all datasets that match, page after page as they are read."""
        return self._list(filters)

    async def page(self, **filters: Unpack[asked.DatasetsList]) -> m.DatasetList:
        """Read one page of the datasets that match: as the service says, not all."""
        return m.DatasetList.from_dict((await self._ask("GET", "", filters)).json())

    async def export(
        self, path: Target, how: Whole = WHOLE, **filters: Unpack[asked.DatasetsExport]
    ) -> Path:
        """Write all datasets that match to a file; see Client.export."""
        return await AsyncFiles(self._transport).export(self.name, path, filters, how)

    async def to_pandas(self, **filters: Unpack[asked.DatasetsExport]) -> "pd.DataFrame":
        """Read all datasets that match into a data frame."""
        return await AsyncTables(self._transport).pandas(self.name, filters)


class AsyncDocuments(
    AsyncRetractable[
        m.Document,
        m.DocumentRevision,
        m.DocumentInput | asked.DocumentInput,
        m.DocumentInput | asked.DocumentInput,
        m.DocumentPatch | asked.DocumentPatch,
    ]
):
    """The documents."""

    name = "documents"
    record = m.Document
    revised = m.DocumentRevision

    def list(self, **filters: Unpack[asked.DocumentsList]) -> AsyncPages[m.Document]:
        """List all documents that match, page after page as they are read."""
        return self._list(filters)

    async def page(self, **filters: Unpack[asked.DocumentsList]) -> m.DocumentList:
        """Read one page of the documents that match: as the service says, not all."""
        return m.DocumentList.from_dict((await self._ask("GET", "", filters)).json())

    async def export(
        self, path: Target, how: Whole = WHOLE, **filters: Unpack[asked.DocumentsExport]
    ) -> Path:
        """Write all documents that match to a file; see Client.export."""
        return await AsyncFiles(self._transport).export(self.name, path, filters, how)

    async def to_pandas(self, **filters: Unpack[asked.DocumentsExport]) -> "pd.DataFrame":
        """Read all documents that match into a data frame."""
        return await AsyncTables(self._transport).pandas(self.name, filters)

    def dependents(self, id_: Id, /, **asked_: Unpack[asked.Dependents]) -> AsyncPages[m.Dependent]:
        """List what rests on a document."""
        return self._pages("/{id}/dependents", asked_, m.Dependent, id_)


class AsyncActors(
    AsyncMergeable[
        m.Actor,
        m.ActorRevision,
        m.ActorInput | asked.ActorInput,
        m.ActorInput | asked.ActorInput,
        m.ActorPatch | asked.ActorPatch,
    ]
):
    """The actors."""

    name = "actors"
    record = m.Actor
    revised = m.ActorRevision

    def list(self, **filters: Unpack[asked.ActorsList]) -> AsyncPages[m.Actor]:
        """List all actors that match, page after page as they are read."""
        return self._list(filters)

    async def page(self, **filters: Unpack[asked.ActorsList]) -> m.ActorList:
        """Read one page of the actors that match: as the service says, not all."""
        return m.ActorList.from_dict((await self._ask("GET", "", filters)).json())

    async def export(
        self, path: Target, how: Whole = WHOLE, **filters: Unpack[asked.ActorsExport]
    ) -> Path:
        """Write all actors that match to a file; see Client.export."""
        return await AsyncFiles(self._transport).export(self.name, path, filters, how)

    async def to_pandas(self, **filters: Unpack[asked.ActorsExport]) -> "pd.DataFrame":
        """Read all actors that match into a data frame."""
        return await AsyncTables(self._transport).pandas(self.name, filters)

    def dependents(self, id_: Id, /, **asked_: Unpack[asked.Dependents]) -> AsyncPages[m.Dependent]:
        """List what rests on an actor."""
        return self._pages("/{id}/dependents", asked_, m.Dependent, id_)

    async def network(self, id_: Id, /, **asked_: Unpack[asked.ActorsNetwork]) -> m.Network:
        """Tell with whom an actor takes part in events."""
        return m.Network.from_dict((await self._ask("GET", "/{id}/network", asked_, id=id_)).json())

    def timeline(
        self, id_: Id, /, **asked_: Unpack[asked.ActorsTimeline]
    ) -> AsyncPages[m.TimelineEntry]:
        """List events, statements and affiliations of an actor in one order."""
        return self._pages("/{id}/timeline", asked_, m.TimelineEntry, id_)


class AsyncLocations(
    AsyncMergeable[
        m.Location,
        m.LocationRevision,
        m.LocationInput | asked.LocationInput,
        m.LocationInput | asked.LocationInput,
        m.LocationPatch | asked.LocationPatch,
    ]
):
    """The locations."""

    name = "locations"
    record = m.Location
    revised = m.LocationRevision

    def list(self, **filters: Unpack[asked.LocationsList]) -> AsyncPages[m.Location]:
        """List all locations that match, page after page as they are read."""
        return self._list(filters)

    async def page(self, **filters: Unpack[asked.LocationsList]) -> m.LocationList:
        """Read one page of the locations that match: as the service says, not all."""
        return m.LocationList.from_dict((await self._ask("GET", "", filters)).json())

    async def export(
        self, path: Target, how: Whole = WHOLE, **filters: Unpack[asked.LocationsExport]
    ) -> Path:
        """Write all locations that match to a file; see Client.export."""
        return await AsyncFiles(self._transport).export(self.name, path, filters, how)

    async def to_pandas(self, **filters: Unpack[asked.LocationsExport]) -> "pd.DataFrame":
        """Read all locations that match into a data frame."""
        return await AsyncTables(self._transport).pandas(self.name, filters)

    async def to_geopandas(self, **filters: Unpack[asked.LocationsExport]) -> "gpd.GeoDataFrame":
        """Read all locations that match, and are somewhere, into a data frame with a geometry."""
        return await AsyncTables(self._transport).geopandas(self.name, filters)


class AsyncEvents(
    AsyncMergeable[
        m.Event,
        m.EventRevision,
        m.EventInput | asked.EventInput,
        m.EventInput | asked.EventInput,
        m.EventPatch | asked.EventPatch,
    ]
):
    """The events."""

    name = "events"
    record = m.Event
    revised = m.EventRevision

    def list(self, **filters: Unpack[asked.EventsList]) -> AsyncPages[m.Event]:
        """List all events that match, page after page as they are read."""
        return self._list(filters)

    async def page(self, **filters: Unpack[asked.EventsList]) -> m.EventList:
        """Read one page of the events that match: as the service says, not all."""
        return m.EventList.from_dict((await self._ask("GET", "", filters)).json())

    async def export(
        self, path: Target, how: Whole = WHOLE, **filters: Unpack[asked.EventsExport]
    ) -> Path:
        """Write all events that match to a file; see Client.export."""
        return await AsyncFiles(self._transport).export(self.name, path, filters, how)

    async def to_pandas(self, **filters: Unpack[asked.EventsExport]) -> "pd.DataFrame":
        """Read all events that match into a data frame."""
        return await AsyncTables(self._transport).pandas(self.name, filters)

    async def to_geopandas(self, **filters: Unpack[asked.EventsExport]) -> "gpd.GeoDataFrame":
        """Read all events that match, and are somewhere, into a data frame with a geometry."""
        return await AsyncTables(self._transport).geopandas(self.name, filters)

    async def attestation(self, id_: Id, /, *, as_of: str | None = None) -> m.Explanation:
        """Tell how well an event is attested, and what stands behind that."""
        answer = await self._ask("GET", "/{id}/attestation", {"as_of": as_of}, id=id_)
        return m.Explanation.from_dict(answer.json())

    async def dyads(self, **asked_: Unpack[asked.EventsDyads]) -> m.Dyads:
        """Count who does something to whom."""
        return m.Dyads.from_dict((await self._ask("GET", "/dyads", asked_)).json())

    async def summary(self, **asked_: Unpack[asked.EventsSummary]) -> m.EventSummary:
        """Count events, by whatever they are grouped by."""
        return m.EventSummary.from_dict((await self._ask("GET", "/summary", asked_)).json())


class AsyncStatements(
    AsyncRetractable[
        m.Statement,
        m.StatementRevision,
        m.StatementInput | asked.StatementInput,
        m.StatementInput | asked.StatementInput,
        m.StatementPatch | asked.StatementPatch,
    ]
):
    """The statements."""

    name = "statements"
    record = m.Statement
    revised = m.StatementRevision

    def list(self, **filters: Unpack[asked.StatementsList]) -> AsyncPages[m.Statement]:
        """List all statements that match, page after page as they are read."""
        return self._list(filters)

    async def page(self, **filters: Unpack[asked.StatementsList]) -> m.StatementList:
        """Read one page of the statements that match: as the service says, not all."""
        return m.StatementList.from_dict((await self._ask("GET", "", filters)).json())

    async def export(
        self, path: Target, how: Whole = WHOLE, **filters: Unpack[asked.StatementsExport]
    ) -> Path:
        """Write all statements that match to a file; see Client.export."""
        return await AsyncFiles(self._transport).export(self.name, path, filters, how)

    async def to_pandas(self, **filters: Unpack[asked.StatementsExport]) -> "pd.DataFrame":
        """Read all statements that match into a data frame."""
        return await AsyncTables(self._transport).pandas(self.name, filters)

    async def summary(self, **asked_: Unpack[asked.StatementsSummary]) -> m.StatementSummary:
        """Count statements, by whatever they are grouped by."""
        return m.StatementSummary.from_dict((await self._ask("GET", "/summary", asked_)).json())
