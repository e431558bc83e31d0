# SPDX-License-Identifier: Apache-2.0
"""Where a daemon's API is: `unix:///path`, `tcp://host:port` or `tls://host:port`.

And which one is meant when nobody says.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from .errors import make_error

SYSTEM_ENDPOINT = "unix:///run/inet256.sock"
"""The endpoint of a system's daemon."""

ENDPOINT_VARIABLE = "INET256_API"
"""The environment variable that overrides every default."""

DEFAULT_PORT = 2560
_ANY_FORM = "unix:///path, tcp://host:port or tls://host:port"
# Absolute, without control characters, and not a folder.
_SOCKET_PATH = re.compile(r"/[^\x00-\x1f\x7f-\x9f]*(?<!/)")
_NETWORK = re.compile(
    r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s/:@\[\]]+)(?::([0-9]{1,5}))?/?", re.ASCII
)


@dataclass(frozen=True)
class Endpoint:
    """A parsed endpoint: `where` is a path, or host:port."""

    kind: Literal["unix", "tcp", "tls"]
    where: str

    def __str__(self) -> str:
        return f"{self.kind}://{self.where}"

    @property
    def target(self) -> str:
        """The name that gRPC has for it."""
        if self.kind == "unix":
            # As a URI, whose escapes it resolves; without them #, ? and % would mean something.
            # Twice the same slash is one, for an authority would begin with two.
            return "unix:" + quote(re.sub("/+", "/", self.where))
        return f"dns:{self.where}"


def parse_endpoint(text: str) -> Endpoint:
    """Parses an endpoint.

    Raises BAD_REQUEST that says what was expected, and does not repeat the text: it may hold a
    secret that was put in the wrong place.

    >>> str(parse_endpoint("tls://daemon.example"))
    'tls://daemon.example:2560'
    """
    if not isinstance(text, str):
        raise _bad_endpoint(_ANY_FORM)
    if text.startswith("unix://"):
        path = text.removeprefix("unix://")
        if _SOCKET_PATH.fullmatch(path):
            return Endpoint("unix", path)
        raise _bad_endpoint("after unix:// an absolute path, as in unix:///run/inet256.sock")
    match = _NETWORK.fullmatch(text)
    if match is None:
        raise _bad_endpoint(_ANY_FORM)
    port = DEFAULT_PORT if match[3] is None else int(match[3])
    if not 1 <= port <= 65_535:
        raise _bad_endpoint(_ANY_FORM)
    return Endpoint("tcp" if match[1] == "tcp" else "tls", f"{match[2]}:{port}")


def _bad_endpoint(expected: str) -> Exception:
    return make_error("BAD_REQUEST", f"not an endpoint: expected {expected}")


def default_endpoint(env: Mapping[str, str] | None = None) -> str:
    """The endpoint meant when none is given.

    $INET256_API, else the user's own daemon if its socket exists, else the system's. Raises
    UNAUTHENTICATED when the socket would lie in a folder that somebody else made or may write into.
    """
    env = os.environ if env is None else env
    named = env.get(ENDPOINT_VARIABLE, "")
    if named != "":
        return named
    folder = env.get("XDG_RUNTIME_DIR", "")
    if not folder.startswith("/"):
        folder = os.path.join(_temporary(env), f"inet256-{os.getuid()}")
        _check_private_folder(folder)
    path = os.path.join(folder, "inet256.sock")
    return f"unix://{path}" if os.path.lexists(path) else SYSTEM_ENDPOINT


def _temporary(env: Mapping[str, str]) -> str:
    # As the daemon sees it, which is not quite as Python's tempfile does.
    for name in ("TMPDIR", "TMP", "TEMP"):
        folder = env.get(name, "")
        if folder != "":
            return folder.rstrip("/") or "/"
    return "/tmp"


def _check_private_folder(folder: str) -> None:
    try:
        status = os.lstat(folder)
    except FileNotFoundError:
        return
    private = stat.S_ISDIR(status.st_mode) and status.st_mode & 0o077 == 0
    if private and status.st_uid == os.getuid():
        return
    raise make_error(
        "UNAUTHENTICATED",
        f"{folder} must be a folder of your own with mode 0700, and it is not: "
        "somebody else may be listening there",
    )
