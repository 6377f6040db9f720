"""The reference at /docs/, the manual at /manual/: all of this house, nothing inside a page."""

import re
from pathlib import Path

import pytest
from support.problems import is_problem
from support.service import service

from api.facades import viewer

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

INSIDE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)
"""Scripts and styles that stand inside a page."""

PAGES = {
    "index.html": "<h1>The manual</h1>",
    "docs/index.html": "<h1>Pages</h1>",
    "docs/tour.html": "<h1>A tour</h1>" + "and so on, " * 200,
    "_static/manual.css": "body { margin: 0 }",
    "searchindex.js": "Search.setIndex({})",
    "objects.inv": "# Sphinx",
}
"""A manual, by its files."""


def seen(client, path, **headers):
    """Ask for what openapi.yaml does not describe."""
    return client.get(path, checked=False, **headers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Lay a manual beside a secret, with a link that leads there."""
    around = tmp_path_factory.mktemp("around")
    (around / "secret.txt").write_text("a secret")
    for name, text in PAGES.items():
        (around / "manual" / name).parent.mkdir(parents=True, exist_ok=True)
        (around / "manual" / name).write_text(text)
    (around / "manual/link.txt").symlink_to(around / "secret.txt")
    return around / "manual"


@pytest.fixture(scope="module")
def reader(migrated, settings, folder):
    """Serve the manual that lies in the folder."""
    with service(migrated, {**settings, "manual_dir": str(folder)}) as app:
        yield app.test_client()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html"),
        ("docs/", "text/html"),
        ("docs/tour.html", "text/html"),
        ("_static/manual.css", "text/css"),
        ("searchindex.js", "text/javascript"),
        ("objects.inv", "application/octet-stream"),
    ],
)
def test_the_manual_is_served(reader, path, kind):
    """Each file is sent as what it is; a folder is its index, and nothing inside a page is run."""
    answer = seen(reader, f"/manual/{path}")
    assert answer.status_code == 200
    assert answer.mimetype == kind
    file = path if path and not path.endswith("/") else f"{path}index.html"
    assert answer.get_data(as_text=True).rstrip("\n") == PAGES[file]
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/manual", "/manual/docs"])
def test_a_folder_ends_with_a_slash(reader, path):
    """Links of a page are relative to its folder, so a folder without a slash is redirected."""
    answer = seen(reader, path)
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{path}/")


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_is_there_already_is_not_sent_again(reader, coding):
    """A page has an ETag, whatever its coding; a file with its digest in the address is kept."""
    asked = {"Accept-Encoding": coding}
    answer = seen(reader, "/manual/docs/tour.html", headers=asked)
    assert answer.headers["Cache-Control"] == "no-cache"
    again = seen(
        reader, "/manual/docs/tour.html", headers={**asked, "If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.get_data()) == (304, b"")
    kept = seen(reader, "/manual/_static/manual.css?v=1f2e")
    assert "immutable" in kept.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "docs/../../secret.txt",
        "docs/%2e%2e%2f%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "/etc/passwd",
        "%2fetc/passwd",
        "link.txt",
        "docs/tour.html/",
        "docs/tour.html%00",
        "docs/none.html",
        "_static/",
    ],
)
def test_nothing_is_served_but_the_manual(reader, path):
    """No path leads out of the folder, not by a link either, and what is not there is 404."""
    answer = seen(reader, f"/manual/{path}")
    assert "secret" not in is_problem(answer, 404)["detail"]


def test_a_manual_that_is_not_built(migrated, settings, tmp_path):
    """Where there is none, a program and a person are told how to make one; later it is there."""
    with service(migrated, {**settings, "manual_dir": str(tmp_path / "manual")}) as app:
        client = app.test_client()
        for path in ("/manual/", "/manual/docs/tour.html"):
            assert "make docs" in is_problem(seen(client, path), 404)["detail"]
            page = seen(client, path, headers={"Accept": BROWSER})
            assert (page.status_code, page.mimetype) == (404, "text/html")
            assert "make docs" in page.get_data(as_text=True)
        (tmp_path / "manual").mkdir()
        (tmp_path / "manual/index.html").write_text("built")
        assert seen(client, "/manual/").status_code == 200


def test_the_viewer_is_of_this_house(client):
    """The viewer of the description comes from the service itself, with all that it needs."""
    answer = seen(client, "/docs/")
    page = answer.get_data(as_text=True)
    assert answer.mimetype == "text/html"
    found = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert {"/openapi.json", "/docs/viewer.js", "/docs/viewer.css"} <= {*found}
    for place in found:
        assert not re.match(r"(https?:)?//", place)
        with seen(client, place) as part:
            assert part.status_code == 200 or place == "/manual/", place
    assert "/openapi.json" in page


def test_no_script_stands_inside_the_viewer(client):
    """Only files of the service are run; styles may be written by Swagger UI as it draws."""
    answer = seen(client, "/docs/")
    assert not INSIDE.search(answer.get_data(as_text=True))
    policy = dict(
        each.split(" ", 1) for each in answer.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"


@pytest.mark.parametrize(
    ("name", "status"),
    [("viewer.js", 200), ("swagger-ui-bundle.js", 200), ("__init__.py", 404), ("LICENSE", 404)],
)
def test_the_viewer_serves_what_it_needs(client, name, status):
    """Nothing else of its folders is served."""
    with seen(client, f"/docs/{name}") as answer:
        assert answer.status_code == status


def test_all_that_the_viewer_serves_is_there():
    """Swagger UI has these files, and we have ours."""
    assert [
        name for name, folder in viewer.FILES.items() if not (Path(folder) / name).is_file()
    ] == []
