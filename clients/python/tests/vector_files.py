# SPDX-License-Identifier: Apache-2.0
"""The test vectors that all implementations of this repository share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[3] / "test" / "vectors"

# What a case holds is checked by the tests that use it: as JSON it could be anything.
Case = dict[str, Any]


def read(name: str) -> dict[str, list[Case]]:
    """The content of a file of test/vectors."""
    content: dict[str, list[Case]] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return content


def octets(case: Case, field: str) -> bytes:
    """A field of hexadecimal digits."""
    return bytes.fromhex(case[field])


def damaged(value: bytes, at: int) -> bytes:
    """A copy with one bit of the byte at this place turned over."""
    return value[:at] + bytes([value[at] ^ 0x10]) + value[at + 1 :]
