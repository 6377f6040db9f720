"""Records: lists and pages, reading, writing, versions, and what comes after."""

import pytest
from attest_client import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    PreconditionFailed,
    Refused,
    Unauthorized,
    Unversioned,
)
from attest_client import BadRequest, Client
from attest_client.models import EventInput, EventType


def test_x(client):
    events = list(client.events.list(dataset="panjshir-2021", limit=4))
    print(len(events), events[0])
    assert 0
