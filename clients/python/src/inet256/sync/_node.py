# SPDX-License-Identifier: Apache-2.0
"""A node for programs without asyncio: every call runs on the background loop, and waits for it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from types import TracebackType

from .. import node as asynchronous
from .._frames import Message
from ..errors import Inet256Error
from ..identity import Address, PublicKey
from ._background import BACKGROUND


class Node:
    """One identity that sends and receives messages; `Client.open` makes them.

    What `inet256.Node` says of each call holds here. Timeouts are in seconds, None means without
    end, and what takes longer raises TimeoutError. May be used from several threads. As a context
    manager it closes itself; as an iterable it gives every message that arrives, and ends when the
    node is closed.
    """

    def __init__(self, node: asynchronous.Node) -> None:
        """For Client.open."""
        self._node = node
        # Of the batch taken last, what nobody has been given yet.
        self._taken: deque[Message] = deque()
        self._taking = threading.Lock()

    @property
    def address(self) -> Address:
        """The node's own address."""
        return self._node.address

    @property
    def public_key(self) -> PublicKey:
        """The key that hashes to it."""
        return self._node.public_key

    @property
    def mtu(self) -> int:
        """The longest message in bytes: 65,535."""
        return self._node.mtu

    def send(
        self,
        to: Address,
        payload: bytes | bytearray | memoryview,
        timeout: float | None = None,
    ) -> None:
        """Sends a message and waits until it was accepted: see `inet256.Node.send`."""
        BACKGROUND.run(self._node.send(to, payload), timeout)

    def try_send(self, to: Address, payload: bytes | bytearray | memoryview) -> bool:
        """Sends a message without waiting to hear what became of it; False when too much is on its
        way."""
        return self.send_batch([(to, payload)]) == 1

    def send_batch(self, batch: Sequence[tuple[Address, bytes | bytearray | memoryview]]) -> int:
        """Sends many, (address, payload) each, and returns how many were taken: the fast way."""

        async def send() -> int:
            return self._node.send_batch(batch)

        return BACKGROUND.run(send())

    def room(self, timeout: float | None = None) -> None:
        """Waits until try_send would take a message."""
        BACKGROUND.run(self._node.room(), timeout)

    def receive(self, timeout: float | None = None) -> Message:
        """Takes the next message, or waits for it. Competing receivers each get different ones."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            self._node._keeper.check()
            try:
                return self._taken.popleft()
            except IndexError:
                self._take(deadline)

    def batches(self, timeout: float | None = None) -> Iterator[list[Message]]:
        """Takes messages as they come, many at a time; `timeout` is for each batch."""
        while True:
            try:
                batch = [self.receive(timeout)]
            except Inet256Error as error:
                if error.reason == "NODE_CLOSED":
                    return
                raise
            while self._taken:
                batch.append(self._taken.popleft())
            yield batch

    def __iter__(self) -> Iterator[Message]:
        """Every message as it comes; ends when the node is closed."""
        while True:
            try:
                message = self.receive()
            except Inet256Error as error:
                if error.reason == "NODE_CLOSED":
                    return
                raise
            yield message

    def find_address(
        self,
        prefix: bytes | bytearray | memoryview,
        nbits: int,
        timeout: float | None = None,
    ) -> Address:
        """Finds an address whose first bits are those: see `inet256.Node.find_address`."""
        return BACKGROUND.run(self._node.find_address(prefix, nbits), timeout)

    def lookup_public_key(self, address: Address, timeout: float | None = None) -> PublicKey:
        """Finds the key that hashes to an address: see `inet256.Node.lookup_public_key`."""
        return BACKGROUND.run(self._node.lookup_public_key(address), timeout)

    def close(self) -> None:
        """Ends this opening, when what was sent before has been written, or after 2 s."""
        BACKGROUND.run(self._node.close())

    def drop(self, timeout: float | None = None) -> None:
        """Removes the node whoever opened it, with its key and every unread message."""
        BACKGROUND.run(self._node.drop(), timeout)

    def __enter__(self) -> Node:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._node)

    def _take(self, deadline: float | None) -> None:
        """Takes a batch, or lets another thread do it, which keeps the order."""
        if not self._taking.acquire(timeout=-1 if deadline is None else _left(deadline)):
            raise TimeoutError("no message within that time")
        try:
            if not self._taken:
                left = None if deadline is None else _left(deadline)
                self._taken.extend(BACKGROUND.run(self._node._inbox.take_batch(), left))
        finally:
            self._taking.release()


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
