# SPDX-License-Identifier: Apache-2.0
"""Arguments of the programs. The text form of an address may begin with a dash."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from inet256 import Address, IdentityError


def address(text: str) -> Address:
    """An address, for argparse."""
    try:
        return Address.parse(text)
    except IdentityError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def joined(arguments: Sequence[str], option: str) -> list[str]:
    """The arguments with `--option VALUE` as `--option=VALUE`, whatever the value begins with."""

    def join() -> Iterator[str]:
        rest = iter(arguments)
        for argument in rest:
            yield f"{option}={next(rest, '')}" if argument == option else argument

    return list(join())
