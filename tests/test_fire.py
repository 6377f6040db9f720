"""The feed under fire, for some seconds each; `support.fire` does it at length."""

import pytest
from support import fire
from support.fire import Fire, rage
from support.mirror import compare
from support.service import new_database

from models.database import migrating


@pytest.mark.parametrize("stops", [False, True])
def test_the_feed_is_what_the_tables_hold(server, template, settings, stops):
    """A mirror made of the feed alone equals the tables, whoever wrote for how long meanwhile.

    A reader that is stopped at any moment goes on where it was.
    """
    with new_database(server, template) as url:
        reader, done = rage(url, settings, Fire(commits=300, part_long=0.05, stops=stops))
        compare(url, reader)
    assert done["committed"] >= 300
    assert done["rolled back"]
    assert done["long"]
    assert {"create", "change", "derive", "withdraw"} <= {*reader.counts}
    # By the instants, or by numbers of a sequence, these would have slipped in behind a cursor.
    assert reader.counts["overtaken"]
    assert bool(reader.counts["stops"]) == stops


def test_the_feed_outlives_a_killed_postgresql(settings):
    """What was told before PostgreSQL was killed stays so, and what was committed is told."""
    with fire.server(durable=True) as (folder, root), new_database(root) as url:
        migrating.migrate(url)
        asked = Fire(commits=200, part_long=0.02, kills=1)
        reader, done = rage(url, settings, asked, folder)
        compare(url, reader)
    assert done["kills"] == 1
    assert done["broken off"]
