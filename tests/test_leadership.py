"""Who leads among threads: one at a time, and nobody for ever."""

import threading
import time

import pytest

from api.service.leadership import Leadership

SOON = 5
"""Seconds within which whatever is to happen happens."""


class Thread:
    """A thread that takes the lead when it can, and does what it is told with it."""

    def __init__(self, lead):
        """Wait for the lead."""
        self.lead, self.told, self.answers = lead, threading.Semaphore(0), []
        self.took, self.work = threading.Event(), None
        self.thread = threading.Thread(target=self.live, daemon=True)
        self.thread.start()

    def live(self):
        """Take the lead, and work until there is no more work."""
        self.answers.append(self.lead.take())
        self.took.set()
        while self.told.acquire(timeout=SOON) and self.work:
            self.answers.append(self.work())
            self.took.set()

    def does(self, work):
        """Have something done; give the answer."""
        self.took.clear()
        self.work = work
        self.told.release()
        assert self.took.wait(SOON)
        return self.answers[-1]

    def end(self):
        """Let it end."""
        self.work = None
        self.told.release()
        self.thread.join(SOON)
        assert not self.thread.is_alive()


@pytest.fixture
def lead():
    """Give the lead, which nobody has."""
    return Leadership()


def test_one_leads_and_the_next_when_it_gives_up(lead):
    """The lead is had by one thread, and taken by another as soon as it is given up."""
    one = Thread(lead)
    assert one.took.wait(SOON)
    other = Thread(lead)
    assert not other.took.wait(0.05)
    assert one.does(lambda: lead.is_mine)
    assert one.does(lead.give_up) is None
    assert other.took.wait(SOON)
    assert other.does(lambda: lead.is_mine)
    assert not one.does(lambda: lead.is_mine)
    one.end()
    other.end()


def test_who_is_busy_too_long_is_deposed(lead):
    """A leader that is at something too long loses the lead, and is told when it finishes."""
    one, other = Thread(lead), None
    assert one.took.wait(SOON)
    lead.depose(-1)  # it is at nothing
    assert one.does(lambda: lead.is_mine)
    one.does(lead.begin)
    lead.depose(60)
    assert one.does(lead.finish) is True
    one.does(lead.begin)
    lead.depose(-1)
    other = Thread(lead)
    assert other.took.wait(SOON)
    assert one.does(lead.finish) is False
    assert other.does(lambda: lead.is_mine)
    assert lead.finished == 2
    one.end()
    other.end()


def test_in_the_end_all_who_wait_are_told(lead):
    """Once it is over, nobody takes the lead, however many have waited for it."""
    one = Thread(lead)
    assert one.took.wait(SOON)
    others = [Thread(lead) for _ in range(8)]
    lead.end()
    assert lead.is_taken
    one.does(lead.give_up)
    for each in others:
        assert each.took.wait(SOON)
        assert each.answers == [False]
        each.end()
    assert not lead.is_taken
    lead.take_over()
    assert lead.is_mine
    one.end()


def test_the_lead_is_never_lost(lead):
    """However often it changes hands, and is taken away meanwhile, one thread at most has it."""
    leading, most, turns = threading.Lock(), [], [0]

    def work():
        while lead.take():
            assert leading.acquire(blocking=False)
            turns[0] += 1
            leading.release()
            lead.begin()
            if lead.finish():
                lead.give_up()

    def watch():
        while not most:
            lead.depose(0)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    watching = threading.Thread(target=watch, daemon=True)
    for thread in (*threads, watching):
        thread.start()
    deadline = time.monotonic() + SOON
    while turns[0] < 2_000 and time.monotonic() < deadline:
        time.sleep(0.01)
    lead.end()
    for thread in threads:
        thread.join(SOON)
        assert not thread.is_alive()
    most.append(True)
    assert turns[0] >= 2_000
