"""The pages in a real browser: readable by everybody, on every screen, with and without script."""

import gzip
import re
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.browser import Watched, launched, served
from support.service import Client, example, key_of, new_database, service

LONG = "Coordination des mouvements pour la défense permanente du peuple et de la patrie " * 2

WORLD = {
    "actors": [
        {"name": LONG.strip(), "kind": "organization"},
        {
            "name": "中华民国国防部",
            "kind": "organization",
            "names": [{"name": "國防部", "language": "zh"}],
        },
        {"name": "وكالة الأنباء اليمنية", "names": [{"name": "Saba", "language": "en"}]},
    ],
    "locations": [
        {"name": "Taveuni", "point": [179.98, -16.85], "kind": "populated_place"},
        {"name": "Niue", "point": [-169.87, -19.05], "kind": "area", "uncertainty_km": 90},
        {"name": "a hamlet north of Tessit"},
    ],
}
"""Names of all lengths and scripts, places on both sides of the antimeridian, and none."""

STATIC = ["/", "/events", "/statements", "/documents", "/actors", "/locations", "/datasets"]
OTHERS = [
    *("/datasets/panjshir-2021", "/releases", "/vocabularies", "/changes", "/sign-in"),
    *("/search?q=siege", "/search?q=zzzz", "/events?status=disputed", "/events?q=nothing+at+all"),
    *("/events?bbox=170,-30,-160,-10", "/events?status=wrong", "/nothing"),
]
REFUSED = ("/events?status=wrong", "/nothing")
RESOURCES = ("events", "statements", "documents", "actors", "locations")
MAX_KILOBYTES = 40
"""Maximum size of a page with its style, script and icon, compressed, in kB."""


class Site(NamedTuple):
    """A service: its address, and a client of it."""

    base: str
    client: Client

    def listed(self, resource: str, **asked: Any) -> list[Any]:
        """List records."""
        answer = self.client.get(f"/v1/{resource}", query_string=asked)
        return list(answer.get_json()["items"])

    def size(self, path: str) -> int:
        """Give the size of an answer, compressed, in bytes."""
        answer = self.client.get(path, headers={"Accept": "text/html"}, checked=False)
        assert answer.status_code == 200, path
        return len(gzip.compress(answer.get_data()))


@pytest.fixture(scope="module")
def site(server, template, settings):
    """Serve the reference article, and what is unlike it."""
    with new_database(server, template) as url, service(url, settings) as app:
        client = app.test_client()
        client.secret = key_of(url, "admin")
        assert client.post("/v1/bundles", json=example()).status_code == 201
        fill(client)
        with served(app) as base:
            yield Site(base, client)


def fill(client: Client) -> None:
    """Add what is unlike the article."""
    common = {"dataset": "panjshir-2021"}
    made = {
        resource: [
            client.post(f"/v1/{resource}", json={**common, **each}).get_json()["id"]
            for each in several
        ]
        for resource, several in WORLD.items()
    }
    for number, place in enumerate(made["locations"]):
        for title, date in (
            (LONG, "2019/.."),
            ("中华民国国防部 reject", "202X"),
            ("هجوم", "2020-05~"),
        ):
            event = {
                "title": title,
                "type": "assault",
                "date": date,
                "location_id": place,
                "fatalities": {"low": number},
                "participants": [
                    {"role": "initiator", "actor_id": made["actors"][number]},
                    {"role": "target", "label": LONG},
                ],
            }
            assert client.post("/v1/events", json={**common, **event}).status_code == 201


@pytest.fixture(scope="module")
def browser():
    """Run a browser."""
    with launched() as given:
        yield given


@pytest.fixture(scope="module")
def paths(site):
    """List the pages: all that there are, and records of all kinds."""
    found = [*STATIC, *OTHERS]
    for resource in RESOURCES:
        for order in ("created_at", "-created_at"):
            several = site.listed(resource, limit=1, sort=order, fields="id")
            found += [f"/{resource}/{each['id']}" for each in several]
    for each in site.listed("events", status="disputed", fields="id,updated_at"):
        found += [f"/events/{each['id']}", f"/events/{each['id']}?as_of={each['updated_at']}"]
    return [*dict.fromkeys(found)]


LOOKS = {
    "light": ({"color_scheme": "light"}, None),
    "dark": ({"color_scheme": "dark"}, ["color-contrast", "link-in-text-block"]),
    "narrow": ({"width": 390}, ["target-size", "scrollable-region-focusable", "color-contrast"]),
}
"""How pages are looked at, and the rules that this can make a difference to; None for all."""


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_read_them(browser, site, paths, look):
    """No page breaks a rule of WCAG 2.2 A or AA, or good practice; nothing comes from elsewhere."""
    chosen, rules = LOOKS[look]
    watched = Watched(browser, site.base, **chosen)
    run = {"runOnly": rules} if rules else {}
    found = {}
    for path in paths:
        page = watched.go(path)
        results = Axe().run(page, options={**run, "resultTypes": ["violations"]})
        for each in results.response["violations"]:
            nodes = [node["html"][:200] for node in each["nodes"][:3]]
            found.setdefault(each["id"], []).append((path, nodes))
    watched.close()
    assert found == {}
    assert {each for each in watched.asked if not each.startswith(f"{site.base}/")} == set()
    refused = re.compile(r"status of 40[04]")
    assert [each for each in watched.complaints if not refused.search(each)] == []


WIDTHS = (320, 390, 768, 1280)


def test_no_page_is_wider_than_its_screen(browser, site, paths):
    """Nobody has to scroll sideways, on screens of any width."""
    watched = Watched(browser, site.base)
    wide = {}
    for path in paths:
        page = watched.go(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                wide[path, width] = found
    watched.close()
    assert wide == {}


def test_pages_are_small(site, paths):
    """A page comes with all that it needs in a few kilobytes."""
    text = site.client.get("/", headers={"Accept": "text/html"}, checked=False).get_data(
        as_text=True
    )
    files = sum(map(site.size, re.findall(r'(?:href|src)="(/static/[^"]+)"', text)))
    found = [path for path in paths if path not in REFUSED]
    sizes = {path: (files + site.size(path)) / 1000 for path in found}
    assert {path: size for path, size in sizes.items() if size > MAX_KILOBYTES} == {}


def test_without_script(browser, site):
    """Filters, names and instants can be asked for where no script runs."""
    watched = Watched(browser, site.base, java_script_enabled=False, width=390)
    page = watched.go("/events")
    page.get_by_role("checkbox", name="Disputed").check()
    page.get_by_label("Actor").fill("Taleban")
    page.get_by_role("button", name="Show events").click()
    assert "status=disputed" in page.url
    assert "actor=" in page.url
    assert page.get_by_role("heading", level=1).inner_text() == "1 event"
    page.get_by_role("link", name="Siege of the Panjshir Valley").first.click()
    assert page.get_by_role("heading", name="Denies it").count() == 1
    page.get_by_label("Another instant").fill("2001-01-01T00:00:00Z")
    page.get_by_role("button", name="Read as of then").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Not found"
    watched.close()


def reach(page, name, most=120):
    """Press Tab until a link or button of that name is reached, and press Enter."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if name in focused:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    pytest.fail(f"{name} is not reached")


def test_by_keyboard_from_the_first_page_to_a_quote(browser, site):
    """Who denies the siege, and where that stands in the report: by keyboard alone."""
    watched = Watched(browser, site.base)
    page = watched.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    reach(page, "Siege of the Panjshir Valley")
    assert "/events/" in page.url
    assert page.get_by_role("heading", name="Denies it").count() == 1
    reach(page, "Panjshir is not under siege")
    assert "/statements/" in page.url
    reach(page, "The Taliban")
    page.keyboard.press("Home")
    watched.close()


def test_names_are_suggested(browser, site):
    """With script, names are suggested while they are typed, and commands can be copied."""
    watched = Watched(browser, site.base)
    page = watched.go("/events")
    page.get_by_label("Actor").press_sequentially("Tale")
    page.wait_for_selector("datalist option", state="attached")
    assert "Taliban" in page.eval_on_selector_all("option", "each => each.map(it => it.value)")
    assert page.get_by_role("button", name="Copy").count() == 1
    assert watched.complaints == []
    watched.close()
