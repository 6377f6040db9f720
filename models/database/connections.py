"""The way to PostgreSQL: connections and their settings."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Cursor, IsolationLevel, conninfo
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

IDLE_MILLISECONDS = 60_000
"""How long a transaction may do nothing: a worker that hangs in one holds up others."""

NETWORK: dict[str, Any] = {
    "application_name": "attest",
    "connect_timeout": 5,
    # A host that has gone without a word is noticed within a minute, be it asked or waited for.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""How the server is reached where its address says nothing else."""


class Connection(psycopg.Connection[Any]):
    """A connection with a cursor for reads, and the instant that its reads are about.

    What `reader` has found must be taken from it before it is used again: making a cursor costs as
    much as a read. `as_of` is None where what stands is read; see `models.past.as_of`.
    """

    reader: Cursor[Any]
    as_of: datetime | None = None
    many_since: dict[str, datetime]
    """By table: when it held more versions than are early; see `models.past.as_of.early`."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Read the present."""
        super().__init__(*arguments, **more)
        self.reader, self.many_since = self.cursor(), {}


def settings(statement_timeout: int, *, pooler: bool = False) -> dict[str, str]:
    """List the settings of every connection, as `pg_settings` writes them; the timeout is in ms.

    A PgBouncer in transaction mode takes no settings along: those of the role must be the same.
    """
    chosen = {
        "statement_timeout": str(statement_timeout),
        "idle_in_transaction_session_timeout": str(IDLE_MILLISECONDS),
        "TimeZone": "UTC",
        "DateStyle": "ISO, YMD",
        # A page takes a few hundred microseconds: JIT and workers in parallel cost more.
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
    }
    # Prepared statements have one generic plan; `lists.search` sends the others with their values
    # inside, for which they are planned each time.
    return chosen if pooler else {**chosen, "plan_cache_mode": "force_generic_plan"}


def configure(url: str, statement_timeout: int, *, pooler: bool = False) -> str:
    """Complete a conninfo with connection options and, without a `pooler`, with settings."""
    given: dict[str, Any] = conninfo.conninfo_to_dict(url)
    if not pooler:
        options = [given.get("options") or ""]
        for name, value in settings(statement_timeout).items():
            options.append(f"-c {name}={value.replace(' ', '')}")
        given["options"] = " ".join(options).strip()
    return conninfo.make_conninfo(**{**NETWORK, **given})


def connect(url: str) -> Connection:
    """Connect for a few statements, without preparing any: there may be a pooler."""
    return Connection.connect(url, autocommit=True, prepare_threshold=None)


def unsettled(
    connection: Connection, statement_timeout: int, *, pooler: bool
) -> dict[str, tuple[str, str]]:
    """Find the wrong settings of a connection: name -> present and required value."""
    wanted = settings(statement_timeout, pooler=pooler)
    rows = connection.execute(
        "SELECT pg_settings.name, pg_settings.setting FROM pg_settings"
        " WHERE pg_settings.name = ANY(%s)",
        ([*wanted],),
    ).fetchall()
    return {name: (value, wanted[name]) for name, value in rows if value != wanted[name]}


def role_settings(statement_timeout: int) -> list[str]:
    """Write the statements that set for a role what every connection through a pooler needs."""
    return [
        f"ALTER ROLE CURRENT_USER SET {name} = '{value}';"
        for name, value in settings(statement_timeout, pooler=True).items()
    ]


def limit(connection: Connection, timeout: int) -> None:
    """Set another statement timeout, in ms, for the current transaction alone.

    Where that is longer, it may also do nothing for as long between its statements.
    """
    connection.execute(
        "SELECT set_config('statement_timeout', %s, true),"
        " set_config('idle_in_transaction_session_timeout', %s, true)",
        (str(timeout), str(max(timeout, IDLE_MILLISECONDS))),
    )


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Let several reads see one state, and let nothing be written."""
    if connection.info.transaction_status != TransactionStatus.IDLE:  # it is in one already
        yield
        return
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with connection.transaction():
            yield
    finally:
        if not connection.closed:
            connection.isolation_level = connection.read_only = None


def usable(connection: Connection) -> None:
    """Check a connection on which the server has sent something unasked; or OperationalError.

    A server that ends closes its connections, and an idle connection has nothing else to read: so
    looking costs microseconds, where asking each time would cost as much as a read.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if waiting.poll(0):
        ConnectionPool.check_connection(connection)


class Pool(ConnectionPool[Connection]):
    """A pool that tells whether its connections are all in use, or none can be made."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Begin with nothing lent."""
        self._lent: set[int] = set()
        super().__init__(*arguments, **more)

    def getconn(self, timeout: float | None = None) -> Connection:
        """Lend a connection.

        PoolTimeout where all are lent until then; OperationalError where another one could be made
        if the server let it.
        """
        try:
            connection = super().getconn(timeout)
        except PoolTimeout as error:
            if len(self._lent) < self.max_size:
                raise psycopg.OperationalError("No connection could be made in time.") from error
            raise
        self._lent.add(id(connection))
        return connection

    def putconn(self, conn: Connection) -> None:
        """Take a connection back."""
        self._lent.discard(id(conn))
        super().putconn(conn)


def pool(
    url: str, *, size: int, statement_timeout: int, patience: float, pooler: bool = False
) -> Pool:
    """Make a pool that is not open yet: each worker opens its own, after the fork.

    `patience` is how long a request waits for a connection, in seconds. Through a `pooler`, each
    transaction may be done by another process of PostgreSQL, so nothing can be prepared.
    """
    return Pool(
        configure(url, statement_timeout, pooler=pooler),
        connection_class=Connection,
        min_size=1,
        max_size=size,
        timeout=patience,
        max_waiting=size * 16,
        reconnect_timeout=0,
        open=False,
        check=usable,
        # Reads need no transaction: it would cost them two more round trips.
        kwargs={"autocommit": True, "prepare_threshold": None if pooler else 0},
        name="attest",
    )
