"""Bundles over HTTP: a whole article in one request, all or nothing."""

from copy import deepcopy
from time import perf_counter

import jsonschema_rs
import orjson
import pytest
from psycopg import sql
from support.parameters import written_out
from support.resources import NOBODY, RECORDS, RESOURCES
from support.service import example

from models import keys


def product():
    """Make a bundle of a few records that refer to each other."""
    return {
        "dataset": "panjshir-2021",
        "documents": [
            {"ref": "article", "title": "…", "published_on": "2021-08-23", "text": "No siege."}
        ],
        "actors": [
            {"ref": "taliban", "name": "Taliban", "kind": "organization"},
            {"ref": "massoud", "name": "Ahmad Massoud", "kind": "person"},
        ],
        "locations": [{"ref": "panjshir", "name": "Panjshir Valley", "kind": "area"}],
        "events": [
            {
                "ref": "siege",
                "title": "…",
                "type": "coerce",
                "date": "2021-08-22/2021-08-23",
                "location_id": "@panjshir",
                "participants": [{"actor_id": "@taliban", "role": "initiator"}],
            }
        ],
        "statements": [
            {
                "ref": "s23",
                "act": "deny",
                "form": "paraphrase",
                "text": "…",
                "speaker_id": "@massoud",
                "document_id": "@article",
                "claims": [{"event_id": "@siege", "stance": "denies", "aspect": "occurrence"}],
            }
        ],
    }


def send(client, bundle, headers=None, **query):
    """Send a bundle."""
    return client.post("/v1/bundles", json=bundle, headers=headers, query_string=query)


def took(client, bundle, status=201, **query):
    """Send a bundle that must be taken, and give what became of it."""
    answer = send(client, bundle, **query)
    assert answer.status_code == status, answer.get_json()
    became = answer.get_json()
    became["unchanged"].pop("datasets", None)  # whether it is counted among them is left open
    return became


def pointers(answer):
    """Take the pointers from a refusal, in order; each fault once."""
    assert answer.status_code == 422, answer.get_json()
    assert answer.mimetype == "application/problem+json"
    return sorted(fault["pointer"] for fault in answer.get_json()["errors"])


def read(client, resource, record_id):
    """Read a record that must stand."""
    answer = client.get(f"/v1/{resource}/{record_id}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def change(client, resource, record_id, **members):
    """Change a record, whatever its version."""
    address = f"/v1/{resource}/{record_id}"
    answer = client.patch(address, json=members, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def withdraw(client, resource, record_id):
    """Withdraw a record, whatever its version."""
    answer = client.delete(f"/v1/{resource}/{record_id}", headers={"If-Match": "*"})
    assert answer.status_code == 204, answer.get_json()


def listed(client, resource, **query):
    """List all records that are found, at most 1,000."""
    answer = client.get(f"/v1/{resource}", query_string={"limit": 1000, **query})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["items"]


def rows(client):
    """Read every row of every table: what is the same before and after was not touched."""
    connection = client.application.extensions["pool"].getconn()
    tables = connection.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()
    assert len(tables) > 10
    return {
        table: sorted(
            row[0]
            for row in connection.execute(
                sql.SQL("SELECT it::text FROM {} AS it").format(sql.Identifier(table))
            )
        )
        for (table,) in tables
    }


def etags(client):
    """Read the ETag of every record: what moved has another one."""
    return {
        (resource, record["id"]): client.get(f"/v1/{resource}/{record['id']}").headers["ETag"]
        for resource in RESOURCES
        for record in listed(client, resource)
    }


def size(bundle):
    """Count a bundle's records by resource, as the answer does."""
    return {resource: len(bundle[resource]) for resource in RECORDS if bundle.get(resource)}


# What is created, and what stays as it is


def test_the_example_of_the_product(client):
    """A bundle creates its dataset and its records, and tells the id of each ref."""
    bundle = product()
    became = took(client, bundle)
    assert became["created"] == {**size(bundle), "datasets": 1}
    assert became["updated"] == became["unchanged"] == became["withdrawn"] == {}
    ids = became["ids"]
    assert ids.keys() == {"article", "taliban", "massoud", "panjshir", "siege", "s23"}
    assert read(client, "datasets", "panjshir-2021")["version"] == 1
    siege = read(client, "events", ids["siege"])
    assert siege["dataset"] == "panjshir-2021"
    assert siege["location_id"] == ids["panjshir"]
    assert siege["participants"][0]["actor_id"] == ids["taliban"]
    assert siege["attestation"]["status"] == "denied"
    s23 = read(client, "statements", ids["s23"])
    assert (s23["speaker_id"], s23["document_id"]) == (ids["massoud"], ids["article"])
    assert s23["claims"][0]["event_id"] == ids["siege"]
    assert "ref" not in siege
    assert "ref" not in s23


def test_the_example_sent_twice_changes_nothing(client):
    """The same bundle changes nothing even where no external ids tell its records."""
    bundle = product()
    first = took(client, bundle)
    before, tags = rows(client), etags(client)
    second = took(client, bundle, status=200)
    assert second["ids"] == first["ids"]
    assert second["unchanged"] == size(bundle)
    assert second["created"] == second["updated"] == second["withdrawn"] == {}
    assert rows(client) == before
    assert etags(client) == tags


def test_the_same_bundle_in_another_order_of_members_is_the_same(client):
    """Neither white space nor the order of members makes another bundle."""
    bundle = product()
    first = took(client, bundle)
    turned = {
        name: [dict(reversed(record.items())) for record in value]
        if isinstance(value, list)
        else value
        for name, value in reversed(bundle.items())
    }
    again = client.post(
        "/v1/bundles",
        data=orjson.dumps(turned, option=orjson.OPT_INDENT_2),
        content_type="application/json",
    )
    assert again.status_code == 200
    assert again.get_json()["ids"] == first["ids"]


def test_the_same_records_in_two_datasets_are_two(client):
    """What is known of a bundle is known within its dataset alone."""
    first = took(client, product())
    second = took(client, product() | {"dataset": "another"})
    assert not {*first["ids"].values()} & {*second["ids"].values()}
    assert len(listed(client, "events")) == 2


def test_panjshir_sent_again_moves_nothing(panjshir):
    """An article sent again moves no version, no ETag, no row."""
    bundle = example()
    before, tags = rows(panjshir), etags(panjshir)
    became = took(panjshir, bundle, status=200)
    assert became["unchanged"] == size(bundle)
    assert became["created"] == became["updated"] == became["withdrawn"] == {}
    assert etags(panjshir) == tags
    after = rows(panjshir)
    assert {name for name in before if before[name] != after[name]} <= {"bundles"}
    assert all(record["version"] == 1 for name in RECORDS for record in listed(panjshir, name))


def test_panjshir_found_by_its_external_ids_alone(panjshir):
    """A bundle that is worded otherwise still finds its records by their external ids."""
    bundle = example()
    ids = took(panjshir, bundle, status=200)["ids"]
    bundle["events"].reverse()
    bundle["statements"].reverse()
    again = took(panjshir, bundle, status=200)
    assert again["ids"] == ids
    assert again["unchanged"] == size(bundle)


def test_null_in_free_attributes_sent_twice_changes_nothing(client):
    """Null is kept in `attributes`, where it is the sender's own, and the second time as well."""
    actor = {"ref": "a", "name": "A", "attributes": {"left": None, "deep": {"right": None}}}
    bundle = {"dataset": "d", "actors": [actor | {"external_ids": {"own": "a"}}]}
    first = took(client, bundle)
    stands = read(client, "actors", first["ids"]["a"])
    second = took(client, bundle, status=200)
    assert second["unchanged"] == {"actors": 1}
    assert read(client, "actors", first["ids"]["a"]) == stands


def test_an_empty_bundle(client):
    """A bundle of nothing but its dataset creates that, once."""
    assert took(client, {"dataset": "d"})["created"] == {"datasets": 1}
    assert took(client, {"dataset": "d"}, status=200)["created"] == {}


def test_only_what_is_new_is_created(client):
    """A bundle that adds to what stands says for each resource what became of it."""
    bundle = product()
    for resource in size(bundle):
        for record in bundle[resource]:
            record["external_ids"] = {"own": record["ref"]}
    took(client, bundle)
    bundle["actors"].append({"ref": "nrf", "name": "NRF", "external_ids": {"own": "nrf"}})
    bundle["events"][0]["title"] = "Siege"
    became = took(client, bundle)
    assert became["created"] == {"actors": 1}
    assert became["updated"] == {"events": 1}
    assert became["unchanged"] == {"documents": 1, "actors": 2, "locations": 1, "statements": 1}
    bundle["events"][0]["title"] = "The siege"
    assert took(client, bundle, status=200)["updated"] == {"events": 1}


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 201)])
def test_a_scope_is_needed(client, scope, status):
    """Who may only read may not send bundles; who may write may, a new dataset included."""
    connection = client.application.extensions["pool"].getconn()
    secret = keys.create(connection, "test", [scope])[1]
    answer = send(client, product(), headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == status
    assert len(listed(client, "datasets")) == (status == 201)


# Faults: all of them at once, and nothing stored


def five_faults():
    """Make a bundle with five different faults, each in another record, and their pointers."""
    bundle = product()
    bundle["documents"][0]["published_on"] = "last week"
    bundle["actors"][1]["kind"] = "persn"
    bundle["events"][0]["location_id"] = "@panjsher"
    bundle["statements"][0]["claims"][0]["event_id"] = NOBODY
    statement = {"act": "deny", "form": "direct_quote", "quote": "a siege", "document_id": "@other"}
    bundle["documents"].append({"ref": "other", "text": "No siege."})
    bundle["statements"].append(statement)
    return bundle, [
        "/actors/1/kind",
        "/documents/0/published_on",
        "/events/0/location_id",
        "/statements/0/claims/0/event_id",
        "/statements/1/quote",
    ]


def test_five_faults_are_one_refusal_and_nothing_is_stored(client):
    """Every fault is listed at once with its pointer, and not one row of any table is left."""
    bundle, expected = five_faults()
    before = rows(client)
    answer = send(client, bundle)
    assert pointers(answer) == expected
    assert answer.get_json()["detail"] == "The body has 5 faults."
    assert rows(client) == before
    assert send(client, bundle, dry_run="true").status_code == 422
    assert rows(client) == before


def test_faults_of_every_kind_are_listed_at_once(client):
    """Faults of refs, datasets, external ids, words, ids and quotes are all in one answer."""
    bundle, expected = five_faults()
    bundle["actors"][0]["dataset"] = "another"
    bundle["actors"] += [
        {"ref": "taliban", "name": "B"},
        {"ref": "no good", "name": "C"},
        {"name": "D", "external_ids": {"own": "d"}},
        {"name": "E", "external_ids": {"own": "d"}},
    ]
    assert pointers(send(client, bundle)) == sorted(
        [
            *expected,
            "/actors/0/dataset",
            "/actors/2/ref",
            "/actors/3/ref",
            "/actors/5/external_ids/own",
        ]
    )


def test_faults_of_the_outline_do_not_hide_those_of_records(client):
    """A member that no bundle has is listed along with the faults of its records."""
    bundle, expected = five_faults()
    answer = send(client, {**bundle, "event": []})
    assert pointers(answer) == sorted(["/event", *expected])


def test_a_wrong_word_does_not_hide_a_wrong_quote(client):
    """All faults of one record are listed at once, what it quotes included."""
    bundle = product()
    bundle["statements"][0] |= {"act": "denny", "quote": "a siege"}
    assert pointers(send(client, bundle)) == ["/statements/0/act", "/statements/0/quote"]


def test_a_fault_late_in_a_bundle_keeps_what_stood(panjshir):
    """A bundle that fails at its last record has changed nothing of what it updates."""
    bundle = example()
    bundle["events"][0]["title"] = "Another title"
    bundle["statements"][-1]["act"] = "denny"
    before = rows(panjshir)
    assert pointers(send(panjshir, bundle)) == ["/statements/31/act"]
    assert rows(panjshir) == before


def broken(path, value):
    """Make the product's bundle with one member set to something else."""
    bundle = product()
    *steps, last = path
    place = bundle
    for step in steps:
        place = place[step]
    if last == len(place):
        place.append(value)
    else:
        place[last] = value
    return bundle


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("events", 0, "location_id"), "@nowhere", "/events/0/location_id"),
        (("events", 0, "location_id"), "@", "/events/0/location_id"),
        (("events", 0, "location_id"), "@taliban", "/events/0/location_id"),
        (("events", 0, "location_id"), "panjshir", "/events/0/location_id"),
        (("events", 0, "location_id"), "@Panjshir", "/events/0/location_id"),
        (("events", 0, "location_id"), NOBODY, "/events/0/location_id"),
        (("events", 0, "part_of_id"), "@s23", "/events/0/part_of_id"),
        (
            ("events", 0, "participants", 0, "actor_id"),
            "@article",
            "/events/0/participants/0/actor_id",
        ),
        (("events", 0, "participants", 0, "actor_id"), "@x", "/events/0/participants/0/actor_id"),
        (
            ("events", 0, "mentions"),
            [{"document_id": "@siege"}],
            "/events/0/mentions/0/document_id",
        ),
        (
            ("events", 0, "verification"),
            {"level": "confirmed", "document_id": "@x"},
            "/events/0/verification/document_id",
        ),
        (("statements", 0, "addressee_ids"), ["@taliban", "@x"], "/statements/0/addressee_ids/1"),
        (("statements", 0, "chain"), [{"actor_id": "@siege"}], "/statements/0/chain/0/actor_id"),
        (("statements", 0, "responds_to_id"), "@siege", "/statements/0/responds_to_id"),
        (("statements", 0, "claims", 0, "event_id"), "@s23", "/statements/0/claims/0/event_id"),
        (("locations", 0, "borders"), ["@taliban"], "/locations/0/borders/0"),
        (("actors", 2), {"ref": "massoud", "name": "A"}, "/actors/2/ref"),
        (("events", 1), {"ref": "taliban", "type": "assault"}, "/events/1/ref"),
        (("actors", 2), {"ref": "", "name": "A"}, "/actors/2/ref"),
        (("actors", 2), {"ref": "@a", "name": "A"}, "/actors/2/ref"),
        (("actors", 2), {"ref": "a b", "name": "A"}, "/actors/2/ref"),
        (("actors", 2), {"ref": 7, "name": "A"}, "/actors/2/ref"),
        (("actors", 2), {"ref": "a\n", "name": "A"}, "/actors/2/ref"),
        (("actors", 2), {"ref": "a" * 101, "name": "A"}, "/actors/2/ref"),
        (("actors", 2), {"ref": ["a"], "name": "A"}, "/actors/2/ref"),
        (("actors", 0, "dataset"), "another", "/actors/0/dataset"),
        (("actors", 0, "dataset"), None, "/actors/0/dataset"),
        (("actors", 0, "external_ids"), {"Own": "a"}, "/actors/0/external_ids/Own"),
        (("actors", 0, "external_ids"), {"own": 7}, "/actors/0/external_ids/own"),
        (("actors", 0, "external_ids"), ["own"], "/actors/0/external_ids"),
        (("actors", 0, "id"), NOBODY, "/actors/0/id"),
        (("actors", 0, "version"), 1, "/actors/0/version"),
        (("events", 0, "attestation"), {"status": "denied"}, "/events/0/attestation"),
        (("events", 0, "titel"), "A", "/events/0/titel"),
        (("events", 0, "mode"), "troops", "/events/0/mode"),
        (("events", 1), "siege", "/events/1"),
        (("events", 1), None, "/events/1"),
        (("statements",), None, "/statements"),
        (("statements",), {}, "/statements"),
        (("dataset",), "No Slug", "/dataset"),
        (("dataset",), None, "/dataset"),
    ],
)
def test_one_fault_is_named_where_it_is(client, path, value, pointer):
    """A fault is refused with the pointer to the very value, and nothing is stored."""
    before = rows(client)
    assert pointers(send(client, broken(path, value))) == [pointer]
    assert rows(client) == before


def test_a_missing_dataset_is_a_fault(client):
    """A bundle has a dataset."""
    assert pointers(send(client, {"actors": [{"name": "A"}]})) == ["/dataset"]


def test_a_bundle_is_an_object(client):
    """What is no object is no bundle."""
    assert pointers(client.post("/v1/bundles", json=[])) == [""]


def test_the_example_as_abbreviated_names_the_actor_it_lacks(client):
    """A ref that nothing in the bundle has is a fault, and so is one that only looks known."""
    bundle = product()
    del bundle["actors"][1]
    answer = send(client, bundle)
    assert pointers(answer) == ["/statements/0/speaker_id"]
    assert "@massoud" in answer.get_json()["errors"][0]["detail"]


def test_a_near_miss_names_what_was_meant(client):
    """A word that is nearly right is answered with the right one."""
    answer = send(client, broken(("actors", 1, "kind"), "persn"))
    assert "person" in answer.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize("item", ["names", "affiliations", "participants", "claims", "mentions"])
def test_null_among_the_items_of_a_list_is_no_item(client, item):
    """A list of parts has no part that is null; the service refuses it, and does not fail."""
    holders = {"names": "actors", "affiliations": "actors", "claims": "statements"}
    resource = holders.get(item, "events")
    bundle = product()
    bundle[resource][0][item] = [None]
    assert pointers(send(client, bundle)) == [f"/{resource}/0/{item}/0"]


def test_a_quote_that_is_not_in_the_text(client):
    """A quote that does not stand in its document is a fault of that very statement."""
    bundle = product()
    quoting = {"act": "deny", "form": "direct_quote", "document_id": "@article"}
    bundle["statements"] += [
        quoting | {"quote": "No siege"},
        quoting | {"quote": "siege", "start": 3, "end": 8},
        quoting | {"quote": "a siege"},
        quoting | {"quote": "siege", "start": 2},
    ]
    answer = send(client, bundle)
    assert pointers(answer) == ["/statements/3/quote", "/statements/4/quote"]
    assert {fault["code"] for fault in answer.get_json()["errors"]} == {"mismatch"}


def test_a_mention_that_is_not_in_the_text(client):
    """What an event's mention quotes is held against the document, too."""
    bundle = product()
    bundle["events"][0]["mentions"] = [
        {"document_id": "@article", "quote": "siege"},
        {"document_id": "@article", "quote": "a siege"},
    ]
    assert pointers(send(client, bundle)) == ["/events/0/mentions/1/quote"]


def test_two_records_with_the_same_external_id(client):
    """One external id names one record of a resource; of two resources it may name two."""
    same = {"own": "a"}
    bundle = product()
    bundle["actors"] += [{"name": "A", "external_ids": same}, {"name": "B", "external_ids": same}]
    assert pointers(send(client, bundle)) == ["/actors/3/external_ids/own"]
    bundle = product()
    bundle["actors"][0]["external_ids"] = same
    bundle["events"][0]["external_ids"] = same
    took(client, bundle)


def test_external_ids_of_two_records(client):
    """A record cannot be two that stand; what was sent says which ones it names."""
    ids = took(
        client,
        {
            "dataset": "d",
            "actors": [
                {"ref": "a", "name": "A", "external_ids": {"own": "a"}},
                {"ref": "b", "name": "B", "external_ids": {"other": "b"}},
            ],
        },
    )["ids"]
    both = {"name": "AB", "external_ids": {"own": "a", "other": "b"}}
    answer = send(client, {"dataset": "d", "actors": [{"name": "C"}, both]})
    assert pointers(answer) == ["/actors/1/external_ids"]
    assert all(one in answer.get_json()["errors"][0]["detail"] for one in ids.values())
    took(client, {"dataset": "another", "actors": [both]})


def test_two_records_that_turn_out_to_be_one(client):
    """Two records whose different external ids are held by the same record are a fault."""
    held = {"own": "a", "other": "b"}
    took(client, {"dataset": "d", "actors": [{"name": "A", "external_ids": held}]})
    actors = [
        {"name": "A", "external_ids": {"own": "a"}},
        {"name": "B", "external_ids": {"other": "b"}},
    ]
    assert pointers(send(client, {"dataset": "d", "actors": actors})) == ["/actors/1"]


def test_locations_that_lie_in_each_other(client):
    """A circle of parents is refused where it is closed, and nothing is stored."""
    bundle = {
        "dataset": "d",
        "locations": [
            {"ref": "a", "name": "A", "parent_id": "@b"},
            {"ref": "b", "name": "B", "parent_id": "@c"},
            {"ref": "c", "name": "C", "parent_id": "@a"},
        ],
    }
    before = rows(client)
    [pointer] = pointers(send(client, bundle))
    assert pointer in {f"/locations/{position}/parent_id" for position in range(3)}
    assert rows(client) == before


def test_a_location_in_itself(client):
    """No location lies in itself."""
    bundle = {"dataset": "d", "locations": [{"ref": "a", "name": "A", "parent_id": "@a"}]}
    assert pointers(send(client, bundle)) == ["/locations/0/parent_id"]


# Refs: in any order, and both ways


def test_refs_in_any_order(client):
    """Records may name others that come before or after them, in whatever order they are sent."""
    straight = product()
    turned = dict(reversed(straight.items())) | {"dataset": "turned"}
    turned["actors"] = [*reversed(turned["actors"])]
    one, other = took(client, straight), took(client, turned)
    for ids in (one["ids"], other["ids"]):
        assert read(client, "statements", ids["s23"])["speaker_id"] == ids["massoud"]
        assert read(client, "events", ids["siege"])["location_id"] == ids["panjshir"]


def test_actors_that_are_affiliated_with_each_other(client):
    """A may be affiliated with B, and B with A."""
    ids = took(
        client,
        {
            "dataset": "d",
            "actors": [
                {"ref": "a", "name": "A", "affiliations": [{"actor_id": "@b", "role": "child_of"}]},
                {
                    "ref": "b",
                    "name": "B",
                    "affiliations": [{"actor_id": "@a", "role": "parent_of"}],
                },
            ],
        },
    )["ids"]
    for one, other in (("a", "b"), ("b", "a")):
        assert read(client, "actors", ids[one])["affiliations"][0]["actor_id"] == ids[other]
        [found] = listed(client, "actors", affiliated_with=ids[other])
        assert found["id"] == ids[one]


def test_locations_in_reverse_order_that_border_each_other(client):
    """Children may come before their parents, and borders may be told from both sides."""
    bundle = {
        "dataset": "d",
        "events": [
            {"ref": "e", "type": "assault", "location_id": "@village"},
            {"ref": "f", "type": "assault", "location_id": "@east"},
        ],
        "locations": [
            {"ref": "village", "name": "Village", "parent_id": "@valley"},
            {"ref": "valley", "name": "Valley", "parent_id": "@west"},
            {"ref": "west", "name": "West", "parent_id": "@country", "borders": ["@east"]},
            {"ref": "east", "name": "East", "parent_id": "@country", "borders": ["@west"]},
            {"ref": "country", "name": "Country", "country": "AF"},
        ],
    }
    ids = took(client, bundle)["ids"]
    inside = {record["id"] for record in listed(client, "locations", within=ids["country"])}
    assert inside == {ids[ref] for ref in ("village", "valley", "west", "east")}
    inside = {record["id"] for record in listed(client, "locations", within=ids["west"])}
    assert inside == {ids["valley"], ids["village"]}
    for one, other in (("west", "east"), ("east", "west")):
        assert [it["id"] for it in listed(client, "locations", borders=ids[one])] == [ids[other]]
    assert {it["id"] for it in listed(client, "events", country="AF")} == {ids["e"], ids["f"]}
    assert [it["id"] for it in listed(client, "events", location=ids["west"])] == [ids["e"]]
    assert took(client, bundle, status=200)["unchanged"] == {"events": 2, "locations": 5}


def test_events_related_both_ways_and_to_themselves_through_parts(client):
    """Events may name each other both ways, and a statement one that stands behind it."""
    answering = {"act": "deny", "form": "paraphrase"}
    bundle = {
        "dataset": "d",
        "events": [
            {
                "ref": "a",
                "type": "assault",
                "part_of_id": "@b",
                "related": [{"event_id": "@b", "relation": "follows"}],
            },
            {
                "ref": "b",
                "type": "assault",
                "related": [{"event_id": "@a", "relation": "causes"}],
            },
        ],
        "statements": [
            {"ref": "s", **answering, "responds_to_id": "@t"},
            {"ref": "t", **answering},
        ],
    }
    ids = took(client, bundle)["ids"]
    for one, other in (("a", "b"), ("b", "a")):
        assert read(client, "events", ids[one])["related"][0]["event_id"] == ids[other]
    assert read(client, "statements", ids["s"])["responds_to_id"] == ids["t"]
    assert took(client, bundle, status=200)["unchanged"] == {"events": 2, "statements": 2}


def test_ids_may_stand_beside_refs(client):
    """Records that stand already are named by their ids, in whatever case they are written."""
    ids = took(client, product())["ids"]
    more = {
        "dataset": "panjshir-2021",
        "actors": [{"ref": "mujahid", "name": "Zabihullah Mujahid"}],
        "statements": [
            {
                "ref": "s8",
                "act": "assert",
                "form": "paraphrase",
                "speaker_id": "@mujahid",
                "on_behalf_of_id": ids["taliban"].upper(),
                "claims": [{"event_id": ids["siege"], "stance": "asserts", "aspect": "occurrence"}],
            }
        ],
    }
    became = took(client, more)
    assert became["created"] == {"actors": 1, "statements": 1}
    stands = read(client, "statements", became["ids"]["s8"])
    assert stands["speaker_id"] == became["ids"]["mujahid"]
    assert stands["on_behalf_of_id"] == ids["taliban"]
    assert read(client, "events", ids["siege"])["attestation"]["status"] == "disputed"


def test_a_ref_is_no_id_outside_of_a_bundle(client):
    """Refs mean something within their bundle alone, not in the next one."""
    took(client, product())
    later = {"dataset": "panjshir-2021", "events": [{"type": "coerce", "location_id": "@panjshir"}]}
    assert pointers(send(client, later)) == ["/events/0/location_id"]


# What is claimed of an aspect


def claiming(aspect, value):
    """Make the product's bundle with a claim of a value."""
    bundle = product()
    bundle["statements"][0]["claims"] = [
        {"event_id": "@siege", "stance": "asserts", "aspect": aspect, "value": value}
    ]
    return bundle


@pytest.mark.parametrize(
    ("aspect", "ref"), [("responsibility", "taliban"), ("location", "panjshir")]
)
def test_a_claim_of_who_or_where_may_be_a_ref(client, aspect, ref):
    """Who is said to have done it, and where, may be a record of the same bundle."""
    ids = took(client, claiming(aspect, f"@{ref}"))["ids"]
    assert read(client, "statements", ids["s23"])["claims"][0]["value"] == ids[ref]
    explained = client.get(f"/v1/events/{ids['siege']}/attestation").get_json()
    [claim] = explained["aspects"][0]["claims"]
    assert claim["value"] == ids[ref]
    assert claim["value_name"] in {"Taliban", "Panjshir Valley"}
    resource = "actors" if ref == "taliban" else "locations"
    refused = client.delete(f"/v1/{resource}/{ids[ref]}", headers={"If-Match": "*"})
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("aspect", "value"),
    [
        ("responsibility", "@nobody"),
        ("responsibility", "@panjshir"),
        ("responsibility", NOBODY),
        ("location", "@nowhere"),
        ("location", "@taliban"),
        ("location", NOBODY),
    ],
)
def test_a_claim_of_who_or_where_that_names_nothing_is_a_fault(client, aspect, value):
    """A ref in a claim's value is held against the bundle like any other."""
    answer = send(client, claiming(aspect, value))
    assert pointers(answer) == ["/statements/0/claims/0/value"]


@pytest.mark.parametrize(
    ("aspect", "value"),
    [
        ("degree", "@taliban"),
        ("fatalities", 0),
        ("fatalities", {"low": None, "best": 3, "high": None}),
        ("date", "2021-08-22"),
        ("intent", None),
    ],
)
def test_a_claim_of_anything_else_is_kept_as_it_is(client, aspect, value):
    """What is claimed of an aspect is kept as sent, and sent again it changes nothing."""
    bundle = claiming(aspect, value)
    ids = took(client, bundle)["ids"]
    assert read(client, "statements", ids["s23"])["claims"][0]["value"] == value
    assert took(client, bundle, status=200)["unchanged"] == size(bundle)


# Records that stand already


def test_members_that_are_sent_replace_and_others_stay(client):
    """An update sets what was sent, leaves the rest, and unites the external ids."""
    first = {
        "ref": "a",
        "name": "A",
        "description": "Armed.",
        "kind": "organization",
        "tags": ["x", "y"],
        "attributes": {"left": 1, "right": 2},
        "external_ids": {"own": "a"},
    }
    ids = took(client, {"dataset": "d", "actors": [first]})["ids"]
    second = {
        "name": "B",
        "kind": None,
        "tags": ["z"],
        "attributes": {"right": 3},
        "external_ids": {"own": "a", "wikidata": "Q1"},
    }
    became = took(client, {"dataset": "d", "actors": [second]}, status=200)
    assert became["updated"] == {"actors": 1}
    stands = read(client, "actors", ids["a"])
    assert (stands["name"], stands["description"], stands["version"]) == ("B", "Armed.", 2)
    assert stands["kind"] is None
    assert stands["tags"] == ["z"]
    assert stands["attributes"] == {"left": 1, "right": 3}
    assert stands["external_ids"] == {"own": "a", "wikidata": "Q1"}
    third = {"name": "C", "external_ids": {"wikidata": "Q1"}}
    assert took(client, {"dataset": "d", "actors": [third]}, status=200)["updated"]
    assert [it["name"] for it in listed(client, "actors", external_id="own:a")] == ["C"]
    assert read(client, "actors", ids["a"])["external_ids"] == {"own": "a", "wikidata": "Q1"}


def test_a_needed_member_may_be_left_out_of_an_update(client):
    """Where the record stands, what it has need not be sent again."""
    external_ids = {"own": "e"}
    event = {"ref": "e", "type": "assault", "title": "A", "external_ids": external_ids}
    ids = took(client, {"dataset": "d", "events": [event]})["ids"]
    update = {"dataset": "d", "events": [{"title": "B", "external_ids": external_ids}]}
    assert took(client, update, status=200)["updated"] == {"events": 1}
    stands = read(client, "events", ids["e"])
    assert (stands["type"], stands["title"]) == ("assault", "B")


def test_the_verification_of_a_curator_survives(panjshir, found):
    """What a curator judged stays when the article comes in again, changed or not."""
    siege = found("events", "E1")
    verification = {"level": "confirmed", "note": "Seen.", "document_id": None}
    curated = change(panjshir, "events", siege["id"], verification=verification)
    assert curated["attestation"]["status"] == "confirmed"
    bundle = example()
    assert took(panjshir, bundle, status=200)["unchanged"] == size(bundle)
    assert read(panjshir, "events", siege["id"]) == curated
    bundle["events"][0]["title"] = "Another title"
    assert took(panjshir, bundle, status=200)["updated"] == {"events": 1}
    stands = read(panjshir, "events", siege["id"])
    assert (stands["title"], stands["version"]) == ("Another title", 3)
    assert stands["verification"] == verification
    assert stands["attestation"]["status"] == "confirmed"


def test_a_change_of_a_curator_is_replaced_where_the_bundle_says_otherwise(panjshir, found):
    """Members that a bundle sends are set, whoever set them before."""
    siege = found("events", "E1")
    change(panjshir, "events", siege["id"], title="Encirclement", description="Mine.")
    became = took(panjshir, example(), status=200)
    assert became["updated"] == {"events": 1}
    assert read(panjshir, "events", siege["id"])["title"] == siege["title"]


def test_the_attestation_follows_an_update(panjshir, found):
    """A claim that an update takes back is counted no more, one that it adds is."""
    bundle = example()
    statement = next(it for it in bundle["statements"] if it["ref"] == "s23")
    statement["claims"] = [
        {"event_id": "@ultimatum", "stance": "denies", "aspect": "occurrence"},
    ]
    assert took(panjshir, bundle, status=200)["updated"] == {"statements": 1}
    assert found("events", "E1")["attestation"]["status"] == "claimed"
    assert found("events", "E4")["attestation"]["status"] == "disputed"


def test_what_was_withdrawn_stays_withdrawn(panjshir, found):
    """An article sent again does not bring back what somebody withdrew, and says so."""
    s11, s10 = found("statements", "S11"), found("statements", "S10")
    for statement in (s11, s10):  # the answer before what it answers
        withdraw(panjshir, "statements", statement["id"])
    bundle = example()
    became = took(panjshir, bundle, status=200)
    assert became["withdrawn"] == {"statements": 2}
    assert became["unchanged"] == {**size(bundle), "statements": 30}
    assert became["created"] == became["updated"] == {}
    for ref, statement in (("s10", s10), ("s11", s11)):
        assert became["ids"][ref] == statement["id"]
        assert panjshir.get(f"/v1/statements/{statement['id']}").status_code == 410
    assert found("events", "E4")["attestation"]["status"] == "unattested"


def test_what_was_withdrawn_stays_so_without_external_ids(client):
    """Also records that are known by the bundle alone stay withdrawn."""
    bundle = product()
    ids = took(client, bundle)["ids"]
    withdraw(client, "statements", ids["s23"])
    became = took(client, bundle, status=200)
    assert became["withdrawn"] == {"statements": 1}
    assert became["ids"] == ids
    assert read(client, "events", ids["siege"])["attestation"]["status"] == "unattested"


def test_what_was_withdrawn_cannot_be_referred_to(client):
    """A record that stays withdrawn is named by no other of its bundle."""
    bundle = product()
    bundle["actors"].append({"ref": "extra", "name": "X", "external_ids": {"own": "x"}})
    ids = took(client, bundle)["ids"]
    withdraw(client, "actors", ids["extra"])
    later = {
        "dataset": "panjshir-2021",
        "actors": [{"ref": "extra", "name": "X", "external_ids": {"own": "x"}}],
        "statements": [{"act": "deny", "form": "paraphrase", "speaker_id": "@extra"}],
    }
    assert pointers(send(client, later)) == ["/statements/0/speaker_id"]


def test_a_new_text_of_a_document_is_held_against_what_quotes_it(client):
    """Quotes that a new text no longer has are marked, and found again where that is asked for."""
    quoting = {"ref": "q", "act": "deny", "form": "direct_quote", "document_id": "@d"}
    document = {"ref": "d", "text": "There is no siege.", "external_ids": {"own": "d"}}
    bundle = {
        "dataset": "d",
        "documents": [document],
        "statements": [quoting | {"quote": "no siege", "external_ids": {"own": "q"}}],
    }
    ids = took(client, bundle)["ids"]
    stands = read(client, "statements", ids["q"])
    assert (stands["start"], stands["end"], stands["quote_verified"]) == (9, 17, True)
    document["text"] = "There is a siege."
    took(client, {"dataset": "d", "documents": [document]}, status=200)
    assert read(client, "statements", ids["q"])["quote_verified"] is False
    document["text"] = "We said: there is no siege."
    took(client, bundle, status=200)
    stands = read(client, "statements", ids["q"])
    assert (stands["start"], stands["end"], stands["quote_verified"]) == (9, 17, False)
    bundle["statements"][0] |= {"start": None, "end": None}
    took(client, bundle, status=200)
    stands = read(client, "statements", ids["q"])
    assert (stands["start"], stands["end"], stands["quote_verified"]) == (18, 26, True)


# Safe to try, and safe to repeat


def test_a_dry_run_keeps_nothing_and_answers_the_same(client):
    """With dry_run everything is checked and answered, and no row of any table is left."""
    bundle = product()
    before = rows(client)
    tried = took(client, bundle, dry_run="true")
    assert rows(client) == before
    assert not listed(client, "datasets")
    assert all(
        client.get(f"/v1/{resource}/{tried['ids'][bundle[resource][0]['ref']]}").status_code == 404
        for resource in size(bundle)
    )
    done = took(client, bundle)
    assert done.keys() == tried.keys()
    assert done["ids"].keys() == tried["ids"].keys()
    assert {name: done[name] for name in done if name != "ids"} == {
        name: tried[name] for name in tried if name != "ids"
    }
    after = rows(client)
    assert took(client, bundle, status=200, dry_run="true")["unchanged"] == size(bundle)
    assert rows(client) == after


def test_a_dry_run_of_an_update_keeps_nothing(panjshir):
    """What a dry run would change stands as it did, and so do attestations."""
    bundle = example()
    bundle["events"][0]["title"] = "Another title"
    bundle["statements"] = [it for it in bundle["statements"] if it["ref"] != "s23"]
    bundle["statements"][0]["claims"] = []
    before = rows(panjshir)
    became = took(panjshir, bundle, status=200, dry_run="true")
    assert became["updated"] == {"events": 1, "statements": 1}
    assert rows(panjshir) == before


def test_the_same_idempotency_key_is_answered_the_same(client):
    """A replay gets the first answer, even where the bundle would now be answered otherwise."""
    headers = {"Idempotency-Key": "one"}
    first = send(client, product(), headers=headers)
    assert first.status_code == 201
    before = rows(client)
    second = send(client, product(), headers=headers)
    assert (second.status_code, second.data) == (201, first.data)
    assert rows(client) == before
    other = send(client, product() | {"dataset": "another"}, headers=headers)
    assert other.status_code == 422
    assert rows(client) == before


def test_a_refused_bundle_does_not_use_up_its_idempotency_key(client):
    """A bundle that was refused, or only tried, may be mended and sent under the same key."""
    headers = {"Idempotency-Key": "one"}
    assert send(client, five_faults()[0], headers=headers).status_code == 422
    assert send(client, product(), headers=headers, dry_run="true").status_code == 201
    assert send(client, product(), headers=headers).status_code == 201


# The schema


@pytest.fixture
def schema(client):
    """Read the JSON Schema of a bundle, as it is served."""
    answer = client.get("/v1/bundles/schema")
    assert answer.status_code == 200
    return answer.get_json()


@pytest.fixture
def validator(schema):
    """Make a validator of the schema alone, which can fetch nothing."""

    def never(address):
        raise AssertionError(address)

    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, retriever=never)


def parts(schema):
    """Walk through every schema within a schema."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


def test_the_schema_is_valid_and_self_contained(schema):
    """The schema is one of JSON Schema 2020-12 and refers to nothing outside of itself."""
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)
    refs = {part["$ref"] for part in parts(schema) if isinstance(part.get("$ref"), str)}
    assert refs == {f"#/$defs/{name}" for name in schema["$defs"]}


def test_the_schema_describes_every_member(schema):
    """Whoever fills it in, a person or a model, is told what each member means."""
    names = {
        f"{name}.{member}"
        for name, part in {"Bundle": schema, **schema["$defs"]}.items()
        for member, of in part.get("properties", {"": part}).items()
        if not of.get("description") and "$ref" not in of
    }
    assert not names


def test_the_schema_has_nothing_that_its_type_does_not_know(schema):
    """A limit that a validator would ignore, such as the length of an object, is no limit."""
    known = {
        "string": {"maxLength", "minLength", "pattern", "format"},
        "array": {"maxItems", "minItems", "items"},
        "object": {"maxProperties", "properties", "additionalProperties", "propertyNames"},
        "integer": {"maximum", "minimum", "format"},
        "number": {"maximum", "minimum", "format"},
    }
    wrong = [
        (part.get("description"), word)
        for part in parts(schema)
        if isinstance(kinds := part.get("type"), (str, list))
        for word in {*part} & set().union(*known.values())
        if not any(
            word in known.get(one, ()) for one in ([kinds] if kinds == str(kinds) else kinds)
        )
    ]
    assert not wrong


def test_the_schema_takes_the_reference_article(validator):
    """What the service takes, the schema takes."""
    assert [error.message for error in validator.iter_errors(example())] == []
    assert validator.is_valid(product())
    assert validator.is_valid({"dataset": "d"})


STRUCTURE = [
    (("dataset",), "No Slug"),
    (("dataset",), "a" * 65),
    (("dataset",), 7),
    (("event",), []),
    (("events",), None),
    (("events",), {}),
    (("events", 0), "siege"),
    (("events", 0), None),
    (("events", 0, "titel"), "A"),
    (("events", 0, "id"), NOBODY),
    (("events", 0, "version"), 1),
    (("events", 0, "starts_on"), "2021-08-22"),
    (("events", 0, "attestation"), None),
    (("events", 0, "type"), "siege"),
    (("events", 0, "type"), None),
    (("events", 0, "modality"), None),
    (("events", 0, "title"), ""),
    (("events", 0, "title"), "a" * 2001),
    (("events", 0, "title"), 7),
    (("events", 0, "fatalities"), 7),
    (("events", 0, "fatalities"), {"low": -1}),
    (("events", 0, "fatalities"), {"low": 1.5}),
    (("events", 0, "fatalities"), {"low": "1"}),
    (("events", 0, "fatalities"), {"least": 1}),
    (("events", 0, "fatalities"), {"low": 2_147_483_648}),
    (("events", 0, "participants"), {}),
    (("events", 0, "participants"), [None]),
    (("events", 0, "participants", 0, "role"), "boss"),
    (("events", 0, "participants", 0, "actor_id"), 7),
    (("events", 0, "contexts"), ["war"]),
    (("events", 0, "contexts"), [None]),
    (("events", 0, "codes"), [{"scheme": "cameo"}]),
    (("events", 0, "codes"), [{"scheme": "cameo", "code": 10}]),
    (("events", 0, "mentions"), [{}]),
    (("events", 0, "tags"), None),
    (("events", 0, "tags"), [7]),
    (("events", 0, "tags"), [""]),
    (("events", 0, "tags"), ["a" * 201]),
    (("events", 0, "attributes"), None),
    (("events", 0, "attributes"), []),
    (("events", 0, "external_ids"), None),
    (("events", 0, "external_ids"), {"own": 7}),
    (("events", 0, "external_ids"), {"own": ""}),
    (("events", 0, "external_ids"), {"own": "a" * 501}),
    (("events", 0, "external_ids"), {"Own": "a"}),
    (("events", 0, "external_ids"), {"": "a"}),
    (("events", 0, "external_ids"), {f"own{n}": "a" for n in range(101)}),
    (("events", 0, "ref"), "a b"),
    (("events", 0, "ref"), "a" * 101),
    (("events", 0, "ref"), 7),
    (("events", 0, "verification"), {"level": "maybe"}),
    (("actors", 0, "name"), None),
    (("actors", 0, "country"), "Afghanistan"),
    (("actors", 0, "names"), ["A"]),
    (("actors", 0, "names"), [None]),
    (("actors", 0, "names"), [{"name": "A", "script": "Latin"}]),
    (("actors", 2), {"kind": "person"}),
    (("locations", 0, "point"), [0.0]),
    (("locations", 0, "point"), "0,0"),
    (("locations", 0, "geometry"), {"type": "Circle"}),
    (("locations", 0, "borders"), [None]),
    (("documents", 0, "reliability"), "G"),
    (("documents", 0, "text_sha256"), "abc"),
    (("documents", 0, "url"), "no address"),
    (("statements", 0, "act"), None),
    (("statements", 0, "form"), "quote"),
    (("statements", 0, "credibility"), 0),
    (("statements", 0, "credibility"), 7),
    (("statements", 0, "credibility"), True),
    (("statements", 0, "start"), -1),
    (("statements", 0, "claims"), [None]),
    (("statements", 0, "claims"), [{"event_id": "@siege", "stance": "denies"}]),
    (("statements", 0, "quote_verified"), True),
]
"""What is wrong by its structure alone."""


@pytest.mark.parametrize(("path", "value"), STRUCTURE)
def test_the_schema_refuses_what_the_service_refuses(client, validator, path, value):
    """What is wrong by its structure alone, both refuse."""
    bundle = product()
    *steps, last = path
    place = bundle
    for step in steps:
        place = place[step]
    if isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    assert send(client, bundle, dry_run="true").status_code == 422
    assert not validator.is_valid(bundle)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("actors",), []),
        (("events", 0, "fatalities"), {"low": 1}),
        (("events", 0, "fatalities"), None),
        (("events", 0, "participants"), None),
        (("events", 0, "participants"), []),
        (("events", 0, "participants", 0, "size"), {"text": "hundreds"}),
        (("events", 0, "dataset"), "panjshir-2021"),
        (("events", 0, "external_ids"), {"a.b_c-1": "a"}),
        (("events", 0, "attributes"), {"any": [None, {"thing": 1.5}]}),
        (("events", 0, "ref"), "A.b_c-1"),
        (("locations", 0, "point"), [69, 35.5]),
        (("locations", 0, "geometry"), {"type": "Point", "coordinates": [69, 35.5]}),
        (("locations", 0, "country"), "XK"),
        (("documents", 0, "language"), "prs-AF"),
        (("statements", 0, "credibility"), 6),
        (("statements", 0, "claims", 0, "value"), None),
        (("statements", 0, "chain"), [{"label": "local press"}]),
    ],
)
def test_the_schema_takes_what_the_service_takes(client, validator, path, value):
    """What may be left out, empty, or of several kinds, both take."""
    bundle = product()
    if path == ("actors",):
        del bundle["events"][0]["participants"]
        del bundle["statements"][0]["speaker_id"]
    if path == ("events", 0, "ref"):
        bundle["statements"][0]["claims"][0]["event_id"] = f"@{value}"
    *steps, last = path
    place = bundle
    for step in steps:
        place = place[step]
    place[last] = value
    assert [error.message for error in validator.iter_errors(bundle)] == []
    answer = send(client, bundle, dry_run="true")
    assert answer.status_code == 201, answer.get_json()


NEEDED = {
    *("modality", "type", "act", "form", "role", "stance", "aspect", "relation", "level"),
    ("casualties", 0, "kind"),
}
"""Words without which a part would not be one, or that have a default: null is none of them."""


def words(schema, name, seen=("#/$defs/GeometryInput",)):
    """Walk through the words that a part may have: the path to each list of them, and the list.

    Types of geometries are left out, for each wants other coordinates.
    """
    for member, of in schema["$defs"][name].get("properties", {}).items():
        if "enum" in of:
            yield (member,), of["enum"]
        inner = of.get("items", of)
        if "enum" in inner and inner is not of:
            yield (member, 0), inner["enum"]
        for part in parts(inner):
            if isinstance(part.get("$ref"), str) and part["$ref"] not in seen:
                below = part["$ref"].rpartition("/")[2]
                deeper = (member, 0) if "items" in of else (member,)
                for path, known in words(schema, below, (*seen, part["$ref"])):
                    yield (*deeper, *path), known


def minimal(schema, name):
    """Make the least that is taken of a part: what it needs, as its examples have it."""
    part = schema["$defs"][name]
    made = {}
    for member in part.get("required", ()):
        of = part["properties"][member]
        made[member] = of["enum"][0] if "enum" in of else of["examples"][0]
    for member in {"actor_id", "event_id", "document_id", "location_id"} & made.keys():
        made[member] = "@" + {"actor_id": "massoud", "event_id": "siege"}.get(
            member, {"document_id": "article", "location_id": "panjshir"}.get(member, "")
        )
    if name in {"ParticipantInBundle", "CarrierInBundle"}:
        made["label"] = "somebody"
    if name == "ClaimInBundle":
        made["event_id"] = "@siege"
    return made


def holding(schema, name, path, word):
    """Make a record that has a word at a path."""
    made = minimal(schema, name)
    place, of = made, schema["$defs"][name]
    for step, following in zip(path, (*path[1:], None), strict=True):
        if step == 0:
            continue
        inner = of["properties"][step]
        if following is None:
            place[step] = word
        elif following == 0 and len(path) - path.index(step) == 2:
            place[step] = [word]
        else:
            target = next(p["$ref"] for p in parts(inner) if isinstance(p.get("$ref"), str))
            below = target.rpartition("/")[2]
            part = minimal(schema, below)
            place[step] = [part] if following == 0 else part
            place, of = part, schema["$defs"][below]
    return made


@pytest.mark.parametrize("resource", RECORDS)
def test_every_word_of_the_schema_is_known_to_the_service(client, schema, validator, resource):
    """Each word that the schema lists is taken, and one that it does not list is refused."""
    schema = written_out(schema, schema)
    name = schema["properties"][resource]["items"]["$ref"].rpartition("/")[2]
    lists = [*words(schema, name)]
    assert lists
    base = {resource: [], **product()}
    position = len(base[resource])
    for path, known in lists:
        bundle = deepcopy(base)
        bundle[resource] += [holding(schema, name, path, word) for word in known]
        assert [error.message for error in validator.iter_errors(bundle)] == []
        answer = send(client, bundle, dry_run="true")
        assert answer.status_code == 201, (path, answer.get_json())
        bundle = deepcopy(base)
        bundle[resource].append(holding(schema, name, path, "no-such-word"))
        assert not validator.is_valid(bundle)
        step = "/".join(map(str, path))
        refused = send(client, bundle, dry_run="true")
        assert pointers(refused) == [f"/{resource}/{position}/{step}"]
        if NEEDED.isdisjoint({path, path[-1]}) and path[-1] != 0:
            assert None in known, path


# Much of it


def test_a_thousand_events_and_two_thousand_statements(client):
    """A large article is loaded in one request, in reasonable time, and counted right."""
    events, actors = 1_000, 50
    bundle = {
        "dataset": "large",
        "documents": [{"ref": "d", "text": "There is no siege."}],
        "actors": [{"ref": f"a{n}", "name": f"Actor {n}"} for n in range(actors)],
        "locations": [
            {"ref": f"l{n}", "name": f"Place {n}", **({"parent_id": f"@l{n // 2}"} if n else {})}
            for n in range(50)
        ],
        "events": [
            {
                "ref": f"e{n}",
                "type": "assault",
                "date": f"2021-08-{n % 28 + 1:02}",
                "location_id": f"@l{n % 50}",
                "participants": [{"actor_id": f"@a{n % actors}", "role": "initiator"}],
                "external_ids": {"own": str(n)},
            }
            for n in range(events)
        ],
        "statements": [
            {
                "act": "assert",
                "form": "partial_quote",
                "quote": "no siege",
                "speaker_id": f"@a{(n + n // events) % actors}",
                "document_id": "@d",
                "claims": [
                    {"event_id": f"@e{n % events}", "stance": stance, "aspect": "occurrence"}
                ],
            }
            for n in range(2 * events)
            for stance in [("asserts", "denies")[n % 3 == 0]]
        ],
    }
    started = perf_counter()
    became = took(client, bundle)
    loaded = perf_counter()
    again = took(client, bundle, status=200)
    ended = perf_counter()
    megabytes = len(orjson.dumps(bundle)) / 1e6
    print(  # noqa: T201 - pytest shows it with -rP
        f"1,000 events + 2,000 statements ({megabytes:.1f} MB): new {loaded - started:.1f} s,"
        f" unchanged {ended - loaded:.1f} s"
    )
    assert became["created"]["events"] == events
    assert became["created"]["statements"] == 2 * events
    assert again["unchanged"] == size(bundle)
    assert max(loaded - started, ended - loaded) < 60
    for n in range(0, events, 97):
        stances = sorted(("asserts", "denies")[m % 3 == 0] for m in (n, n + events))
        status = {"a": "corroborated", "d": "disputed"}[stances[-1][0]]
        found = read(client, "events", became["ids"][f"e{n}"])["attestation"]
        assert found["status"] == ("denied" if stances[0] == "denies" else status)


def test_what_a_merged_record_gave_is_not_given_twice(client):
    """A bundle that sends again what a record was given by a merge changes nothing."""
    code = {"scheme": "cameo", "code": "190"}
    sent = {
        "dataset": "d",
        "events": [
            {"ref": name, "type": "aid", "external_ids": {"test": name}, "codes": codes}
            for name, codes in (("one", []), ("other", [code]))
        ],
    }
    ids = client.post("/v1/bundles", json=sent).get_json()["ids"]
    path = f"/v1/events/{ids['other']}/merge"
    assert client.post(path, json={"into": ids["one"]}).status_code == 200
    sent["events"][0]["codes"] = [code]
    answer = client.post("/v1/bundles", json=sent).get_json()
    assert (answer["unchanged"], answer["merged"]) == ({"events": 1}, {"events": 1})
    assert len(client.get(f"/v1/events/{ids['one']}").get_json()["codes"]) == 1
