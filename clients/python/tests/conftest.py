# SPDX-License-Identifier: Apache-2.0
"""Fixtures: real daemons."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from .support.certificates import Authority
from .support.daemon import Daemon, why_no_daemon

TOKEN = "0123456789abcdef" * 4

GUARDED = """\
api:
  listen: ["tcp://127.0.0.1:0", "tls://127.0.0.1:0"]
  token_path: ./token
  tls_cert_path: ./cert.pem
  tls_key_path: ./key.pem
  tls_client_ca_path: ./ca.pem
"""


@contextmanager
def running(settings: str = "", files: Mapping[str, bytes] | None = None) -> Iterator[Daemon]:
    """A daemon that runs. Where none can, the test is skipped; under CI=true it fails."""
    reason = why_no_daemon()
    if reason is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    started = Daemon(settings, files)
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    """A daemon for all tests."""
    with running() as started:
        yield started


@pytest.fixture
def own_daemon() -> Iterator[Daemon]:
    """A daemon for one test, which may kill it."""
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def authority() -> Authority:
    """An authority for the certificates of a file's tests."""
    return Authority()


@pytest.fixture(scope="module")
def guarded_daemon(authority: Authority) -> Iterator[Daemon]:
    """A daemon that listens over TCP and TLS, and wants the token `TOKEN` and a certificate."""
    key, certificate = authority.certify("daemon")
    files = {"token": TOKEN.encode(), "key.pem": key, "cert.pem": certificate}
    with running(GUARDED, files | {"ca.pem": authority.certificate}) as started:
        yield started
