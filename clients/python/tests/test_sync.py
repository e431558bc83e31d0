# SPDX-License-Identifier: Apache-2.0
"""The client without asyncio, against a real daemon."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

import inet256.sync
from inet256 import MTU, Inet256Error, generate_key
from inet256.sync import Client, Node

from .contract.harness import raises, words
from .support.daemon import Daemon
from .support.until import DEADLINE


@pytest.fixture
def client(daemon: Daemon) -> Iterator[Client]:
    with inet256.sync.connect(daemon.endpoint) as connected:
        yield connected


@pytest.fixture
def pair(client: Client) -> tuple[Node, Node]:
    return client.open(generate_key(), timeout=DEADLINE), client.open(generate_key())


def texts(node: Node, count: int) -> list[str]:
    return [node.receive(DEADLINE).payload.decode() for _ in range(count)]


def test_sends_and_receives_by_every_way(pair: tuple[Node, Node]) -> None:
    a, b = pair
    a.send(b.address, b"sent", timeout=DEADLINE)
    assert a.try_send(b.address, bytearray(b"tried"))
    assert a.send_batch([(b.address, text.encode()) for text in words("batched", 500)]) == 500
    a.room(timeout=DEADLINE)
    message = b.receive(timeout=DEADLINE)
    assert (message.source, message.payload) == (a.address, b"sent")
    assert texts(b, 501) == ["tried", *words("batched", 500)]


def test_knows_itself_and_finds_others(pair: tuple[Node, Node]) -> None:
    a, b = pair
    assert (a.mtu, a.public_key.address) == (MTU, a.address)
    assert a.find_address(b.address.raw, 256, timeout=DEADLINE) == b.address
    assert a.lookup_public_key(b.address, timeout=DEADLINE) == b.public_key
    with raises("NO_SUCH_ADDRESS"):
        a.send(generate_key().address, b"anybody?", timeout=DEADLINE)
    with raises("BAD_REQUEST"):
        a.find_address(b"", 1)


def test_gives_up_in_time_and_loses_nothing(pair: tuple[Node, Node]) -> None:
    a, b = pair
    for timeout in (0, 0.05):
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            b.receive(timeout=timeout)
        assert time.monotonic() - began < DEADLINE
    with pytest.raises(TimeoutError):
        next(b.batches(timeout=0.01))
    a.send(b.address, b"after", timeout=DEADLINE)
    assert texts(b, 1) == ["after"]


def test_iterations_end_when_the_node_is_closed(pair: tuple[Node, Node]) -> None:
    a, b = pair
    assert a.send_batch([(b.address, text.encode()) for text in words("one of", 50)]) == 50
    seen: list[str] = []
    for message in b:
        seen.append(message.payload.decode())
        if len(seen) == 10:
            break
    for batch in b.batches(timeout=DEADLINE):
        seen += [payload.decode() for _, payload in batch]
        if len(seen) == 50:
            break
    assert seen == words("one of", 50)
    closing = threading.Timer(0.05, b.close)
    closing.start()
    assert (list(b), list(b.batches())) == ([], [])
    closing.join()
    with raises("NODE_CLOSED"):
        b.receive()
    b.close()


def test_a_dropped_node_says_so(client: Client, pair: tuple[Node, Node]) -> None:
    a, b = pair
    a.drop(timeout=DEADLINE)
    with raises("NODE_DROPPED"):
        list(a)
    with raises("NODE_DROPPED"):
        a.send(b.address, b"late")
    assert a.try_send(b.address, b"late") is False
    client.drop(generate_key(), timeout=DEADLINE)


def test_threads_share_a_node(pair: tuple[Node, Node]) -> None:
    a, b = pair
    received: list[str] = []

    def receive() -> None:
        try:
            for message in b:
                received.append(message.payload.decode())
        except Inet256Error:
            raise AssertionError("a closed node ends an iteration") from None

    def send(word: str) -> None:
        for text in words(word, 25):
            a.send(b.address, text.encode())

    receivers = [threading.Thread(target=receive) for _ in range(4)]
    senders = [threading.Thread(target=send, args=(f"thread {i}",)) for i in range(4)]
    for thread in receivers + senders:
        thread.start()
    for thread in senders:
        thread.join(DEADLINE)
    deadline = time.monotonic() + DEADLINE
    while len(received) < 100 and time.monotonic() < deadline:
        time.sleep(0.005)
    b.close()
    for thread in receivers:
        thread.join(DEADLINE)
    assert sorted(received) == sorted(text for i in range(4) for text in words(f"thread {i}", 25))


def test_a_listener_must_not_call_back(daemon: Daemon) -> None:
    heard: list[Exception] = []

    def listen(event: inet256.Event) -> None:
        try:
            node.room()
        except Exception as error:
            heard.append(error)

    with inet256.sync.connect(daemon.endpoint, on_event=listen) as client:
        node = client.open(generate_key())
        node.try_send(generate_key().address, b"nobody")
        node.send(node.address, b"somebody", timeout=DEADLINE)
    assert [type(error) for error in heard] == [RuntimeError]


def test_where_no_daemon_is() -> None:
    client = inet256.sync.connect("unix:///nowhere/inet256.sock")
    with client, pytest.raises(inet256.UnavailableError, match=r"unix:///nowhere/inet256\.sock"):
        client.open(generate_key())
    with raises("NODE_CLOSED"):
        client.open(generate_key())
