# SPDX-License-Identifier: Apache-2.0
"""A client and the fake daemon that it speaks to, for one test at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import inet256
from inet256 import Client, Event, Node, generate_key

from .support.fake_daemon import FakeDaemon, FakeStream

_TEST_SECONDS = 60.0


class FakeWorld:
    """A daemon that behaves so, a client of it, and what was heard of either."""

    def __init__(self, **behaviour: Any) -> None:
        self.daemon = FakeDaemon(**behaviour)
        self.events: list[Event] = []
        self.client: Client = inet256.connect(self.daemon.endpoint, on_event=self.events.append)

    @property
    def stream(self) -> FakeStream:
        """The daemon's latest stream."""
        return self.daemon.streams[-1]

    def seen(self, kind: type[Any]) -> int:
        """How many events of this kind there were."""
        return sum(isinstance(event, kind) for event in self.events)

    async def open(self) -> Node:
        """A node that is open."""
        return await self.client.open(generate_key())

    async def __aenter__(self) -> FakeWorld:
        await self.daemon.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.close()
        await self.daemon.stop()


def in_fake_world(test: Callable[[FakeWorld], Awaitable[None]], **behaviour: Any) -> None:
    """Runs a test in a world that behaves so."""

    async def main() -> None:
        async with FakeWorld(**behaviour) as world:
            await asyncio.wait_for(test(world), _TEST_SECONDS)

    asyncio.run(main())
