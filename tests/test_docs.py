"""The documentation: every line that it prints for a shell is run, twice, and does what it says."""

import json
import re
import subprocess

import pytest
from support.processes import running
from support.service import ROOT, new_database, service

from api.service.loading import load_example
from models.database import migrating
from schemas.fields.ids import UUID
from schemas.vocabularies import own, plover
from schemas.vocabularies.lists import CODE_LISTS

ASKING = "docs/asking.md"
"""The page of which every answer is printed in full."""

README = "README.md"
"""The page with a service of its own, since it writes and yet its answers are compared in order."""

READING = [
    ASKING,
    "docs/compatibility.md",
    "docs/cql2.md",
    "docs/exports.md",
    "docs/exports-typed.md",
    "docs/geojson.md",
    "docs/linked-data.md",
    "docs/networks.md",
    "docs/pages.md",
    "docs/summaries.md",
    "docs/vocabularies.md",
]
"""Pages that write nothing: they are about the example as it is."""

WRITING = [
    "docs/tour.md",
    "docs/review.md",
    "docs/evidence.md",
    "docs/attestation.md",
    "docs/places.md",
    "docs/control.md",
    "docs/search.md",
    "docs/tutorial-article.md",
    "docs/tutorial-dispute.md",
    "docs/tutorial-map.md",
    "docs/tutorial-mirror.md",
]
"""Pages that write, to one service."""

REFUSED = {
    "docs/tour.md": [412, 422],
    "docs/evidence.md": [422],
    "docs/cql2.md": [400, 422],
    "docs/tutorial-article.md": [422],
}
"""The refusals that a page shows, where there are any."""

BLOCKS = re.compile(r"^```sh\n(.*?)^```\n(?:```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
"""What is run, and what is printed then."""


@pytest.fixture(scope="module")
def untouched(server, settings):
    """Run a service for pages that only ask."""
    yield from serving(server, settings)


@pytest.fixture(scope="module")
def shown(server, settings):
    """Run a service for pages that write."""
    yield from serving(server, settings)


def serving(server, settings):
    """Run the service with the example in it, on loopback, as the pages say."""
    with new_database(server) as url:
        migrating.migrate(url)
        with service(url, {**settings, "public_write": True, "public_read": True}) as app:
            load_example(app)
        given = {"database_url": url, "admin_key": "attest-example-admin-key"}
        with running("serve", **given) as (_, root, said):
            yield root, said


def refusals(said, seen):
    """List the statuses of requests refused since so many bytes of the log."""
    lines = said.read_text()[seen:].splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [line["status"] for line in found if line.get("status", 200) >= 400]


def shortened(output):
    """Leave out of an answer what differs from one installation to the next."""
    text = re.sub(f"{UUID.pattern}|[0-9a-f]{{8}}-(?=…)", "…", output)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "…", text)
    text = re.sub('("next_cursor": ?)"[^"]*"', r'\1"…"', text)
    return re.sub(r"\n{2,}", "\n", text.strip())


@pytest.mark.parametrize("page", READING)
def test_what_is_asked_is_answered(untouched, tmp_path, page):
    """Each block of a page that only asks is answered as it says, one after the other."""
    run(page, untouched, tmp_path)


def test_the_readme(server, settings, tmp_path):
    """The README is answered as it says, word for word but for `…`, and can be run again."""
    for alone in serving(server, settings):
        run(README, alone, tmp_path)
        (tmp_path / "examples").unlink()
        run(README, alone, tmp_path, "second")


@pytest.mark.parametrize("page", [README, *READING, *WRITING])
def test_each_block_shows_something(page):
    """What a page shows stands between its fences, and not beside empty ones."""
    blocks = re.split(r"^```.*\n", (ROOT / page).read_text(), flags=re.MULTILINE)[1::2]
    assert blocks
    assert "" not in blocks


@pytest.mark.parametrize("page", WRITING)
@pytest.mark.parametrize("time", ["first", "second"])
def test_every_line_can_be_run_again(shown, tmp_path, page, time):
    """Each block of a page works, one after the other, and as well when the page is run again."""
    run(page, shown, tmp_path, time)


def run(page, serving, tmp_path, time="first"):
    """Run the blocks of a page, and compare what they print with what it says."""
    root, said = serving
    seen = len(said.read_text())
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    text = (ROOT / page).read_text()
    script = [f"cd {tmp_path}"]
    for number, (commands, _) in enumerate(BLOCKS.findall(text)):
        script += [f"printf '\\nBLOCK {number}\\n'", commands]
    lines = "\n".join(script).replace("http://127.0.0.1:8000", root)
    done = subprocess.run(  # noqa: S603
        ["/bin/bash", "-euo", "pipefail", "-c", lines],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert refusals(said, seen) == REFUSED.get(page, []), time
    printed = re.split(r"^BLOCK \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    for (commands, expected), output in zip(BLOCKS.findall(text), printed, strict=True):
        if page == ASKING:
            assert shortened(output) == expected.strip(), commands
            continue
        if page in WRITING:  # to one service, in any order
            sentences = re.findall(r'"((?:[^"\\…]|\\.){12,})"', expected)
            sentences += [line for line in expected.splitlines() if not re.search('["…]', line)]
            missing = [
                each for each in sentences if each not in output and not each.startswith("2026-")
            ]
        else:
            answers = expected.replace("http://127.0.0.1:8000", root)
            missing = missing_parts(answers, output, whole=page == README)
        assert time == "second" or missing == [], (commands, output)


def missing_parts(expected, output, *, whole):
    """List parts of a printed answer that do not follow those before them in the output.

    `…` stands for anything, and so does a line break unless the answer is `whole`.
    """
    rest, missing = packed(shortened(output)), []
    for part in re.split("…" if whole else "…|\n", shortened(expected)):
        place = rest.find(packed(part))
        if place < 0:
            missing.append(part)
        else:
            rest = rest[place + len(packed(part)) :]
    return missing


def packed(text):
    """Leave out white space, by which answers are broken into lines."""
    return re.sub(r"\s", "", text)


WORDS = {name: [str(word) for word in each.words] for name, each in CODE_LISTS.items()}
WORDS["Credibility"] = [str(grade) for grade in own.CREDIBILITIES]


def tables(page):
    """Give the rows of each section of a page, without the head of its table."""
    for name, text in re.findall(r"^### (\w+)\n((?:(?!##).*\n)*)", page, re.MULTILINE):
        rows = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)[1:]
        yield name, [[cell.strip() for cell in row.split("|")] for row in rows]


def test_vocabularies_are_those_of_the_schemas():
    """The page of vocabularies has each word of each list, in order, and what it means."""
    said = dict(tables((ROOT / "docs/vocabularies.md").read_text()))
    assert said.keys() == WORDS.keys()
    assert said.pop("Country") == []
    modes = {
        row[0].strip("`"): tuple(re.findall(r"`([\w-]+)`", row[1])) for row in said.pop("Mode")
    }
    assert modes == plover.MODES
    for name, rows in said.items():
        assert [row[0].strip("`") for row in rows] == WORDS[name], name
        assert all(len(row) == 3 and row[1] for row in rows), name


def test_the_glossary_explains_each_status_and_is_in_order():
    """A word is found where the alphabet has it, and no status is left out."""
    page = (ROOT / "docs/glossary.md").read_text()
    words = re.findall(r"^\| \*\*(.+?)\*\*", page, re.MULTILINE)
    assert words == sorted(words, key=str.casefold)
    assert {*own.STATUSES} - {"retracted"} <= {each for word in words for each in word.split(", ")}
    assert all(len(row.split("|")) == 5 for row in page.splitlines() if row.startswith("|"))


PAGES = [
    *(ROOT / name for name in (README, "CHANGELOG.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/decisions").glob("*.md")),
    ROOT / "clients/python/README.md",
]
"""The pages of the manual."""


def anchors(path):
    """List the places in a page that links can name, as GitHub and Sphinx do."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """A link to a file leads to one, and to a heading where it names one."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.is_file(), target
        assert not anchor or anchor in anchors(path), target


def test_the_manual_lists_each_page_once():
    """The first page of the manual is its navigation."""
    index = ROOT / "docs/index.md"
    links = re.findall(r"^- \[.*?\]\((.*?)\)", index.read_text(), re.MULTILINE)
    listed = [(index.parent / link).resolve() for link in links]
    assert sorted(listed) == sorted(page for page in PAGES if page != index)
