# SPDX-License-Identifier: Apache-2.0
"""Where a daemon is, and which one is meant when nobody says."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

import inet256
from inet256 import generate_key
from inet256._endpoint import default_endpoint, parse_endpoint

from .contract.harness import raises
from .support.daemon import Daemon


@pytest.mark.parametrize(
    ("text", "formatted", "target"),
    [
        ("unix:///run/inet256.sock", None, "unix:/run/inet256.sock"),
        ("unix:////run//x", None, "unix:/run/x"),
        ("unix:///a b/100%41/#h?q", None, "unix:/a%20b/100%2541/%23h%3Fq"),
        ("tcp://localhost", "tcp://localhost:2560", "dns:localhost:2560"),
        ("tcp://127.0.0.1:1/", "tcp://127.0.0.1:1", "dns:127.0.0.1:1"),
        ("tls://[::1]:65535", None, "dns:[::1]:65535"),
    ],
)
def test_parses(text: str, formatted: str | None, target: str) -> None:
    endpoint = parse_endpoint(text)
    assert (str(endpoint), endpoint.target) == (formatted or text, target)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "inet256.sock",
        "unix://",
        "unix://relative",
        "unix:///folder/",
        "unix:///line\nbreak",
        "unix:///c1\x85",
        "http://localhost",
        "tcp://",
        "tcp://host:0",
        "tcp://host:65536",
        "tcp://host:٣",
        "tcp://user@host",
        "tcp://ho st",
        "tcp://host/path",
        "tls://[::1",
        " tcp://host",
        "tcp://host\n",
    ],
)
def test_refuses(text: str) -> None:
    with raises("BAD_REQUEST"):
        parse_endpoint(text)


def test_does_not_repeat_what_may_be_a_secret() -> None:
    with pytest.raises(inet256.Inet256Error) as refused:
        parse_endpoint("tcp://s3cr3t@host")
    assert "s3cr3t" not in str(refused.value)


def test_the_default(tmp_path: Path) -> None:
    assert default_endpoint({"INET256_API": "tcp://x", "XDG_RUNTIME_DIR": "/y"}) == "tcp://x"
    runtime = {"INET256_API": "", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert default_endpoint(runtime) == "unix:///run/inet256.sock"
    (tmp_path / "inet256.sock").touch()
    assert default_endpoint(runtime) == f"unix://{tmp_path}/inet256.sock"


def test_the_default_in_a_shared_folder(tmp_path: Path) -> None:
    env = {"XDG_RUNTIME_DIR": "relative", "TMPDIR": f"{tmp_path}/"}
    own = tmp_path / f"inet256-{os.getuid()}"
    assert default_endpoint(env) == "unix:///run/inet256.sock"
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    own.symlink_to(theirs)
    with raises("UNAUTHENTICATED"):
        default_endpoint(env)
    own.unlink()
    own.mkdir(mode=0o700)
    (own / "inet256.sock").touch()
    assert default_endpoint(env) == f"unix://{own}/inet256.sock"
    own.chmod(0o750)
    with raises("UNAUTHENTICATED"):
        default_endpoint(env)


@pytest.mark.parametrize("name", ["with space", "100%41", "a:b", "#hash?query", "ünï✓", "[::1]"])
def test_reaches_a_daemon_in_a_folder_with_this_name(
    daemon: Daemon, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    folder.symlink_to(daemon.socket.parent)
    path = f"{folder}/{daemon.socket.name}"

    async def reach(endpoint: str) -> None:
        async with inet256.connect(endpoint) as client, await client.open(generate_key()):
            assert client.endpoint == endpoint

    for endpoint in (f"unix://{path}", "unix://" + path.replace("/", "//")):
        asyncio.run(reach(endpoint))
