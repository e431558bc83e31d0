# SPDX-License-Identifier: Apache-2.0
"""Tasks that wait to be woken. Whoever is cancelled meanwhile leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from .errors import Inet256Error


class Waiters:
    """Some tasks of one event loop, in the order in which they came."""

    __slots__ = ("_futures",)

    def __init__(self) -> None:
        # For its order, and because the first and whoever gives up leave in constant time.
        self._futures: OrderedDict[asyncio.Future[None], None] = OrderedDict()

    async def wait(self) -> None:
        """Waits to be woken. One that was woken and is cancelled before it runs wakes another."""
        future = asyncio.get_running_loop().create_future()
        self._futures[future] = None
        try:
            await future
        except asyncio.CancelledError:
            self._futures.pop(future, None)
            if not future.cancelled() and future.exception() is None:
                self.wake(1)
            raise

    def wake(self, count: int) -> None:
        """Wakes the first so many."""
        while count > 0 and self._futures:
            future, _ = self._futures.popitem(last=False)
            if not future.done():
                future.set_result(None)
                count -= 1

    def wake_all(self) -> None:
        """Wakes everybody."""
        if self._futures:
            self.wake(len(self._futures))

    def fail_all(self, error: Inet256Error) -> None:
        """Makes `wait` raise this error, for everybody."""
        futures, self._futures = self._futures, OrderedDict()
        for future in futures:
            if not future.done():
                future.set_exception(error.again())
