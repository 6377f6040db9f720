"""Files of a folder, as they lie there."""

from hashlib import sha256
from pathlib import Path

from flask import Response, request
from werkzeug.security import safe_join

from api.http import conditional

TYPES = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".html": "text/html",
    ".http": "text/plain",
    ".inv": "application/octet-stream",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".py": "text/plain",
    ".sql": "text/plain",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".yaml": "application/yaml",
}
"""Media types by the ends of names; what the machine believes of them is not asked."""

INDEX = "index.html"
"""The file that is meant by the name of a folder."""

FOREVER = "public, max-age=31536000, immutable"
"""How long a file may be kept whose address changes when it does (`?v=`)."""


def found(folder: Path, name: str) -> Path | None:
    """Find a file in a folder by its relative path; None where it is not below the folder."""
    place = safe_join(str(folder), name)
    if place is None or "\0" in place:
        return None
    path = Path(place)
    return path if path.is_file() and path.resolve().is_relative_to(folder.resolve()) else None


def sent(path: Path) -> Response:
    """Answer with a file: 304 if the client has it already."""
    data = path.read_bytes()
    tag = sha256(data).hexdigest()[:32]
    kind = TYPES.get(path.suffix.lower(), "application/octet-stream")
    answer = conditional.unchanged(tag) or Response(data, 200, {"ETag": f'"{tag}"'}, mimetype=kind)
    answer.headers["Cache-Control"] = FOREVER if "v" in request.args else "no-cache"
    return answer
