# SPDX-License-Identifier: Apache-2.0
"""A node that a stream of Connect has opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from inet256._gen.inet256.v1.node_pb2 import (
    ConnectRequest,
    ConnectResponse,
    Datagram,
    NodeKey,
    OpenRequest,
    OpenResponse,
    Reason,
)

from .suite import Suite, expect


class OpenNode:
    """What the daemon has said about one node, and what was sent to it."""

    def __init__(self, key: NodeKey, requests: asyncio.Queue[ConnectRequest | None]) -> None:
        self.key = key
        self.failed: dict[int, Reason] = {}
        self._requests = requests
        self._responses: asyncio.Queue[ConnectResponse | BaseException | None] = asyncio.Queue()
        self._opened: OpenResponse | None = None
        self._sent = 0
        self._accepted = 0
        self._arrived: list[Datagram] = []

    @property
    def opened(self) -> OpenResponse:
        assert self._opened is not None
        return self._opened

    async def wait_until_open(self) -> None:
        await self._until(lambda: self._opened is not None)

    async def send(self, to: bytes, *payloads: bytes) -> None:
        """Sends to one address, in one batch; waits until each is accepted or failed."""
        batch = [Datagram(address=to, payload=payload) for payload in payloads]
        self._requests.put_nowait(ConnectRequest(datagrams=batch))
        self._sent += len(payloads)
        await self._until(lambda: self._accepted >= self._sent)
        expect(self._accepted == self._sent, "more was accepted than was sent")

    async def receive(self, count: int) -> list[Datagram]:
        """Waits until so many messages have arrived, and takes all there are."""
        await self._until(lambda: len(self._arrived) >= count)
        taken, self._arrived = self._arrived, []
        return taken

    def end(self) -> None:
        """Ends the sending side of the stream."""
        self._requests.put_nowait(None)

    async def wait_until_end(self) -> None:
        """Takes in the rest. Raises what the stream ended with, unless it ended cleanly."""
        try:
            await self._until(lambda: False)
        except EOFError:
            return

    async def read(self, responses: AsyncIterator[ConnectResponse]) -> None:
        """Reads all the time, because a client that does not read loses messages."""
        try:
            async for response in responses:
                self._responses.put_nowait(response)
            self._responses.put_nowait(None)
        except Exception as error:
            self._responses.put_nowait(error)

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            response = await self._responses.get()
            if isinstance(response, BaseException):
                raise response
            if response is None:
                raise EOFError("the stream ended")
            if response.HasField("opened"):
                self._opened = response.opened
            self.failed.update({failure.number: failure.reason for failure in response.failed})
            self._accepted = max(self._accepted, response.accepted_through)
            self._arrived.extend(response.datagrams)


@asynccontextmanager
async def open_node(suite: Suite, key: NodeKey | None = None) -> AsyncIterator[OpenNode]:
    """Opens a node, a new one if no key is given, and closes it at the end."""
    if key is None:
        key = await suite.generate()
    requests: asyncio.Queue[ConnectRequest | None] = asyncio.Queue()

    async def outgoing() -> AsyncIterator[ConnectRequest]:
        while (request := await requests.get()) is not None:
            yield request

    requests.put_nowait(ConnectRequest(open=OpenRequest(key=key)))
    call = suite.nodes.Connect(outgoing())
    node = OpenNode(key, requests)
    reader = asyncio.create_task(node.read(call.__aiter__()))
    try:
        await node.wait_until_open()
        yield node
    finally:
        node.end()
        call.cancel()
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


@asynccontextmanager
async def open_pair(suite: Suite) -> AsyncIterator[tuple[OpenNode, OpenNode]]:
    """Opens two new nodes."""
    async with open_node(suite) as a, open_node(suite) as b:
        yield a, b


def payloads_of(datagrams: Sequence[Datagram]) -> list[bytes]:
    return [datagram.payload for datagram in datagrams]
