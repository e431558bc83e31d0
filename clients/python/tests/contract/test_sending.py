# SPDX-License-Identifier: Apache-2.0
"""Sending messages."""

from __future__ import annotations

import asyncio

import pytest

from inet256 import EVERYONE, NO_ONE, Inet256Error, generate_key

from ..support.until import DEADLINE
from .harness import (
    World,
    abandoned,
    case,
    fails,
    next_of,
    next_some,
    pattern,
    raises,
    send_all,
    words,
)

LENGTHS = [0, 1, 2, 127, 128, 1_400, 16_384, 32_768, 65_534, 65_535]


@pytest.mark.parametrize("length", LENGTHS)
@case("sending", "delivers %i bytes intact, from exactly who sent them")
async def test_delivers(world: World, length: int) -> None:
    a, b = await world.pair()
    sent = pattern(length, length + 1)
    await a.send(b.address, sent)
    message = await asyncio.wait_for(b.receive(), DEADLINE)
    assert message.source == a.address
    assert type(message.payload) is bytes
    assert message.payload == sent


@case("sending", "refuses 65,536 bytes with MESSAGE_TOO_LARGE, whichever way")
async def test_refuses_too_large(world: World) -> None:
    a, b = await world.pair()
    too_large = bytes(65_536)
    await fails(a.send(b.address, too_large), "MESSAGE_TOO_LARGE")
    with raises("MESSAGE_TOO_LARGE"):
        a.try_send(b.address, too_large)
    with raises("MESSAGE_TOO_LARGE"):
        a.send_batch([(b.address, b"fine"), (b.address, too_large)])
    await a.send(b.address, b"the first to arrive")
    assert await next_of(b) == "the first to arrive"


@case("sending", "keeps the order between two nodes, whichever way messages are sent")
async def test_keeps_the_order(world: World) -> None:
    a, b = await world.pair()
    texts = words("message", 300)
    sends = []
    for i, text in enumerate(texts):
        if i % 3 == 0:
            await a.send(b.address, text.encode())
        elif i % 3 == 1:
            assert a.try_send(b.address, text.encode())
        else:
            sends.append(asyncio.create_task(a.send(b.address, text.encode())))
            await asyncio.sleep(0)
    await asyncio.gather(*sends)
    assert await next_some(b, len(texts)) == texts


@case("sending", "delivers to itself")
async def test_delivers_to_itself(world: World) -> None:
    a, _ = await world.pair()
    await send_all(a, a.address, words("to myself", 3))
    assert await next_some(a, 3) == words("to myself", 3)


@case("sending", "takes a payload as it is during the call")
async def test_takes_a_payload_as_it_is(world: World) -> None:
    a, b = await world.pair()
    payload = bytearray(b"as it was")
    sending = asyncio.create_task(a.send(b.address, payload))
    await asyncio.sleep(0)
    payload[:] = bytes(9)
    await sending
    payload[:] = b"as it is!"
    assert a.try_send(b.address, payload)
    payload[:] = bytes(9)
    payload[:] = b"in batch!"
    assert a.send_batch([(b.address, memoryview(payload))]) == 1
    payload[:] = bytes(9)
    assert await next_some(b, 3) == ["as it was", "as it is!", "in batch!"]


@case("sending", "sends a batch and says how many it took")
async def test_sends_a_batch(world: World) -> None:
    a, b = await world.pair()
    texts = words("of a batch", 200)
    assert a.send_batch([]) == 0
    assert a.send_batch([(b.address, text.encode()) for text in texts]) == 200
    assert await next_some(b, 200) == texts


@case("sending", "to nobody is NO_SUCH_ADDRESS; trySend makes no promise")
async def test_to_nobody(world: World) -> None:
    a, b = await world.pair()
    nobody = generate_key().address
    for to in (nobody, EVERYONE, NO_ONE):
        await fails(a.send(to, b"hello?"), "NO_SUCH_ADDRESS")
    assert a.try_send(nobody, b"hello?")
    await a.send(b.address, b"still fine")
    assert await next_of(b) == "still fine"


@case("sending", "refuses the right message among many")
async def test_refuses_the_right_one(world: World) -> None:
    a, b = await world.pair()
    nobody = generate_key().address
    outcomes = await asyncio.gather(
        *(a.send(nobody if i % 10 == 3 else b.address, str(i).encode()) for i in range(50)),
        return_exceptions=True,
    )
    refused = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, Inet256Error)]
    assert refused == [3, 13, 23, 33, 43]
    assert "13" not in await next_some(b, 45)


@case(
    "sending",
    "stops when a node is closed: what was sent before it arrives, later messages do not",
)
async def test_stops_at_close(world: World) -> None:
    a, b = await world.pair()
    await send_all(a, b.address, ["before"])
    await b.close()
    await fails(a.send(b.address, b"after"), "NO_SUCH_ADDRESS")


@case("sending", "with a signal that has aborted rejects with its reason and sends nothing")
async def test_given_up_before(world: World) -> None:
    a, b = await world.pair()
    await abandoned(a.send(b.address, b"not sent"))
    await abandoned(a.room())
    # Handed over, and taken back before it was written.
    sending = asyncio.create_task(a.send(b.address, b"not sent either"))
    kept = asyncio.create_task(a.send(b.address, b"sent beside it"))
    asyncio.get_running_loop().call_soon(sending.cancel)
    with pytest.raises(asyncio.CancelledError):
        await sending
    await kept
    await a.send(b.address, b"sent")
    assert await next_some(b, 2) == ["sent beside it", "sent"]


@case("sending", "carries more than any bound holds, when the sender waits for acceptance")
async def test_carries_much(world: World) -> None:
    a, b = await world.pair()
    groups, group, length = 50, 8, 65_535

    async def receive_all() -> int:
        received = 0
        async for batch in b.batches():
            for _, payload in batch:
                assert (len(payload), payload[0]) == (length, received & 0xFF)
                received += 1
            if received == groups * group:
                break
        return received

    receiving = asyncio.create_task(receive_all())
    for i in range(groups):
        await asyncio.gather(
            *(a.send(b.address, bytes([(i * group + j) & 0xFF]) * length) for j in range(group))
        )
        # Both ends are in this process: acceptance leaves the receiver no turn of its own.
        await asyncio.sleep(0)
    assert await asyncio.wait_for(receiving, DEADLINE) == groups * group


@case("sending", "waits for room as long as there is any to come")
async def test_waits_for_room(world: World) -> None:
    a, b = await world.pair()
    payload = bytes(65_535)
    taken = 0
    for _ in range(40):
        if a.try_send(b.address, payload):
            taken += 1
        else:
            await asyncio.wait_for(a.room(), DEADLINE)
    assert 20 < taken < 40
    await a.room()
    assert a.try_send(b.address, payload)


@case("sending", "pings the daemon: what begins with inet256p comes back, nothing else does")
async def test_pings_the_daemon(world: World) -> None:
    a, _ = await world.pair()
    to = world.daemon_address
    await send_all(a, to, ["hello", "inet256", "Inet256p", "", " inet256p"])
    for text in ("inet256p", "inet256p and more", "inet256p" + "x" * 65_527):
        await a.send(to, text.encode())
        source, payload = await asyncio.wait_for(a.receive(), DEADLINE)
        assert (source, payload.decode()) == (to, text)
