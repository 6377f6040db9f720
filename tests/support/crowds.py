"""Many clients at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from support.service import key_of

STAR = {"If-Match": "*"}


class Crowd:
    """Clients of one service, each with a thread of its own."""

    def __init__(self, url, app):
        """Take a service, and make a key that may do everything."""
        self.app, self.secret = app, key_of(url, "admin")
        self.one = self.client()

    def client(self):
        """Make another client."""
        client = self.app.test_client()
        client.secret = self.secret
        return client

    def together(self, *works):
        """Do all works at the same moment, each with a client of its own; give their results."""
        start = Barrier(len(works), timeout=30)

        def begin(work):
            client = self.client()
            start.wait()
            return work(client)

        with ThreadPoolExecutor(len(works)) as threads:
            return [*threads.map(begin, works)]

    def posted(self, resource, **members):
        """Create a record, and give it."""
        answer = self.one.post(f"/v1/{resource}", json={"dataset": "d", **members})
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()

    def put(self, resource, record_id, **members):
        """Give what a work needs that changes a record, whatever its version."""
        return lambda client: client.patch(
            f"/v1/{resource}/{record_id}", json=members, headers=STAR
        )

    def read(self, resource, record_id):
        """Read a record that stands."""
        answer = self.one.get(f"/v1/{resource}/{record_id}")
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def listed(self, resource, **query):
        """List everything that is found, page after page."""
        found, query = [], {"limit": 1000, **query}
        while True:
            answer = self.one.get(f"/v1/{resource}", query_string=query)
            assert answer.status_code == 200, answer.get_json()
            page = answer.get_json()
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            query["cursor"] = page["next_cursor"]


def statuses(answers):
    """Count the answers by status; whoever was told to wait was told for how long."""
    assert all("Retry-After" in it.headers for it in answers if it.status_code == 503)
    return Counter(answer.status_code for answer in answers)
