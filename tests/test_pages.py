"""The pages for people: each answers, says what the API says, and links to what there is."""

import re
import shlex
import time
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from itertools import pairwise
from unittest.mock import patch
from urllib.parse import unquote

import psycopg
import pytest
from support.service import client_on

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

PAGES = [
    *("/", "/events", "/statements", "/documents", "/actors", "/locations", "/datasets"),
    *("/datasets/panjshir-2021", "/releases", "/vocabularies", "/changes", "/search"),
    *("/search?q=siege", "/sign-in"),
]

LISTS = ["events", "statements", "documents", "actors", "locations"]


def seen(client, path, status=200, **more):
    """Read a page as a browser does, and check the headers that every page has."""
    headers = BROWSER | more.pop("headers", {})
    answer = client.get(path, headers=headers, checked=False, **more)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    if status != 304:
        assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    return answer


def text_of(client, path, status=200):
    """Read the text of a page."""
    return seen(client, path, status).get_data(as_text=True)


def listed(text, resource):
    """List the ids of a page's rows, in their order."""
    # What stands before the rows are filters and pictures, which link to lists.
    return [*dict.fromkeys(re.findall(rf'href="/{resource}/([0-9a-f-]{{36}})', text))]


def first(client, resource, query=""):
    """Give the first record of a list."""
    return client.get(f"/v1/{resource}?limit=1{query}").get_json()["items"][0]


@pytest.mark.parametrize("path", PAGES)
def test_pages(panjshir, path):
    """Each page is there, with one heading of the first rank, and nothing in it acts by itself."""
    text = text_of(panjshir, path)
    assert text.count("<h1") == 1
    assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=|<style", text)


@pytest.mark.parametrize("resource", LISTS)
def test_records(panjshir, resource):
    """Each record has a page, which leads to its data."""
    for record in panjshir.get(f"/v1/{resource}?limit=200&retracted=include").get_json()["items"]:
        text = text_of(panjshir, f"/{resource}/{record['id']}")
        assert f'href="/v1/{resource}/{record["id"]}"' in text


@pytest.mark.parametrize("as_of", ["", "as_of="])
def test_every_link_answers(panjshir, as_of):
    """Every link from page to page leads somewhere, and keeps the instant that is read."""
    if as_of:
        as_of += first(panjshir, "events", "&sort=-updated_at")["updated_at"]
    known, further = {}, {f"/?{as_of}"}
    for _ in range(2):
        found = set()
        for path in further - known.keys():
            answer = panjshir.get(path, headers=BROWSER, checked=False, follow_redirects=True)
            known[path] = answer.status_code
            if answer.mimetype == "text/html":
                text = answer.get_data(as_text=True)
                links = {unescape(each) for each in re.findall(r'href="(/[^"#]*)', text)}
                pages = {each for each in links if re.match(r"/(events|statements|actors)", each)}
                present = [each for each in pages if "as_of=" not in each]
                assert as_of not in path or not as_of or len(present) <= 1, (
                    path
                )  # the one that leads to the present
                found |= links
        further = found
    assert {path: status for path, status in known.items() if status != 200} == {}
    assert len(known) > 30


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        ("events", "status=disputed,denied"),
        ("events", "datetime=2021-08-15/2021-08-22&datetime_match=certain"),
        ("events", "q=siege OR talks&sort=starts_on"),
        ("events", "type=assault&retracted=include"),
        ("events", "filter=type='coerce'"),
        ("events", "bbox=170,-10,-170,60"),
        ("statements", "stance=denies"),
        ("actors", "name=Masoud"),
        ("locations", "kind=admin1"),
        ("documents", "language=en"),
    ],
)
def test_a_list_is_that_of_the_api(panjshir, resource, query):
    """A page lists what the line of curl that it shows gives, in the same order."""
    text = text_of(panjshir, f"/{resource}?{query}")
    [shown] = re.findall(
        r"curl &#39;<span>http://localhost(.*?)</span>|curl '<span>http://localhost(.*?)</span>",
        text,
    )
    records = panjshir.get(unescape("".join(shown))).get_json()["items"]
    assert [each["id"] for each in records] == listed(text, resource)
    assert panjshir.get(f"/v1/{resource}?{query}").get_json()["items"] == records


def test_counts_are_those_of_the_list(panjshir):
    """A facet counts as many events as its choice would list with the other filters."""
    for query in ("", "&status=disputed", "&datetime=2021-08", "&type=assault,coerce&country=AF"):
        text = text_of(panjshir, f"/events?limit=1{query}")
        boxes = re.findall(r'name="(\w+)" value="([^"]+)".*?<span class="n">([\d,]+)</span>', text)
        assert boxes
        for facet, value, number in boxes:
            others = re.sub(rf"&{facet}=[^&]*", "", query)
            asked = f"/v1/events?total=exact&limit=1{others}&{facet}={value}"
            total = panjshir.get(asked).get_json()["total"]
            assert f"{total:,}" == number, (query, facet, value)
        total = panjshir.get(f"/v1/events?total=exact&limit=1{query}").get_json()["total"]
        assert re.search(rf"<h1>{total} events?</h1>", text)


def test_counts_of_datasets(panjshir, found):
    """Datasets are counted as lists count them: without what was retracted or withdrawn."""
    event = found("events", "E1")
    answer = panjshir.put(
        f"/v1/events/{event['id']}/retraction",
        json={"reason": "An error."},
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 200
    total = panjshir.get("/v1/events?total=exact&limit=1").get_json()["total"]
    text = text_of(panjshir, "/datasets")
    assert f'<a href="/events?dataset=panjshir-2021">{total}</a>' in text


def test_a_page_says_when_it_has_not_changed(panjshir):
    """A page is sent once: until a record changes, whoever has it is answered 304."""
    event = first(panjshir, "events")
    for path in ("/", "/events", "/events?status=disputed", f"/events/{event['id']}", "/changes"):
        tag = seen(panjshir, path).headers["ETag"]
        assert seen(panjshir, path).headers["ETag"] == tag
        seen(panjshir, path, 304, headers={"If-None-Match": tag})
        # The tag of a record is none of the page's.
        record = f'"{event["version"]}.0"'
        seen(panjshir, path, headers={"If-None-Match": record, "If-Match": '"7"'})
        panjshir.patch(
            f"/v1/events/{event['id']}",
            json={"title": f"Seen at {path}"},
            headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
        )
        again = seen(panjshir, path, headers={"If-None-Match": tag})
        assert again.headers["ETag"] != tag


def test_what_was_known(panjshir, found):
    """A page as of an instant says what was known then, and its history nothing later."""
    event = found("events", "E1")
    before = event["updated_at"]
    answer = panjshir.patch(
        f"/v1/events/{event['id']}",
        json={"title": "Called otherwise"},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200
    now = text_of(panjshir, f"/events/{event['id']}")
    assert "Called otherwise" in now
    assert f"as_of={before}" in now  # in the history
    assert "Changed: title" in now
    then = text_of(panjshir, f"/events/{event['id']}?as_of={before}")
    assert "Called otherwise" not in then
    assert "Changed: title" not in then
    assert event["title"] in then
    assert "as of" in then


def test_what_was_known_a_while_ago(panjshir, found):
    """A form asks for what was known an hour, a day or a week ago, of the same selection."""
    one = found("events", "E1")["id"]
    for path, period, hours in (
        ("/events?status=disputed", "hour", 1),
        (f"/events/{one}", "week", 168),
    ):
        joined = "&" if "?" in path else "?"
        answer = panjshir.get(f"{path}{joined}ago={period}", headers=BROWSER, checked=False)
        assert answer.status_code == 302
        target, _, as_of = answer.headers["Location"].partition("as_of=")
        assert target == f"{path}{joined}"
        passed = datetime.now(UTC) - datetime.fromisoformat(as_of)
        assert timedelta(0) <= passed - timedelta(hours=hours) < timedelta(minutes=1)
    assert "ago" in text_of(panjshir, "/events?ago=ever", 400)


@pytest.mark.parametrize("resource", LISTS)
def test_lines_that_write(panjshir, resource):
    """A page writes nothing, but the lines that it shows for that do what they say."""
    path = f"/{resource}/{first(panjshir, resource)['id']}"
    lines = re.findall(r"<code>(curl -X [A-Z]+ .*?)</code>", text_of(panjshir, path))
    sent = [shlex.split(unescape(line)) for line in lines if "_id" not in line]
    assert [words[2] for words in sent] == ["PATCH", "PUT"]
    for _, _, method, address, *words in sent:
        headers = dict(each.split(": ") for flag, each in pairwise(words) if flag == "-H")
        assert headers.pop("Authorization") == "Bearer …"
        answer = panjshir.open(
            address.removeprefix("http://localhost"), method=method, headers=headers, data=words[-1]
        )
        assert answer.status_code == 200, answer.get_json()
    text = text_of(panjshir, path)
    assert "Retracted: …" in text


def test_a_text_that_is_too_long(panjshir):
    """A text as long as a book is cut, and the page says so."""
    document = {
        "dataset": "panjshir-2021",
        "title": "A book",
        "text": "a\n\n" * 110_000 + "the end",
    }
    one = panjshir.post("/v1/documents", json=document).get_json()["id"]
    text = text_of(panjshir, f"/documents/{one}")
    assert "The text goes on" in text
    assert "the end" not in text


def test_the_quote_that_is_looked_at(panjshir):
    """A statement is shown in its document, however many others this has."""
    quoted = panjshir.get("/v1/statements?form=direct_quote&limit=50").get_json()["items"]
    for each in quoted:
        with (
            patch("api.facades.explorer.reading.MAX_STATEMENTS", 1),
            patch("api.facades.explorer.page.kept", {}),
        ):
            text = text_of(panjshir, f"/statements/{each['id']}")
        assert f"{escape(each['quote'])}</mark>" in text
        assert "All statements in this document" in text


def test_before_a_record_was_there(panjshir, found):
    """As of an instant before it, a record is not found, and the page leads to the present."""
    path = f"/events/{found('events', 'E1')['id']}"
    text = text_of(panjshir, f"{path}?as_of=2001-01-01T00:00:00Z", 404)
    assert f'<a href="{path}">Read the present</a></p>' in text


def test_search_engines(panjshir):
    """Search engines are told to leave selections out: there are endlessly many."""
    assert "X-Robots-Tag" not in seen(panjshir, "/events").headers
    answer = seen(panjshir, "/events?status=disputed")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.get_data(as_text=True)


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"


def test_markup_stays_text(panjshir):
    """Whatever a record says is shown as it is written; only addresses of the web are links."""
    common = {"dataset": "panjshir-2021", "tags": [MARKUP]}
    actor = panjshir.post(
        "/v1/actors",
        json={**common, "name": MARKUP, "description": MARKUP, "names": [{"name": MARKUP}]},
    ).get_json()
    place = panjshir.post(
        "/v1/locations", json={**common, "name": MARKUP, "kind": "area"}
    ).get_json()
    document = panjshir.post(
        "/v1/documents",
        json={**common, "title": MARKUP, "text": f"{MARKUP} {MARKUP}", "publisher_id": actor["id"]},
    ).get_json()
    event = panjshir.post(
        "/v1/events",
        json={
            **common,
            "title": MARKUP,
            "description": MARKUP,
            "type": "other",
            "date_text": MARKUP,
            "location_id": place["id"],
            "participants": [
                {"role": "initiator", "label": MARKUP},
                {"role": "target", "actor_id": actor["id"]},
            ],
            "mentions": [{"document_id": document["id"], "quote": MARKUP, "hedge": MARKUP}],
        },
    ).get_json()
    statement = panjshir.post(
        "/v1/statements",
        json={
            **common,
            "act": "assert",
            "form": "direct_quote",
            "text": MARKUP,
            "quote": MARKUP,
            "start": 0,
            "end": len(MARKUP),
            "speaker_id": actor["id"],
            "document_id": document["id"],
            "hedge": MARKUP,
            "claims": [{"event_id": event["id"], "stance": "asserts", "aspect": "occurrence"}],
        },
    ).get_json()
    several = {
        "actors": actor,
        "locations": place,
        "documents": document,
        "events": event,
        "statements": statement,
    }
    paths = [f"/{resource}/{record['id']}" for resource, record in several.items()]
    for path in (
        *paths,
        *PAGES,
        "/events?q=%3Cscript%3E",
        "/events?not_found=%3Cscript%3E",
        "/search?q=%3Cimg%20src%3Dx%3E",
    ):
        text = text_of(panjshir, path)
        assert "<img" not in text, path
        assert "<script>" not in text, path
    refused = panjshir.post(
        "/v1/documents", json={**common, "title": "x", "url": "javascript:alert(1)"}
    )
    assert refused.status_code == 422


def test_forms(panjshir, found):
    """Forms lead to the API's own parameters; a name that nothing has is told."""
    actor, place = found("actors", "taliban"), found("locations", "panjshir")
    sent = (
        "from=2021-08-15&to=2021-08-22&datetime_match=possible&status=claimed&status=disputed"
        "&who=Taleban&where=Panjshir+Valley&sort=&type="
    )
    answer = panjshir.get(f"/events?{sent}", headers=BROWSER, checked=False)
    assert answer.status_code == 302
    target = answer.headers["Location"]
    assert f"actor={actor['id']}" in target
    assert f"location={place['id']}" in target
    assert "datetime=2021-08-15/2021-08-22" in target
    assert "status=claimed,disputed" in target
    assert "sort" not in target
    assert "who" not in target
    text_of(panjshir, target)
    answer = panjshir.get("/events?who=Nobody+Xyzzy", headers=BROWSER, checked=False)
    assert "Nobody Xyzzy" in text_of(panjshir, answer.headers["Location"])


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/events?status=wrong&colour=red", 400, ["status", "colour"]),
        ("/events?as_of=2999-01-01T00:00:00Z", 400, ["as_of"]),
        ("/events?as_of=nothing", 400, ["as_of"]),
        ("/events?cursor=wrong", 400, ["cursor"]),
        ("/events?limit=0", 400, ["limit"]),
        ("/events/01a00000-0000-7000-8000-000000000000", 404, ["Not found"]),
        ("/events/wrong", 404, []),
        ("/nothing", 404, []),
        ("/datasets/nothing", 404, []),
    ],
)
def test_refusals(panjshir, path, status, says):
    """A refusal is a page as well, with the faults that the API lists."""
    text = text_of(panjshir, path, status)
    for each in says:
        assert each in text
    # Links of it keep no instant that cannot be read.
    assert not re.search(r'href="[^"]*as_of=', text)


def test_what_is_gone(panjshir, found):
    """A withdrawn record says so; a merged one leads to the one that stands for it."""
    gone = panjshir.post(
        "/v1/actors", json={"dataset": "panjshir-2021", "name": "Nobody"}
    ).get_json()
    answer = panjshir.delete(f"/v1/actors/{gone['id']}", headers={"If-Match": "*"})
    assert answer.status_code == 204
    assert "withdrawn" in text_of(panjshir, f"/actors/{gone['id']}", 410)
    double = panjshir.post(
        "/v1/actors", json={"dataset": "panjshir-2021", "name": "Taliban"}
    ).get_json()
    into = found("actors", "taliban")["id"]
    merged = panjshir.post(
        f"/v1/actors/{double['id']}/merge", json={"into": into}, headers={"If-Match": "*"}
    )
    assert merged.status_code == 200, merged.get_json()
    answer = panjshir.get(f"/actors/{double['id']}?x=1", headers=BROWSER, checked=False)
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/actors/{into}?x=1"


def test_what_has_no_page(panjshir, found):
    """Where there is no page, the address leads to the same in the API."""
    one = found("events", "E1")["id"]
    answer = panjshir.get(f"/events/{one}/revisions?limit=1", headers=BROWSER, checked=False)
    assert answer.status_code == 307
    assert answer.headers["Location"] == f"/v1/events/{one}/revisions?limit=1"


def test_an_id_leads_to_its_record(panjshir, found):
    """To search for an id is to look at its record."""
    for resource, seed in (("events", "E1"), ("actors", "taliban")):
        one = found(resource, seed)["id"]
        answer = panjshir.get(f"/search?q={one.upper()}", headers=BROWSER, checked=False)
        assert answer.headers["Location"] == f"/{resource}/{one}"


def test_suggestions(panjshir):
    """Fields of forms are given the names that are meant."""
    answer = panjshir.get("/suggest?of=actors&name=Taleb", checked=False)
    assert "Taliban" in answer.get_json()
    assert panjshir.get("/suggest?of=keys&name=Taleb", checked=False).get_json() == []


def statements_of(client, path):
    """Count the statements of a page that is not kept, apart from the one that finds the key."""
    sent = []
    execute = psycopg.Cursor.execute

    def remember(cursor, query, *arguments, **more):
        sent.append(query)
        return execute(cursor, query, *arguments, **more)

    seen(client, path)  # with what is asked only once
    with (
        patch.object(psycopg.Cursor, "execute", remember),
        patch("api.facades.explorer.page.kept", {}),
    ):
        seen(client, path)
    return len([each for each in sent if "keys.digest" not in str(each)])


@pytest.mark.parametrize(
    ("path", "number"),
    # The state of all records is one; a list, what it points at, facets, time twice, places, names.
    [("/events", 8), ("/statements", 4), ("/documents", 4), ("/actors", 3), ("/datasets", 3)],
)
def test_statements_of_a_list(panjshir, path, number):
    """A list sends a few statements, however many rows it shows."""
    assert statements_of(panjshir, f"{path}?limit=1") <= number
    assert statements_of(panjshir, f"{path}?limit=100") <= number


@pytest.mark.parametrize(
    ("resource", "number"), [("events", 20), ("statements", 9), ("documents", 6), ("actors", 25)]
)
def test_statements_of_a_record(panjshir, resource, number):
    """A record sends no more statements where more is said of it."""
    for record in panjshir.get(f"/v1/{resource}?limit=100").get_json()["items"]:
        assert statements_of(panjshir, f"/{resource}/{record['id']}") <= number


def test_signing_in(loaded, settings):
    """Where reading needs a key, a form takes it, and pages alone read the cookie."""
    with client_on(loaded, {**settings, "public_read": False}) as client:
        client.secret, secret = None, client.secret
        text = text_of(client, "/events?status=disputed", 401)
        assert 'action="/sign-in"' in text
        assert 'name="next" value="/events?status=disputed"' in text
        wrong = client.post("/sign-in", data={"key": "attest_wrong"}, checked=False)
        assert wrong.status_code == 401
        assert "Set-Cookie" not in wrong.headers
        sent = {"key": secret, "next": "/events?status=disputed"}
        answer = client.post("/sign-in", data=sent, checked=False)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/events?status=disputed"
        cookie = answer.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {*cookie.split("; ")}
        assert secret not in cookie
        assert "Sign out" in text_of(client, "/events?status=disputed")
        # Who sends the key itself is not signed in, though the key is the same.
        sent = {"Authorization": f"Bearer {secret}"}
        tag = seen(client, "/events?status=disputed").headers["ETag"]
        again = seen(client, "/events?status=disputed", headers={**sent, "If-None-Match": tag})
        assert "Sign out" not in again.get_data(as_text=True)
        assert client.get("/v1/events").status_code == 401
        out = client.post("/sign-out", checked=False)
        assert out.status_code == 303
        text_of(client, "/events", 401)


def test_a_cookie_ends_with_its_key(loaded, settings):
    """A cookie that was altered, is old, or is of a revoked key opens nothing."""
    with client_on(loaded, {**settings, "public_read": False}) as client:
        client.secret, secret = None, client.secret
        client.post("/sign-in", data={"key": secret}, checked=False)
        text_of(client, "/events")
        value = client.get_cookie("attest").value
        for wrong in (value[:-2] + "xx", value.replace(".", ".A", 1), value[:36], "", "x" * 4000):
            client.set_cookie("attest", wrong)
            text_of(client, "/events", 401)
        client.set_cookie("attest", value)
        with patch("itsdangerous.timed.time") as clock:
            clock.time.return_value = time.time() + 9 * 3600
            text_of(client, "/events", 401)
        text_of(client, "/events")
        client.application.extensions["pool"].getconn().execute(
            "UPDATE keys SET revoked_at = now()"
        )
        text_of(client, "/events", 401)


@pytest.mark.parametrize(
    "onwards",
    ["https://example.org/", "//example.org", "/\\example.org", "x", "/\r\nSet-Cookie: a=b"],
)
def test_signing_in_leads_nowhere_else(panjshir, onwards):
    """After signing in, only pages of this service are gone on to."""
    answer = panjshir.post(
        "/sign-in", data={"key": panjshir.secret, "next": onwards}, checked=False
    )
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Origin": "https://example.org"},
        {"Origin": "http://["},
        {"Origin": "null"},
    ],
)
def test_forms_of_other_sites(panjshir, headers):
    """No other site signs a reader in or out."""
    for path in ("/sign-in", "/sign-out"):
        answer = panjshir.post(path, data={"key": panjshir.secret}, headers=headers, checked=False)
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers


def test_style_and_script(panjshir):
    """Style and script are kept by browsers until the pages change."""
    text = text_of(panjshir, "/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    assert len(files) == 3
    for path in files:
        answer = panjshir.get(path, checked=False)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        again = panjshir.get(path, headers={"If-None-Match": answer.headers["ETag"]}, checked=False)
        assert again.status_code == 304
        assert (
            panjshir.get(path.partition("?")[0], checked=False).headers["Cache-Control"]
            == "no-cache"
        )
    for path in ("/static/", "/static/../page.py", "/static/nothing.css"):
        assert panjshir.get(path, checked=False).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/events?path=x", 400),
        ("/changes?path=x", 400),
        ("/vocabularies?path=x&as_of=2999-01-01T00:00:00Z", 400),
        ("/search?path=x&q=siege", 200),
        (f"/events?limit={'9' * 5000}", 400),
        ("/events?limit=", 302),
        ("/sign-in?next=//[", 200),
        ("/datasets/a%0d%0aSet-Cookie:%20a=b/revisions", 307),
        ("/datasets/a%3Fb/revisions?limit=1", 307),
    ],
)
def test_odd_addresses(panjshir, path, status):
    """Whatever an address is made of, it is answered or refused, and never fails."""
    answer = panjshir.get(path, headers=BROWSER, checked=False)
    assert answer.status_code == status
    if status == 307:
        before, _, after = path.partition("?")
        expected = (
            "/v1"
            + before.replace("%0d%0aSet-Cookie:%20a=b", "%0D%0ASet-Cookie%3A%20a%3Db")
            + ("?" + after if after else "")
        )
        assert answer.headers["Location"] == expected


def test_statements_without_words(panjshir):
    """A statement that has no words of its own and an event without a title are shown too."""
    common = {"dataset": "panjshir-2021"}
    actor = panjshir.post("/v1/actors", json={**common, "name": "Hospital"}).get_json()
    document = panjshir.post("/v1/documents", json={**common, "text": None}).get_json()
    event = panjshir.post("/v1/events", json={**common, "type": "other"}).get_json()
    harm = {"kind": "injured", "best": 4, "actor_id": actor["id"]}
    about = {"event_id": event["id"]}
    occurred, harmed = {**about, "aspect": "occurrence"}, {**about, "aspect": "casualties"}
    said = {**common, "act": "assert", "form": "paraphrase", "document_id": document["id"]}
    claims = [{**occurred, "stance": "asserts"}, {**harmed, "stance": "asserts", "value": harm}]
    paths = [f"/events/{event['id']}", f"/documents/{document['id']}", "/statements", "/events"]
    for claimed in (claims, [{**occurred, "stance": "denies"}]):
        answer = panjshir.post("/v1/statements", json={**said, "claims": claimed})
        assert answer.status_code == 201, answer.get_json()
        paths.append(f"/statements/{answer.get_json()['id']}")
    for path in paths:
        text = text_of(panjshir, path)
        assert ">None<" not in text, path
        assert "{&#39;" not in text, path
        assert path == "/events" or "No words given" in text, path
    assert "injured: 4 (Hospital)" in text_of(panjshir, paths[4])


def test_the_line_that_writes(panjshir, found):
    """The line that adds a statement is taken by the service, once its gaps are filled."""
    event, document = found("events", "E1"), first(panjshir, "documents")
    text = unescape(text_of(panjshir, f"/events/{event['id']}"))
    [body] = re.findall(r"curl -X POST .* -d '(.*?)'<", text)
    speaker = found("actors", "taliban")["id"]
    body = body.replace('document_id": "…"', f'document_id": "{document["id"]}"')
    sent = body.replace('speaker_id": "…"', f'speaker_id": "{speaker}"')
    answer = panjshir.post("/v1/statements", data=sent, content_type="application/json")
    assert answer.status_code == 201, answer.get_json()


@pytest.mark.parametrize(
    "path", ["/events?limit=2", "/statements?limit=2", "/actors?limit=2", "/changes?limit=2"]
)
def test_further_rows_are_those_of_the_line(panjshir, path):
    """The line of curl gives the rows that are shown on further pages of a list as well."""
    for _ in range(2):
        text = text_of(panjshir, path)
        [shown] = re.findall(
            r"curl &#39;<span>http://localhost(.*?)</span>|curl '<span>http://localhost(.*?)</span>",
            text,
        )
        answer = panjshir.get(unescape("".join(shown))).get_json()
        assert len(answer["items"]) == 2
        [further] = re.findall(r'rel="next" href="(.*?)"', text)
        path = unescape(further)
        assert answer["next_cursor"] in unquote(path)


def test_ids_are_of_one_element(panjshir):
    """No two elements of a page have one id, so that each label is that of its field."""
    several = [f"/{each}/{first(panjshir, each)['id']}" for each in LISTS]
    for path in (*PAGES, *several, "/events?status=disputed&not_found=Nobody"):
        text = text_of(panjshir, path)
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len({*ids}), path
        named = re.findall(r'(?:for|aria-labelledby|aria-describedby)="([^"]+)"', text)
        assert {*" ".join(named).split()} <= {*ids}, path


def test_quotes_that_overlap(panjshir):
    """Quotes that overlap, or go on in the next paragraph, are marked from end to end."""
    text = "One two three.\n\nFour five six.\n\n\nSeven eight."
    common = {"dataset": "panjshir-2021"}
    document = panjshir.post("/v1/documents", json={**common, "text": text}).get_json()
    for quote in (text, "two three.\n\nFour five", "three.\n\nFour five six.\n\n\nSeven", "five"):
        said = {**common, "act": "assert", "form": "direct_quote", "document_id": document["id"]}
        answer = panjshir.post("/v1/statements", json={**said, "quote": quote, "claims": []})
        assert answer.status_code == 201, answer.get_json()
        page = text_of(panjshir, f"/statements/{answer.get_json()['id']}")
        read = page[page.index('<div class="reading"') :]
        marked = "".join(re.findall("<mark>(.*?)</mark>", read, re.DOTALL))
        assert marked == quote.replace("\n", "")
        assert read.count('aria-current="page"') == 1
        paragraphs = re.findall(r'<p dir="auto">(.*?)</p>', read, re.DOTALL)
        assert "\n\n".join(re.sub("<.*?>", "", each) for each in paragraphs) == re.sub(
            "\n+", "\n\n", text
        )


def test_words_lead_to_lists(panjshir):
    """Each word of the vocabularies that is a link leads to the list of what has it."""
    links = {*re.findall(r'<code><a href="(/[^"]+)"', text_of(panjshir, "/vocabularies"))}
    assert len(links) > 100
    # One word of each parameter: the API knows all words of what it knows.
    for path in {each.partition("=")[0]: unescape(each) for each in links}.values():
        text_of(panjshir, path)


def test_crowds(panjshir):
    """A list names some of many who take part and counts the others; the event's page names all."""
    people = [{"role": "target", "label": f"Person {number}"} for number in range(11)]
    three = [{"role": "participant", "label": f"Guest {number}"} for number in range(3)]
    record = {"dataset": "panjshir-2021", "type": "other", "title": "Gathering"}
    answer = panjshir.post("/v1/events", json={**record, "participants": [*people, *three]})
    row, one = (
        re.sub("<.*?>", "", text_of(panjshir, path))
        for path in ("/events?q=gathering", f"/events/{answer.get_json()['id']}")
    )
    assert "Person 7 and 3 others; with Guest 0, Guest 1 and Guest 2" in row
    assert "Person 9, Person 10; with Guest 0, Guest 1 and Guest 2" in one


def test_languages_of_parts(panjshir):
    """Titles, quotes and texts are marked with the language of their document."""
    common = {"dataset": "panjshir-2021"}
    record = {"title": "الحصار", "text": "لا يوجد حصار.", "language": "ar"}
    document = panjshir.post("/v1/documents", json={**common, **record}).get_json()
    quoted = {"document_id": document["id"], "quote": "حصار"}
    event = {**common, "type": "other", "mentions": [quoted]}
    event = panjshir.post("/v1/events", json=event).get_json()
    said = {**common, **quoted, "act": "assert", "form": "direct_quote", "claims": []}
    statement = panjshir.post("/v1/statements", json=said).get_json()
    title, quote = '<bdi lang="ar">الحصار</bdi>', '<bdi lang="ar">“حصار”</bdi>'
    for path, expected in (
        ("/documents?language=ar", [title]),
        (f"/documents/{document['id']}", [title, '<div class="reading" lang="ar">']),
        (f"/statements/{statement['id']}", [title, quote]),
        (f"/events/{event['id']}", [quote]),
    ):
        text = text_of(panjshir, path)
        assert [each for each in expected if each not in text] == []
