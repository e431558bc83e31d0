# SPDX-License-Identifier: Apache-2.0
"""Opening nodes, and what does not outlive them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from inet256 import MTU, generate_key

from .harness import World, abandoned, case, fails, next_of, send_all, words


@case("opening", "gives a node with the key's address, its public key and the MTU")
async def test_gives_a_node(world: World) -> None:
    key = generate_key()
    node = await world.service.open(key)
    assert (node.address, node.public_key) == (key.address, key.public_key)
    assert (node.mtu, MTU) == (65_535, 65_535)


@case("opening", "leaves the key to the caller, who may wipe it at once")
async def test_leaves_the_key(world: World) -> None:
    key = generate_key()
    before = key.serialize()
    opening = asyncio.create_task(world.service.open(key))
    await asyncio.sleep(0)
    assert key.serialize() == before
    key.wipe()
    node = await opening
    await node.send(node.address, b"hello")
    assert await next_of(node) == "hello"


@case("opening", "can be reached from the moment it resolves")
async def test_can_be_reached(world: World) -> None:
    sender = await world.elsewhere.open(generate_key())
    for text in words("round", 20):
        node = await world.service.open(generate_key())
        await sender.send(node.address, text.encode())
        assert await next_of(node) == text
        await node.close()


@case("opening", "succeeds at once after close and after drop")
async def test_succeeds_after_close(world: World) -> None:
    key = generate_key()
    for attempt in range(10):
        node = await world.service.open(key)
        await (node.close() if attempt % 2 == 0 else node.drop())
    node = await world.service.open(key)
    await node.send(node.address, b"still here")
    assert await next_of(node) == "still here"


@case("opening", "inbox-does-not-survive-reopen")
async def test_inbox_does_not_survive(world: World) -> None:
    sender = await world.elsewhere.open(generate_key())
    key = generate_key()
    for end in ("close", "drop", "drop from elsewhere"):
        node = await world.service.open(key)
        await send_all(sender, node.address, words(f"before {end}", 5))
        if end == "close":
            await node.close()
        elif end == "drop":
            await node.drop()
        else:
            await world.elsewhere.drop(key)
        again = await world.service.open(key)
        await sender.send(again.address, f"after {end}".encode())
        assert await next_of(again) == f"after {end}"
        await again.close()


@case("opening", "of the daemon's own key is refused, and so is dropping it")
async def test_of_the_daemons_key(world: World) -> None:
    await fails(world.service.open(world.daemon.key), "KEY_IN_USE_BY_DAEMON")
    await fails(world.service.drop(world.daemon.key), "KEY_IN_USE_BY_DAEMON")
    node = await world.service.open(generate_key())
    found = await node.lookup_public_key(world.daemon_address)
    assert found == world.daemon.key.public_key


@case("opening", "with an unknown option is refused, and so is one that cannot be honoured")
async def test_with_options(world: World) -> None:
    key = generate_key()
    unknown: dict[str, Any] = {"mtu": 1_000}
    with pytest.raises(TypeError, match="mtu"):
        await world.service.open(key, **unknown)
    for inbox_bytes in (2**32 - 1, 2**32, 0, -1):
        await fails(world.service.open(key, inbox_bytes=inbox_bytes), "UNSUPPORTED_OPTION")
    node = await world.service.open(key, inbox_bytes=1_000_000)
    await node.send(node.address, b"fine")
    assert await next_of(node) == "fine"


@case("opening", "with a signal that has aborted rejects with its reason and opens nothing")
async def test_given_up_before(world: World) -> None:
    key = generate_key()
    await abandoned(world.service.open(key))
    opening = asyncio.create_task(world.service.open(key))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    other = await world.elsewhere.open(generate_key())
    await fails(other.send(key.address, b"anybody?"), "NO_SUCH_ADDRESS")


@case("opening", "outlives the signal it was opened with")
async def test_outlives_its_signal(world: World) -> None:
    opening = asyncio.create_task(asyncio.wait_for(world.service.open(generate_key()), 5))
    node = await opening
    opening.cancel()
    await node.send(node.address, b"alive")
    assert await next_of(node) == "alive"
