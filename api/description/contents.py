"""Contents of answers that no schema makes, described by hand."""

from api.http.operation import Json

DIFFERENCE = Json(
    "JsonPatch",
    {
        "type": "array",
        "description": "A JSON Patch (RFC 6902): operations, applied in order.",
        "items": {
            "type": "object",
            "required": ["op", "path"],
            "properties": {
                "op": {
                    "type": "string",
                    "description": "The operation: add, remove, replace, move, copy or test.",
                    "example": "replace",
                },
                "path": {
                    "type": "string",
                    "description": "Where (RFC 6901).",
                    "example": "/attestation/status",
                },
                "from": {
                    "type": "string",
                    "description": "The source of a move or copy (RFC 6901).",
                    "example": "/tags/0",
                },
                "value": {"description": "The value to put there.", "example": "disputed"},
            },
        },
    },
)
"""The difference between two revisions."""

LINKED = Json(
    "LinkedData",
    {
        "type": "object",
        "description": "A record as JSON-LD 1.1: its terms are those of schema.org, PROV-O and "
        "GeoSPARQL, and where these have none `urn:attest:` with the name of the member. The "
        "`@context` defines all of them.",
        "required": ["@context", "@id", "@type"],
        "properties": {
            "@context": {
                "type": "object",
                "description": "The meaning of the terms.",
                "additionalProperties": True,
                "example": {"@version": 1.1, "@vocab": "https://schema.org/"},
            },
            "@id": {
                "type": "string",
                "description": "The address of the record.",
                "example": "http://127.0.0.1:8000/v1/events/0197b2c4-5d1e-7004-8000-000000000001",
            },
            "@type": {
                "description": "The class of what it describes, or a list of its classes.",
                "example": "Event",
            },
        },
        "additionalProperties": True,
        "example": {
            "@context": {
                "@version": 1.1,
                "@vocab": "https://schema.org/",
                "xsd": "http://www.w3.org/2001/XMLSchema#",
                "startDate": {"@id": "schema:startDate", "@type": "xsd:date"},
            },
            "@id": "http://127.0.0.1:8000/v1/events/0197b2c4-5d1e-7004-8000-000000000001",
            "@type": "Event",
            "name": "Siege of the Panjshir Valley",
            "startDate": "2021-08-22",
        },
    },
)
"""A record as linked data."""

LINES = Json(
    "RecordLines",
    {
        "type": "string",
        "format": "binary",
        "description": 'One JSON text per line: records as in a list, and a last line `{"end": '
        'true, "rows": …, "sha256": …}`, with the digest of all lines before it. A file without '
        "it is incomplete.",
        "example": '{"id":"019…"}\n{"end":true,"rows":1,"sha256":"…"}\n',
    },
)
"""An export as lines of JSON."""

CELLS = Json(
    "RecordCells",
    {
        "type": "string",
        "format": "binary",
        "description": "CSV (RFC 4180) in UTF-8, below a row of names. An empty cell is *not "
        'known*, `""` an empty list. Text that a spreadsheet would interpret as a formula is '
        "prefixed with an apostrophe, as is text that begins with one: remove the first "
        "character to restore it.",
        "example": 'id,title\n019…,"Siege"\n',
    },
)
"""An export as CSV."""

FEATURES = Json(
    "FeatureCollection",
    {
        "type": "object",
        "description": "A collection of features (RFC 7946), one per line. The members after "
        "them show that it is complete: a truncated one is not valid JSON.",
        "required": ["type", "features", "end", "rows", "sha256"],
        "properties": {
            "type": {
                "type": "string",
                "const": "FeatureCollection",
                "description": "Constant.",
                "example": "FeatureCollection",
            },
            "features": {
                "type": "array",
                "description": "The records.",
                "items": {
                    "type": "object",
                    "required": ["type", "id", "geometry", "properties"],
                    "properties": {
                        "type": {
                            "type": "string",
                            "const": "Feature",
                            "description": "Constant.",
                            "example": "Feature",
                        },
                        "id": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The record.",
                            "example": "0197b2c4-5d1e-7003-8000-000000000004",
                        },
                        "geometry": {
                            "type": ["object", "null"],
                            "required": ["type"],
                            "properties": {
                                "type": {
                                    "type": "string",
                                    "description": "Its type (RFC 7946).",
                                    "example": "Point",
                                },
                            },
                            "description": "Where it is; null if unknown.",
                            "additionalProperties": True,
                        },
                        "properties": {
                            "type": "object",
                            "description": "The typed columns of its flat form, which `/schema` "
                            "of the CSV describes; lists are arrays.",
                            "additionalProperties": True,
                        },
                    },
                },
            },
            "end": {"const": True, "description": "All features were sent.", "example": True},
            "rows": {
                "type": "integer",
                "minimum": 0,
                "description": "Number of features.",
                "example": 1,
            },
            "sha256": {
                "type": "string",
                "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "pattern": "^[0-9a-f]{64}$",
                "description": "SHA-256 of the lines of the features, each without the comma "
                "between it and the next one, and with a line feed at its end.",
            },
        },
    },
)
"""An export for maps."""

GRAPH = Json(
    "GraphML",
    {
        "type": "string",
        "format": "binary",
        "description": "GraphML: a directed graph whose nodes have a `label`, and whose edges a "
        "`weight`, the number of events.",
        "example": '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"/>',
    },
)
"""A network as programs for networks read it."""

COUNTS = Json(
    "CountCells",
    {
        "type": "string",
        "format": "binary",
        "description": "CSV (RFC 4180) in UTF-8, below a row of names. An empty cell is *not "
        "known*, 0 is zero. The last row sums up the rows beyond `limit`, if there are any: its "
        "`others` is `true`. Text that a spreadsheet would interpret as a formula is prefixed "
        "with an apostrophe, as is text that begins with one.",
        "example": "month,type,count,possible,others,rows\r\n2021-08,assault,2,0,false,1\r\n",
    },
)
"""A summary, or dyads, as CSV."""

STREAMED = Json(
    "EventStream",
    {
        "type": "string",
        "description": "Server-Sent Events: the data of each event `change` is a Change, its id a "
        "cursor.",
        "example": 'id: 1734-1795420800000000\nevent: change\ndata: {"position":1734}\n\n',
    },
)
"""The feed as a stream."""

LINKS = Json(
    "ApiCatalog",  # a generator takes a class for its only member where both have one name
    {
        "type": "object",
        "description": "A set of links (RFC 9264).",
        "required": ["linkset"],
        "properties": {
            "linkset": {
                "type": "array",
                "description": "The API, with its links by relation.",
                "items": {"type": "object", "additionalProperties": True},
                "example": [
                    {
                        "anchor": "http://127.0.0.1:8000/v1",
                        "service-doc": [
                            {"href": "http://127.0.0.1:8000/docs/", "type": "text/html"}
                        ],
                    }
                ],
            }
        },
    },
)
"""The catalog of the API."""

PARQUET_FILE = Json("Parquet", {"type": "string", "format": "binary", "description": "Parquet."})
ARROW_STREAM = Json(
    "ArrowStream", {"type": "string", "format": "binary", "description": "An IPC stream."}
)
WORKBOOK = Json("Workbook", {"type": "string", "format": "binary", "description": "A workbook."})
"""Typed exports."""
