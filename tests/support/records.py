"""Records of a test of its own, and what becomes of them: changed, retracted, merged by HTTP."""

from support.resources import MINIMAL, in_dataset

STAR = {"If-Match": "*"}


class Records:
    """The records of a service, by a client of it."""

    def __init__(self, client):
        """Take a client, and make a dataset for what it makes."""
        self.client = client
        self.expect(201, client.put("/v1/datasets/d", json={"name": "D"}))

    @staticmethod
    def expect(status, answer):
        """Hold an answer's status against what is expected; give its body."""
        assert answer.status_code == status, answer.get_json()
        return answer.get_json()

    def make(self, resource, **members):
        """Make a record of its resource's least members and these; give its id."""
        own_id = {"id": f"d-{len(self.ids('datasets'))}"} if resource == "datasets" else {}
        sent = {**own_id, **in_dataset(resource), **MINIMAL[resource], **members}
        return self.expect(201, self.client.post(f"/v1/{resource}", json=sent))["id"]

    def ids(self, resource, **query):
        """List the ids of what is found."""
        query = {"limit": 1000, "fields": "id", **query}
        found = self.expect(200, self.client.get(f"/v1/{resource}", query_string=query))
        return [item["id"] for item in found["items"]]

    def read(self, resource, record, **query):
        """Read a record that stands."""
        return self.expect(
            200, self.client.get(f"/v1/{resource}/{record}", query_string=query or None)
        )

    def change(self, resource, record, **patch):
        """Change a record, whatever stands; give what it is then."""
        address = f"/v1/{resource}/{record}"
        return self.expect(200, self.client.patch(address, json=patch, headers=STAR))

    def withdraw(self, resource, record):
        """Withdraw a record, whatever stands."""
        self.expect(204, self.client.delete(f"/v1/{resource}/{record}", headers=STAR))

    def retract(self, resource, record, **said):
        """Retract a record, whatever stands; give what it is then."""
        address = f"/v1/{resource}/{record}/retraction"
        sent = {"reason": "wrong", **said}
        return self.expect(200, self.client.put(address, json=sent, headers=STAR))

    def lift(self, resource, record):
        """Lift a retraction; give what the record is then."""
        address = f"/v1/{resource}/{record}/retraction"
        return self.expect(200, self.client.delete(address, headers=STAR))

    def revisions(self, resource, record, **query):
        """List a record's revisions, the first one first."""
        address = f"/v1/{resource}/{record}/revisions"
        return self.expect(200, self.client.get(address, query_string={"sort": "number", **query}))[
            "items"
        ]

    def revert(self, resource, record, to):
        """Make a record what it was by a revision; give what it is then."""
        address = f"/v1/{resource}/{record}/revert"
        return self.expect(200, self.client.post(address, json={"to": to}))

    def merge(self, resource, record, into, **more):
        """Merge a record into another; give what was moved."""
        address = f"/v1/{resource}/{record}/merge"
        return self.expect(200, self.client.post(address, json={"into": into, **more}))

    def unmerge(self, resource, record):
        """Part a record from the one it was merged into; give what was moved back."""
        address = f"/v1/{resource}/{record}/unmerge"
        return self.expect(200, self.client.post(address, json={}))

    def now(self, resource="datasets", record="d"):
        """Give an instant that is after all writes so far, and before all that follow."""
        return self.change(
            resource, record, attributes={"n": len(self.revisions(resource, record))}
        )["updated_at"]
