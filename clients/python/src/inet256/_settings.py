# SPDX-License-Identifier: Apache-2.0
"""What is shown to a daemon over TCP: a bearer token, and what TLS needs.

What the program gives goes before what the environment says. Files are read when a client is
made. What it guards: none of it goes over a unix socket, which asks for none; no token leaves this
machine in the clear; and no error repeats what a file or a variable held.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

import grpc

from ._endpoint import Endpoint
from .errors import make_error

TOKEN_VARIABLE = "INET256_API_TOKEN"
"""Names the token itself."""
TOKEN_FILE_VARIABLE = "INET256_API_TOKEN_FILE"
"""Names a file whose first line is the token; blanks around it are ignored."""
CA_FILE_VARIABLE = "INET256_API_CA_FILE"
"""Names a PEM file of the authorities that a tls:// daemon's certificate is checked against."""
CERT_FILE_VARIABLE = "INET256_API_CERT_FILE"
"""Names a PEM file of the client's certificate and those that lead to its authority."""
KEY_FILE_VARIABLE = "INET256_API_KEY_FILE"
"""Names a PEM file of the certificate's private key."""

# What may stand in a header after "Bearer ", and is long enough to be a secret.
_TOKEN = re.compile(r"[!-~]{32,4096}")
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]):[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, repr=False)
class Credentials:
    """What the program gave; None where the environment decides."""

    token: str | None = None
    root_certificates: bytes | None = None
    certificate: bytes | None = None
    certificate_key: bytes | None = None


def token_for(
    endpoint: Endpoint,
    given: str | None,
    allow_plaintext: bool,
    env: Mapping[str, str] | None = None,
) -> str | None:
    """The token to show at an endpoint, None if there is none, or none is asked for.

    Raises BAD_REQUEST for what cannot be one, and for one that would leave this machine in the
    clear.
    """
    if endpoint.kind == "unix":
        return None
    token = _read_token(given, os.environ if env is None else env)
    plain = endpoint.kind == "tcp" and allow_plaintext is not True
    if token is not None and plain and _LOOPBACK.fullmatch(endpoint.where) is None:
        raise make_error(
            "BAD_REQUEST", f"refusing to send a token in plaintext to {endpoint}: use tls://"
        )
    return token


def _read_token(given: str | None, env: Mapping[str, str]) -> str | None:
    token = given
    if token is None:
        token = env.get(TOKEN_VARIABLE) or None
    if token is None and env.get(TOKEN_FILE_VARIABLE):
        lines = _read(env[TOKEN_FILE_VARIABLE], TOKEN_FILE_VARIABLE).splitlines()
        token = lines[0].decode("latin-1").strip() if lines else ""
    if token is None or (isinstance(token, str) and _TOKEN.fullmatch(token) is not None):
        return token
    raise make_error(
        "BAD_REQUEST",
        "token: expected 32 to 4096 printable characters without spaces, "
        "as `inet256 create-token` prints them",
    )


def tls_credentials(
    given: Credentials, env: Mapping[str, str] | None = None
) -> grpc.ChannelCredentials:
    """What a tls:// endpoint needs; the system's authorities where nobody names any.

    Raises BAD_REQUEST for a file that cannot be read, and for half of a client certificate.
    """
    env = os.environ if env is None else env
    roots = _pem(given.root_certificates, env, CA_FILE_VARIABLE)
    certificate, key = given.certificate, given.certificate_key
    if certificate is None and key is None:
        certificate = _pem(None, env, CERT_FILE_VARIABLE)
        key = _pem(None, env, KEY_FILE_VARIABLE)
    if (certificate is None) != (key is None):
        raise make_error(
            "BAD_REQUEST",
            f"a client certificate and its private key go together: {CERT_FILE_VARIABLE} and "
            f"{KEY_FILE_VARIABLE}, or certificate and certificate_key",
        )
    return grpc.ssl_channel_credentials(roots, key, certificate)


def _pem(given: bytes | None, env: Mapping[str, str], variable: str) -> bytes | None:
    pem = given
    if pem is None and env.get(variable):
        pem = _read(env[variable], variable)
    if pem is not None and b"-----BEGIN " not in pem:
        raise make_error("BAD_REQUEST", f"{variable}, or what was given instead: expected PEM")
    return pem


def _read(path: str, variable: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as cause:
        raise make_error(
            "BAD_REQUEST", f"the file that {variable} names cannot be read: {cause.strerror}"
        ) from cause
