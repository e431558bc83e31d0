# SPDX-License-Identifier: Apache-2.0
"""The one error of nodes and clients, and why it was raised.

The reasons are a closed set, the same in every language and over bare gRPC, where a reason stands
in a google.rpc.ErrorInfo of domain "inet256"; proto/inet256/v1/node.proto says what each means. No
message of an error holds a secret.
"""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "MESSAGE_TOO_LARGE",
    "BAD_ADDRESS",
    "BAD_KEY",
    "NO_SUCH_ADDRESS",
    "UNREACHABLE",
    "NODE_CLOSED",
    "NODE_DROPPED",
    "DISPLACED",
    "KEY_IN_USE_BY_DAEMON",
    "UNSUPPORTED_OPTION",
    "LIMIT_NODES",
    "LIMIT_BYTES",
    "LIMIT_RATE",
    "OUTCOME_UNKNOWN",
    "SESSION_EXPIRED",
    "UNAUTHENTICATED",
    "BAD_REQUEST",
    "UNAVAILABLE",
    "INTERNAL",
]
"""Why something failed."""

REASONS: tuple[Reason, ...] = get_args(Reason)
"""Every reason. The number of a reason in the protocol is its place here, from 1."""


class Inet256Error(Exception):
    """What every call of a client or a node raises, except for the caller's own cancellation.

    `reason` says why, for programs; the text says what, where and what was expected, for people.
    The subclasses name the reasons that programs most often tell apart.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason

    def again(self) -> Inet256Error:
        """The same error as a new object, to be raised once more with a traceback of its own."""
        copy = type(self)(self.reason, str(self))
        copy.__cause__ = self.__cause__
        return copy

    def __reduce__(self) -> tuple[type[Inet256Error], tuple[Reason, str]]:
        return type(self), (self.reason, str(self))


class NoSuchAddressError(Inet256Error):
    """NO_SUCH_ADDRESS: the network knows no such node, or no address with that prefix."""


class UnreachableError(Inet256Error):
    """UNREACHABLE: the network did not answer in time whether and where the node is."""


class NodeEndedError(Inet256Error):
    """NODE_CLOSED, NODE_DROPPED or DISPLACED: this node will not send or receive any more."""


class LimitError(Inet256Error):
    """LIMIT_NODES, LIMIT_BYTES or LIMIT_RATE: too much at once; later it may work."""


class OutcomeUnknownError(Inet256Error):
    """OUTCOME_UNKNOWN: the connection broke; the message was sent once or not at all."""


class UnavailableError(Inet256Error):
    """UNAVAILABLE: no daemon can be reached, or it is shutting down. Nothing was sent."""


_CLASSES: dict[Reason, type[Inet256Error]] = {
    "NO_SUCH_ADDRESS": NoSuchAddressError,
    "UNREACHABLE": UnreachableError,
    "NODE_CLOSED": NodeEndedError,
    "NODE_DROPPED": NodeEndedError,
    "DISPLACED": NodeEndedError,
    "LIMIT_NODES": LimitError,
    "LIMIT_BYTES": LimitError,
    "LIMIT_RATE": LimitError,
    "OUTCOME_UNKNOWN": OutcomeUnknownError,
    "UNAVAILABLE": UnavailableError,
}


def make_error(reason: Reason, message: str) -> Inet256Error:
    """An error of the class that belongs to the reason."""
    return _CLASSES.get(reason, Inet256Error)(reason, message)
