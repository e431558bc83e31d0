# SPDX-License-Identifier: Apache-2.0
"""Finding addresses and keys."""

from __future__ import annotations

import asyncio

import pytest

from inet256 import EVERYONE, Address

from .harness import World, abandoned, case, fails


def flipped(address: Address, place: int) -> bytes:
    """The address with this bit turned over."""
    raw = bytearray(address.raw)
    raw[place // 8] ^= 0x80 >> place % 8
    return bytes(raw)


@pytest.mark.parametrize("nbits", [24, 25, 31, 32, 100, 128, 255, 256])
@case("lookups", "finds an address by its first %i bits")
async def test_finds(world: World, nbits: int) -> None:
    a, b = await world.pair()
    assert await a.find_address(b.address.raw[: (nbits + 7) // 8], nbits) == b.address


@case("lookups", "finds some address by no bits at all")
async def test_finds_any(world: World) -> None:
    a, b = await world.pair()
    found = await a.find_address(b"", 0)
    assert found in (a.address, b.address, world.daemon_address)


@case("lookups", "ignores what is longer than the bits asked for, be it wrong or endless")
async def test_ignores_the_rest(world: World) -> None:
    a, b = await world.pair()
    assert await a.find_address(flipped(b.address, 40), 40) == b.address
    assert await a.find_address(b.address.raw + b"\xff" * 100, 256) == b.address
    assert await a.find_address(bytearray(b.address.raw), 256) == b.address


@case("lookups", "finds nothing where one bit differs: NO_SUCH_ADDRESS, as a send would say")
async def test_finds_nothing(world: World) -> None:
    a, b = await world.pair()
    for place in (30, 127, 255):
        wrong = flipped(b.address, place)
        await fails(a.find_address(wrong, place + 1), "NO_SUCH_ADDRESS")
        await fails(a.send(Address(wrong), b"hello?"), "NO_SUCH_ADDRESS")
        await fails(a.lookup_public_key(Address(wrong)), "NO_SUCH_ADDRESS")


@case("lookups", "refuses a prefix that is shorter than its bits, and bits beyond 256")
async def test_refuses_bits(world: World) -> None:
    a, _ = await world.pair()
    for length, nbits in [(0, 1), (1, 9), (31, 249), (31, 256), (33, 257), (32, -1)]:
        await fails(a.find_address(bytes(length), nbits), "BAD_REQUEST")


@case("lookups", "finds itself and the daemon, and forgets who has gone")
async def test_finds_itself(world: World) -> None:
    a, b = await world.pair()
    for address in (a.address, world.daemon_address):
        assert await a.find_address(address.raw, 256) == address
    await b.close()
    await fails(a.find_address(b.address.raw, 256), "NO_SUCH_ADDRESS")
    await fails(a.lookup_public_key(b.address), "NO_SUCH_ADDRESS")


@case("lookups", "finds the public key of an address")
async def test_finds_keys(world: World) -> None:
    a, b = await world.pair()
    assert await a.lookup_public_key(b.address) == b.public_key
    assert await a.lookup_public_key(a.address) == a.public_key
    assert await a.lookup_public_key(world.daemon_address) == world.daemon.key.public_key
    await fails(a.lookup_public_key(EVERYONE), "NO_SUCH_ADDRESS")


@case("lookups", "with a signal that has aborted rejects with its reason")
async def test_given_up_before(world: World) -> None:
    a, b = await world.pair()
    await abandoned(a.find_address(b.address.raw, 256))
    await abandoned(a.lookup_public_key(b.address))
    looking = asyncio.create_task(a.find_address(b.address.raw, 256))
    await asyncio.sleep(0)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
