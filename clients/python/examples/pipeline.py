"""From text to checked records, by a rule: `pipeline.py URL KEY` codes an article."""

import re
import sys

from attest_client import Bundle, Client, Invalid, Ref

ARTICLE = (
    "Dock workers in Port Ellery walked out on Tuesday. “The cranes stand still,” said Ines "
    "Calder, who speaks for the dockers. “Nobody has walked out,” said Tom Wray, a port spokesman."
)
SAID = re.compile(r"“([^”]+),” said ([A-Z]\w+ [A-Z]\w+), ([^.]+)\.")
DENIES = re.compile(r"\b(nobody|never|no one)\b", re.IGNORECASE)


def code(bundle: Bundle, text: str) -> list[Ref]:
    """Add the article, the event that it reports, and who says what of it; give the statements."""
    ids = {name: {"desk": f"port-{name}"} for name in ("report", "walkout")}
    report = bundle.document(title="Walkout", text=text, external_ids=ids["report"])
    walkout = bundle.event(
        title="Walkout in Port Ellery", type="protest", external_ids=ids["walkout"]
    )
    said = []
    for found in SAID.finditer(text):
        quote, name, role = found.groups()
        denies = bool(DENIES.search(quote))
        speaker = bundle.actor(name=name, kind="person", external_ids={"desk": name})
        statement = bundle.statement(
            act="deny" if denies else "assert",
            form="direct_quote",
            quote=quote,
            start=found.start(1),
            end=found.end(1),
            speaker_id=speaker,
            speaker_role=role,
            document_id=report,
            claims=[
                {
                    "event_id": walkout,
                    "stance": "denies" if denies else "asserts",
                    "aspect": "occurrence",
                }
            ],
            external_ids={"desk": f"port-{found.start()}"},
        )
        said.append(statement)
    return said


def main() -> None:
    """Have the article checked, store it, and tell what the service makes of it."""
    with Client(*sys.argv[1:]) as client:
        bundle = client.bundle("harbour", comment="Found by rule.")
        said = code(bundle, ARTICLE)
        try:
            print("checked:", bundle.check().created.to_dict())
        except Invalid as refused:
            sys.exit("\n".join(f"{bundle.at(str(e.pointer))}: {e.detail}" for e in refused.errors))
        print("stored:", bundle.send().created.to_dict())
        for each in (client.statements.get(ref.id) for ref in said):
            print(f"verified {each.quote_verified}: {each.quote}")
        [event] = client.events.list(external_id="desk:port-walkout", dataset="harbour")
        print(client.events.attestation(event.id).rule)


if __name__ == "__main__":
    main()
