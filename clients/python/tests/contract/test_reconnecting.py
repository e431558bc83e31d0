# SPDX-License-Identifier: Apache-2.0
"""What was written is never written again, and what was handed to a stream is spent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import inet256
from inet256 import Address, Inet256Error, Node, Reopened, generate_key
from inet256._gen.inet256.v1.admin_pb2 import GetStatusRequest, GetStatusResponse

from ..support.fake_daemon import FakeDaemon, FakeStream
from ..support.until import DEADLINE, turn, until
from ..support.wire import Wire
from .harness import World, case, next_of, next_some, send_all, words

Fate = Callable[[FakeStream], None]


def fails(stream: FakeStream) -> None:
    stream.fail("UNAVAILABLE")


def accepts_and(then: Fate, missing: int = 0, half: bool = False) -> Fate:
    """Accepts all but so many, or half of them, and then goes on."""

    def fate(stream: FakeStream) -> None:
        count = len(stream.received)
        stream.accept((count + 1) // 2 if half else count - missing)
        then(stream)

    return fate


def opens_and(then: Fate) -> Fate:
    def fate(stream: FakeStream) -> None:
        stream.open()
        then(stream)

    return fate


def nothing(stream: FakeStream) -> None:
    """All is well."""


# How a stream goes wrong, at the opening and at datagrams; each in turn, again and again.
OPENINGS: list[Fate] = [
    FakeStream.open,
    FakeStream.open,
    fails,
    FakeStream.open,
    FakeStream.cut,
    opens_and(fails),
    opens_and(FakeStream.cut),
]
BREAKS: list[Fate] = [
    fails,
    FakeStream.cut,
    FakeStream.end,
    accepts_and(fails),
    accepts_and(FakeStream.cut),
    accepts_and(FakeStream.end, half=True),
    accepts_and(FakeStream.cut, missing=1),
    lambda stream: stream.send(b"\xff\xff\xff"),
]
# And some that go well, so that something is accepted.
KIND: list[Fate] = [accepts_and(nothing), accepts_and(nothing), accepts_and(nothing, missing=1)]
BREAKS += KIND
BREAKS_WANTED = 3 * len(BREAKS)


class Program:
    """Sends without end, by every way, and notes what it is told."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._next = 0
        self.sending: set[asyncio.Task[None]] = set()
        self.outcomes: dict[int, str] = {}

    def send_some(self) -> None:
        for way in range(5):
            if len(self.sending) >= 250:
                return
            if way == 4:
                self._node.try_send(self._node.address, payload_of(self._draw()))
            else:
                task = asyncio.create_task(self._send())
                self.sending.add(task)
                task.add_done_callback(self.sending.discard)

    def _draw(self) -> int:
        self._next += 1
        return self._next - 1

    def told(self, outcome: str) -> list[int]:
        return [number for number, said in self.outcomes.items() if said == outcome]

    async def _send(self) -> None:
        # Numbered as they are handed over, which is when the task runs.
        number = self._draw()
        try:
            await self._node.send(self._node.address, payload_of(number))
            self.outcomes[number] = "accepted"
        except Inet256Error as error:
            self.outcomes[number] = error.reason


def payload_of(number: int) -> bytes:
    # Large ones now and then, so that the window fills and messages wait in line.
    size = 65_531 if number % 20 == 0 else number % 90
    return number.to_bytes(4, "big") + bytes(size)


@case("reconnecting", "client-reconnect-never-resends")
async def test_never_resends(world: World) -> None:
    broken = opened = 0
    # What still comes on a stream that was broken is not counted.
    doomed: set[FakeStream] = set()

    def at_opening(stream: FakeStream) -> None:
        nonlocal opened
        if broken >= BREAKS_WANTED:
            stream.open()
        else:
            OPENINGS[opened % len(OPENINGS)](stream)
            opened += 1

    def at_datagrams(stream: FakeStream) -> None:
        nonlocal broken
        if broken >= BREAKS_WANTED:
            stream.accept()
        elif stream not in doomed:
            fate = BREAKS[broken % len(BREAKS)]
            fate(stream)
            if fate not in KIND:
                doomed.add(stream)
            broken += 1

    events: list[inet256.Event] = []
    async with (
        FakeDaemon(at_opening, at_datagrams) as daemon,
        inet256.connect(daemon.endpoint, on_event=events.append) as client,
    ):
        node = await client.open(generate_key())
        program = Program(node)
        while broken < BREAKS_WANTED:
            program.send_some()
            await turn()
        await until("every send has been told", lambda: not program.sending)
        await node.send(node.address, payload_of(0xFFFFFFFF))

    # In order over all streams, and so none of them twice.
    received = [int.from_bytes(payload[:4], "big") for payload in daemon.received]
    assert received == sorted(set(received))
    accepted, unknown = program.told("accepted"), program.told("OUTCOME_UNKNOWN")
    assert len(accepted) + len(unknown) == len(program.outcomes)
    assert set(accepted) - set(received) == set()
    # Not vacuous: of those of unknown outcome some have arrived, so sending again would show.
    assert len(set(unknown) & set(received)) > 20
    assert len(accepted) > 20
    assert len(daemon.streams) > 20
    assert sum(isinstance(event, Reopened) for event in events) > 10


async def streams(world: World) -> int:
    """The number of streams that the daemon has open."""
    call = world.service._connection._open_channel().unary_unary(
        "/inet256.v1.AdminService/GetStatus",
        request_serializer=GetStatusRequest.SerializeToString,
        response_deserializer=GetStatusResponse.FromString,
    )
    status: GetStatusResponse = await call(GetStatusRequest())
    return status.streams


async def expect_silence(node: Node, sender: Node) -> None:
    """That nothing comes to a node before what is sent to it now."""
    await sender.send(node.address, b"the next")
    assert await next_of(node) == "the next"


@case("reconnecting", "stream-break-never-requeues")
async def test_never_requeues(world: World) -> None:
    key = generate_key()
    async with Wire(str(world.daemon.socket)) as wire:
        doomed = world.client(wire.endpoint)
        await doomed.open(key)
        kept = await world.service.open(key)
        sender = await world.elsewhere.open(generate_key())
        before = await streams(world)

        # Half of them go into a wire that hands nothing on: to the doomed stream, and nowhere else.
        wire.clog()
        texts = words("shared", 40)
        await send_all(sender, key.address, texts)
        own = await next_some(kept, 20)

        # It dies with them, and its program does not come back.
        ending = asyncio.create_task(doomed.close())
        await wire.stop()
        await ending
    while await asyncio.wait_for(streams(world), DEADLINE) >= before:
        await turn()

    await send_all(sender, key.address, words("later", 10))
    assert await next_some(kept, 10) == words("later", 10)
    await expect_silence(kept, sender)
    assert len(own) + 20 == len(texts)

    # Nor is it kept for those who open the key anew.
    await kept.close()
    again = await world.service.open(key)
    await expect_silence(again, sender)


@case(
    "reconnecting",
    "what a reader did not take before its stream broke is not kept for its next one",
)
async def test_not_kept_for_the_next_stream(world: World) -> None:
    async with Wire(str(world.daemon.socket)) as wire:
        reader = await world.client(wire.endpoint).open(generate_key())
        sender = await world.service.open(generate_key())
        await sender.send(reader.address, b"taken")
        assert await next_of(reader) == "taken"
        wire.clog()
        await send_all(sender, reader.address, words("lost", 10))
        wire.cut()
        await until("it is open again", lambda: wire.connections == 2)
        # It comes back by itself; until then its address is nobody's.
        assert await asyncio.wait_for(keep_sending(sender, reader.address), DEADLINE) == "accepted"
        assert await next_of(reader) == "after"


async def keep_sending(sender: Node, to: Address) -> str:
    """Sends until there is somebody; answers what became of it."""
    while True:
        try:
            await sender.send(to, b"after")
        except Inet256Error as error:
            if error.reason != "NO_SUCH_ADDRESS":
                return error.reason
        else:
            return "accepted"
