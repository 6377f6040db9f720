"""Events over HTTP."""


def test_the_siege_is_disputed(panjshir, found):
    """What one origin asserts and another denies is disputed, however often each says so."""
    siege = found("events", "E1")
    assert siege["attestation"]["status"] == "disputed"
    denied = panjshir.get(f"/v1/statements?event={siege['id']}&stance=denies").get_json()["items"]
    assert [statement["external_ids"]["seed"] for statement in denied] == ["S23"]


def test_withdrawing(panjshir, found):
    """What rests on one statement alone stands no more when that is withdrawn."""
    s10 = found("statements", "S10")
    answer = panjshir.delete(f"/v1/statements/{s10['id']}", headers={"If-Match": "*"})
    assert answer.status_code == 204
    assert found("events", "E4")["attestation"]["status"] == "unattested"
