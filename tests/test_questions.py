"""Fifty questions about the reference article: the request for each, and what is answered."""

import json
import re
from typing import Any, NamedTuple

import pytest
from support.service import ROOT, example

MOMENT = "2026-01-01T00:00:00Z"


class Question(NamedTuple):
    """A question in words, the request that answers it, and the answer.

    That is the records of a list or a map by their seed ids: their set, or what each of them says;
    or what the one record says that is read, or a summary. `{E1}` in a path is the id of the record
    with that seed id.
    """

    number: int
    words: str
    path: str
    answer: Any


EVERY_STATEMENT = {each["external_ids"]["seed"] for each in example()["statements"]}
"""All statements of the article; two of them are its own narration, which nobody carried on."""

IN_THE_VALLEY = {"type": "Point", "coordinates": [69.47, 35.27]}
"""Where maps show what happened in the Panjshir Valley; the pass into it has no point."""

QUESTIONS = [
    Question(1, "Which statements deny the siege?", "statements?event={E1}&stance=denies", {"S23"}),
    Question(
        2,
        "Which assert it, and do they say the same of how far it goes?",
        "statements?event={E1}&stance=asserts&aspect=occurrence,degree&fields=claims",
        {
            "S1": {"claims": [{"aspect": "occurrence"}]},
            "S5": {"claims": [{"aspect": "occurrence"}]},
            "S8": {"claims": [{"aspect": "occurrence"}, {"value": "three sides"}]},
        },
    ),
    Question(
        3,
        "Is it disputed, by whom, from how many origins?",
        "events/{E1}/attestation",
        {
            "status": "disputed",
            "origins": 2,
            "asserting": [{"origin": "Taliban", "statements": [{}, {}, {}]}],
            "denying": [{"origin": "Ahmad Massoud", "statements": [{}]}],
        },
    ),
    Question(
        4,
        "Which events rest on the word of one side alone, or are only denied?",
        "events?status=claimed,denied",
        {"E2", "E4", "E8", "E9", "E14", "E15"},
    ),
    Question(
        5,
        "What does the article say in its own voice?",
        "statements?form=narration",
        {"S2", "S12", "S30"},
    ),
    Question(
        6,
        "Which statements are hedged, and in which words?",
        "statements?hedged=true&fields=hedge",
        {
            "S4": {"hedge": "reports emerged"},
            "S10": {"hedge": "local press outlets reported"},
            "S21": {"hedge": "according to local media"},
            "S22": {"hedge": "according to local media"},
            "S30": {"hedge": "reportedly"},
        },
    ),
    Question(
        7,
        "Who denies responsibility for Baghlan, and who is blamed?",
        "events/{E6}/attestation",
        {
            "aspects": [
                {
                    "aspect": "responsibility",
                    "claims": [
                        {"stance": "denies", "value_name": "Ahmad Massoud"},
                        {"stance": "asserts", "value_name": "Local militia groups"},
                    ],
                }
            ]
        },
    ),
    Question(
        8,
        "Who speaks for the Taliban, and since when?",
        "actors?affiliated_with={taliban}&affiliation_role=spokesperson&fields=affiliations",
        {
            "mujahid": {"affiliations": [{"role": "spokesperson", "date": None}]},
            "unnamed-spokesman": {"affiliations": [{"role": "spokesperson", "date": None}]},
        },
    ),
    Question(
        9,
        "What did the unnamed spokesman say, and to whom?",
        "statements?speaker={unnamed-spokesman}&expand=addressees",
        {"S14": {"act": "threaten", "addressees": [{"name": "al-Hadath"}]}},
    ),
    Question(
        10,
        "What did Ahmad Massoud say by telephone?",
        "statements?speaker={ahmad-massoud}&medium=telephone_interview",
        {"S17", "S18"},
    ),
    Question(
        11,
        "Which words are verbatim, and really in the document?",
        "statements?form=direct_quote&quote_verified=true",
        {"S7", "S9", "S14", "S17", "S18", "S20", "S29"},
    ),
    Question(
        12,
        "Where was the speaker, and how was it said?",
        "statements/{S17}?expand=location",
        {"medium": "telephone_interview", "location": {"name": "Panjshir Valley"}},
    ),
    Question(
        13,
        "What do we know only second-hand?",
        "statements?filter=chain IS NOT NULL&limit=100&fields=id",
        EVERY_STATEMENT - {"S2", "S30"},
    ),
    Question(
        14,
        "What would be left of the ultimatum without the local press reports?",
        "events/{E4}/attestation",
        {"asserting": [{"origin": "local press outlets", "statements": [{}]}], "own_voice": []},
    ),
    Question(
        15,
        "How was the ultimatum answered?",
        "statements?responds_to={S10}&expand=speaker",
        {"S11": {"act": "refuse", "speaker": {"name": "Ahmad Massoud"}}},
    ),
    Question(
        16,
        "On what does war depend, according to whom?",
        "statements?event={E10}&stance=projects&expand=speaker",
        {
            "S14": {
                "condition": "if mutual understanding does not solve the problems",
                "speaker": {"name": "Spokesman for the Taliban (unnamed)"},
            },
            "S22": {
                "condition": "if the Taliban refuse dialogue",
                "speaker": {"name": "Ahmad Massoud"},
            },
        },
    ),
    Question(
        17,
        "Who offers or demands talks?",
        "statements?event={E16}&stance=projects&act=offer,demand,promise&expand=speaker",
        {
            "S6": {"act": "offer", "speaker": {"name": "Taliban"}},
            "S9": {"act": "promise", "speaker": {"name": "Zabihullah Mujahid"}},
            "S17": {"act": "demand", "speaker": {"name": "Ahmad Massoud"}},
            "S21": {"act": "demand", "speaker": {"name": "Ahmad Massoud"}},
        },
    ),
    Question(
        18,
        "Which assaults happened, without those that are only thought of?",
        "events?type=assault&modality=actual",
        {"E6", "E11", "E12", "E14"},
    ),
    Question(19, "Who is the Islamic Emirate?", "actors?name=Islamic Emirate&limit=1", {"taliban"}),
    Question(
        20,
        "Is Massoud found as Masood, without his father first?",
        "actors?name=Ahmad Masood&limit=1",
        {"ahmad-massoud"},
    ),
    Question(
        21,
        "Who is described by what he once was?",
        "actors?affiliated_with={afghan-government}&fields=affiliations",
        {
            "saleh": {"affiliations": [{"title": "former vice president", "date": "/2021-08-22"}]},
            "former-troops": {"affiliations": [{"title": "former government troops"}]},
        },
    ),
    Question(
        22,
        "Who held an office with the Taliban on 23 August 2021, or may have?",
        "actors?affiliated_with={taliban}&affiliation_role=official&datetime=2021-08-23",
        {"haqqani"},
    ),
    Question(
        23,
        "When was Baghlan fought over?",
        "events/{E6}",
        {
            "starts_on": "2021-08-16",
            "ends_on": "2021-08-22",
            "date_precision": "interval",
            "date_text": "last week",
        },
    ),
    Question(
        24,
        "What certainly happened from 15 to 22 August 2021?",
        "events?datetime=2021-08-15/2021-08-22&datetime_match=certain&modality=actual",
        {"E2", "E4", "E5", "E6"},
    ),
    Question(
        25,
        "What had been said by the end of 22 August?",
        "statements?datetime=../2021-08-22&datetime_match=certain",
        {"S3", "S4", "S10", "S28", "S29"},
    ),
    Question(26, "What did this service hold before all this?", f"events?as_of={MOMENT}", set()),
    Question(27, "What was retracted later?", "statements?retracted=only", set()),
    Question(
        28,
        "Everything in Panjshir as GeoJSON?",
        "events.geojson?location={panjshir-province}&fields=location_precision",
        {
            seed: {"geometry": IN_THE_VALLEY, "location_precision": precision}
            for precision, seeds in (
                ("near", ("E1", "E2")),
                ("region", ("E3", "E4", "E7", "E9", "E10")),
            )
            for seed in seeds
        },
    ),
    Question(
        29,
        "How many were killed in Baghlan? Nobody says: that is not none.",
        "events/{E6}",
        {"fatalities": None},
    ),
    Question(
        30,
        "How many statements by actor, stance and day?",
        "statements/summary?by=speaker,stance,day&stance=denies,questions&fill=false",
        {
            "items": [
                {
                    "speaker": {"name": "Ahmad Massoud"},
                    "stance": "denies",
                    "day": None,
                    "count": 3,
                    "possible": 0,
                },
                {
                    "speaker": {"name": "Ahmad Massoud"},
                    "stance": "questions",
                    "day": None,
                    "count": 2,
                    "possible": 0,
                },
            ],
            "total": {"count": 5},
        },
    ),
    Question(31, "What came through Reuters?", "statements?carrier={reuters}", {"S17", "S18"}),
    Question(
        32, "What was said to Al Jazeera?", "statements?addressee={al-jazeera}", {"S28", "S29"}
    ),
    Question(
        33,
        "What do those say who belong to the Taliban?",
        "statements?speaker_affiliated_with={taliban}&act=promise",
        {"S9", "S26", "S29"},
    ),
    Question(
        34,
        "Who is opposed to the Taliban?",
        "actors?affiliated_with={taliban}&affiliation_role=opponent_of&kind=person",
        {"ahmad-massoud", "ahmad-shah-massoud"},
    ),
    Question(
        35,
        "What happened in Baghlan, its unnamed districts too?",
        "events?location={baghlan}",
        {"E6", "E14"},
    ),
    Question(
        36, "What is confirmed, and by whom?", "events?status=confirmed", {"E5": {"type": "coerce"}}
    ),
    Question(
        37,
        "In what did Ahmad Massoud take part himself?",
        "events?actor={ahmad-massoud}",
        {"E4", "E7", "E16"},
    ),
    Question(
        38,
        "In what did the resistance front act, or somebody who belonged to it?",
        "events?affiliated_with={nrf}&actor_role=initiator",
        {"E3"},
    ),
    Question(
        39,
        "What happened in the 1980s?",
        "events?datetime=1980/1989&datetime_match=certain",
        {"E12"},
    ),
    Question(
        40,
        "What followed the capture of Kabul?",
        "events?related={E5}",
        {"E2", "E6"},
    ),
    Question(41, "What are the parts of the siege?", "events?part_of={E1}", {"E2", "E4", "E15"}),
    Question(
        42,
        "When was this published, and how is that known?",
        "documents?publisher={publisher}",
        {"article": {"published_on": "2021-08-23"}},
    ),
    Question(
        43,
        "What is denied of anything at Panjshir or in it?",
        "statements?event_location={panjshir-province}&stance=denies",
        {"S23", "S24"},
    ),
    Question(
        44,
        "Who says how many were killed or otherwise harmed?",
        "statements?aspect=fatalities,casualties",
        set(),
    ),
    Question(
        45,
        "How reliable are the sources on the siege, and through whom do they come?",
        "events/{E1}/attestation",
        {
            "best_reliability": {"asserting": "F", "denying": "F"},
            "carriers": {
                "asserting": {"summary": "1 origin, through Publisher of the report (unknown)."}
            },
        },
    ),
    Question(
        46,
        "Who is said to hold the three districts on 23 August?",
        "events?type=control&covers={baghlan-districts}&datetime=2021-08-23&expand=participants.actor",
        {
            "C3": {"participants": [{"actor": {"name": "Anti-Taliban forces in Baghlan"}}]},
            "C4": {"participants": [{"actor": {"name": "Taliban"}}]},
        },
    ),
    Question(
        47,
        "What is said of a place by those who do not hold it?",
        "statements?speaker_holds=false",
        {"S1", "S3", "S5", "S8", "S13", "S31", "S32"},
    ),
    Question(
        48,
        "What was made by a model, and looked at by nobody?",
        "events?method=model&assessed=none",
        set(),
    ),
    Question(
        49,
        "Which states that are no more took part in anything?",
        "actors?country=SU",
        {"soviet-union"},
    ),
    Question(
        50,
        "Of which statements is it said that they were not made?",
        "statements?statement={S10},{S23},{S31}&stance=denies",
        set(),
    ),
]


CONTROL = {46, 47}
"""Questions about examples/control.json, which adds who is said to hold what."""


@pytest.fixture
def seeded(panjshir):
    """Give the ids of the article's records by their seed ids, and a client."""
    ids = {}
    for resource in ("documents", "actors", "locations", "events", "statements"):
        for record in panjshir.get(f"/v1/{resource}?limit=100&fields=id,external_ids").get_json()[
            "items"
        ]:
            ids[record["external_ids"]["seed"]] = record["id"]
    assert len(ids) == sum(len(example()[name]) for name in example() if name != "dataset")
    return panjshir, ids


def held(client, ids):
    """Add who is said to hold what to the article, and its records to the ids."""
    bundle = json.loads((ROOT / "examples" / "control.json").read_text())
    answer = client.post("/v1/bundles", json=bundle)
    assert answer.status_code == 201, answer.get_json()
    made = answer.get_json()["ids"]
    for resource in ("events", "statements"):
        ids |= {each["external_ids"]["seed"]: made[each["ref"]] for each in bundle[resource]}


def asked(path, ids):
    """Fill ids in where a path names records by their seed ids."""
    return "/v1/" + re.sub(r"\{([^}]+)\}", lambda found: ids[found[1]], path)


def said(expected, found):
    """Hold what is expected of an answer against it: members that are not named may be anything."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), found
        for name, value in expected.items():
            said(value, found[name])
    elif isinstance(expected, list):
        assert len(expected) == len(found), found
        for one, other in zip(expected, found, strict=True):
            said(one, other)
    else:
        assert found == expected


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: f"{each.number}")
def test_a_question_is_answered_by_one_request(seeded, question):
    """One request answers the question, and nothing else is in the answer."""
    client, ids = seeded
    if question.number in CONTROL:
        held(client, ids)
    answer = client.get(asked(question.path, ids))
    assert answer.status_code == 200, answer.get_json()
    body = answer.get_json()
    if "features" in body:
        body["items"] = [each | each["properties"] for each in body["features"]]
    if "items" not in body or "left_out" in body:  # one record, or a summary
        said(question.answer, body)
        return
    names = {record_id: seed for seed, record_id in ids.items()}
    found = {names[record["id"]]: record for record in body["items"]}
    assert set(found) == set(question.answer), question.words
    if isinstance(question.answer, dict):
        said(question.answer, found)


def test_there_are_fifty():
    """Each of fifty questions is asked."""
    assert [each.number for each in QUESTIONS] == [*range(1, 51)]
