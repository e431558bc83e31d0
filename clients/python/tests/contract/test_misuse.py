# SPDX-License-Identifier: Apache-2.0
"""Wrong arguments, which a type checker would find: clear errors, and nothing else happens."""

from __future__ import annotations

from typing import Any

from inet256 import generate_key

from .harness import World, case, fails, next_of, raises


@case("misuse", "refuses keys that are none")
async def test_refuses_keys(world: World) -> None:
    key = generate_key()
    wrong: list[Any] = [None, 5, "key", key.serialize(), key.public_key, {}]
    for value in wrong:
        await fails(world.service.open(value), "BAD_KEY")
        await fails(world.service.drop(value), "BAD_KEY")
    key.wipe()
    await fails(world.service.open(key), "BAD_KEY")
    await fails(world.service.drop(key), "BAD_KEY")


@case("misuse", "refuses options that are none")
async def test_refuses_options(world: World) -> None:
    wrong: list[Any] = ["5", 5.5, True, b"5", {}]
    for value in wrong:
        await fails(world.service.open(generate_key(), inbox_bytes=value), "BAD_REQUEST")


@case("misuse", "refuses destinations and payloads that are none, by rejection")
async def test_refuses_destinations(world: World) -> None:
    node = await world.service.open(generate_key())
    to = node.address
    destinations: list[Any] = [None, 5, str(to), to.raw, {}]
    for value in destinations:
        await fails(node.send(value, b"x"), "BAD_ADDRESS")
        with raises("BAD_ADDRESS"):
            node.try_send(value, b"x")
        with raises("BAD_ADDRESS"):
            node.send_batch([(value, b"x")])
        await fails(node.lookup_public_key(value), "BAD_ADDRESS")
    payloads: list[Any] = [None, 5, "text", [1, 2], {}]
    for value in payloads:
        await fails(node.send(to, value), "BAD_REQUEST")
        with raises("BAD_REQUEST"):
            node.try_send(to, value)
        with raises("BAD_REQUEST"):
            node.send_batch([(to, value)])
    batches: list[Any] = [None, 5, {}, "ab", [None], [(to,)], [(to, b"x", 1)]]
    for value in batches:
        with raises("BAD_REQUEST"):
            node.send_batch(value)
    await node.send(to, b"the first to arrive")
    assert await next_of(node) == "the first to arrive"


@case("misuse", "refuses prefixes and numbers of bits that are none")
async def test_refuses_prefixes(world: World) -> None:
    node = await world.service.open(generate_key())
    prefixes: list[Any] = [None, "ab", [1], 5]
    for value in prefixes:
        await fails(node.find_address(value, 4), "BAD_REQUEST")
    bits: list[Any] = [None, "4", {}, 1.5, float("nan"), True]
    for value in bits:
        await fails(node.find_address(b"ab", value), "BAD_REQUEST")
