# SPDX-License-Identifier: Apache-2.0
"""One key, open several times."""

from __future__ import annotations

import asyncio

from inet256 import Node, generate_key

from ..support.until import DEADLINE
from .harness import World, case, fails, next_of, next_some, send_all, words


async def shared(world: World) -> tuple[Node, Node, Node]:
    """Two openings of one key, and a sender."""
    key = generate_key()
    one = await world.service.open(key)
    two = await world.elsewhere.open(key)
    return one, two, await world.service.open(generate_key())


@case("sharing", "gives each message to exactly one opening, in turn")
async def test_in_turn(world: World) -> None:
    one, two, sender = await shared(world)
    texts = words("shared", 40)
    await send_all(sender, one.address, texts)
    of_one, of_two = await asyncio.gather(next_some(one, 20), next_some(two, 20))
    assert sorted(of_one + of_two) == sorted(texts)
    for own in (of_one, of_two):
        places = [texts.index(text) for text in own]
        assert places == sorted(places)
    # And nobody has any left: what comes next is new to both.
    await send_all(sender, one.address, ["new", "new"])
    assert [await next_of(one), await next_of(two)] == ["new", "new"]


@case("sharing", "has one address for all, and sends from each")
async def test_one_address(world: World) -> None:
    one, two, sender = await shared(world)
    assert one.address == two.address
    for node in (one, two):
        await node.send(sender.address, b"from one of us")
        message = await asyncio.wait_for(sender.receive(), DEADLINE)
        assert message.source == one.address


@case("sharing", "leaves everything to those who stay when one closes")
async def test_one_closes(world: World) -> None:
    one, two, sender = await shared(world)
    await one.close()
    await send_all(sender, two.address, words("for two", 10))
    assert await next_some(two, 10) == words("for two", 10)
    await fails(one.receive(), "NODE_CLOSED")
    await two.close()
    await fails(sender.send(two.address, b"gone"), "NO_SUCH_ADDRESS")


@case("sharing", "is counted within one program too")
async def test_is_counted(world: World) -> None:
    key = generate_key()
    nodes = [await world.service.open(key) for _ in range(3)]
    sender = await world.service.open(generate_key())
    for node in nodes:
        await sender.send(key.address, b"somebody?")
        await node.close()
        await node.close()
    await fails(sender.send(key.address, b"nobody"), "NO_SUCH_ADDRESS")


@case("sharing", "ends everywhere when it is dropped, whoever drops it")
async def test_dropped(world: World) -> None:
    for by in ("service", "elsewhere", "node"):
        key = generate_key()
        one, two = await world.service.open(key), await world.elsewhere.open(key)
        waiting = [asyncio.create_task(node.receive()) for node in (one, two)]
        await asyncio.sleep(0)
        if by == "node":
            await one.drop()
        else:
            await (world.service if by == "service" else world.elsewhere).drop(key)
        for task in waiting:
            await fails(task, "NODE_DROPPED")
        for node in (one, two):
            await fails(node.send(key.address, b"anybody?"), "NODE_DROPPED")
            await fails(node.receive(), "NODE_DROPPED")
            await fails(node.room(), "NODE_DROPPED")
            await fails(node.find_address(key.address.raw, 8), "NODE_DROPPED")
            await fails(node.lookup_public_key(key.address), "NODE_DROPPED")
            await fails(node.drop(), "NODE_DROPPED")
            assert node.try_send(key.address, b"anybody?") is False
            assert node.send_batch([(key.address, b"anybody?")]) == 0
            await node.close()
