"""`attest rebuild`: texts of stored records, brought to the form of this version."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from api.writing.draft import SCHEMAS
from models.database import connections
from models.database.connections import Connection
from models.statements import NOBODY_SAYS
from models.store import rebuilding
from models.store.rebuilding import Progress, Text
from models.table import Table
from models.tables import TABLES
from schemas.record import FORM

FEW_RECORDS = 10_000
"""Maximum number of records of a resource that are rebuilt at once with the migrations."""


def rebuild(url: str, most: int | None = None) -> Iterator[Progress]:
    """Bring all records to the form of this version; tell of each step.

    Leaves out resources of which there are more records than `most`.
    """
    with connections.connect(url) as connection:
        for resource in rebuilding.due(connection, FORM):
            table = TABLES[resource]
            if most is None or not rebuilding.outnumber(connection, table, most):
                yield from rebuilding.rebuild(connection, table, FORM, renew)


def due(connection: Connection) -> list[str]:
    """List the resources that may have records in an earlier form."""
    return rebuilding.due(connection, FORM)


def renew(table: Table, stored: Text) -> Text:
    """Give the stored text of a record the form of this version."""
    schema = SCHEMAS[table.name]
    record: dict[str, Any] = orjson.loads(f"{stored.body}{stored.derived}")
    body = schema.render(schema.renewed(record))
    first = FIRST_DERIVED.get(table.name)
    lacking = first(record) if first else {}
    if lacking.keys() <= record.keys():
        return Text(body, stored.derived)
    derived = {**orjson.loads(f"{{{stored.derived.removeprefix(',')}"), **lacking}
    return Text(body, f",{orjson.dumps(derived).decode()[1:]}")


def graded(document: dict[str, Any]) -> dict[str, Any]:
    """Give how reliable a document's source is, where no publisher had been graded yet."""
    own = document["reliability"]
    grade = own and {"grade": own, "of": "document", "actor_id": None}
    return {"source_reliability": grade}


def talked_of(_: dict[str, Any]) -> dict[str, Any]:
    """Give what is said of a statement, where no statement had been talked of yet."""
    return {"attestation": NOBODY_SAYS}


FIRST_DERIVED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "documents": graded,
    "statements": talked_of,
}
"""Members that were derived first by this version, as they are where nothing was written since."""
