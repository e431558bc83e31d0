# SPDX-License-Identifier: Apache-2.0
"""The receiving half, with several who wait, and some who give up."""

from __future__ import annotations

import asyncio

import pytest

from inet256 import Message, generate_key
from inet256._frames import MessageReader
from inet256._gen.inet256.v1.node_pb2 import ConnectResponse, Datagram
from inet256._inbox import Inbox
from inet256._limits import REMEMBERED_SENDERS
from inet256.identity import IdentityError

from .support.until import DEADLINE

FROM = generate_key().address


def messages(*payloads: bytes) -> list[Message]:
    return [Message(FROM, payload) for payload in payloads]


async def waiting(inbox: Inbox, count: int) -> list[asyncio.Task[Message]]:
    """So many who wait."""
    tasks = [asyncio.create_task(inbox.receive()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


def test_a_batch_wakes_as_many_as_it_has_messages() -> None:
    async def main() -> None:
        inbox = Inbox(1_000, lambda total: None)
        tasks = await waiting(inbox, 3)
        inbox.push(messages(b"1", b"2"), 2)
        first_two = asyncio.wait_for(asyncio.gather(*tasks[:2]), DEADLINE)
        assert await first_two == messages(b"1", b"2")
        assert not tasks[2].done()
        inbox.push(messages(b"3"), 1)
        assert (await tasks[2]).payload == b"3"

    asyncio.run(main())


def test_who_was_woken_and_gives_up_leaves_it_to_another() -> None:
    async def main() -> None:
        inbox = Inbox(1_000, lambda total: None)
        first, second = await waiting(inbox, 2)
        inbox.push(messages(b"for one"), 7)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert (await asyncio.wait_for(second, DEADLINE)).payload == b"for one"

    asyncio.run(main())


def test_the_oldest_make_room_and_are_counted_but_never_the_last_batch() -> None:
    async def main() -> None:
        lost: list[int] = []
        inbox = Inbox(10, lost.append)
        inbox.push(messages(b"1", b"2", b"3"), 6)
        assert (await inbox.receive()).payload == b"1"
        inbox.push(messages(b"4"), 6)
        inbox.push(messages(b"5", b"6"), 100)
        assert lost == [2, 3]
        assert await inbox.take_batch() == messages(b"5", b"6")
        inbox.push(messages(b"7"), 1)
        assert lost == [2, 3]

    asyncio.run(main())


def test_a_reader_remembers_senders_within_a_bound() -> None:
    reader = MessageReader()
    kept = reader.read(ConnectResponse(datagrams=[Datagram(address=FROM.raw)]))
    again = reader.read(ConnectResponse(datagrams=[Datagram(address=FROM.raw, payload=b"x")]))
    assert kept[0].source is again[0].source
    for i in range(2 * REMEMBERED_SENDERS):
        reader.read(ConnectResponse(datagrams=[Datagram(address=i.to_bytes(32, "big"))]))
    assert len(reader._known) <= REMEMBERED_SENDERS + 1
    with pytest.raises(IdentityError):
        reader.read(ConnectResponse(datagrams=[Datagram(address=FROM.raw), Datagram()]))
