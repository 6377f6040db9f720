"""Failures of the network and the service, and answers that are kept."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from wire import HOME, answer, asking, cut, refusal, whole, wire

from attest_client import (
    Client,
    NotFound,
    PreconditionFailed,
    Refused,
    Retry,
    TooManyRequests,
    Unavailable,
    Unreachable,
    Unreadable,
)
from attest_client._cache import Cache
from attest_client._retry import after
from attest_client._stream import Reader

MINE = {"id": "mine", "name": "Mine"}
READ = {"get": lambda datasets: datasets.get("mine")}
SAFE = READ | {
    "create": lambda datasets: datasets.create(MINE),
    "put": lambda datasets: datasets.put("mine", {"name": "Mine"}),
    "replace": lambda datasets: datasets.replace("mine", {"name": "Mine"}, if_match='"1.0"'),
    "patch": lambda datasets: datasets.patch("mine", {"name": "Mine"}, if_match='"1.0"'),
}


@pytest.mark.parametrize("call", SAFE)
@pytest.mark.parametrize("failure", [refusal(503), refusal(502), refusal(429), cut])
def test_what_is_done_once_is_sent_again(call, failure):
    """A read, or a write that the service knows again, is repeated until it is answered."""
    with asking(failure, failure, answer()) as (client, seen):
        assert SAFE[call](client.datasets).name == "Mine"
    assert len(seen) == 3
    assert len({str(headers) for _, _, headers, _ in seen}) == 1  # one Idempotency-Key, too
    assert len({sent for _, _, _, sent in seen}) == 1


@pytest.mark.parametrize(("failure", "raised"), [(refusal(503), Unavailable), (cut, Unreachable)])
def test_what_may_be_done_twice_is_not_sent_again(failure, raised):
    """A write with nothing to know it by is left to the caller."""
    with asking(failure) as (client, seen), pytest.raises(raised):
        client.datasets.unassess("mine")
    assert len(seen) == 1


def test_it_gives_up():
    """After so many attempts, the last answer is the exception."""
    with (
        asking(*[refusal(503)] * 3) as (client, _),
        pytest.raises(Unavailable, match="Not now") as refused,
    ):
        client.datasets.get("mine")
    assert refused.value.attempts == 3


def test_refusals_are_not_repeated():
    """A request that is refused for its faults is not sent again."""
    with asking(refusal(404)) as (client, _), pytest.raises(NotFound):
        client.datasets.get("mine")


def test_a_write_sent_twice_says_so():
    """The 412 may be the client's own doing: the first answer was lost."""
    with asking(cut, refusal(412)) as (client, _), pytest.raises(PreconditionFailed) as refused:
        client.datasets.patch("mine", {"name": "Mine"}, if_match='"1.0"')
    assert refused.value.attempts == 2


def test_nobody_is_there():
    """Nothing was sent, so anything may be sent again; in the end it is told."""
    with wire() as (url, _):
        pass
    retry = Retry(attempts=3, first=0.001)
    with Client(url, retry=retry) as client, pytest.raises(Unreachable, match="3 times"):
        client.datasets.unassess("mine")


def test_the_service_says_how_long_to_wait():
    """`Retry-After` is waited for, and longer than one will wait ends it at once."""
    began = time.monotonic()
    with asking(refusal(503, Retry_After="1"), answer()) as (client, _):
        client.datasets.get("mine")
    assert 1 <= time.monotonic() - began < 3
    with (
        asking(refusal(429, Retry_After="3600")) as (client, _),
        pytest.raises(TooManyRequests),
    ):
        client.datasets.get("mine")


def test_waiting_grows_at_random_up_to_a_bound():
    """Twice as long each time, never beyond the longest, and not all clients at once."""
    retry = Retry(attempts=10, first=1, longest=5)
    waits = {n: [retry.seconds(n) for _ in range(200)] for n in range(1, 10)}
    assert [max(waits[n]) <= most for n, most in ((1, 1), (2, 2), (3, 4), (9, 5))] == [True] * 4
    assert max(waits[9]) > 4
    assert min(waits[9]) < 1
    assert retry.seconds(10) is None


@pytest.mark.parametrize(
    ("header", "seconds"), [("2", 2), ("0.5", 0.5), ("-1", 0), ("soon", None), (None, None)]
)
def test_retry_after_is_read(header, seconds):
    """Seconds, or what cannot be read and is left alone."""
    assert after(header) == seconds


def test_retry_after_is_a_date():
    """It may be a date as well."""
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    assert 18 < after(then) <= 20


def test_a_proxy_that_is_no_service():
    """An answer that is no problem is told as it is."""
    with (
        asking(answer("Bad host", 421)) as (client, _),
        pytest.raises(Refused, match='421: "Bad host"') as refused,
    ):
        client.datasets.get("mine")
    assert (refused.value.errors, refused.value.request_id) == ((), None)


def test_what_is_kept_is_asked_for_by_its_etag():
    """A 304 is answered with what was kept, under the very same question alone."""
    known = answer(ETag='"1.0"'), answer(status=304, ETag='"1.0"'), answer(ETag='"1.0-a"')
    with asking(*known) as (client, seen):
        first, second = client.datasets.get("mine"), client.datasets.get("mine")
        client.datasets.get("mine", fields=["name"])
        assert first == second
        assert client.datasets.etag(second) == '"1.0"'
    assert [headers["If-None-Match"] for _, _, headers, _ in seen] == [None, '"1.0"', None]


def test_what_is_kept_has_a_bound():
    """The records used last stay; one larger than the whole cache is not kept."""
    cache = Cache(10)
    for name in "abc":
        cache.put(name, "1", b"1234")
        cache.get("a")
    assert [cache.get(name) is not None for name in "abc"] == [True, False, True]
    cache.put("a", "2", b"12345678901")
    assert (cache.get("a"), cache.bytes, len(cache)) == (None, 4, 1)


def test_the_key_goes_to_the_service_alone():
    """A redirect to another host does not take the key along."""
    with wire(answer()) as (other, seen):
        elsewhere = f"{other}/v1/datasets/mine".replace("127.0.0.1", "localhost")
        with asking(answer(status=308, Location=elsewhere), key="secret") as (client, first):
            assert client.datasets.get("mine").name == HOME["name"]
    assert first[0][2]["Authorization"] == "Bearer secret"
    assert seen[0][2]["Authorization"] is None


@pytest.mark.parametrize("id_", ["", ".", ".."])
def test_an_id_leads_nowhere_else(id_):
    """A step of a path that is dropped, or goes up, would reach another resource."""
    with asking() as (client, _), pytest.raises(ValueError, match="no id"):
        client.datasets.delete(id_, if_match="*")


def test_an_id_is_one_step():
    """Whatever stands in it, it is read as an id."""
    with asking(answer(), answer()) as (client, seen):
        client.datasets.get("../keys?a#b")
        client.datasets.get("%2e%2e")
    paths = [path for _, path, _, _ in seen]
    assert paths == ["/v1/datasets/..%2Fkeys%3Fa%23b", "/v1/datasets/%252e%252e"]


def test_headers_are_lines_of_any_language():
    """A comment is sent as UTF-8; one that would begin another header is sent to nobody."""
    with asking(answer(), key="secret\n") as (client, seen):
        client.datasets.create(MINE, comment="Gezählt, von Hand: 数.")
        for broken in ("a\r\nX: y", "a\x00"):
            with pytest.raises(ValueError, match="Edit-Comment is one line"):
                client.datasets.create(MINE, comment=broken)
    sent = seen[0][2]
    assert sent["Edit-Comment"].encode("latin-1").decode() == "Gezählt, von Hand: 数."
    assert sent["Authorization"] == "Bearer secret"
    with pytest.raises(ValueError, match="key is one line"):
        Client("http://127.0.0.1", "a\nX: y")


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_write_that_became_a_read_was_not_done(status):
    """Redirects turn some writes into reads, whose answers say nothing of the write."""
    moved = answer(status=status, Location="/elsewhere"), answer()
    with asking(*moved) as (client, seen), pytest.raises(Refused, match="Nothing was") as refused:
        client.datasets.create(MINE)
    assert (refused.value.status, seen[1][0]) == (status, "GET")


@pytest.mark.parametrize(
    ("content", "raised"), [(b"<html>Log in</html>", "Log in"), (b"[" * 100_000, "begins with")]
)
def test_what_is_no_json_is_shown(content, raised):
    """A proxy's page with 200 is no record."""
    with asking(whole(content)) as (client, _), pytest.raises(Unreadable, match=raised):
        client.datasets.get("mine")


def test_answers_have_an_end(monkeypatch):
    """An answer beyond the limit, compressed or not, is not read to its end."""
    monkeypatch.setattr("attest_client._sync.transport.MOST_BYTES", 1000)
    with asking(whole(b"1" * 2000)) as (client, _), pytest.raises(Unreadable, match="1,000"):
        client.datasets.get("mine")


def test_lists_have_an_end():
    """A page that leads to itself would be read for ever."""
    page = answer({"items": [HOME], "next_cursor": "x"})
    with asking(page, page) as (client, _), pytest.raises(Unreadable, match="to itself"):
        list(client.datasets.list())


def test_a_path_is_of_the_service():
    """The key is not sent to an address that stands where a path should."""
    with asking(key="secret") as (client, _), pytest.raises(ValueError, match="no path"):
        client.request("GET", "http://127.0.0.1:1/v1/events")


@pytest.mark.parametrize(
    "answers",
    [[answer(Content_Encoding="gzip")], [answer(status=308, Location="/v1/datasets/mine")] * 21],
    ids=["packed", "loop"],
)
def test_what_cannot_be_followed_is_told(answers):
    """Packed otherwise than it says, or redirected for ever: asking again would not help."""
    with asking(*answers) as (client, _), pytest.raises(Unreachable, match="once"):
        client.datasets.get("mine")


def test_an_address_without_a_scheme_is_told_at_once():
    """Nothing can be sent there, however often."""
    with Client("localhost:8000") as client, pytest.raises(Unreachable, match="sent once"):
        client.datasets.get("mine")


def test_a_stream_is_read_by_lines_of_its_own():
    """Only a line feed ends a line; waits have a bound, and ids fit into a header."""
    reader = Reader(None)
    text = (
        'data: {"a":"\u2028\x85é"}\nid: 1\r\nid: 2\x0b\nretry: 99999999999999999999\nretry: ²\n\n'
    )
    pieces = [text.encode()[at : at + 1] for at in range(len(text.encode()))]
    [sent] = [sent for piece in pieces for sent in reader.read(piece)]
    assert (sent.id, sent.data) == ("1", '{"a":"\u2028\x85é"}')
    assert reader.retry == 60
    assert list(reader.read(b"retry: 0\n")) == []
    assert reader.retry == 0.1
