"""Copies over HTTP: what one agency said is counted once, however often it was printed."""

import pytest
from support.crowds import Crowd, statuses
from support.records import STAR, Records

from models.derived import copies

COUNTS = ("asserted_by", "denied_by", "origins", "documents")


class Desk(Records):
    """An event, and what documents and speakers say of it."""

    def __init__(self, client):
        """Make the event."""
        super().__init__(client)
        self.event = self.make("events")

    def say(self, stance="asserts", **more):
        """Make a statement on the occurrence of the event; give its id."""
        claims = [{"event_id": self.event, "stance": stance, "aspect": "occurrence"}]
        return self.make("statements", claims=claims, **more)

    def mention(self, *documents):
        """Let the event be reported by documents."""
        self.change("events", self.event, mentions=[{"document_id": one} for one in documents])

    def counts(self):
        """Give the numbers of the event, which its explanation has, too."""
        attestation = self.read("events", self.event)["attestation"]
        explained = self.explained()
        assert {name: explained[name] for name in attestation} == attestation
        assert len(explained["asserting"]) == attestation["asserted_by"]
        assert len(explained["own_voice"]) == attestation["documents"]
        return tuple(attestation[name] for name in COUNTS)

    def explained(self, **query):
        """Explain the attestation of the event."""
        address = f"/v1/events/{self.event}/attestation"
        return self.expect(200, self.client.get(address, query_string=query))


@pytest.fixture
def desk(client):
    """Give an event of which nothing is said yet."""
    return Desk(client)


def test_an_agency_report_printed_nine_times(desk):
    """Nine documents that reprint a report are one, and so is the resident in all of them."""
    agency = desk.make("actors", name="Reuters")
    report = desk.make("documents", title="Report", publisher_id=agency, text="They came at dawn.")
    papers = [
        desk.make("documents", copy_of_id=report, text=f"They came at dawn, says paper {number}.")
        for number in range(9)
    ]
    desk.mention(*papers)
    for paper in papers:
        desk.say(speaker_label="a resident", document_id=paper)
    assert desk.counts() == (1, 0, 1, 1)
    explained = desk.explained()
    assert explained["own_voice"][0]["copies"] == papers[1:]
    assert explained["asserting"][0]["carriers"] == [{"actor_id": agency, "name": "Reuters"}]
    assert explained["carriers"]["asserting"]["summary"] == "1 origin, through Reuters."
    assert desk.ids("documents", copy_of=report, sort="created_at") == papers
    shown = desk.read("documents", papers[0], expand="copy_of")
    assert shown["copy_of"]["title"] == "Report"
    # The title of the event is changed: who counts by now does not depend on when it is counted.
    desk.change("documents", papers[4], copy_of_id=None)
    assert desk.counts() == (2, 0, 2, 2)


def test_two_residents_through_one_agency(desk):
    """Two origins stay two, and it is said that both came through the same agency."""
    agency, paper = (desk.make("actors", name=name) for name in ("Reuters", "The Daily"))
    within = desk.make("documents", publisher_id=paper)
    for label in ("a shopkeeper", "a teacher"):
        desk.say(speaker_label=label, chain=[{"actor_id": agency}], document_id=within)
    assert desk.counts() == (2, 0, 2, 0)
    asserting = desk.explained()["carriers"]["asserting"]
    assert asserting["summary"] == "2 origins, both through Reuters and The Daily."
    assert [one["actor_id"] for one in asserting["shared"]] == [agency, paper]
    desk.say(speaker_label="a driver", chain=[{"actor_id": agency}])
    asserting = desk.explained()["carriers"]["asserting"]
    assert asserting["summary"] == "3 origins, all through Reuters."
    desk.say(speaker_label="a neighbour")
    assert desk.explained()["carriers"]["asserting"] == {
        "origins": 4,
        "carriers": 2,
        "shared": [],
        "summary": "4 origins, through 2 carriers; of 1 none is known.",
    }


@pytest.mark.parametrize(
    ("origins", "summary"),
    [
        ([], None),
        ([[]], "1 origin, no carrier known."),
        ([[], []], "2 origins, no carrier known."),
        ([["AP"], ["ap "]], "2 origins, both through AP."),
        ([["AP"], ["AFP"], ["AP"]], "3 origins, through 2 carriers."),
        ([["AP"], []], "2 origins, through 1 carrier, not all of them; of 1 none is known."),
        ([["speaker"]], "1 origin, no carrier known."),
    ],
)
def test_carriers_in_words(desk, origins, summary):
    """A sentence says through whom those who deny came, and keeps apart what nobody knows."""
    for carriers in origins:
        speaker = desk.make("actors")
        chain = [
            {"actor_id": speaker} if name == "speaker" else {"label": name} for name in carriers
        ]
        desk.say("denies", speaker_id=speaker, chain=chain)
    assert desk.explained()["carriers"]["denying"]["summary"] == summary


@pytest.mark.parametrize(
    ("role", "held", "said", "listed"),
    [
        ("spokesperson", "2007/..", "2021-08-22", True),
        ("spokesperson", "2007/2020", "2021-08-22", False),
        ("member", None, "2021-08-22", True),
        ("leader", "2021", None, True),
        ("leader", "2020", None, False),
        ("opponent_of", "2007/..", "2021-08-22", False),
    ],
)
def test_a_spokesman_beside_his_movement(desk, role, held, said, listed):
    """Who then spoke for another origin is told, with the dates; the counts stay as they are."""
    desk.change("events", desk.event, date="2021-08-22")
    movement = desk.make("actors", name="Movement")
    affiliation = {"actor_id": movement, "role": role, "title": "the voice", "date": held}
    man = desk.make("actors", name="Spokesman", affiliations=[affiliation])
    desk.say(speaker_id=man, date=said)
    desk.say("denies", speaker_id=movement, date=said)
    assert desk.counts() == (1, 1, 2, 0)
    then = desk.now()
    related = desk.explained()["related"]
    expected = {"actor_id": man, "actor": "Spokesman", "role": role, "title": "the voice"}
    expected |= {"of_id": movement, "of": "Movement", "date": held}
    assert related == ([expected] if listed else [])
    desk.change("actors", man, affiliations=[])
    assert desk.explained()["related"] == []
    assert desk.explained(as_of=then)["related"] == related


def test_who_speaks_on_behalf_of_another_is_one_origin_with_it(desk):
    """Within one origin there is no pair."""
    movement = desk.make("actors")
    man = desk.make("actors", affiliations=[{"actor_id": movement, "role": "spokesperson"}])
    desk.say(speaker_id=man, on_behalf_of_id=movement)
    desk.say(speaker_id=movement)
    assert desk.counts() == (1, 0, 1, 0)
    assert desk.explained()["related"] == []


def test_same_texts_and_reprints_are_one_class(desk):
    """A copy of a copy, and what has the text of either, are all one, and part again."""
    first = desk.make("documents", text="One.")
    second = desk.make("documents", text="Two.", copy_of_id=first)
    third = desk.make("documents", copy_of_id=second)
    twin = desk.make("documents", text="Two.")
    other = desk.make("documents", text="Three.")
    desk.mention(first, third, twin, other)
    assert desk.counts()[3] == 2
    desk.change("documents", second, text="Two!")
    assert desk.counts()[3] == 3
    desk.change("documents", second, text="Two.")
    assert desk.counts()[3] == 2
    desk.change("documents", twin, text="Three.")
    assert desk.counts()[3] == 2
    desk.change("documents", second, text="Three.", copy_of_id=other)
    assert desk.counts()[3] == 2
    # A document that is neither said nor mentioned ties the others, until it is withdrawn.
    tie = desk.make("documents", text="One.", copy_of_id=third)
    assert desk.counts()[3] == 1
    desk.withdraw("documents", tie)
    assert desk.counts()[3] == 2
    desk.revert("documents", tie, 1)
    assert desk.counts()[3] == 1
    desk.expect(409, desk.client.delete(f"/v1/documents/{other}", headers=STAR))


def test_documents_tied_in_one_bundle(desk):
    """Ties that several new documents make together are counted for those that stood before."""
    first, other = (desk.make("documents", text=text) for text in ("One.", "Two."))
    third = desk.make("documents")
    desk.mention(first, other, third)
    assert desk.counts()[3] == 3
    sent = {
        "dataset": "d",
        "documents": [
            {"ref": "a", "text": "Ties.", "copy_of_id": first},
            {"ref": "b", "text": "Ties.", "copy_of_id": "@c"},
            {"ref": "c", "text": "Two."},
        ],
        "events": [
            {
                "type": "aid",
                "external_ids": {"n": "1"},
                "mentions": [{"document_id": one} for one in ("@a", "@b", other, third)],
            }
        ],
    }
    desk.expect(201, desk.client.post("/v1/bundles", json=sent))
    assert desk.counts()[3] == 2
    [new] = desk.ids("events", external_id="n:1")
    assert desk.read("events", new)["attestation"]["documents"] == 2


def test_a_copy_of_a_retracted_report(desk):
    """A copy stands though its original was retracted: it counts, and that is said, with why."""
    report = desk.make("documents", title="Report")
    paper = desk.make("documents", title="Paper", copy_of_id=report)
    desk.say(speaker_label="a resident", document_id=report)
    desk.say(speaker_label="A  Resident", document_id=paper)
    desk.mention(report, paper)
    assert desk.counts() == (1, 0, 1, 1)
    then = desk.now()
    desk.retract("documents", report, reason="The photos were taken in 2019.")
    assert desk.counts() == (1, 0, 1, 1)
    assert desk.explained()["copies_of_retracted"] == [
        {
            "document_id": paper,
            "title": "Paper",
            "original_id": report,
            "original_title": "Report",
            "reason": "The photos were taken in 2019.",
        }
    ]
    assert desk.explained(as_of=then)["copies_of_retracted"] == []
    desk.retract("documents", paper)
    assert desk.counts() == (0, 0, 0, 0)
    assert desk.explained()["copies_of_retracted"] == []


def test_a_past_explanation_of_copies(desk):
    """Copies of then are explained as copies as of then, whatever has become of them."""
    report, paper = desk.make("documents"), desk.make("documents")
    desk.mention(report, paper)
    desk.change("documents", paper, copy_of_id=report)
    then = desk.now()
    desk.change("documents", paper, copy_of_id=None)
    assert desk.counts()[3] == 2
    found = desk.explained(as_of=then)
    assert (found["documents"], len(found["own_voice"])) == (1, 1)
    seen = desk.read("events", desk.event, as_of=then)["attestation"]
    assert seen == {name: found[name] for name in seen}


def test_one_report_that_all_have_reprinted(desk):
    """Copies are found by their index, also where nearly all that there is are copies of one."""
    report = desk.make("documents")
    papers = [{"copy_of_id": report, "text": f"Paper {number}"} for number in range(300)]
    sent = {"dataset": "d", "documents": papers}
    desk.expect(201, desk.client.post("/v1/bundles", json=sent))
    connection = desk.client.application.extensions["pool"].getconn()
    connection.execute("ANALYZE documents")
    asked = {"ids": [report], "texts": [], "without_text": [], "without_copy": []}
    plan = connection.execute(f"EXPLAIN {copies.GROUP}", asked).fetchall()
    assert not [line for (line,) in plan if "Seq Scan" in line]
    assert len(copies.group(connection, [report])) == 301


def test_copies_made_at_once(fresh):
    """Two who make copies of each other's originals count what both have done."""
    crowd = Crowd(*fresh)
    desk = Desk(crowd.one)
    for _ in range(6):
        first, middle, last = (desk.make("documents") for _ in range(3))
        desk.mention(first, last)
        answers = crowd.together(
            *[
                lambda client, of=of, to=to: client.patch(
                    f"/v1/documents/{of}", json={"copy_of_id": to}, headers=STAR
                )
                for of, to in ((first, middle), (middle, last))
            ]
        )
        assert statuses(answers) == {200: 2}
        assert desk.counts()[3] == 1
