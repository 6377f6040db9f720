"""Which of several threads leads: one at a time, and another once it has been busy too long."""

import threading
import time


class Leadership:
    """The lead among threads, which is taken, given up, or lost to another thread.

    A leader says when it begins and finishes something. Whoever looks after it may depose it
    meanwhile: it goes on with what it is at, and is told when it finishes.
    """

    def __init__(self) -> None:
        """Let nobody lead yet."""
        self._change = threading.Lock()
        self._turns = threading.Semaphore(1)
        self._leader: int | None = None
        self._busy_since: float | None = None
        self._over = False
        self.finished = 0
        """How often a leader or former leader has finished something."""

    @property
    def is_mine(self) -> bool:
        """Whether the calling thread leads."""
        return self._leader == threading.get_ident()

    @property
    def is_taken(self) -> bool:
        """Whether any thread leads."""
        return self._leader is not None

    @property
    def is_busy(self) -> bool:
        """Whether the leader is at something."""
        return self._busy_since is not None

    def take(self) -> bool:
        """Wait for the lead and take it; False once nobody may lead any more."""
        self._turns.acquire()
        with self._change:
            if self._over:
                self._turns.release()  # for the next who waits, to be told the same
                return False
            self._leader = threading.get_ident()
            return True

    def give_up(self) -> None:
        """Let another thread lead."""
        with self._change:
            self._leader = self._busy_since = None
            self._turns.release()

    def begin(self) -> None:
        """Say that the leader is at something from now on."""
        self._busy_since = time.monotonic()

    def finish(self) -> bool:
        """Say that it is done; tell whether the calling thread still leads."""
        with self._change:
            self.finished += 1
            if self.is_mine:
                self._busy_since = None
            return self.is_mine

    def depose(self, patience: float) -> None:
        """Let another thread lead if the leader has been at something for too many seconds."""
        with self._change:
            if self._busy_since is not None and time.monotonic() - self._busy_since > patience:
                self._leader = self._busy_since = None
                self._turns.release()

    def end(self) -> None:
        """Let nobody take the lead from here on; whoever has it keeps it until it is given up."""
        with self._change:
            self._over = True

    def take_over(self) -> None:
        """Take the lead that nobody can take any more, or that nobody has."""
        with self._change:
            self._leader = threading.get_ident()
