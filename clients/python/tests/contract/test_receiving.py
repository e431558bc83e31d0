# SPDX-License-Identifier: Apache-2.0
"""Receiving messages."""

from __future__ import annotations

import asyncio

import pytest

from inet256 import Node

from ..support.until import DEADLINE
from .harness import World, abandoned, case, fails, next_of, next_some, send_all, words


async def texts_of(node: Node, count: int) -> list[str]:
    """At least so many texts, by batches; those of whole batches."""
    texts: list[str] = []
    async for batch in node.batches():
        assert len(batch) > 0
        texts += [payload.decode() for _, payload in batch]
        if len(texts) >= count:
            break
    return texts


async def expect_nothing(node: Node) -> None:
    """Iterates over the batches of a node that nothing comes to."""
    async for _ in node.batches():
        raise AssertionError("nothing was sent")


@case("receiving", "keeps what arrives before anyone asks")
async def test_keeps_what_arrives(world: World) -> None:
    a, b = await world.pair()
    await send_all(a, b.address, words("early", 100))
    assert await next_some(b, 100) == words("early", 100)


@case("receiving", "waits for what arrives after")
async def test_waits(world: World) -> None:
    a, b = await world.pair()
    received = asyncio.create_task(next_of(b))
    await asyncio.sleep(0)
    await a.send(b.address, b"late")
    assert await received == "late"


@case("receiving", "gives competing receivers different messages, each message to one")
async def test_competing_receivers(world: World) -> None:
    a, b = await world.pair()
    receiving = [asyncio.create_task(next_of(b)) for _ in range(20)]
    await asyncio.sleep(0)
    await send_all(a, b.address, words("contested", 20))
    assert sorted(await asyncio.gather(*receiving)) == sorted(words("contested", 20))


@case("receiving", "is given up with the signal's reason, and the message goes to the next")
async def test_given_up(world: World) -> None:
    a, b = await world.pair()
    await abandoned(b.receive())
    given_up = asyncio.create_task(b.receive())
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await a.send(b.address, b"for whoever stays")
    assert await next_of(b) == "for whoever stays"


@case("receiving", "by batches gives every message in order")
async def test_batches_in_order(world: World) -> None:
    a, b = await world.pair()
    await send_all(a, b.address, words("batched", 500))
    assert await asyncio.wait_for(texts_of(b, 500), DEADLINE) == words("batched", 500)


@case("receiving", "by batches may be left and taken up again, also one by one")
async def test_batches_left(world: World) -> None:
    a, b = await world.pair()
    texts = words("mixed", 60)
    await send_all(a, b.address, texts)
    seen: list[str] = []
    while len(seen) < 60:
        seen += await asyncio.wait_for(texts_of(b, 1), DEADLINE)
        if len(seen) < 50:
            seen.append(await next_of(b))
        if len(seen) < 50:
            async for message in b:
                seen.append(message.payload.decode())
                break
    assert seen == texts


@case("receiving", "by batches is given up with the signal's reason")
async def test_batches_given_up(world: World) -> None:
    _, b = await world.pair()
    waiting = asyncio.create_task(expect_nothing(b))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@case("receiving", "by batches ends when the node is closed, and throws when it is dropped")
async def test_batches_end(world: World) -> None:
    a, b = await world.pair()
    ended = asyncio.create_task(expect_nothing(a))
    await asyncio.sleep(0)
    await a.close()
    await ended
    raised = asyncio.create_task(expect_nothing(b))
    await asyncio.sleep(0)
    await b.drop()
    await fails(raised, "NODE_DROPPED")


@case("receiving", "gives bytes that belong to the receiver")
async def test_gives_bytes(world: World) -> None:
    a, b = await world.pair()
    await send_all(a, b.address, ["first", "second"])
    first, second = await b.receive(), await b.receive()
    # They cannot be changed, by whoever has them or by anybody else.
    assert (type(first.payload), type(second.payload)) == (bytes, bytes)
    assert (first.payload, second.payload) == (b"first", b"second")
