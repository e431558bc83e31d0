# SPDX-License-Identifier: Apache-2.0
"""The receiving half of a node: a bounded queue of batches, read one message at a time or batch by
batch.

Invariant: at most `bound` encoded bytes wait, or one batch; the oldest batches make room; and every
message goes to one receiver at most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable

from ._frames import Message
from ._waiters import Waiters
from .errors import Inet256Error


class Inbox:
    """Messages that arrived and were not read. Belongs to one event loop."""

    def __init__(self, bound: int, on_lost: Callable[[int], None]) -> None:
        """Empty. `on_lost` is told the new total whenever messages were lost."""
        self._bound = bound
        self._on_lost = on_lost
        self._batches: deque[tuple[list[Message], int]] = deque()
        self._bytes = 0
        # How many messages of the first batch have been taken.
        self._taken = 0
        self._lost = 0
        self._over: Inet256Error | None = None
        self._receivers = Waiters()

    def push(self, messages: list[Message], size: int) -> None:
        """Adds messages that took so many bytes; there is at least one."""
        if self._over is not None:
            return
        self._batches.append((messages, size))
        self._bytes += size
        if self._bytes > self._bound and len(self._batches) > 1:
            while self._bytes > self._bound and len(self._batches) > 1:
                self._lost += len(self._batches[0][0]) - self._taken
                self._leave_first()
            self._on_lost(self._lost)
        self._receivers.wake(len(messages))

    async def receive(self) -> Message:
        """As Node.receive."""
        while True:
            if self._over is not None:
                raise self._over.again()
            if self._batches:
                return self._take_one()
            await self._receivers.wait()

    async def take_batch(self) -> list[Message]:
        """The first batch, or what is left of it; waits while there is none."""
        while True:
            if self._over is not None:
                raise self._over.again()
            if self._batches:
                messages = self._batches[0][0]
                rest = messages[self._taken :] if self._taken > 0 else messages
                self._leave_first()
                return rest
            await self._receivers.wait()

    async def batches(self) -> AsyncIterator[list[Message]]:
        """As Node.batches."""
        while True:
            try:
                batch = await self.take_batch()
            except Inet256Error as error:
                if error.reason == "NODE_CLOSED":
                    return
                raise
            yield batch

    def end(self, error: Inet256Error) -> None:
        """What waits is forgotten, receivers raise the error, iterations end."""
        self._over = error
        self._batches.clear()
        self._bytes = 0
        self._taken = 0
        self._receivers.wake_all()

    def _take_one(self) -> Message:
        messages = self._batches[0][0]
        message = messages[self._taken]
        self._taken += 1
        if self._taken == len(messages):
            self._leave_first()
        return message

    def _leave_first(self) -> None:
        self._bytes -= self._batches.popleft()[1]
        self._taken = 0


class Messages:
    """The messages of a node one by one; ends when the node is closed."""

    __slots__ = ("_inbox",)

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def __aiter__(self) -> Messages:
        return self

    async def __anext__(self) -> Message:
        try:
            return await self._inbox.receive()
        except Inet256Error as error:
            if error.reason == "NODE_CLOSED":
                raise StopAsyncIteration from None
            raise
