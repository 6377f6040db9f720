"""Documents as linked data."""

from schemas.layouts.linked.common import COMMON
from schemas.layouts.linked.terms import INSTANT, Address, Day, Node, Nodes, Record, Term

TYPES = {
    "article": "NewsArticle",
    "post": "SocialMediaPosting",
    "press_release": "Article",
    "official": "Report",
    "image": "ImageObject",
    "video": "VideoObject",
    "audio": "AudioObject",
    "dataset": "Dataset",
}
"""The type of each kind that has one; all others are a CreativeWork."""

FILE = {
    "sha256": Term("schema:sha256"),
    "media_type": Term("schema:encodingFormat"),
    "bytes": Term("attest:bytes"),
    "name": Term("schema:name"),
    "url": Address("schema:contentUrl"),
    "archived_url": Address("schema:archivedAt"),
    "retrieved_at": Term("attest:retrieved_at", INSTANT),
}

RELIABILITY = {
    "grade": Term("attest:grade"),
    "of": Term("attest:of"),
    "actor_id": Record("attest:actor", to="actors"),
}

TERMS = {
    "title": Term("schema:headline"),
    "kind": Term("attest:kind"),
    "publisher_id": Record("schema:publisher", to="actors"),
    "url": Address("schema:url"),
    "archived_url": Address("schema:archivedAt"),
    "language": Term("schema:inLanguage"),
    "published_on": Day("attest:published_on", first="schema:datePublished"),
    "published_note": Term("attest:published_note"),
    "text": Term("schema:text"),
    "text_sha256": Term("attest:text_sha256"),
    "copy_of_id": Record("schema:isBasedOn", to="documents"),
    "reliability": Term("attest:reliability"),
    "source_reliability": Nodes("attest:source_reliability", members=RELIABILITY),
    "licence": Address("schema:license"),
    "files": Nodes("schema:associatedMedia", members=FILE, kind="MediaObject"),
    **COMMON,
}


def types(record: Node) -> str:
    """Name its type, by its kind."""
    return TYPES.get(record.get("kind") or "", "CreativeWork")
