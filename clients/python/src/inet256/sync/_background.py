# SPDX-License-Identifier: Apache-2.0
"""The event loop that every blocking client of this process shares, in a thread of its own.

One for all, because gRPC's asyncio part wakes every event loop of a process for each event, and
those that it was not meant for complain.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class Background:
    """A thread with an event loop, started when it is first needed, ended with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, _Result], timeout: float | None = None) -> _Result:
        """Runs it there and waits for it. Raises TimeoutError, and cancels it, after so many
        seconds; None means without end."""
        loop = self._running()
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("a blocking call of inet256.sync from its own event listener")
        future = asyncio.run_coroutine_threadsafe(_within(work, timeout), loop)
        try:
            return future.result()
        except BaseException:
            # Of the coroutine, then it is over anyhow; or a KeyboardInterrupt here.
            future.cancel()
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                started = threading.Event()
                self._thread = threading.Thread(
                    target=asyncio.run, args=(self._serve(started),), name="inet256", daemon=True
                )
                self._thread.start()
                started.wait()
                atexit.register(self._end)
            assert self._loop is not None
            return self._loop

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_ignore_spurious_wakes)
        self._stop = asyncio.Event()
        started.set()
        await self._stop.wait()

    def _end(self) -> None:
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()


async def _within(work: Coroutine[Any, Any, _Result], timeout: float | None) -> _Result:
    if timeout is None:
        return await work
    try:
        return await asyncio.wait_for(work, timeout)
    except asyncio.TimeoutError:
        # Python 3.10 has three errors of that name.
        raise TimeoutError(f"not done within {timeout} s") from None


def _ignore_spurious_wakes(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    of_grpc = "PollerCompletionQueue" in repr(context.get("handle"))
    if not (of_grpc and isinstance(context.get("exception"), BlockingIOError)):
        loop.default_exception_handler(context)


BACKGROUND = Background()
"""The one of this process."""
