"""What tests read from answers: which records a list finds, and what a refusal is about."""


def names(client, query):
    """Say what a list finds, each once: by the ids that tests, or the example, have given."""
    answer = client.get(query)
    assert answer.status_code == 200, answer.get_json()
    items = answer.get_json()["items"]
    found = [item["external_ids"].get("test") or item["external_ids"]["seed"] for item in items]
    assert len(found) == len({*found})
    return {*found}


def faults(answer):
    """Say where a refused body is wrong, and in which way."""
    assert answer.status_code == 422, answer.get_json()
    return {(fault["pointer"], fault["code"]) for fault in answer.get_json()["errors"]}
