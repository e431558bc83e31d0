# SPDX-License-Identifier: Apache-2.0
"""The one funnel from gRPC's errors to ours.

A google.rpc.ErrorInfo of domain "inet256" has the reason; without one the status code must do.
"""

from __future__ import annotations

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from .errors import REASONS, Inet256Error, Reason, make_error

_DOMAIN = "inet256"
_DETAILS = "grpc-status-details-bin"
_BY_NAME: dict[str, Reason] = {reason: reason for reason in REASONS}
_BY_CODE: dict[grpc.StatusCode, Reason] = {
    grpc.StatusCode.UNAVAILABLE: "UNAVAILABLE",
    grpc.StatusCode.UNAUTHENTICATED: "UNAUTHENTICATED",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "LIMIT_BYTES",
}


def error_of_call(failure: grpc.aio.AioRpcError, where: str) -> Inet256Error:
    """What a failed call means, with words about where the daemon was expected."""
    reason = _reason_of_details(failure) or _BY_CODE.get(failure.code(), "INTERNAL")
    message = failure.details() or "the call failed"
    if reason == "UNAVAILABLE":
        message = f"no daemon answers at {where} ({message})"
    error = make_error(reason, message)
    error.__cause__ = failure
    return error


def reason_of_number(number: int) -> Reason:
    """The reason with this number in the protocol; INTERNAL for one that is unknown here."""
    return REASONS[number - 1] if 1 <= number <= len(REASONS) else "INTERNAL"


def _reason_of_details(failure: grpc.aio.AioRpcError) -> Reason | None:
    for name, value in failure.trailing_metadata() or ():
        if name != _DETAILS or not isinstance(value, bytes):
            continue
        try:
            info = ErrorInfo()
            for detail in Status.FromString(value).details:
                if detail.Unpack(info) and info.domain == _DOMAIN and info.reason in _BY_NAME:
                    return _BY_NAME[info.reason]
        except DecodeError:
            # Details that cannot be read say nothing; the status code still does.
            continue
    return None
