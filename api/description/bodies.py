"""Bodies of requests as examples show them, and the ids of the records that they name."""

from typing import Any

from schemas.fields.ids import example_id

DATASET_ID = "panjshir-2021"

TALIBAN = example_id("actors", 1)
LOCAL_FIGHTERS, MILITIA = example_id("actors", 10), example_id("actors", 12)
PUBLISHER = example_id("actors", 18)
AFGHANISTAN, PROVINCE, VALLEY = (example_id("locations", number) for number in (1, 3, 4))
REPORT = example_id("documents")
SIEGE, ADVANCE, ASSAULT = (example_id("events", number) for number in (1, 2, 10))

SHARED_BODIES: dict[str, Any] = {
    "revert": {"to": 1},
    "assess": {"verdict": "agree", "note": "It is what the report says.", "version": 1},
}
"""Bodies of operations that several resources have."""

BODIES: dict[str, Any] = {
    "datasets.create": {"id": "panjshir-2022", "name": "Panjshir, a year later"},
    "documents.create": {
        "dataset": DATASET_ID,
        "title": "Talks in Charikar end without a result",
        "kind": "article",
        "publisher_id": PUBLISHER,
        "language": "en",
        "published_on": "2021-08-26",
        "url": "https://example.org/news/2021/08/26/talks",
        "text": "The talks in Charikar have ended without a result, a resident said.",
        "licence": "CC-BY-4.0",
        "files": [
            {
                "sha256": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
                "media_type": "image/jpeg",
                "bytes": 184_320,
                "name": "talks.jpg",
                "retrieved_at": "2021-08-26T14:05:00Z",
            }
        ],
    },
    "actors.create": {
        "dataset": DATASET_ID,
        "name": "Elders of Charikar",
        "names": [{"name": "بزرگان چاریکار", "language": "fa", "script": "Arab"}],
        "kind": "collective",
        "country": "AF",
        "reliability": "C",
        "external_ids": {"newsroom": "elders-charikar"},
    },
    "locations.create": {
        "dataset": DATASET_ID,
        "name": "Charikar",
        "names": [{"name": "چاریکار", "language": "fa", "script": "Arab"}],
        "kind": "populated_place",
        "parent_id": AFGHANISTAN,
        "country": "AF",
        "point": [69.17, 35.01],
    },
    "events.create": {
        "dataset": DATASET_ID,
        "title": "Talks in Charikar",
        "type": "consult",
        "modality": "actual",
        "date": "2021-08-25",
        "location_id": VALLEY,
        "location_precision": "near",
        "participants": [{"actor_id": TALIBAN, "role": "initiator"}],
        "fatalities": {"low": 0, "best": 0, "high": 0},
        "casualties": [{"kind": "injured", "label": "bystanders", "low": 2, "text": "a few"}],
        "part_of_id": None,
    },
    "statements.create": {
        "dataset": DATASET_ID,
        "act": "deny",
        "form": "paraphrase",
        "text": "Nobody has besieged the valley.",
        "speaker_id": LOCAL_FIGHTERS,
        "document_id": REPORT,
        "date": "2021-08-23",
        "claims": [{"event_id": SIEGE, "stance": "denies", "aspect": "occurrence"}],
    },
    "bundles.create": {
        "dataset": DATASET_ID,
        "documents": [
            {
                "ref": "report",
                "title": "Talks in Charikar end without a result",
                "publisher_id": PUBLISHER,
                "published_on": "2021-08-26",
                "external_ids": {"newsroom": "talks"},
            }
        ],
        "events": [
            {
                "ref": "talks",
                "title": "Talks in Charikar",
                "type": "consult",
                "date": "2021-08-25",
                "participants": [{"actor_id": TALIBAN, "role": "initiator"}],
            }
        ],
        "statements": [
            {
                "act": "assert",
                "form": "paraphrase",
                "text": "There were talks in Charikar, without a result.",
                "document_id": "@report",
                "claims": [{"event_id": "@talks", "stance": "asserts", "aspect": "occurrence"}],
            }
        ],
    },
    "actors.match": {
        "queries": [
            {"name": "Ahmed Masoud", "kind": "person"},
            {"name": "طالبان", "names": [{"name": "Taleban"}]},
        ]
    },
    "locations.match": {"queries": [{"name": "Pandschschir", "point": [69.46, 35.31]}]},
    "events.match": {
        "queries": [
            {
                "title": "Siege of Panjshir",
                "type": "coerce",
                "date": "2021-08-22",
                "location_id": VALLEY,
                "participants": [{"name": "Taleban", "role": "initiator"}],
            }
        ]
    },
    "actors.merge": {"into": MILITIA, "comment": "Both are the men of the villages."},
    "locations.merge": {"into": PROVINCE, "comment": "The valley is the province."},
    "events.merge": {"into": ADVANCE, "comment": "Two reports of one advance."},
    "keys.create": {"name": "extraction pipeline", "scopes": ["write"], "method": "model"},
    "releases.create": {"name": "2026.1", "note": "As cited in the annual report."},
}
"""Bodies of requests."""
