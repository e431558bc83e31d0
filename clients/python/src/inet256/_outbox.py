# SPDX-License-Identifier: Apache-2.0
"""The sending half of a node: gathers messages into batches, hands them out to be written as the
daemon accepts earlier ones, and tells every `send` what became of its message.

Invariant (at most once): a message that was handed out for writing is never handed out again. When
the stream breaks, what was written and not accepted fails with OUTCOME_UNKNOWN; what was never
written waits for the next stream. No input or output here, and no time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from ._batch import Batch
from ._frames import ASKING, FRAMES
from ._limits import STREAM_MESSAGE_BYTES, UNACCEPTED_BYTES, UNWRITTEN_BYTES, WAITING_BYTES
from ._waiters import Waiters
from .errors import Inet256Error, Reason, make_error
from .identity import Address


class Outbox:
    """Messages on their way to the daemon. Belongs to one event loop."""

    def __init__(self, on_refused: Callable[[Reason], None]) -> None:
        """Empty, without a stream. `on_refused` hears of refusals that nobody waits for."""
        self._on_refused = on_refused
        # The last one may still be filled.
        self._unwritten: deque[Batch] = deque()
        self._unwritten_bytes = 0
        self._written: deque[Batch] = deque()
        self._unaccepted_bytes = 0
        self._next_number = 1
        self._asking = False
        self._refusing: Inet256Error | None = None
        self._finishing: Inet256Error | None = None
        self._work = Waiters()
        self._room = Waiters()

    def send_batch(self, batch: Sequence[tuple[Address, bytes]]) -> int:
        """As Node.send_batch, for arguments that have been checked."""
        if self._refusing is not None:
            return 0
        taken = 0
        free = UNWRITTEN_BYTES - self._unwritten_bytes
        filling = self._filling(0)
        for to, payload in batch:
            head, tail, needed = FRAMES[len(payload)]
            if needed > free:
                break
            if filling.bytes + needed > STREAM_MESSAGE_BYTES:
                filling = self._begin()
            filling.chunks += (head, to.raw, tail, payload)
            filling.bytes += needed
            free -= needed
            taken += 1
        self._unwritten_bytes = UNWRITTEN_BYTES - free
        self._work.wake_all()
        return taken

    async def send(self, to: Address, payload: bytes) -> None:
        """As Node.send, for arguments that have been checked."""
        if self._refusing is not None:
            raise self._refusing.again()
        head, tail, needed = FRAMES[len(payload)]
        if self._unwritten_bytes + needed > WAITING_BYTES:
            raise make_error(
                "LIMIT_BYTES",
                f"more than {WAITING_BYTES} bytes wait to be sent: await some earlier sends first",
            )
        filling = self._filling(needed)
        filling.chunks += (head, to.raw, tail, payload)
        filling.bytes += needed
        self._unwritten_bytes += needed
        future = filling.wait_for_last()
        self._work.wake_all()
        await future

    async def room(self) -> None:
        """As Node.room."""
        while self._unwritten_bytes > UNWRITTEN_BYTES // 2 and self._refusing is None:
            await self._room.wait()
        if self._refusing is not None:
            raise self._refusing.again()

    def connected(self) -> None:
        """A stream is open: the first datagram written to it will be number 1."""
        self._refusing = self._finishing

    def next_write(self) -> bytes | None:
        """The next stream message, which counts as written from now on; None if there is none."""
        while self._unwritten:
            batch = self._unwritten[0]
            before = batch.bytes
            batch.drop_given_up()
            self._unwritten_bytes -= before - batch.bytes
            if batch.bytes == 0:
                self._unwritten.popleft()
                continue
            if self._unaccepted_bytes > max(0, UNACCEPTED_BYTES - batch.bytes):
                break
            self._unwritten.popleft()
            return self._write(batch)
        self._announce_room()
        if self._asking:
            self._asking = False
            return ASKING
        return None

    async def work(self) -> None:
        """Waits until `next_write` may have something, or nothing more will come."""
        await self._work.wait()

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be written, and nothing more will be."""
        return self._finishing is not None and not self._unwritten

    def accepted(self, through: int) -> None:
        """The daemon accepted everything up to this number but what has failed."""
        while self._written:
            batch = self._written[0]
            if not batch.accept(through):
                break
            self._unaccepted_bytes -= batch.bytes
            self._written.popleft()
        self._work.wake_all()

    def failed(self, number: int, reason: Reason) -> None:
        """The daemon refused one datagram."""
        error = make_error(reason, f"the daemon refused the message: {reason}")
        for batch in self._written:
            if batch.first <= number < batch.first + batch.count:
                if batch.refuse(number, error):
                    return
                break
        self._on_refused(reason)

    def disconnected(self) -> None:
        """The stream is gone; what was written on it has an unknown outcome."""
        lost, self._written = self._written, deque()
        self._unaccepted_bytes = 0
        self._next_number = 1
        self._asking = False
        error = make_error(
            "OUTCOME_UNKNOWN",
            "the connection to the daemon broke before it answered: "
            "the message was sent once or not at all",
        )
        for batch in lost:
            batch.fail(error)

    def give_up(self, error: Inet256Error) -> None:
        """What waits fails now, and what comes until `connected` at once."""
        self._refusing = error
        lost, self._unwritten = self._unwritten, deque()
        self._unwritten_bytes = 0
        for batch in lost:
            batch.fail(error)
        self._room.fail_all(error)

    def finish(self, error: Inet256Error) -> None:
        """Takes no more, for this reason; what waits is still to be written."""
        self._finishing = error
        self._refusing = error
        self._work.wake_all()
        self._room.fail_all(error)

    def end(self, error: Inet256Error) -> None:
        """Everything fails with this error, now and later."""
        self._finishing = error
        self.disconnected()
        self.give_up(error)

    def _filling(self, needed: int) -> Batch:
        if self._unwritten:
            last = self._unwritten[-1]
            if last.bytes + needed <= STREAM_MESSAGE_BYTES:
                return last
        return self._begin()

    def _begin(self) -> Batch:
        batch = Batch()
        self._unwritten.append(batch)
        return batch

    def _write(self, batch: Batch) -> bytes:
        message = batch.seal(self._next_number)
        self._next_number += batch.count
        self._unwritten_bytes -= batch.bytes
        self._unaccepted_bytes += batch.bytes
        self._written.append(batch)
        self._asking = self._asking or bool(batch.waiters)
        self._announce_room()
        return message

    def _announce_room(self) -> None:
        if self._unwritten_bytes <= UNWRITTEN_BYTES // 2:
            self._room.wake_all()
