"""The same with async and await; the two are of one source."""

import asyncio
import inspect
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from wire import answer, refusal, whole, wire

from attest_client import AsyncClient, Client, Incomplete, NotInThePast, PreconditionFailed, Retry

SOON = Retry(attempts=2, first=0.001)


def test_both_can_do_the_same():
    """Whatever the one has, the other has, and asks for it in the same way."""
    with Client("http://127.0.0.1") as one:
        other = AsyncClient("http://127.0.0.1")
        for name in ("", "datasets", "documents", "actors", "locations", "events", "statements"):
            left, right = ((getattr(each, name) if name else each) for each in (one, other))
            for member in {each for each in dir(left) if not each.startswith("_")} - {"close"}:
                if callable(getattr(left, member)) and not inspect.isclass(getattr(left, member)):
                    signatures = [
                        list(inspect.signature(getattr(each, member)).parameters)
                        for each in (left, right)
                    ]
                    assert signatures[0] == signatures[1]


def test_a_whole_article(url, key, tmp_path):
    """A bundle, lists, versions, files, frames, the past and the feed."""

    async def use():
        dataset = f"async-{uuid4().hex[:8]}"
        async with AsyncClient(url, key) as client:
            async with client.bundle(dataset) as bundle:
                event = bundle.event(type="protest", title="A march")
            before = datetime.now(UTC)
            read = await client.events.get(event.id)
            await client.events.patch(read, {"title": "Two marches"})
            with pytest.raises(PreconditionFailed):
                await client.events.patch(read, {"title": "None"})
            assert [each.title async for each in client.events.list(dataset=dataset)] == [
                "Two marches"
            ]
            with client.as_of(before):
                assert (await client.events.get(event.id)).title == "A march"
                with pytest.raises(NotInThePast):
                    await client.events.delete(event.id, if_match="*")
            feed = client.changes(dataset=dataset)
            assert [each.operation async for each in feed][-1] == "change"
            path = await client.export("events", tmp_path / "events.csv", dataset=dataset)
            frame = await client.events.to_pandas(dataset=dataset)
            assert list(frame.title) == ["Two marches"]
            assert "Two marches" in path.read_text()
            assert (await client.events.summary(dataset=dataset, by="type")).total.count == 1

    asyncio.run(use())


def test_the_past_of_one_task_is_not_that_of_another(url):
    """`as_of` holds for the task that says it."""

    async def use():
        async with AsyncClient(url) as client:

            async def then():
                with client.as_of("2000-01-01T00:00:00Z"):
                    await asyncio.sleep(0.02)
                    return (await client.events.page(total="exact")).total

            async def now():
                await asyncio.sleep(0.01)
                return (await client.events.page(total="exact")).total

            return await asyncio.gather(then(), now())

    before, after = asyncio.run(use())
    assert before == 0 < after


def test_a_busy_service_and_a_broken_file(tmp_path):
    """It waits, asks again, and gives a file its name once it is whole."""

    async def use(url):
        async with AsyncClient(url, retry=SOON) as client:
            assert (await client.datasets.get("mine")).name == "Mine"
            with pytest.raises(Incomplete):
                await client.events.export(tmp_path / "events.ndjson")

    with wire(refusal(503), answer(), whole(b""), whole(b"")) as (url, _):
        asyncio.run(use(url))
    assert [each.name for each in tmp_path.iterdir()] == ["events.ndjson.part"]


def test_a_stream(url, key):
    """Changes as they happen."""

    async def use():
        dataset = f"async-{uuid4().hex[:8]}"
        async with AsyncClient(url, key) as client:
            stream = client.stream(dataset=dataset, after="0")
            changes = aiter(stream)
            first = asyncio.ensure_future(anext(changes))
            await asyncio.sleep(0.2)
            await client.datasets.create({"id": dataset, "name": "Async"})
            assert (await first).id == dataset
            await changes.aclose()

    asyncio.run(use())
