# SPDX-License-Identifier: Apache-2.0
"""What the cases of the contract share: two programs at one daemon, and some words."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import pytest

import inet256
from inet256 import Address, Client, Inet256Error, Node, Reason, generate_key

from ..support.daemon import Daemon
from ..support.until import DEADLINE

CASES: set[tuple[str, str]] = set()
"""The cases that there are, by group and name."""

_CASE_SECONDS = 60.0


class World:
    """Two programs at one daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.service = inet256.connect(daemon.endpoint)
        """The first program's client."""
        self.elsewhere = inet256.connect(daemon.endpoint)
        """The second program's."""
        self._more: list[Client] = []

    @property
    def daemon_address(self) -> Address:
        return self.daemon.key.address

    def client(self, endpoint: str | None = None) -> Client:
        """A program more, closed at the end."""
        client = inet256.connect(self.daemon.endpoint if endpoint is None else endpoint)
        self._more.append(client)
        return client

    async def pair(self) -> tuple[Node, Node]:
        """A node of each program."""
        a = await self.service.open(generate_key())
        return a, await self.elsewhere.open(generate_key())

    async def __aenter__(self) -> World:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        clients = [self.service, self.elsewhere, *self._more]
        await asyncio.gather(*(client.close() for client in clients))


def case(group: str, name: str) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., None]]:
    """Makes a test of a case: an async function of a World, and of what it is parametrized with."""
    CASES.add((group, name))

    def register(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        @functools.wraps(test)
        def run(daemon: Daemon, **parameters: Any) -> None:
            async def main() -> None:
                async with World(daemon) as world:
                    await asyncio.wait_for(test(world, **parameters), _CASE_SECONDS)

            asyncio.run(main())

        wanted = list(inspect.signature(test).parameters.values())[1:]
        fixture = inspect.Parameter("daemon", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        vars(run)["__signature__"] = inspect.Signature([fixture, *wanted])
        return run

    return register


@contextmanager
def raises(*reasons: Reason) -> Iterator[None]:
    """That an Inet256Error of one of these reasons is raised."""
    with pytest.raises(Inet256Error) as raised:
        yield
    assert raised.value.reason in reasons, raised.value


async def fails(call: Awaitable[object], reason: Reason) -> None:
    """That a call raises an Inet256Error of this reason, and in good time."""
    with raises(reason):
        await asyncio.wait_for(call, DEADLINE)


async def abandoned(call: Awaitable[object]) -> None:
    """That a call whose time is over before it begins says just that."""
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(call, 0)


async def next_of(node: Node) -> str:
    """The next message of a node as text."""
    message = await asyncio.wait_for(node.receive(), DEADLINE)
    return message.payload.decode()


async def next_some(node: Node, count: int) -> list[str]:
    """The next messages of a node as texts."""
    return [await next_of(node) for _ in range(count)]


def words(word: str, count: int) -> list[str]:
    """The texts `word 0`, `word 1` and so on."""
    return [f"{word} {i}" for i in range(count)]


async def send_all(sender: Node, to: Address, texts: Sequence[str]) -> None:
    """Sends texts one after the other, each when the one before was accepted."""
    for text in texts:
        await sender.send(to, text.encode())


def pattern(length: int, seed: int) -> bytes:
    """Bytes of that number which differ along the way, and from those of another seed."""
    return bytes((i * 31 + seed * 7 + (i >> 8)) & 0xFF for i in range(length))
