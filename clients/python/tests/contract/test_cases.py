# SPDX-License-Identifier: Apache-2.0
"""The list of cases that the clients of all languages run is the list of what stands here."""

from __future__ import annotations

import json
from pathlib import Path

from . import (  # noqa: F401  They register their cases.
    test_ending,
    test_lookups,
    test_misuse,
    test_opening,
    test_receiving,
    test_reconnecting,
    test_sending,
    test_sharing,
)
from .harness import CASES

LIST = Path(__file__).parents[4] / "test" / "contract" / "client" / "cases.json"
LANGUAGE = "python"


def test_every_case_has_a_test_and_every_test_a_case() -> None:
    groups = json.loads(LIST.read_text(encoding="utf-8"))["cases"]
    wanted = {
        (group, case["name"])
        for group, cases in groups.items()
        for case in cases
        if LANGUAGE not in case.get("notIn", {})
    }
    assert wanted - CASES == set(), "cases without a test"
    assert CASES - wanted == set(), "tests without a case"
