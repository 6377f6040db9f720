"""What can be asked about the reference article: as it is shipped, and as it was published."""

import pytest
from support import article
from support.service import example

STATUSES = {
    "E1": "disputed",
    "E2": "claimed",
    "E3": "reported",
    "E4": "claimed",
    "E5": "confirmed",
    "E6": "reported",
    "E7": "reported",
    "E8": "claimed",
    "E9": "claimed",
    "E10": "hypothetical",
    "E11": "reported",
    "E12": "reported",
    "E13": "reported",
    "E14": "claimed",
    "E15": "denied",
    "E16": "hypothetical",
}
"""How well each event is attested by what the article says."""

MASSOUD = {
    **dict.fromkeys(["S11", "S15", "S16", "S19", "S20", "S21", "S22", "S23", "S24", "S25"]),
    "S17": "telephone_interview",
    "S18": "telephone_interview",
    "S31": None,
    "S32": None,
}
"""Everything that Ahmad Massoud says in the article, and through what he said it."""


@pytest.fixture(params=[("as shipped", None), *article.REPORTS], ids=lambda param: param[0])
def coded(request):
    """Hold the article as it is shipped, and with each report that can be quoted at length."""
    _, report = request.param
    if report is None:
        return request.getfixturevalue("panjshir")
    client = request.getfixturevalue("client")
    answer = client.post("/v1/bundles", json=article.bundle(example(), report))
    assert answer.status_code == 201, answer.get_json()
    return client


@pytest.fixture
def the(coded):
    """Find a record of the article by its resource and its seed id."""

    def find(resource, seed):
        [record] = items(coded, resource, external_id=f"seed:{seed}")
        return record

    return find


def items(client, resource, **query):
    """List all that is found; the article has less than a page of anything."""
    answer = client.get(f"/v1/{resource}", query_string={"limit": 100, **query})
    assert answer.status_code == 200, answer.get_json()
    body = answer.get_json()
    assert body["next_cursor"] is None
    return body["items"]


def seeds(client, resource, **query):
    """Give the seed ids of all that is found."""
    found = [record["external_ids"]["seed"] for record in items(client, resource, **query)]
    assert len({*found}) == len(found)
    return {*found}


def explained(client, event):
    """Read what stands behind an event's attestation."""
    answer = client.get(f"/v1/events/{event['id']}/attestation")
    assert answer.status_code == 200
    return answer.get_json()


def withdraw(client, statement):
    """Ask for a statement to be withdrawn, and give the answer."""
    return client.delete(f"/v1/statements/{statement['id']}", headers={"If-Match": "*"})


def behind(origins):
    """Give the seed ids of the statements behind each origin."""
    return {
        origin["origin"]: {it["external_ids"]["seed"] for it in origin["statements"]}
        for origin in origins
    }


def test_all_of_it_is_there(coded):
    """The whole article is represented: nothing of its coding is lost."""
    bundle = example()
    for resource in ("documents", "actors", "locations", "events", "statements"):
        expected = {record["external_ids"]["seed"] for record in bundle[resource]}
        assert seeds(coded, resource) == expected


def test_who_denies_the_siege(coded, the):
    """One statement denies the siege, and it is found by that, not by its words."""
    siege = the("events", "E1")["id"]
    assert seeds(coded, "statements", event=siege, stance="denies") == {"S23"}
    occurrence = {"event": siege, "stance": "asserts", "aspect": "occurrence"}
    assert seeds(coded, "statements", **occurrence) == {"S1", "S5", "S8"}
    assert seeds(coded, "statements", event=siege, aspect="degree") == {"S8"}
    assert seeds(coded, "statements", event=siege, aspect="intent") == {"S13"}


def test_the_siege_is_disputed(coded, the):
    """Three statements of one origin assert the siege, one of another denies it."""
    siege = the("events", "E1")
    attestation = siege["attestation"]
    assert attestation["status"] == "disputed"
    assert (attestation["asserted_by"], attestation["denied_by"]) == (1, 1)
    assert (attestation["origins"], attestation["questioned_by"]) == (2, 0)
    assert attestation["documents"] == 0
    found = explained(coded, siege)
    assert {name: found[name] for name in attestation} == attestation
    assert behind(found["asserting"]) == {"Taliban": {"S1", "S5", "S8"}}
    assert behind(found["denying"]) == {"Ahmad Massoud": {"S23"}}
    assert found["questioning"] == found["projecting"] == found["own_voice"] == []
    assert {
        it["aspect"]: [claim["value"] for claim in it["claims"]] for it in found["aspects"]
    } == {
        "degree": ["three sides"],
        "intent": ["unite the country"],
    }


@pytest.mark.parametrize(("seed", "status"), STATUSES.items())
def test_how_well_each_event_is_attested(the, seed, status):
    """Every event has the first status that fits what is said of it."""
    assert the("events", seed)["attestation"]["status"] == status


@pytest.mark.parametrize("status", sorted({*STATUSES.values()}))
def test_events_by_status(coded, status):
    """A status finds exactly the events that have it."""
    expected = {seed for seed, it in STATUSES.items() if it == status}
    assert seeds(coded, "events", status=status) == expected


def test_what_is_hypothetical_is_counted_nowhere_else(coded, the):
    """An assault that is only threatened is in no count of assaults that took place."""
    war = the("events", "E10")
    assert (war["modality"], war["attestation"]["status"]) == ("hypothetical", "hypothetical")
    assert war["attestation"]["asserted_by"] == 0
    others = "retracted,refuted,confirmed,disputed,denied,corroborated,claimed,reported,unattested"
    counted = coded.get(f"/v1/events?type=assault&status={others}&total=exact").get_json()
    assert counted["total"] == 4
    assert seeds(coded, "events", type="assault", status=others) == {"E6", "E11", "E12", "E14"}
    assert seeds(coded, "events", type="assault", modality="actual") == {"E6", "E11", "E12", "E14"}
    assert seeds(coded, "events", modality="hypothetical") == {"E10"}
    found = explained(coded, war)
    assert behind(found["projecting"]) == {"Taliban": {"S14"}, "Ahmad Massoud": {"S22"}}
    assert behind(found["questioning"]) == {"Ahmad Massoud": {"S18", "S25"}}
    assert [war["attestation"][name] for name in ("questioned_by", "denied_by")] == [1, 0]


def test_what_rests_on_the_local_press_alone(coded, the):
    """The ultimatum is claimed by one unnamed origin, and stands no more without it.

    What answers a report goes before it: to withdraw the report takes both.
    """
    ultimatum = the("events", "E4")
    assert ultimatum["attestation"]["status"] == "claimed"
    assert behind(explained(coded, ultimatum)["asserting"]) == {"local press outlets": {"S10"}}
    s10, s11 = the("statements", "S10"), the("statements", "S11")
    refused = withdraw(coded, s10)
    assert refused.status_code == 409
    [fault] = refused.get_json()["errors"]
    assert f"/v1/statements/{s11['id']} " in fault["detail"]
    assert the("events", "E4")["attestation"] == ultimatum["attestation"]
    assert withdraw(coded, s11).status_code == 204
    assert the("events", "E4")["attestation"] == ultimatum["attestation"]
    assert withdraw(coded, s10).status_code == 204
    after = the("events", "E4")
    assert after["attestation"]["status"] == "unattested"
    assert after["attestation"]["origins"] == 0
    assert explained(coded, after)["asserting"] == []
    assert seeds(coded, "events", status="unattested") == {"E4"}
    assert coded.get(f"/v1/statements/{s10['id']}").status_code == 410
    assert coded.get(f"/v1/statements/{s11['id']}").status_code == 410
    assert seeds(coded, "statements", event=after["id"]) == set()


def test_an_answer_outlives_the_retraction_of_what_it_answers(coded, the):
    """A report is retracted alone: it loses its weight, and the answer to it can still be read."""
    s10, before = the("statements", "S10"), the("events", "E4")["attestation"]
    address = f"/v1/statements/{s10['id']}/retraction"
    reason = {"reason": "The outlets have taken it back."}
    assert coded.put(address, json=reason, headers={"If-Match": "*"}).status_code == 200
    assert the("events", "E4")["attestation"]["status"] == "unattested"
    assert seeds(coded, "statements", event=the("events", "E4")["id"]) == {"S11"}
    s11 = coded.get(f"/v1/statements/{the('statements', 'S11')['id']}?expand=responds_to")
    assert s11.get_json()["responds_to"]["retraction"]["reason"] == reason["reason"]
    assert coded.delete(address, headers={"If-Match": "*"}).status_code == 200
    assert the("events", "E4")["attestation"] == before


def test_an_answer_that_answers_nothing_holds_nothing(coded, the):
    """A report can be withdrawn alone once what answered it no longer does."""
    address = f"/v1/statements/{the('statements', 'S11')['id']}"
    patch = {"responds_to_id": None}
    assert coded.patch(address, json=patch, headers={"If-Match": "*"}).status_code == 200
    assert withdraw(coded, the("statements", "S10")).status_code == 204
    assert seeds(coded, "statements", event=the("events", "E4")["id"]) == {"S11"}


def test_what_answers_what(coded, the):
    """One statement answers another: the refusal answers the report of the ultimatum."""
    answers = {
        it["external_ids"]["seed"]: it["responds_to_id"]
        for it in items(coded, "statements")
        if it["responds_to_id"]
    }
    assert answers == {"S11": the("statements", "S10")["id"]}


def test_who_is_said_to_have_fought_in_baghlan(coded, the):
    """Who denies that it was him, and whom he blames, stand side by side and move no status."""
    baghlan = the("events", "E6")
    assert baghlan["attestation"]["denied_by"] == baghlan["attestation"]["asserted_by"] == 0
    found = explained(coded, baghlan)
    [responsibility] = [it for it in found["aspects"] if it["aspect"] == "responsibility"]
    claims = {
        claim["external_ids"]["seed"]: (claim["stance"], claim["value"], claim["value_name"])
        for claim in responsibility["claims"]
    }
    assert claims == {
        "S31": ("denies", the("actors", "ahmad-massoud")["id"], "Ahmad Massoud"),
        "S32": ("asserts", the("actors", "local-militia-groups")["id"], "Local militia groups"),
    }
    [voice] = found["own_voice"]
    assert [it["external_ids"]["seed"] for it in voice["statements"]] == ["S30"]
    denied = {"event": baghlan["id"], "stance": "denies", "aspect": "responsibility"}
    assert seeds(coded, "statements", **denied) == {"S31"}
    assert (
        seeds(coded, "statements", event=baghlan["id"], stance="denies", aspect="occurrence")
        == set()
    )


def test_what_the_article_says_in_its_own_voice(coded, the):
    """Narration is the document's own voice, and an origin of nothing."""
    assert seeds(coded, "statements", form="narration") == {"S2", "S12", "S30"}
    for seed in ("E3", "E6", "E7"):
        attestation = the("events", seed)["attestation"]
        assert (attestation["documents"], attestation["origins"]) == (1, 0)


def test_which_claims_are_hedged(coded):
    """What is weakened by a word is found by that, and the word is kept."""
    hedged = items(coded, "statements", hedged="true")
    assert {it["external_ids"]["seed"]: it["hedge"] for it in hedged} == {
        "S4": "reports emerged",
        "S10": "local press outlets reported",
        "S21": "according to local media",
        "S22": "according to local media",
        "S30": "reportedly",
    }
    plain = items(coded, "statements", hedged="false")
    assert len(plain) == 27
    assert {it["hedge"] for it in plain} == {None}


def test_which_words_are_verbatim(coded, the):
    """Every direct and partial quote stands in the document, at its offsets in code points."""
    text = coded.get(f"/v1/documents/{the('documents', 'article')['id']}").get_json()["text"]
    assert text
    quoted = items(coded, "statements", form="direct_quote,partial_quote")
    expected = {"S7", "S9", "S14", "S17", "S18", "S20", "S22", "S26", "S27", "S29", "S32"}
    assert {it["external_ids"]["seed"] for it in quoted} == expected
    for statement in quoted:
        assert statement["quote_verified"] is True
        assert text[statement["start"] : statement["end"]] == statement["quote"]
    assert seeds(coded, "statements", quote_verified="true") == expected
    assert seeds(coded, "statements", quote_verified="false") == set()
    for _, report in article.REPORTS:
        if text == report.text:
            spans = {it["external_ids"]["seed"]: (it["start"], it["end"]) for it in quoted}
            assert spans == {seed: report.spans[seed] for seed in expected}


def test_what_is_paraphrased_is_not_verified(coded):
    """Where nothing is quoted there is nothing to verify: that is not known, not false."""
    others = items(coded, "statements", form="paraphrase,narration")
    assert {it["quote_verified"] for it in others} == {None}
    assert {it["quote"] for it in others} == {None}


def test_everything_that_ahmad_massoud_said(coded, the):
    """All that one speaker said is found, with the medium where one is known."""
    massoud = the("actors", "ahmad-massoud")["id"]
    said = items(coded, "statements", speaker=massoud)
    assert {it["external_ids"]["seed"]: it["medium"] for it in said} == MASSOUD
    medium = {"speaker": massoud, "medium": "telephone_interview"}
    assert seeds(coded, "statements", **medium) == {"S17", "S18"}
    carried = {"speaker": massoud, "carrier": the("actors", "reuters")["id"]}
    assert seeds(coded, "statements", **carried) == {"S17", "S18"}


def test_what_was_said_for_the_taliban(coded, the):
    """What spokesmen say counts for whom they speak, and is found under both."""
    taliban = the("actors", "taliban")["id"]
    own = {"S1", "S3", "S5", "S6", "S13"}
    spoken = {"S7", "S8", "S9", "S14", "S26", "S27", "S28", "S29"}
    assert seeds(coded, "statements", speaker=taliban) == own
    assert seeds(coded, "statements", on_behalf_of=taliban) == spoken
    assert seeds(coded, "statements", speaker_affiliated_with=taliban) >= spoken
    unnamed = {"speaker": the("actors", "unnamed-spokesman")["id"]}
    assert seeds(coded, "statements", **unnamed) == {"S14"}
    addressee = the("actors", "al-hadath")["id"]
    assert seeds(coded, "statements", addressee=addressee) == {"S14"}


def test_which_threats_are_conditional(coded, the):
    """What a threatened event depends on is kept with who says so."""
    projected = items(coded, "statements", event=the("events", "E10")["id"], stance="projects")
    assert {it["external_ids"]["seed"]: it["condition"] for it in projected} == {
        "S14": "if mutual understanding does not solve the problems",
        "S22": "if the Taliban refuse dialogue",
    }
    conditional = {
        it["external_ids"]["seed"] for it in items(coded, "statements") if it["condition"]
    }
    assert conditional == {"S14", "S22"}


def test_where_a_speaker_was(coded, the):
    """Where something was said is not where it happened; one interview was given in Panjshir."""
    panjshir = the("locations", "panjshir")["id"]
    for seed in ("S17", "S18"):
        said = the("statements", seed)
        assert (said["location_id"], said["medium"]) == (panjshir, "telephone_interview")
    for place in ("panjshir", "panjshir-province", "afghanistan"):
        location = the("locations", place)["id"]
        assert seeds(coded, "statements", location=location) == {"S17", "S18"}
    assert seeds(coded, "statements", location=the("locations", "kabul")["id"]) == set()


def test_how_many_were_killed_is_not_known(coded, the):
    """Unknown is not zero: no bound on the number of dead finds the fighting in Baghlan."""
    assert the("events", "E6")["fatalities"] is None
    assert seeds(coded, "events", fatalities_min=0) == {"E11"}
    assert seeds(coded, "events", fatalities_min=1) == {"E11"}
    assert seeds(coded, "events", fatalities_min=2) == set()
    for most in (0, 1, 2_147_483_647):
        assert seeds(coded, "events", fatalities_max=most) == set()
    by_number = items(coded, "events", sort="-fatalities")
    assert len(by_number) == 16


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ({}, {"E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E14", "E15"}),
        (
            {"datetime_match": "possible"},
            {"E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E14", "E15"},
        ),
        ({"datetime_match": "certain"}, {"E2", "E4", "E5", "E6"}),
    ],
)
def test_what_possibly_and_what_certainly_happened_in_a_week(coded, match, found):
    """Two lists: what may have happened in these days, and what cannot have otherwise."""
    assert seeds(coded, "events", datetime="2021-08-15/2021-08-22", **match) == found


def test_when_baghlan_was_fought_over(the):
    """Bounds, precision and the words used are all kept."""
    baghlan = the("events", "E6")
    assert (baghlan["starts_on"], baghlan["ends_on"]) == ("2021-08-16", "2021-08-22")
    assert (baghlan["date"], baghlan["date_text"]) == ("2021-08-16/2021-08-22", "last week")


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("panjshir", {"E1", "E2", "E3", "E4", "E7", "E9", "E10"}),
        ("panjshir-pass", {"E15"}),
        ("panjshir-province", {"E1", "E2", "E3", "E4", "E7", "E9", "E10", "E15"}),
        ("baghlan", {"E6", "E14"}),
        ("baghlan-districts", {"E6"}),
        ("kabul", {"E5"}),
        ("afghanistan", {*STATUSES} - {"E11", "E16"}),
        ("saudi-arabia", set()),
    ],
)
def test_what_is_located_in_a_place_and_inside(coded, the, place, found):
    """A place finds what happened there and everywhere inside it, at any depth."""
    location = the("locations", place)["id"]
    assert seeds(coded, "events", location=location) == found
    there = {event["id"] for event in items(coded, "events", location=location)}
    about = {
        it["external_ids"]["seed"]
        for it in items(coded, "statements")
        if there & {claim["event_id"] for claim in it["claims"]}
    }
    assert seeds(coded, "statements", event_location=location) == about


def test_what_lies_in_panjshir_and_beside_it(coded, the):
    """Containment has any depth, borders have two sides, and what has no point is given none."""
    province, baghlan = (the("locations", it)["id"] for it in ("panjshir-province", "baghlan"))
    assert seeds(coded, "locations", within=province) == {"panjshir", "panjshir-pass"}
    assert seeds(coded, "locations", borders=province) == {"baghlan"}
    assert seeds(coded, "locations", borders=baghlan) == {"panjshir-province"}
    assert the("locations", "baghlan-districts")["point"] is None
    assert seeds(coded, "locations", bbox="-180,-90,180,90") == {
        *("afghanistan", "saudi-arabia", "panjshir-province", "panjshir", "kabul", "baghlan")
    }
    assert seeds(coded, "events", country="AF") == {*STATUSES} - {"E11", "E16"}


def test_offers_to_talk_by_side(coded, the):
    """Both sides offer talks; that makes them planned, and asserted by nobody."""
    talks = the("events", "E16")
    assert talks["attestation"]["asserted_by"] == 0
    assert behind(explained(coded, talks)["projecting"]) == {
        "Taliban": {"S6", "S9"},
        "Ahmad Massoud": {"S15", "S17"},
    }
    [intent] = explained(coded, talks)["aspects"]
    assert [
        (claim["external_ids"]["seed"], claim["stance"], claim["value"])
        for claim in intent["claims"]
    ] == [("S21", "projects", "inclusive government")]


def test_what_is_said_of_reports_is_no_denial(coded, the):
    """Who says that nobody has reported clashes does not say that there were none."""
    s25 = the("statements", "S25")
    assert [(it["event_id"], it["stance"], it["aspect"]) for it in s25["claims"]] == [
        (the("events", "E10")["id"], "questions", "occurrence")
    ]
    assert seeds(coded, "statements", stance="denies") == {"S23", "S24", "S31"}


def test_what_claims_nothing_of_any_event(coded):
    """Words that are about no event on record are kept, with no claim made up for them."""
    unclaimed = {
        it["external_ids"]["seed"] for it in items(coded, "statements") if not it["claims"]
    }
    assert unclaimed == {"S7", "S16", "S19", "S20", "S26", "S28", "S29"}


def test_who_mobilises_in_panjshir(coded, the):
    """The local fighters are with the resistance, on its side, which is the coder's inference."""
    names = {actor["id"]: actor["external_ids"]["seed"] for actor in items(coded, "actors")}
    assert [
        (names[it["actor_id"]], it["role"], it["side"], it["certainty"])
        for it in the("events", "E3")["participants"]
    ] == [
        ("nrf", "initiator", "a", None),
        ("local-fighters", "initiator", "a", "probable"),
        ("taliban", "target", "b", None),
    ]
    fighters = the("actors", "local-fighters")["id"]
    assert seeds(coded, "events", actor=fighters) == {"E3", "E9"}


def test_who_fought_on_which_side(coded, the):
    """Sides are told where several fought as no more than participants, surely or probably."""
    names = {actor["id"]: actor["external_ids"]["seed"] for actor in items(coded, "actors")}
    assert {
        names.get(it["actor_id"], it["label"]): (it["side"], it["certainty"])
        for it in the("events", "E12")["participants"]
    } == {
        "ahmad-shah-massoud": ("a", None),
        "haqqani": ("a", "probable"),
        "soviet-union": ("b", None),
    }
    sided = {
        event["external_ids"]["seed"]
        for event in items(coded, "events")
        if any(it["side"] for it in event["participants"] or [])
    }
    assert sided == {"E1", "E3", "E6", "E12"}


def test_how_source_and_words_are_graded(coded, the):
    """An unknown publisher cannot be graded, nor can either word on the siege; others can."""
    assert the("documents", "article")["reliability"] == "F"
    graded = {
        it["external_ids"]["seed"]: it["credibility"]
        for it in items(coded, "statements")
        if it["credibility"] is not None
    }
    assert graded == {**dict.fromkeys(["S1", "S5", "S8", "S23"], 6), "S10": 3, "S30": 2}


def test_what_a_curator_has_verified(coded, the):
    """That Kabul was taken is confirmed by public knowledge; the numbers stay what they are."""
    kabul = the("events", "E5")
    assert kabul["verification"]["level"] == kabul["attestation"]["status"] == "confirmed"
    counted = ("asserted_by", "denied_by", "origins", "documents")
    assert [kabul["attestation"][name] for name in counted] == [0, 0, 0, 1]
    others = [it for it in items(coded, "events") if it["id"] != kabul["id"]]
    assert {it["verification"] for it in others} == {None}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("islamic emirate", {"taliban"}),
        ("Ahmad Masood", {"ahmad-massoud"}),
        ("Ahmad Mas'ud", {"ahmad-massoud"}),
        ("احمد مسعود", {"ahmad-massoud"}),
        ("Ahmad Shah Masoud", {"ahmad-shah-massoud"}),
        ("nrf", {"nrf"}),
    ],
)
def test_who_is_called_that(coded, name, found):
    """Somebody is found by any of the names on record, in any script, before all others."""
    called = items(coded, "actors", name=name)
    assert {each["external_ids"]["seed"] for each in called if each["score"] == 1} == found


def test_who_speaks_for_the_taliban(coded, the):
    """Since when somebody speaks for them is not known, which is not never."""
    taliban = the("actors", "taliban")["id"]
    speaking = {"affiliated_with": taliban, "affiliation_role": "spokesperson"}
    assert seeds(coded, "actors", **speaking) == {"mujahid", "unnamed-spokesman"}
    assert seeds(coded, "actors", **speaking, datetime="2021-08-23") == {
        "mujahid",
        "unnamed-spokesman",
    }
    government = {"affiliated_with": the("actors", "afghan-government")["id"]}
    assert seeds(coded, "actors", **government, datetime="2021-08-22") == {"saleh", "former-troops"}
    assert seeds(coded, "actors", **government, datetime="2021-08-23") == set()
