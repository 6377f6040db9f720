"""A bar that tells how much of an export has come; drawn by tqdm, an extra."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(what: str, *, wanted: bool | None) -> Iterator[Callable[[int], object]]:
    """Give what is told numbers of bytes; None draws if tqdm is there and stderr is a terminal.

    An export does not tell its length before its end, so neither does the bar.
    """
    try:
        from tqdm import tqdm  # noqa: PLC0415 - an extra
    except ImportError:
        if wanted:
            raise ImportError("A progress bar takes attest-client[progress].") from None
        yield lambda _: None
        return
    hidden = None if wanted is None else not wanted
    with tqdm(desc=what, unit="B", unit_scale=True, unit_divisor=1000, disable=hidden) as drawn:
        yield drawn.update
