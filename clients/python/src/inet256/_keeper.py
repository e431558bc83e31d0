# SPDX-License-Identifier: Apache-2.0
"""Keeps one node open at a daemon: starts its stream, starts another when that one breaks, and
knows when there is no coming back.

Invariant: it is away, open or over; `over` is for good and is the error of every later call.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

from ._connection import Connection
from ._frames import MessageReader
from ._inbox import Inbox
from ._limits import (
    CLOSE_SECONDS,
    OUTAGE_SECONDS,
    REOPEN_FIRST_SECONDS,
    REOPEN_MOST_SECONDS,
)
from ._lookups import drop_node
from ._outbox import Outbox
from ._stream import NodeStream
from ._waiters import Waiters
from .errors import Inet256Error, Reason, make_error
from .events import Disconnected, Ended, Event, Lost, Reopened
from .identity import PrivateKey

_FINAL: frozenset[Reason] = frozenset(
    {
        "BAD_KEY",
        "BAD_REQUEST",
        "DISPLACED",
        "KEY_IN_USE_BY_DAEMON",
        "NODE_CLOSED",
        "NODE_DROPPED",
        "UNAUTHENTICATED",
        "UNSUPPORTED_OPTION",
    }
)
"""After one of these a node cannot come back by being opened again."""


class Keeper:
    """What stands between a node and its streams. Belongs to one event loop."""

    def __init__(
        self,
        connection: Connection,
        key: PrivateKey,
        inbox_bytes: int,
        outbox: Outbox,
        inbox: Inbox,
        tell: Callable[[Event], None],
        on_over: Callable[[], None],
    ) -> None:
        """`inbox_bytes` is what the daemon is asked to keep unread, 0 for its default."""
        self._connection = connection
        self._key = bytearray(key.serialize())
        self._address = key.address
        self._inbox_bytes = inbox_bytes
        self._outbox = outbox
        self._inbox = inbox
        self._tell = tell
        self._on_over = on_over
        self._reader = MessageReader()
        self._stream: NodeStream | None = None
        self._opening: asyncio.Task[NodeStream] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._finishing: asyncio.Task[None] | None = None
        self._changed = Waiters()
        self.over: Inet256Error | None = None

    async def start(self) -> None:
        """The first attempt: raises, and is over, when the node cannot be opened."""
        opening = self._opening = asyncio.create_task(self._open())
        try:
            stream = await opening
            self.check()
        except asyncio.CancelledError:
            # Either it was ended meanwhile, or whoever opens it gives up.
            self.check()
            self.end(closed_error())
            raise
        except Inet256Error as error:
            self.end(error)
            raise
        self._keeping = asyncio.create_task(self._keep(stream))

    async def session(self) -> str:
        """The session of the open stream; waits while there is none."""
        while True:
            self.check()
            if self._stream is not None:
                return self._stream.session
            await self._changed.wait()

    def check(self) -> None:
        """Raises why it is over, if it is."""
        if self.over is not None:
            raise self.over.again()

    async def finish(self) -> None:
        """Ends it when everything is written and the daemon has read it, or after CLOSE_SECONDS.

        Whoever gives up waiting does not stop it."""
        if self._finishing is None:
            self._finishing = asyncio.create_task(self._finish())
        await asyncio.shield(self._finishing)

    async def drop(self) -> None:
        """Drops the node for everybody, which ends it here too."""
        self.check()
        await drop_node(self._connection, self._key)
        self.end(make_error("NODE_DROPPED", "the node was dropped"))
        await self.stopped()

    def end(self, error: Inet256Error) -> None:
        """Ends it now. Again does nothing."""
        if self.over is not None:
            return
        self.over = error
        self._key[:] = bytes(len(self._key))
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None
        for task in (self._opening, self._keeping):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self._outbox.end(error)
        self._inbox.end(error)
        self._changed.wake_all()
        self._on_over()

    async def stopped(self) -> None:
        """Waits until nothing of it runs any more."""
        if self._keeping is not None:
            with suppress(asyncio.CancelledError):
                await asyncio.wait({self._keeping})

    async def _open(self) -> NodeStream:
        return await NodeStream.open(
            self._connection, self._key, self._address.raw, self._inbox_bytes
        )

    async def _keep(self, stream: NodeStream) -> None:
        try:
            await self._carry(stream)
        except Exception as cause:
            error = make_error("INTERNAL", "an unexpected fault of the client")
            error.__cause__ = cause
            self._end_for_good(error)

    async def _carry(self, first: NodeStream) -> None:
        stream: NodeStream | None = first
        while stream is not None:
            self._stream = stream
            self._outbox.connected()
            self._changed.wake_all()
            if stream is not first:
                self._tell(Reopened(self._address))
            error = await stream.carry(self._outbox, self._inbox, self._reader, self._lost)
            self._stream = None
            if self._finishing is not None:
                self.end(closed_error())
                return
            stream = await self._come_back(error or make_error("UNAVAILABLE", "the stream ended"))

    async def _come_back(self, error: Inet256Error) -> NodeStream | None:
        if error.reason in _FINAL:
            self._end_for_good(error)
            return None
        self._outbox.disconnected()
        self._tell(Disconnected(self._address, error))
        outage = asyncio.get_running_loop().call_later(
            OUTAGE_SECONDS, self._outbox.give_up, _outage_error(error)
        )
        try:
            return await self._reopen()
        finally:
            outage.cancel()

    async def _reopen(self) -> NodeStream | None:
        delay = REOPEN_FIRST_SECONDS
        while self.over is None:
            try:
                await self._connection.when_ready()
                async with self._connection.reopening:
                    return await self._open()
            except Inet256Error as error:
                if error.reason in _FINAL:
                    self._end_for_good(error)
                    return None
            await asyncio.sleep(delay * random.uniform(0.75, 1.25))
            delay = min(2 * delay, REOPEN_MOST_SECONDS)
        return None

    async def _finish(self) -> None:
        if self.over is not None:
            return
        if self._stream is None or self._keeping is None:
            self.end(closed_error())
        else:
            self._outbox.finish(closed_error())
            await asyncio.wait({self._keeping}, timeout=CLOSE_SECONDS)
            self.end(closed_error())
        await self.stopped()

    def _end_for_good(self, error: Inet256Error) -> None:
        self.end(error)
        self._tell(Ended(self._address, error))

    def _lost(self, total: int) -> None:
        self._tell(Lost(self._address, "daemon", total))


def closed_error() -> Inet256Error:
    """What every call says after the node was closed."""
    return make_error("NODE_CLOSED", "the node has been closed")


def _outage_error(cause: Inet256Error) -> Inet256Error:
    return make_error("UNAVAILABLE", f"no daemon for {OUTAGE_SECONDS:.0f} s ({cause})")
