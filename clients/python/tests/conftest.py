# SPDX-License-Identifier: Apache-2.0
"""Fixtures: one daemon for all tests that want one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from .support.daemon import Daemon, why_no_daemon


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    """A daemon that runs. Where none can, the test is skipped; under CI=true it fails."""
    reason = why_no_daemon()
    if reason is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    started = Daemon()
    try:
        started.start()
        yield started
    finally:
        started.stop()
