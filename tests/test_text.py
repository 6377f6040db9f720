"""Full text: which records have the words that are asked for, in which order, and where."""

from support.lists import walk


def test_try(panjshir):
    for q in [
        "siege",
        "sieges",
        "Panjshir siege",
        '"Panjshir Valley"',
        "valley -siege",
        "Massoud OR Taliban",
        "three sides",
    ]:
        for r in ["events", "statements", "documents", "actors", "locations"]:
            answer = panjshir.get(
                f"/v1/{r}", query_string={"q": q, "highlight": "true", "total": "exact"}
            )
            body = answer.get_json()
            print(
                r,
                q,
                body.get("total"),
                [
                    (x.get("title") or x.get("name") or x.get("text"), x["highlights"][:2])
                    for x in body["items"]
                ][:3],
            )
