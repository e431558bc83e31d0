# SPDX-License-Identifier: Apache-2.0
"""Tokens, TLS, and private keys that go nowhere in the clear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

import inet256
from inet256 import Client, Inet256Error, generate_key
from inet256._endpoint import parse_endpoint
from inet256._gen.inet256.v1.node_pb2 import DropResponse
from inet256._settings import token_for

from .contract.harness import fails, raises
from .fake_world import FakeWorld, in_fake_world
from .support.certificates import Authority
from .support.fake_daemon import FakeDaemon, Unary
from .support.until import DEADLINE, until

TOKEN = "s3cr3t-t0ken" * 3
VARIABLES = [f"INET256_API_{name}" for name in ("TOKEN", "TOKEN_FILE", "CA_FILE", "CERT_FILE")]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*VARIABLES, "INET256_API_KEY_FILE"]:
        monkeypatch.delenv(name, raising=False)


def test_the_token_goes_with_every_call_but_not_over_a_unix_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []

    async def drop(raw: bytes, context: Any) -> bytes:
        shown.append(dict(context.invocation_metadata()).get("authorization", ""))
        return DropResponse().SerializeToString()

    async def call(endpoint: str, **options: Any) -> None:
        yes: dict[str, Any] = {"allow_private_keys_over_plaintext": True}
        async with inet256.connect(endpoint, **yes, **options) as client:
            await client.open(generate_key())
            await client.drop(generate_key())

    async def main() -> None:
        async with serve(None, {"Drop": drop}) as (daemon, port):
            await call(f"tcp://127.0.0.1:{port}", token=TOKEN)
            await call(f"tcp://127.0.0.1:{port}")
            opened = [stream.metadata.get("authorization", "") for stream in daemon.streams]
            assert opened == shown == [f"Bearer {TOKEN}", ""]

    async def test(world: FakeWorld) -> None:
        await call(world.daemon.endpoint, token=TOKEN)
        assert "authorization" not in world.stream.metadata
        assert shown[2:] == [""]

    asyncio.run(main())
    in_fake_world(test, unary={"Drop": drop})


def test_where_the_token_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"  {TOKEN} \nanother line\n")
    env = {"INET256_API_TOKEN_FILE": str(file)}
    other = env | {"INET256_API_TOKEN": "other" * 8}
    at = parse_endpoint("tls://host")
    assert token_for(at, None, False, {}) is None
    assert token_for(at, None, False, env) == TOKEN
    assert token_for(at, None, False, other) == "other" * 8
    assert token_for(at, "given" * 8, False, other) == "given" * 8
    missing = {"INET256_API_TOKEN_FILE": str(tmp_path / "missing")}
    with raises("BAD_REQUEST"):
        token_for(at, None, False, missing)
    # Where none is asked for, nothing is looked at.
    assert token_for(parse_endpoint("unix:///x"), None, False, missing) is None
    file.write_text("\n")
    with raises("BAD_REQUEST"):
        token_for(at, None, False, env)


@pytest.mark.parametrize(
    ("endpoint", "stays"),
    [
        ("tcp://localhost", True),
        ("tcp://127.1.2.3:5", True),
        ("tcp://[::1]:5", True),
        ("tls://host", True),
        ("tcp://host", False),
        ("tcp://localhost.example", False),
        ("tcp://10.0.0.1:127", False),
    ],
)
def test_no_token_leaves_this_machine_in_the_clear(endpoint: str, stays: bool) -> None:
    at = parse_endpoint(endpoint)
    assert token_for(at, TOKEN, True, {}) == TOKEN
    if stays:
        assert token_for(at, TOKEN, False, {}) == TOKEN
    else:
        with raises("BAD_REQUEST"):
            token_for(at, TOKEN, False, {})


@pytest.mark.parametrize(
    "token", ["", "s3cr3t", "two s3cr3t words" * 4, "s3cr3t\n" * 8, "s3crét" * 8, "s3cr" * 1025, 5]
)
def test_what_is_no_token_is_refused_and_not_repeated(token: Any) -> None:
    with pytest.raises(Inet256Error) as refused:
        inet256.connect("tcp://localhost", token=token)
    assert refused.value.reason == "BAD_REQUEST"
    assert "s3cr" not in str(refused.value)


class Squatter:
    """Listens where a daemon is expected, and keeps everything it gets."""

    def __init__(self) -> None:
        self.connections = 0
        self.loot = bytearray()
        self.port = 0

    async def __aenter__(self) -> Squatter:
        self._server = await asyncio.start_server(self._squat, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._writers: list[asyncio.StreamWriter] = []
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _squat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        self.loot.extend(await reader.read(65_536))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_port_squatter_gets_no_key(host: str) -> None:
    async def main() -> None:
        async with Squatter() as squatter:
            endpoint = f"tcp://{host}:{squatter.port}"
            almost: list[Any] = [False, None, "yes", 1, {}]
            for yes in almost:
                client = inet256.connect(endpoint, allow_private_keys_over_plaintext=yes)
                for call in (client.open(generate_key()), client.drop(generate_key())):
                    with pytest.raises(Inet256Error, match="refusing to send a private key"):
                        await call
                await client.close()
            assert squatter.connections == 0

    asyncio.run(main())


def test_with_an_unmistakable_yes_keys_do_get_through() -> None:
    async def main() -> None:
        async with serve(None) as (daemon, port):
            yes: dict[str, Any] = {"allow_private_keys_over_plaintext": True}
            async with inet256.connect(f"tcp://127.0.0.1:{port}", **yes) as client:
                key = generate_key()
                await client.open(key)
            assert daemon.streams[0].key.serialize() == key.serialize()

    asyncio.run(main())


@asynccontextmanager
async def serve(
    credentials: grpc.ServerCredentials | None, unary: dict[str, Unary] | None = None
) -> AsyncIterator[tuple[FakeDaemon, int]]:
    """A fake daemon on a port of this machine."""
    daemon = FakeDaemon(unary=unary)
    server = grpc.aio.server()
    daemon.listen(server)
    if credentials is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    try:
        yield daemon, port
    finally:
        await server.stop(None)
        await daemon.stop()


async def is_open(client: Client) -> bool:
    """Opens a node, sends itself a message, and closes the client."""
    async with client, await client.open(generate_key()) as node:
        await asyncio.wait_for(node.send(node.address, b"hello"), DEADLINE)
        return True


def test_tls_checks_the_daemons_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, other = Authority(), Authority()
    credentials = grpc.ssl_server_credentials([authority.certify("daemon")])

    async def main() -> None:
        async with serve(credentials) as (daemon, port):
            for host in ("localhost", "127.0.0.1"):
                endpoint = f"tls://{host}:{port}"
                trusting = inet256.connect(endpoint, root_certificates=authority.certificate)
                assert await is_open(trusting)
            wrong = inet256.connect(endpoint, root_certificates=other.certificate)
            async with wrong:
                await fails(wrong.open(generate_key()), "UNAVAILABLE")
            async with inet256.connect(endpoint) as of_the_system:
                await fails(of_the_system.open(generate_key()), "UNAVAILABLE")
            assert len(daemon.streams) == 2
            file = tmp_path / "ca.pem"
            file.write_bytes(authority.certificate)
            monkeypatch.setenv("INET256_API_CA_FILE", str(file))
            assert await is_open(inet256.connect(endpoint))

    asyncio.run(main())


def test_mutual_tls_shows_the_clients_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority()
    ca = authority.certificate
    own = [authority.certify("daemon")]
    credentials = grpc.ssl_server_credentials(own, ca, require_client_auth=True)
    key, certificate = authority.certify("client")

    async def main() -> None:
        async with serve(credentials) as (_, port):
            endpoint = f"tls://localhost:{port}"
            shown: dict[str, Any] = {"certificate": certificate, "certificate_key": key}
            assert await is_open(inet256.connect(endpoint, root_certificates=ca, **shown))
            async with inet256.connect(endpoint, root_certificates=ca) as nobody:
                await fails(nobody.open(generate_key()), "UNAVAILABLE")
            contents = {"CA_FILE": ca, "CERT_FILE": certificate, "KEY_FILE": key}
            for name, content in contents.items():
                file = tmp_path / name
                file.write_bytes(content)
                monkeypatch.setenv(f"INET256_API_{name}", str(file))
            assert await is_open(inet256.connect(endpoint))

    asyncio.run(main())


def test_settings_of_tls_that_cannot_be_used_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = Authority().certificate
    settings: list[dict[str, Any]] = [
        {"certificate": pem},
        {"certificate_key": pem},
        {"root_certificates": b"no PEM"},
    ]
    for wrong in settings:
        with raises("BAD_REQUEST"):
            inet256.connect("tls://localhost", **wrong)
    monkeypatch.setenv("INET256_API_CERT_FILE", str(tmp_path / "missing.pem"))
    with raises("BAD_REQUEST"):
        inet256.connect("tls://localhost")
    # Where there is no TLS, they do not matter.
    inet256.connect("unix:///x")


def test_a_squatter_without_a_certificate_sees_a_greeting_and_no_key() -> None:
    async def main() -> None:
        key = generate_key()
        async with (
            Squatter() as squatter,
            inet256.connect(f"tls://localhost:{squatter.port}") as client,
        ):
            opening = asyncio.create_task(client.open(key))
            await until("it was greeted", lambda: len(squatter.loot) > 0)
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
        # 22 is TLS's handshake record; in the clear HTTP/2 would begin with PRI.
        assert squatter.loot[0] == 22
        assert key.serialize()[17:49] not in squatter.loot

    asyncio.run(main())
