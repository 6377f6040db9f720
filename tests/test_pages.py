"""The pages for people: each answers, says what the API says, and links to what there is."""

import re
from html import unescape

import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def page(client, path, status=200):
    """Read a page as a browser does, and check what every page has."""
    answer = client.get(path, headers=BROWSER, checked=False)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    return answer.get_data(as_text=True)


LISTS = ["/", "/events", "/statements", "/documents", "/actors", "/locations", "/datasets"]
OTHERS = ["/releases", "/vocabularies", "/changes", "/search", "/search?q=siege", "/sign-in"]


@pytest.mark.parametrize("path", [*LISTS, *OTHERS])
def test_a_page(panjshir, path):
    """Each page is there."""
    text = page(panjshir, path)
    assert "<h1" in text


@pytest.mark.parametrize("resource", ["events", "statements", "documents", "actors", "locations"])
def test_records(panjshir, resource):
    """Each record has its page."""
    for record in panjshir.get(f"/v1/{resource}?limit=200&retracted=include").get_json()["items"]:
        text = page(panjshir, f"/{resource}/{record['id']}")
        assert f"/v1/{resource}/{record['id']}" in text


def test_every_link_answers(panjshir):
    """Every link from page to page leads somewhere, two steps from the first page."""
    seen, begin = {}, {"/"}
    for _ in range(2):
        found = set()
        for path in begin - seen.keys():
            answer = panjshir.get(path, headers=BROWSER, checked=False, follow_redirects=True)
            seen[path] = answer.status_code
            if answer.mimetype == "text/html":
                found |= {unescape(each) for each in re.findall(r'href="(/[^"#]*)', answer.get_data(as_text=True))}
        begin = found
    assert {path: status for path, status in seen.items() if status != 200} == {}
