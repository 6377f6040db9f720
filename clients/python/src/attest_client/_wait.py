"""To wait, and to do what takes long, with and without an event loop."""

import asyncio
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


async def apause(seconds: float) -> None:
    """Wait, and let others go on."""
    await asyncio.sleep(seconds)


def apart(function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """Do what takes long."""
    return function(*given, **named)


async def aapart(
    function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Result:
    """Do what takes long in a thread, and let others go on."""
    return await asyncio.to_thread(function, *given, **named)
