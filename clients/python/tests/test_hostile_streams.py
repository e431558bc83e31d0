# SPDX-License-Identifier: Apache-2.0
"""The client against daemons whose streams bring nonsense, stall, or break."""

from __future__ import annotations

import asyncio
import time

import pytest

from inet256 import (
    Disconnected,
    Ended,
    Inet256Error,
    Lost,
    NodeEndedError,
    OutcomeUnknownError,
    Reason,
    Refused,
    Reopened,
    UnavailableError,
    _keeper,
)
from inet256._gen.inet256.v1.node_pb2 import (
    REASON_UNREACHABLE,
    ConnectResponse,
    Datagram,
    Failure,
)

from .contract.harness import fails
from .fake_world import FakeWorld, in_fake_world
from .support.fake_daemon import FakeStream
from .support.until import DEADLINE, until


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b"\xff\xff\xff", id="garbage"),
        pytest.param(bytes.fromhex("1203120161"), id="a datagram without an address"),
        pytest.param(bytes.fromhex("12120a10" + 16 * "07"), id="a datagram with half an address"),
        pytest.param(b"\x12" * 1024 * 1024, id="a message beyond every limit"),
    ],
)
def test_nonsense_breaks_the_stream_and_it_is_opened_anew(message: bytes) -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        world.stream.send(message)
        await until("the node is open again", lambda: world.seen(Reopened) == 1)
        assert world.seen(Disconnected) == 1
        await node.send(node.address, b"still here")
        assert world.daemon.received == [b"still here"]

    in_fake_world(test)


@pytest.mark.parametrize("how", [FakeStream.end, FakeStream.cut])
def test_an_end_is_no_end(how: object) -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        world.stream.end() if how is FakeStream.end else world.stream.cut()
        await until("the node is open again", lambda: world.seen(Reopened) == 1)
        await node.send(node.address, b"still here")
        assert world.stream.received == [b"still here"]
        assert len(world.daemon.streams) == 2

    in_fake_world(test)


def test_takes_what_another_encoder_writes() -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        # The payload before the address, and an unknown field behind.
        datagram = b"\x12\x02hi\x0a\x20" + node.address.raw + b"\xf8\x01\x01"
        world.stream.send(b"\x12" + bytes([len(datagram)]) + datagram)
        assert await node.receive() == (node.address, b"hi")

    in_fake_world(test)


def test_tells_of_refusals_that_nobody_waits_for_and_of_losses() -> None:
    def refuse(stream: FakeStream) -> None:
        unknown = Failure(number=77)
        unknown.MergeFromString(b"\x10\x63")
        known = Failure(number=1, reason=REASON_UNREACHABLE)
        stream.send(ConnectResponse(failed=[known, unknown], lost=12))
        stream.accept()

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        assert node.try_send(node.address, b"to be refused")
        await node.send(node.address, b"to be accepted")
        assert world.events == [
            Refused(node.address, "UNREACHABLE"),
            Refused(node.address, "INTERNAL"),
            Lost(node.address, "daemon", 12),
        ]

    in_fake_world(test, on_datagrams=refuse)


@pytest.mark.parametrize(
    "reason", ["NODE_DROPPED", "DISPLACED", "KEY_IN_USE_BY_DAEMON", "BAD_KEY", "UNAUTHENTICATED"]
)
def test_some_reasons_are_the_nodes_end(reason: Reason) -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        waiting = asyncio.create_task(node.receive())
        await asyncio.sleep(0)
        world.stream.fail(reason)
        await fails(waiting, reason)
        await fails(node.send(node.address, b"late"), reason)
        assert [type(event) for event in world.events] == [Ended]
        assert len(world.daemon.streams) == 1

    in_fake_world(test)


def test_a_refused_reopening_is_tried_again() -> None:
    openings = 0

    def at_opening(stream: FakeStream) -> None:
        nonlocal openings
        openings += 1
        stream.open() if openings in (1, 4) else stream.fail("LIMIT_RATE")

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        world.stream.fail("UNAVAILABLE")
        await until("the stream is gone", lambda: world.seen(Disconnected) == 1)
        await node.send(node.address, b"meanwhile")
        assert (openings, world.seen(Reopened)) == (4, 1)
        assert world.daemon.received == [b"meanwhile"]

    in_fake_world(test, on_open=at_opening)


def test_close_ends_within_its_time_though_nothing_is_accepted() -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        sends = [asyncio.create_task(node.send(node.address, bytes(65_535))) for _ in range(40)]
        await until("the window is full", lambda: len(world.daemon.received) >= 12)
        began = time.monotonic()
        await node.close()
        assert time.monotonic() - began < 2 * DEADLINE
        ends = [type(end) for end in await asyncio.gather(*sends, return_exceptions=True)]
        written = len(world.daemon.received)
        assert written < 40
        assert ends == [OutcomeUnknownError] * written + [NodeEndedError] * (40 - written)

    in_fake_world(test, on_datagrams=lambda stream: None)


def test_close_ends_at_once_while_the_daemon_is_away() -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        await world.daemon.stop()
        await until("the stream is gone", lambda: world.seen(Disconnected) == 1)
        sending = asyncio.create_task(node.send(node.address, b"meanwhile"))
        await asyncio.sleep(0)
        await node.close()
        await fails(sending, "NODE_CLOSED")
        await fails(node.receive(), "NODE_CLOSED")

    in_fake_world(test)


def test_an_outage_fails_what_waits_and_what_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_keeper, "OUTAGE_SECONDS", 0.3)

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        await world.daemon.stop()
        await until("the stream is gone", lambda: world.seen(Disconnected) == 1)
        waiting = asyncio.create_task(node.send(node.address, b"meanwhile"))
        assert node.try_send(node.address, b"meanwhile")
        await node.room()
        with pytest.raises(UnavailableError):
            await asyncio.wait_for(waiting, DEADLINE)
        await fails(node.send(node.address, b"later"), "UNAVAILABLE")
        await fails(node.room(), "UNAVAILABLE")
        assert node.try_send(node.address, b"later") is False

    in_fake_world(test)


def test_an_outage_that_ended_in_time_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_keeper, "OUTAGE_SECONDS", 0.2)

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        broken = time.monotonic()
        world.stream.fail("UNAVAILABLE")
        await until("it is open again", lambda: world.seen(Reopened) == 1)
        await until("the time is over", lambda: time.monotonic() > broken + 0.3)
        await node.send(node.address, b"still here")

    in_fake_world(test)


def test_the_private_key_is_forgotten_with_the_node() -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        assert any(node._keeper._key)
        await node.close()
        assert not any(node._keeper._key)

    in_fake_world(test)


def test_a_node_that_is_being_reopened_can_be_closed() -> None:
    def open_once(stream: FakeStream) -> None:
        if len(world_of) == 0:
            stream.open()
        world_of.append(stream)

    world_of: list[FakeStream] = []

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        world.stream.fail("UNAVAILABLE")
        await until("it asks again", lambda: len(world_of) == 2)
        await node.close()
        await until("that stream is over too", lambda: world.stream.over)
        assert world.seen(Reopened) == 0

    in_fake_world(test, on_open=open_once)


def test_a_client_that_does_not_read_loses_its_own_oldest() -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        own = node.address.raw
        for i in range(200):
            batch = [Datagram(address=own, payload=bytes([i]) * 60_000) for _ in range(4)]
            world.stream.send(ConnectResponse(datagrams=batch))
        world.stream.send(ConnectResponse(lost=1))
        await until("all has come", lambda: Lost(node.address, "daemon", 1) in world.events)
        told = [event for event in world.events if isinstance(event, Lost) and event.at == "client"]
        lost = told[-1].total
        assert lost % 4 == 0
        # What is left fits into the bound, and is the newest.
        kept = 800 - lost
        assert 8 * 1024 * 1024 - 4 * 60_100 < kept * 60_000 <= 8 * 1024 * 1024
        for place in range(kept):
            assert (await node.receive()).payload[0] == (lost + place) // 4
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(node.receive(), 0.01)

    in_fake_world(test)


def test_a_listener_that_raises_harms_nobody() -> None:
    async def test(world: FakeWorld) -> None:
        def raising(event: object) -> None:
            raise ValueError("made up")

        reported: list[object] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: reported.append(context.get("exception"))
        )
        world.client._on_event = raising
        node = await world.open()
        world.stream.fail("UNAVAILABLE")
        await until("it is open again", lambda: len(world.daemon.streams) == 2)
        await node.send(node.address, b"still here")
        assert [type(error) for error in reported] == [ValueError, ValueError]

    in_fake_world(test)


def test_the_same_error_may_be_raised_often_without_growing() -> None:
    async def test(world: FakeWorld) -> None:
        node = await world.open()
        await node.close()
        lengths = set()
        for _ in range(5):
            try:
                await node.receive()
            except Inet256Error as error:
                depth, trace = 0, error.__traceback__
                while trace is not None:
                    depth, trace = depth + 1, trace.tb_next
                lengths.add(depth)
        assert len(lengths) == 1

    in_fake_world(test)
