# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition, up to a deadline, and never for a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

DEADLINE = 10.0
"""Seconds that nothing takes longer than."""


async def turn() -> None:
    """Lets everything run that is due."""
    await asyncio.sleep(0)


async def until(what: str, condition: Callable[[], bool], within: float = DEADLINE) -> None:
    """Waits until the condition holds, looking at it now and then; fails by naming it."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        await asyncio.sleep(0.002)
