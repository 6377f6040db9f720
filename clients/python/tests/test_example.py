"""The example of the README: an extraction pipeline."""

import subprocess
import sys
from pathlib import Path

PIPELINE = Path(__file__).resolve().parents[1] / "examples" / "pipeline.py"


def test_the_pipeline_codes_an_article(url, key):
    """It is checked, stored with each quote verified, and unchanged if it is sent again."""
    said = [
        subprocess.run(  # noqa: S603 - our own example
            [sys.executable, PIPELINE, url, key], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for _ in range(2)
    ]
    assert said[0][0].startswith("checked: {")
    assert said[0][2:] == [
        "verified True: The cranes stand still",
        "verified True: Nobody has walked out",
        "Asserted by 1 origin, denied by 1 origin.",
    ]
    assert said[1] == ["checked: {}", "stored: {}", *said[0][2:]]
