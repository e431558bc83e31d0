# SPDX-License-Identifier: Apache-2.0
"""Exchanges numbered messages with the same program of another process, of any language, and
checks every one of them.

    python -m tests.programs.exchange --api ENDPOINT --key FILE --peer ADDRESS --count N

Messages are data (`u8 1, u32 index, u16 attempt`, then `index mod 1394` bytes of which byte k is
`(31 * index + k) & 0xff`) or acknowledgements (`u8 2, u32 first index missing`), big-endian. What
is not acknowledged is sent again after 200 ms without progress, with a greater attempt; so a
message that arrives twice with the same attempt was delivered twice. Prints a line of JSON, and
exits with 0 if everything arrived unaltered, once, and from the peer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

import inet256
from inet256 import Address, Event, Inet256Error, Message, Node, PrivateKey, Reason, Reopened

from .arguments import address, joined

WINDOW = 1_000
"""Messages on their way beyond those that are acknowledged."""
BURST = 50
"""Messages handed over at once."""
ACKNOWLEDGE_EVERY = 100
"""Messages received after which there is an acknowledgement at once."""
ACKNOWLEDGE_SECONDS = 0.05
"""After which there is one at the latest."""
REPEAT_SECONDS = 0.2
"""Without progress, after which is sent again."""
QUIET_SECONDS = 1.0
"""Without a message, after which it is over."""
PASSING: frozenset[Reason] = frozenset(
    {"OUTCOME_UNKNOWN", "UNAVAILABLE", "UNREACHABLE", "NO_SUCH_ADDRESS"}
)
"""What a send may fail with while a daemon restarts."""

_DATA, _ACKNOWLEDGEMENT = 1, 2
_HEAD_BYTES = 7
_RAMP = bytes(range(256)) * 7


def encode(index: int, attempt: int) -> bytes:
    """A data message."""
    head = bytes([_DATA]) + index.to_bytes(4, "big") + attempt.to_bytes(2, "big")
    return head + content(index)


def content(index: int) -> bytes:
    """What follows the head of a data message."""
    start = 31 * index & 0xFF
    return _RAMP[start : start + index % 1394]


class Exchange:
    """Both directions between this node and its peer."""

    def __init__(self, node: Node, peer: Address, count: int) -> None:
        self._node = node
        self._peer = peer
        self._count = count
        # Own messages: all below `acknowledged` have arrived, all below `sent` were handed over.
        self._acknowledged = 0
        self._sent = 0
        self._attempt = 0
        self._progress = time.monotonic()
        # The peer's.
        self._missing = 0
        self._received = bytearray(count)
        self._attempts: set[int] = set()
        self._unacknowledged = 0
        self._owed = False
        self._last_arrival = time.monotonic()
        self._changed = asyncio.Event()
        self.messages = self.twice = self.altered = self.foreign = self.errors = 0

    @property
    def received(self) -> int:
        return sum(self._received)

    async def run(self) -> None:
        """Returns when everything is here and acknowledged, and nothing has come for a while."""
        tasks = [
            asyncio.create_task(work())
            for work in (self._send_all, self._receive_all, self._acknowledge_all)
        ]
        try:
            while not self._over():
                done, _ = await asyncio.wait(
                    tasks, timeout=ACKNOWLEDGE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _over(self) -> bool:
        complete = self._acknowledged == self._count and self._missing == self._count
        return complete and time.monotonic() - self._last_arrival >= QUIET_SECONDS

    async def _send_all(self) -> None:
        while True:
            now = time.monotonic()
            if self._acknowledged < self._sent and now - self._progress > REPEAT_SECONDS:
                self._sent = self._acknowledged
                self._attempt += 1
                self._progress = now
            end = min(self._count, self._acknowledged + WINDOW, self._sent + BURST)
            if self._sent < end:
                burst = [encode(index, self._attempt) for index in range(self._sent, end)]
                self._sent = end
                await asyncio.gather(*(self._send(message) for message in burst))
            else:
                self._changed.clear()
                await _wait_for(self._changed, REPEAT_SECONDS / 4)

    async def _send(self, message: bytes) -> None:
        self.messages += 1
        try:
            await self._node.send(self._peer, message)
        except Inet256Error as error:
            if error.reason not in PASSING:
                raise
            self.errors += 1

    async def _acknowledge_all(self) -> None:
        while True:
            await asyncio.sleep(ACKNOWLEDGE_SECONDS)
            if self._owed:
                self._acknowledge()

    def _acknowledge(self) -> None:
        self._owed = False
        self._unacknowledged = 0
        message = bytes([_ACKNOWLEDGEMENT]) + self._missing.to_bytes(4, "big")
        self._node.try_send(self._peer, message)

    async def _receive_all(self) -> None:
        async for batch in self._node.batches():
            self._last_arrival = time.monotonic()
            for message in batch:
                self._take(message)

    def _take(self, message: Message) -> None:
        source, payload = message
        if source != self._peer:
            self.foreign += 1
        elif len(payload) == 5 and payload[0] == _ACKNOWLEDGEMENT:
            self._take_acknowledgement(int.from_bytes(payload[1:], "big"))
        elif len(payload) >= _HEAD_BYTES and payload[0] == _DATA:
            self._take_data(payload)
        else:
            self.altered += 1

    def _take_acknowledgement(self, missing: int) -> None:
        if missing > self._acknowledged:
            self._acknowledged = min(missing, self._count)
            self._sent = max(self._sent, self._acknowledged)
            self._progress = time.monotonic()
            self._changed.set()

    def _take_data(self, payload: bytes) -> None:
        index = int.from_bytes(payload[1:5], "big")
        attempt = index << 16 | int.from_bytes(payload[5:7], "big")
        if index >= self._count or payload[_HEAD_BYTES:] != content(index):
            self.altered += 1
            return
        self.twice += attempt in self._attempts
        self._attempts.add(attempt)
        self._owed = True
        self._unacknowledged += 1
        old = self._received[index] == 1
        self._received[index] = 1
        while self._missing < self._count and self._received[self._missing]:
            self._missing += 1
        if old or self._unacknowledged >= ACKNOWLEDGE_EVERY:
            self._acknowledge()


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return


async def run(api: str, key: PrivateKey, peer: Address, count: int, deadline: float) -> bool:
    """Makes the exchange, prints the result, and answers whether all is well."""
    events: list[Event] = []
    began = time.monotonic()
    complete = True
    async with (
        inet256.connect(api, on_event=events.append) as client,
        await client.open(key) as node,
    ):
        exchange = Exchange(node, peer, count)
        try:
            await asyncio.wait_for(exchange.run(), deadline)
        except asyncio.TimeoutError:
            complete = False
    result = {
        "sent": count,
        "attempts": exchange.messages,
        "received": exchange.received,
        "twice": exchange.twice,
        "altered": exchange.altered,
        "foreign": exchange.foreign,
        "errors": exchange.errors,
        "reconnects": sum(isinstance(event, Reopened) for event in events),
        "seconds": round(time.monotonic() - began, 3),
    }
    print(json.dumps(result), flush=True)
    clean = exchange.twice == exchange.altered == exchange.foreign == 0
    return complete and clean and exchange.received == count


def main() -> int:
    parser = argparse.ArgumentParser(prog="exchange")
    parser.add_argument("--api", required=True)
    parser.add_argument("--key", required=True, help="a key file")
    parser.add_argument("--peer", required=True, type=address)
    parser.add_argument("--count", required=True, type=int)
    parser.add_argument("--deadline", type=float, default=120.0, help="seconds")
    arguments = parser.parse_args(joined(sys.argv[1:], "--peer"))
    key = inet256.read_key_file(arguments.key)
    work = run(arguments.api, key, arguments.peer, arguments.count, arguments.deadline)
    return 0 if asyncio.run(work) else 1


if __name__ == "__main__":
    sys.exit(main())
