# SPDX-License-Identifier: Apache-2.0
"""Messages gathered for one stream message, with those who wait to hear of some of them."""

from __future__ import annotations

import asyncio

from .errors import Inet256Error

_CHUNKS = 4  # of one datagram: head, address, tail, payload


class Batch:
    """A batch that is being filled, waits, or has been written.

    Its first number in the stream is known only once it is written. Whoever gives up waiting for a
    message before that takes it back.
    """

    __slots__ = ("bytes", "chunks", "count", "first", "waiters")

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        """Four pieces a datagram; empty once it is written."""
        self.bytes = 0
        """Encoded bytes so far."""
        self.count = 0
        """How many datagrams, once it is written."""
        self.first = 0
        """The number of its first datagram, once it is written."""
        self.waiters: dict[int, asyncio.Future[None]] = {}
        """Who waits, by the place in the batch, which rises."""

    def wait_for_last(self) -> asyncio.Future[None]:
        """A future of the datagram that was added last."""
        future = asyncio.get_running_loop().create_future()
        self.waiters[len(self.chunks) // _CHUNKS - 1] = future
        return future

    def drop_given_up(self) -> None:
        """Takes out the messages that nobody wants to be sent any more."""
        given_up = [place for place, future in self.waiters.items() if future.cancelled()]
        for place in reversed(given_up):
            at = _CHUNKS * place
            self.bytes -= sum(map(len, self.chunks[at : at + _CHUNKS]))
            del self.chunks[at : at + _CHUNKS]
            del self.waiters[place]
            self.waiters = {
                other - (other > place): future for other, future in self.waiters.items()
            }

    def seal(self, first: int) -> bytes:
        """The stream message; its datagrams are numbered from `first`."""
        self.first = first
        self.count = len(self.chunks) // _CHUNKS
        message = b"".join(self.chunks)
        self.chunks.clear()
        return message

    def accept(self, through: int) -> bool:
        """The daemon accepted all up to this number; whether that is the whole batch."""
        places = through - self.first
        whole = self.count <= places + 1
        told = self.waiters
        self.waiters = {} if whole else {p: future for p, future in told.items() if p > places}
        for place, future in told.items():
            if place > places:
                break
            if not future.done():
                future.set_result(None)
        return whole

    def refuse(self, number: int, error: Inet256Error) -> bool:
        """The daemon refused this one; whether anybody waited for it."""
        future = self.waiters.pop(number - self.first, None)
        if future is None:
            return False
        if not future.done():
            future.set_exception(error)
        return True

    def fail(self, error: Inet256Error) -> None:
        """Tells everybody who still waits."""
        for future in self.waiters.values():
            if not future.done():
                future.set_exception(error.again())
        self.waiters.clear()
