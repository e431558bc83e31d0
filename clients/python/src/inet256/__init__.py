# SPDX-License-Identifier: Apache-2.0
"""INET256 for Python: one 256-bit address per process, messages by address alone.

`connect` makes a client of the daemon on this machine, its `open` a node that sends and receives.
`inet256.sync` has the same for programs without asyncio. `inet256.identity` has addresses, keys
and signatures, and works without a daemon. The stubs of the gRPC API are private.
"""

from ._frames import Message
from ._limits import MTU
from .client import Client, connect
from .errors import (
    REASONS,
    Inet256Error,
    LimitError,
    NodeEndedError,
    NoSuchAddressError,
    OutcomeUnknownError,
    Reason,
    UnavailableError,
    UnreachableError,
)
from .events import Disconnected, Ended, Event, Listener, Lost, Refused, Reopened
from .identity import EVERYONE, NO_ONE, Address, IdentityError, PrivateKey, PublicKey, sign, verify
from .keyfiles import KeyFileWarning, generate_key, read_key_file, write_key_file
from .node import Node

__version__ = "0.1.0"

__all__ = [
    "EVERYONE",
    "MTU",
    "NO_ONE",
    "REASONS",
    "Address",
    "Client",
    "Disconnected",
    "Ended",
    "Event",
    "IdentityError",
    "Inet256Error",
    "KeyFileWarning",
    "LimitError",
    "Listener",
    "Lost",
    "Message",
    "NoSuchAddressError",
    "Node",
    "NodeEndedError",
    "OutcomeUnknownError",
    "PrivateKey",
    "PublicKey",
    "Reason",
    "Refused",
    "Reopened",
    "UnavailableError",
    "UnreachableError",
    "connect",
    "generate_key",
    "read_key_file",
    "sign",
    "verify",
    "write_key_file",
]
