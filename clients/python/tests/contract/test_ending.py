# SPDX-License-Identifier: Apache-2.0
"""Closing and dropping."""

from __future__ import annotations

import asyncio

from inet256 import generate_key

from .harness import World, case, fails, next_of, next_some, words


@case("ending", "of a closed node makes every call say NODE_CLOSED")
async def test_closed(world: World) -> None:
    node = await world.service.open(generate_key())
    waiting = asyncio.create_task(node.receive())
    await asyncio.sleep(0)
    await node.close()
    await fails(waiting, "NODE_CLOSED")
    await fails(node.send(node.address, b"late"), "NODE_CLOSED")
    await fails(node.receive(), "NODE_CLOSED")
    await fails(node.room(), "NODE_CLOSED")
    await fails(node.find_address(node.address.raw, 8), "NODE_CLOSED")
    await fails(node.lookup_public_key(node.address), "NODE_CLOSED")
    await fails(node.drop(), "NODE_CLOSED")
    assert node.try_send(node.address, b"late") is False
    assert node.send_batch([(node.address, b"late")]) == 0


@case("ending", "by close may be said again, and by several at once")
async def test_closed_again(world: World) -> None:
    node = await world.service.open(generate_key())
    await asyncio.gather(node.close(), node.close(), node.close())
    await node.close()


@case("ending", "by close sends what was handed over before, and says what became of it")
async def test_close_sends(world: World) -> None:
    receiver = await world.elsewhere.open(generate_key())
    for attempt in range(5):
        node = await world.service.open(generate_key())
        texts = words(f"round {attempt}", 50)
        sends = [asyncio.create_task(node.send(receiver.address, text.encode())) for text in texts]
        await asyncio.sleep(0)
        await node.close()
        assert await next_some(receiver, 50) == texts
        assert await asyncio.gather(*sends) == [None] * 50


@case("ending", "by close sends what trySend took")
async def test_close_sends_what_was_tried(world: World) -> None:
    receiver = await world.elsewhere.open(generate_key())
    node = await world.service.open(generate_key())
    for text in words("tried", 20):
        assert node.try_send(receiver.address, text.encode())
    await node.close()
    assert await next_some(receiver, 20) == words("tried", 20)


@case("ending", "by drop of what is not open succeeds")
async def test_drop_of_nothing(world: World) -> None:
    key = generate_key()
    await world.service.drop(key)
    await world.elsewhere.open(key)
    await world.service.drop(key)
    await world.service.drop(key)


@case("ending", "by drop leaves the key to the caller")
async def test_drop_leaves_the_key(world: World) -> None:
    key = generate_key()
    await world.service.drop(key)
    assert len(key.serialize()) == 81


@case("ending", "of one node leaves others alone")
async def test_leaves_others_alone(world: World) -> None:
    nodes = [await world.service.open(generate_key()) for _ in range(6)]
    await nodes[0].close()
    await nodes[1].drop()
    await nodes[2].send(nodes[3].address, b"still here")
    assert await next_of(nodes[3]) == "still here"
