"""The documentation: every line that it prints for a shell is run, twice, and does what it says."""

import json
import re
import subprocess

import pytest
from support.processes import running
from support.service import ROOT, example, key_of, new_database, service

from api.http.context import IDS
from models.database import migrating
from schemas.fields.ids import example_id

PAGES = [
    "README.md",
    "docs/tour.md",
    "docs/review.md",
    "docs/evidence.md",
    "docs/attestation.md",
    "docs/places.md",
    "docs/control.md",
    "docs/networks.md",
    "docs/search.md",
    "docs/summaries.md",
    "docs/cql2.md",
]

REFUSED = {"docs/tour.md": [412, 422], "docs/evidence.md": [422], "docs/cql2.md": [400, 422]}
"""The refusals that a page shows, where there are any."""

BLOCKS = re.compile(r"^```sh\n(.*?)^```\n(?:```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
"""What is run, and what is printed then."""


@pytest.fixture(scope="module")
def shown(server, settings):
    """Run the service with the example in it, on loopback, as the pages say."""
    with new_database(server) as url:
        migrating.migrate(url)
        with service(url, settings) as app:
            client = app.test_client()
            client.secret = key_of(url, "admin")
            ids = {IDS: lambda resource, position: example_id(resource, position + 1)}
            answer = client.post("/v1/bundles", json=example(), environ_overrides=ids)
            assert answer.status_code == 201
        given = {"database_url": url, "admin_key": "attest-example-admin-key"}
        with running("serve", **given) as (_, root, said):
            yield root, said


def refusals(said, seen):
    """List the statuses of requests refused since so many bytes of the log."""
    lines = said.read_text()[seen:].splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [line["status"] for line in found if line.get("status", 200) >= 400]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("time", ["first", "second"])
def test_every_line_can_be_run_again(shown, tmp_path, page, time):
    """Each block of a page works, one after the other, and as well when the page is run again."""
    root, said = shown
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
        sentences = re.findall(r'"((?:[^"\\…]|\\.){12,})"', expected)
        sentences += [line for line in expected.splitlines() if not re.search('["…]', line)]
        missing = [
            each for each in sentences if each not in output and not each.startswith("2026-")
        ]
        assert time == "second" or missing == [], (commands, output)
