# SPDX-License-Identifier: Apache-2.0
"""The client and a real daemon: restarts, tokens, TLS, and what comes back by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import inet256
from inet256 import Disconnected, Event, Inet256Error, Node, Reopened, generate_key

from .conftest import TOKEN
from .contract.harness import fails, next_of
from .support.certificates import Authority
from .support.daemon import Daemon
from .support.until import DEADLINE, until


async def send_until_accepted(sender: Node, to: inet256.Address, text: bytes) -> list[str]:
    """Sends until it is accepted; answers what it was told before."""
    told: list[str] = []
    while True:
        try:
            await asyncio.wait_for(sender.send(to, text), DEADLINE)
        except Inet256Error as error:
            told.append(error.reason)
        else:
            return told


def test_nodes_come_back_after_a_restart_of_the_daemon(own_daemon: Daemon) -> None:
    events: list[Event] = []

    def seen(kind: type[Any]) -> int:
        return sum(isinstance(event, kind) for event in events)

    async def main() -> None:
        async with inet256.connect(own_daemon.endpoint, on_event=events.append) as client:
            a, b = await client.open(generate_key()), await client.open(generate_key())
            await a.send(b.address, b"before")
            assert await next_of(b) == "before"
            waiting = asyncio.create_task(next_of(b))
            own_daemon.kill()
            await until("both have noticed", lambda: seen(Disconnected) == 2)
            meanwhile = asyncio.create_task(send_until_accepted(a, b.address, b"after"))
            await asyncio.to_thread(own_daemon.start)
            # What waited was not written before, so nothing of it is in doubt.
            assert "OUTCOME_UNKNOWN" not in await meanwhile
            assert await waiting == "after"
            await until("both say so", lambda: seen(Reopened) == 2)
            assert await a.find_address(b.address.raw, 256) == b.address

    asyncio.run(main())


async def talk_to_oneself(endpoint: str, **options: Any) -> None:
    async with (
        inet256.connect(endpoint, **options) as client,
        await client.open(generate_key()) as node,
    ):
        await node.send(node.address, b"hello")
        assert await next_of(node) == "hello"
        assert await node.lookup_public_key(node.address) == node.public_key


async def is_refused(endpoint: str, reason: inet256.Reason, **options: Any) -> None:
    async with inet256.connect(endpoint, **options) as client:
        await fails(client.open(generate_key()), reason)
        await fails(client.drop(generate_key()), reason)


def test_over_tcp_a_token_opens_the_door(guarded_daemon: Daemon) -> None:
    plain: dict[str, Any] = {"allow_private_keys_over_plaintext": True}

    async def main() -> None:
        endpoint = guarded_daemon.listens("tcp")
        await talk_to_oneself(endpoint, token=TOKEN, **plain)
        await is_refused(endpoint, "UNAUTHENTICATED", **plain)
        await is_refused(endpoint, "UNAUTHENTICATED", token="f" * 64, **plain)
        await is_refused(endpoint, "BAD_REQUEST", token=TOKEN)

    asyncio.run(main())


def test_over_tls_a_token_and_a_certificate_do(
    guarded_daemon: Daemon, authority: Authority
) -> None:
    key, certificate = authority.certify("client")
    roots: dict[str, Any] = {"root_certificates": authority.certificate}
    shown: dict[str, Any] = roots | {"certificate": certificate, "certificate_key": key}

    async def main() -> None:
        endpoint = guarded_daemon.listens("tls")
        await talk_to_oneself(endpoint, token=TOKEN, **shown)
        await is_refused(endpoint, "UNAUTHENTICATED", **shown)
        await is_refused(endpoint, "UNAVAILABLE", token=TOKEN, **roots)

    asyncio.run(main())
