# SPDX-License-Identifier: Apache-2.0
"""What a client tells whoever cares, beside the answers to calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .errors import Inet256Error, Reason
from .identity import Address


@dataclass(frozen=True)
class Disconnected:
    """The connection of a node broke; the client goes on trying to reopen it."""

    node: Address
    error: Inet256Error


@dataclass(frozen=True)
class Reopened:
    """The node is open again, at the same address; messages may have been lost meanwhile."""

    node: Address


@dataclass(frozen=True)
class Ended:
    """The node cannot be reopened: it is closed for good."""

    node: Address
    error: Inet256Error


@dataclass(frozen=True)
class Refused:
    """A message of try_send or send_batch was refused."""

    node: Address
    reason: Reason


@dataclass(frozen=True)
class Lost:
    """Messages for the node were lost, because nobody read them in time.

    `at` says whether in this process or at the daemon, `total` how many since the node was opened.
    """

    node: Address
    at: Literal["client", "daemon"]
    total: int


Event: TypeAlias = Disconnected | Reopened | Ended | Refused | Lost
"""Everything a client tells of its nodes."""

Listener: TypeAlias = Callable[[Event], None]
"""Hears of events, on the event loop of the client. It must neither block nor raise."""
