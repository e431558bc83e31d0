# SPDX-License-Identifier: Apache-2.0
"""Sends or receives as fast as it goes, and says in a line of JSON how fast that was.

    python -m tests.programs.pump receive --api ENDPOINT --seconds S
    python -m tests.programs.pump send --api ENDPOINT --to ADDRESS --size B --seconds S

The receiver prints its address first, and counts from the first message on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

import inet256
from inet256 import Address, Message, Node, Refused, generate_key

from .arguments import address, joined

BATCH = 256
"""Messages handed over at once."""


class Stopwatch:
    """Seconds since it was made, of the clock and of the processor."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._cpu = time.process_time()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    @property
    def cpu_micros(self) -> int:
        return round(1e6 * (time.process_time() - self._cpu))


class Counter:
    """What was received."""

    def __init__(self) -> None:
        self.messages = 0
        self.bytes = 0

    def count(self, batch: list[Message]) -> None:
        self.messages += len(batch)
        self.bytes += sum([len(payload) for _, payload in batch])


async def count_all(node: Node, counter: Counter) -> None:
    async for batch in node.batches():
        counter.count(batch)


async def receive(api: str, seconds: float) -> None:
    async with inet256.connect(api) as client, await client.open(generate_key()) as node:
        print(node.address, flush=True)
        counter = Counter()
        counter.count([await node.receive()])
        watch = Stopwatch()
        counting = asyncio.create_task(count_all(node, counter))
        await asyncio.sleep(seconds)
        result = {
            "received": counter.messages,
            "bytes": counter.bytes,
            "seconds": watch.seconds,
            "cpuMicros": watch.cpu_micros,
        }
        counting.cancel()
        await asyncio.wait({counting})
        print(json.dumps(result), flush=True)


async def send(api: str, to: Address, size: int, seconds: float) -> None:
    refused = 0

    def hear(event: inet256.Event) -> None:
        nonlocal refused
        refused += isinstance(event, Refused)

    async with inet256.connect(api, on_event=hear) as client:
        async with await client.open(generate_key()) as node:
            batch = [(to, bytes([65 + i % 26]) * size) for i in range(BATCH)]
            sent, watch = 0, Stopwatch()
            while watch.seconds < seconds:
                taken = node.send_batch(batch)
                sent += taken
                if taken < BATCH:
                    await node.room()
            result = {"sent": sent, "seconds": watch.seconds, "cpuMicros": watch.cpu_micros}
        # Closing has written everything, and heard what became of it.
        result |= {"accepted": sent - refused, "refused": refused}
        print(json.dumps(result), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="pump")
    parser.add_argument("direction", choices=["receive", "send"])
    parser.add_argument("--api", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--to", type=address)
    parser.add_argument("--size", type=int, default=64)
    arguments = parser.parse_args(joined(sys.argv[1:], "--to"))
    if arguments.direction == "receive":
        asyncio.run(receive(arguments.api, arguments.seconds))
    elif arguments.to is None:
        parser.error("send needs --to")
    else:
        asyncio.run(send(arguments.api, arguments.to, arguments.size, arguments.seconds))


if __name__ == "__main__":
    main()
