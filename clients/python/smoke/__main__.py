# SPDX-License-Identifier: Apache-2.0
"""The command: reads the endpoint, makes every check, says how each went."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time

import grpc

from . import connect, unary
from .suite import Check, Suite

CHECKS: tuple[tuple[str, Check], ...] = (
    ("the daemon is healthy", unary.is_healthy),
    ("a generated key is one, and has the address it says", unary.generates_keys),
    ("a malformed key is refused with BAD_KEY", unary.refuses_bad_keys),
    ("Connect opens a node", connect.connect_opens),
    (
        "messages of 0, 1 and 65,535 bytes arrive whole, with their true sender",
        connect.carries_sizes,
    ),
    ("of 1,000 messages in a batch each arrives once", connect.carries_batches),
    (
        "65,536 bytes fail with MESSAGE_TOO_LARGE, and nothing else does",
        connect.refuses_large_messages,
    ),
    ("FindAddress finds a node by its first bits", unary.finds_addresses),
    ("LookupPublicKey finds the key that hashes to an address", unary.looks_up_keys),
    ("Open, Send and Receive carry a message; Close ends the session", unary.works_unary),
    ("Drop ends a stream with NODE_DROPPED", connect.drop_ends_streams),
    ("ending a stream closes its node", connect.end_closes_nodes),
)

CHECK_LIMIT = 10.0
"""Seconds that one check may take, so that one that hangs does not fail the rest."""


def endpoint(text: str) -> str:
    """A unix socket and nothing else: a private key must not travel in the clear."""
    if not text.startswith("unix:///"):
        raise argparse.ArgumentTypeError("expected unix:///path")
    return text


async def run(api: str, deadline: float) -> int:
    """Makes every check and returns how many failed."""
    options = (
        ("grpc.default_authority", "localhost"),
        # What may have been sent is never sent again.
        ("grpc.enable_retries", 0),
    )
    failed = 0
    ends = time.monotonic() + deadline
    async with grpc.aio.insecure_channel(api, options=options) as channel:
        suite = Suite(channel)
        for name, check in CHECKS:
            started = time.monotonic()
            try:
                await asyncio.wait_for(check(suite), min(CHECK_LIMIT, max(0.0, ends - started)))
            except Exception as error:
                failed += 1
                print(f"FAILED  {name}: {describe(error)}")
            else:
                print(f"ok      {name} ({(time.monotonic() - started) * 1000:.0f} ms)")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return failed


def describe(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, grpc.aio.AioRpcError):
        return f"{error.code().name}: {error.details()}"
    if isinstance(error, asyncio.TimeoutError):
        return "took too long"
    return str(error)


def main() -> int:
    parser = argparse.ArgumentParser(prog="smoke", description="Checks a running daemon.")
    parser.add_argument(
        "--api",
        type=endpoint,
        default=os.environ.get("INET256_API", ""),
        help="the daemon's endpoint, unix:///path (default: INET256_API)",
    )
    parser.add_argument(
        "--deadline", type=float, default=30.0, help="seconds for all checks together"
    )
    arguments = parser.parse_args()
    return 1 if asyncio.run(run(arguments.api, arguments.deadline)) else 0


if __name__ == "__main__":
    sys.exit(main())
