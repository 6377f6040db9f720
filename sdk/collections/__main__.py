"""Write the collections of requests into a folder, docs/ unless another is named."""

import json
import sys
from pathlib import Path
from typing import Any

from sdk.collections import editor, postman
from sdk.collections.description import ROOT, operations
from sdk.collections.purposes import folders
from sdk.collections.scenario import scenario

VALUES = {"baseUrl": "http://127.0.0.1:8000", "key": "attest-example-admin-key"}
"""The service and the key of README's first lines."""

TITLE = "Attest"
ABOUT = (
    "Who did what to whom, where and when - and who says so. Start the service with its example "
    "and a key with the scope `admin`, choose the environment, and send from top to bottom: later "
    "requests use what earlier ones have found."
)


def as_text(document: dict[str, Any]) -> str:
    """Write JSON as files in docs/ have it."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def collections() -> dict[str, str]:
    """Give the files, by their names."""
    known = operations()
    found = [scenario(known), *folders(known)]
    return {
        "attest.postman_collection.json": as_text(postman.collection(TITLE, ABOUT, found)),
        "attest.postman_environment.json": as_text(postman.environment(TITLE, VALUES)),
        "attest.http": editor.text(VALUES, found),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    for name, text in collections().items():
        (folder / name).write_text(text)
