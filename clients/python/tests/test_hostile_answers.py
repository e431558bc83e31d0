# SPDX-License-Identifier: Apache-2.0
"""The client against daemons that answer an opening or a question wrongly or never."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import inet256
from inet256 import NO_ONE, Disconnected, Reason, generate_key
from inet256._gen.inet256.v1.node_pb2 import (
    FindAddressRequest,
    FindAddressResponse,
    LookupPublicKeyRequest,
    LookupPublicKeyResponse,
)

from .contract.harness import fails
from .fake_world import FakeWorld, in_fake_world
from .support.fake_daemon import FakeStream, abort
from .support.until import until


def nothing(stream: FakeStream) -> None:
    """Never answers."""


ANSWERS: list[tuple[str, Callable[[FakeStream], None], Reason]] = [
    ("garbage", lambda stream: stream.send(b"garbage!"), "INTERNAL"),
    ("nothing", lambda stream: stream.send(b""), "INTERNAL"),
    ("datagrams", lambda stream: stream.accept(1), "INTERNAL"),
    (
        "another address",
        lambda stream: stream.open(address=generate_key().address.raw),
        "INTERNAL",
    ),
    ("half an address", lambda s: s.open(address=s.key.address.raw[16:]), "INTERNAL"),
    ("the end", FakeStream.end, "UNAVAILABLE"),
    ("a cut", FakeStream.cut, "UNAVAILABLE"),
    ("an error", lambda stream: stream.fail("LIMIT_NODES"), "LIMIT_NODES"),
]


@pytest.mark.parametrize(
    ("answer", "reason"), [x[1:] for x in ANSWERS], ids=[x[0] for x in ANSWERS]
)
def test_an_opening_answered_wrongly_fails_once_and_for_all(
    answer: Callable[[FakeStream], None], reason: Reason
) -> None:
    async def test(world: FakeWorld) -> None:
        await fails(world.open(), reason)
        await until("its stream is over", lambda: all(s.over for s in world.daemon.streams))
        assert (len(world.daemon.streams), world.events) == (1, [])

    in_fake_world(test, on_open=answer)


def test_another_public_key_is_not_believed() -> None:
    other = generate_key().public_key.serialize()

    async def test(world: FakeWorld) -> None:
        key = generate_key()
        node = await world.client.open(key)
        assert node.public_key == key.public_key

    in_fake_world(test, on_open=lambda stream: stream.open(public_key=other))


def test_an_opening_never_answered_is_given_up_and_the_daemon_hears() -> None:
    async def test(world: FakeWorld) -> None:
        opening = asyncio.create_task(world.open())
        await until("the daemon was asked", lambda: len(world.daemon.streams) == 1)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await until("the daemon heard", lambda: world.stream.over)
        assert world.events == []

    in_fake_world(test, on_open=nothing)


def test_an_opening_never_answered_ends_with_the_client() -> None:
    async def test(world: FakeWorld) -> None:
        opening = asyncio.create_task(world.open())
        await until("the daemon was asked", lambda: len(world.daemon.streams) == 1)
        await world.client.close()
        await fails(opening, "NODE_CLOSED")
        await until("the daemon heard", lambda: world.stream.over)

    in_fake_world(test, on_open=nothing)


def test_lookups_answered_wrongly_are_faults_of_the_daemon() -> None:
    async def find(raw: bytes, context: Any) -> bytes:
        short = FindAddressRequest.FromString(raw).nbits == 8
        address = b"short" if short else generate_key().address.raw
        return FindAddressResponse(address=address).SerializeToString()

    async def lookup(raw: bytes, context: Any) -> bytes:
        none = LookupPublicKeyRequest.FromString(raw).address == NO_ONE.raw
        key = b"no key" if none else generate_key().public_key.serialize()
        return LookupPublicKeyResponse(public_key=key).SerializeToString()

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        await fails(node.find_address(node.address.raw, 8), "INTERNAL")
        await fails(node.find_address(node.address.raw, 256), "INTERNAL")
        await fails(node.lookup_public_key(node.address), "INTERNAL")
        await fails(node.lookup_public_key(NO_ONE), "INTERNAL")

    in_fake_world(test, unary={"FindAddress": find, "LookupPublicKey": lookup})


class Silence:
    """A call that is never answered."""

    def __init__(self) -> None:
        self.asked = self.over = 0

    async def answer(self, raw: bytes, context: Any) -> bytes:
        self.asked += 1
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.over += 1
        return b""

    async def give_up(self, call: Coroutine[Any, Any, object]) -> None:
        """Makes a call, and cancels it when it has been asked."""
        before = self.asked
        asking = asyncio.create_task(call)
        await until("the daemon was asked", lambda: self.asked > before)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await until("the daemon has heard", lambda: self.over > before)


def test_lookups_never_answered_are_given_up_and_the_daemon_hears() -> None:
    silence = Silence()

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        for call in (
            node.find_address(node.address.raw, 8),
            node.lookup_public_key(node.address),
            world.client.drop(generate_key()),
        ):
            await silence.give_up(call)
        assert (silence.asked, silence.over) == (3, 3)

    unary = dict.fromkeys(("FindAddress", "LookupPublicKey", "Drop"), silence.answer)
    in_fake_world(test, unary=unary)


def test_calls_never_answered_end_with_the_client() -> None:
    silence = Silence()

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        calls = [
            asyncio.create_task(node.find_address(node.address.raw, 8)),
            asyncio.create_task(world.client.drop(generate_key())),
        ]
        await until("the daemon was asked", lambda: silence.asked == 2)
        await world.client.close()
        for call in calls:
            await fails(call, "NODE_CLOSED")

    in_fake_world(test, unary={"FindAddress": silence.answer, "Drop": silence.answer})


def test_a_lookup_that_takes_too_long_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inet256._lookups, "LOOKUP_SECONDS", 0.05)

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        await fails(node.find_address(node.address.raw, 8), "UNREACHABLE")

    in_fake_world(test, unary={"FindAddress": Silence().answer})


def test_lookups_show_the_session_of_the_stream_and_of_the_next_after_a_break() -> None:
    sessions: list[str] = []

    async def find(raw: bytes, context: Any) -> bytes:
        sessions.append(dict(context.invocation_metadata())["inet256-session"])
        await abort(context, "NO_SUCH_ADDRESS")
        return b""

    async def test(world: FakeWorld) -> None:
        node = await world.open()
        await fails(node.find_address(node.address.raw, 8), "NO_SUCH_ADDRESS")
        world.stream.fail("UNAVAILABLE")
        await until("the stream is gone", lambda: world.seen(Disconnected) == 1)
        await fails(node.find_address(node.address.raw, 8), "NO_SUCH_ADDRESS")
        assert sessions == [f"{1:064d}", f"{2:064d}"]

    in_fake_world(test, unary={"FindAddress": find})


def test_each_client_has_a_connection_of_its_own() -> None:
    async def test(world: FakeWorld) -> None:
        await world.open()
        await world.open()
        async with inet256.connect(world.daemon.endpoint) as another:
            await another.open(generate_key())
            assert world.daemon.wire.connections == 2

    in_fake_world(test)


def test_where_no_daemon_is() -> None:
    async def test() -> None:
        nowhere = inet256.connect("unix:///nowhere/inet256.sock")
        for call in (nowhere.open(generate_key()), nowhere.drop(generate_key())):
            with pytest.raises(inet256.UnavailableError, match=r"unix:///nowhere/inet256\.sock"):
                await call
        await nowhere.close()
        await nowhere.close()
        await fails(nowhere.open(generate_key()), "NODE_CLOSED")
        await fails(nowhere.drop(generate_key()), "NODE_CLOSED")

    asyncio.run(test())
