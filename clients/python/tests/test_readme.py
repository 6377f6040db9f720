"""The README: each of its lines runs, one block after the other."""

import re
from pathlib import Path

from mypy.api import run as mypy

README = Path(__file__).resolve().parents[1] / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_its_lines_run(url, key, tmp_path, monkeypatch, capsys):
    """It is what somebody does who reads it from top to bottom."""
    monkeypatch.chdir(tmp_path)
    text = README.read_text().replace("http://127.0.0.1:8000", url)
    known = {}
    try:
        for block in BLOCK.findall(text.replace("attest-example-admin-key", key)):
            exec(block, known)  # noqa: S102 - it is our own
        said = capsys.readouterr().out
        assert "Asserted by 1 origin, denied by 1 origin." in said
        assert "A large march The record has changed since." in said
        assert {each.name for each in tmp_path.iterdir()} == {"events.parquet", "events.csv"}
    finally:
        known["client"].close()


def test_its_types_are_right(tmp_path):
    """Whoever copies its lines passes their own type check."""
    program = tmp_path / "readme.py"
    program.write_text("\n".join(BLOCK.findall(README.read_text())))
    cache = README.parent / ".mypy_cache"
    said, faults, status = mypy([str(program), "--strict", f"--cache-dir={cache}"])
    assert (status, faults) == (0, ""), said
