"""Networks of actors and the matrix of dyads, as JSON and as GraphML beside it."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from api.description.contents import GRAPH
from api.http.answers import existing
from api.http.context import database
from api.http.operation import FOUND, READ, Answer
from api.http.request import JSON
from api.resource import graphml
from api.resource.finding import Finding
from api.resource.graphml import GRAPHML
from api.resource.routing import Route
from models.actors import ACTORS
from models.events import EVENTS
from models.lists import networks
from models.lists.counted import counted
from models.lists.dyads import dyads as count_dyads
from schemas.networks import DyadQuery, DyadsSchema, NetworkQuery, NetworkSchema

DYAD_EVENTS, NETWORK_EVENTS = Finding(EVENTS, DyadQuery), Finding(EVENTS, NetworkQuery)
"""How the events that are counted are found."""


def dyads(query: dict[str, Any]) -> Response:
    """Count who does what to whom.

    Use it for a matrix of who acts on whom: each pair of an initiator and a target, with the number
    of events that match all filters. Planned, hypothetical, retracted, denied and refuted events
    are excluded unless requested by `modality`, `retracted` or `status`: `left_out` has their
    numbers, and that of initiators and targets that are not recorded actors.
    """
    return Response(orjson.dumps(found_dyads(query)), mimetype=JSON)


def dyads_graphml(query: dict[str, Any]) -> Response:
    """Count who does what to whom, as GraphML.

    The actors are the nodes and the dyads the edges, for programs that draw networks; only
    `/v1/events/dyads` has the numbers of what is excluded.
    """
    items = found_dyads(query)["items"]
    parties = {one["id"]: one for item in items for one in (item["initiator"], item["target"])}
    links = [
        {
            **item,
            "source": item["initiator"]["id"],
            "target": item["target"]["id"],
            "relation": "toward",
        }
        for item in items
    ]
    return Response(graphml.write(parties.values(), links), mimetype=GRAPHML)


def network(record_id: UUID, query: dict[str, Any]) -> Response:
    """Count with whom this actor takes part in events.

    Use it to see whom an actor acts on, and with whom. Links count the events that match all
    filters: `toward` from an initiator to a target, and `together` for any other two; at `depth=2`
    those of its neighbours as well. The same events are counted, and excluded, as by
    `/v1/events/dyads`.
    """
    return Response(orjson.dumps(found_network(record_id, query)), mimetype=JSON)


def network_graphml(record_id: UUID, query: dict[str, Any]) -> Response:
    """Count with whom this actor takes part in events, as GraphML.

    For programs that draw networks; only `/network` has the numbers of what is excluded.
    """
    found = found_network(record_id, query)
    return Response(graphml.write(found["nodes"], found["links"]), mimetype=GRAPHML)


def found_dyads(query: dict[str, Any]) -> dict[str, Any]:
    """Count the dyads that are asked for."""
    connection, order, limit = database(), query.pop("order"), query.pop("limit")
    looked_at = counted(connection, EVENTS, DYAD_EVENTS.filters(connection, query))
    return count_dyads(connection, looked_at, order=order, limit=limit)


def found_network(record_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Count the network of an actor that stands."""
    connection, depth, limit = database(), query.pop("depth"), query.pop("limit")
    actor = existing(ACTORS.get(connection, str(record_id)), ACTORS)
    looked_at = counted(connection, EVENTS, NETWORK_EVENTS.filters(connection, query))
    found = networks.network(connection, looked_at, actor.id, depth=depth, limit=limit)
    if not found["nodes"]:  # it takes part in nothing that is counted
        record = orjson.loads(actor.text)
        own = {"id": actor.id, "name": record["name"], "kind": record["kind"]}
        found["nodes"] = [{**own, "count": 0, "distance": 0, "expanded": True}]
    return found


DYADS = (
    Route(
        rule="/dyads",
        view=dyads,
        query=DyadQuery,
        answers={200: Answer("The dyads.", DyadsSchema)},
        refusals=READ,
    ),
    Route(
        rule="/dyads.graphml",
        view=dyads_graphml,
        query=DyadQuery,
        answers={200: Answer("The dyads, as edges of a graph.", GRAPH, type=GRAPHML)},
        refusals=READ,
    ),
)
"""Routes of events: the matrix of who does something to whom."""

NETWORK = (
    Route(
        rule="/<uuid:record_id>/network",
        view=network,
        query=NetworkQuery,
        answers={200: Answer("The network.", NetworkSchema)},
        refusals=FOUND,
    ),
    Route(
        rule="/<uuid:record_id>/network.graphml",
        view=network_graphml,
        query=NetworkQuery,
        answers={200: Answer("The network, as a graph.", GRAPH, type=GRAPHML)},
        refusals=FOUND,
    ),
)
"""Routes of actors: with whom each takes part in events."""
