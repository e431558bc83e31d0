# SPDX-License-Identifier: Apache-2.0
"""The examples of the docstrings and of the README, as far as they need no daemon."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import inet256

README = Path(__file__).parents[1] / "README.md"


def test_docstrings() -> None:
    attempted = 0
    for module in pkgutil.walk_packages(inet256.__path__, "inet256."):
        if "._gen" not in module.name:
            result = doctest.testmod(importlib.import_module(module.name))
            assert result.failed == 0, module.name
            attempted += result.attempted
    assert attempted > 5


def test_readme() -> None:
    result = doctest.testfile(str(README), module_relative=False)
    assert (result.failed, result.attempted > 0) == (0, True)
